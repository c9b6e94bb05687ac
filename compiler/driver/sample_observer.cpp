// Which records of a sample are worth a test.
#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "compiler/driver/sample_tests.h"
#include "compiler/driver/value_literal.h"
#include "compiler/interp/standalone_context.h"
#include "compiler/schemas/shape_text.h"
#include "runtime/records/layout.h"
#include "stdlib/function.h"

namespace mig::driver {

struct SampleObserver::State {
  /// What is known of one map.
  struct Observed {
    const MapPlan* plan = nullptr;
    const SourcePlan* source = nullptr;
    uint32_t map = 0;                                     // sema::Program::maps
    std::vector<uint8_t> reached;                         // as `marks`, of the records kept
    std::vector<std::pair<size_t, std::string>> telling;  // nodes that nothing before reached, and the record
    std::vector<std::string> ordinary;                    // the first others
    std::set<uint64_t> seen;                              // ordinals: a dedupe may map a record twice
  };

  const planner::Planned* planned = nullptr;
  size_t wanted = 0, inexpressible = 0;
  std::vector<uint8_t> marks;
  std::unique_ptr<interp::Interpreter> plain, watching;
  std::map<uint32_t, Observed> observed;  // by kernel
  std::vector<std::unique_ptr<Kernel>> kernels;

  std::optional<std::string> given(const Observed& of, const uint8_t* frame) const {
    std::string out;
    for (uint32_t i = 0; i < of.source->layout.fields.size(); ++i) {
      const FieldSlot& slot = of.source->layout.fields[i];
      const FieldDecode& how = of.source->fields[i];
      if (!how.needed) continue;
      const Cell cell = load_cell(frame, of.source->layout, i);
      if (cell.state == Presence::kAbsent) continue;
      const auto value = value_literal(planned->plan.types, planned->plan.enums, slot.type, cell, LiteralUse::kGiven, how.personal);
      if (!value) return std::nullopt;
      out += (out.empty() ? " " : ", ") + schemas::quoted_text(slot.name) + ": " + *value;
    }
    return "{" + out + " }";
  }

  void watch(Observed& of, const Context& context, const uint8_t* frame, uint64_t ordinal) {
    if (of.telling.size() + of.ordinary.size() >= 1000 * wanted || !of.seen.insert(ordinal).second) return;
    std::fill(marks.begin(), marks.end(), uint8_t{0});
    interp::StandaloneContext apart(watching->prepared());
    apart.environment = *context.environment;
    apart.context.row_ordinal = ordinal;
    apart.context.row_source = context.row_source;
    struct alignas(16) Word {
      uint64_t parts[2] = {0, 0};
    };
    std::vector<Word> output(std::max<size_t>(of.plan->emitted ? of.plan->rows.stride : output_stride(of), 16) / sizeof(Word));
    Outcome outcome = Outcome::kWritten;
    watching->kernel(of.plan->map).run(apart.context, frame, reinterpret_cast<uint8_t*>(output.data()), 1, &outcome);
    size_t fresh = 0;
    for (size_t i = 0; i < marks.size(); ++i) fresh += (marks[i] & ~of.reached[i]) != 0 ? 1 : 0;
    if (fresh == 0 && of.ordinary.size() >= wanted) return;
    const auto text = given(of, frame);
    if (!text) {
      ++inexpressible;
      return;
    }
    for (size_t i = 0; i < marks.size(); ++i) of.reached[i] |= marks[i];
    if (fresh != 0) {
      of.telling.emplace_back(fresh, *text);
    } else {
      of.ordinary.push_back(*text);
    }
  }

  size_t output_stride(const Observed& of) const { return planned->lowered.program.maps[of.plan->map].output.stride; }
};

/// Does what the plain kernel does; watches each record before.
class SampleObserver::Watched : public Kernel {
 public:
  Watched(State& state, const Kernel& plain, State::Observed* observed) : state_(state), plain_(plain), observed_(observed) {}

  void run(Context& context, const uint8_t* input, uint8_t* output, uint32_t count, Outcome* outcomes) const override {
    for (uint32_t i = 0; observed_ != nullptr && i < count; ++i) {
      if (outcomes[i] == Outcome::kRejected) continue;
      state_.watch(*observed_, context, input + size_t{i} * observed_->source->layout.stride, context.row_ordinal + i);
    }
    plain_.run(context, input, output, count, outcomes);
  }

 private:
  State& state_;
  const Kernel& plain_;
  State::Observed* observed_;
};

SampleObserver::SampleObserver(std::unique_ptr<State> state) : state_(std::move(state)) {}
SampleObserver::~SampleObserver() = default;

Result<std::unique_ptr<SampleObserver>> SampleObserver::make(const sema::Program& program, const planner::Planned& planned, size_t wanted) {
  auto state = std::make_unique<State>();
  state->planned = &planned;
  state->wanted = wanted;
  const ir::Program& code = planned.lowered.program;
  state->marks.resize(code.nodes.size());
  std::string error;
  const auto prepared = interp::prepare_objects(code, error);
  if (prepared == nullptr) return Error{ErrorKind::kInternal, "a constant of the spec could not be prepared: " + error, ""};
  state->plain = std::make_unique<interp::Interpreter>(code, stdlib::functions(), prepared);
  state->watching = std::make_unique<interp::Interpreter>(code, stdlib::functions(), prepared, state->marks.data());
  for (const MapPlan& map : planned.plan.maps) {
    if (map.emitted) continue;
    State::Observed& of = state->observed[map.map];
    of.plan = &map;
    of.source = &planned.plan.sources[map.source];
    of.reached.resize(state->marks.size());
    for (uint32_t i = 0; i < program.maps.size(); ++i) {
      if (program.maps[i].name == map.name) of.map = i;
    }
  }
  for (uint32_t i = 0; i < code.maps.size(); ++i) {
    const auto found = state->observed.find(i);
    state->kernels.push_back(
        std::make_unique<Watched>(*state, state->plain->kernel(i), found == state->observed.end() ? nullptr : &found->second));
  }
  return std::unique_ptr<SampleObserver>(new SampleObserver(std::move(state)));
}

const Kernel& SampleObserver::kernel(uint32_t map) const { return *state_->kernels[map]; }
const void* const* SampleObserver::prepared() const { return state_->plain->prepared(); }
const char* SampleObserver::engine() const { return state_->plain->engine(); }
size_t SampleObserver::inexpressible() const { return state_->inexpressible; }

std::vector<SampledRecord> SampleObserver::chosen() const {
  std::vector<SampledRecord> records;
  for (const auto& [kernel, of] : state_->observed) {
    auto telling = of.telling;
    std::stable_sort(telling.begin(), telling.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    size_t kept = 0;
    for (const auto& [fresh, text] : telling) {
      if (kept++ < state_->wanted) records.push_back({of.map, text});
    }
    for (const std::string& text : of.ordinary) {
      if (kept++ < state_->wanted) records.push_back({of.map, text});
    }
  }
  return records;
}

}  // namespace mig::driver
