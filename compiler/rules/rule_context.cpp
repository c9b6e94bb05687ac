#include "compiler/rules/rule_context.h"

#include <algorithm>

#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

const sema::ExprInfo kNoExpr;
const sema::StmtInfo kNoStmt;
const sema::PatternInfo kNoPattern;
const Type kNoTypeAtAll;

}  // namespace

RuleContext::RuleContext(const sema::Program& checked, const SourceMap& source_map, const DiagnosticSink& earlier)
    : program(checked), sources(source_map) {
  for (ModuleId module = 0; module < program.modules.size(); ++module) {
    const syntax::Module& written = tree(module);
    std::vector<uint32_t> parents(written.exprs.size(), kNone), owners(written.exprs.size(), kNone);
    for (uint32_t d = 0; d < written.decls.size(); ++d) {
      for_each_root(written, written.decls[d], [&](syntax::ExprId root) {
        walk(written, root, [&](syntax::ExprId id) {
          owners[id.value] = d;
          for_each_child(written[id], [&](syntax::ExprId child) { parents[child.value] = id.value; });
        });
      });
    }
    parents_.push_back(std::move(parents));
    owners_.push_back(std::move(owners));
    maps_.emplace_back(written.decls.size(), kNone);
    auto& lets = lets_.emplace_back();
    for (const syntax::Stmt& stmt : written.stmts) {
      if (const auto* let = stmt.get_if<syntax::LetStmt>(); let != nullptr && let->value.valid())
        lets.emplace_back(let->name.span, let->value);
    }
    std::sort(lets.begin(), lets.end());
    const auto& infos = program.modules[module].exprs;
    for (uint32_t id = 0; id < infos.size() && id < written.exprs.size(); ++id) {
      if (infos[id].call == kNone || infos[id].call >= program.calls.size() || owners_[module][id] == kNone) continue;
      // A stage in parentheses and what stands in them share one call.
      const uint32_t outer = parents_[module][id];
      if (outer != kNone && infos[outer].call == infos[id].call) continue;
      calls_.push_back({{module, syntax::ExprId{id}}, &program.calls[infos[id].call]});
    }
  }
  for (uint32_t m = 0; m < program.maps.size(); ++m) {
    const sema::MapSymbol& map = program.maps[m];
    if (map.module < maps_.size() && map.decl.value < maps_[map.module].size()) maps_[map.module][map.decl.value] = m;
  }
  for (const Diagnostic& finding : earlier.all()) {
    if (finding.severity == Severity::error) errors_.push_back(finding.primary.span);
    earlier_.emplace_back(finding.code, finding.primary.span);
  }
  std::sort(errors_.begin(), errors_.end());
  std::sort(earlier_.begin(), earlier_.end());
}

Diagnostic& RuleContext::report(Code code, Span span, std::string message, std::string label) {
  findings_.push_back(Diagnostic::make(code, span, std::move(message), std::move(label)));
  return findings_.back();
}

void RuleContext::accept_last(std::string reason, Span written) {
  accepted_.push_back({std::move(findings_.back()), std::move(reason), written});
  findings_.pop_back();
}

const sema::ExprInfo& RuleContext::info(ExprRef ref) const {
  if (!ref.valid() || ref.module >= program.modules.size() || ref.id.value >= program.modules[ref.module].exprs.size()) return kNoExpr;
  return program.info(ref);
}

const sema::StmtInfo& RuleContext::info(ModuleId module, syntax::StmtId id) const {
  if (!id.valid() || id.value >= program.modules[module].stmts.size()) return kNoStmt;
  return program.info(module, id);
}

const sema::PatternInfo& RuleContext::info(ModuleId module, syntax::PatternId id) const {
  if (!id.valid() || id.value >= program.modules[module].patterns.size()) return kNoPattern;
  return program.info(module, id);
}

const Type& RuleContext::type(TypeId id) const {
  if (id == kNoType || id >= program.types.size()) return kNoTypeAtAll;
  return program.types[id];
}

ExprRef RuleContext::parent(ExprRef ref) const {
  if (!ref.valid()) return {};
  const uint32_t outer = parents_[ref.module][ref.id.value];
  return {ref.module, syntax::ExprId{outer}};
}

uint32_t RuleContext::owner(ExprRef ref) const { return ref.valid() ? owners_[ref.module][ref.id.value] : kNone; }

uint32_t RuleContext::map_around(ExprRef ref) const {
  const uint32_t declaration = owner(ref);
  return declaration == kNone ? kNone : maps_[ref.module][declaration];
}

ExprRef RuleContext::argument(const CallSite& site, size_t parameter) const {
  if (parameter >= site.call->arguments.size()) return {};
  const sema::BoundArgument& bound = site.call->arguments[parameter];
  if (bound.source == sema::BoundArgument::Source::kExpr) return bound.expr;
  if (bound.source != sema::BoundArgument::Source::kPiped) return {};
  for (ExprRef outer = parent(site.expr); outer.valid(); outer = parent(outer)) {
    if (const auto* pipe = expr(outer).get_if<syntax::PipeExpr>()) return {outer.module, pipe->head};
  }
  return {};
}

TypeId RuleContext::argument_type(const CallSite& site, size_t parameter) const {
  if (parameter >= site.call->arguments.size()) return kNoType;
  const sema::BoundArgument& bound = site.call->arguments[parameter];
  switch (bound.source) {
    case sema::BoundArgument::Source::kExpr: return info(bound.expr).type;
    case sema::BoundArgument::Source::kPiped: return site.call->piped;
    case sema::BoundArgument::Source::kConstant:
    case sema::BoundArgument::Source::kSecret:
    case sema::BoundArgument::Source::kMissing:
    case sema::BoundArgument::Source::kVariadic: return bound.type;
  }
  return bound.type;
}

ExprRef RuleContext::let_value(ModuleId module, Span name) const {
  const auto& lets = lets_[module];
  const auto it = std::lower_bound(lets.begin(), lets.end(), std::pair(name, syntax::ExprId{0}));
  return it == lets.end() || it->first != name ? ExprRef{} : ExprRef{module, it->second};
}

bool RuleContext::is_acknowledged(ExprRef ref) const {
  for (ExprRef outer = parent(ref); outer.valid(); outer = parent(outer)) {
    if (expr(outer).kind() == syntax::ExprKind::raise) return true;
  }
  return false;
}

const sema::SchemaSymbol* RuleContext::schema_of_target(uint32_t target) const {
  if (target >= program.targets.size() || program.targets[target].schema >= program.schemas.size()) return nullptr;
  return &program.schemas[program.targets[target].schema];
}

const sema::SchemaSymbol* RuleContext::schema_of_source(uint32_t source) const {
  if (source >= program.sources.size() || program.sources[source].schema >= program.schemas.size()) return nullptr;
  return &program.schemas[program.sources[source].schema];
}

const sema::SchemaSymbol* RuleContext::source_schema(uint32_t map) const {
  return map >= program.maps.size() ? nullptr : schema_of_source(program.maps[map].source);
}

const sema::SchemaSymbol* RuleContext::target_schema(uint32_t map) const {
  return map >= program.maps.size() ? nullptr : schema_of_target(program.maps[map].target);
}

bool RuleContext::was_reported(Code code, Span span) const {
  return std::binary_search(earlier_.begin(), earlier_.end(), std::pair(code, span));
}

bool RuleContext::is_broken(Span span) const {
  const auto it = std::lower_bound(errors_.begin(), errors_.end(), span,
                                   [](const Span& a, const Span& b) { return a.file != b.file ? a.file < b.file : a.begin < b.begin; });
  return it != errors_.end() && it->file == span.file && it->begin < std::max(span.end, span.begin + 1);
}

std::string RuleContext::line(Span span) const { return "line " + std::to_string(sources.position(span).line); }

std::string listed(const std::vector<std::string>& names) {
  constexpr size_t kShown = 4;
  std::string text;
  const size_t shown = names.size() > kShown + 1 ? kShown : names.size();
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) text += i + 1 == shown && shown == names.size() ? " and " : ", ";
    text += "`" + names[i] + "`";
  }
  if (shown < names.size()) text += " and " + std::to_string(names.size() - shown) + " more";
  return text;
}

}  // namespace mig::rules
