#include "stdlib/json_shape.h"

#include <algorithm>
#include <charconv>

#include "runtime/formats/ndjson/json_values.h"
#include "runtime/formats/values/shape.h"

namespace mig::stdlib {

namespace {

constexpr int kDeepest = 64;

bool has_elements(Kind kind) { return kind == Kind::kList || kind == Kind::kSet || kind == Kind::kMap; }

/// `3:abc` for a text, `-12;` for a number.
void put(std::string& code, std::string_view text) {
  code += std::to_string(text.size()) + ":";
  code += text;
}
void put(std::string& code, int64_t number) { code += std::to_string(number) + ";"; }

void write(std::string& code, const TypeTable& types, const std::vector<EnumType>& enums, TypeId id) {
  const Type& type = types[id];
  put(code, kind_name(type.kind));
  put(code, type.nullable ? 1 : 0);
  put(code, type.low);
  put(code, type.high);
  put(code, type.precision);
  put(code, type.scale);
  put(code, static_cast<int64_t>(type.unit));
  if (type.kind == Kind::kEnum && type.declaration < enums.size()) {
    const EnumType& known = enums[type.declaration];
    put(code, known.open ? 1 : 0);
    put(code, static_cast<int64_t>(known.variants.size()));
    for (const EnumVariant& variant : known.variants) {
      put(code, variant.name);
      put(code, variant.wire);
    }
  }
  if (type.kind == Kind::kMap) write(code, types, enums, type.key);
  if (has_elements(type.kind)) write(code, types, enums, type.element);
  if (type.kind != Kind::kRecord) return;
  put(code, static_cast<int64_t>(type.fields.size()));
  for (const RecordField& field : type.fields) {
    put(code, field.name);
    put(code, field.optional ? 1 : 0);
    write(code, types, enums, field.type);
  }
}

class CodeReader {
 public:
  CodeReader(const std::string& code, TypeTable& types, std::vector<EnumType>& enums) : code_(code), types_(types), enums_(enums) {}

  bool read(TypeId& type) { return read(type, 0) && at_ == code_.size(); }

 private:
  bool number(int64_t& value, char end = ';') {
    const char* const first = code_.data() + at_;
    const char* const last = code_.data() + code_.size();
    const auto [next, problem] = std::from_chars(first, last, value);
    if (problem != std::errc() || next == last || *next != end) return false;
    at_ += static_cast<size_t>(next - first) + 1;
    return true;
  }
  bool text(std::string& value) {
    int64_t size = 0;
    if (!number(size, ':') || size < 0 || static_cast<uint64_t>(size) > code_.size() - at_) return false;
    value = code_.substr(at_, static_cast<size_t>(size));
    at_ += static_cast<size_t>(size);
    return true;
  }

  bool kind(Kind& found) {
    static constexpr Kind kKinds[] = {
#define MIG_KIND(enumerator, name, storage) Kind::enumerator,
#include "runtime/types/type_kinds.def"
#undef MIG_KIND
    };
    std::string name;
    if (!text(name)) return false;
    for (const Kind each : kKinds) {
      if (kind_name(each) == name) return found = each, true;
    }
    return false;
  }

  bool enumeration(Type& type) {
    EnumType known;
    int64_t open = 0, variants = 0;
    if (!number(open) || !number(variants)) return false;
    known.open = open != 0;
    for (int64_t i = 0; i < variants; ++i) {
      EnumVariant variant;
      if (!text(variant.name) || !text(variant.wire)) return false;
      known.variants.push_back(std::move(variant));
    }
    type.declaration = static_cast<uint32_t>(enums_.size());
    enums_.push_back(std::move(known));
    return true;
  }

  bool record(Type& type, int depth) {
    int64_t fields = 0;
    if (!number(fields)) return false;
    for (int64_t i = 0; i < fields; ++i) {
      RecordField field;
      int64_t optional = 0;
      if (!text(field.name) || !number(optional) || !read(field.type, depth + 1)) return false;
      field.optional = optional != 0;
      type.fields.push_back(std::move(field));
    }
    return true;
  }

  bool read(TypeId& id, int depth) {
    Type type;
    int64_t nullable = 0, precision = 0, scale = 0, unit = 0;
    if (depth > kDeepest || !kind(type.kind) || !number(nullable) || !number(type.low) || !number(type.high) || !number(precision) ||
        !number(scale) || !number(unit))
      return false;
    type.nullable = nullable != 0;
    type.precision = static_cast<uint8_t>(precision);
    type.scale = static_cast<uint8_t>(scale);
    type.unit = static_cast<LengthUnit>(unit);
    if (type.kind == Kind::kEnum && !enumeration(type)) return false;
    if (type.kind == Kind::kMap && !read(type.key, depth + 1)) return false;
    if (has_elements(type.kind) && !read(type.element, depth + 1)) return false;
    if (type.kind == Kind::kRecord && !record(type, depth)) return false;
    id = types_.intern(std::move(type));
    return true;
  }

  const std::string& code_;
  size_t at_ = 0;
  TypeTable& types_;
  std::vector<EnumType>& enums_;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

Status refuse(Context& context, const char* cause) {
  context.cause = cause;
  return Status::kFail;
}

}  // namespace

bool json_holds(const TypeTable& types, TypeId id) {
  const Type& type = types[id];
  if (!is_held_by_files(type.kind)) return false;
  if (type.kind == Kind::kMap && !json_holds(types, type.key)) return false;
  if (has_elements(type.kind)) return json_holds(types, type.element);
  return std::all_of(type.fields.begin(), type.fields.end(), [&](const RecordField& field) { return json_holds(types, field.type); });
}

std::string json_shape_code(const TypeTable& types, const std::vector<EnumType>& enums, TypeId type) {
  std::string code;
  write(code, types, enums, type);
  return code;
}

struct JsonShape::Parts {
  TypeTable types;
  std::vector<EnumType> enums;
  ShapeTable shapes{types, enums};
  const Shape* shape = nullptr;
};

JsonShape::JsonShape() : parts_(std::make_unique<Parts>()) {}
JsonShape::~JsonShape() = default;

std::shared_ptr<const JsonShape> JsonShape::build(const std::string& code, std::string& error) {
  const std::shared_ptr<JsonShape> made(new JsonShape());
  Parts& parts = *made->parts_;
  TypeId type = kNoType;
  if (!CodeReader(code, parts.types, parts.enums).read(type)) return error = "not the structure of a type", nullptr;
  Result<const Shape*> shape = parts.shapes.add(type, DecodeMode::kPlain);
  if (!shape.ok()) return error = shape.error().message, nullptr;
  parts.shape = *shape;
  return made;
}

Status JsonShape::read(Context& context, const Text& text, Cell& result) const {
  // The reader takes a line: no line feed in it, one behind it, and bytes behind that to look at.
  constexpr uint64_t kBehind = 40;
  char* const line = static_cast<char*>(arena_allocate(context, text.size + kBehind));
  uint64_t size = 0;
  for (; size < text.size; ++size) line[size] = text.data[size] == '\n' ? ' ' : text.data[size];
  for (uint64_t i = 0; i < kBehind; ++i) line[size + i] = '\n';
  JsonValues values(best_simd());
  values.begin_line(line, context);
  const char* p = skip_json_blanks(line);
  result = {};
  if (p == line + size) return refuse(context, "not one JSON text");
  p = values.value(p, *parts_->shape, &result, result.state);
  if (p == nullptr) return refuse(context, "not one JSON text");
  while (p < line + size && is_blank(*p)) ++p;
  if (p != line + size) return refuse(context, "not one JSON text");
  if (values.fault.cause != nullptr) return refuse(context, values.fault.cause);
  return Status::kOk;
}

}  // namespace mig::stdlib
