// Runs the `test` blocks of a spec in an engine: given record in, expectations judged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/kernels.h"
#include "compiler/driver/session.h"
#include "compiler/driver/test_coverage.h"

namespace mig::driver {

enum class TestOutcome : uint8_t { kPassed, kFailed, kCannotRun };

struct TestResult {
  std::string title, subject;
  Span span;  // of the test
  TestOutcome outcome = TestOutcome::kPassed;
  struct Problem {
    Span span;  // of the expectation
    std::string message;
    std::string left, right;  // both sides of a comparison, else empty
  };
  std::vector<Problem> problems;
  std::vector<std::string> issues;  // codes raised, with their verbs, for the output of failures
  std::vector<uint32_t> raised;     // the same as sema::Program::issues
  struct Field {
    std::string name, value;
    std::optional<std::string> literal;  // as an expectation would write the value, if it can
  };
  std::vector<Field> output;  // what came out; empty when nothing did
};

struct TestRunResult {
  std::vector<TestResult> tests;  // in source order, the entry's file first
  std::string engine;
  std::string note;                     // why another engine than wanted is used
  std::vector<CoveragePoint> coverage;  // when it was asked for
};

struct TestOptions {
  Engine engine = Engine::kInterp;
  std::string filter;     // only tests whose title or subject contains it
  bool coverage = false;  // runs in the interpreter, whatever the engine
};

/// The session must be checked without errors.
Result<TestRunResult> run_tests(const Session& session, const TestOptions& options);

}  // namespace mig::driver
