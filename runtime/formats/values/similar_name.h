// Messages about names of columns that a file or table does not have.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mig {

/// `did you mean "x"?`, or empty when no name is near.
std::string did_you_mean(std::string_view wanted, const std::vector<std::string>& names);
/// `"a", "b" and 7 more`: at most twenty names.
std::string list_names(const std::vector<std::string>& names);

}  // namespace mig
