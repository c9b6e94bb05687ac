// Implicit conversions: null and keep, int to decimal, decimal scales, text to scalar, records field by field.
#include <fmt/format.h>

#include "compiler/ir/lowering.h"
#include "runtime/types/decimal.h"

namespace mig::ir {

bool Lowering::same_storage(TypeId from, TypeId to) const {
  if (from == to) return true;
  const Type& a = out_.types[from];
  const Type& b = out_.types[to];
  if (a.kind != b.kind) {
    const bool lists = storage_of(a.kind) == storage_of(b.kind) && (a.kind == Kind::kList || a.kind == Kind::kSet) &&
                       (b.kind == Kind::kList || b.kind == Kind::kSet);
    const auto is_text = [](Kind kind) { return storage_of(kind) == Storage::kText && kind != Kind::kZoned; };
    if (!lists) return is_text(a.kind) && is_text(b.kind);
  }
  switch (storage_of(a.kind)) {
    case Storage::kDecimal: return a.scale == b.scale;
    case Storage::kList: {
      if (a.kind != Kind::kRecord) return a.element == kNoType || b.element == kNoType || same_storage(a.element, b.element);
      if (a.fields.size() != b.fields.size()) return false;
      for (size_t i = 0; i < a.fields.size(); ++i) {
        if (a.fields[i].name != b.fields[i].name || !same_storage(a.fields[i].type, b.fields[i].type)) return false;
      }
      return true;
    }
    case Storage::kMap:
      return a.element == kNoType || b.element == kNoType || (same_storage(a.key, b.key) && same_storage(a.element, b.element));
    case Storage::kBool:
    case Storage::kInt:
    case Storage::kReal:
    case Storage::kText:
    case Storage::kScalar: return true;
  }
  return true;
}

NodeId Lowering::convert(NodeId value, TypeId to, Span span) {
  if (to == kNoType || out_.nodes[value].type == to || out_.nodes[value].type == kNoType) return value;
  const TypeId from = out_.nodes[value].type;
  const Kind kind = type(from).kind;
  if (kind == Kind::kNever || kind == Kind::kError) {
    if (out_.nodes[value].op == Op::kNull) return make(Op::kNull, has_presence(to) ? to : or_null(to));
    if (out_.nodes[value].op == Op::kKeep) return make(Op::kKeep, to);
    if (!has_presence(from)) return value;
    return make(Op::kNull, has_presence(to) ? to : or_null(to));
  }
  if (type(to).kind == Kind::kNever || type(to).kind == Kind::kError) return value;
  const bool same = same_storage(from, to);
  if (!has_presence(from)) {
    const NodeId bare = same ? value : convert_payload(value, payload(to), span);
    return has_presence(to) ? make(Op::kWrap, to, bare) : bare;
  }
  if (!has_presence(to)) {
    const NodeId bare = make(Op::kUnwrap, payload(from), value);
    return same ? bare : convert_payload(bare, to, span);
  }
  if (same) return value;
  const LocalId local = temporary(from);
  const NodeId bare = convert_payload(make(Op::kUnwrap, payload(from), read_local(local)), payload(to), span);
  return bind(local, value,
              make(Op::kIf, to, make(Op::kIsNull, bool_type(), read_local(local)),
                   make(type(to).may_keep && !type(from).nullable ? Op::kKeep : Op::kNull, to), make(Op::kWrap, to, bare)));
}

NodeId Lowering::convert_payload(NodeId value, TypeId to, Span span) {
  const TypeId from = out_.nodes[value].type;
  if (same_storage(from, to)) return value;
  const Type source = type(from), target = type(to);
  const Storage wanted = storage_of(target.kind);
  if (wanted == Storage::kDecimal && source.kind == Kind::kInt) {
    if (is_constant(value)) {
      Cell cell{};
      if (decimal_rescale(out_.constants[out_.nodes[value].index].cell.integer, 0, target.scale, Rounding::kHalfEven, cell.decimal)) {
        return constant(to, cell);
      }
    }
    // 19 digits and the scale fit 38.
    return call("decimal_from_int", to, {value, number(target.scale)}, target.scale <= 19 ? kNone : overflow_site(span, 0));
  }
  if (wanted == Storage::kDecimal && storage_of(source.kind) == Storage::kDecimal) {
    if (is_constant(value)) {
      Cell cell{};
      if (decimal_rescale(out_.constants[out_.nodes[value].index].cell.decimal, source.scale, target.scale, Rounding::kHalfEven,
                          cell.decimal)) {
        return constant(to, cell);
      }
    }
    const bool fits = source.precision != 0 && source.precision - source.scale + target.scale <= kMaxDecimalDigits;
    return call("decimal_rescale", to, {value, number(source.scale), number(target.scale)}, fits ? kNone : overflow_site(span, 0));
  }
  if (target.kind == Kind::kScalar) {
    switch (storage_of(source.kind)) {
      case Storage::kText: return call("scalar_from_text", to, {value});
      case Storage::kInt: return call("scalar_from_int", to, {value});
      case Storage::kBool: return call("scalar_from_bool", to, {value});
      case Storage::kDecimal: return call("scalar_from_decimal", to, {value, number(source.scale)});
      case Storage::kReal:
      case Storage::kList:
      case Storage::kMap:
      case Storage::kScalar: break;
    }
  }
  if (target.kind == Kind::kRecord && source.kind == Kind::kRecord) {
    const LocalId local = temporary(from);
    std::vector<NodeId> fields;
    for (const RecordField& field : target.fields) {
      const TypeId field_type = field.optional ? or_null(field.type) : field.type;
      uint32_t index = kNone;
      for (size_t i = 0; i < source.fields.size(); ++i) {
        if (source.fields[i].name == field.name) index = static_cast<uint32_t>(i);
      }
      if (index == kNone) {
        fields.push_back(left_out(field_type));
        continue;
      }
      const RecordField& origin = source.fields[index];
      const TypeId read = origin.optional ? or_null(origin.type) : origin.type;
      fields.push_back(convert(make(Op::kGetField, read, read_local(local), kNone, kNone, index), field_type, span));
    }
    return bind(local, value, make_with(Op::kMakeRecord, to, fields));
  }
  if ((target.kind == Kind::kList || target.kind == Kind::kSet) && (source.kind == Kind::kList || source.kind == Kind::kSet)) {
    const LocalId item = temporary(source.element);
    const NodeId lambda = make_with(Op::kLambda, bool_type(), {item});
    const NodeId inner = convert(read_local(item), target.element, span);
    out_.nodes[lambda].a = inner;
    return call("list_map", to, {value, lambda});
  }
  if (target.kind == Kind::kMap && source.kind == Kind::kRecord) {
    const LocalId local = temporary(from);
    std::vector<NodeId> keys, values;
    for (size_t i = 0; i < source.fields.size(); ++i) {
      const RecordField& field = source.fields[i];
      keys.push_back(convert(text(field.name), target.key, span));
      values.push_back(convert(
          make(Op::kGetField, field.optional ? or_null(field.type) : field.type, read_local(local), kNone, kNone, static_cast<uint32_t>(i)),
          target.element, span));
    }
    return bind(local, value, make_map(to, keys, values));
  }
  return unsupported(span, fmt::format("the conversion of {} to {}", out_.types.text(from), out_.types.text(to)));
}

}  // namespace mig::ir
