// Statements, and the items of checking blocks.
#include <fmt/format.h>

#include "compiler/syntax/tree_builder.h"

namespace mig::syntax {
namespace {

RaiseVerb raise_verb(MigParser::RaiseVerbContext* context) {
  if (context->K_REJECT() != nullptr) return RaiseVerb::reject;
  return context->K_SKIP() != nullptr ? RaiseVerb::skip : RaiseVerb::warn;
}

}  // namespace

Block TreeBuilder::block(MigParser::BlockContext* context, Place place) {
  Block result;
  result.span = span(context);
  if (context == nullptr || broken(context)) return result;
  for (MigParser::StmtContext* part : context->stmt()) {
    if (!broken(part)) result.statements.push_back(stmt(part, place));
  }
  return result;
}

StmtId TreeBuilder::stmt(MigParser::StmtContext* context, Place place) {
  check_place(context, place);
  std::vector<Attribute> marks = attributes(context->attribute());
  StmtNode node = stmt_node(context, place);
  return module_.add(Stmt{span(context), std::move(marks), std::move(node)});
}

void TreeBuilder::check_place(MigParser::StmtContext* context, Place place) {
  const bool result = context->K_RETURN() != nullptr;
  if (place == Place::map && result) {
    finding(Code::E0014, span(context->K_RETURN()), "a map has no result",
            "`return` stands only in functions; a field gets its value with `field = ...`");
  }
  const bool writes = (context->path().size() == 1 && context->T_ASSIGN() != nullptr) || context->K_COPY() != nullptr ||
                      context->K_EMIT() != nullptr || context->K_IGNORE() != nullptr;
  if (place == Place::function && writes) {
    Diagnostic& diagnostic = finding(Code::E0014, span(context), "a function has no target fields", "this statement stands only in a map");
    if (context->T_ASSIGN() != nullptr) {
      diagnostic.help(Applicability::choose, "declare a local value", {{span(context).start(), "let "}});
    }
  }
}

StmtNode TreeBuilder::stmt_node(MigParser::StmtContext* context, Place place) {
  if (context->whenStmt() != nullptr) return when(context->whenStmt(), place);
  if (context->K_LET() != nullptr) {
    LetStmt node;
    node.name = name(context->name(0));
    if (context->typeExpr() != nullptr) node.type = type(context->typeExpr());
    node.value = expr(context->expr(0));
    return node;
  }
  if (context->K_REQUIRE() != nullptr) {
    RequireStmt node;
    node.condition = expr(context->expr(0));
    node.verb = raise_verb(context->raiseVerb());
    node.code = code(context->code());
    if (context->K_WITH() != nullptr) node.detail = expr(context->expr(1));
    return node;
  }
  if (context->raiseVerb() != nullptr) {
    RaiseStmt node;
    node.verb = raise_verb(context->raiseVerb());
    node.code = code(context->code());
    if (context->K_WITH() != nullptr) node.detail = expr(context->expr(0));
    node.condition = expr(context->expr(context->K_WITH() != nullptr ? 1 : 0));
    return node;
  }
  if (context->K_COPY() != nullptr) {
    CopyStmt node{path(context->path(0)), {}};
    for (MigParser::WordContext* field : context->word()) node.fields.push_back(name(field));
    return node;
  }
  if (context->K_IGNORE() != nullptr) {
    IgnoreStmt node;
    for (MigParser::PathContext* field : context->path()) node.fields.push_back(path(field));
    node.reason = text(context->text());
    if (!node.reason.present()) {
      finding(Code::E0002, span(context->K_IGNORE()), "`ignore` does not say why", "a reviewer needs the reason")
          .help(Applicability::sketch, "add the reason", {{span(context).after(), " because DECIDE"}});
    }
    return node;
  }
  if (context->K_EMIT() != nullptr) {
    EmitStmt node;
    node.target = name(context->name(0));
    if (context->K_FOR() != nullptr) {
      node.variable = name(context->name(1));
      node.sequence = expr(context->expr(0));
    }
    node.body = block(context->block(), place);
    return node;
  }
  if (context->K_RETURN() != nullptr) return ReturnStmt{expr(context->expr(0))};
  return AssignStmt{path(context->path(0)), expr(context->expr(0))};
}

StmtNode TreeBuilder::when(MigParser::WhenStmtContext* context, Place place) {
  WhenStmt node;
  node.condition = expr(context->expr());
  const std::vector<MigParser::BlockContext*> blocks = context->block();
  node.consequence = block(blocks.at(0), place);
  if (context->whenStmt() != nullptr) {
    Block otherwise;
    otherwise.span = span(context->whenStmt());
    StmtNode inner = when(context->whenStmt(), place);
    otherwise.statements.push_back(module_.add(Stmt{otherwise.span, {}, std::move(inner)}));
    node.otherwise = std::move(otherwise);
  } else if (blocks.size() > 1) {
    node.otherwise = block(blocks[1], place);
  }
  return node;
}

std::vector<CheckItem> TreeBuilder::check_items(const std::vector<MigParser::CheckItemContext*>& contexts) {
  std::vector<CheckItem> items;
  for (MigParser::CheckItemContext* context : contexts) {
    if (broken(context)) continue;
    if (context->K_LET() != nullptr) {
      CheckLet node{name(context->name()), {}, {}, span(context)};
      if (context->typeExpr() != nullptr) node.type = type(context->typeExpr());
      node.value = expr(context->expr(0));
      items.emplace_back(std::move(node));
      continue;
    }
    CheckExpect node;
    node.span = span(context);
    node.condition = expr(context->expr(0));
    if (context->K_TOLERANCE() != nullptr) node.tolerance = expr(context->expr(1));
    if (context->K_FAIL() != nullptr) node.verb = CheckVerb::fail;
    if (context->K_WARN() != nullptr) node.verb = CheckVerb::warn;
    if (context->K_REJECT() != nullptr) node.verb = CheckVerb::reject;
    node.code = code(context->code());
    items.emplace_back(std::move(node));
  }
  return items;
}

std::vector<GateItem> TreeBuilder::gate_items(const std::vector<MigParser::GateItemContext*>& contexts) {
  std::vector<GateItem> items;
  for (MigParser::GateItemContext* context : contexts) {
    if (broken(context)) continue;
    if (context->K_APPROVE() != nullptr) {
      GateApprove node{text(context->text()), {}, span(context)};
      if (context->K_WITHIN() != nullptr) node.within = expr(context->expr(0));
      items.emplace_back(std::move(node));
      continue;
    }
    GateRequire node;
    node.span = span(context);
    node.condition = expr(context->expr(0));
    if (context->K_FOR() != nullptr) node.duration = expr(context->expr(1));
    node.code = code(context->code());
    items.emplace_back(std::move(node));
  }
  return items;
}

std::vector<TestItem> TreeBuilder::test_items(const std::vector<MigParser::TestItemContext*>& contexts) {
  std::vector<TestItem> items;
  for (MigParser::TestItemContext* context : contexts) {
    if (broken(context)) continue;
    const Span where = span(context);
    if (context->K_ASSUME() != nullptr) {
      items.emplace_back(TestAssume{path(context->path()), expr(context->expr(0)), where});
    } else if (context->K_GIVEN() != nullptr) {
      TestGiven node{name(context->name()), {}, where};
      for (MigParser::ExprContext* value : context->expr()) node.values.push_back(expr(value));
      items.emplace_back(std::move(node));
    } else if (context->code() != nullptr) {
      items.emplace_back(TestExpectIssue{code(context->code()), context->K_NOT() == nullptr, where});
    } else {
      TestExpect node{expr(context->expr(0)), {}, where};
      if (context->K_TOLERANCE() != nullptr) node.tolerance = expr(context->expr(1));
      items.emplace_back(node);
    }
  }
  return items;
}

}  // namespace mig::syntax
