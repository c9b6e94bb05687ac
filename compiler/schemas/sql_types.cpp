#include "compiler/schemas/sql_types.h"

#include <algorithm>
#include <limits>

namespace mig::schemas {

namespace {

class TypeMapper {
 public:
  TypeMapper(const SqlTypeText& text, SqlDialect dialect) : text_(text), dialect_(dialect) {}

  ShapeType run() {
    ShapeType type = base();
    if (type.kind != ShapeKind::kUnknown) {
      for (int i = 0; i < text_.dimensions; ++i) {
        ShapeType list;
        list.kind = ShapeKind::kList;
        type.nullable = true;  // elements of an SQL array may be null
        list.element.push_back(std::move(type));
        type = std::move(list);
      }
    }
    return type;
  }

 private:
  bool starts(std::string_view word) const { return text_.words.starts_with(word); }
  bool is(std::string_view words) const { return text_.words == words; }

  static ShapeType of(ShapeKind kind) {
    ShapeType type;
    type.kind = kind;
    return type;
  }
  static ShapeType integer(int64_t low, int64_t high) {
    ShapeType type = of(ShapeKind::kInt);
    if (low != std::numeric_limits<int64_t>::min()) type.low = low;
    if (high != std::numeric_limits<int64_t>::max()) type.high = high;
    return type;
  }
  ShapeType whole(int64_t low, int64_t high, int64_t unsigned_high) const {
    return text_.is_unsigned ? integer(0, unsigned_high) : integer(low, high);
  }
  ShapeType string(std::optional<int64_t> most, Unit unit = Unit::kCodePoints) const {
    ShapeType type = of(ShapeKind::kString);
    type.high = most;
    type.unit = unit;
    return type;
  }
  ShapeType decimal(int64_t precision, int64_t scale) const {
    ShapeType type = of(ShapeKind::kDecimal);
    // More digits than a decimal has, or a negative scale, have no exact counterpart.
    if (precision < 1 || precision > 38 || scale < 0 || scale > precision) return of(ShapeKind::kUnknown);
    type.precision = static_cast<int>(precision);
    type.scale = static_cast<int>(scale);
    return type;
  }
  std::optional<int64_t> number() const { return text_.numbers.empty() ? std::nullopt : std::optional<int64_t>(text_.numbers[0]); }

  ShapeType base() const {
    if (starts("bool")) return of(ShapeKind::kBool);
    if (starts("smallint") || starts("int2") || starts("smallserial") || starts("serial2")) return whole(INT16_MIN, INT16_MAX, UINT16_MAX);
    if (starts("bigint") || starts("int8") || starts("bigserial") || starts("serial8") || starts("long ") || is("unsigned big int")) {
      if (dialect_ == SqlDialect::kMysql && text_.is_unsigned) return decimal(20, 0);
      return of(ShapeKind::kInt);
    }
    if (starts("tinyint")) {
      if (dialect_ == SqlDialect::kMysql && number() == 1) return of(ShapeKind::kBool);
      return whole(INT8_MIN, INT8_MAX, UINT8_MAX);
    }
    if (starts("mediumint")) return whole(-8388608, 8388607, 16777215);
    if (is("interval") || starts("interval ")) return of(ShapeKind::kPeriod);
    if (is("int") || is("int4") || starts("integer") || is("int unsigned") || is("int signed") || starts("serial")) {
      return dialect_ == SqlDialect::kSqlite ? of(ShapeKind::kInt) : whole(INT32_MIN, INT32_MAX, UINT32_MAX);
    }
    if (starts("numeric") || starts("decimal") || is("dec") || is("fixed")) return exact();
    if (starts("real") || starts("double") || starts("float")) return of(ShapeKind::kFloat);
    if (starts("varchar") || starts("character") || starts("char") || starts("nvarchar") || starts("nchar") || starts("bpchar") ||
        starts("national")) {
      const bool one = text_.numbers.empty() && dialect_ != SqlDialect::kSqlite && !starts("varchar") &&
                       text_.words.find("varying") == std::string::npos && !starts("bpchar");
      return string(one ? 1 : number());
    }
    if (starts("uuid")) return of(ShapeKind::kUuid);
    if (starts("json")) return of(ShapeKind::kJson);
    if (starts("blob") || starts("bytea") || starts("binary") || starts("varbinary") || is("tinyblob") || is("mediumblob") ||
        is("longblob"))
      return of(ShapeKind::kBytes);
    if (dialect_ == SqlDialect::kMysql) return mysql();
    if (starts("text") || starts("clob") || starts("citext")) return string(std::nullopt);
    if (starts("timestamptz") || starts("timestamp with time")) return of(ShapeKind::kTimestamp);
    if (starts("timestamp") || starts("datetime")) return of(ShapeKind::kDatetime);
    if (is("time") || starts("time without")) return of(ShapeKind::kTime);
    if (is("date")) return of(ShapeKind::kDate);
    return dialect_ == SqlDialect::kPostgres ? postgres() : sqlite();
  }

  ShapeType exact() const {
    if (!text_.numbers.empty()) return decimal(text_.numbers[0], text_.numbers.size() > 1 ? text_.numbers[1] : 0);
    switch (dialect_) {
      case SqlDialect::kSqlite: return decimal(18, 6);
      case SqlDialect::kMysql: return decimal(10, 0);
      case SqlDialect::kPostgres: return of(ShapeKind::kUnknown);
    }
    return of(ShapeKind::kUnknown);
  }

  ShapeType mysql() const {
    if (is("tinytext")) return string(255, Unit::kBytes);
    if (is("text")) return string(65535, Unit::kBytes);
    if (is("mediumtext")) return string(16777215, Unit::kBytes);
    if (is("longtext")) return string(4294967295, Unit::kBytes);
    if (is("enum")) {
      ShapeType type = of(ShapeKind::kEnum);
      type.values = text_.texts;
      return type;
    }
    if (is("set")) return string(std::nullopt);
    if (is("timestamp")) return of(ShapeKind::kTimestamp);  // stored as an instant
    if (is("datetime")) return of(ShapeKind::kDatetime);
    if (is("date")) return of(ShapeKind::kDate);
    if (is("time")) return of(ShapeKind::kTime);
    if (is("year")) return integer(0, 2155);
    if (is("bit")) return number().value_or(1) == 1 ? of(ShapeKind::kBool) : of(ShapeKind::kBytes);
    if (is("inet6") || is("inet4")) return string(45);
    return of(ShapeKind::kUnknown);
  }

  ShapeType postgres() const {
    if (is("oid")) return integer(0, 4294967295);
    if (is("name")) return string(63, Unit::kBytes);
    if (starts("inet") || starts("cidr") || starts("macaddr") || is("xml")) return string(std::nullopt);
    if (starts("bit")) return string(number());
    return of(ShapeKind::kUnknown);
  }

  // SQLite takes any type name; what it stores follows from a few syllables of it.
  ShapeType sqlite() const {
    const auto holds = [&](std::string_view part) { return text_.words.find(part) != std::string::npos; };
    if (text_.words.empty()) return of(ShapeKind::kScalar);
    if (holds("int")) return of(ShapeKind::kInt);
    if (holds("char") || holds("clob") || holds("text")) return string(number());
    if (holds("blob")) return of(ShapeKind::kBytes);
    if (holds("real") || holds("floa") || holds("doub")) return of(ShapeKind::kFloat);
    return of(ShapeKind::kScalar);
  }

  const SqlTypeText& text_;
  SqlDialect dialect_;
};

}  // namespace

ShapeType type_of_column(const SqlTypeText& text, SqlDialect dialect) {
  ShapeType type = TypeMapper(text, dialect).run();
  type.written = text.words;
  if (!text.numbers.empty()) {
    std::string numbers;
    for (const int64_t n : text.numbers) numbers += (numbers.empty() ? "" : ", ") + std::to_string(n);
    type.written += "(" + numbers + ")";
  }
  for (int i = 0; i < text.dimensions; ++i) type.written += "[]";
  return type;
}

}  // namespace mig::schemas
