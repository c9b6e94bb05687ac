#include "compiler/driver/test_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>

#include "compiler/driver/assumed_references.h"
#include "compiler/driver/test_dedupe.h"
#include "compiler/driver/test_measures.h"
#include "compiler/driver/value_literal.h"
#include "compiler/driver/value_text.h"
#include "compiler/interp/interpreter.h"
#include "compiler/interp/standalone_context.h"
#include "compiler/ir/counted_map.h"
#include "compiler/ir/passes/passes.h"
#include "compiler/planner/checks.h"
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
  struct alignas(16) Word {
    uint64_t parts[2] = {0, 0};
  };
  const RecordLayout& layout_;
  std::vector<Word> words_;
};

class TestRunner {
 public:
  /// `measures`: of reconcile blocks, by their index.
  TestRunner(const Session& session, const ir::Lowered& lowered, const KernelSet& kernels, const planner::ParameterValues& parameters,
             const std::map<uint32_t, BlockMeasures>& measures)
      : session_(session),
        program_(*session.checked.program),
        lowered_(lowered),
        kernels_(kernels),
        context_(kernels.prepared()),
        references_(lowered),
        parameters_(parameters),
        measures_(measures) {}

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
    if (!assume(test)) {
      result.outcome = TestOutcome::kFailed;
      result.problems.push_back({symbol.span, "a value of `assume` cannot be computed", {}, {}});
      return result;
    }
    static const RecordLayout kNoFields;
    FrameBytes none(kNoFields), output(test.output_layout), judged(test.check_layout);
    std::deque<FrameBytes> given;
    const RecordLayout& given_layout = test.given_layout;
    for (const uint32_t record : test.given_maps) {
      if (map(record, none, given.emplace_back(given_layout)) == Outcome::kWritten) continue;
      result.outcome = TestOutcome::kFailed;
      result.problems.push_back({symbol.span, "a value of `given` cannot be read as the type of its field", {}, {}});
      return result;
    }
    if (given.empty()) given.emplace_back(given_layout);
    context_.hits.clear();
    Outcome outcome = Outcome::kWritten;
    FrameBytes* judged_frame = &output;
    if (test.reconcile != ir::kNone) {
      count(test, given, result);
    } else if (test.dedupe != ir::kNone) {
      judged_frame = &deduplicate(test, given, outcome);
    } else {
      outcome = map(test.subject_map, given.front(), output);
    }
    const std::vector<IssueHit> hits = context_.hits;
    for (const IssueHit& hit : hits) {
      result.issues.push_back(issue_text(hit));
      if (hit.site < lowered_.program.sites.size()) result.raised.push_back(lowered_.program.sites[hit.site].issue);
    }
    result.raised.insert(result.raised.end(), failed_checks_.begin(), failed_checks_.end());
    if (test.reconcile == ir::kNone && outcome == Outcome::kWritten) {
      for (uint32_t i = 0; i < test.output_layout.fields.size(); ++i) {
        const FieldSlot& field = test.output_layout.fields[i];
        const Cell cell = judged_frame->cell(i);
        const auto& [types, enums] = std::tie(lowered_.program.types, lowered_.program.enums);
        result.output.push_back({field.name, value_text(types, enums, field.type, cell),
                                 value_literal(types, enums, field.type, cell, LiteralUse::kExpected, false)});
      }
    }
    if (test.check_map != ir::kNone && outcome == Outcome::kWritten) map(test.check_map, *judged_frame, judged);
    for (const ir::LoweredExpectation& expected : test.expectations) judge(test, expected, outcome, hits, judged, result);
    if (!result.problems.empty() && result.outcome == TestOutcome::kPassed) result.outcome = TestOutcome::kFailed;
    return result;
  }

 private:
  /// Puts the clock, facts of the record and parameters in place; false when a value has none.
  bool assume(const ir::LoweredTest& test) {
    const auto fact = [](const std::optional<std::string>& given, std::string_view otherwise) {
      const std::string_view text = given ? std::string_view(*given) : otherwise;
      return Text{text.data(), text.size()};
    };
    context_.environment.run_now = test.has_run_now ? test.run_now : kTestNow;
    context_.environment.run_id = fact(test.run_id, "test");
    context_.context.row_source = fact(test.row_source, "test");
    context_.context.row_ordinal = test.row_ordinal;
    failed_checks_.clear();
    assumed_ = parameters_.values;
    context_.environment.parameters = assumed_.data();
    context_.reset();
    context_.environment.references = &references_;
    if (!references_.assume(test, kernels_, context_.context)) return false;
    if (test.assume_map == ir::kNone) return true;
    static const RecordLayout kNoFields;
    FrameBytes none(kNoFields), values(test.assume_layout);
    if (map(test.assume_map, none, values) != Outcome::kWritten) return false;
    for (uint32_t i = 0; i < test.assumed_parameters.size(); ++i) assumed_[test.assumed_parameters[i]] = values.cell(i);
    return true;
  }

  /// The frame of the winner among the given target records. Each loser raises the issue of the block.
  FrameBytes& deduplicate(const ir::LoweredTest& test, std::deque<FrameBytes>& given, Outcome& outcome) {
    const ir::LoweredDedupe& dedupe = lowered_.dedupes[test.dedupe];
    std::vector<uint8_t*> members;
    for (FrameBytes& frame : given) members.push_back(frame.data());
    const DedupedGroups groups = dedupe_frames(lowered_.program, dedupe, test.output_layout, kernels_, context_.context, members);
    if (!groups.merged) outcome = Outcome::kRejected;
    for (uint32_t i = 0; i < groups.losers && dedupe.site != ir::kNone; ++i) context_.hits.push_back({i, dedupe.site, 0, nullptr});
    return given[groups.winner];
  }

  /// Maps the given source records and judges the reconcile block by what became of them.
  void count(const ir::LoweredTest& test, std::deque<FrameBytes>& given, TestResult& result) {
    const sema::CheckBlock& block = program_.reconciles[test.reconcile];
    const auto measures = measures_.find(test.reconcile);
    if (measures == measures_.end() || measures->second.obstacle) {
      result.outcome = TestOutcome::kCannotRun;
      const std::string what = measures == measures_.end() ? "this block" : measures->second.obstacle->what;
      result.problems.push_back({result.span, what + " cannot be tested", {}, {}});
      return;
    }
    planner::MapCounts counts;
    std::deque<FrameBytes> written;
    std::vector<CountedRecord> records;
    for (size_t i = 0; i < test.given_maps.size(); ++i) {
      FrameBytes& output = written.emplace_back(test.output_layout);
      const size_t hits = context_.hits.size();
      const Outcome outcome = map(test.subject_map, given[i], output);
      ++counts.read;
      ++(outcome == Outcome::kWritten ? counts.written : outcome == Outcome::kSkipped ? counts.skipped : counts.rejected);
      CountedRecord& record = records.emplace_back();
      record.source = given[i].data();
      record.outcome = outcome;
      if (outcome == Outcome::kWritten) record.target = output.data();
      for (size_t h = hits; h < context_.hits.size() && record.issue.empty(); ++h) {
        const Issue* issue = issue_of(context_.hits[h]);
        if (issue != nullptr && issue->verb != Verb::kWarn) record.issue = issue->code;
      }
    }
    const std::vector<Measured> measured =
        measure_records(lowered_, measures->second, kernels_, context_.context, test.given_layout, test.output_layout, records);
    planner::MeasuredValues values(measures->second.planned, measured);
    for (const planner::BlockCheck& check : planner::judge_block(program_, block, {{test.counted_map, counts}}, &values)) {
      if (check.holds) continue;
      failed_checks_.push_back(check.issue);
      result.issues.push_back(
          fmt::format("fail {}: {} on the left, {} on the right", program_.issues[check.issue].issue.code, check.left, check.right));
    }
  }

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
    std::string text =
        fmt::format("{} {} at {}:{}:{}", kVerbs[static_cast<size_t>(site.verb)], issue->code, site.file, site.line, site.column);
    if (hit.cause != nullptr) text += fmt::format(": {}", hit.cause);
    return text;
  }

  bool raised(const std::vector<IssueHit>& hits, uint32_t issue) const {
    if (std::find(failed_checks_.begin(), failed_checks_.end(), issue) != failed_checks_.end()) return true;
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
      if (expected.what == What::kIssue && !found)
        result.problems.push_back({expected.span, fmt::format("{} was not raised", code), {}, {}});
      if (expected.what == What::kNoIssue && found) result.problems.push_back({expected.span, fmt::format("{} was raised", code), {}, {}});
      return;
    }
    if (outcome != Outcome::kWritten) {
      result.problems.push_back({expected.span,
                                 outcome == Outcome::kSkipped ? "the record was skipped, so there is no output to compare"
                                                              : "the record was rejected, so there is no output to compare",
                                 {},
                                 {}});
      return;
    }
    const Cell holds = judged.cell(expected.field);
    if (holds.has_value() && holds.boolean) return;
    TestResult::Problem problem{expected.span, holds.has_value() ? "is not so" : "could not be evaluated", {}, {}};
    const auto side = [&](uint32_t field) {
      return field == ir::kNone
                 ? std::string()
                 : value_text(lowered_.program.types, lowered_.program.enums, test.check_layout.fields[field].type, judged.cell(field));
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
  AssumedReferences references_;
  const planner::ParameterValues& parameters_;
  const std::map<uint32_t, BlockMeasures>& measures_;
  std::vector<Cell> assumed_;            // values of the parameters for the test at hand
  std::vector<uint32_t> failed_checks_;  // sema::Program::issues
};

}  // namespace

Result<TestRunResult> run_tests(const Session& session, const TestOptions& options) {
  const sema::Program& program = *session.checked.program;
  ir::LowerRequest request;
  request.probes = options.coverage;
  std::map<uint32_t, BlockMeasures> measures;
  for (uint32_t i = 0; i < program.tests.size(); ++i) {
    request.tests.push_back(i);
    for (const sema::TestSymbol::Subject& subject : program.tests[i].subjects) {
      if (subject.kind != sema::TestSubject::kReconcile || measures.count(subject.index) != 0) continue;
      if (const auto counted = ir::counted_map(program, program.reconciles[subject.index]))
        measures.emplace(subject.index, plan_block_measures(program, session.sources, subject.index, *counted, request.measures));
    }
  }
  ir::Lowered lowered = ir::lower(program, session.sources, request);
  TestRunResult result;
  if (options.coverage) result.coverage = coverage_points(program, session.sources);
  if (lowered.tests.empty()) return result;
  planner::ParameterValues parameters = planner::default_parameters(program);
  std::unique_ptr<Kernels> kernels;
  std::unique_ptr<interp::Interpreter> observed;
  std::vector<uint8_t> marks;
  if (options.coverage) {
    // The program as it was lowered: passes move and drop what the probes name.
    marks.resize(lowered.program.nodes.size());
    std::string error;
    auto prepared = interp::prepare_objects(lowered.program, error);
    if (prepared == nullptr) return Error{ErrorKind::kInternal, error, {}};
    observed = std::make_unique<interp::Interpreter>(lowered.program, stdlib::functions(), std::move(prepared), marks.data());
  } else {
    ir::run_passes(lowered.program, {stdlib::functions(), stdlib::total_functions()});
    KernelOptions how;
    how.engine = options.engine;
    auto made = make_kernels(lowered.program, how);
    if (!made) return made.error();
    kernels = std::move(*made);
    result.note = kernels->note();
  }
  const KernelSet& set = observed != nullptr ? *observed : kernels->set();
  result.engine = set.engine();
  TestRunner runner(session, lowered, set, parameters, measures);
  for (const ir::LoweredTest& test : lowered.tests) {
    const std::string& title = program.tests[test.test].name;
    const std::string& filter = options.filter;
    if (!filter.empty() && title.find(filter) == std::string::npos && test.subject_name.find(filter) == std::string::npos) continue;
    result.tests.push_back(runner.run(test));
  }
  if (options.coverage) {
    mark_reached(lowered, marks, result.coverage);
    for (CoveragePoint& point : result.coverage) {
      const auto raises = [&](const TestResult& test) {
        return std::find(test.raised.begin(), test.raised.end(), point.issue) != test.raised.end();
      };
      if (point.kind == CoveragePoint::Kind::kIssue) point.reached = std::any_of(result.tests.begin(), result.tests.end(), raises);
    }
  }
  return result;
}

}  // namespace mig::driver
