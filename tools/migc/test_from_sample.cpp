#include "tools/migc/test_from_sample.h"

#include <fmt/format.h>

#include "compiler/driver/sample_tests.h"
#include "compiler/format/format.h"
#include "tools/migc/crash_report.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/sample_run.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

// As a test without `assume run.now` has it: 2000-01-01T00:00:00Z.
constexpr int64_t kTestNow = 946'684'800'000'000;

int fail(const Error& error) {
  if (error.kind == ErrorKind::kInternal) return report_internal_error(error.message);
  print_error(stderr, error);
  return kUsage;
}

}  // namespace

int tests_from_sample(const Arguments& arguments) {
  const auto wanted = parse_count(*arguments.value("from-sample"), 1, 1000);
  if (!wanted)
    return usage_error("test",
                       fmt::format("--from-sample takes a number of tests from 1 to 1000, not `{}`", *arguments.value("from-sample")));
  int exit = kOk;
  const auto session = checked_spec("test", arguments.operands(), false, exit);
  if (session == nullptr) return exit;
  const ScratchFolder scratch("sample");
  if (scratch.path.empty()) return usage_error("test", "no folder for the outputs can be made");
  const auto planned = plan_sample("test", arguments, *session, false, exit);
  if (planned == nullptr) return exit;
  redirect_targets(planned->plan, scratch.path + "/run");
  auto observer = driver::SampleObserver::make(*session->checked.program, *planned, static_cast<size_t>(*wanted));
  if (!observer) return fail(observer.error());
  RunOptions options;
  options.workers = 1;
  const RunReport report = run_sample(*planned, **observer, scratch.path + "/run", kTestNow, options);
  if (report.error) return print_error(stderr, *report.error), exit_code(report);
  const auto text = driver::sample_tests(*session, (*observer)->chosen());
  if (!text) return fail(text.error());
  SourceMap sources;
  DiagnosticSink findings;
  const FileId file = sources.add("tests", *text);
  fmt::print("{}", format::format(sources, file, findings).value_or(*text));
  if (text->empty()) fmt::print(stderr, "migc: none of {} records of the sample is mapped, so there is nothing to test\n", report.read);
  if ((*observer)->inexpressible() != 0) {
    fmt::print(stderr, "migc: {} records are left out: a field that is read has no literal in the language\n",
               (*observer)->inexpressible());
  }
  return kOk;
}

}  // namespace mig::cli
