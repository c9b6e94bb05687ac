// `match` and tables: one switch where the patterns are constants, a decision on a code table for texts, else tests in order.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/ir/lowering.h"

namespace mig::ir {

using sema::PatternForm;
using sema::PatternInfo;

namespace {

// From this many text constants on, one look-up beats comparing.
constexpr size_t kTextsForTable = 4;

}  // namespace

void Lowering::flatten(sema::ModuleId module, syntax::PatternId id, std::vector<syntax::PatternId>& into) const {
  const syntax::Pattern& pattern = in_.modules[module].tree[id];
  if (const auto* alternatives = pattern.get_if<syntax::AlternativesPattern>()) {
    for (const syntax::PatternId part : alternatives->alternatives) flatten(module, part, into);
  } else {
    into.push_back(id);
  }
}

NodeId Lowering::match(ExprRef ref, const syntax::MatchExpr& expr, TypeId to) {
  const ExprRef subject_ref = at(ref, expr.subject);
  const NodeId value = expression_as(subject_ref, info(subject_ref).type);
  const LocalId subject = temporary(out_.nodes[value].type);
  std::vector<Arm> arms;
  for (const syntax::MatchArm& written : expr.arms) {
    Arm arm;
    arm.module = ref.module;
    flatten(ref.module, written.pattern, arm.patterns);
    arm.guard = at(ref, written.guard);
    arm.value = at(ref, written.value);
    for (const syntax::PatternId pattern : arm.patterns) {
      if (in_.info(ref.module, pattern).form == PatternForm::kAny) {
        arm.patterns.clear();
        break;
      }
    }
    arms.push_back(std::move(arm));
  }
  return bind(subject, value, match_arms(subject, arms, to, tree(ref).span));
}

const PatternInfo* Lowering::binding_of(const Arm& arm) const {
  for (const syntax::PatternId pattern : arm.patterns) {
    const PatternInfo& known = in_.info(arm.module, pattern);
    if (known.local != sema::kNone) return &known;
  }
  return nullptr;
}

NodeId Lowering::arm_value(LocalId subject, const Arm& arm, TypeId to, bool guard_only, Span span) {
  const PatternInfo* binding = binding_of(arm);
  LocalId bound = kNone;
  if (binding != nullptr) {
    bound = temporary(in_.locals[binding->local].type);
    body_->numbers[binding->local] = bound;
  }
  const NodeId inner = guard_only ? expression_as(arm.guard, bool_type()) : probed(expression_as(arm.value, to), tree(arm.value).span);
  if (binding == nullptr) return inner;
  const TypeId own = body_->locals[subject];
  const NodeId value = has_presence(own) ? make(Op::kUnwrap, payload(own), read_local(subject)) : read_local(subject);
  const TypeId wanted = body_->locals[bound];
  NodeId part = kNone;
  if (binding->form == PatternForm::kScalarKind) {
    switch (binding->scalar) {
      case ScalarKind::kBool: part = call("scalar_bool", wanted, {value}); break;
      case ScalarKind::kInt: part = call("scalar_int", wanted, {value}); break;
      case ScalarKind::kDecimal: part = call("scalar_decimal", wanted, {value, number(type(wanted).scale)}); break;
      case ScalarKind::kText: part = call("scalar_text", wanted, {value}); break;
    }
  } else {
    part = unsupported(span, "a binding of this pattern");
  }
  return bind(bound, part, inner);
}

NodeId Lowering::pattern_test(LocalId subject, sema::ModuleId module, syntax::PatternId pattern, bool null_possible, Span span) {
  const PatternInfo& known = in_.info(module, pattern);
  const TypeId own = body_->locals[subject];
  const TypeId bare = payload(own);
  const auto value = [&] { return has_presence(own) ? make(Op::kUnwrap, bare, read_local(subject)) : read_local(subject); };
  const auto is_null = [&] { return make(Op::kIsNull, bool_type(), read_local(subject)); };
  const auto bound = [&](int128 limit) {
    Cell cell{};
    if (storage_of(type(bare).kind) == Storage::kDecimal) {
      cell.decimal = limit;
    } else {
      cell.integer = static_cast<int64_t>(limit);
    }
    return constant(bare, cell);
  };
  NodeId test = kNone;
  switch (known.form) {
    case PatternForm::kAny: return boolean(true);
    case PatternForm::kNull: return has_presence(own) ? is_null() : boolean(false);
    case PatternForm::kConstant:
      if (type(bare).kind == Kind::kScalar) {
        test = equal(value(), convert(constant_of(known.constant, kNoType, span), bare, span), span);
      } else {
        test = equal(value(), convert(constant_of(known.constant, bare, span), bare, span), span);
      }
      break;
    case PatternForm::kRange:
      if (known.has_low) test = less(bound(known.low), value(), true, span);
      if (known.has_high) {
        const NodeId below = less(value(), bound(known.high), true, span);
        test = test == kNone ? below : make(Op::kIf, bool_type(), test, below, boolean(false));
      }
      break;
    case PatternForm::kVariant: {
      Cell cell{};
      cell.integer = known.variant;
      test = call("int_equal", bool_type(), {value(), constant(bare, cell)});
      break;
    }
    case PatternForm::kScalarKind:
      test = call("int_equal", bool_type(), {call("scalar_kind", int_type(), {value()}), number(static_cast<int64_t>(known.scalar))});
      break;
    case PatternForm::kError:
    case PatternForm::kOtherText:
    case PatternForm::kAlternatives: test = unsupported(span, "this pattern"); break;
  }
  if (!null_possible || !has_presence(own)) return test;
  return make(Op::kIf, bool_type(), is_null(), boolean(false), test);
}

std::optional<NodeId> Lowering::as_switch(LocalId subject, const std::vector<Arm>& arms, TypeId to) {
  const TypeId own = body_->locals[subject];
  const Storage storage = storage_of(type(own).kind);
  const bool texts = storage == Storage::kText;
  if (!texts && storage != Storage::kInt) return std::nullopt;
  std::vector<std::pair<int64_t, size_t>> numbers;  // constant, arm
  std::vector<std::pair<std::string, size_t>> keys;
  size_t otherwise = arms.size();
  for (size_t i = 0; i < arms.size() && otherwise == arms.size(); ++i) {
    if (arms[i].guard.valid()) return std::nullopt;
    if (arms[i].patterns.empty()) otherwise = i;
    for (const syntax::PatternId pattern : arms[i].patterns) {
      const PatternInfo& known = in_.info(arms[i].module, pattern);
      if (known.form == PatternForm::kVariant) {
        numbers.emplace_back(known.variant, i);
      } else if (known.form != PatternForm::kConstant || known.local != sema::kNone) {
        return std::nullopt;
      } else if (texts) {
        keys.emplace_back(known.constant.text, i);
      } else {
        numbers.emplace_back(known.constant.integer, i);
      }
    }
  }
  if (texts && keys.size() < kTextsForTable) return std::nullopt;
  if (!texts && numbers.size() < 2) return std::nullopt;
  const bool nullable = has_presence(own);
  const NodeId value = nullable ? make(Op::kUnwrap, payload(own), read_local(subject)) : read_local(subject);
  std::vector<NodeId> bodies(arms.size(), kNone);
  const auto body = [&](size_t arm) {
    if (bodies[arm] == kNone) bodies[arm] = probed(expression_as(arms[arm].value, to), tree(arms[arm].value).span);
    return bodies[arm];
  };
  std::vector<SwitchCase> cases;
  NodeId switched = value;
  if (texts) {
    stdlib::PreparedSpec spec;
    spec.kind = stdlib::PreparedKind::kCodeTable;
    for (const auto& [key, arm] : keys) {
      if (std::find(spec.texts.begin(), spec.texts.end(), key) != spec.texts.end()) continue;
      cases.push_back({static_cast<int64_t>(spec.texts.size()), body(arm)});
      spec.texts.push_back(key);
    }
    switched = call("code_table_find", int_type(), {value, prepared(std::move(spec))});
  } else {
    for (const auto& [constant, arm] : numbers) {
      const bool known = std::any_of(cases.begin(), cases.end(), [&](const SwitchCase& other) { return other.value == constant; });
      if (!known) cases.push_back({constant, body(arm)});
    }
  }
  return make_switch(to, switched, cases, otherwise == arms.size() ? kNone : body(otherwise));
}

NodeId Lowering::match_arms(LocalId subject, const std::vector<Arm>& arms, TypeId to, Span span) {
  const TypeId own = body_->locals[subject];
  bool null_possible = has_presence(own);
  std::vector<Arm> rest;
  const Arm* null_arm = nullptr;
  if (null_possible) {
    // The first arm that takes null, when nothing else decides about it, is tested once and apart.
    for (const Arm& arm : arms) {
      const bool takes_null = std::any_of(arm.patterns.begin(), arm.patterns.end(), [&](syntax::PatternId pattern) {
        return in_.info(arm.module, pattern).form == PatternForm::kNull;
      });
      if (takes_null && arm.patterns.size() == 1 && !arm.guard.valid()) null_arm = &arm;
      if (takes_null || arm.patterns.empty()) break;
    }
    if (null_arm != nullptr) null_possible = false;
  }
  for (const Arm& arm : arms) {
    if (&arm != null_arm) rest.push_back(arm);
  }
  NodeId chosen = kNone;
  if (!null_possible) {
    if (const auto switched = as_switch(subject, rest, to)) chosen = *switched;
  }
  if (chosen == kNone) {
    std::vector<const Arm*> ordered;
    for (const Arm& arm : rest) ordered.push_back(&arm);
    chosen = arm_chain(subject, ordered, 0, to, null_possible, span);
  }
  if (null_arm == nullptr) return chosen;
  return make(Op::kIf, to, make(Op::kIsNull, bool_type(), read_local(subject)), arm_value(subject, *null_arm, to, false, span), chosen);
}

NodeId Lowering::arm_chain(LocalId subject, const std::vector<const Arm*>& arms, size_t first, TypeId to, bool null_possible, Span span) {
  // Built from the end, so that a long table does not nest calls.
  NodeId result = kNone;
  for (size_t i = arms.size(); i > first; --i) {
    const Arm& arm = *arms[i - 1];
    const bool unconditional = !arm.guard.valid() && (arm.patterns.empty() || i == arms.size());
    if (unconditional) {
      result = arm_value(subject, arm, to, false, span);
      continue;
    }
    NodeId test = arm.patterns.empty() ? boolean(true) : kNone;
    for (const syntax::PatternId pattern : arm.patterns) {
      const NodeId one = pattern_test(subject, arm.module, pattern, null_possible, span);
      test = test == kNone ? one : make(Op::kIf, bool_type(), test, boolean(true), one);
    }
    if (arm.guard.valid()) test = make(Op::kIf, bool_type(), test, arm_value(subject, arm, to, true, span), boolean(false));
    const NodeId value = arm_value(subject, arm, to, false, span);
    if (result == kNone) return unsupported(span, "a match whose last arm has a condition");
    result = make(Op::kIf, to, test, value, result);
  }
  return result == kNone ? unsupported(span, "a match without arms") : result;
}

}  // namespace mig::ir
