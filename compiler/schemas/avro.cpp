// Avro schemas (`.avsc`) as shapes: one a record, in the order of the file.
#include <algorithm>
#include <map>

#include "compiler/schemas/document.h"
#include "compiler/schemas/readers.h"

namespace mig::schemas {

namespace {

class AvroReader {
 public:
  ReadResult run(const Value& root) {
    // A file holds one schema, or a union of several.
    if (root.is(Value::Kind::kList)) {
      for (const Value& part : root.items) type_of(part, "", 0);
    } else {
      type_of(root, "", 0);
    }
    // A record is finished after the records inside it; people expect the outer one first.
    std::stable_sort(result_.shapes.begin(), result_.shapes.end(), [](const Shape& a, const Shape& b) { return a.begin < b.begin; });
    if (result_.shapes.empty() && result_.problems.empty()) problem(root, "no record is described here", "Avro describes rows as records");
    return std::move(result_);
  }

 private:
  void problem(const Value& at, std::string message, std::string label) {
    if (result_.problems.size() < 20) result_.problems.push_back({at.begin, at.end, std::move(message), std::move(label)});
  }

  static ShapeType of(ShapeKind kind) {
    ShapeType type;
    type.kind = kind;
    return type;
  }

  static std::string full_name(const Value& schema, const std::string& space) {
    const std::string name(schema.text_of("name"));
    const std::string own(schema.text_of("namespace"));
    if (name.find('.') != std::string::npos) return name;
    const std::string& in = own.empty() ? space : own;
    return in.empty() ? name : in + "." + name;
  }
  static std::string space_of(const std::string& name) {
    return name.find('.') == std::string::npos ? std::string() : name.substr(0, name.rfind('.'));
  }

  ShapeType type_of(const Value& schema, const std::string& space, int depth) {
    if (depth > kMaxDepth) {
      problem(schema, "the schema is nested too deeply", "begins here");
      return of(ShapeKind::kJson);
    }
    if (schema.is(Value::Kind::kText)) return primitive(schema, space);
    if (schema.is(Value::Kind::kList)) return alternatives(schema, space, depth);
    if (!schema.is(Value::Kind::kObject)) {
      problem(schema, "this is not an Avro schema", "a name, an object or a list is expected");
      return {};
    }
    const Value* type = schema.member("type");
    if (type == nullptr) {
      problem(schema, "an Avro schema without `type`", "`type` is missing");
      return {};
    }
    const std::string_view name = type->is(Value::Kind::kText) ? std::string_view(type->text) : std::string_view();
    if (name == "record" || name == "error") return record(schema, space, depth);
    if (name == "enum") return enumeration(schema, space);
    if (name == "array" || name == "map") {
      ShapeType result = of(name == "array" ? ShapeKind::kList : ShapeKind::kMap);
      const Value* element = schema.member(name == "array" ? "items" : "values");
      if (element == nullptr) {
        problem(schema, "this " + std::string(name) + " does not say what it holds",
                name == "array" ? "`items` is missing" : "`values` is missing");
        return of(ShapeKind::kJson);
      }
      result.element.push_back(type_of(*element, space, depth + 1));
      return result;
    }
    if (name == "fixed") {
      ShapeType fixed = logical(schema, of(ShapeKind::kBytes));
      const std::string full = full_name(schema, space);
      named_.insert_or_assign(full, fixed);
      return fixed;
    }
    return logical(schema, type_of(*type, space, depth + 1));
  }

  ShapeType primitive(const Value& schema, const std::string& space) {
    const std::string& name = schema.text;
    ShapeType type;
    if (name == "string")
      type = of(ShapeKind::kString);
    else if (name == "int")
      type = of(ShapeKind::kInt), type.low = INT32_MIN, type.high = INT32_MAX;
    else if (name == "long")
      type = of(ShapeKind::kInt);
    else if (name == "boolean")
      type = of(ShapeKind::kBool);
    else if (name == "float" || name == "double")
      type = of(ShapeKind::kFloat);
    else if (name == "bytes")
      type = of(ShapeKind::kBytes);
    else if (name == "null")
      type = of(ShapeKind::kJson), type.nullable = true;
    else {
      for (const std::string& full : {name, space.empty() ? name : space + "." + name}) {
        const auto it = named_.find(full);
        if (it == named_.end()) continue;
        // Records that hold records by name multiply; past the budget they are opaque.
        const size_t fields = type_fields(it->second);
        if (fields > budget_) return of(ShapeKind::kJson);
        budget_ -= fields;
        return it->second;
      }
      if (!open_.empty() && (std::find(open_.begin(), open_.end(), name) != open_.end() ||
                             std::find(open_.begin(), open_.end(), space + "." + name) != open_.end())) {
        return of(ShapeKind::kJson);  // a record that holds itself is opaque there
      }
      problem(schema, "there is no type `" + name + "`", "not a type of Avro, and not defined before this place");
      return {};
    }
    type.written = name;
    return type;
  }

  // A logical type on a type it does not fit is ignored, as Avro says.
  ShapeType logical(const Value& schema, ShapeType base) {
    const std::string_view name = schema.text_of("logicalType");
    const bool is_int = base.kind == ShapeKind::kInt, bytes = base.kind == ShapeKind::kBytes;
    if (name == "decimal" && bytes) {
      const auto precision = schema.whole_of("precision");
      const int64_t scale = schema.whole_of("scale").value_or(0);
      if (!precision || *precision < 1 || *precision > 38 || scale < 0 || scale > *precision) {
        problem(schema, "a decimal of more than 38 digits, or without a precision", "not readable as a decimal");
        return {};
      }
      ShapeType type = of(ShapeKind::kDecimal);
      type.precision = static_cast<int>(*precision);
      type.scale = static_cast<int>(scale);
      return type;
    }
    if (name == "uuid" && base.kind == ShapeKind::kString) return of(ShapeKind::kUuid);
    if (name == "date" && is_int) return of(ShapeKind::kDate);
    if (name.starts_with("time-") && is_int) return of(ShapeKind::kTime);
    if (name.starts_with("timestamp-") && is_int) return of(ShapeKind::kTimestamp);
    if (name.starts_with("local-timestamp-") && is_int) return of(ShapeKind::kDatetime);
    return base;
  }

  ShapeType enumeration(const Value& schema, const std::string& space) {
    ShapeType type = of(ShapeKind::kEnum);
    type.name = full_name(schema, space);
    const Value* symbols = schema.member("symbols");
    if (symbols == nullptr || !symbols->is(Value::Kind::kList) || symbols->items.empty()) {
      problem(schema, "an enum without symbols", "`symbols` is missing");
      return {};
    }
    for (const Value& symbol : symbols->items) type.values.push_back(symbol.text);
    named_.insert_or_assign(type.name, type);
    return type;
  }

  // `["null", T]` is a nullable T; other unions are opaque.
  ShapeType alternatives(const Value& schema, const std::string& space, int depth) {
    std::vector<ShapeType> types;
    bool nullable = false;
    for (const Value& part : schema.items) {
      if (part.is(Value::Kind::kText) && part.text == "null")
        nullable = true;
      else
        types.push_back(type_of(part, space, depth + 1));
    }
    const auto plain = [](const ShapeType& t) {
      return t.kind == ShapeKind::kBool || t.kind == ShapeKind::kInt || t.kind == ShapeKind::kString;
    };
    ShapeType result = of(ShapeKind::kJson);
    if (types.size() == 1)
      result = std::move(types[0]);
    else if (!types.empty() && std::all_of(types.begin(), types.end(), plain))
      result = of(ShapeKind::kScalar);
    result.nullable |= nullable;
    return result;
  }

  ShapeType record(const Value& schema, const std::string& space, int depth) {
    const std::string full = full_name(schema, space);
    Shape shape;
    shape.name = full;
    const Value* name = schema.member("name");
    const Value* fields = schema.member("fields");
    if (name == nullptr || full.empty() || fields == nullptr || !fields->is(Value::Kind::kList)) {
      problem(schema, "a record needs a name and a list of fields", fields == nullptr ? "`fields` is missing" : "`name` is missing");
      return {};
    }
    shape.begin = name->begin;
    shape.end = name->end;
    open_.push_back(full);
    for (const Value& written : fields->items) {
      const Value* field_name = written.is(Value::Kind::kObject) ? written.member("name") : nullptr;
      const Value* type = written.is(Value::Kind::kObject) ? written.member("type") : nullptr;
      if (field_name == nullptr || type == nullptr || shape.fields.size() >= kMaxFields) {
        problem(written, "a field of record " + full + " cannot be read",
                field_name == nullptr ? "`name` is missing"
                : type == nullptr     ? "`type` is missing"
                                      : "too many fields");
        continue;
      }
      ShapeField field;
      field.name = field_name->text;
      field.begin = field_name->begin;
      field.end = field_name->end;
      field.type = type_of(*type, space_of(full), depth + 1);
      if (const Value* otherwise = written.member("default")) {
        field.default_text = otherwise->is(Value::Kind::kNull) ? "" : otherwise->text;
        field.filled = true;  // a reader sees the default where the field is missing
      }
      shape.fields.push_back(std::move(field));
    }
    open_.pop_back();
    ShapeType type = of(ShapeKind::kRecord);
    type.fields = shape.fields;
    type.written = full;
    named_.insert_or_assign(full, type);
    result_.shapes.push_back(std::move(shape));
    return type;
  }

  static size_t type_fields(const ShapeType& type) {
    size_t count = 0;
    for (const ShapeField& field : type.fields) count += 1 + type_fields(field.type);
    for (const ShapeType& element : type.element) count += type_fields(element);
    return count;
  }
  ReadResult result_;
  std::map<std::string, ShapeType> named_;
  std::vector<std::string> open_;
  size_t budget_ = 100000;  // fields copied for names, in all
};

}  // namespace

ReadResult read_avro(std::string_view text) {
  const Document document = read_json(text);
  if (document.problem) {
    ReadResult result;
    result.problems.push_back(*document.problem);
    return result;
  }
  return AvroReader().run(document.root);
}

}  // namespace mig::schemas
