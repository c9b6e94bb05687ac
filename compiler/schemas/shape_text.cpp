#include "compiler/schemas/shape_text.h"

#include <algorithm>
#include <array>

#include "compiler/base/written_name.h"

namespace mig::schemas {

namespace {

constexpr std::array<std::string_view, 21> kHardWords = {"and",    "or",    "not",   "in",   "matches", "if",    "then",
                                                         "else",   "match", "catch", "let",  "return",  "when",  "require",
                                                         "reject", "skip",  "warn",  "keep", "true",    "false", "null"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::string bounds(const ShapeType& type) {
  if (!type.low && !type.high) return {};
  if (type.low && type.high && *type.low == *type.high) return "(" + std::to_string(*type.low) + ")";
  return "(" + (type.low ? std::to_string(*type.low) : std::string()) + ".." + (type.high ? std::to_string(*type.high) : std::string()) +
         ")";
}

std::string integer_text(const ShapeType& type) {
  if (type.low == INT16_MIN && type.high == INT16_MAX) return "int16";
  if (type.low == INT32_MIN && type.high == INT32_MAX) return "int32";
  // One bound alone would be read as a single number.
  if (type.low && type.high && *type.low == *type.high) return "int(" + std::to_string(*type.low) + ".." + std::to_string(*type.high) + ")";
  return "int" + bounds(type);
}

// How enums and patterns are written; the lock writes them in place, declarations give them names.
enum class Form : uint8_t { kLock, kDeclared };

struct Names {
  std::string enumeration;  // of the field's enum
  std::string pattern;
};

std::string type_text(const ShapeType& type, Form form, const Names& names) {
  std::string text;
  switch (type.kind) {
    case ShapeKind::kUnknown: text = "unknown(" + quoted_text(type.written) + ")"; break;
    case ShapeKind::kBool: text = "bool"; break;
    case ShapeKind::kInt: text = integer_text(type); break;
    case ShapeKind::kDecimal: text = "decimal(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")"; break;
    case ShapeKind::kFloat: text = "float"; break;
    case ShapeKind::kString: text = form == Form::kDeclared && !names.pattern.empty() ? names.pattern : "string" + bounds(type); break;
    case ShapeKind::kBytes: text = "bytes"; break;
    case ShapeKind::kUuid: text = "uuid"; break;
    case ShapeKind::kJson: text = "json"; break;
    case ShapeKind::kScalar: text = "scalar"; break;
    case ShapeKind::kDate: text = "date"; break;
    case ShapeKind::kTime: text = "time"; break;
    case ShapeKind::kDatetime: text = "datetime"; break;
    case ShapeKind::kTimestamp: text = "timestamp"; break;
    case ShapeKind::kDuration: text = "duration"; break;
    case ShapeKind::kPeriod: text = "period"; break;
    case ShapeKind::kRefined: text = type.name; break;
    case ShapeKind::kEnum:
      if (form == Form::kDeclared) {
        text = names.enumeration.empty() ? "string" : names.enumeration;
      } else {
        for (const std::string& value : type.values) text += (text.empty() ? "enum(" : ", ") + quoted_text(value);
        text += ")";
      }
      break;
    case ShapeKind::kList: text = "list<" + type_text(type.element.at(0), form, names) + ">" + bounds(type); break;
    case ShapeKind::kMap: text = "map<string, " + type_text(type.element.at(0), form, names) + ">"; break;
    case ShapeKind::kRecord:
      for (const ShapeField& field : type.fields) {
        if (form == Form::kDeclared && field.type.kind == ShapeKind::kUnknown) continue;
        text += (text.empty() ? "{ " : ", ") + written_name(field.name) + (field.optional ? "?: " : ": ") + type_text(field.type, form, {});
      }
      text = text.empty() ? "json" : text + " }";
      break;
  }
  if (type.nullable) text += "?";
  if (form == Form::kLock) {
    if (type.unit == Unit::kBytes) text += " @unit(bytes)";
    if (type.unit == Unit::kUtf16) text += " @unit(utf16)";
    if (!type.pattern.empty()) text += " @pattern(" + quoted_text(type.pattern) + ")";
  }
  return text;
}

// The enum or pattern that a field carries, also as the element of a list.
const ShapeType& carried(const ShapeType& type) {
  return (type.kind == ShapeKind::kList || type.kind == ShapeKind::kMap) && !type.element.empty() ? carried(type.element[0]) : type;
}

std::string words_to_pascal(std::string_view name) {
  std::string out;
  bool start = true;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_letter(c) && !is_digit(c)) {
      start = true;
      continue;
    }
    const bool hump = is_upper(c) && i > 0 && !is_upper(name[i - 1]);
    out += start || hump ? to_upper(c) : to_lower(c);
    start = false;
  }
  return out;
}

std::string last_part(std::string_view name) {
  return std::string(name.substr(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1));
}

}  // namespace

std::string quoted_text(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += std::string("\\u{") + kHex[c >> 4 & 15] + kHex[c & 15] + "}";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string field_line(const ShapeField& field) {
  std::string line = written_name(field.name) + (field.optional ? "?: " : ": ") + type_text(field.type, Form::kLock, {});
  if (field.key) line += " @key";
  if (field.unique) line += " @unique";
  if (field.computed)
    line += " @computed";
  else if (field.filled)
    line += " @default";
  if (!field.parent.empty()) line += " @references(" + field.parent + (field.parent_field.empty() ? "" : "." + field.parent_field) + ")";
  return line;
}

std::vector<std::string> shape_lines(const Shape& shape) {
  std::vector<std::string> lines;
  lines.reserve(shape.fields.size());
  for (const ShapeField& field : shape.fields) lines.push_back(field_line(field));
  return lines;
}

std::string pascal_case(std::string_view name) {
  std::string out = words_to_pascal(last_part(name));
  if (out.empty()) out = "Record";
  if (is_digit(out[0])) out = "T" + out;
  return out;
}

std::string snake_case(std::string_view name) {
  const std::string part = last_part(name);
  std::string out;
  for (size_t i = 0; i < part.size(); ++i) {
    const char c = part[i];
    if (is_letter(c) || is_digit(c)) {
      if (is_upper(c) && i > 0 && !is_upper(part[i - 1]) && !out.empty() && out.back() != '_') out += '_';
      out += to_lower(c);
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  if (out.empty()) out = "value";
  if (is_digit(out[0])) out = "v_" + out;
  if (std::find(kHardWords.begin(), kHardWords.end(), out) != kHardWords.end()) out += "_";
  return out;
}

std::string variant_name(std::string_view wire, std::set<std::string>& taken) {
  std::string dotless(wire);
  std::replace(dotless.begin(), dotless.end(), '.', '_');
  const std::string base = wire.empty() ? "empty" : snake_case(dotless);
  std::string name = base;
  for (int i = 2; !taken.insert(name).second; ++i) name = base + "_" + std::to_string(i);
  return name;
}

std::string enum_name(const ShapeType& type, std::string_view schema, std::string_view field) {
  return type.name.empty() ? std::string(schema) + words_to_pascal(field) : pascal_case(type.name);
}

std::string pattern_name(std::string_view schema, std::string_view field) { return std::string(schema) + words_to_pascal(field); }

std::string declarations(const Shape& shape, const std::string& schema_name, std::set<std::string>& taken) {
  std::string before, fields;
  size_t widest = 0;
  for (const ShapeField& field : shape.fields) widest = std::max(widest, written_name(field.name).size() + (field.optional ? 1 : 0));
  for (const ShapeField& field : shape.fields) {
    const ShapeType& inner = carried(field.type);
    Names names;
    if (inner.kind == ShapeKind::kEnum) {
      names.enumeration = enum_name(inner, schema_name, field.name);
      if (taken.insert(names.enumeration).second) {
        std::set<std::string> variants;
        std::string list;
        for (const std::string& value : inner.values) {
          const std::string variant = variant_name(value, variants);
          list += (list.empty() ? "" : ", ") + variant + (variant == value ? "" : " = " + quoted_text(value));
        }
        before += "enum " + names.enumeration + " { " + list + " }\n";
      }
    }
    const std::string name = written_name(field.name) + (field.optional ? "?" : "") + ":";
    if (inner.kind == ShapeKind::kUnknown) {
      fields += "  // " + name + " " + inner.written + " has no counterpart here\n";
      continue;
    }
    std::string line =
        "  " + name + std::string(widest + 1 - std::min(widest, name.size() - 1), ' ') + type_text(field.type, Form::kDeclared, names);
    if (field.key) line += " @key";
    if (field.unique) line += " @unique";
    if (inner.unit == Unit::kBytes && inner.kind == ShapeKind::kString) line += " @unit(bytes)";
    if (inner.unit == Unit::kUtf16 && inner.kind == ShapeKind::kString) line += " @unit(utf16)";
    fields += line + "\n";
  }
  return before + "schema " + schema_name + " {\n" + fields + "}\n";
}

}  // namespace mig::schemas
