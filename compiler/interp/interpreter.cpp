#include "compiler/interp/interpreter.h"

#include <vector>

#include "compiler/interp/evaluator.h"
#include "compiler/ir/record_issues.h"
#include "compiler/ir/steps.h"
#include "runtime/base/failpoint.h"

namespace mig::interp {

using ir::Step;

namespace {

// Deliberate defects that `migc test --determinism` must notice: what came before decides, and where a batch ends.
bool forgets_this_record() {
  static uint64_t records = 0;
  return mutant("EVERY_THIRD_FORGOTTEN") && ++records % 3 == 0;
}
bool forgets_at_edge(uint32_t record, uint32_t count) { return mutant("BATCH_EDGE_FORGOTTEN") && count > 1 && record + 1 == count; }

/// Runs the steps of one map over records; one per Kernel::run.
class Run {
 public:
  Run(const ir::MapProgram& map, const Evaluator& evaluator, Context& context)
      : map_(map), evaluator_(evaluator), context_(context), poisoned_(map.poison_bits), locals_(map.locals.size()) {}

  Outcome record(const uint8_t* input, uint8_t* output) {
    input_ = input;
    output_ = output;
    rejected_ = false;
    poisoned_.assign(poisoned_.size(), 0);
    number_ = 0;
    if (!steps(map_.steps)) return Outcome::kSkipped;
    return rejected_ ? Outcome::kRejected : Outcome::kWritten;
  }

 private:
  // False when a skip ended the record.
  bool steps(const std::vector<Step>& list) {
    for (const Step& step : list) {
      const uint32_t behind = number_ + ir::step_count(step);
      if (!one(step)) return false;
      number_ = behind;
    }
    return true;
  }

  bool one(const Step& step) {
    for (const uint32_t bit : step.depends) {
      if (poisoned_[bit] != 0) {
        poison(step);
        return true;
      }
    }
    context_.step = number_;
    context_.cause = nullptr;
    Frame frame{context_, input_, &map_.input, map_.locals, locals_.data()};
    Cell value{};
    const Status status = evaluator_.evaluate(step.node, frame, value);
    if (status != Status::kOk) return stopped(step, status);
    switch (step.what) {
      case Step::What::kLet: locals_[step.index] = value; return true;
      case Step::What::kAssign:
        value.state = ir::assigned_presence(value.state);
        store_cell(output_, map_.output, step.index, value);
        return true;
      case Step::What::kEffect: return true;
      case Step::What::kGroup: return branch(step, value.boolean);
    }
    return true;
  }

  bool branch(const Step& step, bool condition) {
    ++number_;
    if (condition) return steps(step.then);
    for (const Step& inner : step.then) number_ += ir::step_count(inner);
    return steps(step.otherwise);
  }

  bool stopped(const Step& step, Status status) {
    if (status == Status::kSkip && !rejected_) return false;
    // A failure that nothing catches is ruled out by the checker; should it happen, the record is refused.
    if (status == Status::kFail || status == Status::kOverflow) ir::raise(context_, ir::kNone);
    rejected_ = true;
    poison(step);
    return true;
  }

  void poison(const Step& step) {
    ir::each_poison(step, [this](uint32_t bit) { poisoned_[bit] = 1; });
  }

  const ir::MapProgram& map_;
  const Evaluator& evaluator_;
  Context& context_;
  std::vector<uint8_t> poisoned_;
  std::vector<Cell> locals_;
  const uint8_t* input_ = nullptr;
  uint8_t* output_ = nullptr;
  uint32_t number_ = 0;
  bool rejected_ = false;
};

class MapKernel : public Kernel {
 public:
  MapKernel(const ir::MapProgram& map, const Evaluator& evaluator, const std::vector<ir::Verb>& verbs)
      : map_(map), evaluator_(evaluator), verbs_(verbs) {}

  void run(Context& context, const uint8_t* input, uint8_t* output, uint32_t count, Outcome* outcomes) const override {
    ir::RecordIssues issues(context, verbs_);
    Run run(map_, evaluator_, context);
    for (uint32_t i = 0; i < count; ++i) {
      if (outcomes[i] == Outcome::kRejected) continue;
      context.record = i;
      if (forgets_this_record() || forgets_at_edge(i, count)) {
        outcomes[i] = Outcome::kSkipped;
        continue;
      }
      outcomes[i] = run.record(input + size_t{i} * map_.input.stride, output + size_t{i} * map_.output.stride);
    }
  }

 private:
  const ir::MapProgram& map_;
  const Evaluator& evaluator_;
  const std::vector<ir::Verb>& verbs_;
};

}  // namespace

class Interpreter::Maps {
 public:
  Maps(const ir::Program& program, std::span<const stdlib::Function> functions, std::shared_ptr<const ir::PreparedObjects> objects,
       uint8_t* marks)
      : evaluator(program, functions, marks), prepared(std::move(objects)), verbs(ir::site_verbs(program)) {
    for (const ir::MapProgram& map : program.maps) kernels.push_back(std::make_unique<MapKernel>(map, evaluator, verbs));
  }

  Evaluator evaluator;
  std::shared_ptr<const ir::PreparedObjects> prepared;
  std::vector<ir::Verb> verbs;
  std::vector<std::unique_ptr<MapKernel>> kernels;
};

Interpreter::Interpreter(const ir::Program& program, std::span<const stdlib::Function> functions,
                         std::shared_ptr<const ir::PreparedObjects> prepared, uint8_t* marks)
    : maps_(std::make_unique<Maps>(program, functions, std::move(prepared), marks)) {}

Interpreter::~Interpreter() = default;

const Kernel& Interpreter::kernel(uint32_t map) const { return *maps_->kernels[map]; }
const void* const* Interpreter::prepared() const { return maps_->prepared->pointers.data(); }
const char* Interpreter::engine() const { return "interp"; }

Status Interpreter::call(Context& context, uint32_t function, std::span<const Cell> arguments, Cell& result) const {
  return maps_->evaluator.call(context, function, arguments.data(), arguments.size(), result);
}

}  // namespace mig::interp
