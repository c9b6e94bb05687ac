// W0705: a source field that is called like personal data, in a spec that has a class for it, carries no class.
#include <algorithm>

#include "compiler/rules/field_names.h"
#include "compiler/rules/rule_context.h"

namespace mig::rules {

namespace {

bool holds_text_or_day(const Type& type) {
  return type.kind == Kind::kString || type.kind == Kind::kScalar || type.kind == Kind::kDate || type.kind == Kind::kDatetime;
}

}  // namespace

void check_unlabelled_person(RuleContext& context) {
  const sema::Program& program = context.program;
  if (program.classes.empty()) return;
  std::vector<bool> done(program.schemas.size());
  for (const sema::MapSymbol& map : program.maps) {
    if (map.source == kNone || program.sources[map.source].schema == kNone) continue;
    const uint32_t index = program.sources[map.source].schema;
    const sema::SchemaSymbol& schema = program.schemas[index];
    if (done[index] || context.is_broken(context.decl(schema).span)) continue;
    done[index] = true;
    for (uint32_t f = 0; f < schema.fields.size(); ++f) {
      const sema::SchemaField& field = schema.fields[f];
      const bool read = std::any_of(program.maps.begin(), program.maps.end(), [&](const sema::MapSymbol& other) {
        return other.source != kNone && program.sources[other.source].schema == index && f < other.read.size() && other.read[f];
      });
      if (!read || !field.labels.empty() || !holds_text_or_day(context.type(field.type))) continue;
      const auto known = std::find_if(program.classes.begin(), program.classes.end(),
                                      [&](const sema::PrivacyClass& each) { return is_named_like_class(field.name, each.name); });
      if (known == program.classes.end()) continue;
      Diagnostic& finding =
          context.report(Code::W0705, field.span, "`" + field.name + "` is called like " + known->name + " and carries no class",
                         "nothing follows where this goes");
      finding.also(known->span, "declared here");
      if (schema.imported_from.empty()) {
        finding.help(Applicability::choose, "label it", {{field.whole.after(), " @pii(" + known->name + ")"}});
      } else {
        finding.help(Applicability::choose, "label it in the overlay: `schema " + schema.name + " from ... { " + field.name +
                                                ": string @pii(" + known->name + ") }`");
      }
      finding.help(Applicability::choose, "or say that it is no person's: `@allow(W0705, \"why\")`");
      finding.about(schema.name + "." + field.name);
    }
  }
}

}  // namespace mig::rules
