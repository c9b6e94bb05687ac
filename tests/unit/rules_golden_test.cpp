// Golden findings of the rules, with what type checking says about the same specs: tests/golden/rules.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>

#include "compiler/rules/profile.h"
#include "compiler/rules/rules.h"
#include "tests/harness/finding_expectations.h"

namespace mig {
namespace {

const char* const kCases = MIGC_SOURCE_DIR "/tests/golden/rules";

std::unique_ptr<sema::Program> check(SourceMap& sources, FileId entry, const std::string& root, DiagnosticSink& sink) {
  sema::CheckOptions options;
  options.root = root;
  sema::SemaResult result = sema::check(sources, entry, options, sink);
  rules::run_rules(*result.program, sources, sink);
  return std::move(result.program);
}

class RulesGolden : public testing::TestWithParam<test::GoldenCase> {};

TEST_P(RulesGolden, FindingsAreTheExpectedOnes) {
  SourceMap sources;
  const std::vector<FileId> files = test::load_golden_case(GetParam(), sources);
  DiagnosticSink sink;
  check(sources, files[0], GetParam().files[0].parent_path().string(), sink);
  for (const std::string& failure : test::match_findings(GetParam(), sources, files, sink.all())) ADD_FAILURE() << failure;
}

INSTANTIATE_TEST_SUITE_P(Cases, RulesGolden, testing::ValuesIn(test::find_golden_cases(kCases)),
                         [](const auto& test_info) { return test_info.param.name; });

// The same with counts of the data: tests/golden/profile, each case with the counts of profile.json.
TEST(Rules, FindingsFromAProfileAreTheExpectedOnes) {
  std::ifstream file(MIGC_SOURCE_DIR "/tests/golden/profile/profile.json");
  std::ostringstream json;
  json << file.rdbuf();
  std::string problem;
  const auto profile = rules::read_profile(json.str(), problem);
  ASSERT_TRUE(profile.has_value()) << problem;
  for (const test::GoldenCase& golden : test::find_golden_cases(MIGC_SOURCE_DIR "/tests/golden/profile")) {
    SourceMap sources;
    const std::vector<FileId> files = test::load_golden_case(golden, sources);
    DiagnosticSink sink;
    sema::CheckOptions options;
    options.root = golden.files[0].parent_path().string();
    const sema::SemaResult result = sema::check(sources, files[0], options, sink);
    rules::run_rules(*result.program, sources, sink, &*profile);
    for (const std::string& failure : test::match_findings(golden, sources, files, sink.all())) ADD_FAILURE() << failure;
  }
}

// What the counts say stands with the findings: numbers worked out by hand from the profile below.
TEST(Rules, FindingsTellWhatTheDataSays) {
  const std::string spec = R"mig(privacy { class contact.email "an address" }
enum Told { subscribed, unsubscribed }
schema Row { id: string @key  vat_no?: string?  born: string  name: string  said: string  extra?: string?  mail: string @pii(contact.email) }
schema Out { id: string @key  vat_no: string  born: date  name: string(..20)  said: Told  when: date }
table told_of: string -> Told via trim, lower { "active" => subscribed, "left" => unsubscribed }
source rows: Row from ndjson("a.ndjson")
target outs: Out into ndjson("b.ndjson") { write = replace }
map m: rows as r -> outs as out {
  id = r.id
  vat_no = r.vat_no
  born = r.born |> trim |> parse_date(["%Y-%m-%d"])
  name = r.name
  said = told_of(r.said)
  when = parse_date(r.mail, ["%Y-%m-%d"])
}
)mig";
  const std::string counts = R"json({ "sources": { "rows": { "records": 10000, "fields": {
    "vat_no": { "null": 1200 }, "extra": { "null": 880 }, "name": { "null": 0, "longest": 188 },
    "born": { "null": 0, "values": { "1984-05-06": 9962, " 2001-01-02 ": 3, "0000-00-00": 30, "1984": 5 } },
    "mail": { "null": 0, "values": { "ann@example.com": 7 } },
    "said": { "null": 0, "values": { " Active": 9000, "cleaned": 412, "LEFT": 100, "caf\u00e9": 1 } } } } } })json";
  std::string problem;
  const auto profile = rules::read_profile(counts, problem);
  ASSERT_TRUE(profile.has_value()) << problem;
  SourceMap sources;
  const FileId entry = sources.add("a.mig", spec);
  DiagnosticSink sink;
  const sema::SemaResult result = sema::check(sources, entry, {}, sink);
  rules::run_rules(*result.program, sources, sink, &*profile);
  std::multiset<std::string> evidence;
  for (const Diagnostic& finding : sink.all()) {
    for (const Note& note : finding.notes) {
      if (note.label == "evidence") evidence.insert(std::string(code_text(finding.code)) + " " + note.text);
    }
  }
  const std::multiset<std::string> expected = {
      "E0311 `vat_no` is null in 1200 of 10000 profiled records (12%)",
      "E0301 35 of 10000 profiled records (0.4%) hold a `born` that fails here: `0000-00-00` (30), `1984` (5)",
      "E0301 7 of 10000 profiled records (0.1%) hold a `mail` that fails here",
      "E0221 the longest `name` of the profile has 188 characters",
      "W0411 `extra` has a value in 9120 of 10000 profiled records (91.2%)",
      "E0513 413 of 10000 profiled records (4.1%) hold a `said` that is in no row of told_of: `cleaned` (412), `caf\u00e9` (1)",
  };
  EXPECT_EQ(evidence, expected);
}

TEST(Rules, DamagedProfilesAreRefused) {
  for (const char* text : {"", "[", "{", "{\"sources\": 1}", "{\"sources\": {\"a\": {\"records\": \"x\"}}}", "{} {}", "{\"a\": [[[}"}) {
    std::string problem;
    EXPECT_FALSE(rules::read_profile(text, problem).has_value()) << text;
    EXPECT_NE(problem, "") << text;
  }
  std::string problem;
  EXPECT_FALSE(rules::read_profile("{\"a\":" + std::string(100000, '['), problem).has_value());
}

TEST(Rules, EveryCodeOfARuleHasACase) {
  std::set<std::string> expected;
  std::vector<test::GoldenCase> cases = test::find_golden_cases(kCases);
  for (test::GoldenCase& golden : test::find_golden_cases(MIGC_SOURCE_DIR "/tests/golden/profile")) cases.push_back(std::move(golden));
  for (const test::GoldenCase& golden : cases) {
    SourceMap sources;
    for (const FileId file : test::load_golden_case(golden, sources)) {
      for (const test::Expectation& expectation : test::read_expectations(sources, file)) expected.insert(expectation.code);
    }
  }
  for (const rules::Rule& rule : rules::rule_list()) {
    std::istringstream codes{std::string(rule.codes)};
    for (std::string code; codes >> code;) {
      EXPECT_TRUE(find_code(code).has_value()) << code;
      EXPECT_EQ(expected.count(code), 1u) << code << " of rule " << rule.id << " has no case";
    }
  }
}

TEST(Rules, HazardsOfTheSourceScriptAreReported) {
  const std::string root = MIGC_SOURCE_DIR "/specs/programs/contacts";
  std::ifstream file(root + "/seed_literal.mig");
  std::ostringstream text;
  text << file.rdbuf();
  SourceMap sources;
  const FileId entry = sources.add("seed_literal.mig", text.str());
  DiagnosticSink sink;
  check(sources, entry, root, sink);
  std::set<std::string> found;
  for (const Diagnostic& finding : sink.all()) found.insert(std::string(code_text(finding.code)));
  for (const char* code : {"W0263", "W0431", "E0531", "E0532", "W0231", "E0232", "W0302", "W0521", "W0251", "W0252", "E0311"}) {
    EXPECT_EQ(found.count(code), 1u) << code;
  }
}

// A table of thousands of columns is checked while somebody types.
TEST(Rules, WideSpecsAreQuick) {
  std::string text = "schema Row {\n  id: string @key\n", fields, assignments;
  for (int i = 0; i < 5000; ++i) {
    fields += "  f" + std::to_string(i) + "?: string?\n";
    assignments += "  f" + std::to_string(i) + " = r.f" + std::to_string(i) + " |?> trim |?> non_empty ?? keep\n";
  }
  text +=
      fields + "}\nsource rows: Row from csv(\"a.csv\") { header = true }\ntarget out_rows: Row into csv(\"b.csv\") { write = replace }\n";
  text += "map copies: rows as r -> out_rows as out {\n  id = r.id\n" + assignments + "}\n";
  SourceMap sources;
  const FileId entry = sources.add("wide.mig", text);
  DiagnosticSink sink;
  const sema::SemaResult result = sema::check(sources, entry, {}, sink);
  const auto start = std::chrono::steady_clock::now();
  rules::run_rules(*result.program, sources, sink);
  RecordProperty("milliseconds",
                 static_cast<int>(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count()));
  EXPECT_EQ(sink.count(Severity::error), 0u);
}

}  // namespace
}  // namespace mig
