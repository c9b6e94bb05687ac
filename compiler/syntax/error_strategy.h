// What the parser does after an error: one finding, then it starts over at the next statement, row, field or
// declaration. Included only by this folder's sources.
#pragma once

#include "compiler/syntax/error_site.h"

namespace mig::syntax {

// A rule that meets an error passes it up (by rethrowing) to the nearest rule that can start over. One that cannot be
// passed up further is swallowed.
class ErrorStrategy : public antlr4::ANTLRErrorStrategy {
 public:
  // Both are borrowed. The parser must read exactly the tokens of `list`.
  ErrorStrategy(const TokenList& list, Reporter& reporter) : list_(list), reporter_(reporter) {}

  void reset(antlr4::Parser* parser) override;
  antlr4::Token* recoverInline(antlr4::Parser* parser) override;
  void recover(antlr4::Parser* parser, std::exception_ptr error) override;
  void sync(antlr4::Parser* parser) override;
  bool inErrorRecoveryMode(antlr4::Parser* parser) override;
  void reportMatch(antlr4::Parser* parser) override;
  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& error) override;

 private:
  void report(ErrorSite site);
  std::size_t item_begin(antlr4::ParserRuleContext* context) const;
  void skip_to(antlr4::Parser* parser, std::size_t index);
  // Index of the token to go on with after the item of `rule` that begins at `begin`.
  std::size_t after_item(std::size_t rule, std::size_t begin) const;

  const TokenList& list_;
  Reporter& reporter_;
  bool recovering_ = false;
  // What could have stood at a token where an optional part or a list was passed over.
  std::size_t passed_index_ = 0;
  std::vector<const antlr4::misc::IntervalSet*> passed_;  // sets of the ATN, which lives as long as the program
};

}  // namespace mig::syntax
