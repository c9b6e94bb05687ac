// The phases of the checker, in the order in which `check` runs them.
#pragma once

#include "compiler/sema/analysis.h"

namespace mig::sema {

/// Parses the imports of `entry`, transitively, each file once; reports cycles and paths outside the project root.
void load_modules(Analysis& analysis, FileId entry, DiagnosticSink& sink);
/// Reads a file below the project root; reports at `span` when that is not possible.
std::optional<std::string> read_project_file(Analysis& analysis, ModuleId from, std::string_view path, Span span, std::string& resolved);
/// Reads a file in the project root by its name; null when that is not possible.
std::optional<std::string> read_root_file(Analysis& analysis, const std::string& name);

/// Tells versions of a file apart: 32 hex digits.
std::string content_hash(std::string_view text);

/// Creates a symbol for each declaration, with its name.
void declare_names(Analysis& analysis);
/// Enums, issues, privacy classes; then types and schemas in order of dependency.
void resolve_declarations(Analysis& analysis);
void resolve_enums(Analysis& analysis);
/// What the usual names of subscription states say about consent; `@consent(...)` on a variant decides otherwise.
Consent consent_by_name(std::string_view name);
void resolve_schemas(Analysis& analysis);
void resolve_privacy(Analysis& analysis);
/// Params, sources, targets, lookups, with their settings; signatures of fns and tables.
void resolve_connections(Analysis& analysis);
void resolve_signatures(Analysis& analysis);

/// Functions (by index), then tables (index + number of functions), each after what it calls; reports recursion.
std::vector<uint32_t> order_bodies(Analysis& analysis);
void check_bodies(Analysis& analysis);
void check_maps(Analysis& analysis);
void check_dedupes(Analysis& analysis);
void check_workflow(Analysis& analysis);
/// What environments bind, and what their masks make of the fields of targets.
void check_environments(Analysis& analysis);
void check_tests(Analysis& analysis);
/// Drops what `@allow` silences and errors beyond the limit, and gives the rest to the sink.
void deliver_findings(Analysis& analysis, DiagnosticSink& sink);

/// The type that a type expression writes; kError after a finding. `fallible` is set for `T!` (else a finding).
TypeId resolve_type(Analysis& analysis, ModuleId module, syntax::TypeExprId id, bool* fallible = nullptr);
/// A type of the language, or built-in refined type, by name; kNoType when there is none.
TypeId builtin_type(TypeTable& types, std::string_view name);
/// The base of a built-in refined type with its length bounds.
std::optional<Type> builtin_refinement(std::string_view name);

/// The file of a lookup, with these columns; false when a finding was reported.
bool read_lookup_file(Analysis& analysis, const LookupSymbol& lookup, ModuleId module, const SettingValue& path, const std::string& key,
                      const std::string& value, LookupFile& file);

/// Settings of a block, resolved. `known` is asked for every key; an empty answer accepts anything.
CheckedSettings check_settings(Analysis& analysis, ModuleId module, const syntax::Settings& settings, std::string_view owner,
                               const std::vector<std::string_view>& known);
SettingValue setting_value(Analysis& analysis, ModuleId module, syntax::ExprId id);

}  // namespace mig::sema
