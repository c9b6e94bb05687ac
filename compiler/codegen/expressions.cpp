#include "compiler/codegen/function_emitter.h"
#include "compiler/ir/values.h"

namespace mig::codegen {

using ir::kNone;
using ir::Node;
using ir::Op;

FunctionEmitter::FunctionEmitter(ModuleEmitter& module, llvm::Function* function, const std::vector<TypeId>& locals,
                                 const RecordLayout* layout, llvm::Value* context, llvm::Value* input)
    : builder(function->getContext()),
      module_(module),
      shapes_(module.shapes),
      program_(module.program()),
      function_(function),
      locals_(locals),
      layout_(layout),
      context_(context),
      input_(input) {
  // Entry holds the slots alone, so that they are all static and can become registers.
  llvm::BasicBlock* const entry = llvm::BasicBlock::Create(function->getContext(), "entry", function);
  llvm::BasicBlock* const body = llvm::BasicBlock::Create(function->getContext(), "body", function);
  builder.SetInsertPoint(entry);
  builder.CreateBr(body);
  builder.SetInsertPoint(body);
}

llvm::BasicBlock* FunctionEmitter::block(const char* name) { return llvm::BasicBlock::Create(builder.getContext(), name, function_); }

llvm::AllocaInst* FunctionEmitter::slot(llvm::Type* type, const char* name) {
  Builder entry(&function_->getEntryBlock(), function_->getEntryBlock().begin());
  llvm::AllocaInst* const memory = entry.CreateAlloca(type, nullptr, name);
  memory->setAlignment(llvm::Align(16));
  return memory;
}

llvm::AllocaInst* FunctionEmitter::slot(uint64_t bytes, const char* name) { return slot(llvm::ArrayType::get(shapes_.i8, bytes), name); }

llvm::Value* FunctionEmitter::offset(llvm::Value* base, uint64_t bytes) {
  return bytes == 0 ? base : builder.CreateConstInBoundsGEP1_64(shapes_.i8, base, bytes);
}

void FunctionEmitter::flatten(const Value& value, llvm::SmallVectorImpl<llvm::Value*>& out) {
  if (value.presence != nullptr) out.push_back(value.presence);
  out.append(value.parts.begin(), value.parts.end());
}

llvm::Value* FunctionEmitter::load_context(llvm::Type* type, uint64_t at, unsigned align) {
  return builder.CreateAlignedLoad(type, offset(context_, at), llvm::Align(align));
}

Value FunctionEmitter::dead(TypeId type) {
  Value value;
  if (module_.has_presence(type)) value.presence = llvm::PoisonValue::get(shapes_.i8);
  for (llvm::Type* part : shapes_.parts(module_.storage(type))) value.parts.push_back(llvm::PoisonValue::get(part));
  return value;
}

Value FunctionEmitter::adapt(Value value, TypeId from, TypeId to) {
  if (from == to) return value;
  if (module_.is_never(from)) return dead(to);
  if (!module_.has_presence(to)) {
    value.presence = nullptr;
  } else if (value.presence == nullptr) {
    value.presence = shapes_.byte(static_cast<unsigned>(Presence::kValue));
  }
  return value;
}

Value FunctionEmitter::emit_as(ir::NodeId id, TypeId type) { return adapt(emit(id), program_.nodes[id].type, type); }

Value FunctionEmitter::emit(ir::NodeId id) {
  const Node& node = program_.nodes[id];
  switch (node.op) {
    case Op::kConst: return emit_constant(node);
    case Op::kNull: return shapes_.zero(module_.storage(node.type), true);
    case Op::kKeep: {
      Value value = shapes_.zero(module_.storage(node.type), true);
      value.presence = shapes_.byte(static_cast<unsigned>(Presence::kKeep));
      return value;
    }
    case Op::kField: return emit_field(node);
    case Op::kFieldPresent:
    case Op::kFieldUnavailable:
    case Op::kLocal:
    case Op::kRunNow:
    case Op::kRunId:
    case Op::kParameter:
    case Op::kRowPosition:
    case Op::kRowSource:
    case Op::kPrepared:
    case Op::kLambda: return emit_leaf(node);
    case Op::kCall: return emit_call(node);
    case Op::kCallFunction: return emit_user_call(node);
    case Op::kLet: return emit_let(node);
    case Op::kIf: return emit_if(node);
    case Op::kSwitch: return emit_switch(node);
    case Op::kCoalesce: return emit_coalesce(node);
    case Op::kCatch: return emit_catch(node);
    case Op::kIsNull: {
      const Value value = emit(node.a);
      if (value.presence == nullptr) return truth(builder.getFalse());
      return truth(builder.CreateICmpNE(value.presence, shapes_.byte(static_cast<unsigned>(Presence::kValue))));
    }
    case Op::kUnwrap: {
      Value value = emit_as(node.a, node.type);
      if (value.presence != nullptr) value.presence = shapes_.byte(static_cast<unsigned>(Presence::kValue));
      return value;
    }
    case Op::kWrap: return emit_as(node.a, node.type);
    case Op::kReject:
    case Op::kSkip:
      raise(node);
      builder.CreateBr(node.op == Op::kReject ? scope->poison : scope->skip);
      builder.SetInsertPoint(block("dead"));
      return dead(node.type);
    case Op::kWarn: raise(node); return emit_as(node.a, node.type);
    case Op::kFail: {
      llvm::Constant* const cause = module_.text(program_.constants[node.index].text);
      builder.CreateAlignedStore(cause, offset(context_, offsetof(Context, cause)), llvm::Align(8));
      builder.CreateBr(scope->fail);
      builder.SetInsertPoint(block("dead"));
      return dead(node.type);
    }
    case Op::kMakeRecord:
    case Op::kMakeList: return emit_build(node);
    case Op::kGetField: return emit_get_field(node);
  }
  return {};
}

Value FunctionEmitter::emit_leaf(const Node& node) {
  if (node.op == Op::kLocal) return adapt(load_local(node.index), locals_[node.index], node.type);
  if (node.op == Op::kFieldPresent || node.op == Op::kFieldUnavailable) {
    llvm::Value* const state = builder.CreateAlignedLoad(shapes_.i8, offset(input_, node.index), llvm::Align(1));
    if (node.op == Op::kFieldUnavailable) {
      return truth(builder.CreateICmpEQ(state, shapes_.byte(static_cast<unsigned>(Presence::kUnavailable))));
    }
    static_assert(static_cast<int>(Presence::kValue) == 1 && static_cast<int>(Presence::kNull) == 2);
    return truth(builder.CreateICmpULT(builder.CreateSub(state, shapes_.byte(1)), shapes_.byte(2)));
  }
  Value value;
  if (node.op == Op::kRowPosition) {
    llvm::AllocaInst* const out = slot(shapes_.view, "position");
    builder.CreateCall(module_.runtime_function(kPositionSymbol), {context_, out});
    value = shapes_.load(builder, Storage::kText, out);
  } else if (node.op == Op::kRowSource) {
    value = shapes_.load(builder, Storage::kText, offset(context_, offsetof(Context, row_source)));
  } else if (node.op == Op::kRunNow || node.op == Op::kRunId || node.op == Op::kParameter) {
    llvm::Value* const environment = load_context(shapes_.pointer, offsetof(Context, environment), 8);
    if (node.op == Op::kRunNow) {
      value = shapes_.load(builder, Storage::kInt, offset(environment, offsetof(Environment, run_now)));
    } else if (node.op == Op::kRunId) {
      value = shapes_.load(builder, Storage::kText, offset(environment, offsetof(Environment, run_id)));
    } else {
      llvm::Value* const all =
          builder.CreateAlignedLoad(shapes_.pointer, offset(environment, offsetof(Environment, parameters)), llvm::Align(8));
      llvm::Value* const from = offset(all, uint64_t{node.index} * sizeof(Cell));
      if (module_.has_presence(node.type)) return shapes_.load_cell(builder, module_.storage(node.type), from);
      return shapes_.load(builder, module_.storage(node.type), from);
    }
  }
  if (module_.has_presence(node.type)) value.presence = shapes_.byte(static_cast<unsigned>(Presence::kValue));
  return value;
}

Value FunctionEmitter::emit_field(const Node& node) {
  const FieldSlot& field = layout_->fields[node.index];
  Value value = shapes_.load(builder, field.storage, offset(input_, field.offset));
  if (module_.has_presence(node.type)) {
    llvm::Value* const state = builder.CreateAlignedLoad(shapes_.i8, offset(input_, node.index), llvm::Align(1));
    llvm::Value* const present = builder.CreateICmpEQ(state, shapes_.byte(static_cast<unsigned>(Presence::kValue)));
    value.presence = builder.CreateSelect(present, shapes_.byte(static_cast<unsigned>(Presence::kValue)),
                                          shapes_.byte(static_cast<unsigned>(Presence::kNull)));
  }
  return value;
}

Value FunctionEmitter::emit_constant(const Node& node) {
  const ir::Constant& constant = program_.constants[node.index];
  const Cell cell = ir::constant_cell(constant, program_.types);
  const Storage storage = module_.storage(node.type);
  Value value;
  const auto wide = [](int128 number) {
    const uint64_t words[2] = {static_cast<uint64_t>(number), static_cast<uint64_t>(static_cast<uint128>(number) >> 64)};
    return llvm::APInt(128, llvm::ArrayRef<uint64_t>(words));
  };
  const auto view = [&]() -> Value {
    llvm::Constant* const data = constant.text.empty() ? llvm::ConstantPointerNull::get(shapes_.pointer) : module_.text(constant.text);
    return {nullptr, {data, llvm::ConstantInt::get(shapes_.i64, constant.text.size())}};
  };
  switch (storage) {
    case Storage::kBool: value = truth(cell.boolean ? builder.getTrue() : builder.getFalse()); break;
    case Storage::kInt: value.parts = {llvm::ConstantInt::getSigned(shapes_.i64, cell.integer)}; break;
    case Storage::kReal: value.parts = {llvm::ConstantFP::get(shapes_.real, llvm::APFloat(cell.real))}; break;
    case Storage::kDecimal: value.parts = {llvm::ConstantInt::get(builder.getContext(), wide(cell.decimal))}; break;
    case Storage::kText: value = view(); break;
    case Storage::kList:
    case Storage::kMap: value = shapes_.zero(storage, false); break;
    case Storage::kScalar: {
      const bool text = program_.types[constant.type].kind == Kind::kScalar && cell.kind == ScalarKind::kText;
      if (text) {
        const Value parts = view();
        llvm::Value* const low = builder.CreateZExt(builder.CreatePtrToInt(parts.parts[0], shapes_.i64), shapes_.i128);
        llvm::Value* const high = builder.CreateShl(builder.CreateZExt(parts.parts[1], shapes_.i128), 64);
        value.parts = {builder.CreateOr(low, high)};
      } else {
        value.parts = {llvm::ConstantInt::get(builder.getContext(), wide(cell.decimal))};
      }
      value.parts.append({shapes_.byte(static_cast<unsigned>(cell.kind)), shapes_.byte(cell.scale), shapes_.word(cell.extra)});
      break;
    }
  }
  if (module_.has_presence(node.type)) value.presence = shapes_.byte(static_cast<unsigned>(cell.state));
  return value;
}

}  // namespace mig::codegen
