#include "compiler/language_server/symbol_collector.h"

#include <filesystem>

namespace mig::lsp {

using namespace syntax;
using sema::kNone;
using sema::Ref;
using enum SymbolKind;

SymbolCollector::SymbolCollector(const SymbolIndex& index, const sema::Program& program, std::vector<Occurrence>& found)
    : index_(index), program_(program), found_(found) {}

template <class Symbols>
void SymbolCollector::declare(SymbolKind kind, const Symbols& symbols) {
  for (std::uint32_t i = 0; i < symbols.size(); ++i) {
    names_[std::uint64_t{symbols[i].module} << 8 | static_cast<std::uint64_t>(kind)].emplace(symbols[i].name, i);
    if (symbols[i].span.valid()) add(symbols[i].span, kind, i);
  }
}

std::uint32_t SymbolCollector::find(SymbolKind kind, sema::ModuleId module, const std::string& name) const {
  const auto table = names_.find(std::uint64_t{module} << 8 | static_cast<std::uint64_t>(kind));
  if (table == names_.end()) return kNone;
  const auto it = table->second.find(name);
  return it == table->second.end() ? kNone : it->second;
}

Span SymbolCollector::definition_of(SymbolKind kind, std::uint32_t index, std::uint32_t part) const {
  const auto of = [&](const auto& symbols) -> Span { return index < symbols.size() ? symbols[index].span : Span{}; };
  switch (kind) {
    case param: return of(program_.params);
    case SymbolKind::type: return of(program_.type_symbols);
    case enumeration: return of(program_.enum_symbols);
    case schema: return of(program_.schemas);
    case source: return of(program_.sources);
    case target: return of(program_.targets);
    case lookup: return of(program_.lookups);
    case table: return of(program_.tables);
    case function: return of(program_.fns);
    case issue: return of(program_.issues);
    case map: return of(program_.maps);
    case reconcile: return of(program_.reconciles);
    case sync: return of(program_.syncs);
    case stage: return of(program_.stages);
    case rollback: return of(program_.rollbacks);
    case item: return of(program_.items);
    case environment: return of(program_.environments);
    case local: {
      if (index >= program_.locals.size()) return {};
      const sema::LocalKind kind_of_local = program_.locals[index].kind;
      const bool written = kind_of_local != sema::LocalKind::kTableKey && kind_of_local != sema::LocalKind::kRefinedValue &&
                           kind_of_local != sema::LocalKind::kGroup;
      return written ? program_.locals[index].span : Span{};  // `key`, `value` and `group` are words of the language
    }
    case variant:
      return index < program_.enum_symbols.size() && part < program_.enum_symbols[index].variant_spans.size()
                 ? program_.enum_symbols[index].variant_spans[part]
                 : Span{};
    case field:
      return index < program_.schemas.size() && part < program_.schemas[index].fields.size() ? program_.schemas[index].fields[part].span
                                                                                             : Span{};
    case import:
    case alias:
    case standard_function: return {};
  }
  return {};
}

void SymbolCollector::add(Span span, SymbolKind kind, std::uint32_t index, std::uint32_t part) {
  const Span definition = definition_of(kind, index, part);
  if (span.valid() && !span.empty() && definition.valid()) found_.push_back({span, definition, kind, index, part, nullptr});
}

void SymbolCollector::add_field(Span span, std::uint32_t schema, const std::string& name) {
  if (schema >= program_.schemas.size()) return;
  const auto it = program_.schemas[schema].by_name.find(name);
  if (it != program_.schemas[schema].by_name.end()) add_field(span, schema, it->second);
}

bool SymbolCollector::name(const Name& written, std::initializer_list<SymbolKind> kinds) {
  if (!written.valid()) return false;
  for (const SymbolKind kind : kinds) {
    const std::uint32_t index = find(kind, module_, written.text);
    if (index == kNone) continue;
    add(written.span, kind, index);
    return true;
  }
  return false;
}

void SymbolCollector::names(const std::vector<Name>& written, std::initializer_list<SymbolKind> kinds) {
  for (const Name& one : written) name(one, kinds);
}

void SymbolCollector::path(const Path& written, std::initializer_list<SymbolKind> kinds) {
  if (!written.valid()) return;
  if (written.parts.size() == 1) {
    name(written.parts[0], kinds);
    return;
  }
  const std::uint32_t imported = find(import, module_, written.parts[0].text);
  if (imported == kNone) return;
  const sema::ModuleId here = module_;
  module_ = imported;
  name(written.last(), kinds);
  module_ = here;
}

void SymbolCollector::run() {
  declare(param, program_.params);
  declare(SymbolKind::type, program_.type_symbols);
  declare(enumeration, program_.enum_symbols);
  declare(schema, program_.schemas);
  declare(source, program_.sources);
  declare(target, program_.targets);
  declare(lookup, program_.lookups);
  declare(table, program_.tables);
  declare(function, program_.fns);
  declare(issue, program_.issues);
  declare(map, program_.maps);
  declare(reconcile, program_.reconciles);
  declare(sync, program_.syncs);
  declare(stage, program_.stages);
  declare(rollback, program_.rollbacks);
  declare(item, program_.items);
  declare(environment, program_.environments);
  for (std::uint32_t e = 0; e < program_.enum_symbols.size(); ++e) {
    for (std::uint32_t v = 0; v < program_.enum_symbols[e].variant_spans.size(); ++v)
      add(program_.enum_symbols[e].variant_spans[v], variant, e, v);
  }
  for (std::uint32_t s = 0; s < program_.schemas.size(); ++s) {
    for (std::uint32_t f = 0; f < program_.schemas[s].fields.size(); ++f) add_field(program_.schemas[s].fields[f].span, s, f);
  }
  for (std::uint32_t l = 0; l < program_.locals.size(); ++l) add(program_.locals[l].span, local, l);
  for (sema::ModuleId id = 0; id < program_.modules.size(); ++id) {
    // Aliases of imports: the module that the path names, as the loader resolved it.
    for (const Decl& decl : program_.modules[id].tree.decls) {
      const auto* written = decl.get_if<ImportDecl>();
      if (written == nullptr) continue;
      const std::filesystem::path file(written->path.value);
      const std::string wanted =
          (std::filesystem::path(program_.modules[id].path).parent_path() / file).lexically_normal().generic_string();
      for (sema::ModuleId other = 0; other < program_.modules.size(); ++other) {
        if (program_.modules[other].path != wanted) continue;
        names_[std::uint64_t{id} << 8 | static_cast<std::uint64_t>(import)].emplace(
            decl.name.valid() ? decl.name.text : file.stem().generic_string(), other);
      }
    }
  }
  for (sema::ModuleId id = 0; id < program_.modules.size(); ++id) module(id);
}

void SymbolCollector::module(sema::ModuleId id) {
  module_ = id;
  tree_ = &program_.modules[id].tree;
  for (std::uint32_t d = 0; d < tree_->decls.size(); ++d) {
    declaration_ = d;
    map_ = index_.map_of(id, d);
    declaration(tree_->decls[d]);
  }
  for (std::uint32_t i = 0; i < tree_->stmts.size(); ++i) statement(StmtId{i});
  for (std::uint32_t i = 0; i < tree_->exprs.size(); ++i) expression(ExprId{i});
  for (std::uint32_t i = 0; i < tree_->patterns.size(); ++i) pattern(PatternId{i});
  for (std::uint32_t i = 0; i < tree_->types.size(); ++i) type(TypeExprId{i});
}

void SymbolCollector::enter(Span span) {
  if (declaration_ < tree_->decls.size() && tree_->decls[declaration_].span.begin <= span.begin &&
      span.end <= tree_->decls[declaration_].span.end)
    return;
  declaration_ = index_.declaration_at(module_, span.begin);
  map_ = index_.map_of(module_, declaration_);
}

std::uint32_t SymbolCollector::source_schema() const {
  if (map_ < program_.maps.size() && program_.maps[map_].source < program_.sources.size())
    return program_.sources[program_.maps[map_].source].schema;
  if (declaration_ >= tree_->decls.size()) return kNone;
  const Decl& decl = tree_->decls[declaration_];
  std::uint32_t index = kNone;
  if (decl.kind() == DeclKind::profile || decl.kind() == DeclKind::source) index = find(source, module_, decl.name.text);
  return index < program_.sources.size() ? program_.sources[index].schema : kNone;
}

std::uint32_t SymbolCollector::target_schema() const {
  if (map_ < program_.maps.size() && program_.maps[map_].target < program_.targets.size())
    return program_.targets[program_.maps[map_].target].schema;
  if (declaration_ >= tree_->decls.size()) return kNone;
  const Decl& decl = tree_->decls[declaration_];
  std::uint32_t index = kNone;
  if (decl.kind() == DeclKind::dedupe || decl.kind() == DeclKind::target) index = find(target, module_, decl.name.text);
  return index < program_.targets.size() ? program_.targets[index].schema : kNone;
}

std::uint32_t SymbolCollector::record_schema(ExprId object) const {
  if (!object.valid() || object.value >= program_.modules[module_].exprs.size()) return kNone;
  const TypeId id = program_.modules[module_].exprs[object.value].type;
  if (id == kNoType || id >= program_.types.size()) return kNone;
  const Type& record = program_.types[id];
  if (record.kind != Kind::kRecord || record.name.empty()) return kNone;
  for (std::uint32_t s = 0; s < program_.schemas.size(); ++s) {
    if (program_.schemas[s].type < program_.types.size() && program_.types[program_.schemas[s].type].name == record.name) return s;
  }
  return kNone;
}

}  // namespace mig::lsp
