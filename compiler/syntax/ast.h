// The syntax tree of one `.mig` file. Nodes live in vectors of the Module and are named by ids; no node points at
// another. Every node has a span. A tree exists also for a broken file: what could not be read is an Error node or
// absent.
#pragma once

#include "compiler/syntax/ast_flow.h"

namespace mig::syntax {

using DeclNode = std::variant<ErrorDecl, HeaderDecl, ImportDecl, ParamDecl, TypeDecl, EnumDecl, SchemaDecl, SourceDecl, TargetDecl,
                              LookupDecl, TableDecl, FnDecl, IssueDecl, PrivacyDecl, MapDecl, DedupeDecl, ProfileDecl, ReconcileDecl,
                              SyncDecl, StageDecl, RollbackDecl, TestDecl, ItemDecl, EnvironmentDecl>;

// In the order of DeclNode.
enum class DeclKind : std::uint8_t {
  error,
  header,
  import,
  param,
  type,
  enumeration,
  schema,
  source,
  target,
  lookup,
  table,
  fn,
  issue,
  privacy,
  map,
  dedupe,
  profile,
  reconcile,
  sync,
  stage,
  rollback,
  test,
  item,
  environment
};

struct Decl {
  Span span;        // from the first attribute to the last token; without the documentation
  Span keyword;     // `map`, `schema`, ... (`open enum` as a whole)
  Name name;        // the declared name; invalid for header, privacy, test
  std::string doc;  // text of the `///` lines above, without the slashes; lines end in '\n'
  std::vector<Attribute> attributes;
  // A part of it could not be read (a statement, field, row, ...): report nothing that is missing from it.
  bool incomplete = false;
  DeclNode node;

  DeclKind kind() const { return static_cast<DeclKind>(node.index()); }
  template <class T>
  const T& as() const {
    return std::get<T>(node);
  }
  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&node);
  }
};
static_assert(std::variant_size_v<DeclNode> == static_cast<std::size_t>(DeclKind::environment) + 1);

// The word that starts a declaration of that kind: "map", "enum", ...; "declaration" for error.
std::string_view keyword_text(DeclKind kind);

// A comment as written, with its slashes; in source order.
enum class CommentKind : std::uint8_t { line, block, doc };
struct Comment {
  CommentKind kind = CommentKind::line;
  Span span;
};

// One file. Copies are deep; ids stay valid in a copy.
struct Module {
  FileId file;
  std::vector<Expr> exprs;
  std::vector<Pattern> patterns;
  std::vector<TypeExpr> types;
  std::vector<Stmt> stmts;
  std::vector<Decl> decls;  // in source order, ErrorDecls included
  std::vector<Comment> comments;
  bool has_errors = false;  // a syntax error was reported for this file

  const Expr& operator[](ExprId id) const { return exprs.at(id.value); }
  const Pattern& operator[](PatternId id) const { return patterns.at(id.value); }
  const TypeExpr& operator[](TypeExprId id) const { return types.at(id.value); }
  const Stmt& operator[](StmtId id) const { return stmts.at(id.value); }
  const Decl& operator[](DeclId id) const { return decls.at(id.value); }

  ExprId add(Expr expr) { return push<ExprId>(exprs, std::move(expr)); }
  PatternId add(Pattern pattern) { return push<PatternId>(patterns, std::move(pattern)); }
  TypeExprId add(TypeExpr type) { return push<TypeExprId>(types, std::move(type)); }
  StmtId add(Stmt stmt) { return push<StmtId>(stmts, std::move(stmt)); }
  DeclId add(Decl decl) { return push<DeclId>(decls, std::move(decl)); }

 private:
  template <class Id, class Node>
  static Id push(std::vector<Node>& nodes, Node node) {
    nodes.push_back(std::move(node));
    return Id{static_cast<std::uint32_t>(nodes.size() - 1)};
  }
};

}  // namespace mig::syntax
