// Statements, and the items of checking blocks.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/syntax/tree_builder.h"

namespace mig::syntax {
namespace {

RaiseVerb raise_verb(const ParseNode* context) {
  if (context->start->type == MigParser::K_REJECT) return RaiseVerb::reject;
  return context->start->type == MigParser::K_SKIP ? RaiseVerb::skip : RaiseVerb::warn;
}

}  // namespace

Block TreeBuilder::block(const ParseNode* context, Place place) {
  Block result;
  result.span = span(context);
  if (context == nullptr || broken(context)) return result;
  for (const ParseNode* part : context->all_stmt()) {
    if (!broken(part)) result.statements.push_back(stmt(part, place));
  }
  return result;
}

StmtId TreeBuilder::stmt(const ParseNode* context, Place place) {
  check_place(context, place);
  std::vector<Attribute> marks = attributes(context);
  StmtNode node = stmt_node(context, place);
  return module_.add(Stmt{span(context), std::move(marks), std::move(node)});
}

void TreeBuilder::check_place(const ParseNode* context, Place place) {
  const bool result = context->token(MigParser::K_RETURN) != nullptr;
  if (place == Place::map && result) {
    finding(Code::E0014, span(context->token(MigParser::K_RETURN)), "a map has no result",
            "`return` stands only in functions; a field gets its value with `field = ...`");
  }
  const bool writes = (context->all_path().size() == 1 && context->token(MigParser::T_ASSIGN) != nullptr) ||
                      context->token(MigParser::K_COPY) != nullptr || context->token(MigParser::K_EMIT) != nullptr ||
                      context->token(MigParser::K_IGNORE) != nullptr;
  if (place == Place::function && writes) {
    Diagnostic& diagnostic = finding(Code::E0014, span(context), "a function has no target fields", "this statement stands only in a map");
    if (context->token(MigParser::T_ASSIGN) != nullptr) {
      diagnostic.help(Applicability::choose, "declare a local value", {{span(context).start(), "let "}});
    }
  }
}

StmtNode TreeBuilder::stmt_node(const ParseNode* context, Place place) {
  if (context->when_stmt() != nullptr) return when(context->when_stmt(), place);
  if (context->token(MigParser::K_LET) != nullptr) {
    LetStmt node;
    node.name = name(context->name(0));
    if (context->type_expr() != nullptr) node.type = type(context->type_expr());
    node.value = expr(context->expr(0));
    return node;
  }
  if (context->token(MigParser::K_REQUIRE) != nullptr) {
    RequireStmt node;
    node.condition = expr(context->expr(0));
    node.verb = raise_verb(context->raise_verb());
    node.code = code(context->code());
    if (context->token(MigParser::K_WITH) != nullptr) node.detail = expr(context->expr(1));
    return node;
  }
  if (context->raise_verb() != nullptr) {
    RaiseStmt node;
    node.verb = raise_verb(context->raise_verb());
    node.code = code(context->code());
    if (context->token(MigParser::K_WITH) != nullptr) node.detail = expr(context->expr(0));
    node.condition = expr(context->expr(context->token(MigParser::K_WITH) != nullptr ? 1 : 0));
    return node;
  }
  if (context->token(MigParser::K_COPY) != nullptr) {
    CopyStmt node{path(context->path(0)), {}};
    for (const ParseNode* field : context->all_word()) node.fields.push_back(name(field));
    return node;
  }
  if (context->token(MigParser::K_IGNORE) != nullptr) {
    IgnoreStmt node;
    for (const ParseNode* field : context->all_path()) node.fields.push_back(path(field));
    node.reason = text(context->text());
    // A reason that is begun is told of where it breaks off.
    const std::string_view behind = text_.substr(span(context).end);
    const bool begun = behind.substr(std::min(behind.find_first_not_of(" \t\r\n"), behind.size())).starts_with("because");
    if (!node.reason.present() && !begun) {
      finding(Code::E0002, span(context->token(MigParser::K_IGNORE)), "`ignore` does not say why", "a reviewer needs the reason")
          .help(Applicability::sketch, "add the reason", {{span(context).after(), " because DECIDE"}});
    }
    return node;
  }
  if (context->token(MigParser::K_EMIT) != nullptr) {
    EmitStmt node;
    node.target = name(context->name(0));
    if (context->token(MigParser::K_FOR) != nullptr) {
      node.variable = name(context->name(1));
      node.sequence = expr(context->expr(0));
    }
    node.body = block(context->block(), place);
    return node;
  }
  if (context->token(MigParser::K_RETURN) != nullptr) return ReturnStmt{expr(context->expr(0))};
  return AssignStmt{path(context->path(0)), expr(context->expr(0))};
}

StmtNode TreeBuilder::when(const ParseNode* context, Place place) {
  WhenStmt node;
  node.condition = expr(context->expr());
  const std::vector<const ParseNode*> blocks = context->all_block();
  node.consequence = block(blocks.at(0), place);
  if (context->when_stmt() != nullptr) {
    Block otherwise;
    otherwise.span = span(context->when_stmt());
    StmtNode inner = when(context->when_stmt(), place);
    otherwise.statements.push_back(module_.add(Stmt{otherwise.span, {}, std::move(inner)}));
    node.otherwise = std::move(otherwise);
  } else if (blocks.size() > 1) {
    node.otherwise = block(blocks[1], place);
  }
  return node;
}

std::vector<CheckItem> TreeBuilder::check_items(const std::vector<const ParseNode*>& contexts) {
  std::vector<CheckItem> items;
  for (const ParseNode* context : contexts) {
    if (broken(context)) continue;
    if (context->token(MigParser::K_LET) != nullptr) {
      CheckLet node{name(context->name()), {}, {}, span(context)};
      if (context->type_expr() != nullptr) node.type = type(context->type_expr());
      node.value = expr(context->expr(0));
      items.emplace_back(std::move(node));
      continue;
    }
    CheckExpect node;
    node.span = span(context);
    node.condition = expr(context->expr(0));
    if (context->token(MigParser::K_TOLERANCE) != nullptr) node.tolerance = expr(context->expr(1));
    if (context->token(MigParser::K_FAIL) != nullptr) node.verb = CheckVerb::fail;
    if (context->token(MigParser::K_WARN) != nullptr) node.verb = CheckVerb::warn;
    if (context->token(MigParser::K_REJECT) != nullptr) node.verb = CheckVerb::reject;
    node.code = code(context->code());
    items.emplace_back(std::move(node));
  }
  return items;
}

std::vector<GateItem> TreeBuilder::gate_items(const std::vector<const ParseNode*>& contexts) {
  std::vector<GateItem> items;
  for (const ParseNode* context : contexts) {
    if (broken(context)) continue;
    if (context->token(MigParser::K_APPROVE) != nullptr) {
      GateApprove node{text(context->text()), {}, span(context)};
      if (context->token(MigParser::K_WITHIN) != nullptr) node.within = expr(context->expr(0));
      items.emplace_back(std::move(node));
      continue;
    }
    GateRequire node;
    node.span = span(context);
    node.condition = expr(context->expr(0));
    if (context->token(MigParser::K_FOR) != nullptr) node.duration = expr(context->expr(1));
    node.code = code(context->code());
    items.emplace_back(std::move(node));
  }
  return items;
}

std::vector<TestItem> TreeBuilder::test_items(const std::vector<const ParseNode*>& contexts) {
  std::vector<TestItem> items;
  for (const ParseNode* context : contexts) {
    if (broken(context)) continue;
    const Span where = span(context);
    if (context->token(MigParser::K_ASSUME) != nullptr) {
      items.emplace_back(TestAssume{path(context->path()), expr(context->expr(0)), where});
    } else if (context->token(MigParser::K_GIVEN) != nullptr) {
      TestGiven node{name(context->name()), {}, where};
      for (const ParseNode* value : context->all_expr()) node.values.push_back(expr(value));
      items.emplace_back(std::move(node));
    } else if (context->code() != nullptr) {
      items.emplace_back(TestExpectIssue{code(context->code()), context->token(MigParser::K_NOT) == nullptr, where});
    } else {
      TestExpect node{expr(context->expr(0)), {}, where};
      if (context->token(MigParser::K_TOLERANCE) != nullptr) node.tolerance = expr(context->expr(1));
      items.emplace_back(node);
    }
  }
  return items;
}

}  // namespace mig::syntax
