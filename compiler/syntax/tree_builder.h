// Parse tree to syntax tree. One class, its work split over build_*.cpp. Included only by this folder's sources.
#pragma once

#include "MigParser.h"
#include "compiler/syntax/token_list.h"

namespace mig::syntax {

using grammar::MigParser;

// Parts of the parse tree that hold an error become Error nodes or are left out. Never throws for any parse tree.
class TreeBuilder {
 public:
  // The tokens' start and stop index are byte offsets of the file.
  TreeBuilder(std::string_view text, FileId file, Reporter& reporter) : text_(text), file_(file), reporter_(reporter) {
    module_.file = file;
  }

  Module build(MigParser::FileContext* file, std::vector<Comment> comments);

 private:
  // ---- build_names.cpp: names, texts, settings, attributes ----
  Span span(const antlr4::Token* token) const;
  Span span(const antlr4::ParserRuleContext* context) const;
  Span span(antlr4::tree::TerminalNode* node) const { return node == nullptr ? Span{file_, 0, 0} : span(node->getSymbol()); }
  std::string_view slice(Span part) const { return text_.substr(part.begin, part.size()); }
  // Lost to a syntax error; sets incomplete_.
  bool broken(const antlr4::ParserRuleContext* context);
  Diagnostic& finding(Code code, Span where, std::string message, std::string label = {});
  void flush();  // reports what finding() began
  Name name_at(Span where) const;
  Name name(MigParser::NameContext* context) const;
  Name name(MigParser::WordContext* context) const;
  std::vector<Name> names(MigParser::NamesContext* context) const;
  Path path(MigParser::PathContext* context) const;
  Path code(MigParser::CodeContext* context) const;
  Text text(MigParser::TextContext* context);
  LabelPattern label(MigParser::LabelContext* context) const;
  std::vector<Argument> arguments(MigParser::ArgumentsContext* context);
  std::vector<Attribute> attributes(const std::vector<MigParser::AttributeContext*>& contexts);
  ConnectorCall connector(MigParser::ConnectorContext* context);
  Setting setting(MigParser::SettingContext* context);
  Settings settings(MigParser::SettingsContext* context);
  std::string doc_before(std::uint32_t begin) const;
  void unwanted_comma(antlr4::tree::TerminalNode* comma, std::string_view between);

  // ---- build_literal.cpp ----
  ExprId literal(const antlr4::Token* token);
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
  ExprId expr(MigParser::ExprContext* context);
  ExprId prefix(MigParser::ExprContext* context);
  ExprId primary(MigParser::PrimaryContext* context);
  ExprId postfix(MigParser::ExprContext* context, ExprId object);
  ExprId extend(MigParser::ExprContext* context, ExprId left, ExprId chain);
  ExprId compare(MigParser::ExprContext* context, ExprId left, ExprId chain);
  ExprId raise(MigParser::ExprContext* context);
  ExprId match(MigParser::PrimaryContext* context);

  // ---- build_pattern.cpp: patterns and types ----
  PatternId pattern(MigParser::PatternContext* context);
  PatternId pattern_part(MigParser::PatternPartContext* context);
  ExprId constant(MigParser::ConstantContext* context);
  // `fallible`: `T!` may stand here.
  TypeExprId type(MigParser::TypeExprContext* context, bool fallible = false);
  TypeExprId type_primary(MigParser::TypePrimaryContext* context);
  TypeArgument type_argument(MigParser::TypeArgumentContext* context);

  // ---- build_stmt.cpp ----
  enum class Place : std::uint8_t { map, function };
  Block block(MigParser::BlockContext* context, Place place);
  StmtId stmt(MigParser::StmtContext* context, Place place);
  StmtNode stmt_node(MigParser::StmtContext* context, Place place);
  StmtNode when(MigParser::WhenStmtContext* context, Place place);
  void check_place(MigParser::StmtContext* context, Place place);
  std::vector<CheckItem> check_items(const std::vector<MigParser::CheckItemContext*>& contexts);
  std::vector<GateItem> gate_items(const std::vector<MigParser::GateItemContext*>& contexts);
  std::vector<TestItem> test_items(const std::vector<MigParser::TestItemContext*>& contexts);

  // ---- build_decl.cpp ----
  void decl(MigParser::DeclContext* context);
  DeclNode decl_node(MigParser::DeclContext* context, Decl& decl);
  DeclNode broken_decl(MigParser::DeclContext* context, Decl& decl);
  void named(Decl& decl, MigParser::NameContext* name);
  DeclNode build_enum(MigParser::EnumDeclContext* context);
  DeclNode build_schema(MigParser::SchemaDeclContext* context);
  DeclNode build_table(MigParser::TableDeclContext* context);
  DeclNode build_fn(MigParser::FnDeclContext* context);
  DeclNode build_privacy(MigParser::PrivacyDeclContext* context);
  DeclNode build_map(MigParser::MapDeclContext* context);
  DeclNode build_dedupe(MigParser::DedupeDeclContext* context);

  // ---- build_flow.cpp ----
  DeclNode build_sync(MigParser::SyncDeclContext* context);
  DeclNode build_stage(MigParser::StageDeclContext* context);
  DeclNode build_rollback(MigParser::RollbackDeclContext* context);
  DeclNode build_environment(MigParser::EnvironmentDeclContext* context);
  std::vector<Step> steps(const std::vector<MigParser::StepContext*>& contexts, bool rollback);
  StepNode step_node(MigParser::StepContext* context);

  std::string_view text_;
  FileId file_;
  Reporter& reporter_;
  Module module_;
  bool incomplete_ = false;  // something of the declaration being built was lost
  std::vector<Diagnostic> pending_;
};

}  // namespace mig::syntax
