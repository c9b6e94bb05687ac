// E0652: a retry, a run that is resumed, or a change that is delivered twice, writes a record twice.
#include <algorithm>
#include <array>
#include <set>

#include "compiler/rules/target_writes.h"

namespace mig::rules {

namespace {

// What repeats the writes of a map; the place is invalid when nothing does.
struct Repetition {
  Span place;
  std::string label;
};

// What was sent there cannot be taken back when the run stops before it has noted that it was sent.
bool commits_apart_from_the_run(const std::string& connector) {
  constexpr std::array kConnectors = {"http_json", "kafka", "mongodb", "salesforce"};
  return std::find(kConnectors.begin(), kConnectors.end(), connector) != kConnectors.end();
}

Repetition repetition(const RuleContext& context, const sema::MapSymbol& map, const sema::TargetSymbol& target) {
  for (const syntax::Decl& decl : context.tree(0).decls) {
    if (const auto* sync = decl.get_if<syntax::SyncDecl>(); sync != nullptr && sync->map.text == map.name)
      return {decl.name.span, "a change that is delivered again is written again"};
  }
  // Files and SQLite databases remember in their own commit how far they are.
  if (target.runnable) return {};
  for (const syntax::Decl& decl : context.tree(0).decls) {
    const auto* stage = decl.get_if<syntax::StageDecl>();
    for (size_t i = 0; stage != nullptr && i < stage->steps.size(); ++i) {
      const auto* run = stage->steps[i].get_if<syntax::RunStep>();
      const syntax::Setting* retry = run == nullptr ? nullptr : run->settings.find("retry");
      for (size_t m = 0; retry != nullptr && m < run->maps.size(); ++m) {
        if (run->maps[m].text == map.name) return {retry->span, "a batch that timed out is sent again"};
      }
    }
  }
  if (commits_apart_from_the_run(target.connector)) return {map.span, "a run that is resumed sends its last batch again"};
  return {};
}

void report_write(RuleContext& context, const sema::TargetSymbol& target, const sema::SchemaSymbol& schema, const Repetition& again) {
  const Span place = target.write_given && target.write_span.valid() ? target.write_span : target.span;
  Diagnostic& finding = context.report(Code::E0652, place, "a retry can write the same record of " + target.name + " twice",
                                       target.write_given ? "not idempotent" : "inserts, which is not idempotent");
  finding.also(again.place, again.label);
  if (!schema.key.empty()) {
    std::string by;
    for (const uint32_t field : schema.key) by += (by.empty() ? "" : ", ") + schema.fields[field].name;
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

// The target may upsert, and an operation of the stream still insert.
void check_handlers(RuleContext& context) {
  for (const syntax::Decl& decl : context.tree(0).decls) {
    const auto* sync = decl.get_if<syntax::SyncDecl>();
    for (size_t h = 0; sync != nullptr && h < sync->handlers.size(); ++h) {
      const syntax::SyncHandler& handler = sync->handlers[h];
      if (!handler.action.valid() || (handler.action.text != "insert" && handler.action.text != "append")) continue;
      context
          .report(Code::E0652, handler.action.span, "a change that is delivered again is written twice by `" + handler.action.text + "`",
                  "not idempotent")
          .help(Applicability::choose, "write by key", {{handler.action.span, "upsert"}})
          .in("sync " + decl.name.text);
    }
  }
}

}  // namespace

void check_repeatable_writes(RuleContext& context) {
  if (context.program.modules.empty()) return;
  std::set<uint32_t> reported;
  for (uint32_t m = 0; m < context.program.maps.size(); ++m) {
    const sema::MapSymbol& map = context.program.maps[m];
    std::set<uint32_t> written{map.target};  // by the map itself and by its emits
    for_each_write(context, m, [&](syntax::StmtId, uint32_t target) { written.insert(target); });
    for (const uint32_t index : written) {
      const sema::SchemaSymbol* schema = context.schema_of_target(index);
      if (schema == nullptr) continue;
      const sema::TargetSymbol& target = context.program.targets[index];
      if (target.write != sema::Write::kInsert && target.write != sema::Write::kAppend) continue;
      const Repetition again = repetition(context, map, target);
      if (again.place.valid() && reported.insert(index).second) report_write(context, target, *schema, again);
    }
  }
  check_handlers(context);
}

}  // namespace mig::rules
