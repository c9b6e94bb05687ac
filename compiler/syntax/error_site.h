// Where the parser stopped, and the finding that says so. Included only by this folder's sources.
#pragma once

#include <antlr4-runtime.h>

#include <optional>

#include "compiler/syntax/token_list.h"

namespace mig::syntax {

struct ErrorSite {
  const TokenList& list;
  std::size_t offending = 0;                     // index of the token that does not fit
  std::size_t decision = 0;                      // index of the token where the choice began; <= offending
  std::size_t item_begin = 0;                    // index of the first token of the statement, row, field, ... around, or directly before
  antlr4::ParserRuleContext* context = nullptr;  // innermost rule
  antlr4::misc::IntervalSet expected;            // token types that fit at `decision`

  const Token& token(std::size_t index) const { return list.tokens[std::min(index, list.tokens.size() - 1)]; }
  const Token& at() const { return token(offending); }
  const Token& before() const { return token(offending == 0 ? 0 : offending - 1); }
  std::string_view text() const { return list.text_of(at()); }
  bool expects(std::size_t type) const { return expected.contains(static_cast<ssize_t>(type)); }
  bool at_end() const { return offending + 1 >= list.tokens.size(); }
  // What stands before the offending token is a whole value, name or type.
  bool after_operand() const { return offending > 0 && ends_operand(before().type); }
  // An expression ends before the offending token: an operator could follow.
  bool after_expression() const;
  // Whether a rule of that index is around `context`, inside the item.
  bool inside(std::size_t rule) const;
};

// The finding for a parser error: the first case of the table that fits, else what is expected in a few words.
Diagnostic explain(const ErrorSite& site);

// The same for habits of other languages only.
std::optional<Diagnostic> explain_foreign(const ErrorSite& site);

// `site.expected` in words, at most four: "a name", "a value", "an operator", "`}`".
std::string expected_text(const ErrorSite& site);

}  // namespace mig::syntax
