// Declarations.
#include <fmt/format.h>

#include "compiler/syntax/tree_builder.h"

namespace mig::syntax {

Module TreeBuilder::build(const ParseNode* file, std::vector<Comment> comments) {
  module_.comments = std::move(comments);
  module_.exprs.reserve(text_.size() / 12);
  if (file != nullptr) {
    for (const ParseNode* context : file->all_decl()) decl(context);
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

void TreeBuilder::decl(const ParseNode* context) {
  if (context->start == nullptr) return;
  incomplete_ = false;
  Decl built;
  built.span = span(context);
  built.doc = doc_before(built.span.begin);
  if (context->failed) {
    built.node = broken_decl(context, built);
  } else {
    built.attributes = attributes(context);
    const ParseNode* body = context->children().back().node();
    built.keyword = body == nullptr ? built.span : span(body->start);
    built.node = decl_node(context, built);
  }
  built.incomplete = incomplete_;
  module_.add(std::move(built));
}

void TreeBuilder::named(Decl& decl, const ParseNode* context) { decl.name = name(context); }

// Keeps the keyword and, if it could be read, the name, so that uses of it are not reported as unknown.
DeclNode TreeBuilder::broken_decl(const ParseNode* context, Decl& decl) {
  incomplete_ = true;
  decl.keyword = span(context->start);
  const ParseNode* body = nullptr;
  for (const ParseChild child : context->children()) {
    if (child.node() != nullptr && child.node()->rule != MigParser::RuleAttribute) body = child.node();
  }
  if (body == nullptr) return ErrorDecl{};
  decl.keyword = span(body->start);
  if (const ParseNode* written = body->name(); written != nullptr && !written->failed) named(decl, written);
  return ErrorDecl{};
}

DeclNode TreeBuilder::decl_node(const ParseNode* context, Decl& decl) {
  if (auto* c = context->header()) return HeaderDecl{text(c->text(0)), text(c->text(1)), settings(c->settings())};
  if (auto* c = context->import_decl()) {
    named(decl, c->name());
    return ImportDecl{text(c->text())};
  }
  if (auto* c = context->param_decl()) {
    named(decl, c->name());
    return ParamDecl{type(c->type_expr()), c->expr() == nullptr ? ExprId{} : expr(c->expr())};
  }
  if (auto* c = context->type_decl()) {
    named(decl, c->name());
    return TypeDecl{type(c->type_expr()), c->expr() == nullptr ? ExprId{} : expr(c->expr())};
  }
  if (auto* c = context->enum_decl()) {
    named(decl, c->name());
    decl.keyword = c->token(MigParser::K_OPEN) == nullptr
                       ? span(c->token(MigParser::K_ENUM))
                       : Span::join(span(c->token(MigParser::K_OPEN)), span(c->token(MigParser::K_ENUM)));
    return build_enum(c);
  }
  if (auto* c = context->schema_decl()) {
    named(decl, c->name());
    return build_schema(c);
  }
  if (auto* c = context->source_decl()) {
    named(decl, c->name());
    return SourceDecl{type(c->type_expr()), connector(c->connector()), settings(c->settings())};
  }
  if (auto* c = context->target_decl()) {
    named(decl, c->name());
    return TargetDecl{type(c->type_expr()), connector(c->connector()), settings(c->settings())};
  }
  if (auto* c = context->lookup_decl()) {
    named(decl, c->name());
    return LookupDecl{type(c->type_expr(0)), type(c->type_expr(1)), connector(c->connector()), settings(c->settings())};
  }
  if (auto* c = context->table_decl()) {
    named(decl, c->name());
    return build_table(c);
  }
  if (auto* c = context->fn_decl()) {
    named(decl, c->name());
    return build_fn(c);
  }
  if (auto* c = context->issue_decl()) {
    named(decl, c->name());
    return IssueDecl{text(c->text(0)), c->token(MigParser::K_FIX) == nullptr ? Text{} : text(c->text(1)), settings(c->settings())};
  }
  if (auto* c = context->privacy_decl()) return build_privacy(c);
  if (auto* c = context->map_decl()) {
    named(decl, c->name(0));
    return build_map(c);
  }
  if (auto* c = context->dedupe_decl()) {
    named(decl, c->name());
    return build_dedupe(c);
  }
  if (auto* c = context->profile_decl()) {
    named(decl, c->name());
    return ProfileDecl{check_items(c->all_check_item())};
  }
  if (auto* c = context->reconcile_decl()) {
    named(decl, c->name());
    return ReconcileDecl{check_items(c->all_check_item())};
  }
  if (auto* c = context->sync_decl()) {
    named(decl, c->name(0));
    return build_sync(c);
  }
  if (auto* c = context->stage_decl()) {
    named(decl, c->name());
    return build_stage(c);
  }
  if (auto* c = context->rollback_decl()) {
    named(decl, c->name());
    return build_rollback(c);
  }
  if (auto* c = context->test_decl()) return TestDecl{text(c->text()), names(c->names()), test_items(c->all_test_item())};
  if (auto* c = context->item_decl()) {
    named(decl, c->name());
    return ItemDecl{text(c->text()), settings(c->settings())};
  }
  if (auto* c = context->environment_decl()) {
    named(decl, c->name());
    return build_environment(c);
  }
  incomplete_ = true;
  return ErrorDecl{};
}

DeclNode TreeBuilder::build_enum(const ParseNode* context) {
  EnumDecl node;
  node.open = context->token(MigParser::K_OPEN) != nullptr;
  node.body = Span::join(span(context->token(MigParser::T_LBRACE)), span(context->token(MigParser::T_RBRACE)));
  for (const ParseNode* part : context->all_variant()) {
    if (broken(part)) continue;
    EnumVariant built;
    built.span = span(part);
    built.name = name(part->word());
    built.doc = doc_before(built.span.begin);
    built.attributes = attributes(part);
    if (const ParseNode* wire = part->wire()) {
      const Span where = span(wire);
      if (wire->text() != nullptr) {
        built.wire = add(where, StringExpr{decode(where), slice(where).starts_with('r')});
      } else {
        built.wire = literal(wire->stop);
        if (wire->token(MigParser::T_MINUS) != nullptr) built.wire = add(where, NegateExpr{built.wire});
      }
    }
    node.variants.push_back(std::move(built));
  }
  return node;
}

DeclNode TreeBuilder::build_schema(const ParseNode* context) {
  SchemaDecl node;
  if (context->connector() != nullptr) node.from = connector(context->connector());
  if (context->schema_body() == nullptr) return node;
  node.body = span(context->schema_body());
  for (const ParseNode* part : context->schema_body()->all_schema_field()) {
    if (broken(part)) continue;
    unwanted_comma(part->token(MigParser::T_COMMA), "the fields of a schema");
    SchemaField built;
    built.name = name(part->word());
    built.optional = part->token(MigParser::T_QUESTION) != nullptr;
    built.type = type(part->type_expr());
    built.attributes = attributes(part);
    built.doc = doc_before(built.name.span.begin);
    built.span = Span::join(built.name.span, module_[built.type].span);
    if (!built.attributes.empty()) built.span = Span::join(built.span, built.attributes.back().span);
    node.fields.push_back(std::move(built));
  }
  return node;
}

DeclNode TreeBuilder::build_table(const ParseNode* context) {
  TableDecl node;
  node.key = type(context->type_expr(0));
  node.value = type(context->type_expr(1));
  for (const ParseNode* part : context->all_path()) node.via.push_back(path(part));
  node.body = span(context->table_body());
  for (const ParseNode* part : context->table_body()->all_table_row()) {
    if (broken(part)) continue;
    TableRow row;
    row.span = span(part);
    row.doc = doc_before(row.span.begin);
    row.key = part->token(MigParser::K_ELSE) == nullptr ? pattern(part->pattern())
                                                        : module_.add(Pattern{span(part->token(MigParser::K_ELSE)), ElsePattern{}});
    row.value = expr(part->expr());
    node.rows.push_back(std::move(row));
  }
  return node;
}

DeclNode TreeBuilder::build_fn(const ParseNode* context) {
  FnDecl node;
  if (context->type_parameters() != nullptr) {
    for (const ParseNode* part : context->type_parameters()->all_name()) node.type_parameters.push_back(name(part));
  }
  for (const ParseNode* part : context->all_fn_parameter()) {
    FnParameter parameter;
    parameter.name = name(part->name());
    parameter.type = type(part->type_expr());
    if (part->expr() != nullptr) parameter.default_value = expr(part->expr());
    parameter.variadic = part->token(MigParser::T_ELLIPSIS) != nullptr;
    parameter.span = span(part);
    node.parameters.push_back(std::move(parameter));
  }
  node.result = type(context->type_expr(), true);
  for (const ParseNode* part : context->all_code()) node.raises.push_back(code(part));
  node.signature = Span::join(span(context->start), node.raises.empty() ? module_[node.result].span : node.raises.back().span);
  if (context->expr() != nullptr) node.body = expr(context->expr());
  if (context->block() != nullptr) node.block = block(context->block(), Place::function);
  return node;
}

DeclNode TreeBuilder::build_privacy(const ParseNode* context) {
  PrivacyDecl node;
  for (const ParseNode* part : context->all_privacy_item()) {
    if (broken(part)) continue;
    std::vector<LabelPattern> labels;
    for (const ParseNode* written : part->all_label()) labels.push_back(label(written));
    const Span where = span(part);
    if (part->token(MigParser::K_CLASS) != nullptr) {
      node.classes.push_back({path(part->path()), text(part->text()), where});
    } else if (part->token(MigParser::K_MASK) != nullptr) {
      node.masks.push_back({std::move(labels), names(part->names()), expr(part->expr()), where});
    } else {
      PrivacyAllow allow{std::move(labels), names(part->names()), text(part->text()), where};
      if (!allow.reason.present()) {
        finding(Code::E0002, span(part->token(MigParser::K_ALLOW)), "`allow` does not say why", "a reviewer needs the reason")
            .help(Applicability::sketch, "add the reason", {{where.after(), " because DECIDE"}});
      }
      node.allows.push_back(std::move(allow));
    }
  }
  return node;
}

DeclNode TreeBuilder::build_map(const ParseNode* context) {
  MapDecl node;
  bool after_arrow = false;
  bool after_as = false;
  std::size_t plain = 0;  // names seen that are not aliases; the first is the map's own
  for (const ParseChild child : context->children()) {
    if (child.token() != nullptr) {
      after_arrow = after_arrow || child.token()->type == MigParser::T_ARROW;
      after_as = child.token()->type == MigParser::K_AS;
      continue;
    }
    const ParseNode* written = child.node();
    if (written->rule != MigParser::RuleName) continue;
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

DeclNode TreeBuilder::build_dedupe(const ParseNode* context) {
  DedupeDecl node;
  for (const ParseNode* key : context->all_expr()) node.keys.push_back(expr(key));
  for (const ParseNode* part : context->all_dedupe_item()) {
    if (broken(part)) continue;
    if (part->token(MigParser::K_PREFER) != nullptr) {
      node.prefers.push_back({expr(part->expr()), part->token(MigParser::K_DESC) != nullptr, span(part)});
    } else if (part->token(MigParser::K_MERGE) != nullptr) {
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
