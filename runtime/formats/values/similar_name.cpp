#include "runtime/formats/values/similar_name.h"

#include <algorithm>
#include <numeric>

namespace mig {
namespace {

char folded(char c) { return c == ' ' || c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Edits (insert, delete, replace) between the folded names.
size_t edits(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t k = 1; k <= b.size(); ++k) {
      const size_t replaced = diagonal + (folded(a[i - 1]) != folded(b[k - 1]));
      diagonal = row[k];
      row[k] = std::min({replaced, row[k] + 1, row[k - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string did_you_mean(std::string_view wanted, const std::vector<std::string>& names) {
  size_t best = std::max<size_t>(wanted.size() / 3, 1) + 1;
  const std::string* found = nullptr;
  for (const std::string& name : names) {
    if (name.size() > 200 || wanted.size() > 200) continue;
    if (const size_t distance = edits(wanted, name); distance < best) {
      best = distance;
      found = &name;
    }
  }
  return found == nullptr ? std::string() : "did you mean \"" + *found + "\"?";
}

std::string list_names(const std::vector<std::string>& names) {
  constexpr size_t kMost = 20;
  if (names.empty()) return "none";
  std::string text;
  for (size_t i = 0; i < names.size() && i < kMost; ++i) {
    if (i != 0) text += ", ";
    text += '"' + names[i] + '"';
  }
  if (names.size() > kMost) text += " and " + std::to_string(names.size() - kMost) + " more";
  return text;
}

}  // namespace mig
