// What the checker knows about each connector: whether it can run, its arguments and settings.
#pragma once

#include <string_view>
#include <vector>

namespace mig::sema {

struct ConnectorTraits {
  std::string_view name;
  bool reads = true, writes = true;
  bool runnable = false;                    // else it is accepted, and the planner says that it cannot run yet
  bool transactional = false;               // a batch is written whole or not at all
  bool any_setting = false;                 // settings are not known here
  std::vector<std::string_view> arguments;  // named ones
  std::vector<std::string_view> source_settings, target_settings;
};

/// Null when there is no connector of that name.
const ConnectorTraits* find_connector(std::string_view name);
std::vector<std::string_view> connector_names();

}  // namespace mig::sema
