// JSON Schema 2020-12 and OpenAPI 3 components as shapes.
#include <algorithm>
#include <limits>
#include <set>

#include "compiler/schemas/document.h"
#include "compiler/schemas/readers.h"

namespace mig::schemas {

namespace {

ShapeType of(ShapeKind kind) {
  ShapeType type;
  type.kind = kind;
  return type;
}

ShapeType refined(const char* name) {
  ShapeType type = of(ShapeKind::kRefined);
  type.name = name;
  return type;
}

// Digits behind the point of `0.01`; -1 when the text is not such a number.
int scale_of(const std::string& multiple) {
  const size_t point = multiple.find('.');
  if (multiple.find_first_not_of("0123456789.") != std::string::npos) return -1;
  return point == std::string::npos ? 0 : static_cast<int>(multiple.size() - point - 1);
}

class SchemaReader {
 public:
  explicit SchemaReader(const Value& root) : root_(root) {}

  std::vector<Problem> problems;

  /// The fields of an object schema; false when it is none.
  bool object(const Value& schema, std::vector<ShapeField>& fields, int depth) {
    if (depth > 0) return object_at(target(schema), fields, depth);
    // The described object itself is open: where it holds itself it is opaque.
    open_.push_back(target(schema));
    const bool found = object_at(open_.back(), fields, depth);
    open_.pop_back();
    return found;
  }

 private:
  bool object_at(const Value* at, std::vector<ShapeField>& fields, int depth) {
    if (at == nullptr || !at->is(Value::Kind::kObject) || depth > kMaxDepth || ++steps_ > kMaxSteps) return false;
    bool any = false;
    if (const Value* parts = at->member("allOf"); parts != nullptr && parts->is(Value::Kind::kList)) {
      for (const Value& part : parts->items) any |= object(part, fields, depth + 1);
    }
    const Value* properties = at->member("properties");
    if (properties == nullptr || !properties->is(Value::Kind::kObject)) {
      require(*at, fields);
      return any;
    }
    for (size_t i = 0; i < properties->items.size(); ++i) {
      if (fields.size() >= kMaxFields) {
        problem(properties->key_at[i], 1, "an object with more properties than migc reads", "from here on");
        return true;
      }
      ShapeField field;
      field.name = properties->keys[i];
      field.begin = properties->key_at[i];
      field.end = field.begin + static_cast<uint32_t>(field.name.size()) + 2;
      const Value& property = properties->items[i];
      field.type = type_of(property, depth + 1);
      field.optional = true;
      const Value* resolved = target(property);
      field.computed = property.flag_of("readOnly") || (resolved != nullptr && resolved->flag_of("readOnly"));
      if (const Value* otherwise = property.member("default")) field.default_text = otherwise->text;
      const auto same = std::find_if(fields.begin(), fields.end(), [&](const ShapeField& other) { return other.name == field.name; });
      if (same != fields.end())
        *same = std::move(field);
      else
        fields.push_back(std::move(field));
    }
    require(*at, fields);
    return true;
  }

  static void require(const Value& schema, std::vector<ShapeField>& fields) {
    const Value* required = schema.member("required");
    if (required == nullptr || !required->is(Value::Kind::kList)) return;
    std::set<std::string_view> names;
    for (const Value& name : required->items) names.insert(name.text);
    for (ShapeField& field : fields) {
      if (names.count(field.name) != 0) field.optional = false;
    }
  }

  void problem(uint32_t begin, size_t size, std::string message, std::string label) {
    if (problems.size() < 20) problems.push_back({begin, begin + static_cast<uint32_t>(size), std::move(message), std::move(label)});
  }

  // Follows `$ref` within the document; null after a problem.
  const Value* target(const Value& schema) {
    const Value* at = &schema;
    for (int hops = 0; hops < 64; ++hops) {
      const Value* reference = at->is(Value::Kind::kObject) ? at->member("$ref") : nullptr;
      if (reference == nullptr || !reference->is(Value::Kind::kText)) return at;
      const Value* found = find(reference->text);
      if (found == nullptr) {
        const bool elsewhere = !reference->text.starts_with("#");
        if (reported_.insert(reference).second) {
          problem(reference->begin, reference->end - reference->begin,
                  elsewhere ? "a reference to another document is not followed" : "a reference to nothing",
                  elsewhere ? "bundle the documents into one" : "`" + reference->text + "` is not in the file");
        }
        return nullptr;
      }
      at = found;
    }
    if (reported_.insert(&schema).second) problem(schema.begin, 1, "references lead in a circle", "begins here");
    return nullptr;
  }

  // A JSON pointer from the root, or an `$anchor`.
  const Value* find(const std::string& reference) {
    if (reference == "#") return &root_;
    if (!reference.starts_with("#")) return nullptr;
    if (!reference.starts_with("#/")) return anchored(root_, reference.substr(1), 0);
    const Value* at = &root_;
    for (size_t begin = 2; begin <= reference.size();) {
      const size_t end = std::min(reference.find('/', begin), reference.size());
      std::string key;
      for (size_t i = begin; i < end; ++i) {
        if (reference[i] == '~' && i + 1 < end) {
          key += reference[++i] == '1' ? '/' : '~';
        } else {
          key += reference[i];
        }
      }
      if (at->is(Value::Kind::kList)) {
        const auto index = whole_number(key);
        at = index && *index >= 0 && static_cast<size_t>(*index) < at->items.size() ? &at->items[static_cast<size_t>(*index)] : nullptr;
      } else {
        at = at->is(Value::Kind::kObject) ? at->member(key) : nullptr;
      }
      if (at == nullptr) return nullptr;
      begin = end + 1;
    }
    return at;
  }

  const Value* anchored(const Value& value, const std::string& name, int depth) {
    if (value.is(Value::Kind::kObject) && value.text_of("$anchor") == name) return &value;
    if (depth > kMaxDocumentDepth) return nullptr;
    for (const Value& item : value.items) {
      if (const Value* found = anchored(item, name, depth + 1)) return found;
    }
    return nullptr;
  }

  ShapeType type_of(const Value& written, int depth) {
    if (written.is(Value::Kind::kBool)) return of(ShapeKind::kJson);
    const Value* schema = target(written);
    if (schema == nullptr || !schema->is(Value::Kind::kObject) || depth > kMaxDepth || ++steps_ > kMaxSteps) return of(ShapeKind::kJson);
    // A schema that holds itself is opaque from the second time on.
    if (std::find(open_.begin(), open_.end(), schema) != open_.end()) return of(ShapeKind::kJson);
    open_.push_back(schema);
    ShapeType type = read(*schema, depth);
    open_.pop_back();
    if (schema->flag_of("nullable") || written.flag_of("nullable")) type.nullable = true;
    return type;
  }

  ShapeType read(const Value& schema, int depth) {
    if (const Value* values = schema.member("enum"); values != nullptr && values->is(Value::Kind::kList))
      return enumeration(schema, values->items, depth);
    if (const Value* constant = schema.member("const")) {
      const std::vector<Value> one{*constant};
      return enumeration(schema, one, depth);
    }
    for (const char* word : {"oneOf", "anyOf"}) {
      if (const Value* parts = schema.member(word); parts != nullptr && parts->is(Value::Kind::kList))
        return alternatives(parts->items, depth);
    }
    std::vector<std::string> names;
    bool nullable = false;
    if (const Value* type = schema.member("type")) {
      if (type->is(Value::Kind::kText)) names.push_back(type->text);
      for (const Value& each : type->items) names.push_back(each.text);
      nullable = std::erase(names, "null") > 0;
    }
    if (names.empty() && (schema.member("properties") != nullptr || schema.member("allOf") != nullptr)) names.push_back("object");
    ShapeType result = names.size() == 1 ? named(names[0], schema, depth) : scalars(names);
    result.nullable |= nullable;
    result.written = names.size() == 1 ? names[0] : "";
    return result;
  }

  static ShapeType scalars(const std::vector<std::string>& names) {
    const bool plain = !names.empty() && std::all_of(names.begin(), names.end(), [](const std::string& n) {
      return n == "string" || n == "number" || n == "integer" || n == "boolean";
    });
    return of(plain ? ShapeKind::kScalar : ShapeKind::kJson);
  }

  ShapeType named(const std::string& name, const Value& schema, int depth) {
    if (name == "boolean") return of(ShapeKind::kBool);
    if (name == "integer") return integer(schema);
    if (name == "number") return number(schema);
    if (name == "string") return text(schema);
    if (name == "array") {
      ShapeType list = of(ShapeKind::kList);
      list.low = schema.whole_of("minItems");
      list.high = schema.whole_of("maxItems");
      const Value* items = schema.member("items");
      list.element.push_back(items == nullptr ? of(ShapeKind::kJson) : type_of(*items, depth + 1));
      return list;
    }
    if (name == "object") {
      ShapeType record = of(ShapeKind::kRecord);
      if (object(schema, record.fields, depth)) return record;
      const Value* more = schema.member("additionalProperties");
      if (more != nullptr && more->is(Value::Kind::kObject)) {
        ShapeType map = of(ShapeKind::kMap);
        map.element.push_back(type_of(*more, depth + 1));
        return map;
      }
    }
    return of(ShapeKind::kJson);
  }

  static ShapeType integer(const Value& schema) {
    ShapeType type = of(ShapeKind::kInt);
    if (schema.text_of("format") == "int32") {
      type.low = INT32_MIN;
      type.high = INT32_MAX;
    }
    const auto low = schema.whole_of("minimum"), high = schema.whole_of("maximum");
    if (low) type.low = schema.flag_of("exclusiveMinimum") ? *low + 1 : *low;
    if (high) type.high = schema.flag_of("exclusiveMaximum") ? *high - 1 : *high;
    if (const auto above = schema.whole_of("exclusiveMinimum")) type.low = std::max(type.low.value_or(INT64_MIN), *above + 1);
    if (const auto below = schema.whole_of("exclusiveMaximum")) type.high = std::min(type.high.value_or(INT64_MAX), *below - 1);
    if (type.low && type.high && *type.low > *type.high) type.low.reset(), type.high.reset();
    return type;
  }

  // Numbers are decimals when the schema says how many digits they have, else they keep what is written, as floats do not.
  static ShapeType number(const Value& schema) {
    const Value* multiple = schema.member("multipleOf");
    const int scale = multiple == nullptr ? -1 : scale_of(multiple->text);
    if (scale == 0) return integer(schema);
    if (scale < 0 || scale > 18) return of(ShapeKind::kFloat);
    ShapeType type = of(ShapeKind::kDecimal);
    type.scale = scale;
    type.precision = 18;
    const auto most = schema.whole_of("maximum");
    if (most && *most > 0) type.precision = static_cast<int>(std::to_string(*most).size()) + scale;
    if (const auto least = schema.whole_of("minimum"); most && least && *least < 0) {
      type.precision = std::max(type.precision, static_cast<int>(std::to_string(-*least).size()) + scale);
    } else if (!least) {
      type.precision = std::max(type.precision, 18);
    }
    return type;
  }

  static ShapeType text(const Value& schema) {
    const std::string_view format = schema.text_of("format");
    if (format == "date-time") return of(ShapeKind::kTimestamp);
    if (format == "date") return of(ShapeKind::kDate);
    if (format == "time") return of(ShapeKind::kTime);
    if (format == "uuid") return of(ShapeKind::kUuid);
    if (format == "email") return refined("email");
    if (format == "uri" || format == "url") return refined("url");
    if (format == "ipv4" || format == "ipv6") return refined("ip");
    if (format == "byte" || format == "binary" || schema.text_of("contentEncoding") == "base64") return of(ShapeKind::kBytes);
    ShapeType type = of(ShapeKind::kString);
    type.low = schema.whole_of("minLength");
    type.high = schema.whole_of("maxLength");
    if (type.low == 0) type.low.reset();
    type.pattern = std::string(schema.text_of("pattern"));
    return type;
  }

  ShapeType enumeration(const Value& schema, const std::vector<Value>& values, int) {
    ShapeType type = of(ShapeKind::kEnum);
    type.name = std::string(schema.text_of("title"));
    bool texts = true, numbers = true;
    for (const Value& value : values) {
      if (value.is(Value::Kind::kNull)) {
        type.nullable = true;
        continue;
      }
      texts &= value.is(Value::Kind::kText);
      numbers &= value.is(Value::Kind::kNumber) && whole_number(value.text).has_value();
      type.values.push_back(value.text);
    }
    if (texts && !type.values.empty()) return type;
    ShapeType plain = of(ShapeKind::kJson);
    if (numbers && !type.values.empty()) {
      plain = of(ShapeKind::kInt);
      for (const std::string& value : type.values) {
        plain.low = std::min(plain.low.value_or(INT64_MAX), *whole_number(value));
        plain.high = std::max(plain.high.value_or(INT64_MIN), *whole_number(value));
      }
    }
    plain.nullable = type.nullable;
    return plain;
  }

  // `T or null` is a nullable T; other alternatives are opaque, or scalars when all are.
  ShapeType alternatives(const std::vector<Value>& parts, int depth) {
    std::vector<ShapeType> types;
    bool nullable = false;
    for (const Value& part : parts) {
      const Value* schema = target(part);
      if (schema != nullptr && schema->is(Value::Kind::kObject) && schema->text_of("type") == "null") {
        nullable = true;
      } else {
        types.push_back(type_of(part, depth + 1));
      }
    }
    ShapeType result = of(ShapeKind::kJson);
    const auto plain = [](const ShapeType& t) {
      return t.kind == ShapeKind::kBool || t.kind == ShapeKind::kInt || t.kind == ShapeKind::kString || t.kind == ShapeKind::kDecimal;
    };
    if (types.size() == 1)
      result = std::move(types[0]);
    else if (!types.empty() && std::all_of(types.begin(), types.end(), plain))
      result = of(ShapeKind::kScalar);
    result.nullable |= nullable;
    return result;
  }

  static constexpr size_t kMaxSteps = 200000;  // a document whose references multiply would not end
  const Value& root_;
  std::vector<const Value*> open_;
  std::set<const Value*> reported_;
  size_t steps_ = 0;
};

void read_definitions(const Value& definitions, SchemaReader& reader, ReadResult& result) {
  for (size_t i = 0; i < definitions.items.size() && result.shapes.size() < kMaxShapes; ++i) {
    Shape shape;
    shape.name = definitions.keys[i];
    shape.begin = definitions.key_at[i];
    shape.end = shape.begin + static_cast<uint32_t>(shape.name.size()) + 2;
    if (reader.object(definitions.items[i], shape.fields, 0)) result.shapes.push_back(std::move(shape));
  }
}

}  // namespace

ReadResult read_json_schema(std::string_view text) {
  ReadResult result;
  const Document document = read_json(text);
  if (document.problem) {
    result.problems.push_back(*document.problem);
    return result;
  }
  SchemaReader reader(document.root);
  if (!document.root.is(Value::Kind::kObject)) {
    result.problems.push_back({0, 1, "this is not a JSON Schema", "an object is expected"});
    return result;
  }
  Shape shape;
  shape.name = std::string(document.root.text_of("title"));
  shape.begin = document.root.begin;
  shape.end = shape.begin + 1;
  if (reader.object(document.root, shape.fields, 0)) result.shapes.push_back(std::move(shape));
  for (const char* word : {"$defs", "definitions"}) {
    if (const Value* definitions = document.root.member(word); definitions != nullptr && definitions->is(Value::Kind::kObject))
      read_definitions(*definitions, reader, result);
  }
  result.problems = std::move(reader.problems);
  if (result.shapes.empty() && result.problems.empty())
    result.problems.push_back({0, 1, "no object with properties is described here", "neither the document nor its `$defs`"});
  return result;
}

ReadResult read_openapi(std::string_view text) {
  ReadResult result;
  const size_t first = text.find_first_not_of(" \t\r\n");
  const Document document = first != std::string_view::npos && text[first] == '{' ? read_json(text) : read_yaml(text);
  if (document.problem) {
    result.problems.push_back(*document.problem);
    return result;
  }
  const Value* components = document.root.is(Value::Kind::kObject) ? document.root.member("components") : nullptr;
  const Value* schemas = components != nullptr && components->is(Value::Kind::kObject) ? components->member("schemas") : nullptr;
  if (schemas == nullptr || !schemas->is(Value::Kind::kObject)) {
    result.problems.push_back({0, 1, "no `components.schemas` in this OpenAPI document", "version 3 keeps its schemas there"});
    return result;
  }
  SchemaReader reader(document.root);
  read_definitions(*schemas, reader, result);
  result.problems = std::move(reader.problems);
  return result;
}

}  // namespace mig::schemas
