// What every rule reads and writes: the typed program with its tree turned upside down, and the findings.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/sema/program.h"

namespace mig::rules {

using sema::ExprRef;
using sema::kNone;
using sema::ModuleId;
using sema::Ref;

/// A call or stage of a pipe, once each.
struct CallSite {
  ExprRef expr;
  const sema::CallInfo* call = nullptr;  // not owned
  /// Name of the standard-library function; empty for other callees.
  std::string_view function() const {
    return call->declaration == nullptr ? std::string_view() : std::string_view(call->declaration->name);
  }
};

/// Annotations may be missing where an error was reported; every access answers with an empty annotation then.
class RuleContext {
 public:
  /// `earlier`: what was found so far, to keep silent inside a declaration that does not check.
  RuleContext(const sema::Program& checked, const SourceMap& source_map, const DiagnosticSink& earlier);
  RuleContext(const RuleContext&) = delete;
  RuleContext& operator=(const RuleContext&) = delete;

  const sema::Program& program;
  const SourceMap& sources;

  /// The reference stays valid until the rules are done.
  Diagnostic& report(Code code, Span span, std::string message, std::string label = {});
  std::deque<Diagnostic>& findings() { return findings_; }
  /// The finding reported last is accepted in the spec: it is kept apart from the others.
  void accept_last(std::string reason, Span written);
  std::vector<SuppressedFinding>& accepted() { return accepted_; }

  const syntax::Module& tree(ModuleId module) const { return program.modules[module].tree; }
  const syntax::Expr& expr(ExprRef ref) const { return tree(ref.module)[ref.id]; }
  const syntax::Decl& decl(const sema::Origin& symbol) const { return tree(symbol.module)[symbol.decl]; }
  const sema::ExprInfo& info(ExprRef ref) const;
  const sema::StmtInfo& info(ModuleId module, syntax::StmtId id) const;
  const sema::PatternInfo& info(ModuleId module, syntax::PatternId id) const;
  const Type& type(TypeId id) const;
  const Type& type(ExprRef ref) const { return type(info(ref).type); }

  /// The expression around it; invalid at the top.
  ExprRef parent(ExprRef ref) const;
  /// The declaration around it, as an index into the module's; kNone when it stands in no declaration.
  uint32_t owner(ExprRef ref) const;
  /// The map around it: Program::maps; kNone elsewhere.
  uint32_t map_around(ExprRef ref) const;
  const std::vector<CallSite>& calls() const { return calls_; }
  /// The expression passed for a parameter: for a piped value the head of the pipe. Invalid for constants.
  ExprRef argument(const CallSite& site, size_t parameter) const;
  TypeId argument_type(const CallSite& site, size_t parameter) const;
  /// The value of the `let` whose name stands at that place; invalid for other names.
  ExprRef let_value(ModuleId module, Span name) const;
  /// It stands in the value that a `warn C use ...` gives, so somebody is told.
  bool is_acknowledged(ExprRef ref) const;

  /// The source schema of a map, or null.
  const sema::SchemaSymbol* source_schema(uint32_t map) const;
  const sema::SchemaSymbol* target_schema(uint32_t map) const;
  const sema::SchemaSymbol* schema_of_target(uint32_t target) const;
  const sema::SchemaSymbol* schema_of_source(uint32_t source) const;

  /// An earlier phase reported this code at this very place.
  bool was_reported(Code code, Span span) const;
  /// An error was reported between the ends of this span.
  bool is_broken(Span span) const;
  std::string text(Span span) const { return std::string(sources.text(span)); }
  /// "line 41"
  std::string line(Span span) const;

 private:
  std::deque<Diagnostic> findings_;
  std::vector<SuppressedFinding> accepted_;
  std::vector<std::vector<uint32_t>> parents_, owners_, maps_;  // by module, parallel to its expressions (maps_: to its declarations)
  std::vector<CallSite> calls_;
  std::vector<std::vector<std::pair<Span, syntax::ExprId>>> lets_;  // by module, sorted
  std::vector<Span> errors_;                                        // sorted
  std::vector<std::pair<Code, Span>> earlier_;                      // sorted
};

/// "`a`, `b` and `c`"; after the fourth "and 3 more".
std::string listed(const std::vector<std::string>& names);

}  // namespace mig::rules
