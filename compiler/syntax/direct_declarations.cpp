// Declarations.
#include "compiler/syntax/direct_parser.h"

namespace mig::syntax {

using grammar::MigParser;

void DirectParser::decl() {
  const Begin from = begin();
  attributes();
  const Begin body = begin();
  const std::size_t word = type();
  std::size_t rule = 0;
  const auto items = [this](auto item) {
    take(MigParser::T_LBRACE);
    while (!failed_ && !is(MigParser::T_RBRACE)) item();
    take(MigParser::T_RBRACE);
  };
  switch (word) {
    case MigParser::K_MIGRATION:
      rule = MigParser::RuleHeader;
      keep();
      text();
      take(MigParser::K_VERSION);
      text();
      optional_settings();
      break;
    case MigParser::K_IMPORT:
      rule = MigParser::RuleImportDecl;
      keep();
      text();
      if (accept(MigParser::K_AS)) name();
      break;
    case MigParser::K_PARAM:
    case MigParser::K_TYPE:
      rule = word == MigParser::K_PARAM ? MigParser::RuleParamDecl : MigParser::RuleTypeDecl;
      keep();
      name();
      take(word == MigParser::K_PARAM ? MigParser::T_COLON : MigParser::T_ASSIGN);
      type_expr();
      if (accept(word == MigParser::K_PARAM ? MigParser::T_ASSIGN : MigParser::K_WHERE)) expr();
      break;
    case MigParser::K_OPEN:
    case MigParser::K_ENUM:
      rule = MigParser::RuleEnumDecl;
      enum_decl();
      break;
    case MigParser::K_SCHEMA:
      rule = MigParser::RuleSchemaDecl;
      schema_decl();
      break;
    case MigParser::K_SOURCE:
    case MigParser::K_TARGET:
    case MigParser::K_LOOKUP:
      rule = word == MigParser::K_SOURCE   ? MigParser::RuleSourceDecl
             : word == MigParser::K_TARGET ? MigParser::RuleTargetDecl
                                           : MigParser::RuleLookupDecl;
      keep();
      name();
      take(MigParser::T_COLON);
      type_expr();
      if (word == MigParser::K_LOOKUP) {
        take(MigParser::T_ARROW);
        type_expr();
      }
      take(word == MigParser::K_TARGET ? MigParser::K_INTO : MigParser::K_FROM);
      connector();
      optional_settings();
      break;
    case MigParser::K_TABLE:
      rule = MigParser::RuleTableDecl;
      table_decl();
      break;
    case MigParser::K_FN:
      rule = MigParser::RuleFnDecl;
      fn_decl();
      break;
    case MigParser::K_ISSUE:
      rule = MigParser::RuleIssueDecl;
      keep();
      name();
      text();
      if (accept(MigParser::K_FIX)) text();
      optional_settings();
      break;
    case MigParser::K_PRIVACY:
      rule = MigParser::RulePrivacyDecl;
      keep();
      items([this] { privacy_item(); });
      break;
    case MigParser::K_MAP:
      rule = MigParser::RuleMapDecl;
      map_decl();
      break;
    case MigParser::K_DEDUPE:
      rule = MigParser::RuleDedupeDecl;
      keep();
      name();
      take(MigParser::K_BY);
      do expr();
      while (accept(MigParser::T_COMMA));
      items([this] { dedupe_item(); });
      break;
    case MigParser::K_PROFILE:
    case MigParser::K_RECONCILE:
      rule = word == MigParser::K_PROFILE ? MigParser::RuleProfileDecl : MigParser::RuleReconcileDecl;
      keep();
      name();
      items([this] { check_item(); });
      break;
    case MigParser::K_SYNC:
      rule = MigParser::RuleSyncDecl;
      keep();
      name();
      take(MigParser::T_COLON);
      name();
      take(MigParser::T_ARROW);
      take(MigParser::K_MAP);
      name();
      items([this] { sync_item(); });
      break;
    case MigParser::K_STAGE:
      rule = MigParser::RuleStageDecl;
      keep();
      name();
      if (accept(MigParser::K_AFTER)) names();
      items([this] { step(); });
      break;
    case MigParser::K_ROLLBACK:
      rule = MigParser::RuleRollbackDecl;
      keep();
      name();
      if (accept(MigParser::K_WITHIN)) expr();
      items([this] { step(); });
      break;
    case MigParser::K_TEST:
      rule = MigParser::RuleTestDecl;
      keep();
      text();
      take(MigParser::K_FOR);
      names();
      items([this] { test_item(); });
      break;
    case MigParser::K_ITEM:
      rule = MigParser::RuleItemDecl;
      keep();
      name();
      text();
      optional_settings();
      break;
    case MigParser::K_ENVIRONMENT:
      rule = MigParser::RuleEnvironmentDecl;
      keep();
      name();
      items([this] { environment_item(); });
      break;
    default: fail(); break;
  }
  child(end(body, rule));
  child(end(from, MigParser::RuleDecl));
}

void DirectParser::enum_decl() {
  accept(MigParser::K_OPEN);
  take(MigParser::K_ENUM);
  name();
  take(MigParser::T_LBRACE);
  list_until(MigParser::T_RBRACE, [this] { variant(); });
}

void DirectParser::variant() {
  const Begin from = begin();
  word();
  if (accept(MigParser::T_ASSIGN)) {
    const Begin wire = begin();
    if (accept(MigParser::T_MINUS) || is(MigParser::T_INT)) {
      take(MigParser::T_INT);
    } else {
      text();
    }
    child(end(wire, MigParser::RuleWire));
  }
  attributes();
  child(end(from, MigParser::RuleVariant));
}

void DirectParser::schema_decl() {
  keep();
  name();
  const bool imported = accept(MigParser::K_FROM);
  if (imported) connector();
  if (!imported || is(MigParser::T_LBRACE)) schema_body();
}

void DirectParser::schema_body() {
  const Begin from = begin();
  take(MigParser::T_LBRACE);
  while (!failed_ && !is(MigParser::T_RBRACE)) {
    const Begin field = begin();
    word();
    accept(MigParser::T_QUESTION);
    take(MigParser::T_COLON);
    type_expr();
    attributes();
    accept(MigParser::T_COMMA);
    child(end(field, MigParser::RuleSchemaField));
  }
  take(MigParser::T_RBRACE);
  child(end(from, MigParser::RuleSchemaBody));
}

void DirectParser::table_decl() {
  keep();
  name();
  take(MigParser::T_COLON);
  type_expr();
  take(MigParser::T_ARROW);
  type_expr();
  if (accept(MigParser::K_VIA)) {
    do path();
    while (accept(MigParser::T_COMMA));
  }
  const Begin body = begin();
  take(MigParser::T_LBRACE);
  list_until(MigParser::T_RBRACE, [this] {
    const Begin row = begin();
    if (!accept(MigParser::K_ELSE)) pattern();
    take(MigParser::T_FAT_ARROW);
    expr();
    child(end(row, MigParser::RuleTableRow));
  });
  child(end(body, MigParser::RuleTableBody));
}

void DirectParser::fn_decl() {
  keep();
  name();
  const Begin parameters = begin();
  if (accept(MigParser::T_LT)) {
    do name();
    while (accept(MigParser::T_COMMA));
    take(MigParser::T_GT);
    child(end(parameters, MigParser::RuleTypeParameters));
  }
  take(MigParser::T_LPAREN);
  list_until(MigParser::T_RPAREN, [this] { fn_parameter(); });
  take(MigParser::T_ARROW);
  type_expr();
  if (accept(MigParser::K_RAISES)) {
    do code();
    while (accept(MigParser::T_COMMA));
  }
  if (accept(MigParser::T_ASSIGN)) {
    expr();
  } else if (is(MigParser::T_LBRACE)) {
    block();
  }
}

void DirectParser::fn_parameter() {
  const Begin from = begin();
  name();
  take(MigParser::T_COLON);
  type_expr();
  accept(MigParser::T_ELLIPSIS);
  if (accept(MigParser::T_ASSIGN)) expr();
  child(end(from, MigParser::RuleFnParameter));
}

void DirectParser::privacy_item() {
  const Begin from = begin();
  const auto labels = [this] {
    do label();
    while (accept(MigParser::T_COMMA));
  };
  if (accept(MigParser::K_CLASS)) {
    path();
    if (is(MigParser::T_STRING) || is(MigParser::T_BLOCK_STRING) || is(MigParser::T_RAW_STRING)) text();
  } else if (accept(MigParser::K_MASK)) {
    labels();
    take(MigParser::K_IN);
    names();
    take(MigParser::K_WITH);
    expr();
  } else {
    take(MigParser::K_ALLOW);
    labels();
    take(MigParser::K_TO);
    names();
    if (accept(MigParser::K_BECAUSE)) text();
  }
  child(end(from, MigParser::RulePrivacyItem));
}

void DirectParser::map_decl() {
  keep();
  name();
  take(MigParser::T_COLON);
  name();
  if (accept(MigParser::K_AS)) name();
  take(MigParser::T_ARROW);
  name();
  if (accept(MigParser::K_AS)) name();
  block();
}

void DirectParser::dedupe_item() {
  const Begin from = begin();
  if (accept(MigParser::K_PREFER)) {
    expr();
    if (!accept(MigParser::K_DESC)) accept(MigParser::K_ASC);
  } else if (accept(MigParser::K_MERGE)) {
    path();
    take(MigParser::T_ASSIGN);
    expr();
  } else {
    take(MigParser::K_WARN);
    code();
  }
  child(end(from, MigParser::RuleDedupeItem));
}

}  // namespace mig::syntax
