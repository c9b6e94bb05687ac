// The state that all phases of the checker share: the program being built, names by module, findings.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/sema/program.h"

namespace mig::sema {

struct ImportedSchemas;

/// Kinds of declarations, each with its own names.
enum class NameKind : uint8_t {
  kModule,
  kParam,
  kType,
  kEnum,
  kSchema,
  kSource,
  kTarget,
  kLookup,
  kTable,
  kFn,
  kIssue,
  kMap,
  kReconcile,
  kSync,
  kStage,
  kRollback,
  kItem,
  kEnvironment
};
constexpr size_t kNameKinds = static_cast<size_t>(NameKind::kEnvironment) + 1;
std::string_view name_kind_text(NameKind kind);  // "source"

using NameTable = std::array<std::unordered_map<std::string, uint32_t>, kNameKinds>;

/// Where a wanted type comes from, so that a mismatch can show both sides.
struct Want {
  TypeId type = kNoType;
  std::string subject;  // "`last_name`": what takes the value
  Span declared;        // may be invalid
  std::string origin;   // "schema Contact": may be empty
};

class Analysis {
 public:
  Analysis(SourceMap& source_map, const CheckOptions& check_options)
      : sources(source_map), options(check_options), program(std::make_unique<Program>()) {}

  SourceMap& sources;
  const CheckOptions& options;
  std::unique_ptr<Program> program;
  std::vector<NameTable> names;  // by module
  std::deque<Diagnostic> findings;

  TypeTable& types() { return program->types; }
  const Type& type(TypeId id) { return program->types[id]; }
  syntax::Module& tree(ModuleId module) { return program->modules[module].tree; }

  Diagnostic& report(Code code, Span span, std::string message, std::string label = {});

  std::optional<uint32_t> find(NameKind kind, ModuleId module, std::string_view name) const;
  /// `geo.name` or `name`; the qualifier is an import's alias. Reports an unknown name of that kind unless `quiet`.
  std::optional<uint32_t> resolve(NameKind kind, ModuleId module, const syntax::Path& path, bool quiet = false);
  std::optional<uint32_t> resolve(NameKind kind, ModuleId module, const syntax::Name& name, bool quiet = false);
  /// Adds "did you mean" when a candidate is near; a spec with very many mistakes gets no more suggestions.
  void suggest(Diagnostic& finding, std::string_view word, Span span, const std::vector<std::string_view>& candidates);
  bool suggests() const { return suggestions_ < kMaxSuggestions; }
  std::vector<std::string_view> names_of(NameKind kind, ModuleId module) const;

  uint32_t merge_lineages(uint32_t a, uint32_t b) { return merge(program->lineages, lineage_ids_, lineage_merges_, a, b); }
  uint32_t lineage_of(uint32_t field) { return intern(program->lineages, lineage_ids_, {field}); }
  uint32_t merge_labels(uint32_t a, uint32_t b) { return merge(program->label_sets, label_ids_, label_merges_, a, b); }
  uint32_t labels_of(std::vector<uint32_t> classes) { return intern(program->label_sets, label_ids_, std::move(classes)); }

  /// `last_name` in `schema Contact, line 96`
  std::string place(Span span) const;
  std::string type_text(TypeId id);

  /// Schema files read so far, and what they say beyond the schemas' fields.
  std::shared_ptr<ImportedSchemas> imported_schemas;
  /// E0501, once a code and file.
  void report_undeclared_issue(ModuleId module, const syntax::Path& code);

 private:
  static constexpr size_t kMaxSuggestions = 200;
  struct SetHash {
    size_t operator()(const std::vector<uint32_t>& set) const;
  };
  using SetIds = std::unordered_map<std::vector<uint32_t>, uint32_t, SetHash>;
  using Merges = std::unordered_map<uint64_t, uint32_t>;
  static uint32_t intern(std::vector<std::vector<uint32_t>>& sets, SetIds& ids, std::vector<uint32_t> set);
  static uint32_t merge(std::vector<std::vector<uint32_t>>& sets, SetIds& ids, Merges& merges, uint32_t a, uint32_t b);
  SetIds lineage_ids_, label_ids_;
  Merges lineage_merges_, label_merges_;
  std::unordered_set<std::string> undeclared_issues_;
  size_t suggestions_ = 0;
};

/// Orders nodes so that each follows what it depends on; nodes of a cycle stand together in `cycles`. Iterative.
struct DependencyOrder {
  std::vector<uint32_t> order;
  std::vector<std::vector<uint32_t>> cycles;
};
DependencyOrder order_by_dependencies(const std::vector<std::vector<uint32_t>>& edges);

/// The names that stand as expressions or types inside a declaration, by text: for dependency graphs before anything is resolved.
class NameUses {
 public:
  explicit NameUses(const syntax::Module& tree);
  struct Use {
    std::string_view qualifier, name;
    Span span;
  };
  void in_expressions(Span span, const std::function<void(const Use&)>& visit) const;
  void in_types(Span span, const std::function<void(const Use&)>& visit) const;

 private:
  std::vector<Use> expressions_, types_;  // by position
};

}  // namespace mig::sema
