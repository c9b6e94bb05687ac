// Runs the `test` blocks of a spec in an engine: given record in, expectations judged.
#pragma once

#include <string>
#include <vector>

#include "compiler/driver/kernels.h"
#include "compiler/driver/session.h"

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
};

struct TestRunResult {
  std::vector<TestResult> tests;  // in source order, the entry's file first
  std::string engine;
  std::string note;  // why another engine than wanted is used
};

/// `filter`: only tests whose title or subject contains it. The session must be checked without errors.
Result<TestRunResult> run_tests(const Session& session, Engine engine, const std::string& filter);

}  // namespace mig::driver
