// W0532: the status of a person who objected becomes one that allows writing to them, and nobody is told.
#include "compiler/rules/consent.h"

namespace mig::rules {

namespace {

std::string what_it_allows(Consent consent) { return consent == Consent::kGiven ? "may be written to" : "is asked again"; }

void advise(RuleContext& context, Diagnostic& finding, const StatusOutcome& outcome) {
  finding.help(Applicability::choose, "map it to a status that stays silent, such as unsubscribed or suppressed");
  finding.help(Applicability::sketch, "or have it on record: `warn CODE use " + variant_name(context, outcome.enumeration, outcome.variant) + "`", {{outcome.place.start(), "warn TODO use "}});
}

std::vector<std::string> refused_keys(const StatusArm& arm) {
  std::vector<std::string> refused;
  for (const StatusKey& key : arm.keys) {
    if (key.consent == Consent::kRefused) refused.push_back(key.name);
  }
  return refused;
}

void check_arms(RuleContext& context, const StatusMapping& mapping) {
  if (!mapping.about_consent) return;
  for (const StatusArm& arm : mapping.arms) {
    const std::vector<std::string> refused = refused_keys(arm);
    if (refused.empty()) continue;
    for (const StatusOutcome& outcome : arm.outcomes) {
      const Consent consent = consent_of(context, outcome.enumeration, outcome.variant);
      if (outcome.acknowledged || !allows_writing(consent) || !is_consent_enum(context, outcome.enumeration)) continue;
      Diagnostic& finding = context.report(Code::W0532, outcome.place, listed(refused) + (refused.size() == 1 ? " becomes `" : " become `") + variant_name(context, outcome.enumeration, outcome.variant) + "`: somebody who objected " + what_it_allows(consent),
                                           "raises the consent");
      finding.also(arm.key_span, arm.otherwise ? "covers " + listed(refused) : "no longer wants, or can no longer get, messages");
      advise(context, finding, outcome);
      finding.in(mapping.name);
    }
  }
}

void check_composition(RuleContext& context, const StatusMappings& mappings, const StatusComposition& composition) {
  const StatusMapping& inner = mappings.all[composition.inner];
  const StatusMapping& outer = mappings.all[composition.outer];
  for (const StatusArm& arm : inner.arms) {
    const std::vector<std::string> refused = refused_keys(arm);
    if (refused.empty()) continue;
    for (const StatusOutcome& between : arm.outcomes) {
      // A refused status in between is the outer mapping's own finding, one that allows writing the inner's.
      const Consent middle_consent = consent_of(context, between.enumeration, between.variant);
      if (between.acknowledged || between.enumeration != outer.enumeration || middle_consent == Consent::kRefused || allows_writing(middle_consent)) continue;
      const StatusArm* next = outer.arm_of(between.variant);
      if (next == nullptr) continue;
      for (const StatusOutcome& last : next->outcomes) {
        const Consent consent = consent_of(context, last.enumeration, last.variant);
        if (last.acknowledged || !allows_writing(consent) || !is_consent_enum(context, last.enumeration)) continue;
        const std::string middle = variant_name(context, between.enumeration, between.variant), end = variant_name(context, last.enumeration, last.variant);
        Diagnostic& finding = context.report(Code::W0532, composition.place,
                                             listed(refused) + (refused.size() == 1 ? " becomes `" : " become `") + middle + "` and then `" + end + "`: somebody who objected " + what_it_allows(consent),
                                             "raises the consent in two steps");
        finding.also(between.place, "the first step (" + inner.name + ")").also(last.place, "`" + middle + "` becomes `" + end + "` (" + outer.name + ")");
        advise(context, finding, last);
      }
    }
  }
}

}  // namespace

void check_consent_raised(RuleContext& context) {
  const StatusMappings mappings = read_status_mappings(context);
  for (const StatusMapping& mapping : mappings.all) check_arms(context, mapping);
  for (const StatusComposition& composition : mappings.compositions) check_composition(context, mappings, composition);
}

}  // namespace mig::rules
