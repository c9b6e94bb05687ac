#include "compiler/driver/value_literal.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "compiler/driver/value_text.h"
#include "compiler/schemas/shape_text.h"
#include "runtime/types/zoned.h"

namespace mig::driver {
namespace {

using schemas::quoted_text;

// Every digit a 1: as many as before, so the value fits where the old one fitted.
std::string ones(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }, '1');
  return text;
}

std::string first_of_year(const Type& type, std::string text) {
  // "@1984-05-06T07:08:09Z": year, month and day stand at fixed places of the usual years.
  if (text.size() < 11 || text[5] != '-' || text[8] != '-')
    return "@2000-01-01" + std::string(type.kind == Kind::kDate ? "" : "T00:00:00Z");
  text.replace(6, 5, "01-01");
  for (size_t i = 11; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') text[i] = '0';
  }
  return text;
}

class Writer {
 public:
  Writer(const TypeTable& types, const std::vector<EnumType>& enums, LiteralUse use, bool masked)
      : types_(types), enums_(enums), use_(use), masked_(masked) {}

  std::optional<std::string> write(TypeId id, const Cell& cell) const {
    if (cell.state == Presence::kKeep) return use_ == LiteralUse::kExpected ? std::optional<std::string>("keep") : std::nullopt;
    if (cell.state == Presence::kUnavailable) return std::nullopt;
    if (!cell.has_value()) return "null";
    const Type& type = types_[id];
    const auto plain = [&] { return value_text(types_, enums_, id, cell); };
    switch (type.kind) {
      case Kind::kBool: return plain();
      case Kind::kInt: return masked_ ? inside(type, ones(plain())) : plain();
      case Kind::kDecimal: return masked_ ? ones(plain()) : plain();
      case Kind::kFloat: return std::isfinite(cell.real) ? std::optional(masked_ ? ones(plain()) : plain()) : std::nullopt;
      case Kind::kString: return quoted_text(masked_ ? masked_text(cell.text.view()) : std::string(cell.text.view()));
      case Kind::kUuid: return quoted_text(masked_ ? ones(lettered(plain())) : plain());
      case Kind::kDate:
      case Kind::kDatetime:
      case Kind::kTimestamp: return masked_ ? first_of_year(type, plain()) : plain();
      case Kind::kZoned: {
        Zoned zoned = unpack_zoned(cell.text.view());
        if (masked_) zoned.instant = 0;
        char text[kZonedTextSize];
        if (use_ == LiteralUse::kExpected) {
          const std::string instant(text, static_cast<size_t>(write_timestamp(zoned.instant, text)));
          return "to_zone(@" + instant + ", " + quoted_text(std::string(zoned.zone)) + ")";
        }
        return quoted_text(std::string(text, static_cast<size_t>(write_zoned(zoned, text))));
      }
      case Kind::kTime: return masked_ ? "@00:00:00" : plain();
      case Kind::kEnum: {
        const auto& variants = enums_[type.declaration].variants;
        const auto index = static_cast<size_t>(cell.integer);
        if (index >= variants.size()) return std::nullopt;
        return use_ == LiteralUse::kGiven ? quoted_text(variants[index].wire) : variants[index].name;
      }
      case Kind::kScalar:
        if (cell.kind == ScalarKind::kText) return quoted_text(masked_ ? masked_text(cell.text.view()) : std::string(cell.text.view()));
        return masked_ && cell.kind != ScalarKind::kBool ? ones(plain()) : plain();
      case Kind::kList:
      case Kind::kSet: {
        std::string out;
        for (uint64_t i = 0; i < cell.list.count; ++i) {
          const auto part = write(type.element, cell.list.items[i]);
          if (!part) return std::nullopt;
          out += (i == 0 ? "" : ", ") + *part;
        }
        return "[" + out + "]";
      }
      case Kind::kMap: {
        if (use_ == LiteralUse::kExpected || types_[type.key].kind != Kind::kString) return std::nullopt;
        std::string out;
        for (uint64_t i = 0; i < cell.map.count; ++i) {
          const auto part = write(type.element, cell.map.entries[i].value);
          if (!part) return std::nullopt;
          out += (i == 0 ? " " : ", ") + quoted_text(cell.map.entries[i].key.text.view()) + ": " + *part;
        }
        return "{" + out + " }";
      }
      case Kind::kRecord: {
        if (use_ == LiteralUse::kExpected) return std::nullopt;
        std::string out;
        for (size_t i = 0; i < type.fields.size(); ++i) {
          const Cell& field = cell.list.items[i];
          if (!field.has_value() && type.fields[i].optional) continue;
          const auto part = write(type.fields[i].type, field);
          if (!part) return std::nullopt;
          out += (out.empty() ? " " : ", ") + quoted_text(type.fields[i].name) + ": " + *part;
        }
        return "{" + out + " }";
      }
      case Kind::kPercent:
      case Kind::kPosition:
      case Kind::kJson:
      case Kind::kBytes:
      case Kind::kDuration:
      case Kind::kPeriod:
      case Kind::kMoney:
      case Kind::kNever:
      case Kind::kError:
      case Kind::kFunction:
      case Kind::kTypeVariable: break;
    }
    return std::nullopt;
  }

 private:
  // A masked whole number may leave the bounds of its type: then the lower one stands for it.
  std::string inside(const Type& type, std::string text) const {
    const int64_t value = std::strtoll(text.c_str(), nullptr, 10);
    return value < type.low || value > type.high ? std::to_string(static_cast<int64_t>(type.low)) : text;
  }

  static std::string lettered(std::string text) {
    std::replace_if(text.begin(), text.end(), [](char c) { return c != '-'; }, '1');
    return text;
  }

  const TypeTable& types_;
  const std::vector<EnumType>& enums_;
  const LiteralUse use_;
  const bool masked_;
};

}  // namespace

std::string masked_text(std::string_view text) {
  std::string out;
  // The scheme of an address is no one's, and decides how it is read.
  for (const std::string_view scheme : {"https://", "http://", "mailto:"}) {
    if (!text.starts_with(scheme)) continue;
    out = scheme;
    text.remove_prefix(scheme.size());
    break;
  }
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x80) {
      // One letter for a character of several bytes.
      if ((byte & 0xC0) != 0x80) out += 'x';
    } else if (text[i] >= '0' && text[i] <= '9') {
      out += '1';
    } else if (text[i] >= 'A' && text[i] <= 'Z') {
      out += 'X';
    } else if (text[i] >= 'a' && text[i] <= 'z') {
      out += 'x';
    } else {
      out += text[i];
    }
  }
  return out;
}

std::optional<std::string> value_literal(const TypeTable& types, const std::vector<EnumType>& enums, TypeId type, const Cell& cell,
                                         LiteralUse use, bool masked) {
  return Writer(types, enums, use, masked).write(type, cell);
}

}  // namespace mig::driver
