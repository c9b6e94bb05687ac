// Counts and limits the syntax findings of one file on their way to the sink.
#pragma once

#include "compiler/base/diagnostic.h"
#include "compiler/syntax/parse.h"

namespace mig::syntax {

class Reporter {
 public:
  explicit Reporter(DiagnosticSink& sink) : sink_(sink) {}

  // Errors after the kMaxSyntaxErrors-th are counted and dropped.
  void report(Diagnostic diagnostic) {
    if (diagnostic.severity == Severity::error && ++errors_ > kMaxSyntaxErrors) return;
    sink_.report(std::move(diagnostic));
  }
  std::size_t errors() const { return errors_; }
  bool full() const { return errors_ >= kMaxSyntaxErrors; }

 private:
  DiagnosticSink& sink_;
  std::size_t errors_ = 0;
};

}  // namespace mig::syntax
