// Declarations.
#include <fmt/format.h>

#include "compiler/syntax/tree_builder.h"

namespace mig::syntax {

Module TreeBuilder::build(MigParser::FileContext* file, std::vector<Comment> comments) {
  module_.comments = std::move(comments);
  if (file != nullptr) {
    for (MigParser::DeclContext* context : file->decl()) decl(context);
  }
  const Decl* header = nullptr;
  for (const Decl& declared : module_.decls) {
    if (declared.kind() != DeclKind::header) continue;
    if (header != nullptr) {
      finding(Code::E0018, declared.keyword, "a file has one `migration`", "second one").also(header->keyword, "first one");
    }
    header = &declared;
  }
  flush();
  module_.has_errors = reporter_.errors() > 0;
  return std::move(module_);
}

void TreeBuilder::decl(MigParser::DeclContext* context) {
  if (context->start == nullptr) return;
  incomplete_ = false;
  Decl built;
  built.span = span(context);
  built.doc = doc_before(built.span.begin);
  if (context->exception != nullptr) {
    built.node = broken_decl(context, built);
  } else {
    built.attributes = attributes(context->attribute());
    const auto* body = dynamic_cast<antlr4::ParserRuleContext*>(context->children.back());
    built.keyword = body == nullptr ? built.span : span(body->start);
    built.node = decl_node(context, built);
  }
  built.incomplete = incomplete_;
  module_.add(std::move(built));
}

void TreeBuilder::named(Decl& decl, MigParser::NameContext* context) { decl.name = name(context); }

// Keeps the keyword and, if it could be read, the name, so that uses of it are not reported as unknown.
DeclNode TreeBuilder::broken_decl(MigParser::DeclContext* context, Decl& decl) {
  incomplete_ = true;
  decl.keyword = span(context->start);
  antlr4::ParserRuleContext* body = nullptr;
  for (antlr4::tree::ParseTree* child : context->children) {
    auto* rule = dynamic_cast<antlr4::ParserRuleContext*>(child);
    if (rule != nullptr && rule->getRuleIndex() != MigParser::RuleAttribute) body = rule;
  }
  if (body == nullptr) return ErrorDecl{};
  decl.keyword = span(body->start);
  for (antlr4::tree::ParseTree* child : body->children) {
    auto* written = dynamic_cast<MigParser::NameContext*>(child);
    if (written == nullptr) continue;
    if (written->exception == nullptr) named(decl, written);
    break;
  }
  return ErrorDecl{};
}

DeclNode TreeBuilder::decl_node(MigParser::DeclContext* context, Decl& decl) {
  if (auto* c = context->header()) return HeaderDecl{text(c->text(0)), text(c->text(1)), settings(c->settings())};
  if (auto* c = context->importDecl()) {
    named(decl, c->name());
    return ImportDecl{text(c->text())};
  }
  if (auto* c = context->paramDecl()) {
    named(decl, c->name());
    return ParamDecl{type(c->typeExpr()), c->expr() == nullptr ? ExprId{} : expr(c->expr())};
  }
  if (auto* c = context->typeDecl()) {
    named(decl, c->name());
    return TypeDecl{type(c->typeExpr()), c->expr() == nullptr ? ExprId{} : expr(c->expr())};
  }
  if (auto* c = context->enumDecl()) {
    named(decl, c->name());
    decl.keyword = c->K_OPEN() == nullptr ? span(c->K_ENUM()) : Span::join(span(c->K_OPEN()), span(c->K_ENUM()));
    return build_enum(c);
  }
  if (auto* c = context->schemaDecl()) {
    named(decl, c->name());
    return build_schema(c);
  }
  if (auto* c = context->sourceDecl()) {
    named(decl, c->name());
    return SourceDecl{type(c->typeExpr()), connector(c->connector()), settings(c->settings())};
  }
  if (auto* c = context->targetDecl()) {
    named(decl, c->name());
    return TargetDecl{type(c->typeExpr()), connector(c->connector()), settings(c->settings())};
  }
  if (auto* c = context->lookupDecl()) {
    named(decl, c->name());
    return LookupDecl{type(c->typeExpr(0)), type(c->typeExpr(1)), connector(c->connector()), settings(c->settings())};
  }
  if (auto* c = context->tableDecl()) {
    named(decl, c->name());
    return build_table(c);
  }
  if (auto* c = context->fnDecl()) {
    named(decl, c->name());
    return build_fn(c);
  }
  if (auto* c = context->issueDecl()) {
    named(decl, c->name());
    return IssueDecl{text(c->text(0)), c->K_FIX() == nullptr ? Text{} : text(c->text(1)), settings(c->settings())};
  }
  if (auto* c = context->privacyDecl()) return build_privacy(c);
  if (auto* c = context->mapDecl()) {
    named(decl, c->name(0));
    return build_map(c);
  }
  if (auto* c = context->dedupeDecl()) {
    named(decl, c->name());
    return build_dedupe(c);
  }
  if (auto* c = context->profileDecl()) {
    named(decl, c->name());
    return ProfileDecl{check_items(c->checkItem())};
  }
  if (auto* c = context->reconcileDecl()) {
    named(decl, c->name());
    return ReconcileDecl{check_items(c->checkItem())};
  }
  if (auto* c = context->syncDecl()) {
    named(decl, c->name(0));
    return build_sync(c);
  }
  if (auto* c = context->stageDecl()) {
    named(decl, c->name());
    return build_stage(c);
  }
  if (auto* c = context->rollbackDecl()) {
    named(decl, c->name());
    return build_rollback(c);
  }
  if (auto* c = context->testDecl()) return TestDecl{text(c->text()), names(c->names()), test_items(c->testItem())};
  if (auto* c = context->itemDecl()) {
    named(decl, c->name());
    return ItemDecl{text(c->text()), settings(c->settings())};
  }
  if (auto* c = context->environmentDecl()) {
    named(decl, c->name());
    return build_environment(c);
  }
  incomplete_ = true;
  return ErrorDecl{};
}

DeclNode TreeBuilder::build_enum(MigParser::EnumDeclContext* context) {
  EnumDecl node;
  node.open = context->K_OPEN() != nullptr;
  node.body = Span::join(span(context->T_LBRACE()), span(context->T_RBRACE()));
  for (MigParser::VariantContext* part : context->variant()) {
    if (broken(part)) continue;
    EnumVariant built;
    built.span = span(part);
    built.name = name(part->word());
    built.doc = doc_before(built.span.begin);
    built.attributes = attributes(part->attribute());
    if (MigParser::WireContext* wire = part->wire()) {
      const Span where = span(wire);
      if (wire->text() != nullptr) {
        built.wire = add(where, StringExpr{decode(where), slice(where).starts_with('r')});
      } else {
        built.wire = literal(wire->stop);
        if (wire->T_MINUS() != nullptr) built.wire = add(where, NegateExpr{built.wire});
      }
    }
    node.variants.push_back(std::move(built));
  }
  return node;
}

DeclNode TreeBuilder::build_schema(MigParser::SchemaDeclContext* context) {
  SchemaDecl node;
  if (context->connector() != nullptr) node.from = connector(context->connector());
  if (context->schemaBody() == nullptr) return node;
  node.body = span(context->schemaBody());
  for (MigParser::SchemaFieldContext* part : context->schemaBody()->schemaField()) {
    if (broken(part)) continue;
    unwanted_comma(part->T_COMMA(), "the fields of a schema");
    SchemaField built;
    built.name = name(part->word());
    built.optional = part->T_QUESTION() != nullptr;
    built.type = type(part->typeExpr());
    built.attributes = attributes(part->attribute());
    built.doc = doc_before(built.name.span.begin);
    built.span = Span::join(built.name.span, module_[built.type].span);
    if (!built.attributes.empty()) built.span = Span::join(built.span, built.attributes.back().span);
    node.fields.push_back(std::move(built));
  }
  return node;
}

DeclNode TreeBuilder::build_table(MigParser::TableDeclContext* context) {
  TableDecl node;
  node.key = type(context->typeExpr(0));
  node.value = type(context->typeExpr(1));
  for (MigParser::PathContext* part : context->path()) node.via.push_back(path(part));
  node.body = span(context->tableBody());
  for (MigParser::TableRowContext* part : context->tableBody()->tableRow()) {
    if (broken(part)) continue;
    TableRow row;
    row.span = span(part);
    row.doc = doc_before(row.span.begin);
    row.key = part->K_ELSE() == nullptr ? pattern(part->pattern()) : module_.add(Pattern{span(part->K_ELSE()), ElsePattern{}});
    row.value = expr(part->expr());
    node.rows.push_back(std::move(row));
  }
  return node;
}

DeclNode TreeBuilder::build_fn(MigParser::FnDeclContext* context) {
  FnDecl node;
  if (context->typeParameters() != nullptr) {
    for (MigParser::NameContext* part : context->typeParameters()->name()) node.type_parameters.push_back(name(part));
  }
  for (MigParser::FnParameterContext* part : context->fnParameter()) {
    FnParameter parameter;
    parameter.name = name(part->name());
    parameter.type = type(part->typeExpr());
    if (part->expr() != nullptr) parameter.default_value = expr(part->expr());
    parameter.variadic = part->T_ELLIPSIS() != nullptr;
    parameter.span = span(part);
    node.parameters.push_back(std::move(parameter));
  }
  node.result = type(context->typeExpr(), true);
  for (MigParser::CodeContext* part : context->code()) node.raises.push_back(code(part));
  node.signature = Span::join(span(context->start), node.raises.empty() ? module_[node.result].span : node.raises.back().span);
  if (context->expr() != nullptr) node.body = expr(context->expr());
  if (context->block() != nullptr) node.block = block(context->block(), Place::function);
  return node;
}

DeclNode TreeBuilder::build_privacy(MigParser::PrivacyDeclContext* context) {
  PrivacyDecl node;
  for (MigParser::PrivacyItemContext* part : context->privacyItem()) {
    if (broken(part)) continue;
    std::vector<LabelPattern> labels;
    for (MigParser::LabelContext* written : part->label()) labels.push_back(label(written));
    const Span where = span(part);
    if (part->K_CLASS() != nullptr) {
      node.classes.push_back({path(part->path()), text(part->text()), where});
    } else if (part->K_MASK() != nullptr) {
      node.masks.push_back({std::move(labels), names(part->names()), expr(part->expr()), where});
    } else {
      PrivacyAllow allow{std::move(labels), names(part->names()), text(part->text()), where};
      if (!allow.reason.present()) {
        finding(Code::E0002, span(part->K_ALLOW()), "`allow` does not say why", "a reviewer needs the reason")
            .help(Applicability::sketch, "add the reason", {{where.after(), " because DECIDE"}});
      }
      node.allows.push_back(std::move(allow));
    }
  }
  return node;
}

DeclNode TreeBuilder::build_map(MigParser::MapDeclContext* context) {
  MapDecl node;
  bool after_arrow = false;
  bool after_as = false;
  std::size_t plain = 0;  // names seen that are not aliases; the first is the map's own
  for (antlr4::tree::ParseTree* child : context->children) {
    if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child)) {
      after_arrow = after_arrow || terminal->getSymbol()->getType() == MigParser::T_ARROW;
      after_as = terminal->getSymbol()->getType() == MigParser::K_AS;
      continue;
    }
    auto* written = dynamic_cast<MigParser::NameContext*>(child);
    if (written == nullptr) continue;
    if (after_as) {
      (after_arrow ? node.target_alias : node.source_alias) = name(written);
    } else if (plain++ > 0) {
      (after_arrow ? node.target : node.source) = name(written);
    }
    after_as = false;
  }
  node.body = block(context->block(), Place::map);
  return node;
}

DeclNode TreeBuilder::build_dedupe(MigParser::DedupeDeclContext* context) {
  DedupeDecl node;
  for (MigParser::ExprContext* key : context->expr()) node.keys.push_back(expr(key));
  for (MigParser::DedupeItemContext* part : context->dedupeItem()) {
    if (broken(part)) continue;
    if (part->K_PREFER() != nullptr) {
      node.prefers.push_back({expr(part->expr()), part->K_DESC() != nullptr, span(part)});
    } else if (part->K_MERGE() != nullptr) {
      node.merges.push_back({path(part->path()), expr(part->expr()), span(part)});
    } else if (node.warn.valid()) {
      finding(Code::E0018, span(part), "`dedupe` warns with one issue", "second one").also(node.warn.span, "first one");
    } else {
      node.warn = code(part->code());
    }
  }
  return node;
}

}  // namespace mig::syntax
