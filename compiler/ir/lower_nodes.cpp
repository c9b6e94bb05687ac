// Making nodes, constants, prepared objects and sites.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/ir/lowering.h"
#include "runtime/types/decimal.h"
#include "runtime/types/percent.h"
#include "stdlib/function.h"
#include "stdlib/shape.h"

namespace mig::ir {

NodeId Lowering::add(Node node) {
  out_.nodes.push_back(node);
  return static_cast<NodeId>(out_.nodes.size() - 1);
}

NodeId Lowering::make(Op op, TypeId type, NodeId a, NodeId b, NodeId c, uint32_t index) {
  Node node;
  node.op = op;
  node.type = type;
  node.a = a;
  node.b = b;
  node.c = c;
  node.index = index;
  return add(node);
}

NodeId Lowering::make_with(Op op, TypeId type, const std::vector<uint32_t>& arguments, uint32_t index) {
  Node node;
  node.op = op;
  node.type = type;
  node.index = index;
  node.first = static_cast<uint32_t>(out_.arguments.size());
  node.count = static_cast<uint32_t>(arguments.size());
  out_.arguments.insert(out_.arguments.end(), arguments.begin(), arguments.end());
  return add(node);
}

NodeId Lowering::make_switch(TypeId type, NodeId subject, const std::vector<SwitchCase>& cases, NodeId otherwise) {
  Node node;
  node.op = Op::kSwitch;
  node.type = type;
  node.a = subject;
  node.c = otherwise;
  node.first = static_cast<uint32_t>(out_.cases.size());
  node.count = static_cast<uint32_t>(cases.size());
  out_.cases.insert(out_.cases.end(), cases.begin(), cases.end());
  return add(node);
}

NodeId Lowering::call(std::string_view function, TypeId result, const std::vector<NodeId>& arguments, uint32_t where) {
  const int64_t id = stdlib::find_function(function);
  if (id < 0) return unsupported({}, fmt::format("the standard library's `{}`", function));
  const NodeId node = make_with(Op::kCall, result, arguments, static_cast<uint32_t>(id));
  out_.nodes[node].site = where;
  return node;
}

NodeId Lowering::constant(TypeId type, Cell cell, std::string text) {
  cell.state = Presence::kValue;
  out_.constants.push_back({type, cell, std::move(text)});
  return make(Op::kConst, type, kNone, kNone, kNone, static_cast<uint32_t>(out_.constants.size() - 1));
}

NodeId Lowering::number(int64_t value) {
  Cell cell{};
  cell.integer = value;
  return constant(int_type(), cell);
}

NodeId Lowering::boolean(bool value) {
  Cell cell{};
  cell.boolean = value;
  return constant(bool_type(), cell);
}

NodeId Lowering::text(std::string value) { return constant(text_type(), Cell{}, std::move(value)); }

NodeId Lowering::constant_of(const sema::Constant& value, TypeId to, Span span) {
  using Form = sema::Constant::Form;
  Cell cell{};
  switch (value.form) {
    case Form::kUnknown:
    case Form::kTexts: return unsupported(span, "a constant of this form");
    case Form::kNull: return make(Op::kNull, or_null(to));
    case Form::kBool: cell.boolean = value.boolean; return constant(bool_type(), cell);
    case Form::kInt: {
      cell.integer = value.integer;
      const TypeId bare = to == kNoType ? int_type() : payload(to);
      return constant(storage_of(type(bare).kind) == Storage::kInt ? bare : int_type(), cell);
    }
    case Form::kPercent:
      if (!decimal_rescale(value.decimal, value.scale, kPercentScale, Rounding::kHalfEven, cell.decimal))
        return unsupported(span, "this percentage");
      return constant(out_.types.of(Kind::kPercent), cell);
    case Form::kDecimal: {
      cell.decimal = value.decimal;
      if (to != kNoType && storage_of(type(to).kind) == Storage::kDecimal && type(to).scale == value.scale)
        return constant(payload(to), cell);
      return constant(out_.types.decimal(38, value.scale), cell);
    }
    case Form::kFloat: cell.real = value.real; return constant(out_.types.of(Kind::kFloat), cell);
    case Form::kText: {
      const TypeId bare = to == kNoType ? text_type() : payload(to);
      return constant(storage_of(type(bare).kind) == Storage::kText ? bare : text_type(), cell, value.text);
    }
    case Form::kDuration: cell.integer = value.integer; return constant(out_.types.of(Kind::kDuration), cell);
    case Form::kPeriod:
      cell.integer = value.integer;
      cell.extra = static_cast<uint32_t>(static_cast<int32_t>(value.days));
      return constant(out_.types.of(Kind::kPeriod), cell);
    case Form::kDate: cell.integer = value.integer; return constant(out_.types.of(Kind::kDate), cell);
    case Form::kTime: cell.integer = value.integer; return constant(out_.types.of(Kind::kTime), cell);
    case Form::kDatetime: cell.integer = value.integer; return constant(out_.types.of(Kind::kDatetime), cell);
    case Form::kTimestamp: cell.integer = value.integer; return constant(out_.types.of(Kind::kTimestamp), cell);
    case Form::kVariant: cell.integer = value.integer; return constant(payload(to), cell);
  }
  return unsupported(span, "a constant of this form");
}

NodeId Lowering::prepared(stdlib::PreparedSpec spec) {
  const auto found = std::find(out_.prepared.begin(), out_.prepared.end(), spec);
  const auto index = static_cast<uint32_t>(found - out_.prepared.begin());
  if (found == out_.prepared.end()) out_.prepared.push_back(std::move(spec));
  return make(Op::kPrepared, bool_type(), kNone, kNone, kNone, index);
}

NodeId Lowering::shape(TypeId of) {
  stdlib::PreparedSpec spec;
  spec.kind = stdlib::PreparedKind::kShape;
  spec.texts = {stdlib::shape_code(out_.types, of)};
  return prepared(std::move(spec));
}

/// From a list of { key, value }: indexed by the key, then each entry's value.
NodeId Lowering::make_map(TypeId of, const std::vector<NodeId>& keys, const std::vector<NodeId>& values) {
  const TypeId map = payload(of);
  Type entry;
  entry.kind = Kind::kRecord;
  entry.fields = {{"key", type(map).key, false}, {"value", type(map).element, false}};
  const TypeId entry_type = out_.types.intern(std::move(entry));
  std::vector<NodeId> entries;
  for (size_t i = 0; i < keys.size(); ++i) entries.push_back(make_with(Op::kMakeRecord, entry_type, {keys[i], values[i]}));
  const auto part = [&](uint32_t index, TypeId part_type) {
    const LocalId local = temporary(entry_type);
    const NodeId lambda = make_with(Op::kLambda, bool_type(), {local});
    const NodeId get = make(Op::kGetField, part_type, read_local(local), kNone, kNone, index);
    out_.nodes[lambda].a = get;
    return lambda;
  };
  const NodeId list = make_with(Op::kMakeList, out_.types.list(entry_type), entries);
  const NodeId indexed =
      call("list_index_by", out_.types.map(type(map).key, entry_type), {list, part(0, type(map).key), shape(type(map).key)});
  return call("map_values", map, {indexed, part(1, type(map).element)});
}

/// An optional field of a record that has no value: it is not there when the record is written.
NodeId Lowering::left_out(TypeId field) {
  Type absent = type(or_null(field));
  absent.may_keep = true;
  return make(Op::kKeep, out_.types.intern(std::move(absent)));
}

NodeId Lowering::negated(NodeId condition) { return make(Op::kIf, bool_type(), condition, boolean(false), boolean(true)); }

NodeId Lowering::unsupported(Span span, std::string what) {
  result_.unsupported.push_back({span, std::move(what)});
  return make(Op::kNull, out_.types.nullable(bool_type()));
}

NodeId Lowering::detail(ExprRef ref) {
  if (!ref.valid()) return kNone;
  // What a handler answers for is the statement's value, not the text about it.
  const auto blamed = blamed_;
  blamed_.reset();
  const NodeId value = expression_as(ref, text_type());
  blamed_ = blamed;
  return value;
}

NodeId Lowering::raised(Verb verb, uint32_t place, ExprRef text_of) {
  const NodeId about = detail(text_of);
  if (verb == Verb::kWarn) return make(Op::kWarn, bool_type(), boolean(true), about, kNone, place);
  return make(verb == Verb::kSkip ? Op::kSkip : Op::kReject, out_.types.of(Kind::kNever), kNone, about, kNone, place);
}

LocalId Lowering::temporary(TypeId of) {
  body_->locals.push_back(of);
  return static_cast<LocalId>(body_->locals.size() - 1);
}

NodeId Lowering::read_local(LocalId local) { return make(Op::kLocal, body_->locals[local], kNone, kNone, kNone, local); }

NodeId Lowering::probed(NodeId node, Span span) {
  if (probes_) result_.probes.push_back({span, node});
  return node;
}

NodeId Lowering::bind(LocalId local, NodeId value, NodeId inner) {
  return make(Op::kLet, out_.nodes[inner].type, value, inner, kNone, local);
}

TypeId Lowering::payload(TypeId id) {
  if (!has_presence(id)) return id;
  Type bare = type(id);
  bare.nullable = bare.may_keep = false;
  return out_.types.intern(std::move(bare));
}

TypeId Lowering::or_null(TypeId id) {
  if (type(id).nullable && !type(id).may_keep) return id;
  Type wider = type(id);
  wider.nullable = true;
  wider.may_keep = false;
  return out_.types.intern(std::move(wider));
}

std::string Lowering::one_line(Span span) const {
  if (!span.valid()) return {};
  std::string out;
  bool blank = false;
  for (const char c : sources_.text(span)) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      blank = !out.empty();
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    out += c;
  }
  return out;
}

uint32_t Lowering::site(uint32_t issue, Verb verb, Span where, uint32_t lineage) {
  Site site;
  site.issue = issue;
  site.verb = verb;
  if (body_ != nullptr && body_->in_map) {
    site.field = body_->field;
    site.source_fields = in_.lineages[lineage != 0 ? lineage : body_->lineage];
  }
  if (where.valid()) {
    site.expression = one_line(where);
    site.file = std::string(sources_.name(where.file));
    const LineColumn place = sources_.position(where);
    site.line = place.line;
    site.column = place.column;
  }
  out_.sites.push_back(std::move(site));
  return static_cast<uint32_t>(out_.sites.size() - 1);
}

uint32_t Lowering::overflow_site(Span where, uint32_t lineage) { return site(sema::kIssueOverflow, Verb::kReject, where, lineage); }

}  // namespace mig::ir
