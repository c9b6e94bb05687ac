// `@allow(code, "reason")`: findings that a spec accepts with a reason.
#pragma once

#include "compiler/base/diagnostic.h"

namespace mig::rules {

class RuleContext;

/// Moves findings of the rules and of earlier phases that an `@allow` of the declaration, statement, field or step around one of their
/// labels names to the suppressed ones of `sink`, and reports the `@allow`s that silence none (of codes that the check decides).
void apply_allowances(RuleContext& context, DiagnosticSink& sink, bool with_profile);
/// The same for findings of one code that are reported apart from the check.
void apply_allowances(RuleContext& context, DiagnosticSink& sink, Code only);

}  // namespace mig::rules
