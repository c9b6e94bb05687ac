// An external lookup after loading: keys with one value each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/types/context.h"
#include "stdlib/code_table.h"
#include "stdlib/prepared.h"

namespace mig::stdlib {

/// Immutable; shared by threads.
class Lookup {
 public:
  static std::shared_ptr<const Lookup> build(const PreparedSpec& spec, std::string& error);
  /// Row of the key, or -1.
  int64_t find(Context& context, const Text& key) const;
  const std::string& value(uint64_t row) const { return values_[row]; }

 private:
  std::shared_ptr<const CodeTable> keys_;
  std::vector<std::string> values_;
  bool casefold_ = false;
};

}  // namespace mig::stdlib
