// Statements, the items of checking blocks, steps of stages.
#include "compiler/syntax/direct_parser.h"

namespace mig::syntax {

using grammar::MigParser;

void DirectParser::block() {
  const Begin from = begin();
  take(MigParser::T_LBRACE);
  while (!failed_ && !is(MigParser::T_RBRACE)) stmt();
  take(MigParser::T_RBRACE);
  child(end(from, MigParser::RuleBlock));
}

void DirectParser::raise_verb() {
  if (is(MigParser::K_REJECT) || is(MigParser::K_SKIP) || is(MigParser::K_WARN)) return leaf(MigParser::RuleRaiseVerb);
  fail();
}

void DirectParser::assign_rest() {
  path();
  take(MigParser::T_ASSIGN);
  expr();
}

void DirectParser::stmt() {
  const Begin from = begin();
  attributes();
  switch (names_a_place() ? std::size_t{MigParser::T_IDENT} : type()) {
    case MigParser::K_LET:
      keep();
      name();
      if (accept(MigParser::T_COLON)) type_expr();
      take(MigParser::T_ASSIGN);
      expr();
      break;
    case MigParser::K_REQUIRE:
      keep();
      expr();
      take(MigParser::K_ELSE);
      raise_verb();
      code();
      if (is(MigParser::K_WITH) && !names_a_place()) {
        keep();
        expr();
      }
      break;
    case MigParser::K_REJECT:
    case MigParser::K_SKIP:
    case MigParser::K_WARN:
      raise_verb();
      code();
      if (accept(MigParser::K_WITH)) expr();
      take(MigParser::K_WHEN);
      expr();
      break;
    case MigParser::K_WHEN: when_stmt(); break;
    case MigParser::K_COPY:
      keep();
      path();
      take(MigParser::T_DOT);
      take(MigParser::T_LBRACE);
      word();
      while (accept(MigParser::T_COMMA) && !is(MigParser::T_RBRACE)) word();
      take(MigParser::T_RBRACE);
      break;
    case MigParser::K_IGNORE:
      keep();
      do path();
      while (accept(MigParser::T_COMMA));
      if (is(MigParser::K_BECAUSE) && !names_a_place()) {
        keep();
        text();
      }
      break;
    case MigParser::K_EMIT:
      keep();
      name();
      if (accept(MigParser::K_FOR)) {
        name();
        take(MigParser::K_IN);
        expr();
      }
      block();
      break;
    case MigParser::K_RETURN:
      keep();
      expr();
      break;
    default: assign_rest(); break;
  }
  child(end(from, MigParser::RuleStmt));
}

void DirectParser::when_stmt() {
  const Begin from = begin();
  take(MigParser::K_WHEN);
  expr();
  block();
  if (is(MigParser::K_ELSE) && !names_a_place()) {
    keep();
    if (is(MigParser::K_WHEN)) {
      when_stmt();
    } else {
      block();
    }
  }
  child(end(from, MigParser::RuleWhenStmt));
}

void DirectParser::check_item() {
  const Begin from = begin();
  if (accept(MigParser::K_LET)) {
    name();
    if (accept(MigParser::T_COLON)) type_expr();
    take(MigParser::T_ASSIGN);
    expr();
  } else {
    take(MigParser::K_EXPECT);
    expr();
    if (accept(MigParser::K_TOLERANCE)) expr();
    if (accept(MigParser::K_ELSE)) {
      if (!accept(MigParser::K_FAIL) && !accept(MigParser::K_WARN)) take(MigParser::K_REJECT);
      code();
    }
  }
  child(end(from, MigParser::RuleCheckItem));
}

void DirectParser::gate_item() {
  const Begin from = begin();
  if (accept(MigParser::K_REQUIRE)) {
    expr();
    if (accept(MigParser::K_FOR)) expr();
    if (accept(MigParser::K_ELSE)) {
      take(MigParser::K_FAIL);
      code();
    }
  } else {
    take(MigParser::K_APPROVE);
    text();
    if (accept(MigParser::K_WITHIN)) expr();
  }
  child(end(from, MigParser::RuleGateItem));
}

void DirectParser::test_item() {
  const Begin from = begin();
  if (accept(MigParser::K_ASSUME)) {
    assign_rest();
  } else if (accept(MigParser::K_GIVEN)) {
    if (type(1) == MigParser::T_ASSIGN) {
      name();
      take(MigParser::T_ASSIGN);
    }
    do expr();
    while (accept(MigParser::T_COMMA));
  } else {
    take(MigParser::K_EXPECT);
    const std::size_t issue = is(MigParser::K_NOT) ? 1 : 0;
    if (type(issue) == MigParser::K_ISSUE && type(issue + 1) == MigParser::T_IDENT) {
      accept(MigParser::K_NOT);
      keep();
      code();
    } else {
      expr();
      if (accept(MigParser::K_TOLERANCE)) expr();
    }
  }
  child(end(from, MigParser::RuleTestItem));
}

void DirectParser::sync_item() {
  const Begin from = begin();
  if (type(1) == MigParser::T_ASSIGN) {
    setting();
  } else {
    take(MigParser::K_ON);
    do word();
    while (accept(MigParser::T_COMMA));
    take(MigParser::K_DO);
    const bool fails = is(MigParser::K_FAIL) && type(1) == MigParser::T_IDENT && type(2) != MigParser::T_ASSIGN;
    if (fails || is(MigParser::K_REJECT) || is(MigParser::K_SKIP) || is(MigParser::K_WARN)) {
      keep();
      code();
    } else {
      name();
      optional_settings();
    }
  }
  child(end(from, MigParser::RuleSyncItem));
}

void DirectParser::step() {
  const Begin from = begin();
  attributes();
  if (type(1) == MigParser::T_ASSIGN) {
    setting();
  } else {
    step_body();
  }
  child(end(from, MigParser::RuleStep));
}

void DirectParser::step_body() {
  const std::size_t verb = type();
  if (!failed_ && at_ != end_) keep();
  switch (verb) {
    case MigParser::K_PROFILE:
    case MigParser::K_RECONCILE: return names();
    case MigParser::K_RUN:
    case MigParser::K_UNDO: names(); return optional_settings();
    case MigParser::K_SYNC: name(); return optional_settings();
    case MigParser::K_COMPARE:
      name();
      take(MigParser::K_WITH);
      name();
      return optional_settings();
    case MigParser::K_ROUTE:
      text();
      take(MigParser::K_TO);
      name();
      return optional_settings();
    case MigParser::K_GATE:
      name();
      take(MigParser::T_LBRACE);
      while (!failed_ && !is(MigParser::T_RBRACE)) gate_item();
      return take(MigParser::T_RBRACE);
    case MigParser::K_ON:
      word();
      word();
      if (accept(MigParser::T_LPAREN)) {
        name();
        take(MigParser::T_RPAREN);
      }
      return;
    case MigParser::K_NOTIFY:
    case MigParser::K_MANUAL: return text();
    default: return fail();
  }
}

void DirectParser::environment_item() {
  const Begin from = begin();
  if (type(1) == MigParser::T_ASSIGN) {
    setting();
  } else if (accept(MigParser::K_SECRET)) {
    name();
    take(MigParser::T_ASSIGN);
    expr();
  } else {
    if (!accept(MigParser::K_SOURCE) && !accept(MigParser::K_TARGET)) take(MigParser::K_LOOKUP);
    name();
    settings();
  }
  child(end(from, MigParser::RuleEnvironmentItem));
}

}  // namespace mig::syntax
