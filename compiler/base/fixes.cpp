#include "compiler/base/fixes.h"

#include <fmt/format.h>

#include <algorithm>

namespace mig {
namespace {

// Two edits that cannot both be applied, or whose order would matter.
bool collide(const Edit& a, const Edit& b) {
  if (a.span.file != b.span.file) return false;
  return a.span.begin <= b.span.end && b.span.begin <= a.span.end;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end == std::string_view::npos ? text.size() : end + 1));
    text.remove_prefix(lines.back().size());
  }
  return lines;
}

// One stretch of changed lines.
struct Hunk {
  std::size_t old_begin, old_end, new_begin, new_end;
};

// Greedy: after a difference the nearest pair of equal lines that goes on equal.
std::vector<Hunk> differences(const std::vector<std::string_view>& before, const std::vector<std::string_view>& after) {
  std::vector<Hunk> hunks;
  std::size_t i = 0, j = 0;
  while (i < before.size() || j < after.size()) {
    if (i < before.size() && j < after.size() && before[i] == after[j]) {
      ++i, ++j;
      continue;
    }
    std::size_t next_i = before.size(), next_j = after.size();
    for (std::size_t sum = 1; sum <= before.size() - i + after.size() - j; ++sum) {
      bool found = false;
      for (std::size_t di = sum > after.size() - j ? sum - (after.size() - j) : 0; di <= std::min(sum, before.size() - i) && !found; ++di) {
        const std::size_t a = i + di, b = j + (sum - di);
        if (a < before.size() && b < after.size() && before[a] == after[b]) {
          next_i = a, next_j = b;
          found = true;
        }
      }
      if (found) break;
    }
    hunks.push_back({i, next_i, j, next_j});
    i = next_i, j = next_j;
  }
  return hunks;
}

}  // namespace

FixedFiles apply_automatic_fixes(const std::vector<Diagnostic>& findings, const SourceMap& sources) {
  FixedFiles result;
  std::vector<Edit> chosen;
  for (const Diagnostic& finding : findings) {
    for (const Help& help : finding.helps) {
      if (help.applicability != Applicability::automatic || help.edits.empty()) continue;
      const bool free = std::none_of(help.edits.begin(), help.edits.end(), [&](const Edit& edit) {
        return std::any_of(chosen.begin(), chosen.end(), [&](const Edit& other) { return collide(edit, other); });
      });
      (free ? result.fixes : result.left) += 1;
      if (free) chosen.insert(chosen.end(), help.edits.begin(), help.edits.end());
      break;
    }
  }
  for (const Edit& edit : chosen) {
    if (result.texts.count(edit.span.file) > 0) continue;
    result.texts.emplace(edit.span.file, apply_edits(sources.text(edit.span.file), edit.span.file, chosen));
  }
  return result;
}

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  constexpr std::size_t kContext = 3;
  const auto old_lines = lines_of(before), new_lines = lines_of(after);
  const std::vector<Hunk> hunks = differences(old_lines, new_lines);
  if (hunks.empty()) return {};
  std::string out = fmt::format("--- {0}\n+++ {0}\n", name);
  const auto put = [&](char sign, std::string_view line) {
    out += sign;
    out += line;
    if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
  };
  for (std::size_t first = 0; first < hunks.size();) {
    std::size_t last = first;
    while (last + 1 < hunks.size() && hunks[last + 1].old_begin - hunks[last].old_end <= 2 * kContext) ++last;
    const std::size_t lead = std::min(kContext, hunks[first].old_begin);
    const std::size_t tail = std::min(kContext, old_lines.size() - hunks[last].old_end);
    const std::size_t old_from = hunks[first].old_begin - lead, old_count = hunks[last].old_end + tail - old_from;
    const std::size_t new_from = hunks[first].new_begin - lead, new_count = hunks[last].new_end + tail - new_from;
    out += fmt::format("@@ -{},{} +{},{} @@\n", old_count == 0 ? old_from : old_from + 1, old_count,
                       new_count == 0 ? new_from : new_from + 1, new_count);
    std::size_t at = old_from;
    for (std::size_t h = first; h <= last; ++h) {
      for (; at < hunks[h].old_begin; ++at) put(' ', old_lines[at]);
      for (; at < hunks[h].old_end; ++at) put('-', old_lines[at]);
      for (std::size_t n = hunks[h].new_begin; n < hunks[h].new_end; ++n) put('+', new_lines[n]);
    }
    for (std::size_t end = at + tail; at < end; ++at) put(' ', old_lines[at]);
    first = last + 1;
  }
  return out;
}

}  // namespace mig
