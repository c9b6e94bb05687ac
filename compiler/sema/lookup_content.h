// The content of a lookup: two columns of a CSV file.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mig::sema {

struct LookupContent {
  std::vector<std::string> header;
  std::vector<std::pair<std::string, std::string>> entries;  // key, value; in file order
  std::string error;                                         // not empty: what is wrong with the file
};

/// Reads RFC 4180 text with a header line. `error` is set when a column is missing or a line is damaged.
LookupContent read_lookup(std::string_view text, std::string_view key_column, std::string_view value_column);

}  // namespace mig::sema
