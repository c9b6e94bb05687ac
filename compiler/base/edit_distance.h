// "Did you mean": the nearest of a list of names.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace mig {

// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`; `limit + 1` when more than
// `limit`. Counts bytes.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

// The candidate with the smallest distance, the first of equals, if it is within max(1, length of `word` / 3) and not
// the word itself. Names of one byte have no neighbours.
std::optional<std::string_view> nearest_name(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace mig
