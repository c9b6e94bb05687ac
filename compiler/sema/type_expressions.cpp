// Type expressions to types.
#include <algorithm>

#include "compiler/sema/literals.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

struct BuiltinRefinement {
  std::string_view name;
  int64_t low, high;
};
constexpr BuiltinRefinement kRefinements[] = {
    {"email", 3, 254},       {"phone_e164", 3, 16},  {"url", 1, kUnboundedHigh}, {"country_code", 2, 2}, {"currency_code", 3, 3},
    {"language_tag", 2, 35}, {"postal_code", 1, 12}, {"iban", 15, 34},           {"ip", 2, 45},
};

constexpr std::pair<std::string_view, Kind> kPlainTypes[] = {
    {"bool", Kind::kBool},   {"int", Kind::kInt},           {"int64", Kind::kInt},         {"decimal", Kind::kDecimal},
    {"float", Kind::kFloat}, {"percent", Kind::kPercent},   {"money", Kind::kMoney},       {"string", Kind::kString},
    {"bytes", Kind::kBytes}, {"uuid", Kind::kUuid},         {"json", Kind::kJson},         {"scalar", Kind::kScalar},
    {"date", Kind::kDate},   {"time", Kind::kTime},         {"datetime", Kind::kDatetime}, {"timestamp", Kind::kTimestamp},
    {"zoned", Kind::kZoned}, {"duration", Kind::kDuration}, {"period", Kind::kPeriod},     {"position", Kind::kPosition},
};

class TypeReader {
 public:
  TypeReader(Analysis& analysis, ModuleId module) : analysis_(analysis), module_(module) {}

  TypeId read(syntax::TypeExprId id, bool* fallible) {
    if (!id.valid()) return error();
    const syntax::TypeExpr& written = analysis_.tree(module_)[id];
    TypeId result = error();
    switch (written.kind()) {
      case syntax::TypeExprKind::error: break;
      case syntax::TypeExprKind::named: result = read_named(written); break;
      case syntax::TypeExprKind::record: result = read_record(written.as<syntax::RecordType>()); break;
      case syntax::TypeExprKind::nullable: {
        const TypeId inner = read(written.as<syntax::NullableType>().inner, nullptr);
        result = is_error(type(inner)) ? inner : analysis_.types().nullable(inner);
        break;
      }
      case syntax::TypeExprKind::fallible:
        if (fallible != nullptr) {
          *fallible = true;
        } else {
          analysis_.report(Code::E0201, written.span, "`!` may stand behind the result type of a function only", "not a result type");
        }
        result = read(written.as<syntax::FallibleType>().inner, nullptr);
        break;
      case syntax::TypeExprKind::function:
        analysis_.report(Code::E0201, written.span, "functions cannot be stored or passed to your own functions", "a function type");
        break;
    }
    analysis_.program->modules[module_].types[id.value] = result;
    return result;
  }

 private:
  TypeId error() { return analysis_.types().of(Kind::kError); }
  const Type& type(TypeId id) { return analysis_.types()[id]; }

  TypeId read_record(const syntax::RecordType& written) {
    Type record;
    record.kind = Kind::kRecord;
    for (const syntax::RecordTypeField& field : written.fields) {
      for (const RecordField& other : record.fields) {
        if (other.name == field.name.text)
          analysis_.report(Code::E0108, field.name.span, "the field `" + field.name.text + "` is declared twice", "declared again here");
      }
      record.fields.push_back({field.name.text, read(field.type, nullptr), field.optional});
    }
    return analysis_.types().intern(std::move(record));
  }

  bool expect_parameters(const syntax::NamedType& named, Span span, size_t count) {
    if (named.parameters.size() == count) return true;
    analysis_.report(
        Code::E0201, span,
        "`" + named.name.text() + "` takes " + std::to_string(count) + (count == 1 ? " type" : " types") + " between `<` and `>`",
        "it has " + std::to_string(named.parameters.size()));
    return false;
  }

  TypeId read_named(const syntax::TypeExpr& written) {
    const auto& named = written.as<syntax::NamedType>();
    if (!named.name.valid()) return error();
    const std::string name = named.name.text();
    if (named.name.parts.size() == 1) {
      if (name == "list" || name == "set") {
        if (!expect_parameters(named, written.span, 1)) return error();
        Type list;
        list.kind = name == "list" ? Kind::kList : Kind::kSet;
        list.element = read(named.parameters[0], nullptr);
        read_bounds(named, list, written.span);
        return analysis_.types().intern(std::move(list));
      }
      if (name == "map") {
        if (!expect_parameters(named, written.span, 2)) return error();
        const TypeId key = read(named.parameters[0], nullptr), value = read(named.parameters[1], nullptr);
        return analysis_.types().map(key, value);
      }
      if (name == "change") return read_change(named, written.span);
      if (name == "any") {
        analysis_.report(Code::E0201, written.span, "there is no type `any`", "say what the value is")
            .help(Applicability::choose, "for opaque data use `json`, for a bool, number or text use `scalar`");
        return error();
      }
      const TypeId builtin = builtin_type(analysis_.types(), name);
      if (builtin != kNoType) return with_arguments(named, builtin, written.span);
    }
    return read_declared(named);
  }

  // A change event: what happened to one row.
  TypeId read_change(const syntax::NamedType& named, Span span) {
    if (!expect_parameters(named, span, 1)) return error();
    const TypeId row = read(named.parameters[0], nullptr);
    if (is_error(type(row))) return row;
    Type change;
    change.kind = Kind::kRecord;
    change.name = "change<" + analysis_.types().text(row) + ">";
    TypeTable& types = analysis_.types();
    change.fields = {{"op", types.of(Kind::kString), false},
                     {"before", types.nullable(row), false},
                     {"after", types.nullable(row), false},
                     {"position", types.of(Kind::kPosition), false},
                     {"committed_at", types.of(Kind::kTimestamp), false}};
    return types.intern(std::move(change));
  }

  TypeId read_declared(const syntax::NamedType& named) {
    Program& program = *analysis_.program;
    if (const auto index = analysis_.resolve(NameKind::kEnum, module_, named.name, true)) {
      program.enum_symbols[*index].used = true;
      Type result;
      result.kind = Kind::kEnum;
      result.name = program.enum_symbols[*index].name;
      result.declaration = *index;
      return analysis_.types().intern(std::move(result));
    }
    if (const auto index = analysis_.resolve(NameKind::kType, module_, named.name, true)) {
      program.type_symbols[*index].used = true;
      return program.type_symbols[*index].type == kNoType ? error() : program.type_symbols[*index].type;
    }
    if (const auto index = analysis_.resolve(NameKind::kSchema, module_, named.name, true)) {
      program.schemas[*index].used = true;
      return program.schemas[*index].type == kNoType ? error() : program.schemas[*index].type;
    }
    const syntax::Name& name = named.name.last();
    Diagnostic& finding = analysis_.report(Code::E0101, name.span, "no type is called `" + named.name.text() + "`", "not declared");
    std::vector<std::string_view> candidates;
    for (const NameKind kind : {NameKind::kEnum, NameKind::kType, NameKind::kSchema}) {
      for (const std::string_view candidate : analysis_.names_of(kind, module_)) candidates.push_back(candidate);
    }
    for (const auto& [plain, kind] : kPlainTypes) candidates.push_back(plain);
    for (const BuiltinRefinement& refinement : kRefinements) candidates.push_back(refinement.name);
    for (const std::string_view generic : {"list", "set", "map", "int16", "int32"}) candidates.push_back(generic);
    analysis_.suggest(finding, name.text, name.span, candidates);
    return error();
  }

  TypeId with_arguments(const syntax::NamedType& named, TypeId id, Span span) {
    Type result = type(id);
    if (result.kind == Kind::kMoney && !named.parameters.empty()) {
      const syntax::TypeExpr& currency = analysis_.tree(module_)[named.parameters[0]];
      if (const auto* code = currency.get_if<syntax::NamedType>()) result.name = code->name.text();
      return analysis_.types().intern(std::move(result));
    }
    if (!named.parameters.empty()) {
      analysis_.report(Code::E0201, span, "`" + named.name.text() + "` takes no types between `<` and `>`", "remove them");
      return error();
    }
    if (named.arguments.empty()) return id;
    if (result.kind == Kind::kDecimal) return read_decimal_arguments(named, span);
    if ((result.kind == Kind::kString && result.name.empty()) || (result.kind == Kind::kInt && result.low == kUnboundedLow)) {
      read_bounds(named, result, span);
      return analysis_.types().intern(std::move(result));
    }
    analysis_.report(Code::E0201, span, "`" + named.name.text() + "` takes no bounds", "remove the parentheses");
    return id;
  }

  TypeId read_decimal_arguments(const syntax::NamedType& named, Span span) {
    const auto number = [&](size_t i) -> std::optional<int64_t> {
      if (i >= named.arguments.size() || named.arguments[i].is_range) return std::nullopt;
      return literal_int(analysis_.tree(module_), named.arguments[i].low);
    };
    const auto precision = number(0);
    const auto scale = named.arguments.size() > 1 ? number(1) : std::optional<int64_t>(0);
    if (!precision || !scale || named.arguments.size() > 2) {
      analysis_.report(Code::E0201, span, "`decimal` takes the number of digits and the digits behind the point", "write `decimal(12, 2)`");
      return error();
    }
    if (*precision < 1 || *precision > 38 || *scale < 0 || *scale > *precision) {
      analysis_.report(Code::E0241, span, "a decimal has 1 to 38 digits, and not more behind the point than in all",
                       std::to_string(*precision) + " digits, " + std::to_string(*scale) + " behind the point");
      return error();
    }
    return analysis_.types().decimal(static_cast<uint8_t>(*precision), static_cast<uint8_t>(*scale));
  }

  void read_bounds(const syntax::NamedType& named, Type& result, Span span) {
    if (named.arguments.empty()) return;
    const auto end = [&](syntax::ExprId id, int64_t open) {
      if (!id.valid()) return open;
      const auto value = literal_int(analysis_.tree(module_), id);
      if (!value) analysis_.report(Code::E0201, analysis_.tree(module_)[id].span, "a bound is a whole number", "not a whole number");
      return value.value_or(open);
    };
    const syntax::TypeArgument& argument = named.arguments[0];
    const bool counts = result.kind != Kind::kInt;
    if (argument.is_range) {
      result.low = end(argument.low, kUnboundedLow);
      result.high = end(argument.high, kUnboundedHigh);
    } else {
      // `string(10)` is exactly ten characters.
      result.low = result.high = end(argument.low, kUnboundedLow);
    }
    if (named.arguments.size() > 1)
      analysis_.report(Code::E0201, named.arguments[1].span, "`" + named.name.text() + "` takes one range", "remove this");
    if (counts && result.low == 0) result.low = kUnboundedLow;
    if (counts && result.low != kUnboundedLow && result.low < 0) {
      analysis_.report(Code::E0201, span, "a length is never negative", "write the least length");
    }
    if (result.low > result.high) analysis_.report(Code::E0201, argument.span, "the lower bound is above the upper bound", "no value fits");
  }

  Analysis& analysis_;
  ModuleId module_;
};

}  // namespace

std::optional<Type> builtin_refinement(std::string_view name) {
  for (const BuiltinRefinement& refinement : kRefinements) {
    if (refinement.name != name) continue;
    Type result;
    result.kind = Kind::kString;
    result.name = name;
    result.low = refinement.low;
    result.high = refinement.high;
    return result;
  }
  return std::nullopt;
}

TypeId builtin_type(TypeTable& types, std::string_view name) {
  for (const auto& [plain, kind] : kPlainTypes) {
    if (plain == name) return types.of(kind);
  }
  if (name == "int16") return types.integer(INT16_MIN, INT16_MAX);
  if (name == "int32") return types.integer(INT32_MIN, INT32_MAX);
  if (auto refinement = builtin_refinement(name)) return types.intern(std::move(*refinement));
  return kNoType;
}

TypeId resolve_type(Analysis& analysis, ModuleId module, syntax::TypeExprId id, bool* fallible) {
  return TypeReader(analysis, module).read(id, fallible);
}

}  // namespace mig::sema
