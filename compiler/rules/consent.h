// How code tables and matches map subscription statuses, and how far each status lets a person be written to.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/rules/rule_context.h"
#include "compiler/sema/consent.h"

namespace mig::rules {

/// A level of sema::consent_levels; kNone: the word or variant says nothing about consent. From `@consent(...)`, else from the name.
uint32_t level_of(const RuleContext& context, uint32_t enumeration, uint32_t variant);
/// Of a text such as the key of a table row.
uint32_t level_of_word(const RuleContext& context, std::string_view word);
/// The enum is about subscriptions: a variant is marked with `@consent`, or is called subscribed, unsubscribed, complained, ...
bool is_consent_enum(const RuleContext& context, uint32_t enumeration);
/// The least that the enum can say; kNone when it says nothing about consent.
uint32_t lowest_level(const RuleContext& context, uint32_t enumeration);
/// The result allows more than the person did, and more than the least that its enum can say.
bool is_raised(const RuleContext& context, uint32_t from, uint32_t enumeration, uint32_t variant);

/// One possible result of an arm.
struct StatusOutcome {
  uint32_t enumeration = kNone, variant = kNone;
  Span place;
  bool acknowledged = false;  // given by `warn C use ...`
};

/// A key of an arm: a variant of the mapping's enum, or a text.
struct StatusKey {
  std::string name;
  uint32_t variant = kNone;
  uint32_t level = kNone;
};

struct StatusArm {
  std::vector<StatusKey> keys;  // of `_` on an enum: the variants that are left
  bool otherwise = false;       // `else`, `_`
  Span key_span;
  std::vector<StatusOutcome> outcomes;
};

/// A table, or a match.
struct StatusMapping {
  std::string name;              // "table norm_status"; "this match"
  uint32_t enumeration = kNone;  // of the keys; kNone for texts
  bool about_consent = false;    // keys and results are subscription statuses
  std::vector<StatusArm> arms;
  /// The arm for a variant, or null.
  const StatusArm* arm_of(uint32_t variant) const;
};

/// `outer(inner(x))`: the result of one mapping goes into another.
struct StatusComposition {
  size_t inner = 0, outer = 0;  // StatusMappings::all
  Span place;
};

struct StatusMappings {
  std::vector<StatusMapping> all;
  std::vector<StatusComposition> compositions;
};

/// All mappings of the program whose results are statuses.
StatusMappings read_status_mappings(const RuleContext& context);
std::string variant_name(const RuleContext& context, uint32_t enumeration, uint32_t variant);

}  // namespace mig::rules
