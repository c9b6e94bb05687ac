// A value of the language as LLVM values: a presence and the parts of its payload. Private to the code generator.
#pragma once

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/IRBuilder.h>

#include "runtime/types/type.h"

namespace mig::codegen {

using Builder = llvm::IRBuilder<>;

/// `presence` is an i8, or null where the type has none. Parts by storage: bool {i1}; int {i64}; real {double}; decimal {i128};
/// text, list, map {ptr, i64}; scalar {i128 payload, i8 kind, i8 scale, i32 extra}.
struct Value {
  llvm::Value* presence = nullptr;
  llvm::SmallVector<llvm::Value*, 4> parts;
};

/// The types of memory and parts, and moving values between the two. Memory is laid out as in runtime/types/value.h.
class Shapes {
 public:
  explicit Shapes(llvm::LLVMContext& context);

  llvm::SmallVector<llvm::Type*, 4> parts(Storage storage) const;
  /// What a payload takes in memory.
  llvm::Type* memory(Storage storage) const;
  Value zero(Storage storage, bool presence) const;  // presence kNull

  Value load(Builder& builder, Storage storage, llvm::Value* from) const;  // payload
  void store(Builder& builder, Storage storage, const Value& value, llvm::Value* to) const;
  Value load_cell(Builder& builder, Storage storage, llvm::Value* from) const;  // with presence
  /// A whole Cell; a value without presence gets kValue.
  void store_cell(Builder& builder, Storage storage, const Value& value, llvm::Value* to) const;

  llvm::Type* i1;
  llvm::Type* i8;
  llvm::Type* i32;
  llvm::Type* i64;
  llvm::Type* i128;
  llvm::Type* real;
  llvm::PointerType* pointer;
  llvm::StructType* view;  // Text, List, Map
  llvm::StructType* cell;

  llvm::Constant* byte(unsigned value) const;
  llvm::Constant* word(uint32_t value) const;

 private:
  llvm::Value* at(Builder& builder, llvm::Value* base, uint64_t offset) const;
};

/// Bytes and alignment of a slot that holds a value in memory: a Cell when it has a presence, else its payload.
uint64_t slot_size(Storage storage, bool presence);

}  // namespace mig::codegen
