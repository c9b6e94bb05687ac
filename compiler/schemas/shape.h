// What a schema file says about its records, whatever its format: fields with types, keys, references, and where each stands in the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mig::schemas {

enum class ShapeKind : uint8_t {
  kUnknown,  // a type that has no counterpart in the language; `written` names it
  kBool,
  kInt,
  kDecimal,
  kFloat,
  kString,
  kBytes,
  kUuid,
  kJson,
  kScalar,
  kDate,
  kTime,
  kDatetime,
  kTimestamp,
  kDuration,
  kPeriod,
  kRefined,  // a refined type of the language: `name` is `email`, `url`, ...
  kEnum,
  kList,
  kMap,
  kRecord,
};

/// What the length of a text counts.
enum class Unit : uint8_t { kCodePoints, kUtf16, kBytes };

struct ShapeField;

struct ShapeType {
  ShapeKind kind = ShapeKind::kUnknown;
  bool nullable = false;
  std::optional<int64_t> low, high;  // int: range; string, list: length; both included
  int precision = 0, scale = 0;      // decimal
  Unit unit = Unit::kCodePoints;     // string
  std::string pattern;               // string: a regular expression that the whole text or a part of it matches; empty without
  std::string name;                  // enum: as the file names it, or empty; refined: the language's name
  std::vector<std::string> values;   // enum: wire values in the file's order
  std::vector<ShapeType> element;    // list, map (values; keys are texts): exactly one
  std::vector<ShapeField> fields;    // record
  std::string written;               // as the file writes it
};

struct ShapeField {
  std::string name;
  ShapeType type;
  bool optional = false;  // a record may lack it
  bool filled = false;    // the database fills it in where a new row leaves it out: default, identity, row number
  bool computed = false;  // generated always: cannot be written
  bool key = false, unique = false;
  std::string default_text;          // as the file writes it; empty without
  std::string parent, parent_field;  // foreign key of this one column: table and column; empty without
  uint32_t begin = 0, end = 0;       // bytes of its name in the file
};

/// One table, record or component.
struct Shape {
  std::string name;  // with its schema, without quotes: `crm.account`
  std::vector<ShapeField> fields;
  uint32_t begin = 0, end = 0;  // bytes of its name in the file
};

/// Something in the file that cannot be read.
struct Problem {
  uint32_t begin = 0, end = 0;  // bytes in the file
  std::string message;          // lower case, no full stop
  std::string label;
};

struct ReadResult {
  std::vector<Shape> shapes;      // in file order
  std::vector<Problem> problems;  // when not empty, the shapes may be incomplete
  bool from_database = false;     // a row of it always has every field
};

enum class Format : uint8_t { kSqlite, kPostgres, kMysql, kJsonSchema, kOpenApi, kAvro, kCsv };

struct FormatInfo {
  Format format;
  std::string_view name;      // `schema X from NAME(...)`
  std::string_view selector;  // the argument that picks a shape: `table`; empty when the file holds one
  bool selector_needed;
  std::string_view example;  // of a declaration's connector
};
/// Every format, `mariadb` also as another name of MySQL.
const std::vector<FormatInfo>& formats();
const FormatInfo* find_format(std::string_view name);

/// Reads a schema file. Bounded in time and memory by the size of the text, whatever it holds; throws nothing.
ReadResult read_schema(Format format, std::string_view text);

/// Files larger than this are not read.
constexpr size_t kMaxSchemaBytes = 64u << 20;
/// Tables, records or components of one file, and fields of one of them, beyond which reading stops with a problem.
constexpr size_t kMaxShapes = 20000, kMaxFields = 4096;
/// Records within records.
constexpr int kMaxDepth = 32;

/// The shape that `selector` names, with its schema or, where that is enough, without; the first when it is empty. Null when there is none.
const Shape* find_shape(const ReadResult& result, std::string_view selector);

}  // namespace mig::schemas
