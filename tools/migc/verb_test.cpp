// migc test: runs the `test` blocks of a spec.
#include <fmt/format.h>

#include <cstdio>

#include "compiler/base/finding_report.h"
#include "compiler/driver/test_run.h"
#include "tools/migc/crash_report.h"
#include "tools/migc/engine_option.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/json_text.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

using driver::TestOutcome;
using driver::TestResult;

std::string place(const driver::Session& session, Span span) {
  if (!span.valid()) return session.spec_file;
  const LineColumn at = session.sources.position(span);
  return fmt::format("{}:{}:{}", session.sources.name(span.file), at.line, at.column);
}

std::string line_of(const driver::Session& session, Span span) {
  return span.valid() ? std::string(session.sources.line_text(span.file, session.sources.position(span).line)) : std::string();
}

void print_failure(const driver::Session& session, const TestResult& test, const Style& style) {
  for (const TestResult::Problem& problem : test.problems) {
    std::string line = line_of(session, problem.span);
    line.erase(0, line.find_first_not_of(' ') == std::string::npos ? 0 : line.find_first_not_of(' '));
    fmt::print("     {}{}{}: {}\n", style.dim, place(session, problem.span), style.plain, problem.message);
    if (!line.empty()) fmt::print("       {}\n", line);
    if (!problem.left.empty()) fmt::print("       {}left {} {}\n", style.error, style.plain, problem.left);
    if (!problem.right.empty()) fmt::print("       {}right{} {}\n", style.good, style.plain, problem.right);
  }
  if (test.outcome == TestOutcome::kFailed) {
    for (const std::string& issue : test.issues) fmt::print("       raised: {}\n", issue);
  }
}

const char* outcome_name(TestOutcome outcome) {
  switch (outcome) {
    case TestOutcome::kPassed: return "passed";
    case TestOutcome::kFailed: return "failed";
    case TestOutcome::kCannotRun: return "cannot_run";
  }
  return "";
}

void print_json(const driver::Session& session, const driver::TestRunResult& run) {
  for (const TestResult& test : run.tests) {
    std::string problems;
    for (const TestResult::Problem& problem : test.problems) {
      problems += fmt::format("{}{{\"at\":{},\"message\":{},\"left\":{},\"right\":{}}}", problems.empty() ? "" : ",",
                              json_text(place(session, problem.span)), json_text(problem.message), json_text(problem.left),
                              json_text(problem.right));
    }
    fmt::print("{{\"test\":{},\"subject\":{},\"at\":{},\"outcome\":\"{}\",\"engine\":{},\"problems\":[{}]}}\n", json_text(test.title),
               json_text(test.subject), json_text(place(session, test.span)), outcome_name(test.outcome), json_text(run.engine), problems);
  }
}

/// JUnit XML: a suite a spec, a case a test. A test that cannot run yet is an error, as it counts as failed.
std::string junit_suite(const driver::Session& session, const driver::TestRunResult& run) {
  std::string cases;
  size_t failures = 0, errors = 0;
  for (const TestResult& test : run.tests) {
    cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\">", xml_text(test.subject), xml_text(test.title),
                         xml_text(session.sources.name(test.span.file)));
    if (test.outcome != TestOutcome::kPassed) {
      std::string text;
      for (const TestResult::Problem& problem : test.problems) {
        text += fmt::format("{}: {}\n", place(session, problem.span), problem.message);
        if (!problem.left.empty()) text += fmt::format("  left  {}\n", problem.left);
        if (!problem.right.empty()) text += fmt::format("  right {}\n", problem.right);
      }
      const bool failed = test.outcome == TestOutcome::kFailed;
      (failed ? failures : errors) += 1;
      cases += fmt::format("<{0} type=\"{1}\" message=\"{2}\">{3}</{0}>", failed ? "failure" : "error", outcome_name(test.outcome),
                           xml_text(test.problems.empty() ? "" : test.problems[0].message), xml_text(text));
    }
    cases += "</testcase>\n";
  }
  return fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n{}  </testsuite>\n",
                     xml_text(session.spec_file), run.tests.size(), failures, errors, cases);
}

int run_test(const Arguments& arguments) {
  if (arguments.operands().empty()) return usage_error("test", "which spec? For example: migc test contacts.mig");
  const bool json = arguments.value("format") == "json", junit = arguments.value("format") == "junit";
  const Style style = style_of(stdout);
  std::string suites;
  size_t passed = 0, failed = 0, cannot = 0;
  int exit = kOk;
  for (const std::string& file : arguments.operands()) {
    const auto session = checked_spec("test", {file}, json, exit);
    if (session == nullptr) return exit;
    const auto engine = engine_option(arguments, driver::Engine::kInterp);
    auto run = driver::run_tests(*session, engine, arguments.value("filter").value_or(""));
    if (!run) {
      if (run.error().kind == ErrorKind::kInternal) return report_internal_error(run.error().message);
      print_error(stderr, run.error());
      return kUsage;
    }
    if (!run->note.empty()) fmt::print(stderr, "migc: {}\n", run->note);
    if (json) print_json(*session, *run);
    if (junit) suites += junit_suite(*session, *run);
    for (const TestResult& test : run->tests) {
      const bool good = test.outcome == TestOutcome::kPassed;
      (good ? passed : test.outcome == TestOutcome::kFailed ? failed : cannot) += 1;
      if (json || junit || (good && arguments.has("quiet"))) continue;
      const char* colour = good ? style.good : test.outcome == TestOutcome::kFailed ? style.error : style.warning;
      fmt::print("{}{}{} {} {}({}){}\n", colour,
                 good                                   ? "ok  "
                 : test.outcome == TestOutcome::kFailed ? "FAIL"
                                                        : "SKIP",
                 style.plain, test.title, style.dim, test.subject, style.plain);
      if (!good) print_failure(*session, test, style);
    }
  }
  if (junit) {
    fmt::print(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"migc test\" tests=\"{}\" failures=\"{}\" "
        "errors=\"{}\">\n{}</testsuites>\n",
        passed + failed + cannot, failed, cannot, suites);
  } else if (!json) {
    fmt::print("{}{} passed{}, {} failed{}\n", style.bold, passed, style.plain, failed,
               cannot != 0 ? fmt::format(", {} cannot run yet", cannot) : "");
  }
  return failed + cannot != 0 ? kFindings : kOk;
}

}  // namespace

Verb test_verb() {
  return {.name = "test",
          .summary = "runs the tests written in the spec",
          .operands = "SPEC.mig...",
          .description =
              "Each `test` block gives a record (or the arguments of a function or table) and says what must come\n"
              "out. Nothing is read from sources or written to targets. `run.now` is 2000-01-01T00:00:00Z unless\n"
              "the test assumes another. A test that cannot run yet counts as failed.\n",
          .options = {engine_choice(),
                      {.name = "filter", .value = "TEXT", .help = "only tests whose title or subject contains this"},
                      {.name = "quiet", .help = "do not list tests that pass"},
                      {.name = "format",
                       .value = "human|json|junit",
                       .help = "json: one test a line; junit: one XML document; on stdout",
                       .offer = Offer::kChoices,
                       .choices = "human json junit"}},
          .examples = {{"migc test contacts.mig", "all tests, in the interpreter"},
                       {"migc test --engine=jit contacts.mig", "the same through compiled code"},
                       {"migc test --filter bounced contacts.mig", "one of them"}},
          .run = run_test};
}

}  // namespace mig::cli
