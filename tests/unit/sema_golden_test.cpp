// Golden findings of the checker: tests/golden/check. Rules have their own cases.
#include <gtest/gtest.h>

#include "compiler/sema/program.h"
#include "tests/harness/finding_expectations.h"

namespace mig {
namespace {

class CheckGolden : public testing::TestWithParam<test::GoldenCase> {};

TEST_P(CheckGolden, FindingsAreTheExpectedOnes) {
  SourceMap sources;
  const std::vector<FileId> files = test::load_golden_case(GetParam(), sources);
  DiagnosticSink sink;
  sema::CheckOptions options;
  options.root = GetParam().files.front().parent_path().string();
  options.max_errors = 1000;
  const sema::SemaResult result = sema::check(sources, files.front(), options, sink);
  EXPECT_EQ(result.ok, !sink.has_errors());
  for (const std::string& failure : test::match_findings(GetParam(), sources, files, sink.all())) ADD_FAILURE() << failure;
}

INSTANTIATE_TEST_SUITE_P(Check, CheckGolden, testing::ValuesIn(test::find_golden_cases(MIGC_SOURCE_DIR "/tests/golden/check")),
                         [](const auto& test_info) { return test_info.param.name; });

}  // namespace
}  // namespace mig
