#include "compiler/syntax/error_strategy.h"

#include <algorithm>

#include "MigParser.h"

namespace mig::syntax {
namespace {

using grammar::MigParser;

// How a rule starts over after an error inside it.
enum class Restart : std::uint8_t {
  none,         // passes the error up
  file,         // stays where it is
  declaration,  // the next declaration
  line,         // the next line that is indented no more than the item, or the end of the block
  comma,        // the next comma of the list, or its end
};

Restart restart_of(std::size_t rule) {
  switch (rule) {
    case MigParser::RuleFile:
    case MigParser::RuleHole: return Restart::file;
    case MigParser::RuleDecl: return Restart::declaration;
    case MigParser::RuleStmt:
    case MigParser::RuleStep:
    case MigParser::RuleSchemaField:
    case MigParser::RuleSetting:
    case MigParser::RulePrivacyItem:
    case MigParser::RuleDedupeItem:
    case MigParser::RuleCheckItem:
    case MigParser::RuleSyncItem:
    case MigParser::RuleGateItem:
    case MigParser::RuleTestItem:
    case MigParser::RuleEnvironmentItem: return Restart::line;
    case MigParser::RuleTableRow:
    case MigParser::RuleMatchArm:
    case MigParser::RuleVariant: return Restart::comma;
    default: return Restart::none;
  }
}

// Rules that hold a list of items between braces, or the declarations of a file.
bool is_container(std::size_t rule) {
  switch (rule) {
    case MigParser::RuleFile:
    case MigParser::RuleBlock:
    case MigParser::RuleSchemaBody:
    case MigParser::RuleSettings:
    case MigParser::RulePrivacyDecl:
    case MigParser::RuleDedupeDecl:
    case MigParser::RuleProfileDecl:
    case MigParser::RuleReconcileDecl:
    case MigParser::RuleSyncDecl:
    case MigParser::RuleStageDecl:
    case MigParser::RuleRollbackDecl:
    case MigParser::RuleStep:
    case MigParser::RuleTestDecl:
    case MigParser::RuleEnvironmentDecl: return true;
    default: return false;
  }
}

}  // namespace

void ErrorStrategy::reset(antlr4::Parser*) { recovering_ = false; }

bool ErrorStrategy::inErrorRecoveryMode(antlr4::Parser*) { return recovering_; }

void ErrorStrategy::reportMatch(antlr4::Parser*) { recovering_ = false; }

antlr4::Token* ErrorStrategy::recoverInline(antlr4::Parser* parser) { throw antlr4::InputMismatchException(parser); }

std::size_t ErrorStrategy::item_begin(antlr4::ParserRuleContext* context) const {
  for (antlr4::ParserRuleContext* at = context; at != nullptr; at = dynamic_cast<antlr4::ParserRuleContext*>(at->parent)) {
    const bool item = restart_of(at->getRuleIndex()) != Restart::none || at->parent == nullptr;
    if (item && at->getStart() != nullptr) return at->getStart()->getTokenIndex();
  }
  return 0;
}

void ErrorStrategy::report(ErrorSite site) {
  recovering_ = true;
  const std::size_t last = std::min(site.offending, list_.tokens.size() - 1);
  for (std::size_t i = site.item_begin; i <= last; ++i) {
    if (list_.tokens[i].repaired) return;  // what was repaired there is the cause, and was reported
  }
  reporter_.report(explain(site));
}

void ErrorStrategy::reportError(antlr4::Parser* parser, const antlr4::RecognitionException& error) {
  if (recovering_) return;
  ErrorSite site{list_, 0, 0, 0, parser->getContext(), {}};
  site.offending =
      error.getOffendingToken() != nullptr ? error.getOffendingToken()->getTokenIndex() : parser->getCurrentToken()->getTokenIndex();
  site.decision = site.offending;
  if (const auto* choice = dynamic_cast<const antlr4::NoViableAltException*>(&error)) {
    if (choice->getStartToken() != nullptr) site.decision = choice->getStartToken()->getTokenIndex();
  }
  site.expected = error.getExpectedTokens();
  if (passed_index_ == site.offending && site.decision == site.offending) {
    for (const antlr4::misc::IntervalSet* passed : passed_) site.expected.addAll(*passed);
  }
  site.item_begin = item_begin(site.context);
  report(std::move(site));
}

void ErrorStrategy::skip_to(antlr4::Parser* parser, std::size_t index) {
  parser->getTokenStream()->seek(std::min(index, list_.tokens.size() - 1));
}

std::size_t ErrorStrategy::after_item(std::size_t rule, std::size_t begin) const {
  const Restart restart = restart_of(rule);
  const Token& first = list_.tokens[begin];
  std::size_t line_start = begin;
  while (line_start > 0 && !list_.tokens[line_start].first_on_line) --line_start;
  const std::uint32_t indent = list_.tokens[line_start].column;
  std::size_t index = begin + 1;
  for (; index + 1 < list_.tokens.size(); ++index) {
    const Token& token = list_.tokens[index];
    if (token.depth < first.depth) break;
    if (token.depth > first.depth) continue;
    if (restart == Restart::comma && token.type == MigParser::T_COMMA) break;
    const bool dedented = token.first_on_line && token.line > first.line && token.column <= indent;
    if (restart == Restart::line && dedented && !is_closing(token.type)) break;
    if (restart == Restart::declaration && dedented) {
      const WordEntry* word = find_word(token.type);
      const bool declares = token.type == MigParser::T_AT || (word != nullptr && word->role == WordRole::declaration);
      if (declares || (token.column == 0 && is_word_like(token.type))) break;
    }
  }
  return index;
}

void ErrorStrategy::recover(antlr4::Parser* parser, std::exception_ptr error) {
  recovering_ = true;
  const std::size_t rule = parser->getContext()->getRuleIndex();
  if (reporter_.full()) skip_to(parser, list_.tokens.size() - 1);
  switch (restart_of(rule)) {
    case Restart::none: std::rethrow_exception(error);
    case Restart::file: return;
    case Restart::declaration:
    case Restart::line:
    case Restart::comma: break;
  }
  const std::size_t begin = parser->getContext()->getStart()->getTokenIndex();
  skip_to(parser, after_item(rule, begin));  // may be before the token that did not fit, when that is on a later line
  recovering_ = reporter_.full();
}

void ErrorStrategy::sync(antlr4::Parser* parser) {
  const antlr4::atn::ATN& atn = parser->getATN();
  const antlr4::misc::IntervalSet& next = atn.nextTokens(atn.states[parser->getState()]);
  const std::size_t type = parser->getCurrentToken()->getType();
  if (next.contains(type)) return;
  const std::size_t index = parser->getCurrentToken()->getTokenIndex();
  if (passed_index_ != index) passed_.clear();
  passed_index_ = index;
  passed_.push_back(&next);
  if (next.contains(antlr4::Token::EPSILON) || !is_container(parser->getContext()->getRuleIndex())) return;
  const auto end =
      parser->getContext()->getRuleIndex() == MigParser::RuleFile ? antlr4::Token::EOF : static_cast<std::size_t>(MigParser::T_RBRACE);
  if (!next.contains(end)) return;  // a choice in the head of the declaration, not its list of items

  const std::size_t begin = index;
  if (!recovering_) {
    ErrorSite site{list_, begin, begin, begin, parser->getContext(), next};
    auto* last =
        parser->getContext()->children.empty() ? nullptr : dynamic_cast<antlr4::ParserRuleContext*>(parser->getContext()->children.back());
    if (last != nullptr && last->exception == nullptr && last->getStart() != nullptr && restart_of(last->getRuleIndex()) != Restart::none) {
      site.item_begin = last->getStart()->getTokenIndex();  // the item before is not complete, it only seemed so
      last->exception = std::make_exception_ptr(antlr4::InputMismatchException(parser));
    }
    std::size_t line_start = begin;
    while (line_start > site.item_begin && !list_.tokens[line_start].first_on_line) --line_start;
    report(site);
    // `x =` took the name on the next line for its value: that line is a statement of its own.
    if (line_start > site.item_begin && line_start < begin && !ends_operand(list_.tokens[line_start - 1].type)) {
      recovering_ = reporter_.full();
      return skip_to(parser, line_start);
    }
  }
  recovering_ = true;
  if (reporter_.full()) return skip_to(parser, list_.tokens.size() - 1);
  const Token& first = list_.tokens[begin];
  std::size_t to = begin;
  for (; to + 1 < list_.tokens.size(); ++to) {
    const Token& token = list_.tokens[to];
    if (token.depth < first.depth) break;
    if (to > begin && token.depth == first.depth && token.first_on_line && next.contains(token.type)) break;
  }
  skip_to(parser, to);
}

}  // namespace mig::syntax
