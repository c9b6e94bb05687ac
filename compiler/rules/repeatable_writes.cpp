// E0652: a retry, or a change that is delivered twice, writes a record twice.
#include "compiler/rules/rule_context.h"

namespace mig::rules {

namespace {

// Where the map of this name is run with `retry`, or fed by a stream; invalid when it is not.
struct Repetition {
  Span place;
  std::string label;
};

Repetition repetition(const RuleContext& context, const sema::MapSymbol& map, const sema::TargetSymbol& target) {
  for (const syntax::Decl& decl : context.tree(0).decls) {
    if (const auto* sync = decl.get_if<syntax::SyncDecl>(); sync != nullptr && sync->map.text == map.name) {
      return {decl.name.span, "a change that is delivered again is written again"};
    }
    const auto* stage = decl.get_if<syntax::StageDecl>();
    // Files and SQLite databases remember in their own commit how far they are.
    if (stage == nullptr || target.runnable) continue;
    for (const syntax::Step& step : stage->steps) {
      const auto* run = step.get_if<syntax::RunStep>();
      if (run == nullptr) continue;
      const syntax::Setting* retry = run->settings.find("retry");
      for (const syntax::Name& name : run->maps) {
        if (retry != nullptr && name.text == map.name) return {retry->span, "a batch that timed out is sent again"};
      }
    }
  }
  return {};
}

}  // namespace

void check_repeatable_writes(RuleContext& context) {
  for (const sema::MapSymbol& map : context.program.maps) {
    if (map.target >= context.program.targets.size()) continue;
    const sema::TargetSymbol& target = context.program.targets[map.target];
    const sema::SchemaSymbol* schema = context.schema_of_target(map.target);
    if (schema == nullptr || (target.write != sema::Write::kInsert && target.write != sema::Write::kAppend)) continue;
    const Repetition again = repetition(context, map, target);
    if (!again.place.valid()) continue;
    const Span place = target.write_given && target.write_span.valid() ? target.write_span : target.span;
    Diagnostic& finding = context.report(Code::E0652, place, "a retry can write the same record of " + target.name + " twice",
                                         target.write_given ? "not idempotent" : "inserts, which is not idempotent");
    finding.also(again.place, again.label);
    if (!schema->key.empty()) {
      std::string by;
      for (const uint32_t field : schema->key) by += (by.empty() ? "" : ", ") + schema->fields[field].name;
      const std::string wanted = "upsert(by: [" + by + "])";
      const std::string written = context.text(place);
      const bool whole = written.compare(0, 5, "write") == 0;
      if (target.write_given)
        finding.help(Applicability::choose, "the schema has a key, use it", {{place, whole ? "write = " + wanted : wanted}});
      else
        finding.help(Applicability::choose, "the schema has a key, use it: `write = " + wanted + "`");
    } else {
      finding.help(Applicability::choose, "give the schema a `@key` and write with `upsert(by: [...])`");
    }
    finding.in("target " + target.name);
  }
}

}  // namespace mig::rules
