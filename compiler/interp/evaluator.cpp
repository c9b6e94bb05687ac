#include "compiler/interp/evaluator.h"

#include <array>
#include <cstring>

#include "compiler/ir/record_issues.h"
#include "compiler/ir/values.h"

namespace mig::interp {

using ir::kNone;
using ir::Node;
using ir::NodeId;
using ir::Op;

namespace {

/// Room for a few values without the heap, as most calls have at most four arguments.
template <class T, size_t N>
class Few {
 public:
  explicit Few(size_t count) {
    if (count > N) heap_.resize(count);
    data_ = count > N ? heap_.data() : inline_.data();
  }
  Few(const Few&) = delete;
  Few& operator=(const Few&) = delete;
  T& operator[](size_t i) { return data_[i]; }
  T* data() { return data_; }

 private:
  std::array<T, N> inline_{};
  std::vector<T> heap_;
  T* data_;
};

}  // namespace

struct Evaluator::Captured {
  const Evaluator* evaluator;
  Frame* frame;
  const Node* lambda;
};

Evaluator::Evaluator(const ir::Program& program, std::span<const stdlib::Function> functions, uint8_t* marks)
    : program_(program), functions_(functions), marks_(marks) {
  for (size_t i = 0; i < program.types.size(); ++i) {
    const Type& type = program.types[static_cast<TypeId>(i)];
    facts_.push_back({storage_of(type.kind), ir::has_presence(type)});
  }
  for (const ir::Constant& constant : program.constants) constants_.push_back(ir::constant_cell(constant, program.types));
}

Status Evaluator::evaluate(NodeId id, Frame& frame, Cell& result) const {
  Context& context = frame.context;
  for (;;) {
    const Node& node = program_.nodes[id];
    if (marks_ != nullptr) [[unlikely]]
      marks_[id] |= kEvaluated;
    switch (node.op) {
      case Op::kConst:
        result = constants_[node.index];
        if (!has_presence(node.type)) result.state = Presence::kValue;
        return Status::kOk;
      case Op::kNull:
        result = Cell{};
        result.state = Presence::kNull;
        return Status::kOk;
      case Op::kKeep:
        result = Cell{};
        result.state = Presence::kKeep;
        return Status::kOk;
      case Op::kField: read_field(node, frame, result); return Status::kOk;
      case Op::kFieldPresent: {
        const Presence state = presence(frame.input, node.index);
        result = Cell{};
        result.boolean = state == Presence::kValue || state == Presence::kNull;
        result.state = Presence::kValue;
        return Status::kOk;
      }
      case Op::kFieldUnavailable: {
        const bool unavailable = presence(frame.input, node.index) == Presence::kUnavailable;
        result = Cell{};
        result.boolean = unavailable;
        result.state = Presence::kValue;
        return Status::kOk;
      }
      case Op::kLocal:
        result = frame.locals[node.index];
        if (!has_presence(node.type)) result.state = Presence::kValue;
        return Status::kOk;
      case Op::kRunNow:
        result = Cell{};
        result.integer = context.environment->run_now;
        result.state = Presence::kValue;
        return Status::kOk;
      case Op::kRunId:
        result = Cell{};
        result.text = context.environment->run_id;
        result.state = Presence::kValue;
        return Status::kOk;
      case Op::kParameter:
        result = context.environment->parameters[node.index];
        if (!has_presence(node.type)) result.state = Presence::kValue;
        return Status::kOk;
      case Op::kRowPosition:
        result = Cell{};
        result.text = ir::row_position(context);
        result.state = Presence::kValue;
        return Status::kOk;
      case Op::kRowSource:
        result = Cell{};
        result.text = context.row_source;
        result.state = Presence::kValue;
        return Status::kOk;
      case Op::kCall: return call_standard(node, frame, result);
      case Op::kCallFunction: return call_user(node, frame, result);
      case Op::kPrepared:
      case Op::kLambda: return Status::kFail;  // only as arguments, see call_standard
      case Op::kLet: {
        Cell value{};
        if (const Status status = evaluate(node.a, frame, value); status != Status::kOk) return status;
        frame.locals[node.index] = value;
        id = node.b;
        continue;
      }
      case Op::kIf: {
        Cell condition{};
        if (const Status status = evaluate(node.a, frame, condition); status != Status::kOk) return status;
        id = condition.boolean ? node.b : node.c;
        continue;
      }
      case Op::kSwitch: {
        Cell value{};
        if (const Status status = evaluate(node.a, frame, value); status != Status::kOk) return status;
        id = node.c;
        for (uint32_t i = 0; i < node.count; ++i) {
          const ir::SwitchCase& option = program_.cases[node.first + i];
          if (option.value == value.integer) {
            id = option.body;
            break;
          }
        }
        if (id == kNone) return Status::kFail;
        continue;
      }
      case Op::kCoalesce:
        if (const Status status = evaluate(node.a, frame, result); status != Status::kOk) return status;
        if (result.has_value()) return Status::kOk;
        id = node.b;
        continue;
      case Op::kCatch: {
        context.cause = nullptr;
        const Status status = evaluate(node.a, frame, result);
        if (status == Status::kOk && marks_ != nullptr) marks_[id] |= kDidNotFail;
        if (status != Status::kFail) return status;
        id = node.b;
        continue;
      }
      case Op::kIsNull: {
        Cell value{};
        if (const Status status = evaluate(node.a, frame, value); status != Status::kOk) return status;
        result = Cell{};
        result.boolean = !value.has_value();
        result.state = Presence::kValue;
        return Status::kOk;
      }
      case Op::kUnwrap: {
        const Status status = evaluate(node.a, frame, result);
        result.state = Presence::kValue;
        return status;
      }
      case Op::kWrap: id = node.a; continue;
      case Op::kReject:
      case Op::kSkip:
        if (const Status status = raise(node, frame); status != Status::kOk) return status;
        return node.op == Op::kReject ? Status::kPoison : Status::kSkip;
      case Op::kWarn:
        if (const Status status = raise(node, frame); status != Status::kOk) return status;
        id = node.a;
        continue;
      case Op::kFail: context.cause = program_.constants[node.index].text.c_str(); return Status::kFail;
      case Op::kMakeRecord:
      case Op::kMakeList: return build(node, frame, result);
      case Op::kGetField: {
        Cell record{};
        if (const Status status = evaluate(node.a, frame, record); status != Status::kOk) return status;
        result = record.list.items[node.index];
        if (!has_presence(node.type)) {
          result.state = Presence::kValue;
        } else if (!result.has_value()) {
          result.state = Presence::kNull;
        }
        return Status::kOk;
      }
    }
  }
}

Status Evaluator::raise(const Node& node, Frame& frame) const {
  if (node.b == kNone) {
    ir::raise(frame.context, node.index);
    return Status::kOk;
  }
  Cell cause{};
  if (const Status status = evaluate(node.b, frame, cause); status != Status::kOk) return status;
  ir::raise_with(frame.context, node.index, cause.text);
  return Status::kOk;
}

void Evaluator::read_field(const Node& node, Frame& frame, Cell& result) const {
  const FieldSlot& slot = frame.layout->fields[node.index];
  result = Cell{};
  Presence state = presence(frame.input, node.index);
  if (!has_presence(node.type)) {
    state = Presence::kValue;
  } else if (state != Presence::kValue) {
    result.state = Presence::kNull;
    return;
  }
  std::memcpy(static_cast<void*>(&result), frame.input + slot.offset, storage_size(slot.storage));
  result.state = state;
}

Status Evaluator::call_standard(const Node& node, Frame& frame, Cell& result) const {
  const stdlib::Function& function = functions_[node.index];
  Context& context = frame.context;
  Few<Cell, 4> values(node.count);
  Few<const void*, 4> pointers(node.count);
  Few<Closure, 2> closures(node.count > 2 ? node.count : 2);
  Few<Captured, 2> captured(node.count > 2 ? node.count : 2);
  size_t lambdas = 0;
  for (uint32_t i = 0; i < node.count; ++i) {
    const NodeId id = program_.arguments[node.first + i];
    const Node& argument = program_.nodes[id];
    if (argument.op == Op::kPrepared) {
      pointers[i] = context.prepared[argument.index];
    } else if (argument.op == Op::kLambda) {
      captured[lambdas] = {this, &frame, &argument};
      closures[lambdas] = {&Evaluator::call_lambda, &captured[lambdas]};
      pointers[i] = &closures[lambdas++];
    } else {
      if (const Status status = evaluate(id, frame, values[i]); status != Status::kOk) return status;
      pointers[i] = &values[i];
    }
  }
  result = Cell{};
  const Status status = function.invoke(context, &result, pointers.data());
  if (status == Status::kOk) {
    if (function.result != stdlib::Shape::kCell || !has_presence(node.type)) result.state = Presence::kValue;
    return Status::kOk;
  }
  if (lambdas == 0 && node.site == kNone) return Status::kFail;
  if (status == Status::kOverflow) {
    ir::raise(context, node.site);
    return Status::kPoison;
  }
  return status;
}

Status Evaluator::call_user(const Node& node, Frame& frame, Cell& result) const {
  Few<Cell, 4> values(node.count);
  for (uint32_t i = 0; i < node.count; ++i) {
    const Status status = evaluate(program_.arguments[node.first + i], frame, values[i]);
    if (status != Status::kOk) return status;
  }
  return call(frame.context, node.index, values.data(), node.count, result);
}

Status Evaluator::call(Context& context, uint32_t function, const Cell* arguments, size_t count, Cell& result) const {
  const ir::Function& callee = program_.functions[function];
  Few<Cell, 8> locals(callee.locals.size());
  for (size_t i = 0; i < count; ++i) locals[i] = arguments[i];
  Frame frame{context, nullptr, nullptr, callee.locals, locals.data()};
  return evaluate(callee.body, frame, result);
}

Status Evaluator::call_lambda(Context*, void* captured, Cell* result, const void* const* arguments) {
  const Captured& self = *static_cast<const Captured*>(captured);
  const Evaluator& evaluator = *self.evaluator;
  for (uint32_t i = 0; i < self.lambda->count; ++i) {
    const uint32_t local = evaluator.program_.arguments[self.lambda->first + i];
    Cell& parameter = self.frame->locals[local];
    const TypeFacts& facts = evaluator.facts_[self.frame->types[local]];
    parameter = Cell{};
    std::memcpy(static_cast<void*>(&parameter), arguments[i], facts.presence ? sizeof(Cell) : storage_size(facts.storage));
    if (!facts.presence) parameter.state = Presence::kValue;
  }
  return evaluator.evaluate(self.lambda->a, *self.frame, *result);
}

Status Evaluator::build(const Node& node, Frame& frame, Cell& result) const {
  Few<Cell, 8> values(node.count);
  for (uint32_t i = 0; i < node.count; ++i) {
    const Status status = evaluate(program_.arguments[node.first + i], frame, values[i]);
    if (status != Status::kOk) return status;
  }
  Cell* items = nullptr;
  if (node.count != 0) {
    items = static_cast<Cell*>(arena_allocate(frame.context, node.count * sizeof(Cell)));
    std::memcpy(static_cast<void*>(items), values.data(), node.count * sizeof(Cell));
  }
  for (uint32_t i = 0; i < node.count; ++i) items[i].state = ir::assigned_presence(items[i].state);
  result = Cell{};
  result.list = {items, node.count};
  result.state = Presence::kValue;
  return Status::kOk;
}

}  // namespace mig::interp
