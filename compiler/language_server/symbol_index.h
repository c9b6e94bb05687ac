// Which name of a spec means what: every place where something is declared or named, over all files of one check.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/sema/program.h"

namespace mig::lsp {

enum class SymbolKind : std::uint8_t {
  import,
  param,
  type,
  enumeration,
  schema,
  source,
  target,
  lookup,
  table,
  function,
  issue,
  map,
  reconcile,
  sync,
  stage,
  rollback,
  item,
  environment,
  variant,
  field,
  local,
  alias,
  standard_function
};

/// One place. Two places mean the same when their `definition` is equal; a standard function has none, but its name.
struct Occurrence {
  Span span;
  Span definition;  // of the declared name; invalid for standard functions
  SymbolKind kind = SymbolKind::local;
  std::uint32_t index = sema::kNone;              // of the symbol in the program's list of its kind; field, variant: of its owner
  std::uint32_t part = sema::kNone;               // field, variant: which one
  const stdlib::Declaration* standard = nullptr;  // not owned
  bool is_definition() const { return span == definition; }
};

class SymbolIndex {
 public:
  /// Both must outlive the index. Works on what was read and resolved of a broken spec.
  SymbolIndex(const SourceMap& sources, const sema::Program& program);

  const std::vector<Occurrence>& all() const { return occurrences_; }  // by place
  /// What stands at an offset, or ends there; null for nothing.
  const Occurrence* at(FileId file, std::uint32_t offset) const;
  std::vector<Occurrence> same(const Occurrence& one) const;

  /// The declaration around a place: index in the module's tree; kNone outside.
  std::uint32_t declaration_at(sema::ModuleId module, std::uint32_t offset) const;
  /// The map that a declaration is, or that it tests; kNone for others.
  std::uint32_t map_of(sema::ModuleId module, std::uint32_t declaration) const;
  sema::ModuleId module_of(FileId file) const;

 private:
  const sema::Program& program_;
  std::vector<Occurrence> occurrences_;
};

}  // namespace mig::lsp
