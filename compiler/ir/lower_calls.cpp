// Calls of the standard library, of functions, tables and lookups; pipes and lambdas.
#include <fmt/format.h>

#include "compiler/ir/lowering.h"
#include "stdlib/declaration.h"
#include "stdlib/json_shape.h"
#include "stdlib/shape.h"

namespace mig::ir {

using Source = sema::BoundArgument::Source;

NodeId Lowering::call_expression(ExprRef ref, const sema::CallInfo& call, NodeId piped) {
  const Span span = tree(ref).span;
  switch (call.callee) {
    case Ref::kStdlib:
      if (call.map != sema::kNone || call.target != sema::kNone) return reference(ref, call);
      return standard_call(ref, call, piped);
    case Ref::kFn: {
      const uint32_t function = function_of_fn(call.index);
      const sema::FnSymbol& fn = in_.fns[call.index];
      std::vector<NodeId> arguments;
      for (size_t i = 0; i < fn.parameters.size(); ++i) {
        const TypeId wanted = in_.locals[fn.parameters[i]].type;
        const bool missing = i >= call.arguments.size() || call.arguments[i].source == Source::kMissing;
        if (missing && i < fn.defaults.size() && fn.defaults[i].valid()) {
          arguments.push_back(expression_as(fn.defaults[i], wanted));
        } else {
          arguments.push_back(convert(argument(ref, call, i, piped), wanted, span));
        }
      }
      return make_with(Op::kCallFunction, fn.result, arguments, function);
    }
    case Ref::kTable: {
      const sema::TableSymbol& table = in_.tables[call.index];
      const NodeId key = convert(argument(ref, call, 0, piped), table.key, span);
      return make_with(Op::kCallFunction, table.value, {key}, function_of_table(call.index));
    }
    case Ref::kLookup: return lookup(call.index, convert(argument(ref, call, 0, piped), in_.lookups[call.index].key, span), span);
    case Ref::kLocal:
      if (call.lambda.valid()) {
        const auto& lambda = tree(call.lambda).as<syntax::LambdaExpr>();
        const sema::LambdaInfo& known = in_.lambdas[info(call.lambda).index];
        const TypeId own = out_.nodes[piped].type;
        const LocalId parameter = temporary(call.piped != kNoType ? call.piped : own);
        if (known.locals[0] != sema::kNone) body_->numbers[known.locals[0]] = parameter;
        const NodeId inner = expression_as(at(call.lambda, lambda.body), call.result);
        return bind(parameter, convert(piped, body_->locals[parameter], span), inner);
      }
      break;
    case Ref::kNothing:
    case Ref::kSourceRecord:
    case Ref::kSourceField:
    case Ref::kTargetRecord:
    case Ref::kTargetField:
    case Ref::kRecordField:
    case Ref::kParam:
    case Ref::kVariant:
    case Ref::kMap:
    case Ref::kSource:
    case Ref::kTarget:
    case Ref::kReconcile:
    case Ref::kSync:
    case Ref::kStage:
    case Ref::kRunNow:
    case Ref::kRunId:
    case Ref::kRowPosition:
    case Ref::kRowSource:
    case Ref::kRowKey:
    case Ref::kUnavailable:
    case Ref::kModule:
    case Ref::kWord:
    case Ref::kTypeName:
    case Ref::kOther: break;
  }
  return unsupported(span, fmt::format("`{}`", one_line(span)));
}

NodeId Lowering::argument(ExprRef ref, const sema::CallInfo& call, size_t index, NodeId piped) {
  const Span span = tree(ref).span;
  if (index >= call.arguments.size()) return unsupported(span, "a call with too few arguments");
  const sema::BoundArgument& bound = call.arguments[index];
  switch (bound.source) {
    case Source::kExpr:
      if (tree(bound.expr).kind() == syntax::ExprKind::lambda) return lambda(bound.expr);
      return expression_as(bound.expr, bound.type);
    case Source::kPiped: return convert(piped, bound.type, span);
    case Source::kConstant: return constant_of(bound.constant, bound.type, span);
    case Source::kSecret: return secret(bound.constant.text);
    case Source::kMissing: return unsupported(span, "a missing argument");
    case Source::kVariadic: {
      std::vector<NodeId> elements;
      if (bound.piped_first) elements.push_back(convert(piped, bound.type, span));
      for (const ExprRef part : bound.rest) elements.push_back(expression_as(part, bound.type));
      return make_with(Op::kMakeList, out_.types.list(bound.type), elements);
    }
  }
  return kNone;
}

sema::Constant Lowering::constant_argument(const sema::CallInfo& call, int32_t index) const {
  if (index < 0 || static_cast<size_t>(index) >= call.arguments.size()) return {};
  return call.arguments[static_cast<size_t>(index)].constant;
}

TypeId Lowering::type_argument(const sema::CallInfo& call, std::string_view variable) const {
  const auto& parameters = call.declaration->type_parameters;
  for (size_t i = 0; i < parameters.size() && i < call.type_arguments.size(); ++i) {
    if (parameters[i].name == variable) return call.type_arguments[i];
  }
  return kNoType;
}

NodeId Lowering::prepared_argument(ExprRef ref, const sema::CallInfo& call, const stdlib::IntrinsicArgument& from) {
  const Span span = tree(ref).span;
  stdlib::PreparedSpec spec;
  spec.kind = from.prepared;
  const auto part = [&](size_t i) { return constant_argument(call, i < from.parts.size() ? from.parts[i] : -1); };
  switch (from.prepared) {
    case stdlib::PreparedKind::kPattern:
    case stdlib::PreparedKind::kText: spec.texts = {part(0).text}; break;
    case stdlib::PreparedKind::kTextSet: spec.texts = part(0).texts; break;
    case stdlib::PreparedKind::kZone:
      spec.name = part(0).text;
      spec.option = part(1).integer;
      break;
    case stdlib::PreparedKind::kDateFormats:
      spec.texts = part(0).form == sema::Constant::Form::kText ? std::vector<std::string>{part(0).text} : part(0).texts;
      spec.name = part(1).text;
      spec.option = part(2).integer;
      spec.flag = from.number;
      break;
    case stdlib::PreparedKind::kShape: {
      TypeId of = from.variable.empty() ? kNoType : type_argument(call, from.variable);
      if (of == kNoType && !from.parts.empty()) {
        const int32_t index = from.parts[0];
        of = index == stdlib::IntrinsicArgument::kResult ? call.result : call.arguments[static_cast<size_t>(index)].type;
      }
      if (of == kNoType) return unsupported(span, "a value of this type here");
      if (from.number != stdlib::kToBeDecoded) return shape(of);
      spec.texts = {stdlib::json_shape_code(out_.types, out_.enums, of)};
      spec.flag = stdlib::kToBeDecoded;
      break;
    }
    case stdlib::PreparedKind::kCodeTable: {
      const TypeId of = type_argument(call, from.variable);
      if (of == kNoType || type(of).kind != Kind::kEnum) return unsupported(span, "a value of this type here");
      for (const EnumVariant& variant : out_.enums[type(of).declaration].variants) spec.texts.push_back(variant.wire);
      break;
    }
    case stdlib::PreparedKind::kLookup: return unsupported(span, "a lookup as an argument");
  }
  return prepared(std::move(spec));
}

NodeId Lowering::standard_call(ExprRef ref, const sema::CallInfo& call, NodeId piped) {
  const Span span = tree(ref).span;
  const stdlib::Declaration& declaration = *call.declaration;
  if (declaration.name == "present" || declaration.name == "is_unavailable") return reference_check(ref, call);
  const auto type_at = [&](int32_t index) {
    if (index == stdlib::IntrinsicArgument::kResult) return call.result;
    const TypeId own = call.arguments[static_cast<size_t>(index)].type;
    return own;
  };
  const auto numeric = [&](int32_t index) -> const Type& {
    const TypeId own = type_at(index);
    const Type& known = type(own);
    if ((known.kind == Kind::kList || known.kind == Kind::kSet) && known.element != kNoType) return type(known.element);
    if (known.kind == Kind::kFunction && known.element != kNoType) return type(known.element);
    return known;
  };
  std::vector<NodeId> arguments;
  for (const stdlib::IntrinsicArgument& from : declaration.intrinsic_arguments) {
    switch (from.source) {
      case stdlib::IntrinsicArgument::Source::kParameter:
        arguments.push_back(argument(ref, call, static_cast<size_t>(from.parameter), piped));
        break;
      case stdlib::IntrinsicArgument::Source::kNumber: arguments.push_back(number(from.number)); break;
      case stdlib::IntrinsicArgument::Source::kScale: arguments.push_back(number(numeric(from.parameter).scale)); break;
      case stdlib::IntrinsicArgument::Source::kPrecision: arguments.push_back(number(numeric(from.parameter).precision)); break;
      case stdlib::IntrinsicArgument::Source::kPrepared: arguments.push_back(prepared_argument(ref, call, from)); break;
    }
  }
  const uint32_t where = call.may_overflow ? overflow_site(span, info(ref).lineage) : kNone;
  const NodeId made = this->call(declaration.intrinsic, call.result, arguments, where);
  if (declaration.intrinsic != "json_decode" || !is_refined(call.result)) return made;
  // A value that came from outside fails when it does not meet the conditions of its type.
  const TypeId own = out_.nodes[made].type;
  const LocalId local = temporary(own);
  return bind(local, made,
              make(Op::kIf, own, meets(read_local(local)), read_local(local), this->call("json_refused", own, {read_local(local)})));
}

/// `present(m.x)` and `is_unavailable(m.x)` ask the frame, not the value.
NodeId Lowering::reference_check(ExprRef ref, const sema::CallInfo& call) {
  const bool present = call.declaration->name == "present";
  if (!call.arguments.empty() && call.arguments[0].source == Source::kExpr) {
    const sema::ExprInfo& path = info(call.arguments[0].expr);
    if (path.ref == Ref::kSourceField || path.ref == Ref::kTargetField) {
      return make(present ? Op::kFieldPresent : Op::kFieldUnavailable, bool_type(), kNone, kNone, kNone, path.index);
    }
    if (present) return negated(make(Op::kIsNull, bool_type(), plain(call.arguments[0].expr)));
  }
  return unsupported(tree(ref).span, "this check of something that is no source field");
}

NodeId Lowering::pipe(ExprRef ref, const syntax::PipeExpr& expr, TypeId to) {
  return pipe_stages(ref, expr, 0, expression_as(at(ref, expr.head), info(at(ref, expr.head)).type), to);
}

NodeId Lowering::pipe_stages(ExprRef ref, const syntax::PipeExpr& expr, size_t stage, NodeId value, TypeId to) {
  const Span span = tree(ref).span;
  if (stage == expr.stages.size()) return convert(value, to, span);
  const syntax::PipeStage& at_hand = expr.stages[stage];
  const TypeId own = out_.nodes[value].type;
  if (!at_hand.null_safe || !has_presence(own)) {
    return pipe_stages(ref, expr, stage + 1, pipe_stage(at(ref, at_hand.callee), value), to);
  }
  // Null passes by this stage and by those that follow as far as they are null-safe too.
  size_t end = stage;
  while (end < expr.stages.size() && expr.stages[end].null_safe) ++end;
  const bool to_the_end = end == expr.stages.size();
  const LocalId local = temporary(own);
  const NodeId first = pipe_stage(at(ref, at_hand.callee), make(Op::kUnwrap, payload(own), read_local(local)));
  if (to_the_end) {
    const NodeId rest = pipe_stages(ref, expr, stage + 1, first, to);
    return bind(local, value, make(Op::kIf, to, make(Op::kIsNull, bool_type(), read_local(local)), make(Op::kNull, to), rest));
  }
  const TypeId between = or_null(out_.nodes[first].type);
  const NodeId joined = bind(
      local, value,
      make(Op::kIf, between, make(Op::kIsNull, bool_type(), read_local(local)), make(Op::kNull, between), convert(first, between, span)));
  return pipe_stages(ref, expr, stage + 1, joined, to);
}

NodeId Lowering::pipe_stage(ExprRef callee, NodeId value) {
  const uint32_t call = info(callee).call;
  if (call == sema::kNone) return unsupported(tree(callee).span, "this stage of a pipe");
  return call_expression(callee, in_.calls[call], value);
}

NodeId Lowering::lambda(ExprRef ref) {
  const auto& expr = tree(ref).as<syntax::LambdaExpr>();
  const sema::LambdaInfo& known = in_.lambdas[info(ref).index];
  const Type signature = type(info(ref).type);
  std::vector<uint32_t> parameters;
  for (size_t i = 0; i < known.locals.size(); ++i) {
    if (known.locals[i] != sema::kNone) {
      const LocalId local = temporary(in_.locals[known.locals[i]].type);
      body_->numbers[known.locals[i]] = local;
      parameters.push_back(local);
    } else {
      const TypeId own = signature.kind == Kind::kFunction && i < signature.fields.size() ? signature.fields[i].type : bool_type();
      parameters.push_back(temporary(own));
    }
  }
  const NodeId node = make_with(Op::kLambda, bool_type(), parameters);
  const NodeId inner = expression_as(at(ref, expr.body), known.result);
  out_.nodes[node].a = inner;
  return node;
}

}  // namespace mig::ir
