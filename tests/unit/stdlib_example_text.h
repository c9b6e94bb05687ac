// The values that stand in an example of stdlib/*.mig, and a reader of their literals.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"
#include "runtime/types/digits.h"
#include "runtime/types/text.h"
#include "stdlib/arena_text.h"
#include "stdlib/shape.h"

namespace mig::stdlib {

struct Failed {};       // a `!` function failed
struct Unsupported {};  // the example needs what this reader does not know

// Type of a value, as far as calls need it.
struct Typed {
  Kind kind = Kind::kError;  // kError: the element of an empty list, or null
  int scale = 0;
  std::vector<Typed> parts;

  std::string code() const {
    TypeTable types;
    if (kind == Kind::kList) return "L(" + parts[0].code() + ")";
    if (kind == Kind::kMap) return "M(" + parts[0].code() + parts[1].code() + ")";
    return shape_code(types, types.of(kind));
  }
};

struct Value {
  Typed type;
  Cell cell = null_cell();
  std::string word;  // a bare name
};

/// A position in an example, which literals are read from.
class ExampleText {
 protected:
  explicit ExampleText(std::string_view text) : text_(text) {}

  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(std::string_view sign) {
    blanks();
    if (text_.substr(at_, sign.size()) != sign) return false;
    at_ += sign.size();
    return true;
  }
  std::string name() {
    const size_t begin = at_;
    while (std::isalnum(static_cast<unsigned char>(peek())) || peek() == '_') ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  static Value text_value(std::string text) {
    static std::deque<std::string> kept;
    kept.push_back(std::move(text));
    Value value;
    value.type.kind = Kind::kString;
    value.cell = text_cell(as_text(kept.back()));
    return value;
  }

  Value string(bool raw) {
    std::string text;
    for (++at_; peek() != '"'; ++at_) {
      if (peek() != '\\' || raw) {
        text.push_back(peek());
        continue;
      }
      ++at_;
      if (peek() == 'u') {
        at_ += 2;
        const size_t end = text_.find('}', at_);
        char bytes[4];
        const uint32_t point = static_cast<uint32_t>(std::stoul(std::string(text_.substr(at_, end - at_)), nullptr, 16));
        text.append(bytes, static_cast<size_t>(write_code_point(point, bytes)));
        at_ = end;
      } else {
        text.push_back(peek() == 'n' ? '\n' : peek() == 't' ? '\t' : peek());
      }
    }
    ++at_;
    return text_value(text);
  }

  Value number() {
    const size_t begin = at_;
    if (peek() == '-') ++at_;
    while (is_digit(peek()) || peek() == '.') ++at_;
    Value value;
    value.cell = value_cell();
    const std::string digits(text_.substr(begin, at_ - begin));
    if (peek() == 'e') {
      ++at_;
      while (is_digit(peek())) ++at_;
      value.type.kind = Kind::kFloat;
      value.cell.real = std::stod(std::string(text_.substr(begin, at_ - begin)));
      return value;
    }
    if (peek() == '%') {
      ++at_;
      value.type.kind = Kind::kPercent;
      EXPECT_EQ(read_decimal_any_scale(digits, NumberForm::kPlain, value.cell.decimal, value.type.scale), NumberError::kNone);
      value.type.scale += 2;
      return value;
    }
    if (std::isalpha(static_cast<unsigned char>(peek()))) {
      const std::string unit = name();
      if (unit == "mo" || unit == "y") {
        value.type.kind = Kind::kPeriod;
        value.cell.integer = std::stoll(digits) * (unit == "y" ? 12 : 1);
        return value;
      }
      value.type.kind = Kind::kDuration;
      EXPECT_TRUE(read_duration(digits + unit, value.cell.integer));
      return value;
    }
    if (digits.find('.') == std::string::npos) {
      value.type.kind = Kind::kInt;
      value.cell.integer = std::stoll(digits);
      return value;
    }
    value.type.kind = Kind::kDecimal;
    EXPECT_EQ(read_decimal_any_scale(digits, NumberForm::kPlain, value.cell.decimal, value.type.scale), NumberError::kNone);
    return value;
  }

  Value date() {
    const size_t begin = ++at_;
    while (is_digit(peek()) || peek() == '-' || peek() == 'T' || peek() == ':' || peek() == 'Z') ++at_;
    const std::string_view text = text_.substr(begin, at_ - begin);
    Value value;
    value.cell = value_cell();
    value.type.kind = text.size() == 10 ? Kind::kDate : Kind::kTimestamp;
    EXPECT_TRUE(text.size() == 10 ? read_date(text, value.cell.integer) : read_timestamp(text, value.cell.integer));
    return value;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace mig::stdlib
