#include "compiler/format/layout.h"

#include <algorithm>
#include <map>

namespace mig::format {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kWidestGap = 24;  // columns that elements of one aligned group may differ by
constexpr std::uint32_t kNone = 0xFFFFFFFFu;

class Layouter {
 public:
  explicit Layouter(const std::vector<FormatToken>& tokens) : tokens_(tokens) {}

  Layout run() {
    find_lines();
    find_brackets();
    layout_.gaps.resize(tokens_.size(), 0);
    for (const LaidLine& line : layout_.lines) {
      for (std::uint32_t i = line.first + 1; i < line.last; ++i) layout_.gaps[i] = blanks_between(tokens_[i - 1], tokens_[i]);
    }
    align(kEquals);
    align(kArrow);
    align(kField);
    indent();
    align_comments();
    return std::move(layout_);
  }

 private:
  void find_lines() {
    for (std::uint32_t i = 0; i < tokens_.size(); ++i) {
      if (i == 0 || tokens_[i].breaks > 0) layout_.lines.push_back({i, i, 0, 0});
      layout_.lines.back().last = i + 1;
    }
  }

  /// The innermost bracket that is open before each token.
  void find_brackets() {
    std::vector<std::uint32_t> open;
    for (std::uint32_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].closes() && !open.empty()) open.pop_back();
      inside_.push_back(open.empty() ? kNone : open.back());
      if (tokens_[i].opens()) open.push_back(i);
    }
  }

  std::uint32_t before(std::uint32_t i) const {
    while (i > 0) {
      if (!tokens_[--i].is_comment()) return i;
    }
    return kNone;
  }

  bool is_element(std::uint32_t i) const {
    if (tokens_[i].is(kElement)) return true;
    const std::uint32_t previous = before(i);
    if (previous == kNone || tokens_[previous].opens()) return true;
    const std::uint32_t bracket = inside_[i];
    return tokens_[previous].text == "," && bracket != kNone && tokens_[bracket].text != "{";
  }

  /// The token of a line that is aligned; kNone when the line takes no part.
  std::uint32_t aligned_token(const LaidLine& line, Mark mark) const {
    const bool field = mark == kField;
    if (!tokens_[line.first].is(kElement) || (field && !tokens_[line.first].is(kField))) return kNone;
    std::uint32_t found = kNone;
    for (std::uint32_t i = line.first + 1; i < line.last; ++i) {
      if (tokens_[i].text.find('\n') != std::string_view::npos) break;
      if (inside_[i] != inside_[line.first] || tokens_[i].closes()) continue;
      if (tokens_[i].is(kElement)) return kNone;  // another element on the same line
      const bool wanted = field ? tokens_[i].text == "@" : tokens_[i].is(mark);
      if (wanted && found == kNone) found = i;
    }
    return found;
  }

  std::size_t width_before(const LaidLine& line, std::uint32_t token) const {
    std::size_t width = 0;
    for (std::uint32_t i = line.first; i < token; ++i) width += layout_.gaps[i] + width_of(tokens_[i].text);
    return width;
  }

  struct Member {
    std::uint32_t token;
    std::size_t width;
  };
  void pad(std::vector<Member>& group) {
    std::size_t widest = 0;
    for (const Member& member : group) widest = std::max(widest, member.width);
    for (const Member& member : group) layout_.gaps[member.token] += widest - member.width;
    group.clear();
  }
  /// Adds to the group, or begins another when it would become too uneven.
  void join(std::vector<Member>& group, Member member) {
    for (const Member& other : group) {
      if (member.width > other.width + kWidestGap || other.width > member.width + kWidestGap) {
        pad(group);
        break;
      }
    }
    group.push_back(member);
  }

  /// Aligns the elements of each paragraph; several blocks may be open at the same time.
  void align(Mark mark) {
    struct Open {
      std::uint32_t bracket;
      std::vector<Member> group;
    };
    std::vector<Open> open;
    for (const LaidLine& line : layout_.lines) {
      const std::uint32_t bracket = inside_[line.first];
      if (tokens_[line.first].is_comment()) {
        if (tokens_[line.first].breaks > 1) end_groups(open, bracket);
        continue;
      }
      while (!open.empty() && !encloses(open.back().bracket, line.first)) {
        pad(open.back().group);
        open.pop_back();
      }
      if (!tokens_[line.first].is(kElement)) continue;
      if (open.empty() || open.back().bracket != bracket) open.push_back({bracket, {}});
      if (tokens_[line.first].breaks > 1) pad(open.back().group);
      const std::uint32_t token = aligned_token(line, mark);
      if (token != kNone) {
        join(open.back().group, {token, width_before(line, token)});
      } else if (mark != kField) {
        pad(open.back().group);
      }
    }
    for (Open& one : open) pad(one.group);
  }
  template <class Open>
  void end_groups(std::vector<Open>& open, std::uint32_t bracket) {
    if (!open.empty() && open.back().bracket == bracket) pad(open.back().group);
  }
  /// A token stands in a bracket, or outside all.
  bool encloses(std::uint32_t bracket, std::uint32_t token) const {
    return bracket == kNone || (bracket < token && token <= tokens_[bracket].partner && token != tokens_[bracket].partner);
  }

  std::size_t indent_of(std::uint32_t token) const {
    const std::uint32_t bracket = inside_[token];
    return bracket == kNone ? 0 : contents_[bracket];
  }

  void indent() {
    contents_.resize(tokens_.size(), 0);
    closings_.resize(tokens_.size(), 0);
    levels_.resize(tokens_.size(), 0);
    for (LaidLine& line : layout_.lines) {
      std::uint32_t head = line.first;  // a comment stands where the token after it stands
      while (head + 1 < tokens_.size() && tokens_[head].is_comment()) ++head;
      if (tokens_[head].is_comment()) {
        line.indent = 0;
      } else if (tokens_[head].closes()) {
        const std::uint32_t open = tokens_[head].partner;
        line.indent = head == line.first ? closings_[open] : contents_[open];
      } else {
        line.indent = indent_of(head) + (is_element(head) ? 0 : kIndent);
      }
      level_indents_[inside_[head]] = line.indent;
      std::size_t column = line.indent;
      for (std::uint32_t i = line.first; i < line.last; ++i) {
        column += layout_.gaps[i];
        if (tokens_[i].opens()) {
          std::uint32_t next = i + 1;
          while (next < line.last && tokens_[next].is_comment()) ++next;
          const bool last = next >= line.last;
          // A line that began inside another bracket says nothing about the level of this one.
          const bool opened_here = inside_[i] != kNone && inside_[i] >= line.first;
          const std::size_t level = inside_[head] == inside_[i] ? line.indent
                                    : opened_here               ? levels_[inside_[i]]
                                                                : level_indents_[inside_[i]];
          levels_[i] = level;
          contents_[i] = last ? level + kIndent : column + 1 + (i + 1 < line.last ? layout_.gaps[i + 1] : 0);
          closings_[i] = last ? level : column;
        }
        const std::size_t tail = tokens_[i].text.rfind('\n');
        column = tail == std::string_view::npos ? column + width_of(tokens_[i].text) : width_of(tokens_[i].text.substr(tail + 1));
        if (!(i + 1 == line.last && tokens_[i].ends_line() && i > line.first)) line.width = column;
      }
    }
  }

  /// Comments behind the text of successive lines stand under each other.
  void align_comments() {
    std::vector<Member> group;
    for (const LaidLine& line : layout_.lines) {
      const std::uint32_t last = line.last - 1;
      const bool has_one = last > line.first && tokens_[last].ends_line();
      if (!has_one || tokens_[line.first].breaks > 1) pad(group);
      if (has_one) join(group, {last, line.width});
    }
    pad(group);
  }

  const std::vector<FormatToken>& tokens_;
  Layout layout_;
  std::vector<std::uint32_t> inside_;
  std::map<std::uint32_t, std::size_t> level_indents_;  // by the bracket a line begins in: indentation of the last such line
  std::vector<std::size_t> levels_;                     // of opening brackets: indentation of the line that they belong to
  std::vector<std::size_t> contents_, closings_;  // of opening brackets: column of what stands in it, and of its end on a line of its own
};

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

Layout lay_out(const std::vector<FormatToken>& tokens) { return Layouter(tokens).run(); }

std::string text_of(const std::vector<FormatToken>& tokens, const Layout& layout) {
  std::string text;
  for (const LaidLine& line : layout.lines) {
    if (tokens[line.first].breaks > 1 && !text.empty()) text += '\n';
    text.append(line.indent, ' ');
    for (std::uint32_t i = line.first; i < line.last; ++i) {
      if (i > line.first) text.append(layout.gaps[i], ' ');
      text += tokens[i].text;
    }
    text += '\n';
  }
  return text;
}

}  // namespace mig::format
