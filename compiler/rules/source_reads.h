// Which fields of each source are read by maps, keys, filters, profiles, reconciliations and streams, and which are ignored.
#pragma once

#include <optional>
#include <vector>

#include "compiler/rules/record_parts.h"

namespace mig::rules {

struct SourceReads {
  std::vector<Span> read;            // by field of the source's schema: the first place in a map that reads it; invalid when none does
  std::vector<bool> needed;          // by field: read by a map or by something else
  std::vector<Span> ignored;         // by field: where an `ignore` names it
  std::vector<uint32_t> maps;        // Program::maps over this source
  std::optional<RecordParts> parts;  // the same with the records in the fields; none for a source without a known schema
  bool broken = false;               // something about it could not be read: say nothing
};

/// Parallel to Program::sources.
std::vector<SourceReads> read_sources(const RuleContext& context);

/// The source field that an expression of a map names, by its text; kNone for anything else.
uint32_t source_field_of(const RuleContext& context, const sema::MapSymbol& map, ExprRef ref);

}  // namespace mig::rules
