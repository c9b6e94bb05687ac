// Expressions: names, literals, building, null and failure handling.
#include <fmt/format.h>

#include <charconv>

#include "compiler/ir/lowering.h"
#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"

namespace mig::ir {

using syntax::ExprKind;

NodeId Lowering::expression(ExprRef ref) {
  const sema::ExprInfo& known = info(ref);
  return expression_as(ref, known.wanted != kNoType ? known.wanted : known.type);
}

NodeId Lowering::expression_as(ExprRef ref, TypeId to) {
  const syntax::Expr& expr = tree(ref);
  const sema::ExprInfo& known = info(ref);
  if (to == kNoType) to = known.type;
  switch (expr.kind()) {
    case ExprKind::group: return expression_as(at(ref, expr.as<syntax::GroupExpr>().inner), to);
    case ExprKind::null: return make(Op::kNull, has_presence(to) ? to : or_null(to));
    case ExprKind::keep: return make(Op::kKeep, to);
    case ExprKind::conditional: {
      const auto& branch = expr.as<syntax::IfExpr>();
      const NodeId condition = expression_as(at(ref, branch.condition), bool_type());
      const NodeId yes = expression_as(at(ref, branch.consequence), to);
      return make(Op::kIf, to, condition, yes, expression_as(at(ref, branch.otherwise), to));
    }
    case ExprKind::match: return match(ref, expr.as<syntax::MatchExpr>(), to);
    case ExprKind::coalesce: return coalesce(ref, expr.as<syntax::CoalesceExpr>(), to);
    case ExprKind::handle: return handle(ref, expr.as<syntax::CatchExpr>(), to);
    case ExprKind::raise: return raise(ref, expr.as<syntax::RaiseExpr>(), known, to);
    case ExprKind::pipe: return pipe(ref, expr.as<syntax::PipeExpr>(), to);
    case ExprKind::list: return convert(list(ref, expr.as<syntax::ListExpr>(), to), to, expr.span);
    case ExprKind::record: return convert(record(ref, expr.as<syntax::RecordExpr>(), to), to, expr.span);
    case ExprKind::boolean:
    case ExprKind::integer:
    case ExprKind::decimal:
    case ExprKind::floating:
    case ExprKind::percent:
    case ExprKind::duration:
    case ExprKind::date:
    case ExprKind::string: return convert(literal(ref, to), to, expr.span);
    case ExprKind::error:
    case ExprKind::interpolated:
    case ExprKind::name:
    case ExprKind::field:
    case ExprKind::call:
    case ExprKind::index:
    case ExprKind::negate:
    case ExprKind::logical_not:
    case ExprKind::arithmetic:
    case ExprKind::compare:
    case ExprKind::logic:
    case ExprKind::lambda: return convert(plain(ref), to, expr.span);
  }
  return kNone;
}

NodeId Lowering::plain(ExprRef ref) {
  const syntax::Expr& expr = tree(ref);
  const sema::ExprInfo& known = info(ref);
  switch (expr.kind()) {
    case ExprKind::error: return unsupported(expr.span, "an expression with errors");
    case ExprKind::interpolated: return interpolated(ref, expr.as<syntax::InterpolatedExpr>());
    case ExprKind::name: return name(ref, known);
    case ExprKind::field: return field_access(ref, expr.as<syntax::FieldExpr>(), known);
    case ExprKind::call:
      if (known.call == sema::kNone) return unsupported(expr.span, "this call");
      return call_expression(ref, in_.calls[known.call], kNone);
    case ExprKind::index: {
      if (known.call != sema::kNone) return call_expression(ref, in_.calls[known.call], kNone);
      const auto& index = expr.as<syntax::IndexExpr>();
      const NodeId object = expression(at(ref, index.object));
      const TypeId object_type = out_.nodes[object].type;
      if (type(object_type).kind == Kind::kMap) {
        return call("map_get", known.type,
                    {object, expression_as(at(ref, index.index), type(object_type).key), shape(type(object_type).key)});
      }
      return call("list_at", known.type, {object, expression_as(at(ref, index.index), int_type())});
    }
    case ExprKind::negate: return negate(ref, expr.as<syntax::NegateExpr>(), known);
    case ExprKind::logical_not: return negated(expression_as(at(ref, expr.as<syntax::NotExpr>().operand), bool_type()));
    case ExprKind::arithmetic: return arithmetic(ref, expr.as<syntax::ArithmeticExpr>(), known);
    case ExprKind::compare: return compare(ref, expr.as<syntax::CompareExpr>(), known);
    case ExprKind::logic: return logic(ref, expr.as<syntax::LogicExpr>());
    case ExprKind::lambda: return lambda(ref);
    case ExprKind::group:
    case ExprKind::null:
    case ExprKind::keep:
    case ExprKind::conditional:
    case ExprKind::match:
    case ExprKind::coalesce:
    case ExprKind::handle:
    case ExprKind::raise:
    case ExprKind::pipe:
    case ExprKind::list:
    case ExprKind::record:
    case ExprKind::boolean:
    case ExprKind::integer:
    case ExprKind::decimal:
    case ExprKind::floating:
    case ExprKind::percent:
    case ExprKind::duration:
    case ExprKind::date:
    case ExprKind::string: return expression_as(ref, known.type);
  }
  return kNone;
}

NodeId Lowering::narrowed(NodeId value, const sema::ExprInfo& known) {
  const TypeId own = out_.nodes[value].type;
  if (known.type == kNoType || !has_presence(own) || has_presence(known.type)) return value;
  return make(Op::kUnwrap, payload(own), value);
}

NodeId Lowering::name(ExprRef ref, const sema::ExprInfo& known) {
  const Span span = tree(ref).span;
  switch (known.ref) {
    case Ref::kLocal: {
      if (const auto fixed = body_->fixed.find(known.index); fixed != body_->fixed.end()) return fixed->second;
      const auto found = body_->numbers.find(known.index);
      if (found == body_->numbers.end() && body_->output != kNone && in_.locals[known.index].kind == sema::LocalKind::kCheck) {
        return narrowed(body_->output, known);
      }
      if (found == body_->numbers.end()) return unsupported(span, fmt::format("`{}` here", in_.locals[known.index].name));
      return narrowed(read_local(found->second), known);
    }
    case Ref::kSourceField:
    case Ref::kTargetField:
      if (known.index >= body_->field_types.size()) return unsupported(span, "a field outside its record");
      return narrowed(make(Op::kField, body_->field_types[known.index], kNone, kNone, kNone, known.index), known);
    case Ref::kParam: return narrowed(make(Op::kParameter, in_.params[known.index].type, kNone, kNone, kNone, known.index), known);
    case Ref::kVariant: {
      Cell cell{};
      cell.integer = known.part;
      return constant(payload(known.type), cell);
    }
    case Ref::kFn: {
      const uint32_t function = function_of_fn(known.index);
      return make_with(Op::kCallFunction, in_.fns[known.index].result, {}, function);
    }
    case Ref::kRunNow: return make(Op::kRunNow, out_.types.of(Kind::kTimestamp));
    case Ref::kRunId: return make(Op::kRunId, text_type());
    case Ref::kRowPosition: return make(Op::kRowPosition, out_.types.of(Kind::kPosition));
    case Ref::kRowSource: return make(Op::kRowSource, text_type());
    case Ref::kRowKey: return row_key(span);
    case Ref::kUnavailable: return unsupported(span, "`unavailable`");
    case Ref::kTargetRecord:
      if (body_->output != kNone) return narrowed(body_->output, known);
      break;
    case Ref::kNothing:
    case Ref::kSourceRecord:
    case Ref::kRecordField:
    case Ref::kTable:
    case Ref::kLookup:
    case Ref::kStdlib:
    case Ref::kMap:
    case Ref::kSource:
    case Ref::kTarget:
    case Ref::kReconcile:
    case Ref::kSync:
    case Ref::kStage:
    case Ref::kModule:
    case Ref::kWord:
    case Ref::kTypeName:
    case Ref::kOther: break;
  }
  return unsupported(span, fmt::format("`{}` as a value", one_line(span)));
}

NodeId Lowering::field_access(ExprRef ref, const syntax::FieldExpr& field, const sema::ExprInfo& known) {
  if (known.ref != Ref::kRecordField) return name(ref, known);
  const Span span = tree(ref).span;
  const ExprRef object_ref = at(ref, field.object);
  if (info(object_ref).ref == Ref::kTargetRecord || info(object_ref).ref == Ref::kSourceRecord) return name(ref, known);
  if (const auto part = part_of_record(field, ref, known)) return *part;
  const bool whole_frame = body_->record != kNone && body_->record_parts.empty();
  if (whole_frame && info(object_ref).ref == Ref::kLocal && info(object_ref).index == body_->record) {
    return narrowed(make(Op::kField, body_->field_types[known.index], kNone, kNone, kNone, known.index), known);
  }
  const NodeId object = plain(object_ref);
  const TypeId object_type = out_.nodes[object].type;
  const Type& bare = type(object_type);
  if (bare.kind != Kind::kRecord || known.index >= bare.fields.size()) return unsupported(span, "a field of this value");
  const RecordField& part = bare.fields[known.index];
  const TypeId read = part.optional ? or_null(part.type) : part.type;
  if (!has_presence(object_type)) return narrowed(make(Op::kGetField, read, object, kNone, kNone, known.index), known);
  const TypeId result = or_null(read);
  const LocalId local = temporary(object_type);
  const NodeId get = make(Op::kGetField, read, make(Op::kUnwrap, payload(object_type), read_local(local)), kNone, kNone, known.index);
  return narrowed(
      bind(local, object,
           make(Op::kIf, result, make(Op::kIsNull, bool_type(), read_local(local)), make(Op::kNull, result), convert(get, result, span))),
      known);
}

NodeId Lowering::literal(ExprRef ref, TypeId to) {
  const syntax::Expr& expr = tree(ref);
  const TypeId own = info(ref).type == kNoType ? bool_type() : payload(info(ref).type);
  Cell cell{};
  if (const auto* value = expr.get_if<syntax::BoolExpr>()) return boolean(value->value);
  if (const auto* value = expr.get_if<syntax::StringExpr>()) {
    const TypeId wanted = to != kNoType ? payload(to) : text_type();
    return constant(storage_of(type(wanted).kind) == Storage::kText ? wanted : text_type(), cell, value->value);
  }
  if (const auto* value = expr.get_if<syntax::IntExpr>()) {
    std::from_chars(value->digits.data(), value->digits.data() + value->digits.size(), cell.integer);
    return constant(type(own).kind == Kind::kInt ? own : int_type(), cell);
  }
  if (const auto* value = expr.get_if<syntax::FloatExpr>()) {
    std::from_chars(value->text.data(), value->text.data() + value->text.size(), cell.real);
    return constant(out_.types.of(Kind::kFloat), cell);
  }
  const auto exact = [&](const std::string& written) {
    int scale = 0;
    bool behind = false;
    for (const char c : written) {
      if (c == '.') {
        behind = true;
      } else {
        cell.decimal = cell.decimal * 10 + (c - '0');
        scale += behind ? 1 : 0;
      }
    }
    return scale;
  };
  if (const auto* value = expr.get_if<syntax::DecimalExpr>()) {
    const int scale = exact(value->text);
    if (storage_of(type(own).kind) == Storage::kDecimal && type(own).scale == scale) return constant(own, cell);
    return constant(out_.types.decimal(38, static_cast<uint8_t>(scale)), cell);
  }
  if (const auto* value = expr.get_if<syntax::PercentExpr>()) {
    const int scale = exact(value->text) + 2;
    int128 scaled = 0;
    if (!decimal_rescale(cell.decimal, scale, type(own).scale, Rounding::kHalfEven, scaled))
      return unsupported(expr.span, "this percentage");
    cell.decimal = scaled;
    return constant(own, cell);
  }
  if (const auto* value = expr.get_if<syntax::DurationExpr>()) {
    int64_t count = 0;
    std::from_chars(value->digits.data(), value->digits.data() + value->digits.size(), count);
    switch (value->unit) {
      case syntax::TimeUnit::ms: cell.integer = count * 1000; break;
      case syntax::TimeUnit::s: cell.integer = count * 1'000'000; break;
      case syntax::TimeUnit::min: cell.integer = count * 60'000'000; break;
      case syntax::TimeUnit::h: cell.integer = count * 3'600'000'000; break;
      case syntax::TimeUnit::d: cell.integer = count * 86'400'000'000; break;
      case syntax::TimeUnit::w: cell.integer = count * 604'800'000'000; break;
      case syntax::TimeUnit::mo: cell.integer = count; break;
      case syntax::TimeUnit::y: cell.integer = count * 12; break;
    }
    return constant(out_.types.of(value->is_period() ? Kind::kPeriod : Kind::kDuration), cell);
  }
  if (const auto* value = expr.get_if<syntax::DateExpr>()) {
    bool read = false;
    Kind kind = Kind::kDate;
    switch (value->form) {
      case syntax::DateForm::date: read = read_date(value->text, cell.integer); break;
      case syntax::DateForm::datetime: read = read_datetime(value->text, cell.integer), kind = Kind::kDatetime; break;
      case syntax::DateForm::timestamp: read = read_timestamp(value->text, cell.integer), kind = Kind::kTimestamp; break;
      case syntax::DateForm::time: read = read_time(value->text, cell.integer), kind = Kind::kTime; break;
    }
    if (!read) return unsupported(expr.span, "this date");
    return constant(out_.types.of(kind), cell);
  }
  return unsupported(expr.span, "this literal");
}

NodeId Lowering::list(ExprRef ref, const syntax::ListExpr& expr, TypeId to) {
  TypeId own = payload(info(ref).type);
  if (to != kNoType && (type(to).kind == Kind::kList || type(to).kind == Kind::kSet)) own = payload(to);
  TypeId element = type(own).element;
  std::vector<NodeId> elements;
  for (const syntax::ExprId id : expr.elements) {
    elements.push_back(element == kNoType || type(element).kind == Kind::kNever ? plain(at(ref, id)) : expression_as(at(ref, id), element));
  }
  return make_with(Op::kMakeList, own, elements);
}

NodeId Lowering::record(ExprRef ref, const syntax::RecordExpr& expr, TypeId to) {
  TypeId own = payload(info(ref).type);
  if (to != kNoType && (type(to).kind == Kind::kRecord || type(to).kind == Kind::kMap)) own = payload(to);
  const Span span = tree(ref).span;
  if (type(own).kind == Kind::kMap) {
    const TypeId key = type(own).key, element = type(own).element;
    std::vector<NodeId> keys, values;
    for (const syntax::RecordEntry& entry : expr.entries) {
      keys.push_back(convert(text(entry.key.text), key, span));
      values.push_back(expression_as(at(ref, entry.value), element));
    }
    return make_map(own, keys, values);
  }
  // Entries are evaluated as written, fields stand in the type's order.
  const std::vector<RecordField> fields = type(own).fields;
  std::vector<NodeId> values(fields.size(), kNone);
  std::vector<std::pair<LocalId, NodeId>> bound;
  bool in_order = true;
  size_t last = 0;
  for (const syntax::RecordEntry& entry : expr.entries) {
    size_t index = 0;
    while (index < fields.size() && fields[index].name != entry.key.text) ++index;
    if (index == fields.size()) return unsupported(entry.span, fmt::format("the entry `{}`", entry.key.text));
    in_order = in_order && index >= last;
    last = index;
    const TypeId wanted = fields[index].optional ? or_null(fields[index].type) : fields[index].type;
    values[index] = expression_as(at(ref, entry.value), wanted);
  }
  if (!in_order) {
    for (const syntax::RecordEntry& entry : expr.entries) {
      for (size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].name != entry.key.text || is_constant(values[i])) continue;
        const LocalId local = temporary(out_.nodes[values[i]].type);
        bound.emplace_back(local, values[i]);
        values[i] = read_local(local);
      }
    }
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    if (values[i] == kNone) values[i] = left_out(fields[i].type);
  }
  NodeId made = make_with(Op::kMakeRecord, own, values);
  for (auto binding = bound.rbegin(); binding != bound.rend(); ++binding) made = bind(binding->first, binding->second, made);
  return made;
}

NodeId Lowering::coalesce(ExprRef ref, const syntax::CoalesceExpr& expr, TypeId to) {
  const ExprRef value = at(ref, expr.value), fallback = at(ref, expr.fallback);
  const TypeId value_type = info(value).type;
  if (!has_presence(value_type)) return expression_as(value, to);
  const NodeId left = expression_as(value, or_null(to));
  blamed_ = value;
  const NodeId right = expression_as(fallback, to);
  blamed_.reset();
  return make(Op::kCoalesce, to, left, right);
}

NodeId Lowering::handle(ExprRef ref, const syntax::CatchExpr& expr, TypeId to) {
  const ExprRef value = at(ref, expr.value), handler = at(ref, expr.handler);
  const NodeId left = expression_as(value, to);
  if (!info(value).may_fail) return left;
  blamed_ = value;
  const NodeId right = expression_as(handler, to);
  blamed_.reset();
  return probed(make(Op::kCatch, to, left, right), tree(ref).span);
}

NodeId Lowering::raise(ExprRef ref, const syntax::RaiseExpr& expr, const sema::ExprInfo& known, TypeId to) {
  Span where = tree(ref).span;
  uint32_t lineage = known.lineage;
  if (blamed_) {
    where = tree(*blamed_).span;
    lineage = info(*blamed_).lineage;
    blamed_.reset();
  }
  switch (expr.verb) {
    case syntax::RaiseVerb::reject:
    case syntax::RaiseVerb::skip: {
      const bool reject = expr.verb == syntax::RaiseVerb::reject;
      const uint32_t place = site(known.issue, reject ? Verb::kReject : Verb::kSkip, where, lineage);
      return raised(reject ? Verb::kReject : Verb::kSkip, place, at(ref, expr.detail));
    }
    case syntax::RaiseVerb::warn: {
      const uint32_t place = site(known.issue, Verb::kWarn, where, lineage);
      const NodeId value = expression_as(at(ref, expr.replacement), to);
      return make(Op::kWarn, to, value, detail(at(ref, expr.detail)), kNone, place);
    }
  }
  return kNone;
}

}  // namespace mig::ir
