#include "tests/fuzz/differential_generator.h"

#include <algorithm>

namespace mig::fuzz {

using ir::kNone;
using ir::NodeId;
using ir::Op;
using ir::Step;

namespace {
constexpr int kMaxDepth = 8;
}

Generator::Generator(uint64_t seed) : random_(seed) {}

ir::Program Generator::make() {
  make_types();
  for (const ir::Verb verb : {ir::Verb::kReject, ir::Verb::kSkip, ir::Verb::kWarn}) {
    for (int i = 0; i < 3; ++i)
      sites_[static_cast<size_t>(verb)].push_back(b_.site(verb, std::string(1, "RSW"[static_cast<size_t>(verb)]) + std::to_string(i)));
  }
  b_.map();
  for (uint64_t i = 4 + below(random_, 6); i > 0; --i) b_.input("f" + std::to_string(i), any_type());
  nodes_left_ = 250;
  for (uint64_t i = below(random_, 3); i > 0; --i) make_function();
  Place place;
  place.locals = &b_.map().locals;
  place.functions = static_cast<uint32_t>(b_.program.functions.size());
  std::vector<Step> steps;
  // Now and then long enough to be compiled in several parts.
  const int count = chance(random_, 10) ? 40 + static_cast<int>(below(random_, 30)) : 3 + static_cast<int>(below(random_, 12));
  nodes_left_ += static_cast<size_t>(count) * 25;
  make_steps(steps, place, count, 0);
  b_.map().steps = std::move(steps);
  b_.finish();
  return std::move(b_.program);
}

void Generator::make_types() {
  b_.program.enums.push_back({"Color", false, {{"red", "RED"}, {"green", "GREEN"}, {"blue", "BLUE"}}});
  TypeTable& types = b_.types();
  Type color;
  color.kind = Kind::kEnum;
  color.name = "Color";
  color.declaration = 0;
  Type pair;
  pair.kind = Kind::kRecord;
  pair.fields = {{"a", types.of(Kind::kInt), false}, {"b", types.nullable(types.of(Kind::kString)), true}};
  const TypeId base[] = {types.of(Kind::kBool),
                         types.of(Kind::kInt),
                         types.of(Kind::kInt),
                         types.of(Kind::kFloat),
                         types.of(Kind::kString),
                         types.of(Kind::kString),
                         types.of(Kind::kString),
                         types.decimal(14, 2),
                         types.decimal(38, 10),
                         types.decimal(18, 0),
                         types.of(Kind::kScalar),
                         types.of(Kind::kDate),
                         types.of(Kind::kTimestamp),
                         types.of(Kind::kDatetime),
                         types.of(Kind::kTime),
                         types.of(Kind::kDuration),
                         types.of(Kind::kUuid),
                         types.of(Kind::kBytes),
                         types.intern(color),
                         types.intern(pair),
                         types.list(types.of(Kind::kInt)),
                         types.list(types.of(Kind::kString)),
                         types.list(types.nullable(types.of(Kind::kString))),
                         types.list(types.decimal(14, 2)),
                         types.map(types.of(Kind::kString), types.of(Kind::kInt)),
                         types.of(Kind::kPeriod),
                         types.of(Kind::kPosition),
                         types.of(Kind::kZoned)};
  for (const TypeId id : base) {
    pool_.push_back(id);
    pool_.push_back(types.nullable(id));
  }
}

TypeId Generator::any_type() { return pool_[below(random_, pool_.size())]; }

uint32_t Generator::site(ir::Verb verb) {
  const std::vector<uint32_t>& sites = sites_[static_cast<size_t>(verb)];
  return sites[below(random_, sites.size())];
}

void Generator::make_function() {
  ir::Function function;
  function.name = "g" + std::to_string(b_.program.functions.size());
  function.may_fail = function.may_reject = true;
  std::vector<TypeId> locals;
  for (uint64_t i = 1 + below(random_, 3); i > 0; --i) locals.push_back(any_type());
  function.parameters = static_cast<uint32_t>(locals.size());
  Place place;
  place.locals = &locals;
  place.record = false;
  place.functions = static_cast<uint32_t>(b_.program.functions.size());
  for (uint32_t i = 0; i < locals.size(); ++i) place.readable.push_back({i, locals[i], kNone});
  function.result = any_type();
  function.body = expression(function.result, place, 3);
  function.locals = std::move(locals);
  b_.program.functions.push_back(std::move(function));
}

NodeId Generator::root(Place& place, TypeId& type) {
  // Every function has the same chance to stand at the root of a step, whatever its result type is.
  const std::span<const stdlib::Declaration> all = stdlib::declarations();
  if (chance(random_, 75) && !all.empty()) {
    const stdlib::Declaration& declaration = all[below(random_, all.size())];
    Bindings bindings;
    type = instantiate(declaration.result, bindings, declaration);
    if (type != kNoType) {
      const NodeId id = call(declaration, bindings, type, place, static_cast<int>(below(random_, kMaxDepth - 2)));
      if (id != kNone) {
        if (!declaration.may_fail || chance(random_, 20)) return id;
        return b_.node(Op::kCatch, type, kNone, id, chance(random_, 40) ? never(place) : leaf(type, place));
      }
    }
  }
  type = any_type();
  return expression(type, place, static_cast<int>(below(random_, kMaxDepth)));
}

void Generator::make_steps(std::vector<Step>& steps, Place& place, int count, int depth) {
  for (int i = 0; i < count; ++i) {
    Step step;
    std::set<uint32_t> bits;
    place.bits = &bits;
    const uint64_t what = below(random_, 10);
    if (what < 3) {
      step.what = Step::What::kLet;
      TypeId type = kNoType;
      step.node = root(place, type);
      step.index = new_local(type, place);
      step.poison = b_.poison();
      place.readable.push_back({step.index, type, step.poison});
    } else if (what < 4) {
      const NodeId condition = truth(place, 3);
      step.node = b_.node(Op::kIf, b_.type(Kind::kBool), kNone, condition, never(place), b_.boolean(true));
      if (chance(random_, 30)) step.poison = b_.poison();
    } else if (what < 5 && depth < 2) {
      step.what = Step::What::kGroup;
      step.node = truth(place, 3);
      Place inner = place;
      make_steps(step.then, inner, 1 + static_cast<int>(below(random_, 3)), depth + 1);
      inner = place;
      make_steps(step.otherwise, inner, static_cast<int>(below(random_, 3)), depth + 1);
    } else {
      step.what = Step::What::kAssign;
      TypeId type = kNoType;
      step.node = root(place, type);
      Type field = b_.types()[type];
      field.may_keep = false;
      b_.map().output.add("o" + std::to_string(b_.map().output.fields.size()), b_.types().intern(field), b_.types(), true);
      step.index = static_cast<uint32_t>(b_.map().output.fields.size() - 1);
      if (chance(random_, 15)) {
        Type keepable = b_.types()[type];
        keepable.may_keep = true;
        const TypeId kept = b_.types().intern(keepable);
        step.node = b_.node(Op::kIf, kept, kNone, truth(place, 2), b_.node(Op::kWrap, kept, kNone, step.node), b_.node(Op::kKeep, kept));
      }
    }
    step.depends.assign(bits.begin(), bits.end());
    place.bits = nullptr;
    steps.push_back(std::move(step));
  }
}

NodeId Generator::constant(TypeId id) {
  ValueMaker maker(random_, b_.program);
  const TypeId plain = type(id).nullable ? b_.types().non_null(id) : id;
  const Cell cell = maker.make(plain, 4);
  const Type& of = type(plain);
  std::string text;
  if (storage_of(of.kind) == Storage::kText || (of.kind == Kind::kScalar && cell.kind == ScalarKind::kText))
    text = std::string(cell.text.view());
  return b_.node(Op::kConst, id, b_.constant(id, cell, std::move(text)));
}

NodeId Generator::leaf(TypeId id, Place& place) {
  const Type& of = type(id);
  std::vector<NodeId> candidates;
  if (place.record && chance(random_, 80)) {
    for (uint32_t i = 0; i < b_.map().input.fields.size(); ++i) {
      const TypeId have = b_.map().input.fields[i].type;
      if (have == id) candidates.push_back(b_.field(i));
      if (have == id && of.nullable && chance(random_, 5)) return b_.field(i);
    }
  }
  if (chance(random_, 80)) {
    for (const Readable& readable : place.readable) {
      if (readable.type != id || (readable.bit != kNone && place.bits == nullptr)) continue;
      if (chance(random_, 50)) {
        if (readable.bit != kNone) place.bits->insert(readable.bit);
        return b_.node(Op::kLocal, id, readable.local);
      }
    }
  }
  if (!candidates.empty()) return candidates[below(random_, candidates.size())];
  if (of.nullable && chance(random_, 50)) return b_.null(id);
  if (of.kind == Kind::kString && of.name.empty() && of.low <= 0 && of.high == kUnboundedHigh && !of.nullable && chance(random_, 10)) {
    return b_.node(chance(random_, 50) ? Op::kRunId : Op::kRowSource, id);
  }
  if (of.kind == Kind::kPosition && !of.nullable) return b_.node(Op::kRowPosition, id);
  if (of.kind == Kind::kTimestamp && !of.nullable && chance(random_, 20)) return b_.node(Op::kRunNow, id);
  if (of.kind == Kind::kBool && place.record && !of.nullable && chance(random_, 20)) {
    return b_.node(chance(random_, 50) ? Op::kFieldPresent : Op::kFieldUnavailable, id,
                   static_cast<uint32_t>(below(random_, b_.map().input.fields.size())));
  }
  const Storage storage = storage_of(of.kind);
  if (storage != Storage::kList && storage != Storage::kMap && chance(random_, 90)) return constant(id);
  if (place.record && b_.map().input.fields.size() < 40 && chance(random_, 70)) {
    return b_.field(b_.input("f" + std::to_string(b_.map().input.fields.size()), id));
  }
  b_.program.parameter_types.push_back(id);
  return b_.node(Op::kParameter, id, static_cast<uint32_t>(b_.program.parameter_types.size() - 1));
}

NodeId Generator::with_cause(NodeId raise, Place& place) {
  if (chance(random_, 30)) {
    const NodeId cause = expression(b_.type(Kind::kString), place, 1);
    b_.program.nodes[raise].b = cause;
  }
  return raise;
}

NodeId Generator::never(Place& place) {
  const uint64_t what = below(random_, 10);
  if (what < 7) return with_cause(b_.reject(site(ir::Verb::kReject)), place);
  if (what < 9) return with_cause(b_.skip(site(ir::Verb::kSkip)), place);
  return b_.node(Op::kFail, b_.type(Kind::kNever), b_.constant(b_.type(Kind::kString), Cell{}, "failed on purpose"));
}

NodeId Generator::expression(TypeId id, Place& place, int depth) {
  if (depth <= 0 || nodes_left_ == 0) return leaf(id, place);
  --nodes_left_;
  const uint64_t what = below(random_, 100);
  if (what < 15) return leaf(id, place);
  if (what < 55) {
    if (const NodeId made = call_for(id, place, depth); made != kNone) return made;
  }
  if (what < 70) return null_aware(id, place, depth);
  if (what < 75) {
    if (const NodeId made = user_call(id, place, depth); made != kNone) return made;
  }
  const Storage storage = storage_of(type(id).kind);
  if (storage == Storage::kList && what < 85) return build(id, place, depth);
  return control(id, place, depth);
}

NodeId Generator::control(TypeId id, Place& place, int depth) {
  switch (below(random_, 6)) {
    case 0: {
      const NodeId condition = truth(place, depth - 1);
      const NodeId yes = expression(id, place, depth - 1);
      return b_.node(Op::kIf, id, kNone, condition, yes, chance(random_, 20) ? never(place) : expression(id, place, depth - 1));
    }
    case 1: {
      const bool of_enum = chance(random_, 50);
      const TypeId of = of_enum ? pool_[36] : b_.type(Kind::kInt);
      const NodeId value = expression(of, place, depth - 1);
      std::vector<ir::SwitchCase> cases;
      for (int64_t i = 0; i < 3; ++i)
        cases.push_back({of_enum ? i : i * 5 - 5, chance(random_, 15) ? never(place) : expression(id, place, depth - 2)});
      const NodeId otherwise = of_enum && chance(random_, 60) ? kNone : expression(id, place, depth - 2);
      const uint32_t first = static_cast<uint32_t>(b_.program.cases.size());
      b_.program.cases.insert(b_.program.cases.end(), cases.begin(), cases.end());
      return b_.add({Op::kSwitch, id, kNone, value, kNone, otherwise, first, 3, kNone});
    }
    case 2: {
      const TypeId of = any_type();
      const NodeId value = expression(of, place, depth - 1);
      const uint32_t local = new_local(of, place);
      place.readable.push_back({local, of, kNone});
      const NodeId body = expression(id, place, depth - 1);
      place.readable.pop_back();
      return b_.node(Op::kLet, id, local, value, body);
    }
    case 3: {
      const NodeId risky = expression(id, place, depth - 1);
      return b_.node(Op::kCatch, id, kNone, risky, chance(random_, 30) ? never(place) : expression(id, place, depth - 2));
    }
    case 4: return with_cause(b_.node(Op::kWarn, id, site(ir::Verb::kWarn), expression(id, place, depth - 1)), place);
    default: {
      // A field of a record.
      Type record;
      record.kind = Kind::kRecord;
      record.fields = {{"x", any_type(), false}, {"y", id, false}};
      const TypeId made = b_.types().intern(record);
      return b_.node(Op::kGetField, id, 1, expression(made, place, depth - 1));
    }
  }
}

NodeId Generator::null_aware(TypeId id, Place& place, int depth) {
  if (type(id).nullable) {
    if (chance(random_, 50)) return b_.node(Op::kWrap, id, kNone, expression(b_.types().non_null(id), place, depth - 1));
    return b_.node(Op::kCoalesce, id, kNone, expression(id, place, depth - 1), expression(id, place, depth - 1));
  }
  if (type(id).kind == Kind::kBool && chance(random_, 40)) {
    TypeId of = any_type();
    if (!type(of).nullable) of = b_.types().nullable(of);
    return b_.node(Op::kIsNull, id, kNone, expression(of, place, depth - 1));
  }
  const TypeId maybe = b_.types().nullable(id);
  if (chance(random_, 50)) {
    const NodeId value = expression(maybe, place, depth - 1);
    return b_.node(Op::kCoalesce, id, kNone, value, chance(random_, 30) ? never(place) : expression(id, place, depth - 1));
  }
  // The proof that makes `unwrap` allowed: let x = e in if is_null(x) then d else unwrap(x).
  const NodeId value = expression(maybe, place, depth - 1);
  const uint32_t local = new_local(maybe, place);
  const NodeId test = b_.node(Op::kIsNull, b_.type(Kind::kBool), kNone, b_.node(Op::kLocal, maybe, local));
  const NodeId given = b_.node(Op::kUnwrap, id, kNone, b_.node(Op::kLocal, maybe, local));
  const NodeId choice = b_.node(Op::kIf, id, kNone, test, chance(random_, 30) ? never(place) : expression(id, place, depth - 1), given);
  return b_.node(Op::kLet, id, local, value, choice);
}

NodeId Generator::build(TypeId id, Place& place, int depth) {
  const Type of = type(id);
  if (of.kind == Kind::kSet) return leaf(id, place);
  std::vector<uint32_t> elements;
  if (of.kind == Kind::kRecord) {
    for (const RecordField& field : of.fields) elements.push_back(expression(field.type, place, depth - 1));
  } else {
    for (uint64_t i = below(random_, 4); i > 0; --i) elements.push_back(expression(of.element, place, depth - 1));
  }
  return b_.with_arguments(of.kind == Kind::kRecord ? Op::kMakeRecord : Op::kMakeList, id, kNone, elements);
}

NodeId Generator::user_call(TypeId id, Place& place, int depth) {
  for (uint32_t i = 0; i < place.functions; ++i) {
    const TypeId result = b_.program.functions[i].result;
    if (result != id && b_.types().nullable(result) != id) continue;
    std::vector<uint32_t> arguments;
    for (uint32_t k = 0; k < b_.program.functions[i].parameters; ++k)
      arguments.push_back(expression(b_.program.functions[i].locals[k], place, depth - 1));
    return b_.with_arguments(Op::kCallFunction, id, i, arguments);
  }
  return kNone;
}

NodeId Generator::lambda(const std::vector<TypeId>& parameters, TypeId result, Place& place, int depth) {
  std::vector<uint32_t> locals;
  for (const TypeId of : parameters) {
    locals.push_back(new_local(of, place));
    place.readable.push_back({locals.back(), of, kNone});
  }
  const NodeId body =
      chance(random_, 5) ? b_.node(Op::kCoalesce, result, kNone, leaf(result, place), never(place)) : expression(result, place, depth - 1);
  place.readable.resize(place.readable.size() - parameters.size());
  return b_.lambda(locals, body);
}

}  // namespace mig::fuzz
