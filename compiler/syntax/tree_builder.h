// Parse tree to syntax tree. One class, its work split over build_*.cpp. Included only by this folder's sources.
#pragma once

#include "compiler/syntax/parse_tree.h"

namespace mig::syntax {

using grammar::MigParser;

// Parts of the parse tree that hold an error become Error nodes or are left out. Never throws for any parse tree.
class TreeBuilder {
 public:
  TreeBuilder(std::string_view text, FileId file, Reporter& reporter) : text_(text), file_(file), reporter_(reporter) {
    module_.file = file;
  }

  Module build(const ParseNode* file, std::vector<Comment> comments);

 private:
  // ---- build_names.cpp: names, texts, settings, attributes ----
  Span span(const Token* token) const;
  Span span(const ParseNode* context) const;
  std::string_view slice(Span part) const { return text_.substr(part.begin, part.size()); }
  // Lost to a syntax error; sets incomplete_.
  bool broken(const ParseNode* context);
  Diagnostic& finding(Code code, Span where, std::string message, std::string label = {});
  void flush();  // reports what finding() began
  Name name_at(Span where) const;
  Name name(const ParseNode* context) const;
  std::vector<Name> names(const ParseNode* context) const;
  Path path(const ParseNode* context) const;
  Path code(const ParseNode* context) const;
  Text text(const ParseNode* context);
  LabelPattern label(const ParseNode* context) const;
  std::vector<Argument> arguments(const ParseNode* context);
  std::vector<Attribute> attributes(const ParseNode* of);  // what stands in front of it
  ConnectorCall connector(const ParseNode* context);
  Setting setting(const ParseNode* context);
  Settings settings(const ParseNode* context);
  std::string doc_before(std::uint32_t begin) const;
  void unwanted_comma(const Token* comma, std::string_view between);

  // ---- build_literal.cpp ----
  ExprId literal(const Token* token);
  ExprId duration(Span where);
  ExprId date(Span where);
  ExprId interpolated(Span where);
  ExprId hole(std::uint32_t begin, std::uint32_t end);
  // The value of a string literal of any spelling but f"...".
  std::string decode(Span where);
  std::string unescape(std::uint32_t begin, std::uint32_t end);
  std::size_t escape(std::uint32_t at, std::uint32_t end, std::string& value);

  // ---- build_expr.cpp ----
  ExprId add(Span where, ExprNode node) { return module_.add(Expr{where, std::move(node)}); }
  ExprId error_expr(Span where) { return add(where, ErrorExpr{}); }
  ExprId expr(const ParseNode* context);
  ExprId prefix(const ParseNode* context);
  ExprId primary(const ParseNode* context);
  ExprId postfix(const ParseNode* context, ExprId object);
  ExprId extend(const ParseNode* context, ExprId left, ExprId chain);
  ExprId compare(const ParseNode* context, ExprId left, ExprId chain);
  ExprId raise(const ParseNode* context);
  ExprId match(const ParseNode* context);

  // ---- build_pattern.cpp: patterns and types ----
  PatternId pattern(const ParseNode* context);
  PatternId pattern_part(const ParseNode* context);
  ExprId constant(const ParseNode* context);
  // `fallible`: `T!` may stand here.
  TypeExprId type(const ParseNode* context, bool fallible = false);
  TypeExprId type_primary(const ParseNode* context);
  TypeArgument type_argument(const ParseNode* context);

  // ---- build_stmt.cpp ----
  enum class Place : std::uint8_t { map, function };
  Block block(const ParseNode* context, Place place);
  StmtId stmt(const ParseNode* context, Place place);
  StmtNode stmt_node(const ParseNode* context, Place place);
  StmtNode when(const ParseNode* context, Place place);
  void check_place(const ParseNode* context, Place place);
  std::vector<CheckItem> check_items(const std::vector<const ParseNode*>& contexts);
  std::vector<GateItem> gate_items(const std::vector<const ParseNode*>& contexts);
  std::vector<TestItem> test_items(const std::vector<const ParseNode*>& contexts);

  // ---- build_decl.cpp ----
  void decl(const ParseNode* context);
  DeclNode decl_node(const ParseNode* context, Decl& decl);
  DeclNode broken_decl(const ParseNode* context, Decl& decl);
  void named(Decl& decl, const ParseNode* name);
  DeclNode build_enum(const ParseNode* context);
  DeclNode build_schema(const ParseNode* context);
  DeclNode build_table(const ParseNode* context);
  DeclNode build_fn(const ParseNode* context);
  DeclNode build_privacy(const ParseNode* context);
  DeclNode build_map(const ParseNode* context);
  DeclNode build_dedupe(const ParseNode* context);

  // ---- build_flow.cpp ----
  DeclNode build_sync(const ParseNode* context);
  DeclNode build_stage(const ParseNode* context);
  DeclNode build_rollback(const ParseNode* context);
  DeclNode build_environment(const ParseNode* context);
  std::vector<Step> steps(const std::vector<const ParseNode*>& contexts, bool rollback);
  StepNode step_node(const ParseNode* context);

  std::string_view text_;
  FileId file_;
  Reporter& reporter_;
  Module module_;
  bool incomplete_ = false;  // something of the declaration being built was lost
  std::vector<Diagnostic> pending_;
};

}  // namespace mig::syntax
