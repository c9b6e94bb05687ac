#include "tools/migc/test_output.h"

#include <fmt/format.h>

#include <cstdio>

#include "compiler/base/finding_report.h"
#include "compiler/base/render_terminal.h"
#include "tools/migc/json_text.h"
#include "tools/migc/terminal.h"

namespace mig::cli {
namespace {

using driver::CoveragePoint;
using driver::TestOutcome;
using driver::TestResult;

constexpr size_t kShownUntested = 20;

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

void print_json(const driver::Session& session, const TestResult& test, const std::string& engine) {
  std::string problems;
  for (const TestResult::Problem& problem : test.problems) {
    problems +=
        fmt::format("{}{{\"at\":{},\"message\":{},\"left\":{},\"right\":{}}}", problems.empty() ? "" : ",",
                    json_text(place(session, problem.span)), json_text(problem.message), json_text(problem.left), json_text(problem.right));
  }
  fmt::print("{{\"test\":{},\"subject\":{},\"at\":{},\"outcome\":\"{}\",\"engine\":{},\"problems\":[{}]}}\n", json_text(test.title),
             json_text(test.subject), json_text(place(session, test.span)), outcome_name(test.outcome), json_text(engine), problems);
}

std::string junit_problems(const driver::Session& session, const TestResult& test) {
  std::string text;
  for (const TestResult::Problem& problem : test.problems) {
    text += fmt::format("{}: {}\n", place(session, problem.span), problem.message);
    if (!problem.left.empty()) text += fmt::format("  left  {}\n", problem.left);
    if (!problem.right.empty()) text += fmt::format("  right {}\n", problem.right);
  }
  return text;
}

const char* kind_key(CoveragePoint::Kind kind) {
  switch (kind) {
    case CoveragePoint::Kind::kArm: return "arm";
    case CoveragePoint::Kind::kRow: return "row";
    case CoveragePoint::Kind::kValue: return "success";
    case CoveragePoint::Kind::kHandler: return "failure";
    case CoveragePoint::Kind::kIssue: return "issue";
  }
  return "";
}

void print_coverage_json(const driver::Session& session, const std::vector<CoveragePoint>& points) {
  std::string counts, list;
  const auto counted = driver::count_coverage(points);
  for (size_t i = 0; i < counted.size(); ++i) {
    counts += fmt::format("{}\"{}\":{{\"reached\":{},\"of\":{}}}", i == 0 ? "" : ",", kind_key(static_cast<CoveragePoint::Kind>(i)),
                          counted[i].reached, counted[i].all);
  }
  for (const CoveragePoint& point : points) {
    list += fmt::format("{}{{\"kind\":\"{}\",\"at\":{},\"name\":{},\"reached\":{}}}", list.empty() ? "" : ",", kind_key(point.kind),
                        json_text(place(session, point.span)), json_text(point.name), point.reached);
  }
  fmt::print("{{\"coverage\":{{{}}},\"points\":[{}]}}\n", counts, list);
}

}  // namespace

TestPrinter::Suite& TestPrinter::suite(const std::string& name) {
  if (suites_.empty() || suites_.back().name != name) suites_.push_back({name, {}});
  return suites_.back();
}

void TestPrinter::results(const driver::Session& session, const driver::TestRunResult& run) {
  const Style style = style_of(stdout);
  for (const TestResult& test : run.tests) {
    const bool good = test.outcome == TestOutcome::kPassed, failed = test.outcome == TestOutcome::kFailed;
    ++(good ? totals_.passed : failed ? totals_.failed : totals_.cannot_run);
    if (format_ == TestFormat::kJson) {
      print_json(session, test, run.engine);
    } else if (format_ == TestFormat::kJunit) {
      Suite& into = suite(session.spec_file);
      ++into.tests;
      into.cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\">", xml_text(test.subject), xml_text(test.title),
                                xml_text(session.sources.name(test.span.file)));
      if (!good) {
        ++(failed ? into.failures : into.errors);
        into.cases += fmt::format("<{0} type=\"{1}\" message=\"{2}\">{3}</{0}>", failed ? "failure" : "error", outcome_name(test.outcome),
                                  xml_text(test.problems.empty() ? "" : test.problems[0].message), xml_text(junit_problems(session, test)));
      }
      into.cases += "</testcase>\n";
    } else if (!good || !quiet_) {
      fmt::print("{}{}{} {} {}({}){}\n",
                 good     ? style.good
                 : failed ? style.error
                          : style.warning,
                 good     ? "ok  "
                 : failed ? "FAIL"
                          : "SKIP",
                 style.plain, test.title, style.dim, test.subject, style.plain);
      if (!good) print_failure(session, test, style);
    }
  }
}

void TestPrinter::coverage(const driver::Session& session, const std::vector<CoveragePoint>& points, bool deny, bool all) {
  const std::vector<Diagnostic>& findings = session.findings.all();
  switch (format_) {
    case TestFormat::kJson: print_coverage_json(session, points); return;
    case TestFormat::kJunit: {
      Suite& into = suite(session.spec_file + " coverage");
      for (const CoveragePoint& point : points) {
        ++into.tests;
        into.cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\">", driver::coverage_kind_text(point.kind),
                                  xml_text(place(session, point.span) + " " + point.name), xml_text(session.sources.name(point.span.file)));
        for (const Diagnostic& finding : findings) {
          if (finding.primary.span != point.span || point.reached) continue;
          ++(deny ? into.failures : into.skipped);
          into.cases += fmt::format("<{} message=\"{}\"/>", deny ? "failure" : "skipped", xml_text(finding.message));
          break;
        }
        into.cases += "</testcase>\n";
      }
      return;
    }
    case TestFormat::kHuman: break;
  }
  const std::vector<Diagnostic> shown(
      findings.begin(), findings.begin() + static_cast<std::ptrdiff_t>(all ? findings.size() : std::min(findings.size(), kShownUntested)));
  fmt::print(stderr, "{}", render_terminal(shown, session.sources, {.colours = use_colours(stderr), .explain = true}));
  if (shown.size() < findings.size()) fmt::print(stderr, "and {} more: --all shows them\n", findings.size() - shown.size());
  if (points.empty()) {
    fmt::print("{} has no arms, rows, conversions that can fail or issues for tests to reach\n", session.spec_file);
    return;
  }
  const auto counts = driver::count_coverage(points);
  fmt::print("reached by tests of {}:\n", session.spec_file);
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i].all == 0) continue;
    fmt::print("  {:<26} {:>4} of {}\n", driver::coverage_kind_text(static_cast<CoveragePoint::Kind>(i)), counts[i].reached, counts[i].all);
  }
}

void TestPrinter::check(const driver::Session& session, const std::string& subject, const std::string& title, const std::string& problem) {
  const Style style = style_of(stdout);
  const bool good = problem.empty();
  ++(good ? totals_.passed : totals_.failed);
  if (format_ == TestFormat::kJson) {
    fmt::print("{{\"test\":{},\"subject\":{},\"at\":{},\"outcome\":\"{}\",\"problems\":[{}]}}\n", json_text(title), json_text(subject),
               json_text(session.spec_file), good ? "passed" : "failed", good ? "" : "{\"message\":" + json_text(problem) + "}");
  } else if (format_ == TestFormat::kJunit) {
    Suite& into = suite(session.spec_file + " " + subject);
    ++into.tests;
    into.failures += good ? 0 : 1;
    into.cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\">", xml_text(subject), xml_text(title),
                              xml_text(session.spec_file));
    if (!good) into.cases += fmt::format("<failure message=\"{}\"/>", xml_text(problem));
    into.cases += "</testcase>\n";
  } else if (!good || !quiet_) {
    fmt::print("{}{}{} {} {}({}){}\n", good ? style.good : style.error, good ? "ok  " : "FAIL", style.plain, title, style.dim, subject,
               style.plain);
    if (!good) fmt::print("     {}\n", problem);
  }
}

void TestPrinter::finish() {
  const Style style = style_of(stdout);
  if (format_ == TestFormat::kHuman) {
    fmt::print("{}{} passed{}, {} failed{}\n", style.bold, totals_.passed, style.plain, totals_.failed,
               totals_.cannot_run != 0 ? fmt::format(", {} cannot run yet", totals_.cannot_run) : "");
  }
  if (format_ != TestFormat::kJunit) return;
  size_t tests = 0, failures = 0, errors = 0;
  std::string text;
  for (const Suite& each : suites_) {
    tests += each.tests;
    failures += each.failures;
    errors += each.errors;
    text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}  </testsuite>\n",
                        xml_text(each.name), each.tests, each.failures, each.errors, each.skipped, each.cases);
  }
  fmt::print(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"migc test\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n"
      "{}</testsuites>\n",
      tests, failures, errors, text);
}

}  // namespace mig::cli
