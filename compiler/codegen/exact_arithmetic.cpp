// Decimal arithmetic that is proven not to overflow: instructions instead of calls, 64 bits wide where that is proven too.
#include "compiler/codegen/function_emitter.h"
#include "runtime/types/decimal.h"

namespace mig::codegen {

using ir::Node;
using ir::Op;
using ir::Proof;

namespace {

enum class Exact : uint8_t { kOther, kAdd, kSubtract, kMultiply, kFromInt, kRescale };

Exact exact_of(std::string_view name) {
  if (name == "decimal_add") return Exact::kAdd;
  if (name == "decimal_sub") return Exact::kSubtract;
  if (name == "decimal_mul") return Exact::kMultiply;
  if (name == "decimal_from_int") return Exact::kFromInt;
  return name == "decimal_rescale" ? Exact::kRescale : Exact::kOther;
}

}  // namespace

std::optional<Value> FunctionEmitter::emit_exact(const Node& node) {
  const Exact what = exact_of(module_.standard(node.index).name);
  if (what == Exact::kOther) return std::nullopt;
  const auto argument = [&](uint32_t i) { return program_.arguments[node.first + i]; };
  const auto constant = [&](uint32_t i) { return program_.constants[program_.nodes[argument(i)].index].cell.integer; };
  llvm::Type* const wide = node.proof == Proof::kNarrow ? shapes_.i64 : shapes_.i128;
  const auto operand = [&](uint32_t i) { return builder.CreateSExtOrTrunc(emit(argument(i)).parts[0], wide); };
  const auto scaled = [&](llvm::Value* value, int64_t digits) {
    if (digits == 0) return value;
    const int128 power = power_of_ten(static_cast<int>(digits));
    const uint64_t words[2] = {static_cast<uint64_t>(power), static_cast<uint64_t>(power >> 64)};
    const llvm::APInt factor = llvm::APInt(128, words).trunc(wide->getIntegerBitWidth());
    return builder.CreateNSWMul(value, llvm::ConstantInt::get(wide, factor));
  };
  llvm::Value* result = nullptr;
  switch (what) {
    case Exact::kAdd:
    case Exact::kSubtract:
    case Exact::kMultiply: {
      llvm::Value* const left = operand(0);
      llvm::Value* const right = operand(1);
      result = what == Exact::kAdd        ? builder.CreateNSWAdd(left, right)
               : what == Exact::kSubtract ? builder.CreateNSWSub(left, right)
                                          : builder.CreateNSWMul(left, right);
      break;
    }
    case Exact::kFromInt: result = scaled(operand(0), constant(1)); break;
    case Exact::kRescale: result = scaled(operand(0), constant(2) - constant(1)); break;
    case Exact::kOther: return std::nullopt;
  }
  Value value;
  value.parts.push_back(builder.CreateSExt(result, shapes_.i128));
  if (module_.has_presence(node.type)) value.presence = shapes_.byte(static_cast<unsigned>(Presence::kValue));
  return value;
}

}  // namespace mig::codegen
