#include "compiler/sema/imported_types.h"

#include <algorithm>

#include "compiler/schemas/shape_text.h"
#include "compiler/sema/phases.h"
#include "stdlib/pattern.h"

namespace mig::sema {

namespace {

using schemas::ShapeKind;

LengthUnit unit_of(schemas::Unit unit) {
  switch (unit) {
    case schemas::Unit::kCodePoints: return LengthUnit::kCodePoints;
    case schemas::Unit::kUtf16: return LengthUnit::kUtf16;
    case schemas::Unit::kBytes: return LengthUnit::kBytes;
  }
  return LengthUnit::kCodePoints;
}

// A pattern that must match somewhere, as one that must match everywhere.
std::string whole_text_pattern(const std::string& pattern) {
  std::string inner = pattern;
  std::string before = "(?s:.*)", behind = "(?s:.*)";
  if (inner.find('|') == std::string::npos) {
    if (inner.starts_with('^')) inner.erase(0, 1), before.clear();
    if (inner.ends_with('$') && !inner.ends_with("\\$")) inner.pop_back(), behind.clear();
    if (before.empty() && behind.empty()) return inner;
  }
  return before + "(?:" + inner + ")" + behind;
}

}  // namespace

TypeId ImportedTypes::type_of(const schemas::ShapeType& type, const std::string& field, Span span) {
  const TypeId id = plain(type, field, span);
  return id != kNoType && type.nullable ? analysis_.types().nullable(id) : id;
}

TypeId ImportedTypes::plain(const schemas::ShapeType& type, const std::string& field, Span span) {
  TypeTable& types = analysis_.types();
  switch (type.kind) {
    case ShapeKind::kUnknown: return kNoType;
    case ShapeKind::kBool: return types.of(Kind::kBool);
    case ShapeKind::kInt: return types.integer(type.low.value_or(kUnboundedLow), type.high.value_or(kUnboundedHigh));
    case ShapeKind::kDecimal:
      return types.decimal(static_cast<uint8_t>(std::clamp(type.precision, 1, 38)), static_cast<uint8_t>(std::clamp(type.scale, 0, 38)));
    case ShapeKind::kFloat: return types.of(Kind::kFloat);
    case ShapeKind::kString: return text(type, field, span);
    case ShapeKind::kBytes: return types.of(Kind::kBytes);
    case ShapeKind::kUuid: return types.of(Kind::kUuid);
    case ShapeKind::kJson: return types.of(Kind::kJson);
    case ShapeKind::kScalar: return types.of(Kind::kScalar);
    case ShapeKind::kDate: return types.of(Kind::kDate);
    case ShapeKind::kTime: return types.of(Kind::kTime);
    case ShapeKind::kDatetime: return types.of(Kind::kDatetime);
    case ShapeKind::kTimestamp: return types.of(Kind::kTimestamp);
    case ShapeKind::kDuration: return types.of(Kind::kDuration);
    case ShapeKind::kPeriod: return types.of(Kind::kPeriod);
    case ShapeKind::kRefined: return builtin_type(types, type.name);
    case ShapeKind::kEnum: return enumeration(type, field, span);
    case ShapeKind::kList: {
      const TypeId element = type.element.empty() ? kNoType : type_of(type.element[0], field, span);
      if (element == kNoType) return kNoType;
      Type list;
      list.kind = Kind::kList;
      list.element = element;
      list.low = type.low && *type.low > 0 ? *type.low : kUnboundedLow;
      list.high = type.high.value_or(kUnboundedHigh);
      return types.intern(std::move(list));
    }
    case ShapeKind::kMap: {
      const TypeId value = type.element.empty() ? kNoType : type_of(type.element[0], field, span);
      return value == kNoType ? kNoType : types.map(types.of(Kind::kString), value);
    }
    case ShapeKind::kRecord: return record(type, field, span);
  }
  return kNoType;
}

TypeId ImportedTypes::record(const schemas::ShapeType& type, const std::string& field, Span span) {
  Type result;
  result.kind = Kind::kRecord;
  for (const schemas::ShapeField& part : type.fields) {
    const TypeId id = type_of(part.type, field + "_" + part.name, span);
    if (id != kNoType) result.fields.push_back({part.name, id, part.optional});
  }
  return result.fields.empty() ? analysis_.types().of(Kind::kJson) : analysis_.types().intern(std::move(result));
}

TypeId ImportedTypes::text(const schemas::ShapeType& type, const std::string& field, Span span) {
  const int64_t low = type.low && *type.low > 0 ? *type.low : kUnboundedLow;
  const TypeId base = analysis_.types().string(low, type.high.value_or(kUnboundedHigh), unit_of(type.unit));
  if (type.pattern.empty()) return base;
  const std::string pattern = whole_text_pattern(type.pattern);
  // Lookahead and the like have no linear-time meaning here: such a field is a plain text.
  if (!stdlib::Pattern(pattern).ok()) return base;
  const std::string name = schemas::pattern_name(schema_, field);
  Type refined = analysis_.type(base);
  refined.name = name;
  refined.declaration = pattern_type(name, pattern, refined, span);
  return analysis_.types().intern(std::move(refined));
}

bool ImportedTypes::is_taken(const std::string& name) const {
  for (const NameKind kind : {NameKind::kType, NameKind::kEnum, NameKind::kSchema}) {
    if (analysis_.find(kind, module_, name)) return true;
  }
  return builtin_type(analysis_.types(), name) != kNoType;
}

// `type NAME = ... where value matches "..."`, in a module of its own: the expression stands in no file of the spec.
uint32_t ImportedTypes::pattern_type(const std::string& name, const std::string& pattern, const Type& base, Span span) {
  Program& program = *analysis_.program;
  const ModuleId module = static_cast<ModuleId>(program.modules.size());
  ModuleInfo& info = program.modules.emplace_back();
  info.file = file_;
  info.path = std::string(analysis_.sources.name(file_));
  info.tree.file = file_;
  const auto expr = [&](syntax::ExprNode node) {
    syntax::Expr made;
    made.span = span;
    made.node = std::move(node);
    return info.tree.add(std::move(made));
  };
  syntax::CompareExpr compare;
  compare.op = syntax::CompareOp::matches;
  compare.left = expr(syntax::NameExpr{syntax::Name{"value", span}});
  compare.right = expr(syntax::StringExpr{pattern, true});
  compare.op_span = span;
  const syntax::ExprId condition = expr(compare);
  info.exprs.resize(info.tree.exprs.size());
  analysis_.names.emplace_back();

  TypeSymbol symbol;
  symbol.name = name;
  symbol.module = module;
  symbol.span = span;
  symbol.used = true;
  symbol.condition = {module, condition};
  Local value;
  value.name = "value";
  value.span = span;
  value.kind = LocalKind::kRefinedValue;
  value.type = analysis_.types().string(base.low, base.high, base.unit);
  value.used = true;
  symbol.value = static_cast<uint32_t>(program.locals.size());
  program.locals.push_back(std::move(value));
  const uint32_t index = static_cast<uint32_t>(program.type_symbols.size());
  Type refined = base;
  refined.declaration = index;
  symbol.type = analysis_.types().intern(std::move(refined));
  program.type_symbols.push_back(std::move(symbol));
  if (!is_taken(name)) analysis_.names[module_][static_cast<size_t>(NameKind::kType)].emplace(name, index);
  return index;
}

TypeId ImportedTypes::enumeration(const schemas::ShapeType& type, const std::string& field, Span span) {
  Program& program = *analysis_.program;
  const std::string name = schemas::enum_name(type, schema_, field);
  Type result;
  result.kind = Kind::kEnum;
  result.name = name;
  EnumType imported;
  imported.name = name;
  EnumSymbol symbol;
  symbol.name = name;
  symbol.module = module_;
  symbol.span = span;
  symbol.used = true;
  std::set<std::string> taken;
  for (const std::string& wire : type.values) {
    const auto same = [&](const EnumVariant& variant) { return variant.wire == wire; };
    if (std::any_of(imported.variants.begin(), imported.variants.end(), same)) continue;
    const std::string variant = schemas::variant_name(wire, taken);
    imported.variants.push_back({variant, wire});
    symbol.variant_spans.push_back(span);
    symbol.consent.push_back(consent_by_name(variant));
    symbol.deprecated.emplace_back();
  }
  if (imported.variants.empty()) return analysis_.types().of(Kind::kString);
  // Two tables that use one enum of the database have one enum here.
  for (uint32_t i = 0; i < program.enums.size(); ++i) {
    const auto& variants = program.enums[i].variants;
    const bool equal = program.enums[i].name == name && program.enum_symbols[i].span.file == file_ &&
                       std::equal(variants.begin(), variants.end(), imported.variants.begin(), imported.variants.end(),
                                  [](const EnumVariant& a, const EnumVariant& b) { return a.name == b.name && a.wire == b.wire; });
    if (!equal) continue;
    result.declaration = i;
    return analysis_.types().intern(std::move(result));
  }
  const uint32_t index = static_cast<uint32_t>(program.enums.size());
  result.declaration = index;
  program.enums.push_back(std::move(imported));
  program.enum_symbols.push_back(std::move(symbol));
  if (!is_taken(name)) analysis_.names[module_][static_cast<size_t>(NameKind::kEnum)].emplace(name, index);
  return analysis_.types().intern(std::move(result));
}

}  // namespace mig::sema
