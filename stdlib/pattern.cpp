#include "stdlib/pattern.h"

#include <array>

#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

constexpr size_t kMaxPatternSize = 4096;

re2::RE2::Options options() {
  re2::RE2::Options options;
  options.set_max_mem(8 << 20);
  options.set_log_errors(false);
  return options;
}

re2::StringPiece piece_of(const Text& text) { return {text.data == nullptr ? "" : text.data, text.size}; }
Text text_of(re2::StringPiece piece) { return {piece.data(), piece.size()}; }

// The first group that the pattern has, else the whole match; null when the group took no part.
Cell matched(const std::array<re2::StringPiece, 2>& groups, int wanted) {
  const re2::StringPiece piece = groups[static_cast<size_t>(wanted)];
  return piece.data() == nullptr ? null_cell() : text_cell(text_of(piece));
}

// Where to look on after an empty match: behind the next code point.
size_t step_over(const Text& text, size_t at) {
  ++at;
  while (at < text.size && (static_cast<unsigned char>(text.data[at]) & 0xC0) == 0x80) ++at;
  return at;
}

}  // namespace

Pattern::Pattern(const std::string& text)
    : text_size_ok_(text.size() <= kMaxPatternSize), expression_(text_size_ok_ ? text : std::string(), options()) {}

std::string Pattern::error() const { return text_size_ok_ ? expression_.error() : "a pattern may have at most 4096 bytes"; }

bool Pattern::matches(const Text& text) const { return expression_.Match(piece_of(text), 0, text.size, re2::RE2::ANCHOR_BOTH, nullptr, 0); }

MIG_FUNCTION(text_matches)(Context&, bool& result, const Text& text, const Pattern& pattern) {
  return result = pattern.matches(text), Status::kOk;
}

MIG_FUNCTION(text_remove)(Context& context, Text& result, const Text& text, const Pattern& pattern) {
  return mig_text_replace_re(context, result, text, pattern, Text{nullptr, 0});
}

MIG_FUNCTION(text_replace_re)(Context& context, Text& result, const Text& text, const Pattern& pattern, const Text& to) {
  const re2::RE2& expression = pattern.expression();
  const int groups = expression.NumberOfCapturingGroups() > 9 ? 10 : expression.NumberOfCapturingGroups() + 1;
  std::array<re2::StringPiece, 10> group;
  const re2::StringPiece whole = piece_of(text);
  std::string out;
  size_t at = 0, copied = 0;
  bool any = false;
  while (at <= text.size && expression.Match(whole, at, text.size, re2::RE2::UNANCHORED, group.data(), groups)) {
    const size_t begin = static_cast<size_t>(group[0].data() - whole.data());
    out.append(whole.data() + copied, begin - copied);
    for (uint64_t i = 0; i < to.size; ++i) {  // \0 to \9 are groups, \\ is a backslash
      if (to.data[i] == '\\' && i + 1 < to.size) {
        const char next = to.data[++i];
        if (next >= '0' && next <= '9') {
          const re2::StringPiece part = next - '0' < groups ? group[static_cast<size_t>(next - '0')] : re2::StringPiece();
          if (!part.empty()) out.append(part.data(), part.size());
        } else {
          out.push_back(next);
        }
      } else {
        out.push_back(to.data[i]);
      }
    }
    any = true;
    copied = begin + group[0].size();
    at = copied;
    if (group[0].empty()) at = step_over(text, at);
  }
  if (!any) return result = text, Status::kOk;
  if (copied < text.size) out.append(whole.data() + copied, text.size - copied);
  return result = copy_text(context, out), Status::kOk;
}

MIG_FUNCTION(text_extract)(Context&, Cell& result, const Text& text, const Pattern& pattern) {
  std::array<re2::StringPiece, 2> group;
  const int wanted = pattern.expression().NumberOfCapturingGroups() > 0 ? 1 : 0;
  const bool found = pattern.expression().Match(piece_of(text), 0, text.size, re2::RE2::UNANCHORED, group.data(), wanted + 1);
  return result = found ? matched(group, wanted) : null_cell(), Status::kOk;
}

MIG_FUNCTION(text_extract_all)(Context& context, List& result, const Text& text, const Pattern& pattern) {
  std::array<re2::StringPiece, 2> group;
  const int wanted = pattern.expression().NumberOfCapturingGroups() > 0 ? 1 : 0;
  const re2::StringPiece whole = piece_of(text);
  Cell* items = nullptr;
  uint64_t count = 0, room = 0;
  size_t at = 0;
  while (at <= text.size && pattern.expression().Match(whole, at, text.size, re2::RE2::UNANCHORED, group.data(), wanted + 1)) {
    at = static_cast<size_t>(group[0].data() - whole.data()) + group[0].size();
    if (group[0].empty()) at = step_over(text, at);
    const Cell item = matched(group, wanted);
    if (!item.has_value()) continue;
    if (count == room) {
      room = room == 0 ? 8 : room * 2;
      Cell* const grown = arena_cells(context, room);
      if (count != 0) std::memcpy(grown, items, count * sizeof(Cell));
      items = grown;
    }
    items[count++] = item;
  }
  return result = {items, count}, Status::kOk;
}

}  // namespace mig::stdlib
