// One run of the generated parser over one token list. Included only by this folder's sources.
#pragma once

#include <memory>

#include "MigParser.h"
#include "compiler/syntax/error_strategy.h"
#include "compiler/syntax/token_list.h"

namespace mig::syntax {

// Owns the parser and thereby the parse tree. SLL prediction, one pass, errors go through ErrorStrategy.
class ParseSession {
 public:
  // `list` is borrowed and must be repaired. `listener`, if any, is told about ambiguities; then prediction is exact
  // LL.
  ParseSession(const TokenList& list, Reporter& reporter, antlr4::ANTLRErrorListener* listener = nullptr);

  grammar::MigParser& parser() { return parser_; }

 private:
  antlr4::ListTokenSource source_;
  antlr4::CommonTokenStream stream_;
  grammar::MigParser parser_;
};

}  // namespace mig::syntax
