#include <algorithm>
#include <optional>

#include "stdlib/json_shape.h"
#include "stdlib/shape.h"
#include "tests/fuzz/differential_generator.h"

namespace mig::fuzz {

using ir::kNone;
using ir::NodeId;
using ir::Op;
using stdlib::Constraint;
using stdlib::Declaration;
using stdlib::IntrinsicArgument;
using stdlib::PreparedKind;
using stdlib::PreparedSpec;
using stdlib::TypeTree;

namespace {

const char* const kPatterns[] = {"[0-9]+", "^a", "(\\w+)@(\\w+)", "[aeiou]", "x*", ".", "\\s+", "(?i)ann"};
const char* const kZones[] = {"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"};

Constraint constraint_of(const Declaration& declaration, const std::string& variable) {
  for (const stdlib::TypeParameter& parameter : declaration.type_parameters) {
    if (parameter.name == variable) return parameter.constraint;
  }
  return Constraint::kAny;
}

/// Functions that may only be called on a scalar of one kind.
std::optional<ScalarKind> alternative_of(std::string_view intrinsic) {
  if (intrinsic == "scalar_bool") return ScalarKind::kBool;
  if (intrinsic == "scalar_int") return ScalarKind::kInt;
  if (intrinsic == "scalar_decimal") return ScalarKind::kDecimal;
  if (intrinsic == "scalar_text") return ScalarKind::kText;
  return std::nullopt;
}

PreparedSpec date_formats(Random& random, int64_t flag) {
  PreparedSpec spec;
  spec.kind = PreparedKind::kDateFormats;
  spec.flag = flag;
  const bool several = chance(random, 40) && (flag & ~int64_t{3}) == 0;
  switch (static_cast<stdlib::FormatResult>(flag & 3)) {
    case stdlib::FormatResult::kDate:
      spec.texts = {"%Y-%m-%d"};
      if (several) spec.texts = {"%d.%m.%Y", "%Y-%m-%d"};
      if (several && chance(random, 50)) spec.texts = {"%m/%d/%Y", "%Y-%m-%d"};
      break;
    case stdlib::FormatResult::kTime:
      spec.texts = {"%H:%M:%S"};
      if (several) spec.texts.push_back("%H:%M");
      break;
    case stdlib::FormatResult::kDatetime:
      spec.texts = {"%Y-%m-%d %H:%M:%S"};
      if (several) spec.texts.push_back("%Y-%m-%dT%H:%M:%S.%f");
      break;
    case stdlib::FormatResult::kTimestamp:
      spec.name = kZones[below(random, std::size(kZones))];
      spec.option = static_cast<int64_t>(below(random, 4));
      spec.texts = {"%Y-%m-%d %H:%M:%S"};
      if (several) spec.texts.push_back("%Y-%m-%dT%H:%M:%S%z");
      break;
  }
  return spec;
}

}  // namespace

bool Generator::allows(Constraint constraint, TypeId id) const {
  const Type& of = b_.program.types[id];
  switch (constraint) {
    case Constraint::kAny: return true;
    case Constraint::kComparable: return of.kind != Kind::kFunction;
    case Constraint::kOrdered: {
      const bool ordered = of.kind == Kind::kInt || of.kind == Kind::kDecimal || of.kind == Kind::kFloat || of.kind == Kind::kString ||
                           of.kind == Kind::kBool || of.kind == Kind::kUuid || of.kind == Kind::kDate || of.kind == Kind::kTime ||
                           of.kind == Kind::kDatetime || of.kind == Kind::kTimestamp || of.kind == Kind::kZoned ||
                           of.kind == Kind::kDuration || of.kind == Kind::kEnum || of.kind == Kind::kPosition;
      return ordered && !of.nullable;
    }
    case Constraint::kEnum: return of.kind == Kind::kEnum && !of.nullable;
  }
  return false;
}

TypeId Generator::choose(Constraint constraint) {
  for (;;) {
    const TypeId id = any_type();
    if (allows(constraint, id)) return id;
  }
}

TypeId Generator::instantiate(const TypeTree& tree, Bindings& bindings, const Declaration& declaration) {
  TypeTable& types = b_.types();
  TypeId id = kNoType;
  switch (tree.form) {
    case TypeTree::Form::kWord: return types.of(Kind::kInt);
    case TypeTree::Form::kTypeName:
    case TypeTree::Form::kVariable: {
      auto found = bindings.find(tree.name);
      if (found == bindings.end()) found = bindings.emplace(tree.name, choose(constraint_of(declaration, tree.name))).first;
      id = found->second;
      break;
    }
    case TypeTree::Form::kKind: {
      Type made;
      made.kind = tree.kind;
      made.low = tree.low;
      made.high = tree.high;
      if (tree.kind == Kind::kString) made.name = tree.name;
      if (tree.kind == Kind::kDecimal || tree.kind == Kind::kPercent) {
        static constexpr uint8_t kSizes[][2] = {{14, 2}, {38, 10}, {18, 0}, {5, 4}};
        const auto& size = kSizes[below(random_, 4)];
        made.precision = tree.precision != 0 ? tree.precision : size[0];
        made.scale = tree.precision != 0 ? tree.scale : size[1];
      }
      if (tree.kind == Kind::kEnum) {
        made.name = "Color";
        made.declaration = 0;
      }
      if (tree.kind == Kind::kList || tree.kind == Kind::kSet) made.element = instantiate(tree.arguments[0], bindings, declaration);
      if (tree.kind == Kind::kMap) {
        made.key = instantiate(tree.arguments[0], bindings, declaration);
        made.element = instantiate(tree.arguments[1], bindings, declaration);
      }
      if (tree.kind == Kind::kRecord) {
        for (size_t i = 0; i < tree.arguments.size(); ++i) {
          made.fields.push_back({tree.field_names[i], instantiate(tree.arguments[i], bindings, declaration), false});
        }
      }
      id = types.intern(std::move(made));
      break;
    }
  }
  return tree.nullable ? types.nullable(id) : id;
}

bool Generator::unify(const TypeTree& tree, TypeId id, Bindings& bindings, const Declaration& declaration) {
  if (tree.form == TypeTree::Form::kVariable) {
    if (tree.nullable) {
      if (!type(id).nullable) return false;
      id = b_.types().non_null(id);
    }
    if (!allows(constraint_of(declaration, tree.name), id)) return false;
    return bindings.emplace(tree.name, id).first->second == id;
  }
  if (tree.form != TypeTree::Form::kKind) return false;
  const Type of = type(id);
  if (of.kind != tree.kind || of.nullable != tree.nullable) return false;
  if (of.kind == Kind::kInt || of.kind == Kind::kString)
    return of.low <= (of.kind == Kind::kInt ? kUnboundedLow : 0) && of.high == kUnboundedHigh && of.name.empty();
  if (of.kind == Kind::kList || of.kind == Kind::kSet) return unify(tree.arguments[0], of.element, bindings, declaration);
  if (of.kind == Kind::kMap) {
    return unify(tree.arguments[0], of.key, bindings, declaration) && unify(tree.arguments[1], of.element, bindings, declaration);
  }
  if (of.kind == Kind::kRecord) {
    if (of.fields.size() != tree.arguments.size()) return false;
    for (size_t i = 0; i < of.fields.size(); ++i) {
      if (of.fields[i].name != tree.field_names[i] || !unify(tree.arguments[i], of.fields[i].type, bindings, declaration)) return false;
    }
  }
  return true;
}

NodeId Generator::call_for(TypeId id, Place& place, int depth) {
  const std::span<const Declaration> all = stdlib::declarations();
  if (all.empty()) return kNone;
  const uint64_t start = below(random_, all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    const Declaration& declaration = all[(start + i) % all.size()];
    Bindings bindings;
    if (!unify(declaration.result, id, bindings, declaration)) continue;
    const NodeId made = call(declaration, bindings, id, place, depth);
    if (made == kNone) continue;
    if (!declaration.may_fail || chance(random_, 30)) return made;
    return b_.node(Op::kCatch, id, kNone, made, leaf(id, place));
  }
  return kNone;
}

uint32_t Generator::prepared(PreparedSpec spec) {
  const auto found = std::find(b_.program.prepared.begin(), b_.program.prepared.end(), spec);
  if (found != b_.program.prepared.end()) return static_cast<uint32_t>(found - b_.program.prepared.begin());
  b_.program.prepared.push_back(std::move(spec));
  return static_cast<uint32_t>(b_.program.prepared.size() - 1);
}

uint32_t Generator::prepared(const IntrinsicArgument& argument, const std::vector<TypeId>& types, const Bindings& bindings) {
  PreparedSpec spec;
  spec.kind = argument.prepared;
  switch (argument.prepared) {
    case PreparedKind::kPattern: spec.texts = {kPatterns[below(random_, std::size(kPatterns))]}; break;
    case PreparedKind::kDateFormats: return prepared(date_formats(random_, argument.number));
    case PreparedKind::kZone:
      spec.name = kZones[below(random_, std::size(kZones))];
      spec.option = static_cast<int64_t>(below(random_, 4));
      break;
    case PreparedKind::kCodeTable: spec.texts = {"RED", "GREEN", "BLUE"}; break;
    case PreparedKind::kTextSet:
      spec.texts = {"true", "yes"};
      if (chance(random_, 50)) spec.texts = {"N", "FALSE", "", "12"};
      break;
    case PreparedKind::kLookup:
      spec.texts = {"Ann", "12", "subscribed", ""};
      spec.values = {"1", "two", "", "RED"};
      spec.option = static_cast<int64_t>(below(random_, 2));
      if (spec.option == 1) spec.texts[0] = "ann";
      break;
    case PreparedKind::kText: spec.texts = {"prepared"}; break;
    case PreparedKind::kShape: {
      const auto bound = bindings.find(argument.variable);
      const TypeId of =
          bound != bindings.end() ? bound->second : types[static_cast<size_t>(argument.parts.empty() ? 0 : argument.parts[0])];
      spec.flag = argument.number;
      if (spec.flag == stdlib::kToBeDecoded)
        spec.texts = {stdlib::json_shape_code(b_.types(), b_.program.enums, of)};
      else
        spec.texts = {stdlib::shape_code(b_.types(), of)};
      break;
    }
  }
  return prepared(std::move(spec));
}

NodeId Generator::guarded(ScalarKind kind, uint32_t function, std::vector<uint32_t> arguments, TypeId result, Place& place) {
  // let s = argument in switch scalar_kind(s) { kind => function(s, ...), otherwise => another value }
  const TypeId scalar = b_.type(Kind::kScalar);
  const uint32_t local = new_local(scalar, place);
  const NodeId value = arguments[0];
  arguments[0] = b_.node(Op::kLocal, scalar, local);
  const NodeId kind_of =
      b_.call(static_cast<uint32_t>(stdlib::find_function("scalar_kind")), b_.type(Kind::kInt), {b_.node(Op::kLocal, scalar, local)});
  const NodeId given = b_.call(function, result, arguments, site(ir::Verb::kReject));
  return b_.node(Op::kLet, result, local, value, b_.choose(kind_of, result, {{static_cast<int64_t>(kind), given}}, leaf(result, place)));
}

NodeId Generator::call(const Declaration& declaration, Bindings bindings, TypeId result, Place& place, int depth) {
  if (declaration.name == "decode" && !stdlib::json_holds(b_.types(), result)) return kNone;
  const int64_t function = stdlib::find_function(declaration.intrinsic);
  if (function < 0) return kNone;
  TypeTable& table = b_.types();
  std::vector<TypeId> types;
  for (const stdlib::Parameter& parameter : declaration.parameters) {
    const bool is_function = parameter.type.form == TypeTree::Form::kKind && parameter.type.kind == Kind::kFunction;
    types.push_back(is_function ? table.of(Kind::kFunction) : instantiate(parameter.type, bindings, declaration));
  }
  std::vector<NodeId> values(declaration.parameters.size(), kNone);
  const auto value_of = [&](size_t i) {
    if (values[i] != kNone) return values[i];
    const stdlib::Parameter& parameter = declaration.parameters[i];
    if (parameter.type.form == TypeTree::Form::kWord)
      return values[i] = b_.integer(static_cast<int64_t>(below(random_, parameter.type.words.size())));
    if (types[i] == table.of(Kind::kFunction)) {
      std::vector<TypeId> parameters;
      for (const TypeTree& argument : parameter.type.arguments) parameters.push_back(instantiate(argument, bindings, declaration));
      const TypeId body = parameters.back();
      parameters.pop_back();
      return values[i] = lambda(parameters, body, place, depth - 1);
    }
    if (parameter.variadic) {
      std::vector<uint32_t> elements;
      for (uint64_t k = 1 + below(random_, 4); k > 0; --k) elements.push_back(expression(types[i], place, depth - 1));
      return values[i] = b_.with_arguments(Op::kMakeList, table.list(types[i]), kNone, elements);
    }
    if (parameter.constant && type(types[i]).kind == Kind::kString && parameter.name == "charset" && chance(random_, 80)) {
      return values[i] = b_.text(chance(random_, 50) ? "utf-8" : "iso-8859-1");
    }
    // Operators are not checked: the lowering passes them scales and precisions that exist.
    const bool size = parameter.name == "scale" || parameter.name == "precision" || parameter.name == "from" || parameter.name == "to";
    if (declaration.is_operator && size && type(types[i]).kind == Kind::kInt)
      return values[i] = b_.integer(1 + static_cast<int64_t>(below(random_, 38)));
    // Padding every text to its greatest length would only fill the machine's memory.
    if (parameter.name == "n" && type(types[i]).kind == Kind::kInt)
      return values[i] = b_.integer(1 + static_cast<int64_t>(below(random_, 12)));
    const Storage storage = storage_of(type(types[i]).kind);
    if (parameter.constant && storage != Storage::kList && storage != Storage::kMap) return values[i] = constant(types[i]);
    return values[i] = expression(types[i], place, depth - 1);
  };
  const auto decimal_size = [&](int32_t parameter, bool scale) {
    Type of = type(parameter == IntrinsicArgument::kResult ? result : types[static_cast<size_t>(parameter)]);
    if (of.element != kNoType) of = type(of.element);
    return b_.integer(scale ? of.scale : of.precision == 0 ? 38 : of.precision);
  };
  std::vector<uint32_t> arguments;
  for (const IntrinsicArgument& argument : declaration.intrinsic_arguments) {
    switch (argument.source) {
      case IntrinsicArgument::Source::kParameter: arguments.push_back(value_of(static_cast<size_t>(argument.parameter))); break;
      case IntrinsicArgument::Source::kNumber: arguments.push_back(b_.integer(argument.number)); break;
      case IntrinsicArgument::Source::kScale: arguments.push_back(decimal_size(argument.parameter, true)); break;
      case IntrinsicArgument::Source::kPrecision: arguments.push_back(decimal_size(argument.parameter, false)); break;
      case IntrinsicArgument::Source::kPrepared:
        arguments.push_back(b_.node(Op::kPrepared, table.of(Kind::kString), prepared(argument, types, bindings)));
        break;
    }
  }
  // The native body takes payloads where the declaration has no null, and that must be so here too.
  const stdlib::Function& native = stdlib::functions()[static_cast<size_t>(function)];
  if (native.parameters.size() != arguments.size()) return kNone;
  if (const auto kind = alternative_of(declaration.intrinsic))
    return guarded(*kind, static_cast<uint32_t>(function), arguments, result, place);
  return b_.call(static_cast<uint32_t>(function), result, arguments, declaration.may_overflow ? site(ir::Verb::kReject) : kNone);
}

}  // namespace mig::fuzz
