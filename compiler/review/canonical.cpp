#include "compiler/review/canonical.h"

#include <fmt/format.h>

#include "compiler/rules/tree_walk.h"

namespace mig::review {

using sema::ModuleId;
using sema::Ref;

namespace {

constexpr int kDeepest = 400;  // of inlined values; deeper ones are told apart by their text alone

std::string digest(std::string_view text) {
  uint64_t a = 14695981039346656037u, b = 0x9E3779B97F4A7C15u;
  for (const char c : text) {
    a = (a ^ static_cast<unsigned char>(c)) * 1099511628211u;
    b = (b ^ (static_cast<unsigned char>(c) + 0x51u)) * 0x100000001B3u + (a >> 7);
  }
  return fmt::format("{:016x}{:016x}", a, b);
}

std::string with_size(std::string_view text) { return fmt::format("{}\"{}\"", text.size(), text); }

}  // namespace

std::string Canonical::expr(ExprRef ref) {
  bound_.clear();
  return render(ref, 0);
}

std::string Canonical::render(ExprRef ref, int depth) {
  if (!ref.valid()) return "-";
  if (depth > kDeepest) return "deep:" + digest(context_.text(context_.expr(ref).span));
  const sema::ExprInfo& about = context_.info(ref);
  std::string text = node(ref, depth + 1);
  // A wider bound or `T` as `T?` changes no value; another kind or scale can.
  const auto differs = [&](TypeId a, TypeId b) {
    const Type &from = context_.type(a), &to = context_.type(b);
    return from.kind != to.kind || from.scale != to.scale;
  };
  const bool converted =
      about.wanted != kNoType && about.type != kNoType && about.wanted != about.type && differs(about.type, about.wanted);
  return converted ? fmt::format("as({},{})", context_.program.types.text(about.wanted), text) : text;
}

std::string Canonical::local(ModuleId module, uint32_t index, int depth) {
  const sema::Local& local = context_.program.locals[index];
  if (local.kind == sema::LocalKind::kLet) {
    const ExprRef value = context_.let_value(module, local.span);
    if (value.valid()) return render(value, depth);
  }
  const auto [it, added] = bound_.emplace(index, bound_.size());
  return fmt::format("%{}", it->second);
}

std::string Canonical::reference(ExprRef ref, int depth) {
  const sema::Program& program = context_.program;
  const sema::ExprInfo& about = context_.info(ref);
  const syntax::Expr& written = context_.expr(ref);
  const auto field_of = [&](const sema::SchemaSymbol* schema) {
    if (schema != nullptr && about.index < schema->fields.size()) return schema->fields[about.index].name;
    if (const auto* access = written.get_if<syntax::FieldExpr>()) return access->field.text;
    const auto* bare = written.get_if<syntax::NameExpr>();
    return bare == nullptr ? std::string("?") : bare->name.text;
  };
  switch (about.ref) {
    case Ref::kLocal: return local(ref.module, about.index, depth);
    case Ref::kSourceField: {
      const uint32_t map = context_.map_around(ref);
      return "source." + field_of(map == kNone ? nullptr : context_.source_schema(map));
    }
    case Ref::kTargetField: return "target." + field_of(nullptr);
    case Ref::kParam: return "param." + program.params[about.index].name;
    case Ref::kVariant: return fmt::format("variant({})", with_size(program.enums[about.index].variants[about.part].wire));
    case Ref::kFn: return "fn:" + fn(about.index);
    case Ref::kTable: return "table:" + table(about.index);
    case Ref::kLookup: return "lookup:" + program.lookups[about.index].name;
    case Ref::kMap: return "map:" + program.maps[about.index].name;
    case Ref::kSource: return "source:" + program.sources[about.index].name;
    case Ref::kTarget: return "target:" + program.targets[about.index].name;
    case Ref::kReconcile: return "reconcile:" + program.reconciles[about.index].name;
    case Ref::kRunNow: return "run.now";
    case Ref::kRunId: return "run.id";
    case Ref::kRowPosition: return "row.position";
    case Ref::kRowSource: return "row.source";
    case Ref::kRowKey: return "row.key";
    case Ref::kNothing:
    case Ref::kSourceRecord:
    case Ref::kTargetRecord:
    case Ref::kRecordField:
    case Ref::kStdlib:
    case Ref::kSync:
    case Ref::kStage:
    case Ref::kUnavailable:
    case Ref::kModule:
    case Ref::kWord:
    case Ref::kTypeName:
    case Ref::kOther: break;
  }
  if (const auto* access = written.get_if<syntax::FieldExpr>()) {
    return render({ref.module, access->object}, depth) + (access->null_safe ? "?." : ".") + access->field.text;
  }
  const auto* name = written.get_if<syntax::NameExpr>();
  return name == nullptr ? std::string("?") : "name:" + name->name.text;
}

std::string Canonical::call(const sema::CallInfo& called, const std::string& piped, int depth) {
  const sema::Program& program = context_.program;
  std::string name;
  if (called.declaration != nullptr)
    name = called.declaration->name;
  else if (called.callee == Ref::kFn)
    name = "fn:" + fn(called.index);
  else if (called.callee == Ref::kTable)
    name = "table:" + table(called.index);
  else if (called.callee == Ref::kLookup)
    name = "lookup:" + program.lookups[called.index].name;
  else if (called.lambda.valid())
    name = render(called.lambda, depth);
  if (called.map != kNone) name += ":" + program.maps[called.map].name;
  if (called.target != kNone) name += ":" + program.targets[called.target].name;
  std::string arguments;
  const auto add = [&](const std::string& text) { arguments += (arguments.empty() ? "" : ",") + text; };
  for (const sema::BoundArgument& argument : called.arguments) {
    switch (argument.source) {
      case sema::BoundArgument::Source::kExpr: add(render(argument.expr, depth)); break;
      case sema::BoundArgument::Source::kPiped: add(piped); break;
      case sema::BoundArgument::Source::kConstant:
        add(argument.expr.valid()
                ? render(argument.expr, depth)
                : fmt::format("{}:{}:{}", argument.constant.integer, with_size(argument.constant.text), argument.constant.boolean));
        break;
      case sema::BoundArgument::Source::kSecret: add(with_size("secret " + argument.constant.text)); break;
      case sema::BoundArgument::Source::kMissing: break;
      case sema::BoundArgument::Source::kVariadic:
        if (argument.piped_first) add(piped);
        for (const ExprRef& each : argument.rest) add(render(each, depth));
        break;
    }
  }
  if (called.lambda.valid() && called.arguments.empty()) add(piped);
  for (const TypeId type : called.type_arguments) add(type == kNoType ? "?" : program.types.text(type));
  return (called.null_safe ? "if_some:" : "") + name + "(" + arguments + ")";
}

std::string Canonical::pattern(ModuleId module, syntax::PatternId id, int depth) {
  if (!id.valid()) return "-";
  const syntax::Pattern& written = context_.tree(module)[id];
  if (const auto* several = written.get_if<syntax::AlternativesPattern>()) {
    std::string text;
    for (const syntax::PatternId each : several->alternatives) text += (text.empty() ? "" : "|") + pattern(module, each, depth);
    return text;
  }
  const sema::PatternInfo& about = context_.info(module, id);
  if (about.form == sema::PatternForm::kVariant && about.enumeration < context_.program.enums.size()) {
    return fmt::format("variant({})", with_size(context_.program.enums[about.enumeration].variants[about.variant].wire));
  }
  if (const auto* constant = written.get_if<syntax::ConstantPattern>()) return render({module, constant->value}, depth);
  if (const auto* variant = written.get_if<syntax::VariantPattern>()) {
    std::string text = "kind:" + variant->variant.last().text;
    if (about.local != kNone) text += "(" + local(module, about.local, depth) + ")";
    return text;
  }
  if (const auto* range = written.get_if<syntax::RangePattern>())
    return render({module, range->low}, depth) + ".." + render({module, range->high}, depth);
  return "_";
}

std::string Canonical::node(ExprRef ref, int depth) {
  using namespace syntax;
  const Expr& written = context_.expr(ref);
  const sema::ExprInfo& about = context_.info(ref);
  const auto child = [&](ExprId id) { return render({ref.module, id}, depth); };
  switch (written.kind()) {
    case ExprKind::error: return "error";
    case ExprKind::null: return "null";
    case ExprKind::keep: return "keep";
    case ExprKind::boolean: return written.as<BoolExpr>().value ? "true" : "false";
    case ExprKind::integer: return written.as<IntExpr>().digits;
    case ExprKind::decimal: return written.as<DecimalExpr>().text;
    case ExprKind::floating: return written.as<FloatExpr>().text;
    case ExprKind::percent: return written.as<PercentExpr>().text + "%";
    case ExprKind::duration:
      return fmt::format("{}u{}", written.as<DurationExpr>().digits, static_cast<int>(written.as<DurationExpr>().unit));
    case ExprKind::date: return "@" + written.as<DateExpr>().text;
    case ExprKind::string: return with_size(written.as<StringExpr>().value);
    case ExprKind::group: return child(written.as<GroupExpr>().inner);
    case ExprKind::name:
    case ExprKind::field: return reference(ref, depth);
    case ExprKind::call:
      if (about.call < context_.program.calls.size()) return call(context_.program.calls[about.call], "", depth);
      break;
    case ExprKind::pipe: {
      std::string value = child(written.as<PipeExpr>().head);
      for (const PipeStage& stage : written.as<PipeExpr>().stages) {
        const uint32_t index = context_.info(ExprRef{ref.module, stage.callee}).call;
        value = index < context_.program.calls.size() ? call(context_.program.calls[index], value, depth)
                                                      : child(stage.callee) + "(" + value + ")";
      }
      return value;
    }
    case ExprKind::match: {
      std::string text = "match(" + child(written.as<MatchExpr>().subject);
      for (const MatchArm& arm : written.as<MatchExpr>().arms) {
        text +=
            ";" + pattern(ref.module, arm.pattern, depth) + (arm.guard.valid() ? " if " + child(arm.guard) : "") + "=>" + child(arm.value);
      }
      return text + ")";
    }
    case ExprKind::raise: {
      const auto& raise = written.as<RaiseExpr>();
      return fmt::format("raise{}({},{},{})", static_cast<int>(raise.verb), raise.code.last().text, child(raise.detail),
                         child(raise.replacement));
    }
    case ExprKind::compare: {
      const auto& compare = written.as<CompareExpr>();
      return fmt::format("compare{}({},{})", static_cast<int>(compare.op), child(compare.left), child(compare.right));
    }
    case ExprKind::logic: {
      std::string text = written.as<LogicExpr>().op == LogicOp::conjunction ? "and(" : "or(";
      for (const ExprId operand : written.as<LogicExpr>().operands) text += child(operand) + ",";
      return text + ")";
    }
    case ExprKind::arithmetic: {
      const auto& chain = written.as<ArithmeticExpr>();
      std::string text = "(" + child(chain.operands[0]);
      for (size_t i = 0; i < chain.operators.size(); ++i)
        text += fmt::format(" op{} {}", static_cast<int>(chain.operators[i].op), child(chain.operands[i + 1]));
      return text + ")";
    }
    case ExprKind::interpolated: {
      std::string text = "f(";
      for (const InterpolatedPiece& piece : written.as<InterpolatedExpr>().pieces)
        text += piece.hole.valid() ? child(piece.hole) + "," : with_size(piece.text) + ",";
      return text + ")";
    }
    case ExprKind::record: {
      std::string text = "{";
      for (const RecordEntry& entry : written.as<RecordExpr>().entries) text += entry.key.text + ":" + child(entry.value) + ",";
      return text + "}";
    }
    case ExprKind::lambda: {
      std::string text = "lambda(";
      if (about.index < context_.program.lambdas.size()) {
        for (const uint32_t parameter : context_.program.lambdas[about.index].locals)
          text += parameter == kNone ? "_," : local(ref.module, parameter, depth) + ",";
      }
      return text + child(written.as<LambdaExpr>().body) + ")";
    }
    case ExprKind::index:
    case ExprKind::list:
    case ExprKind::negate:
    case ExprKind::logical_not:
    case ExprKind::coalesce:
    case ExprKind::handle:
    case ExprKind::conditional: break;
  }
  std::string text = fmt::format("kind{}(", static_cast<int>(written.kind()));
  rules::for_each_child(written, [&](ExprId id) { text += child(id) + ","; });
  return text + ")";
}

std::string Canonical::fn(uint32_t index) {
  if (const auto it = fns_.find(index); it != fns_.end()) return it->second;
  const sema::FnSymbol& symbol = context_.program.fns[index];
  auto outer = std::move(bound_);
  bound_.clear();
  std::string text;
  for (const uint32_t parameter : symbol.parameters)
    text += local(symbol.module, parameter, 0) + ":" + context_.program.types.text(context_.program.locals[parameter].type) + ",";
  if (symbol.block != nullptr) {
    MapMeaning inner;
    statements(symbol.module, *symbol.block, "", nullptr, nullptr, inner);
    for (const MeaningPart& filter : inner.filters) text += filter.text + ";";
  }
  text += "->" + (symbol.result == kNoType ? std::string("?") : context_.program.types.text(symbol.result)) + "=" + render(symbol.body, 0);
  bound_ = std::move(outer);
  return fns_.emplace(index, digest(text)).first->second;
}

std::string Canonical::table(uint32_t index) {
  if (const auto it = tables_.find(index); it != tables_.end()) return it->second;
  const sema::TableSymbol& symbol = context_.program.tables[index];
  auto outer = std::move(bound_);
  bound_.clear();
  std::string text;
  for (const sema::TableSymbol::Via& via : symbol.via) text += (via.function != nullptr ? via.function->name : "fn:" + fn(via.fn)) + ",";
  for (const sema::TableRow& row : symbol.rows) {
    for (const syntax::PatternId each : row.patterns) text += pattern(symbol.module, each, 0) + "|";
    text += "=>" + render(row.value, 0) + ";";
  }
  text += "else=>" + render(symbol.otherwise, 0);
  bound_ = std::move(outer);
  return tables_.emplace(index, digest(text)).first->second;
}

void Canonical::statements(ModuleId module, const syntax::Block& block, const std::string& around, const sema::SchemaSymbol* source,
                           const sema::SchemaSymbol* target, MapMeaning& meaning) {
  using namespace syntax;
  const auto write = [&](const std::string& field, const std::string& text, Span span) {
    MeaningPart& part = meaning.fields[field];
    part.text += around + text + ";";
    if (!part.span.valid()) part.span = span;
  };
  for (const StmtId id : block.statements) {
    const Stmt& written = context_.tree(module)[id];
    const sema::StmtInfo& about = context_.info(module, id);
    if (const auto* assign = written.get_if<AssignStmt>()) {
      std::string path = assign->target.text();
      if (target != nullptr && !about.target_fields.empty() && about.target_fields[0] < target->fields.size())
        path = target->fields[about.target_fields[0]].name;
      write(path, node({module, assign->value}, 0), context_.tree(module)[assign->value].span);
    } else if (const auto* copy = written.get_if<CopyStmt>()) {
      for (size_t i = 0; i < about.copied.size(); ++i) {
        const sema::CopiedField& copied = about.copied[i];
        if (source == nullptr || target == nullptr || copied.source_field >= source->fields.size() ||
            copied.target_field >= target->fields.size())
          continue;
        const Span span = i < copy->fields.size() ? copy->fields[i].span : written.span;
        write(target->fields[copied.target_field].name, "source." + source->fields[copied.source_field].name, span);
      }
    } else if (const auto* require = written.get_if<RequireStmt>()) {
      meaning.filters.push_back({fmt::format("{}require{}({},{},{})", around, static_cast<int>(require->verb), require->code.last().text,
                                             render({module, require->condition}, 0), render({module, require->detail}, 0)),
                                 written.span});
    } else if (const auto* raise = written.get_if<RaiseStmt>()) {
      meaning.filters.push_back({fmt::format("{}raise{}({},{},{})", around, static_cast<int>(raise->verb), raise->code.last().text,
                                             render({module, raise->condition}, 0), render({module, raise->detail}, 0)),
                                 written.span});
    } else if (const auto* when = written.get_if<WhenStmt>()) {
      const std::string condition = render({module, when->condition}, 0);
      statements(module, when->consequence, around + "when " + condition + ":", source, target, meaning);
      if (when->otherwise) statements(module, *when->otherwise, around + "unless " + condition + ":", source, target, meaning);
    } else if (const auto* emit = written.get_if<EmitStmt>()) {
      statements(module, emit->body, around + "emit " + emit->target.text + " for " + render({module, emit->sequence}, 0) + ":", source,
                 nullptr, meaning);
    }
  }
}

MapMeaning Canonical::map(uint32_t index) {
  const sema::MapSymbol& symbol = context_.program.maps[index];
  MapMeaning meaning;
  bound_.clear();
  if (symbol.body != nullptr)
    statements(symbol.module, *symbol.body, "", context_.source_schema(index), context_.target_schema(index), meaning);
  return meaning;
}

std::string Canonical::settings(const sema::CheckedSettings& settings) {
  std::string text;
  for (const auto& [name, value] : settings) text += name + "=" + (value.expr.valid() ? expr(value.expr) : with_size(value.text)) + ";";
  return text;
}

}  // namespace mig::review
