// E0531: source values that no row lists get a consent status, and nobody is told.
#include <set>

#include "compiler/rules/consent.h"

namespace mig::rules {

namespace {

bool says_something(const RuleContext& context, uint32_t enumeration, uint32_t variant) {
  const uint32_t level = level_of(context, enumeration, variant);
  return level != kNone && level != sema::consent_levels(context.program).neutral;
}

void advise(Diagnostic& finding, const RuleContext& context, const StatusOutcome& outcome) {
  finding.help(Applicability::sketch,
               "list every one that comes: `warn CODE use " + variant_name(context, outcome.enumeration, outcome.variant) + "`",
               {{outcome.place.start(), "warn DECIDE use "}});
  finding.help(Applicability::choose, "or leave such records behind until the table is complete: `reject CODE`");
}

}  // namespace

void check_unlisted_status(RuleContext& context) {
  const StatusMappings mappings = read_status_mappings(context);
  std::set<Span> reported;
  for (size_t m = 0; m < mappings.all.size(); ++m) {
    const StatusMapping& mapping = mappings.all[m];
    // What `_` hides on an enum is known; what `else` covers of a text is not.
    if (mapping.enumeration != kNone) continue;
    for (const StatusArm& arm : mapping.arms) {
      if (!arm.otherwise) continue;
      for (const StatusOutcome& outcome : arm.outcomes) {
        if (outcome.acknowledged || !is_consent_enum(context, outcome.enumeration)) continue;
        const std::string first = variant_name(context, outcome.enumeration, outcome.variant);
        if (says_something(context, outcome.enumeration, outcome.variant)) {
          if (!reported.insert(outcome.place).second) continue;
          Diagnostic& finding =
              context.report(Code::E0531, outcome.place, "values that are not listed become `" + first + "` without anybody being told",
                             "a consent status for values nobody has seen");
          finding.also(arm.key_span, "everything that " + mapping.name + " does not list");
          advise(finding, context, outcome);
          finding.in(mapping.name);
          continue;
        }
        for (const StatusComposition& composition : mappings.compositions) {
          if (composition.inner != m || mappings.all[composition.outer].enumeration != outcome.enumeration) continue;
          const StatusMapping& outer = mappings.all[composition.outer];
          const StatusArm* next = outer.arm_of(outcome.variant);
          if (next == nullptr) continue;
          for (const StatusOutcome& last : next->outcomes) {
            const bool status = is_consent_enum(context, last.enumeration) && says_something(context, last.enumeration, last.variant);
            if (last.acknowledged || !status || !reported.insert(outcome.place).second) continue;
            const std::string end = variant_name(context, last.enumeration, last.variant);
            Diagnostic& finding =
                context.report(Code::E0531, outcome.place,
                               "values that are not listed become `" + first + "` and then `" + end + "` without anybody being told",
                               "a consent status for values nobody has seen");
            finding.also(arm.key_span, "everything that " + mapping.name + " does not list")
                .also(last.place, "`" + first + "` becomes `" + end + "` (" + outer.name + ")");
            advise(finding, context, outcome);
            finding.in(mapping.name);
          }
        }
      }
    }
  }
}

}  // namespace mig::rules
