#include "compiler/codegen/map_emitter.h"
#include "runtime/plan/kernel_set.h"

namespace mig::codegen {

void emit_batch_loop(ModuleEmitter& module, const ir::MapProgram& map, llvm::Function* record, const std::string& name) {
  const Shapes& shapes = module.shapes;
  llvm::LLVMContext& llvm_context = module.module().getContext();
  llvm::Type* const pointer = shapes.pointer;
  auto* const type = llvm::FunctionType::get(llvm::Type::getVoidTy(llvm_context), {pointer, pointer, pointer, shapes.i32, pointer}, false);
  llvm::Function* const function = module.internal_function(type, name);
  function->setLinkage(llvm::GlobalValue::ExternalLinkage);
  llvm::Argument* const arguments = function->arg_begin();
  llvm::Value* const context = &arguments[0];
  llvm::Value* const count = &arguments[3];

  const auto block = [&](const char* label) { return llvm::BasicBlock::Create(llvm_context, label, function); };
  llvm::BasicBlock* const entry = block("entry");
  llvm::BasicBlock* const loop = block("loop");
  llvm::BasicBlock* const one = block("record");
  llvm::BasicBlock* const next = block("next");
  llvm::BasicBlock* const done = block("done");
  Builder builder(entry);
  builder.CreateCondBr(builder.CreateICmpEQ(count, shapes.word(0)), done, loop);

  builder.SetInsertPoint(loop);
  llvm::PHINode* const i = builder.CreatePHI(shapes.i32, 2);
  i->addIncoming(shapes.word(0), entry);
  llvm::Value* const index = builder.CreateZExt(i, shapes.i64);
  llvm::Value* const outcome = builder.CreateInBoundsGEP(shapes.i8, &arguments[4], index);
  llvm::Value* const preset = builder.CreateAlignedLoad(shapes.i8, outcome, llvm::Align(1));
  builder.CreateCondBr(builder.CreateICmpEQ(preset, shapes.byte(static_cast<unsigned>(Outcome::kRejected))), next, one);

  builder.SetInsertPoint(one);
  const auto frame = [&](llvm::Value* base, uint32_t stride) {
    return builder.CreateInBoundsGEP(shapes.i8, base, builder.CreateMul(index, llvm::ConstantInt::get(shapes.i64, stride)));
  };
  builder.CreateAlignedStore(i, builder.CreateConstInBoundsGEP1_64(shapes.i8, context, offsetof(Context, record)), llvm::Align(4));
  llvm::Value* const answer =
      builder.CreateCall(record, {context, frame(&arguments[1], map.input.stride), frame(&arguments[2], map.output.stride)});
  builder.CreateAlignedStore(answer, outcome, llvm::Align(1));
  builder.CreateBr(next);

  builder.SetInsertPoint(next);
  llvm::Value* const following = builder.CreateAdd(i, shapes.word(1));
  i->addIncoming(following, next);
  builder.CreateCondBr(builder.CreateICmpULT(following, count), loop, done);
  builder.SetInsertPoint(done);
  builder.CreateRetVoid();
}

}  // namespace mig::codegen
