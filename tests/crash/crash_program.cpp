// The engine with a migration by hand behind migc's command line, so that the crash tests need neither compiler nor JIT.
// crash_program run PATH/people_{ndjson,dedupe,sqlite,sqlite_dedupe}.mig --set input=F --set output=F --state DIR --rejects F --report F [--workers N] [--resume]
#include <cstdio>
#include <cstdlib>

#include "runtime/base/signals.h"
#include "tests/unit/engine_program.h"

int main(int argc, char** argv) {
  using namespace mig;
  std::string input, output;
  const std::string spec = argc > 2 ? argv[2] : "";
  RunOptions options;
  for (int i = 3; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--resume") {
      options.start = StartMode::kResumeOnly;
      continue;
    }
    if (i + 1 == argc) return 2;
    const std::string value = argv[++i];
    if (name == "--set") (value.starts_with("input=") ? input : output) = value.substr(value.find('=') + 1);
    else if (name == "--state") options.state_directory = value;
    else if (name == "--rejects") options.rejects_file = value;
    else if (name == "--report") options.report_file = value;
    else if (name == "--workers") options.workers = static_cast<uint32_t>(std::atoi(value.c_str()));
    else return 2;
  }
  const auto plan = test::people_plan(input, output, spec.find("sqlite") != std::string::npos ? "sqlite" : "ndjson");
  if (spec.find("dedupe") != std::string::npos) test::add_dedupe(*plan, true);
  const test::PeopleKernels kernels(*plan);
  const StopSignals signals;
  options.stop = &signals.flag();
  const RunReport report = run(*plan, kernels, options);
  if (report.error) std::fprintf(stderr, "%s\n%s\n", report.error->message.c_str(), report.error->remedy.c_str());
  return exit_code(report);
}
