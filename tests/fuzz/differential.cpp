// Random typed programs over hostile records: the interpreter against compiled code, unoptimised and optimised.
//
//   differential [--evaluations N] [--seed S] [--records R] [--one] [--memory BYTES] [--no-bodies] [--coverage]
//
// `--memory`: what the values of one record may take, as much as a run allows unless told; records that need more are not compared.
// One evaluation is one step of one record in all three engines. `--seed S --one` repeats the program of one seed and prints it. On a
// difference the program is made smaller, printed with both results, and the exit code is 1.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <set>
#include <string>

#include "stdlib/total_functions.h"
#include "compiler/ir/dump.h"
#include "compiler/ir/passes/passes.h"
#include "compiler/ir/steps.h"
#include "compiler/ir/validate.h"
#include "stdlib/bitcode.h"
#include "tests/fuzz/differential_generator.h"
#include "tests/fuzz/differential_shrink.h"
#include "tests/unit/engine_pair_run.h"

namespace mig::fuzz {
namespace {

struct Options {
  uint64_t evaluations = 20'000;
  uint64_t seed = 1;
  uint32_t records = 256;
  uint64_t memory = kRecordMemory;  // bytes
  bool one = false;
  bool coverage = false;
  bool bodies = true;
};

/// The source records of one program, and the values of its parameters.
struct Data {
  uint64_t seed;
  Random random;
  ValueMaker maker;
  RecordBatch input;
  std::vector<Cell> parameters;
  Environment environment{1'700'000'000'000'000, {"run-7", 5}, nullptr};

  Data(const ir::Program& program, uint64_t its_seed, uint32_t records)
      : seed(its_seed), random(seed ^ 0x5DEECE66Du), maker(random, program), input(program.maps[0].input, records) {
    const RecordLayout& layout = program.maps[0].input;
    input.count = records;
    for (uint32_t record = 0; record < records; ++record) {
      for (uint32_t field = 0; field < layout.fields.size(); ++field) {
        store_cell(input.frame(record), layout, field, maker.make_field(layout.fields[field].type, layout.fields[field].optional));
      }
    }
    for (const TypeId type : program.parameter_types) parameters.push_back(maker.make(type));
    environment.parameters = parameters.data();
  }
};

struct Difference {
  std::string engine;
  std::string expected;
  std::string found;
};

class Fuzzer {
 public:
  explicit Fuzzer(const Options& options) : options_(options) {
    if (options.bodies) bodies_ = stdlib::bitcode();
  }

  int run() {
    const auto start = std::chrono::steady_clock::now();
    uint64_t seed = options_.seed;
    for (; evaluations_ < options_.evaluations; ++seed) {
      if (!one_program(seed)) return 1;
      if (options_.one) break;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    fmt::print("{} evaluations of {} programs (seeds {} to {}) in {:.1f} s: no difference\n", evaluations_, programs_, options_.seed,
               seed - 1, seconds);
    fmt::print("outcomes: {} written, {} skipped, {} rejected, {} without enough memory; {} issues\n", outcomes_[0], outcomes_[1],
               outcomes_[2], refused_, issues_);
    const size_t all = stdlib::functions().size();
    fmt::print("covered: {} of {} operations, {} of {} functions\n", ops_.size(), static_cast<size_t>(ir::Op::kGetField) + 1,
               functions_.size(), all);
    if (options_.coverage) {
      for (size_t op = 0; op <= static_cast<size_t>(ir::Op::kGetField); ++op) {
        if (!ops_.contains(static_cast<ir::Op>(op))) fmt::print("never used: {}\n", ir::op_name(static_cast<ir::Op>(op)));
      }
      for (uint32_t i = 0; i < all; ++i) {
        if (!functions_.contains(i)) fmt::print("never called: {}\n", stdlib::functions()[i].name);
      }
    }
    return 0;
  }

 private:
  bool one_program(uint64_t seed) {
    const ir::Program program = Generator(seed).make();
    if (options_.one) fmt::print("{}", ir::dump(program, stdlib::functions()));
    const std::vector<std::string> problems = ir::validate(program, stdlib::functions());
    if (!problems.empty()) {
      fmt::print("seed {}: the generator made an invalid program: {}\n", seed, problems[0]);
      return false;
    }
    Data data(program, seed, options_.records);
    std::string error;
    const std::optional<Difference> difference = compare(program, data, error, true);
    if (!error.empty()) {
      fmt::print("seed {}: {}\n", seed, error);
      return false;
    }
    if (!difference) {
      ++programs_;
      return true;
    }
    fmt::print("seed {}: {} differs from the interpreter\n", seed, difference->engine);
    const ir::Program small = shrink(program, [&](const ir::Program& candidate) {
      if (!ir::validate(candidate, stdlib::functions()).empty()) return false;
      std::string ignored;
      return compare(candidate, data, ignored, false).has_value();
    });
    const std::optional<Difference> last = compare(small, data, error, false);
    fmt::print("{}", ir::dump(small, stdlib::functions()));
    if (last) fmt::print("interp:\n{}{}:\n{}", without_absent(last->expected), last->engine, without_absent(last->found));
    return false;
  }

  static std::string without_absent(const std::string& shown) {
    std::string out;
    for (size_t at = 0; at < shown.size();) {
      const size_t end = shown.find('\n', at) + 1;
      const std::string_view line(shown.data() + at, end - at);
      if (!line.ends_with("= absent\n")) out += line;
      at = end;
    }
    return out;
  }

  std::optional<Difference> compare(const ir::Program& program, const Data& data, std::string& error, bool count) {
    const std::shared_ptr<const ir::PreparedObjects> prepared = interp::prepare_objects(program, error);
    if (prepared == nullptr) return std::nullopt;
    const interp::Interpreter plain(program, stdlib::functions(), prepared);
    // The passes must not change what a program does. Every other program is compiled as it stands, the others behind the passes.
    ir::Program passed = program;
    name_steps(passed);
    ir::run_passes(passed, {stdlib::functions(), total_});
    for (const std::string& problem : ir::validate(passed, stdlib::functions())) error = "behind the passes: " + problem;
    if (!error.empty()) return std::nullopt;
    const interp::Interpreter after(passed, stdlib::functions(), prepared);
    ir::Program unchanged = program;
    name_steps(unchanged);
    const ir::Program& compiled = data.seed % 2 == 0 ? passed : unchanged;
    const testing::Engines engines = testing::make_engines(compiled, stdlib::functions(), prepared, bodies_, total_);
    error = engines.error;
    if (!error.empty()) return std::nullopt;
    std::vector<Runner> runners = {{"interp behind the passes", after, passed}};
    for (size_t i = 1; i < engines.sets.size(); ++i) runners.push_back({engines.sets[i]->engine(), *engines.sets[i], compiled});
    bool refused = false;
    std::optional<Difference> difference = agree(program, plain, runners, data.input, data.environment, count, refused);
    if (!refused) return difference;
    // As the engine does: a batch that needs too much memory is done again record by record, and a record that does is refused.
    RecordBatch one(program.maps[0].input, 1);
    one.count = 1;
    for (uint32_t record = 0; record < data.input.count; ++record) {
      std::memcpy(one.frame(0), data.input.frame(record), one.stride());
      difference = agree(program, plain, runners, one, data.environment, count, refused);
      if (difference) return difference;
      if (refused && count) ++refused_;
    }
    return std::nullopt;
  }

  struct Runner {
    const char* name;
    const KernelSet& engine;
    const ir::Program& program;
  };

  /// `refused` when an engine had not enough memory: how much a program takes depends on how it was optimised, so nothing is compared then.
  std::optional<Difference> agree(const ir::Program& program, const KernelSet& plain, const std::vector<Runner>& runners,
                                  const RecordBatch& input, const Environment& environment, bool count, bool& refused) {
    const testing::RunResult expected = testing::run_engine(plain, program, 0, input, environment, options_.memory);
    refused = expected.refused;
    for (size_t i = 0; i < runners.size() && !refused; ++i) {
      testing::RunResult found = testing::run_engine(runners[i].engine, runners[i].program, 0, input, environment, options_.memory);
      refused = found.refused;
      if (refused) break;
      restore_steps(runners[i].program, found);
      found.engine = runners[i].name;
      if (auto difference = check(program, expected, found)) return difference;
    }
    if (count && !refused) note(program, expected);
    return std::nullopt;
  }

  /// Passes may add steps: each of the original ones carries its number as its field.
  static void name_steps(ir::Program& program) {
    uint32_t number = 0;
    ir::each_step(program.maps[0].steps, [](ir::Step& step, uint32_t at) { step.field = std::to_string(at); }, number);
  }
  static void restore_steps(const ir::Program& program, testing::RunResult& result) {
    std::vector<uint32_t> original;
    uint32_t number = 0;
    ir::each_step(
        program.maps[0].steps,
        [&](const ir::Step& step, uint32_t) {
          original.push_back(step.field.empty() ? ir::kNone : static_cast<uint32_t>(std::stoul(step.field)));
        },
        number);
    for (IssueHit& hit : result.hits) hit.step = original[hit.step];
  }

  static std::optional<Difference> check(const ir::Program& program, const testing::RunResult& expected, const testing::RunResult& found) {
    const int64_t record = testing::first_difference(program, 0, expected, found);
    if (record < 0) return std::nullopt;
    return Difference{found.engine, testing::show_record(program, 0, expected, static_cast<uint32_t>(record)),
                      testing::show_record(program, 0, found, static_cast<uint32_t>(record))};
  }

  void note(const ir::Program& program, const testing::RunResult& result) {
    uint32_t steps = 0;
    ir::each_step(program.maps[0].steps, [](const ir::Step&, uint32_t) {}, steps);
    evaluations_ += uint64_t{steps} * result.outcomes.size();
    for (const Outcome outcome : result.outcomes) ++outcomes_[static_cast<size_t>(outcome)];
    issues_ += result.hits.size();
    for (const ir::Node& node : program.nodes) {
      ops_.insert(node.op);
      if (node.op == ir::Op::kCall) functions_.insert(node.index);
    }
  }

  const Options& options_;
  std::string_view bodies_;
  std::vector<bool> total_ = stdlib::total_functions();
  uint64_t evaluations_ = 0, programs_ = 0, issues_ = 0, refused_ = 0;
  uint64_t outcomes_[3] = {};
  std::set<ir::Op> ops_;
  std::set<uint32_t> functions_;
};

}  // namespace
}  // namespace mig::fuzz

int main(int argc, char** argv) {
  mig::fuzz::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    const bool more = i + 1 < argc;
    if (flag == "--one") {
      options.one = true;
    } else if (flag == "--coverage") {
      options.coverage = true;
    } else if (flag == "--evaluations" && more) {
      options.evaluations = std::strtoull(argv[++i], nullptr, 10);
    } else if (flag == "--seed" && more) {
      options.seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (flag == "--records" && more) {
      options.records = static_cast<uint32_t>(std::strtoul(argv[++i], nullptr, 10));
    } else if (flag == "--memory" && more) {
      options.memory = std::strtoull(argv[++i], nullptr, 10);
    } else if (flag == "--no-bodies") {
      options.bodies = false;
    } else {
      fmt::print(stderr, "unknown option {}\n", flag);
      return 2;
    }
  }
  return mig::fuzz::Fuzzer(options).run();
}
