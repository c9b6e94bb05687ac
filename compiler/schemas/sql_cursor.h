// A place in the tokens of one SQL statement.
#pragma once

#include <span>

#include "compiler/schemas/sql_lexer.h"

namespace mig::schemas {

class SqlCursor {
 public:
  SqlCursor(std::span<const SqlToken> tokens, uint32_t end) : tokens_(tokens), end_(end) {}

  bool done() const { return at_ >= tokens_.size(); }
  const SqlToken& peek(size_t ahead = 0) const { return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead] : nothing(); }
  const SqlToken& take() { return done() ? nothing() : tokens_[at_++]; }
  /// A word or symbol, not a name or text that looks like it.
  bool is(std::string_view text, size_t ahead = 0) const {
    const SqlToken& token = peek(ahead);
    return (token.kind == SqlTokenKind::kWord || token.kind == SqlTokenKind::kSymbol) && token.text == text;
  }
  bool accept(std::string_view text) {
    if (!is(text)) return false;
    ++at_;
    return true;
  }
  bool accept(std::string_view first, std::string_view second) {
    if (!is(first) || !is(second, 1)) return false;
    at_ += 2;
    return true;
  }
  bool is_name() const { return !done() && (peek().kind == SqlTokenKind::kName || peek().kind == SqlTokenKind::kWord); }

  /// The tokens between a `(` here and its `)`, which are passed; empty when there is no `(`.
  std::span<const SqlToken> parenthesised() {
    if (!is("(")) return {};
    const size_t begin = at_ + 1;
    skip_group();
    const size_t end = at_ > begin && tokens_[at_ - 1].text == ")" ? at_ - 1 : at_;
    return tokens_.subspan(begin, end - begin);
  }
  /// Passes one token, or a whole group in parentheses or brackets.
  void skip_group() {
    int depth = 0;
    do {
      if (done()) return;
      if (is("(") || is("[")) ++depth;
      if (is(")") || is("]")) --depth;
      ++at_;
    } while (depth > 0);
  }
  uint32_t end() const { return end_; }
  size_t at() const { return at_; }
  std::span<const SqlToken> since(size_t begin) const { return tokens_.subspan(begin, at_ - begin); }

 private:
  static const SqlToken& nothing() {
    static const SqlToken kNothing;
    return kNothing;
  }
  std::span<const SqlToken> tokens_;
  uint32_t end_;  // byte behind the statement
  size_t at_ = 0;
};

}  // namespace mig::schemas
