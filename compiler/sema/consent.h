// Consent as the spec writes it: the order of its levels, the level of a variant, and the exceptions that somebody answers for.
#pragma once

#include <string>
#include <vector>

#include "compiler/sema/program.h"

namespace mig::sema {

/// How far a person lets themselves be contacted, from least to most. The program's own, from the enum with `@consent_levels`, or the usual
/// ones.
struct ConsentLevels {
  std::vector<std::string> names{"spam_complaint", "unsubscribed", "unknown", "pending", "subscribed"};
  uint32_t neutral = 2;   // nothing is known; above it a person may be written to
  bool declared = false;  // by the spec

  /// What `@consent(...)` may say, and the level that it means; kNone for other words.
  std::vector<std::string_view> words() const;
  uint32_t level_of(std::string_view word) const;
};
ConsentLevels consent_levels(const Program& program);

/// The level that a variant is marked with; kNone when it is not marked.
uint32_t marked_level(const Program& program, const ConsentLevels& levels, uint32_t enumeration, uint32_t variant);

/// `@allow(E0532, "why", until: @2026-12-31, from: [complained])`: an error that somebody answers for, until a day.
struct DatedException {
  Span covered, span;
  std::string reason;
  int64_t until = 0;              // days since 1970-01-01, included
  std::vector<std::string> from;  // the statuses that may be raised; no others
};
/// Those that are complete; the checker reports the others.
std::vector<DatedException> dated_exceptions(const Program& program);
/// What a complete exception lacks, in words; empty when nothing does.
std::string exception_lacks(const syntax::Module& tree, const syntax::Attribute& attribute);

}  // namespace mig::sema
