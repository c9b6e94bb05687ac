// The map step alone, engine by engine, over records decoded from a file: CPU nanoseconds a record, best of several rounds, and how
// many times the interpreter's speed that is. With --dump the program behind the passes instead.
//   map_bench SPEC.mig FILE.ndjson [--rounds N] [--engine interp|jit0|jit] [--dump] [--set NAME=VALUE]...
#include <fmt/format.h>

#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <numeric>

#include "compiler/driver/kernels.h"
#include "compiler/driver/session.h"
#include "compiler/ir/dump.h"
#include "compiler/planner/planner.h"
#include "runtime/formats/ndjson/ndjson_decoder.h"
#include "runtime/records/arena.h"
#include "runtime/records/batch.h"

namespace mig::bench {
namespace {

constexpr uint32_t kBatch = 512;

/// Of this process on a processor: steadier than wall time where others work too.
double seconds() {
  timespec now;
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Tally {
  uint64_t records = 0, outcomes[3] = {0, 0, 0}, hits = 0;
  double seconds = 0;
};

class MapBench {
 public:
  MapBench(const planner::Planned& planned, std::string text) : planned_(planned), plan_(planned.plan), text_(std::move(text)) {
    size_ = text_.size();
    text_.append(64, '\0');
  }

  Result<Tally> round(const KernelSet& kernels) {
    const SourcePlan& source = plan_.sources[plan_.maps[0].source];
    const ir::MapProgram& map = planned_.lowered.program.maps[plan_.maps[0].map];
    DecoderOptions options;
    options.layout = &source.layout;
    options.fields = &source.fields;
    options.types = &plan_.types;
    options.enums = &plan_.enums;
    auto decoder = make_ndjson_decoder(options, best_simd());
    if (!decoder) return decoder.error();
    struct Sink : IssueSink {
      uint64_t hits = 0;
    } sink;
    sink.add = [](IssueSink* self, const IssueHit&) { ++static_cast<Sink*>(self)->hits; };
    const Environment environment{1'700'000'000'000'000, {"bench", 5}, plan_.parameter_values.data()};
    Arena arena;
    Context context{};
    context.prepared = kernels.prepared();
    context.environment = &environment;
    context.issues = &sink;
    context.row_source = {"bench", 5};
    RecordBatch input(source.layout, kBatch), output(map.output, kBatch);
    std::vector<Outcome> outcomes(kBatch);
    Tally tally;
    uint64_t lines = 0;
    (*decoder)->begin_buffer();
    for (const char *p = text_.data(), *const end = p + size_; p != end;) {
      arena.reset(context);
      std::memset(input.frame(0), 0, size_t{input.stride()} * kBatch);
      std::memset(output.frame(0), 0, size_t{output.stride()} * kBatch);
      uint32_t count = 0;
      for (; count < kBatch && p != end; ++count) {
        DecodeFailure failure;
        bool failed = false;
        p = (*decoder)->decode(p, end, input.frame(count), context, lines, failure, failed);
        outcomes[count] = failed ? Outcome::kRejected : Outcome::kWritten;
      }
      const double begin = seconds();
      kernels.kernel(plan_.maps[0].map).run(context, input.frame(0), output.frame(0), count, outcomes.data());
      tally.seconds += seconds() - begin;
      tally.records += count;
      for (uint32_t i = 0; i < count; ++i) ++tally.outcomes[static_cast<size_t>(outcomes[i])];
    }
    tally.hits = sink.hits;
    return tally;
  }

 private:
  const planner::Planned& planned_;
  const Plan& plan_;
  std::string text_;
  size_t size_;
};

int complain(const std::string& message) {
  fmt::print(stderr, "map_bench: {}\n", message);
  return 2;
}

int run(int argc, char** argv) {
  if (argc < 3) return complain("takes a spec and an NDJSON file");
  int rounds = 5;
  bool dump = false;
  std::string only;
  planner::PlanRequest request;
  request.spec_file = argv[1];
  for (int i = 3; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--dump") dump = true;
    if (word == "--rounds" && i + 1 < argc) rounds = std::atoi(argv[++i]);
    if (word == "--engine" && i + 1 < argc) only = argv[++i];
    if (word == "--set" && i + 1 < argc) {
      const std::string pair = argv[++i];
      request.parameters.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
    }
  }
  auto session = driver::load(argv[1]);
  if (!session) return complain(session.error().message);
  if (!driver::check(**session, 10)) return complain("the spec has errors: see migc check");
  planner::PlanResult result = planner::make_plan(*(*session)->checked.program, (*session)->sources, request, (*session)->findings);
  if (result.planned == nullptr) return complain("the spec cannot be planned: see migc plan");
  const planner::Planned& planned = *result.planned;
  if (dump) {
    fmt::print("{}", ir::dump(planned.lowered.program, stdlib::functions()));
    return 0;
  }
  std::ifstream file(argv[2], std::ios::binary);
  MapBench bench(planned, std::string((std::istreambuf_iterator<char>(file)), {}));
  double interpreter = 0;
  const std::pair<const char*, driver::Engine> engines[] = {
      {"interp", driver::Engine::kInterp}, {"jit0", driver::Engine::kJitFast}, {"jit", driver::Engine::kJit}};
  for (const auto& [name, engine] : engines) {
    if (!only.empty() && only != name) continue;
    driver::KernelOptions how;
    how.engine = engine;
    how.for_profilers = !only.empty();
    auto kernels = driver::make_kernels(planned.lowered.program, how);
    if (!kernels) return complain(kernels.error().message);
    Tally best;
    for (int i = 0; i < rounds; ++i) {
      const auto tally = bench.round((*kernels)->set());
      if (!tally) return complain(tally.error().message);
      if (i == 0 || tally->seconds < best.seconds) best = *tally;
    }
    const double each = best.seconds * 1e9 / static_cast<double>(std::max<uint64_t>(best.records, 1));
    if (engine == driver::Engine::kInterp) interpreter = each;
    fmt::print("{:<7} {:>9.1f} ns a record{}  ({} records: {} written, {} skipped, {} rejected, {} issues)\n", name, each,
               interpreter > 0 ? fmt::format(", {:.1f} x interp", interpreter / each) : "", best.records, best.outcomes[0],
               best.outcomes[1], best.outcomes[2], best.hits);
  }
  return 0;
}

}  // namespace
}  // namespace mig::bench

int main(int argc, char** argv) { return mig::bench::run(argc, argv); }
