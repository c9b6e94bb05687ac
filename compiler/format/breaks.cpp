// Where lines end: what the author wrote, what blocks demand, and what the width of a line demands.
#include <algorithm>
#include <optional>

#include "compiler/format/format.h"
#include "compiler/format/layout.h"

namespace mig::format {
namespace {

class Breaker {
 public:
  explicit Breaker(std::vector<FormatToken>& tokens) : tokens_(tokens) {}

  void run() {
    if (tokens_.empty()) return;
    tokens_[0].breaks = 0;
    do {
      changed_ = false;
      structure();
      if (!changed_) shorten(lay_out(tokens_));
    } while (changed_);
  }

 private:
  void at_least_one(std::uint32_t token) {
    // Comments that stand on the line right before a token go with it.
    while (token > 0 && tokens_[token].breaks == 0 && tokens_[token - 1].is_comment()) --token;
    if (token == 0 || tokens_[token].breaks > 0) return;
    tokens_[token].breaks = 1;
    changed_ = true;
  }
  void at_most_one(std::uint32_t token) {
    if (tokens_[token].breaks < 2) return;
    tokens_[token].breaks = 1;
    changed_ = true;
  }

  bool several_lines(std::uint32_t open) const {
    for (std::uint32_t i = open + 1; i <= tokens_[open].partner; ++i) {
      if (tokens_[i].breaks > 0) return true;
    }
    return false;
  }

  void structure() {
    std::vector<std::uint32_t> open;
    for (std::uint32_t i = 0; i < tokens_.size(); ++i) {
      const FormatToken& token = tokens_[i];
      if (i > 0 && token.breaks > 0 && clings(tokens_[i - 1], token)) {
        tokens_[i].breaks = 0;
        changed_ = true;
      }
      if (i > 0 && tokens_[i - 1].ends_line()) at_least_one(i);
      if (token.is(kDeclaration)) at_least_one(i);
      if (i > 0 && tokens_[i - 1].opens()) at_most_one(i);
      if (token.closes()) {
        at_most_one(i);
        if (!open.empty()) open.pop_back();
      } else if (!open.empty() && token.is(kElement) && tokens_[open.back()].is(kOnePerLine) && several_lines(open.back()) &&
                 !is_alternative(i)) {
        at_least_one(i);
      }
      if (!token.opens()) continue;
      open.push_back(i);
      if (token.is(kBlock) && token.partner > i + 1 && several_lines(i)) {
        std::uint32_t first = i + 1;
        while (tokens_[first].is_comment() && tokens_[first].breaks == 0) ++first;  // they stay behind the bracket
        if (first < token.partner && tokens_[first].breaks == 0) {
          tokens_[first].breaks = 1;
          changed_ = true;
        }
        at_least_one(token.partner);
      }
    }
  }

  /// Two tokens that no line break should part: `int?`, `f(`, `@name`, `m.field`, `a,`.
  static bool clings(const FormatToken& before, const FormatToken& token) {
    if (before.is_comment() || token.is_comment() || before.opens() || token.closes()) return false;
    return blanks_between(before, token) == 0;
  }

  /// `else` of `when` stays behind the bracket before it.
  bool is_alternative(std::uint32_t i) const { return tokens_[i].text == "else" && i > 0 && tokens_[i - 1].text == "}"; }

  bool may_break(std::uint32_t i) const {
    const FormatToken& token = tokens_[i];
    const FormatToken& previous = tokens_[i - 1];
    if (token.is_comment() || previous.is_comment() || token.closes() || previous.is(kTight)) return false;
    if (previous.is(kBlock)) return true;
    if (previous.opens()) return false;
    if (previous.text == "," || token.is(kElement) || token.is(kBinary)) return !previous.opens();
    for (const std::string_view word : {"|>", "|?>", "??", "catch", "and", "or", "then", "else", "when", "raises", "because"}) {
      if (token.text == word) return true;
    }
    return (token.text == "@" && token.kind == syntax::LexemeKind::symbol) ||
           (token.text == "fix" && previous.kind == syntax::LexemeKind::text);
  }

  /// Breaks every line that is too long and can be broken once: at the outermost place, as late as the width allows.
  void shorten(const Layout& layout) {
    for (const LaidLine& line : layout.lines) {
      if (line.width <= kLineWidth) continue;
      std::optional<std::uint32_t> chosen;
      std::ptrdiff_t chosen_depth = 0, depth = 0;
      std::size_t column = line.indent;
      for (std::uint32_t i = line.first; i < line.last; ++i) {
        column += (i > line.first ? layout.gaps[i] : 0) + width_of(tokens_[i].text);
        if (tokens_[i].text.find('\n') != std::string_view::npos) break;
        if (tokens_[i].closes()) --depth;
        // What stands in a block belongs to the block's own level: it is broken as a whole.
        if (i > line.first && may_break(i)) {
          const std::ptrdiff_t own = tokens_[i - 1].is(kBlock) ? depth - 1 : depth;
          const bool fits = column - width_of(tokens_[i].text) <= kLineWidth;
          if (!chosen || own < chosen_depth || (own == chosen_depth && fits)) {
            chosen = i;
            chosen_depth = own;
          }
        }
        if (tokens_[i].opens()) ++depth;
      }
      if (!chosen) continue;
      tokens_[*chosen].breaks = 1;
      changed_ = true;
    }
  }

  std::vector<FormatToken>& tokens_;
  bool changed_ = false;
};

}  // namespace

void settle_breaks(std::vector<FormatToken>& tokens) { Breaker(tokens).run(); }

}  // namespace mig::format
