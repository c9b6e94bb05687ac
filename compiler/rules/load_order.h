// Which targets must be written before which others: foreign keys, and calls of `ref` and `target_of`.
#pragma once

#include <string>
#include <vector>

#include "compiler/rules/rule_context.h"

namespace mig::rules {

/// `child` needs rows of `parent` first.
struct LoadEdge {
  uint32_t child = kNone, parent = kNone;    // Program::targets
  Span place;                                // the @references attribute, or the call
  std::string path;                          // "contacts.reports_to -> contacts.id"
  const sema::SchemaField* field = nullptr;  // null for a call outside a field with @references; not owned
};

/// Edges that no `deferred: true` takes away; only between targets that maps write.
std::vector<LoadEdge> load_edges(const RuleContext& context);
/// Parallel to Program::targets: the maps that write it.
std::vector<std::vector<uint32_t>> maps_by_target(const RuleContext& context);
/// Records of these maps can be left behind or merged into others.
bool can_lack_records(const RuleContext& context, uint32_t target, const std::vector<uint32_t>& maps);

}  // namespace mig::rules
