#include "compiler/language_server/symbol_index.h"

#include <algorithm>

#include "compiler/language_server/symbol_collector.h"

namespace mig::lsp {

SymbolIndex::SymbolIndex(const SourceMap&, const sema::Program& program) : program_(program) {
  SymbolCollector(*this, program, occurrences_).run();
  const auto before = [](const Occurrence& a, const Occurrence& b) { return a.span < b.span; };
  std::stable_sort(occurrences_.begin(), occurrences_.end(), before);
  const auto last =
      std::unique(occurrences_.begin(), occurrences_.end(), [](const Occurrence& a, const Occurrence& b) { return a.span == b.span; });
  occurrences_.erase(last, occurrences_.end());
}

const Occurrence* SymbolIndex::at(FileId file, std::uint32_t offset) const {
  const Occurrence* found = nullptr;
  auto it = std::upper_bound(occurrences_.begin(), occurrences_.end(), Span{file, offset, 0xFFFFFFFFu},
                             [](Span a, const Occurrence& b) { return a < b.span; });
  for (int near = 0; it != occurrences_.begin() && near < 4; ++near) {
    --it;
    if (it->span.file != file || it->span.end < offset) continue;
    if (found == nullptr || it->span.contains(offset)) found = &*it;
    if (it->span.contains(offset)) break;
  }
  return found;
}

std::vector<Occurrence> SymbolIndex::same(const Occurrence& one) const {
  std::vector<Occurrence> result;
  for (const Occurrence& other : occurrences_) {
    const bool equal = one.standard != nullptr ? other.standard != nullptr && other.standard->name == one.standard->name
                                               : other.standard == nullptr && other.definition == one.definition;
    if (equal) result.push_back(other);
  }
  return result;
}

sema::ModuleId SymbolIndex::module_of(FileId file) const {
  for (sema::ModuleId module = 0; module < program_.modules.size(); ++module) {
    if (program_.modules[module].file == file) return module;
  }
  return sema::kNone;
}

std::uint32_t SymbolIndex::declaration_at(sema::ModuleId module, std::uint32_t offset) const {
  if (module >= program_.modules.size()) return sema::kNone;
  const auto& decls = program_.modules[module].tree.decls;
  for (std::uint32_t d = 0; d < decls.size(); ++d) {
    if (decls[d].span.begin <= offset && offset <= decls[d].span.end) return d;
  }
  return sema::kNone;
}

std::uint32_t SymbolIndex::map_of(sema::ModuleId module, std::uint32_t declaration) const {
  if (module >= program_.modules.size() || declaration >= program_.modules[module].tree.decls.size()) return sema::kNone;
  const syntax::Decl& decl = program_.modules[module].tree.decls[declaration];
  if (decl.kind() == syntax::DeclKind::map) {
    for (std::uint32_t m = 0; m < program_.maps.size(); ++m) {
      if (program_.maps[m].module == module && program_.maps[m].decl.value == declaration) return m;
    }
  }
  if (decl.kind() == syntax::DeclKind::test) {
    for (const sema::TestSymbol& test : program_.tests) {
      if (test.module != module || test.decl.value != declaration) continue;
      for (const auto& subject : test.subjects) {
        if (subject.kind == sema::TestSubject::kMap) return subject.index;
      }
    }
  }
  return sema::kNone;
}

}  // namespace mig::lsp
