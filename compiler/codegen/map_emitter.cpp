#include "compiler/codegen/map_emitter.h"

#include <set>

#include "compiler/codegen/part_emitter.h"
#include "compiler/ir/steps.h"
#include "runtime/plan/kernel_set.h"

namespace mig::codegen {

using ir::kNone;
using ir::NodeId;
using ir::Op;
using ir::Step;

namespace {

// A function's compile time grows faster than its length; measured: about 25 fields with a few calls each are best.
constexpr size_t kMaxPartSteps = 25;
constexpr size_t kMaxPartNodes = 400;

size_t count_nodes(const ir::Program& program, NodeId id, size_t limit) {
  size_t count = 1;
  ir::each_child(program, program.nodes[id], [&](NodeId child) {
    if (count < limit) count += count_nodes(program, child, limit - count);
  });
  return count;
}

size_t count_nodes(const ir::Program& program, const Step& step) {
  size_t count = count_nodes(program, step.node, kMaxPartNodes);
  for (const Step& inner : step.then) count += count_nodes(program, inner);
  for (const Step& inner : step.otherwise) count += count_nodes(program, inner);
  return count;
}

}  // namespace

MapEmitter::MapEmitter(ModuleEmitter& module, const ir::MapProgram& map, uint32_t index)
    : module_(module),
      map_(map),
      name_("map_" + (module.for_profilers() ? map.name : std::to_string(index))),
      locals_(map.locals.size()),
      is_step_local_(map.locals.size()),
      poison_(map.poison_bits) {
  split();
  uint32_t number = 0;
  ir::each_step(
      map.steps,
      [this](const Step& step, uint32_t) {
        if (step.what == Step::What::kLet) is_step_local_[step.index] = true;
      },
      number);
  for (uint32_t part = 0; part < parts_.size(); ++part) {
    for (const Step* step : parts_[part].steps) place_steps(*step, part);
  }
  lay_out_state();
}

void MapEmitter::split() {
  size_t steps = 0;
  size_t nodes = 0;
  uint32_t number = 0;
  parts_.push_back({});
  for (const Step& step : map_.steps) {
    const uint32_t size = ir::step_count(step);
    const size_t weight = count_nodes(module_.program(), step);
    if (!parts_.back().steps.empty() && (steps + size > kMaxPartSteps || nodes + weight > kMaxPartNodes)) {
      parts_.push_back({{}, number});
      steps = nodes = 0;
    }
    parts_.back().steps.push_back(&step);
    steps += size;
    nodes += weight;
    number += size;
  }
}

void MapEmitter::place_steps(const Step& step, uint32_t part) {
  const auto used_by = [part](Place& place) {
    if (place.part == kNone) place.part = part;
    if (place.part != part) place.shared = true;
  };
  if (step.what == Step::What::kLet) used_by(locals_[step.index]);
  if (step.poison != kNone) used_by(poison_[step.poison]);
  for (const uint32_t bit : step.depends) used_by(poison_[bit]);
  place_nodes(step.node, part);
  for (const Step& inner : step.then) place_steps(inner, part);
  for (const Step& inner : step.otherwise) place_steps(inner, part);
}

void MapEmitter::place_nodes(NodeId id, uint32_t part) {
  const ir::Node& node = module_.program().nodes[id];
  if (node.op == Op::kLocal && is_step_local_[node.index]) {
    Place& place = locals_[node.index];
    if (place.part == kNone) place.part = part;
    if (place.part != part) place.shared = true;
  }
  ir::each_child(module_.program(), node, [&](NodeId child) { place_nodes(child, part); });
}

void MapEmitter::lay_out_state() {
  for (Place& place : poison_) {
    if (place.shared) place.offset = flags_size_++;
  }
  state_size_ = (flags_size_ + 15) / 16 * 16;
  for (size_t local = 0; local < locals_.size(); ++local) {
    if (!locals_[local].shared) continue;
    locals_[local].offset = state_size_;
    state_size_ += slot_size(module_.storage(map_.locals[local]), module_.has_presence(map_.locals[local]));
  }
}

llvm::Function* MapEmitter::emit() {
  const Shapes& shapes = module_.shapes;
  llvm::Type* const pointer = shapes.pointer;
  auto* const type = llvm::FunctionType::get(shapes.i8, {pointer, pointer, pointer}, false);
  llvm::Function* const record = module_.internal_function(type, name_);
  if (parts_.size() == 1) {
    PartEmitter(*this, 0, record, nullptr).emit();
    return record;
  }
  auto* const part_type = llvm::FunctionType::get(shapes.i8, {pointer, pointer, pointer, pointer}, false);
  llvm::BasicBlock* block = llvm::BasicBlock::Create(record->getContext(), "entry", record);
  Builder builder(block);
  llvm::AllocaInst* const state = builder.CreateAlloca(llvm::ArrayType::get(shapes.i8, state_size_), nullptr, "state");
  state->setAlignment(llvm::Align(16));
  builder.CreateMemSet(state, shapes.byte(0), flags_size_, llvm::Align(16));
  llvm::BasicBlock* const skipped = llvm::BasicBlock::Create(record->getContext(), "skipped", record);
  for (uint32_t part = 0; part < parts_.size(); ++part) {
    llvm::Function* const function = module_.internal_function(part_type, name_ + "_part_" + std::to_string(part));
    PartEmitter(*this, part, function, function->getArg(3)).emit();
    llvm::Value* const outcome = builder.CreateCall(function, {record->getArg(0), record->getArg(1), record->getArg(2), state});
    block = llvm::BasicBlock::Create(record->getContext(), "next", record);
    builder.CreateCondBr(builder.CreateICmpEQ(outcome, shapes.byte(0)), block, skipped);
    builder.SetInsertPoint(block);
  }
  llvm::Value* const rejected = builder.CreateICmpNE(builder.CreateAlignedLoad(shapes.i8, state, llvm::Align(16)), shapes.byte(0));
  builder.CreateRet(builder.CreateSelect(rejected, shapes.byte(static_cast<unsigned>(Outcome::kRejected)),
                                         shapes.byte(static_cast<unsigned>(Outcome::kWritten))));
  builder.SetInsertPoint(skipped);
  builder.CreateRet(shapes.byte(static_cast<unsigned>(Outcome::kSkipped)));
  return record;
}

}  // namespace mig::codegen
