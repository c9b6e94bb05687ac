// One run of the generated parser over one token list. Included only by this folder's sources.
#pragma once

#include <memory>

#include "compiler/syntax/error_strategy.h"
#include "compiler/syntax/parse_tree.h"

namespace mig::syntax {

// SLL prediction, one pass, errors go through ErrorStrategy.
class ParseSession {
 public:
  // `list` is borrowed and must be repaired. `listener`, if any, is told about ambiguities; then prediction is exact
  // LL.
  ParseSession(const TokenList& list, Reporter& reporter, antlr4::ANTLRErrorListener* listener = nullptr);

  // The whole list as rule `file` or `hole`; what was found wrong is reported. The nodes belong to `tree`.
  const ParseNode* read(std::size_t rule, ParseTree& tree);

 private:
  const ParseNode* taken_over(antlr4::ParserRuleContext* root, ParseTree& tree) const;
  ParseNode* taken_over(antlr4::ParserRuleContext* context, const ParseNode* left, ParseTree& tree) const;
  const Token* of(const antlr4::Token* token) const;

  const TokenList& list_;
  antlr4::ListTokenSource source_;
  antlr4::CommonTokenStream stream_;
  grammar::MigParser parser_;
};

}  // namespace mig::syntax
