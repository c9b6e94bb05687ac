// `@allow(code, "reason")`: findings that a spec accepts with a reason.
#pragma once

#include "compiler/base/diagnostic.h"

namespace mig::rules {

class RuleContext;

/// Removes the findings of the rules that an `@allow` of the declaration, statement, field or step around one of their labels names,
/// and reports the `@allow`s that silence none of them (only for codes that no earlier phase reports).
void apply_allowances(RuleContext& context);
/// The same for findings of one code that are reported apart from the rules.
void apply_allowances(RuleContext& context, Code only);

}  // namespace mig::rules
