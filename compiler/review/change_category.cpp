// Categories of change, and the step of the version that announces them.
#include <array>
#include <charconv>

#include "compiler/review/breaking.h"

namespace mig::review {

std::string_view category_name(Category category) {
  switch (category) {
    case Category::kOutput: return "OUTPUT";
    case Category::kResume: return "RESUME";
    case Category::kSource: return "SOURCE";
    case Category::kPolicy: return "POLICY";
    case Category::kLog: return "LOG";
  }
  return "";
}

std::string_view category_needs(Category category) {
  return category == Category::kOutput || category == Category::kResume ? "major" : "minor";
}

Step version_step(std::string_view before, std::string_view after) {
  const auto numbers = [](std::string_view text) {
    std::array<unsigned, 3> parts{};
    for (unsigned& part : parts) {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part);
      if (error != std::errc()) break;
      text.remove_prefix(static_cast<size_t>(end - text.data()));
      if (text.empty() || text[0] != '.') break;
      text.remove_prefix(1);
    }
    return parts;
  };
  const auto was = numbers(before), now = numbers(after);
  if (now <= was) return Step::kNone;
  if (now[0] > was[0]) return Step::kMajor;
  return now[1] > was[1] ? Step::kMinor : Step::kPatch;
}

bool is_announced(Category category, Step step) {
  return step == Step::kMajor || (step == Step::kMinor && category_needs(category) == "minor");
}

}  // namespace mig::review
