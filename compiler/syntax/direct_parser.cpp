// Names, texts, settings, patterns and types.
#include "compiler/syntax/direct_parser.h"

namespace mig::syntax {

using grammar::MigParser;

const ParseNode* DirectParser::read(std::size_t rule) {
  const Begin from = begin();
  if (rule == MigParser::RuleFile) {
    while (!failed_ && at_ != end_) decl();
  } else {
    expr();
  }
  if (failed_ || at_ != end_) return nullptr;
  pending_.emplace_back(end_);
  ParseNode* root = end(from, rule);
  root->stop = end_;
  return root;
}

bool DirectParser::names_a_place(std::size_t ahead) const {
  return type(ahead + 1) == MigParser::T_ASSIGN || type(ahead + 1) == MigParser::T_DOT;
}

// The text ends for whoever reads on, so that every loop does, too.
void DirectParser::fail() {
  failed_ = true;
  at_ = end_;
}

bool DirectParser::accept(std::size_t wanted) {
  if (at_->type != wanted) return false;
  keep();
  return true;
}

void DirectParser::take(std::size_t wanted) {
  if (at_->type == wanted && at_ != end_) return keep();
  fail();
}

ParseNode* DirectParser::end(const Begin& from, std::size_t rule) {
  ParseNode* node = tree_.add(rule, std::span(pending_).subspan(from.mark));
  pending_.resize(from.mark);
  node->start = from.start;
  node->stop = at_ == from.start ? nullptr : at_ - 1;
  return node;
}

void DirectParser::leaf(std::size_t rule, std::size_t tokens) {
  const Token* const start = at_;
  at_ += tokens;
  ParseNode* node = tree_.add(rule, {});
  node->start = start;
  node->stop = at_ - 1;
  child(node);
}

void DirectParser::name() {
  if (is_word_like(type()) && !is_hard_word(type())) return leaf(MigParser::RuleName);
  fail();
}

void DirectParser::word() {
  if (is_word_like(type())) return leaf(MigParser::RuleWord);
  fail();
}

void DirectParser::text() {
  if (is(MigParser::T_STRING) || is(MigParser::T_BLOCK_STRING) || is(MigParser::T_RAW_STRING)) return leaf(MigParser::RuleText);
  fail();
}

void DirectParser::names() {
  const Begin from = begin();
  do name();
  while (accept(MigParser::T_COMMA));
  child(end(from, MigParser::RuleNames));
}

void DirectParser::dotted_words() {
  while (is(MigParser::T_DOT) && is_word_like(type(1))) {
    keep();
    word();
  }
}

void DirectParser::path() {
  const Begin from = begin();
  word();
  dotted_words();
  child(end(from, MigParser::RulePath));
}

void DirectParser::code() {
  const Begin from = begin();
  take(MigParser::T_IDENT);
  if (accept(MigParser::T_DOT)) take(MigParser::T_IDENT);
  child(end(from, MigParser::RuleCode));
}

void DirectParser::label() {
  const Begin from = begin();
  word();
  dotted_words();
  if (accept(MigParser::T_DOT)) take(MigParser::T_STAR);
  child(end(from, MigParser::RuleLabel));
}

// What stands between the parentheses of a call; nothing when they are empty. The closing one is taken.
void DirectParser::arguments() {
  if (accept(MigParser::T_RPAREN)) return;
  const Begin from = begin();
  do argument();
  while (accept(MigParser::T_COMMA) && !is(MigParser::T_RPAREN));
  child(end(from, MigParser::RuleArguments));
  take(MigParser::T_RPAREN);
}

void DirectParser::attributes() {
  while (is(MigParser::T_AT)) {
    const Begin from = begin();
    keep();
    word();
    if (accept(MigParser::T_LPAREN)) arguments();
    child(end(from, MigParser::RuleAttribute));
  }
}

void DirectParser::connector() {
  const Begin from = begin();
  name();
  if (accept(MigParser::T_LPAREN)) arguments();
  child(end(from, MigParser::RuleConnector));
}

void DirectParser::setting() {
  const Begin from = begin();
  word();
  take(MigParser::T_ASSIGN);
  expr();
  accept(MigParser::T_COMMA);
  child(end(from, MigParser::RuleSetting));
}

void DirectParser::settings() {
  const Begin from = begin();
  take(MigParser::T_LBRACE);
  while (!failed_ && !is(MigParser::T_RBRACE)) setting();
  take(MigParser::T_RBRACE);
  child(end(from, MigParser::RuleSettings));
}

void DirectParser::optional_settings() {
  if (is(MigParser::T_LBRACE)) settings();
}

void DirectParser::pattern() {
  const Begin from = begin();
  do pattern_part();
  while (accept(MigParser::T_BAR));
  child(end(from, MigParser::RulePattern));
}

bool DirectParser::is_constant(std::size_t type) {
  switch (type) {
    case MigParser::T_INT:
    case MigParser::T_DECIMAL:
    case MigParser::T_FLOAT:
    case MigParser::T_PERCENT:
    case MigParser::T_DURATION:
    case MigParser::T_DATE:
    case MigParser::T_TIME:
    case MigParser::T_STRING:
    case MigParser::T_BLOCK_STRING:
    case MigParser::T_RAW_STRING:
    case MigParser::K_TRUE:
    case MigParser::K_FALSE:
    case MigParser::K_NULL: return true;
    default: return false;
  }
}

namespace {

bool begins_constant(std::size_t type) { return type == MigParser::T_MINUS || DirectParser::is_constant(type); }

}  // namespace

void DirectParser::pattern_part() {
  const Begin from = begin();
  if (accept(MigParser::T_RANGE)) {
    constant();
  } else if (begins_constant(type())) {
    constant();
    if (accept(MigParser::T_RANGE) && begins_constant(type())) constant();
  } else {
    name();
    dotted_words();
    if (accept(MigParser::T_LPAREN)) {
      name();
      take(MigParser::T_RPAREN);
    }
  }
  child(end(from, MigParser::RulePatternPart));
}

void DirectParser::constant() {
  const Begin from = begin();
  if (accept(MigParser::T_MINUS)) {
    const std::size_t number = type();
    const bool fits = number == MigParser::T_INT || number == MigParser::T_DECIMAL || number == MigParser::T_FLOAT ||
                      number == MigParser::T_PERCENT || number == MigParser::T_DURATION;
    if (!fits) return fail();
    keep();
  } else {
    if (!begins_constant(type())) return fail();
    keep();
  }
  child(end(from, MigParser::RuleConstant));
}

void DirectParser::type_expr() {
  const Begin from = begin();
  if (accept(MigParser::T_LPAREN)) {
    if (!accept(MigParser::T_RPAREN)) {
      do type_expr();
      while (accept(MigParser::T_COMMA));
      take(MigParser::T_RPAREN);
    }
    take(MigParser::T_ARROW);
    type_expr();
  } else {
    type_primary();
    while (accept(MigParser::T_QUESTION) || accept(MigParser::T_BANG)) {
    }
  }
  child(end(from, MigParser::RuleTypeExpr));
}

void DirectParser::type_primary() {
  const Begin from = begin();
  if (accept(MigParser::T_LBRACE)) {
    while (!failed_ && is_word_like(type())) {
      type_field();
      accept(MigParser::T_COMMA);
    }
    take(MigParser::T_RBRACE);
  } else {
    name();
    dotted_words();
    if (accept(MigParser::T_LT)) {
      do type_expr();
      while (accept(MigParser::T_COMMA));
      take(MigParser::T_GT);
    }
    if (accept(MigParser::T_LPAREN)) {
      do type_argument();
      while (accept(MigParser::T_COMMA));
      take(MigParser::T_RPAREN);
    }
  }
  child(end(from, MigParser::RuleTypePrimary));
}

void DirectParser::type_field() {
  const Begin from = begin();
  word();
  accept(MigParser::T_QUESTION);
  take(MigParser::T_COLON);
  type_expr();
  attributes();
  child(end(from, MigParser::RuleTypeField));
}

void DirectParser::type_argument() {
  const Begin from = begin();
  if (accept(MigParser::T_RANGE)) {
    expr();
  } else {
    expr();
    if (accept(MigParser::T_RANGE) && !is(MigParser::T_COMMA) && !is(MigParser::T_RPAREN)) expr();
  }
  child(end(from, MigParser::RuleTypeArgument));
}

}  // namespace mig::syntax
