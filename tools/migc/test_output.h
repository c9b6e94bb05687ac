// What `migc test` prints: results and coverage for people, as JSON lines, as JUnit.
#pragma once

#include <string>
#include <vector>

#include "compiler/driver/test_run.h"

namespace mig::cli {

enum class TestFormat : uint8_t { kHuman, kJson, kJunit };

struct TestTotals {
  size_t passed = 0, failed = 0, cannot_run = 0;
};

/// Collects what the specs of one call give; JUnit is one document and comes at the end.
class TestPrinter {
 public:
  TestPrinter(TestFormat format, bool quiet) : format_(format), quiet_(quiet) {}

  /// The results of one spec, tests that passed left out when quiet.
  void results(const driver::Session& session, const driver::TestRunResult& run);
  /// What the tests of one spec reach. W0951 stand in the session's findings; `deny`: they count as failures. `all`: every one of them is
  /// shown, else the first 20.
  void coverage(const driver::Session& session, const std::vector<driver::CoveragePoint>& points, bool deny, bool all);
  /// Something else that was tried: a case of its own. `problem`: why it failed, or "".
  void check(const driver::Session& session, const std::string& subject, const std::string& title, const std::string& problem);
  void finish();
  const TestTotals& totals() const { return totals_; }

 private:
  struct Suite {
    std::string name, cases;
    size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  };
  Suite& suite(const std::string& name);

  TestFormat format_;
  bool quiet_;
  TestTotals totals_;
  std::vector<Suite> suites_;
};

}  // namespace mig::cli
