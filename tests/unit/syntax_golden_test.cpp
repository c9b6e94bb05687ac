// Golden syntax findings: tests/golden/syntax/errors.
#include <gtest/gtest.h>

#include "compiler/syntax/parse.h"
#include "tests/harness/finding_expectations.h"

namespace mig {
namespace {

class SyntaxGolden : public testing::TestWithParam<test::GoldenCase> {};

TEST_P(SyntaxGolden, FindingsAreTheExpectedOnes) {
  SourceMap sources;
  const std::vector<FileId> files = test::load_golden_case(GetParam(), sources);
  DiagnosticSink sink;
  for (const FileId file : files) syntax::parse_file(sources, file, sink);
  sink.sort();
  for (const std::string& failure : test::match_findings(GetParam(), sources, files, sink.all())) ADD_FAILURE() << failure;
}

INSTANTIATE_TEST_SUITE_P(Errors, SyntaxGolden, testing::ValuesIn(test::find_golden_cases(MIGC_SOURCE_DIR "/tests/golden/syntax/errors")),
                         [](const auto& test_info) { return test_info.param.name; });

TEST(SyntaxGolden, EverySyntaxCodeHasACase) {
  std::string missing;
  std::string all;
  for (const test::GoldenCase& golden : test::find_golden_cases(MIGC_SOURCE_DIR "/tests/golden/syntax/errors")) {
    SourceMap sources;
    for (const FileId file : test::load_golden_case(golden, sources)) {
      for (const test::Expectation& expectation : test::read_expectations(sources, file)) all += expectation.code + " ";
    }
  }
  for (const Code code : all_codes()) {
    const std::string text(code_text(code));
    if (text.substr(1, 2) != "00") continue;
    if (all.find(text) == std::string::npos) missing += text + " ";
  }
  EXPECT_EQ(missing, "");
}

}  // namespace
}  // namespace mig
