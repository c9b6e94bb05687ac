#include "compiler/driver/declaration_path.h"

namespace mig::driver {
namespace {

bool covers(Span outer, Span inner) { return outer.file == inner.file && outer.begin <= inner.begin && inner.end <= outer.end; }

std::string statement_name(const syntax::Stmt& stmt) {
  if (const auto* let = stmt.get_if<syntax::LetStmt>()) return "let " + let->name.text;
  if (const auto* assign = stmt.get_if<syntax::AssignStmt>()) return assign->target.text();
  if (const auto* require = stmt.get_if<syntax::RequireStmt>()) return "require " + require->code.text();
  if (const auto* raise = stmt.get_if<syntax::RaiseStmt>()) return "raise " + raise->code.text();
  if (const auto* emit = stmt.get_if<syntax::EmitStmt>()) return "emit " + emit->target.text;
  return {};
}

// The name of the innermost named part of a declaration around `span`; empty when there is none.
std::string part_name(const syntax::Module& tree, const syntax::Decl& decl, Span span) {
  if (const auto* schema = decl.get_if<syntax::SchemaDecl>()) {
    for (const syntax::SchemaField& field : schema->fields) {
      if (covers(field.span, span)) return field.name.text;
    }
  }
  if (const auto* enumeration = decl.get_if<syntax::EnumDecl>()) {
    for (const syntax::EnumVariant& variant : enumeration->variants) {
      if (covers(variant.span, span)) return variant.name.text;
    }
  }
  std::string name;
  uint32_t size = UINT32_MAX;
  for (const syntax::Stmt& stmt : tree.stmts) {
    if (!covers(stmt.span, span) || stmt.span.size() >= size) continue;
    std::string own = statement_name(stmt);
    if (own.empty()) continue;
    name = std::move(own);
    size = stmt.span.size();
  }
  return name;
}

}  // namespace

std::string declaration_path(const sema::Program& program, Span span) {
  if (!span.valid()) return {};
  for (const sema::ModuleInfo& module : program.modules) {
    if (module.file != span.file) continue;
    for (const syntax::Decl& decl : module.tree.decls) {
      if (!covers(decl.span, span)) continue;
      std::string path(syntax::keyword_text(decl.kind()));
      if (const auto* test = decl.get_if<syntax::TestDecl>()) path += " " + test->title.value;
      if (decl.name.valid()) path += " " + decl.name.text;
      const std::string part = part_name(module.tree, decl, span);
      return part.empty() ? path : path + "/" + part;
    }
  }
  return {};
}

}  // namespace mig::driver
