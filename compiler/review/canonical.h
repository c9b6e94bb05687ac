// What a checked spec means, as text: names are resolved, `let`s and functions are their values, pipes are calls. Two specs that are
// written differently and do the same have the same text here.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/rules/rule_context.h"

namespace mig::review {

using sema::ExprRef;
using sema::kNone;

/// One value written by a map, or one condition on its records.
struct MeaningPart {
  std::string text;  // canonical
  Span span;         // of the value, or of the statement
};

struct MapMeaning {
  std::map<std::string, MeaningPart, std::less<>> fields;  // by target field, in branches joined
  std::vector<MeaningPart> filters;                        // require, reject, warn, skip: in written order
};

class Canonical {
 public:
  explicit Canonical(const rules::RuleContext& context) : context_(context) {}

  std::string expr(ExprRef ref);
  /// Digest of what a function or table does; the same after it was renamed.
  std::string fn(uint32_t index);
  std::string table(uint32_t index);
  MapMeaning map(uint32_t index);
  std::string settings(const sema::CheckedSettings& settings);

 private:
  std::string render(ExprRef ref, int depth);
  std::string node(ExprRef ref, int depth);
  std::string call(const sema::CallInfo& call, const std::string& piped, int depth);
  std::string reference(ExprRef ref, int depth);
  std::string pattern(sema::ModuleId module, syntax::PatternId id, int depth);
  std::string local(sema::ModuleId module, uint32_t index, int depth);
  void statements(sema::ModuleId module, const syntax::Block& block, const std::string& around, const sema::SchemaSymbol* source,
                  const sema::SchemaSymbol* target, MapMeaning& meaning);

  const rules::RuleContext& context_;
  std::unordered_map<uint32_t, size_t> bound_;  // locals without a value, numbered in order of appearance
  std::unordered_map<uint32_t, std::string> fns_, tables_;
};

}  // namespace mig::review
