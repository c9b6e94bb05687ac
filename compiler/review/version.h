// A version of a spec under comparison.
#pragma once

#include <string>

#include "compiler/review/canonical.h"

namespace mig::review {

/// One version of a spec with what a comparison asks of it.
struct Version {
  Version(const sema::Program& checked, const SourceMap& source_map)
      : program(checked), context(checked, source_map, sink), canonical(context) {}
  const sema::Program& program;
  DiagnosticSink sink;
  rules::RuleContext context;
  Canonical canonical;
  std::string type(TypeId id) const { return id == kNoType ? "?" : program.types.text(id); }
};

}  // namespace mig::review
