#include <algorithm>
#include <set>

#include "compiler/codegen/function_emitter.h"
#include "compiler/ir/steps.h"
#include "compiler/ir/values.h"

namespace mig::codegen {

using ir::kNone;
using ir::Node;
using ir::NodeId;
using ir::Op;
using stdlib::Shape;

namespace {

Storage storage_of_shape(Shape shape) {
  switch (shape) {
    case Shape::kBool: return Storage::kBool;
    case Shape::kInt: return Storage::kInt;
    case Shape::kReal: return Storage::kReal;
    case Shape::kDecimal: return Storage::kDecimal;
    case Shape::kText: return Storage::kText;
    case Shape::kList: return Storage::kList;
    case Shape::kMap: return Storage::kMap;
    case Shape::kCell:
    case Shape::kClosure:
    case Shape::kPrepared: return Storage::kScalar;
  }
  return Storage::kScalar;
}

/// Locals that an expression reads but does not bind, and whether it reads the record.
struct Captures {
  std::vector<ir::LocalId> locals;
  bool record = false;

  Captures(const ir::Program& program, const Node& lambda) : program_(program) {
    for (uint32_t i = 0; i < lambda.count; ++i) bound_.insert(program.arguments[lambda.first + i]);
    visit(lambda.a);
  }

 private:
  void visit(NodeId id) {
    const Node& node = program_.nodes[id];
    if (node.op == Op::kField || node.op == Op::kFieldPresent || node.op == Op::kFieldUnavailable) record = true;
    if (node.op == Op::kLocal && bound_.count(node.index) == 0) {
      bound_.insert(node.index);
      locals.push_back(node.index);
    }
    if (node.op == Op::kLambda) {
      for (uint32_t i = 0; i < node.count; ++i) bound_.insert(program_.arguments[node.first + i]);
    }
    if (node.op == Op::kLet) {
      visit(node.a);
      bound_.insert(node.index);
      visit(node.b);
      return;
    }
    ir::each_child(program_, node, [this](NodeId child) { visit(child); });
  }

  const ir::Program& program_;
  std::set<ir::LocalId> bound_;
};

}  // namespace

Value FunctionEmitter::emit_call(const Node& node) {
  if (node.proof != ir::Proof::kUnproven) {
    if (std::optional<Value> exact = emit_exact(node)) return std::move(*exact);
  }
  const stdlib::Function& function = module_.standard(node.index);
  struct Argument {
    Value value;
    llvm::Value* pointer = nullptr;
  };
  llvm::SmallVector<Argument, 6> arguments;
  for (uint32_t i = 0; i < node.count; ++i) {
    const NodeId id = program_.arguments[node.first + i];
    const Node& argument = program_.nodes[id];
    if (argument.op == Op::kPrepared) {
      llvm::Value* const table = load_context(shapes_.pointer, offsetof(Context, prepared), 8);
      llvm::Value* const at = builder.CreateConstInBoundsGEP1_32(shapes_.pointer, table, argument.index);
      arguments.push_back({{}, builder.CreateAlignedLoad(shapes_.pointer, at, llvm::Align(8))});
    } else if (argument.op == Op::kLambda) {
      arguments.push_back({{}, emit_lambda(argument)});
    } else if (llvm::Value* const at = function.parameters[i] == Shape::kCell ? nullptr : address_of(argument)) {
      arguments.push_back({{}, at});
    } else {
      arguments.push_back({emit(id), nullptr});
    }
  }
  // A call that may be inlined gets slots of its own, which then turn into registers; others share theirs to keep the stack small.
  const bool own = module_.may_inline(node.index);
  size_t next = 0;
  const auto memory = [&](Storage storage) -> llvm::Value* {
    if (own) return slot(shapes_.memory(storage), "argument");
    if (next == shared_slots_.size()) shared_slots_.push_back(slot(shapes_.cell, "shared"));
    return shared_slots_[next++];
  };
  const Storage result_storage = storage_of_shape(function.result);
  llvm::Value* const result = memory(result_storage);
  llvm::SmallVector<llvm::Value*, 8> pointers{context_, result};
  for (uint32_t i = 0; i < node.count; ++i) {
    Argument& argument = arguments[i];
    if (argument.pointer == nullptr) {
      const Storage storage = module_.storage(program_.nodes[program_.arguments[node.first + i]].type);
      argument.pointer = memory(storage_of_shape(function.parameters[i]));
      if (function.parameters[i] == Shape::kCell) {
        shapes_.store_cell(builder, storage, argument.value, argument.pointer);
      } else {
        shapes_.store(builder, storage, argument.value, argument.pointer);
      }
    }
    pointers.push_back(argument.pointer);
  }
  if (result_storage == Storage::kScalar) {
    // A body need not write every byte of the payload.
    builder.CreateAlignedStore(llvm::Constant::getNullValue(shapes_.i128), result, llvm::Align(16));
    builder.CreateAlignedStore(llvm::Constant::getNullValue(shapes_.i64), offset(result, offsetof(Cell, state)), llvm::Align(8));
  }
  llvm::CallInst* const status = builder.CreateCall(module_.standard_function(node.index), pointers);
  const bool closures = std::find(function.parameters.begin(), function.parameters.end(), Shape::kClosure) != function.parameters.end();
  if (closures || node.site != kNone) {
    dispatch(status, node.site);
  } else if (!module_.is_total(node.index)) {
    fail_unless_ok(status);
  }
  const Storage storage = module_.storage(node.type);
  Value value;
  if (function.result == Shape::kCell && module_.has_presence(node.type)) return shapes_.load_cell(builder, storage, result);
  value = shapes_.load(builder, storage, result);
  if (module_.has_presence(node.type)) value.presence = shapes_.byte(static_cast<unsigned>(Presence::kValue));
  return value;
}

llvm::Value* FunctionEmitter::address_of(const Node& node) {
  if (module_.has_presence(node.type)) return nullptr;
  if (node.op == Op::kField) return offset(input_, layout_->fields[node.index].offset);
  if (node.op != Op::kConst) return nullptr;
  const Storage storage = module_.storage(node.type);
  const Value value = emit_constant(node);
  switch (storage) {
    case Storage::kInt:
    case Storage::kReal:
    case Storage::kDecimal: return module_.constant(llvm::cast<llvm::Constant>(value.parts[0]));
    case Storage::kText:
      return module_.constant(llvm::ConstantStruct::get(
          shapes_.view, {llvm::cast<llvm::Constant>(value.parts[0]), llvm::cast<llvm::Constant>(value.parts[1])}));
    case Storage::kBool:
    case Storage::kList:
    case Storage::kMap:
    case Storage::kScalar: break;
  }
  return nullptr;
}

Value FunctionEmitter::emit_user_call(const Node& node) {
  const ir::Function& callee = program_.functions[node.index];
  llvm::SmallVector<llvm::Value*, 8> arguments;
  std::vector<Value> values;
  for (uint32_t i = 0; i < node.count; ++i) values.push_back(emit_as(program_.arguments[node.first + i], callee.locals[i]));
  const bool presence = module_.has_presence(callee.result);
  const Storage storage = module_.storage(callee.result);
  llvm::Value* const result = slot(presence ? shapes_.cell : shapes_.memory(storage), "result");
  arguments.append({context_, result});
  for (const Value& value : values) flatten(value, arguments);
  llvm::FunctionCallee called = module_.user_function(node.index);
  if (module_.keeps_results(node.index)) {
    arguments.append({shapes_.word(node.index), called.getCallee()});
    called = module_.runtime_function(kRecallSymbol);
  }
  llvm::CallInst* const status = builder.CreateCall(called, arguments);
  dispatch(status, kNone);
  if (module_.is_never(callee.result)) return dead(node.type);
  Value value = presence ? shapes_.load_cell(builder, storage, result) : shapes_.load(builder, storage, result);
  return adapt(std::move(value), callee.result, node.type);
}

llvm::Value* FunctionEmitter::emit_lambda(const Node& lambda) {
  const Captures captures(program_, lambda);
  // Captured values: the record's address, then one slot a local.
  uint64_t size = 16;
  std::vector<uint64_t> at;
  for (const ir::LocalId local : captures.locals) {
    at.push_back(size);
    size += slot_size(module_.storage(locals_[local]), module_.has_presence(locals_[local]));
  }
  llvm::Value* const captured = slot(size, "captured");
  if (captures.record) builder.CreateAlignedStore(input_, captured, llvm::Align(8));
  const auto each_captured = [&](auto&& visit) {
    for (size_t i = 0; i < captures.locals.size(); ++i) {
      const TypeId type = locals_[captures.locals[i]];
      visit(captures.locals[i], module_.storage(type), module_.has_presence(type), at[i]);
    }
  };
  each_captured([&](ir::LocalId local, Storage storage, bool presence, uint64_t place) {
    const Value value = load_local(local);
    if (presence) {
      shapes_.store_cell(builder, storage, value, offset(captured, place));
    } else {
      shapes_.store(builder, storage, value, offset(captured, place));
    }
  });

  auto* const type = llvm::FunctionType::get(shapes_.i8, {shapes_.pointer, shapes_.pointer, shapes_.pointer, shapes_.pointer}, false);
  llvm::Function* const function = module_.internal_function(type, "lambda");
  llvm::Argument* const parameters = function->arg_begin();
  FunctionEmitter body(module_, function, locals_, layout_, &parameters[0], nullptr);
  if (captures.record) body.input_ = body.builder.CreateAlignedLoad(shapes_.pointer, &parameters[1], llvm::Align(8));
  each_captured([&](ir::LocalId local, Storage storage, bool presence, uint64_t place) {
    llvm::Value* const from = body.offset(&parameters[1], place);
    body.bind(local, presence ? shapes_.load_cell(body.builder, storage, from) : shapes_.load(body.builder, storage, from));
  });
  for (uint32_t i = 0; i < lambda.count; ++i) {
    const ir::LocalId local = program_.arguments[lambda.first + i];
    llvm::Value* const from = body.builder.CreateAlignedLoad(
        shapes_.pointer, body.builder.CreateConstInBoundsGEP1_32(shapes_.pointer, &parameters[3], i), llvm::Align(8));
    const Storage storage = module_.storage(locals_[local]);
    const bool presence = module_.has_presence(locals_[local]);
    body.bind(local, presence ? shapes_.load_cell(body.builder, storage, from) : shapes_.load(body.builder, storage, from));
  }
  const TypeId result_type = program_.nodes[lambda.a].type;
  body.emit_body(lambda.a,
                 [&](const Value& value) { shapes_.store_cell(body.builder, module_.storage(result_type), value, &parameters[2]); });

  llvm::Value* const closure = slot(shapes_.view, "closure");
  builder.CreateAlignedStore(function, closure, llvm::Align(8));
  builder.CreateAlignedStore(captured, offset(closure, offsetof(Closure, captured)), llvm::Align(8));
  return closure;
}

void FunctionEmitter::emit_body(NodeId id, llvm::function_ref<void(const Value&)> finish) {
  Scope whole = make_scope();
  scope = &whole;
  const Value value = emit(id);
  if (module_.is_never(program_.nodes[id].type)) {
    builder.CreateUnreachable();
  } else {
    finish(value);
    builder.CreateRet(shapes_.byte(static_cast<unsigned>(Status::kOk)));
  }
  close(whole);
  const auto answer = [this](llvm::BasicBlock* at, Status status) {
    builder.SetInsertPoint(at);
    builder.CreateRet(shapes_.byte(static_cast<unsigned>(status)));
  };
  answer(whole.fail, Status::kFail);
  answer(whole.poison, Status::kPoison);
  answer(whole.skip, Status::kSkip);
  scope = nullptr;
}

Value FunctionEmitter::emit_build(const Node& node) {
  std::vector<Value> values;
  for (uint32_t i = 0; i < node.count; ++i) values.push_back(emit(program_.arguments[node.first + i]));
  llvm::Value* items = llvm::ConstantPointerNull::get(shapes_.pointer);
  if (node.count != 0) {
    items = builder.CreateCall(module_.runtime_function(kAllocateSymbol),
                               {context_, llvm::ConstantInt::get(shapes_.i64, uint64_t{node.count} * sizeof(Cell))});
  }
  for (uint32_t i = 0; i < node.count; ++i) {
    const TypeId type = program_.nodes[program_.arguments[node.first + i]].type;
    if (module_.is_never(type)) continue;
    if (values[i].presence != nullptr) values[i].presence = assigned(values[i].presence);
    shapes_.store_cell(builder, module_.storage(type), values[i], offset(items, uint64_t{i} * sizeof(Cell)));
  }
  Value value;
  value.parts = {items, llvm::ConstantInt::get(shapes_.i64, node.count)};
  if (module_.has_presence(node.type)) value.presence = shapes_.byte(static_cast<unsigned>(Presence::kValue));
  return value;
}

llvm::Value* FunctionEmitter::assigned(llvm::Value* presence) {
  static_assert(static_cast<int>(Presence::kValue) == 1 && static_cast<int>(Presence::kKeep) == 3);
  llvm::Value* const stays = builder.CreateICmpEQ(builder.CreateOr(presence, shapes_.byte(2)), shapes_.byte(3));
  return builder.CreateSelect(stays, presence, shapes_.byte(static_cast<unsigned>(Presence::kNull)));
}

Value FunctionEmitter::emit_get_field(const Node& node) {
  const Value record = emit(node.a);
  if (module_.is_never(program_.nodes[node.a].type)) return dead(node.type);
  llvm::Value* const from = offset(record.parts[0], uint64_t{node.index} * sizeof(Cell));
  const Storage storage = module_.storage(node.type);
  if (!module_.has_presence(node.type)) return shapes_.load(builder, storage, from);
  Value value = shapes_.load_cell(builder, storage, from);
  llvm::Constant* const present = shapes_.byte(static_cast<unsigned>(Presence::kValue));
  value.presence =
      builder.CreateSelect(builder.CreateICmpEQ(value.presence, present), present, shapes_.byte(static_cast<unsigned>(Presence::kNull)));
  return value;
}

}  // namespace mig::codegen
