// migc test: runs the `test` blocks of a spec.
#include <fmt/format.h>

#include <cstdio>

#include "tools/migc/crash_report.h"
#include "tools/migc/engine_option.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/test_determinism.h"
#include "tools/migc/test_from_sample.h"
#include "tools/migc/test_output.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

TestFormat format_of(const Arguments& arguments) {
  const std::string format = arguments.value("format").value_or("human");
  return format == "json" ? TestFormat::kJson : format == "junit" ? TestFormat::kJunit : TestFormat::kHuman;
}

/// What is wrong with the options together; empty when nothing is.
std::string conflict(const Arguments& arguments) {
  const int modes = arguments.has("coverage") + arguments.has("determinism") + arguments.has("from-sample");
  if (modes > 1) return "--coverage, --determinism and --from-sample are different runs: one at a time";
  if (arguments.has("coverage") && arguments.value("engine").value_or("interp") != "interp")
    return "--coverage watches the interpreter: it takes no other --engine";
  if (arguments.has("determinism") && arguments.has("engine")) return "--determinism runs in every engine: it takes no --engine";
  if (!arguments.has("determinism") && !arguments.has("from-sample") && !arguments.values("data").empty())
    return "--data goes with --determinism or --from-sample";
  if (arguments.operands().size() > 1 && (arguments.has("from-sample") || !arguments.values("data").empty()))
    return "one spec at a time over a sample";
  return {};
}

bool run_one(const Arguments& arguments, driver::Session& session, TestPrinter& printer, bool& untested, int& exit) {
  if (arguments.has("determinism")) return check_determinism(arguments, session, printer, exit);
  driver::TestOptions options;
  options.engine = engine_option(arguments, driver::Engine::kInterp);
  options.filter = arguments.value("filter").value_or("");
  options.coverage = arguments.has("coverage");
  auto run = driver::run_tests(session, options);
  if (!run) {
    if (run.error().kind == ErrorKind::kInternal) return exit = report_internal_error(run.error().message), false;
    return print_error(stderr, run.error()), exit = kUsage, false;
  }
  if (!run->note.empty()) fmt::print(stderr, "migc: {}\n", run->note);
  printer.results(session, *run);
  if (!options.coverage) return true;
  session.findings.take();
  driver::report_untested(session, run->coverage);
  untested = untested || session.findings.count(Severity::warning) != 0;
  printer.coverage(session, run->coverage, arguments.value("deny") == "warnings", arguments.has("all"));
  return true;
}

int run_test(const Arguments& arguments) {
  if (arguments.operands().empty()) return usage_error("test", "which spec? For example: migc test contacts.mig");
  if (const std::string problem = conflict(arguments); !problem.empty()) return usage_error("test", problem);
  if (arguments.has("from-sample")) return tests_from_sample(arguments);
  TestPrinter printer(format_of(arguments), arguments.has("quiet"));
  int exit = kOk;
  bool untested = false;
  for (const std::string& file : arguments.operands()) {
    const auto session = checked_spec("test", {file}, format_of(arguments) == TestFormat::kJson, exit);
    if (session == nullptr || !run_one(arguments, *session, printer, untested, exit)) return exit;
  }
  printer.finish();
  const bool denied = untested && arguments.value("deny") == "warnings";
  return printer.totals().failed + printer.totals().cannot_run != 0 || denied ? kFindings : kOk;
}

}  // namespace

Verb test_verb() {
  return {
      .name = "test",
      .summary = "runs the tests written in the spec",
      .operands = "SPEC.mig...",
      .description =
          "Each `test` block gives a record (or the arguments of a function or table) and says what must come\n"
          "out. Nothing is read from sources or written to targets. `run.now` is 2000-01-01T00:00:00Z unless\n"
          "the test assumes another. A test that cannot run yet counts as failed.\n\n"
          "--coverage says what no test reaches (W0951): match arms, table rows, both sides of `catch`, issues.\n"
          "--determinism runs every test in every engine and the first engine twice, and with --data the whole\n"
          "spec over that sample with several batch sizes and numbers of workers: all must give the same bytes.\n"
          "--from-sample N reads the source (or --data) and prints up to N tests a map: of the records that reach\n"
          "most, with personal values masked, and with what comes out of them today. Append them after a look.\n\n"
          "Exit 0: all passed; 1: a test failed, or something is not the same, or (--deny warnings) not reached.\n",
      .options = {engine_choice(),
                  {.name = "filter", .value = "TEXT", .help = "only tests whose title or subject contains this"},
                  {.name = "coverage", .help = "also says what no test reaches"},
                  {.name = "deny",
                   .value = "warnings",
                   .help = "with --coverage: what no test reaches is a failure",
                   .offer = Offer::kChoices,
                   .choices = "warnings"},
                  {.name = "all", .help = "with --coverage: list more than the first 20"},
                  {.name = "determinism", .help = "everything must be the same in every engine and when done twice"},
                  {.name = "from-sample", .value = "N", .help = "print up to N tests a map made from records of the source"},
                  {.name = "data",
                   .value = "FILE",
                   .help = "the sample; NAME=FILE for a spec with several sources",
                   .offer = Offer::kFile,
                   .repeated = true},
                  {.name = "set", .value = "NAME=VALUE", .help = "with a sample: gives a `param` of the spec its value", .repeated = true},
                  {.name = "stage", .value = "NAME", .help = "with a sample: which stage, when the spec has several"},
                  {.name = "quiet", .help = "do not list tests that pass"},
                  {.name = "format",
                   .value = "human|json|junit",
                   .help = "json: one test a line; junit: one XML document; on stdout",
                   .offer = Offer::kChoices,
                   .choices = "human json junit"}},
      .examples = {{"migc test contacts.mig", "all tests, in the interpreter"},
                   {"migc test --engine=jit contacts.mig", "the same through compiled code"},
                   {"migc test --filter bounced contacts.mig", "one of them"},
                   {"migc test --coverage --deny warnings contacts.mig", "exit 1 when a row, arm, `catch` or issue is not tested"},
                   {"migc test --determinism --data sample.ndjson contacts.mig", "all engines, batch sizes and numbers of workers"},
                   {"migc test --from-sample 20 --data sample.ndjson contacts.mig > more_tests.txt", "first tests of a new spec"}},
      .run = run_test};
}

}  // namespace mig::cli
