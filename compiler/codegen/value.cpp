#include "compiler/codegen/value.h"

#include "runtime/types/value.h"

namespace mig::codegen {

Shapes::Shapes(llvm::LLVMContext& context)
    : i1(llvm::Type::getInt1Ty(context)),
      i8(llvm::Type::getInt8Ty(context)),
      i32(llvm::Type::getInt32Ty(context)),
      i64(llvm::Type::getInt64Ty(context)),
      i128(llvm::Type::getInt128Ty(context)),
      real(llvm::Type::getDoubleTy(context)),
      pointer(llvm::PointerType::getUnqual(context)),
      view(llvm::StructType::get(context, {pointer, i64})),
      cell(llvm::StructType::get(context, {i128, i8, i8, i8, i8, i32})) {}

llvm::Constant* Shapes::byte(unsigned value) const { return llvm::ConstantInt::get(i8, value); }
llvm::Constant* Shapes::word(uint32_t value) const { return llvm::ConstantInt::get(i32, value); }

llvm::Value* Shapes::at(Builder& builder, llvm::Value* base, uint64_t offset) const {
  return offset == 0 ? base : builder.CreateConstInBoundsGEP1_64(i8, base, offset);
}

llvm::SmallVector<llvm::Type*, 4> Shapes::parts(Storage storage) const {
  switch (storage) {
    case Storage::kBool: return {i1};
    case Storage::kInt: return {i64};
    case Storage::kReal: return {real};
    case Storage::kDecimal: return {i128};
    case Storage::kText:
    case Storage::kList:
    case Storage::kMap: return {pointer, i64};
    case Storage::kScalar: return {i128, i8, i8, i32};
  }
  return {};
}

llvm::Type* Shapes::memory(Storage storage) const {
  switch (storage) {
    case Storage::kBool: return i8;
    case Storage::kInt: return i64;
    case Storage::kReal: return real;
    case Storage::kDecimal: return i128;
    case Storage::kText:
    case Storage::kList:
    case Storage::kMap: return view;
    case Storage::kScalar: return cell;
  }
  return nullptr;
}

Value Shapes::zero(Storage storage, bool presence) const {
  Value value;
  if (presence) value.presence = byte(static_cast<unsigned>(Presence::kNull));
  for (llvm::Type* type : parts(storage)) value.parts.push_back(llvm::Constant::getNullValue(type));
  return value;
}

Value Shapes::load(Builder& builder, Storage storage, llvm::Value* from) const {
  Value value;
  switch (storage) {
    case Storage::kBool: value.parts = {builder.CreateICmpNE(builder.CreateAlignedLoad(i8, from, llvm::Align(1)), byte(0))}; break;
    case Storage::kInt: value.parts = {builder.CreateAlignedLoad(i64, from, llvm::Align(8))}; break;
    case Storage::kReal: value.parts = {builder.CreateAlignedLoad(real, from, llvm::Align(8))}; break;
    case Storage::kDecimal: value.parts = {builder.CreateAlignedLoad(i128, from, llvm::Align(16))}; break;
    case Storage::kText:
    case Storage::kList:
    case Storage::kMap:
      value.parts = {builder.CreateAlignedLoad(pointer, from, llvm::Align(8)),
                     builder.CreateAlignedLoad(i64, at(builder, from, offsetof(Text, size)), llvm::Align(8))};
      break;
    case Storage::kScalar:
      value.parts = {builder.CreateAlignedLoad(i128, from, llvm::Align(16)),
                     builder.CreateAlignedLoad(i8, at(builder, from, offsetof(Cell, kind)), llvm::Align(1)),
                     builder.CreateAlignedLoad(i8, at(builder, from, offsetof(Cell, scale)), llvm::Align(1)),
                     builder.CreateAlignedLoad(i32, at(builder, from, offsetof(Cell, extra)), llvm::Align(4))};
      break;
  }
  return value;
}

void Shapes::store(Builder& builder, Storage storage, const Value& value, llvm::Value* to) const {
  switch (storage) {
    case Storage::kBool: builder.CreateAlignedStore(builder.CreateZExt(value.parts[0], i8), to, llvm::Align(1)); break;
    case Storage::kInt:
    case Storage::kReal: builder.CreateAlignedStore(value.parts[0], to, llvm::Align(8)); break;
    case Storage::kDecimal: builder.CreateAlignedStore(value.parts[0], to, llvm::Align(16)); break;
    case Storage::kText:
    case Storage::kList:
    case Storage::kMap:
      builder.CreateAlignedStore(value.parts[0], to, llvm::Align(8));
      builder.CreateAlignedStore(value.parts[1], at(builder, to, offsetof(Text, size)), llvm::Align(8));
      break;
    case Storage::kScalar: store_cell(builder, storage, value, to); break;
  }
}

Value Shapes::load_cell(Builder& builder, Storage storage, llvm::Value* from) const {
  Value value = load(builder, storage, from);
  value.presence = builder.CreateAlignedLoad(i8, at(builder, from, offsetof(Cell, state)), llvm::Align(1));
  return value;
}

void Shapes::store_cell(Builder& builder, Storage storage, const Value& value, llvm::Value* to) const {
  llvm::Value* const state = value.presence != nullptr ? value.presence : byte(static_cast<unsigned>(Presence::kValue));
  if (storage == Storage::kScalar) {
    builder.CreateAlignedStore(value.parts[0], to, llvm::Align(16));
    builder.CreateAlignedStore(state, at(builder, to, offsetof(Cell, state)), llvm::Align(1));
    builder.CreateAlignedStore(value.parts[1], at(builder, to, offsetof(Cell, kind)), llvm::Align(1));
    builder.CreateAlignedStore(value.parts[2], at(builder, to, offsetof(Cell, scale)), llvm::Align(1));
    builder.CreateAlignedStore(byte(0), at(builder, to, offsetof(Cell, reserved)), llvm::Align(1));
    builder.CreateAlignedStore(value.parts[3], at(builder, to, offsetof(Cell, extra)), llvm::Align(4));
    return;
  }
  store(builder, storage, value, to);
  // kind, scale, reserved and extra are zero: one store of eight bytes with the state in the lowest.
  static_assert(offsetof(Cell, extra) == offsetof(Cell, state) + 4);
  builder.CreateAlignedStore(builder.CreateZExt(state, i64), at(builder, to, offsetof(Cell, state)), llvm::Align(8));
}

uint64_t slot_size(Storage storage, bool presence) { return presence || storage == Storage::kScalar ? sizeof(Cell) : 16; }

}  // namespace mig::codegen
