#include <algorithm>
#include <optional>

#include "compiler/ir/passes/passes.h"
#include "compiler/ir/passes/rewrite.h"
#include "runtime/types/decimal.h"

namespace mig::ir {

namespace {

/// Both ends belong to it. Of decimals the unscaled values.
struct Interval {
  int128 low, high;
};

constexpr int128 kMost = power_of_ten(kMaxDecimalDigits) - 1;

Interval join(const Interval& a, const Interval& b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

bool in_range(const Interval& i) { return i.low >= -kMost && i.high <= kMost; }
bool is_narrow(const Interval& i) { return i.low >= INT64_MIN && i.high <= INT64_MAX; }

/// The products of all pairs; nothing when one needs more than 128 bits.
std::optional<Interval> product(const Interval& a, const Interval& b) {
  std::optional<Interval> all;
  for (const int128 x : {a.low, a.high}) {
    for (const int128 y : {b.low, b.high}) {
      int128 one = 0;
      if (__builtin_mul_overflow(x, y, &one)) return std::nullopt;
      all = all ? join(*all, {one, one}) : Interval{one, one};
    }
  }
  return all;
}

std::optional<Interval> sum(const Interval& a, const Interval& b) {
  Interval all{};
  if (__builtin_add_overflow(a.low, b.low, &all.low) || __builtin_add_overflow(a.high, b.high, &all.high)) return std::nullopt;
  return all;
}

class Narrowing {
 public:
  Narrowing(Program& program, const PassFacts& facts) : program_(program), facts_(facts) {}

  /// Operands come first, so theirs are known.
  void visit(NodeId id) {
    Node& node = program_.nodes[id];
    if (known_.size() < program_.nodes.size()) known_.resize(program_.nodes.size());
    const Storage storage = storage_of(program_.types[node.type].kind);
    if (program_.types[node.type].kind == Kind::kNever || (storage != Storage::kInt && storage != Storage::kDecimal)) return;
    known_[id] = node.op == Op::kCall ? call(node) : other(node);
  }

 private:
  Interval by_type(TypeId id) const {
    const Type& type = program_.types[id];
    if (type.kind == Kind::kInt) return {type.low, type.high};
    if (storage_of(type.kind) == Storage::kInt) return {INT64_MIN, INT64_MAX};
    if (type.kind != Kind::kDecimal || type.precision == 0) return {-kMost, kMost};
    return {1 - power_of_ten(type.precision), power_of_ten(type.precision) - 1};
  }

  std::optional<Interval> of(NodeId id) const { return id < known_.size() ? known_[id] : std::nullopt; }
  std::optional<Interval> argument(const Node& node, uint32_t i) const { return of(program_.arguments[node.first + i]); }

  std::optional<int64_t> constant(const Node& node, uint32_t i) const {
    const Node& one = program_.nodes[program_.arguments[node.first + i]];
    if (one.op != Op::kConst) return std::nullopt;
    return program_.constants[one.index].cell.integer;
  }

  Interval other(const Node& node) const {
    switch (node.op) {
      case Op::kConst: {
        const Constant& constant = program_.constants[node.index];
        const Type& type = program_.types[constant.type];
        if (has_presence(type)) break;
        const int128 value = storage_of(type.kind) == Storage::kInt ? constant.cell.integer : constant.cell.decimal;
        return {value, value};
      }
      case Op::kIf: return either(node.b, node.c, node);
      case Op::kCoalesce: return either(node.a, node.b, node);
      case Op::kLet: return of(node.b).value_or(by_type(node.type));
      default: break;
    }
    return by_type(node.type);
  }

  /// A branch that never has a value counts for nothing.
  Interval either(NodeId a, NodeId b, const Node& node) const {
    const auto never = [&](NodeId id) { return program_.types[program_.nodes[id].type].kind == Kind::kNever; };
    const std::optional<Interval> one = of(a), two = of(b);
    if (never(a) && two) return *two;
    if (never(b) && one) return *one;
    return one && two ? join(*one, *two) : by_type(node.type);
  }

  Interval call(Node& node) {
    const std::string_view name = facts_.functions[node.index].name;
    const Interval unknown = storage_of(program_.types[node.type].kind) == Storage::kInt ? by_type(node.type) : Interval{-kMost, kMost};
    if (node.count == 0) return unknown;
    const std::optional<Interval> a = argument(node, 0), b = node.count > 1 ? argument(node, 1) : std::nullopt;
    if (!a) return unknown;
    std::optional<Interval> result;
    if (name == "decimal_min" && b) return {std::min(a->low, b->low), std::min(a->high, b->high)};
    if (name == "decimal_max" && b) return {std::max(a->low, b->low), std::max(a->high, b->high)};
    if (name == "decimal_add" && b) result = sum(*a, *b);
    if (name == "decimal_sub" && b) result = sum(*a, {-b->high, -b->low});
    if (name == "decimal_mul" && b) result = product(*a, *b);
    bool narrow_factor = true;
    if (name == "decimal_from_int" || name == "decimal_rescale") {
      const bool from_int = name == "decimal_from_int";
      const std::optional<int64_t> from = from_int ? 0 : constant(node, 1), to = constant(node, from_int ? 1 : 2);
      if (!from || !to || *to < *from || *from < 0 || *to - *from > kMaxDecimalDigits) return unknown;
      const int128 factor = power_of_ten(static_cast<int>(*to - *from));
      narrow_factor = factor <= INT64_MAX;
      result = product(*a, {factor, factor});
    }
    if (!result || !in_range(*result)) return unknown;
    const bool narrow = is_narrow(*result) && is_narrow(*a) && narrow_factor && (!b || is_narrow(*b));
    node.proof = narrow ? Proof::kNarrow : Proof::kInRange;
    node.site = kNone;
    return *result;
  }

  Program& program_;
  const PassFacts& facts_;
  std::vector<std::optional<Interval>> known_;  // by NodeId; of values, whatever their presence
};

}  // namespace

void narrow_decimals(Program& program, const PassFacts& facts) {
  Narrowing narrowing(program, facts);
  PostOrder(program, [&narrowing](NodeId id) { narrowing.visit(id); });
}

}  // namespace mig::ir
