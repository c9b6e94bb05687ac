// Walks the trees of a check and notes what every name means. Included only by this folder's sources.
#pragma once

#include <unordered_map>

#include "compiler/language_server/symbol_index.h"

namespace mig::lsp {

class SymbolCollector {
 public:
  SymbolCollector(const SymbolIndex& index, const sema::Program& program, std::vector<Occurrence>& found);
  void run();

 private:
  using Names = std::unordered_map<std::string, std::uint32_t>;

  template <class Symbols>
  void declare(SymbolKind kind, const Symbols& symbols);
  std::uint32_t find(SymbolKind kind, sema::ModuleId module, const std::string& name) const;
  void add(Span span, SymbolKind kind, std::uint32_t index, std::uint32_t part = sema::kNone);
  Span definition_of(SymbolKind kind, std::uint32_t index, std::uint32_t part) const;
  void add_field(Span span, std::uint32_t schema, std::uint32_t field) { add(span, SymbolKind::field, schema, field); }
  void add_field(Span span, std::uint32_t schema, const std::string& name);

  /// A name of one of these kinds, the first that is known.
  bool name(const syntax::Name& written, std::initializer_list<SymbolKind> kinds);
  void names(const std::vector<syntax::Name>& written, std::initializer_list<SymbolKind> kinds);
  /// `geo.name`: the alias of an import, then a name of that file.
  void path(const syntax::Path& written, std::initializer_list<SymbolKind> kinds);

  void module(sema::ModuleId id);
  void declaration(const syntax::Decl& decl);
  void parts_of(const syntax::Decl& decl);
  void steps(const std::vector<syntax::Step>& steps);
  void statement(syntax::StmtId id);
  void expression(syntax::ExprId id);
  void reference(const sema::ExprInfo& about, Span span, syntax::ExprId id);
  void unresolved(const syntax::Name& written, Span span);
  void pattern(syntax::PatternId id);
  void type(syntax::TypeExprId id);

  std::uint32_t source_schema() const;
  std::uint32_t target_schema() const;
  std::uint32_t record_schema(syntax::ExprId object) const;
  void enter(Span span);

  const SymbolIndex& index_;
  const sema::Program& program_;
  std::vector<Occurrence>& found_;
  std::unordered_map<std::uint64_t, Names> names_;  // by module and kind
  sema::ModuleId module_ = 0;
  const syntax::Module* tree_ = nullptr;
  std::uint32_t declaration_ = sema::kNone;  // around what is looked at
  std::uint32_t map_ = sema::kNone;
};

}  // namespace mig::lsp
