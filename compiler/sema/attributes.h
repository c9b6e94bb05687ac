// Attributes: `@key @pii(contact.email) @allow(W0411, "reason")`.
#pragma once

#include "compiler/sema/analysis.h"

namespace mig::sema {

/// Attributes of a schema field; unknown ones are findings.
void read_field_attributes(Analysis& analysis, ModuleId module, const std::vector<syntax::Attribute>& attributes, SchemaField& field);
/// Attributes of an enum variant: its consent, and why it is deprecated.
void read_variant_attributes(Analysis& analysis, ModuleId module, const std::vector<syntax::Attribute>& attributes, Consent& consent,
                             std::string& deprecated);
/// `@allow` of declarations and statements: its code, its reason. Other attributes there are findings.
void check_allowances(Analysis& analysis);
/// `@references(accounts.id, deferred: true)` of all schemas, once targets are known.
void resolve_references(Analysis& analysis);

}  // namespace mig::sema
