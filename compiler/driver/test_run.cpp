#include "compiler/driver/test_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "compiler/driver/value_text.h"
#include "compiler/interp/standalone_context.h"
#include "compiler/ir/passes/passes.h"
#include "stdlib/function.h"
#include "stdlib/total_functions.h"

namespace mig::driver {
namespace {

constexpr int64_t kTestNow = 946'684'800'000'000;  // 2000-01-01T00:00:00Z

/// One frame of a layout, zeroed.
class FrameBytes {
 public:
  explicit FrameBytes(const RecordLayout& layout) : layout_(layout), words_(std::max<size_t>(layout.stride, 16) / sizeof(Word)) {}
  uint8_t* data() { return reinterpret_cast<uint8_t*>(words_.data()); }
  Cell cell(uint32_t field) { return load_cell(data(), layout_, field); }

 private:
  struct alignas(16) Word { uint64_t parts[2] = {0, 0}; };
  const RecordLayout& layout_;
  std::vector<Word> words_;
};

class TestRunner {
 public:
  TestRunner(const Session& session, const ir::Lowered& lowered, const KernelSet& kernels, const planner::ParameterValues& parameters)
      : session_(session), program_(*session.checked.program), lowered_(lowered), kernels_(kernels), context_(kernels.prepared()) {
    context_.environment.parameters = parameters.values.data();
    context_.environment.run_id = {"test", 4};
    context_.context.row_source = {"test", 4};
  }

  TestResult run(const ir::LoweredTest& test) {
    const sema::TestSymbol& symbol = program_.tests[test.test];
    TestResult result;
    result.title = symbol.name;
    result.subject = test.subject_name;
    result.span = symbol.span;
    if (!test.cannot_run.empty()) {
      result.outcome = TestOutcome::kCannotRun;
      result.problems.push_back({symbol.span, test.cannot_run, {}, {}});
      return result;
    }
    context_.environment.run_now = test.has_run_now ? test.run_now : kTestNow;
    context_.reset();
    static const RecordLayout kNoFields;
    FrameBytes none(kNoFields), given(test.given_layout), output(test.output_layout), judged(test.check_layout);
    if (test.given_map != ir::kNone && map(test.given_map, none, given) != Outcome::kWritten) {
      result.outcome = TestOutcome::kFailed;
      result.problems.push_back({symbol.span, "a value of `given` cannot be read as the type of its field", {}, {}});
      return result;
    }
    context_.hits.clear();
    const Outcome outcome = map(test.subject_map, given, output);
    const std::vector<IssueHit> hits = context_.hits;
    for (const IssueHit& hit : hits) result.issues.push_back(issue_text(hit));
    if (test.check_map != ir::kNone && outcome == Outcome::kWritten) map(test.check_map, output, judged);
    for (const ir::LoweredExpectation& expected : test.expectations) judge(test, expected, outcome, hits, judged, result);
    if (!result.problems.empty()) result.outcome = TestOutcome::kFailed;
    return result;
  }

 private:
  Outcome map(uint32_t index, FrameBytes& input, FrameBytes& output) {
    Outcome outcome = Outcome::kWritten;
    kernels_.kernel(index).run(context_.context, input.data(), output.data(), 1, &outcome);
    return outcome;
  }

  const Issue* issue_of(const IssueHit& hit) const {
    return hit.site < lowered_.program.sites.size() ? &lowered_.program.issues[lowered_.program.sites[hit.site].issue] : nullptr;
  }

  std::string issue_text(const IssueHit& hit) const {
    const Issue* issue = issue_of(hit);
    if (issue == nullptr) return "an internal problem";
    static const char* const kVerbs[] = {"reject", "skip", "warn", "fail"};
    const Site& site = lowered_.program.sites[hit.site];
    std::string text = fmt::format("{} {} at {}:{}:{}", kVerbs[static_cast<size_t>(site.verb)], issue->code, site.file, site.line, site.column);
    if (hit.cause != nullptr) text += fmt::format(": {}", hit.cause);
    return text;
  }

  bool raised(const std::vector<IssueHit>& hits, uint32_t issue) const {
    return std::any_of(hits.begin(), hits.end(), [&](const IssueHit& hit) {
      return hit.site < lowered_.program.sites.size() && lowered_.program.sites[hit.site].issue == issue;
    });
  }

  void judge(const ir::LoweredTest& test, const ir::LoweredExpectation& expected, Outcome outcome, const std::vector<IssueHit>& hits,
             FrameBytes& judged, TestResult& result) {
    using What = ir::LoweredExpectation::What;
    if (expected.what != What::kCondition) {
      const bool found = expected.issue != ir::kNone && raised(hits, expected.issue);
      const std::string code = expected.issue != ir::kNone ? program_.issues[expected.issue].issue.code : "?";
      if (expected.what == What::kIssue && !found) result.problems.push_back({expected.span, fmt::format("{} was not raised", code), {}, {}});
      if (expected.what == What::kNoIssue && found) result.problems.push_back({expected.span, fmt::format("{} was raised", code), {}, {}});
      return;
    }
    if (outcome != Outcome::kWritten) {
      result.problems.push_back({expected.span, outcome == Outcome::kSkipped ? "the record was skipped, so there is no output to compare"
                                                                             : "the record was rejected, so there is no output to compare", {}, {}});
      return;
    }
    const Cell holds = judged.cell(expected.field);
    if (holds.has_value() && holds.boolean) return;
    TestResult::Problem problem{expected.span, holds.has_value() ? "is not so" : "could not be evaluated", {}, {}};
    const auto side = [&](uint32_t field) {
      return field == ir::kNone ? std::string() : value_text(lowered_.program.types, lowered_.program.enums, test.check_layout.fields[field].type, judged.cell(field));
    };
    problem.left = side(expected.left);
    problem.right = side(expected.right);
    result.problems.push_back(std::move(problem));
  }

  const Session& session_;
  const sema::Program& program_;
  const ir::Lowered& lowered_;
  const KernelSet& kernels_;
  interp::StandaloneContext context_;
};

}  // namespace

Result<TestRunResult> run_tests(const Session& session, Engine engine, const std::string& filter) {
  const sema::Program& program = *session.checked.program;
  ir::LowerRequest request;
  for (uint32_t i = 0; i < program.tests.size(); ++i) request.tests.push_back(i);
  ir::Lowered lowered = ir::lower(program, session.sources, request);
  TestRunResult result;
  if (lowered.tests.empty()) return result;
  ir::run_passes(lowered.program, {stdlib::functions(), stdlib::total_functions()});
  planner::ParameterValues parameters = planner::default_parameters(program);
  auto kernels = make_kernels(lowered.program, {engine, {}, false});
  if (!kernels) return kernels.error();
  result.engine = (*kernels)->set().engine();
  result.note = (*kernels)->report().note;
  TestRunner runner(session, lowered, (*kernels)->set(), parameters);
  for (const ir::LoweredTest& test : lowered.tests) {
    const std::string& title = program.tests[test.test].name;
    if (!filter.empty() && title.find(filter) == std::string::npos && test.subject_name.find(filter) == std::string::npos) continue;
    result.tests.push_back(runner.run(test));
  }
  return result;
}

}  // namespace mig::driver
