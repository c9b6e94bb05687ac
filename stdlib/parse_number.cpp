// Texts to numbers and scalars, and back.
#include <charconv>

#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"
#include "runtime/types/digits.h"
#include "runtime/types/text.h"
#include "runtime/types/uuid.h"
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

const char* cause_of(NumberError error) {
  switch (error) {
    case NumberError::kNone: return nullptr;
    case NumberError::kSyntax: return "not a number";
    case NumberError::kScale: return "more digits behind the point than the type keeps";
    case NumberError::kRange: return "too large";
  }
  return nullptr;
}

Status answer(Context& context, NumberError error) { return error == NumberError::kNone ? Status::kOk : fail(context, cause_of(error)); }

bool take(std::string_view& text, std::string_view part) {
  if (part.empty() || text.substr(0, part.size()) != part) return false;
  text.remove_prefix(part.size());
  return true;
}

// Rewrites `1.234,50` as `1234.50`; groups behind the first have three digits. Returns the size, or 0 when the form is wrong.
size_t plain_number(std::string_view text, std::string_view grouping, std::string_view point, char* out, size_t room) {
  size_t size = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    out[size++] = text[0];
    text.remove_prefix(1);
  }
  size_t group = 0;
  bool grouped = false;
  for (;;) {
    if (size + 1 >= room) return 0;
    if (!text.empty() && is_digit(text[0])) {
      out[size++] = text[0];
      text.remove_prefix(1);
      ++group;
      continue;
    }
    if (grouped ? group != 3 : group == 0) return 0;
    if (!take(text, grouping)) break;
    if (!grouped && group > 3) return 0;
    grouped = true;
    group = 0;
  }
  if (text.empty()) return size;
  if (!take(text, point) || text.empty()) return 0;
  out[size++] = '.';
  for (; !text.empty(); text.remove_prefix(1)) {
    if (!is_digit(text[0]) || size + 1 >= room) return 0;
    out[size++] = text[0];
  }
  return size;
}

bool is_word(std::string_view text, const char* word) {
  for (const char c : text) {
    if ((c | 0x20) != *word++) return false;
  }
  return true;
}

// Groups of three digits in front of the point, other marks than `.`.
Text write_grouped(Context& context, std::string_view plain, const Text& grouping, const Text& point) {
  size_t digits = 0;
  const size_t sign = !plain.empty() && plain[0] == '-' ? 1 : 0;
  while (sign + digits < plain.size() && is_digit(plain[sign + digits])) ++digits;
  const size_t fraction = plain.size() - sign - digits;  // with the point
  char* const out = arena_chars(context, plain.size() + grouping.size * (digits / 3) + point.size);
  char* p = out;
  if (sign != 0) *p++ = '-';
  for (size_t i = 0; i < digits; ++i) {
    if (i != 0 && (digits - i) % 3 == 0 && grouping.size != 0) {
      std::memcpy(p, grouping.data, grouping.size);
      p += grouping.size;
    }
    *p++ = plain[sign + i];
  }
  if (fraction != 0) {
    if (point.size != 0) std::memcpy(p, point.data, point.size);
    p += point.size;
    std::memcpy(p, plain.data() + sign + digits + 1, fraction - 1);
    p += fraction - 1;
  }
  return {out, static_cast<uint64_t>(p - out)};
}

template <typename Write>
Status write(Context& context, Text& result, uint64_t room, Write write_to) {
  char* const out = arena_chars(context, room);
  return result = {out, static_cast<uint64_t>(write_to(out))}, Status::kOk;
}

}  // namespace

MIG_FUNCTION(parse_int)(Context& context, int64_t& result, const Text& text) {
  return answer(context, read_int64(text.view(), NumberForm::kPlain, result));
}

MIG_FUNCTION(parse_decimal)
(Context& context, int128& result, const Text& text, const int64_t& precision, const int64_t& scale, const Text& grouping,
 const Text& point) {
  const int p = static_cast<int>(precision), s = static_cast<int>(scale);
  if (grouping.size == 0 && point.size == 1 && point.data[0] == '.') {
    return answer(context, read_decimal(text.view(), NumberForm::kPlain, p, s, result));
  }
  char plain[192];
  const size_t size = plain_number(text.view(), grouping.view(), point.view(), plain, sizeof plain);
  return answer(context, size == 0 ? NumberError::kSyntax : read_decimal({plain, size}, NumberForm::kPlain, p, s, result));
}

MIG_FUNCTION(parse_float)(Context& context, double& result, const Text& text) {
  std::string_view view = text.view();
  if (!view.empty() && view[0] == '+') view.remove_prefix(1);
  const size_t sign = !view.empty() && view[0] == '-' ? 1 : 0;
  if (view.size() == sign || !is_digit(view[sign]) || view.back() == '.') return fail(context, "not a number");
  const std::from_chars_result read = std::from_chars(view.data(), view.data() + view.size(), result);
  if (read.ec == std::errc::result_out_of_range) return fail(context, "too large or too small for a float");
  if (read.ec != std::errc() || read.ptr != view.data() + view.size()) return fail(context, "not a number");
  return Status::kOk;
}

MIG_FUNCTION(decimal_to_real)(Context&, double& result, const int128& value, const int64_t& scale) {
  char text[kDecimalTextSize];
  const int size = write_decimal(value, static_cast<int>(scale), text);
  std::from_chars(text, text + size, result);
  return Status::kOk;
}

// Works on the exact decimal expansion of the double.
MIG_FUNCTION(real_to_decimal)
(Context& context, int128& result, const double& value, const int64_t& precision, const int64_t& scale, const int64_t& rounding) {
  if (!(value > -1e38 && value < 1e38)) return fail(context, "not a number that fits");
  char text[1200];
  const std::to_chars_result written = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 1100);
  const std::string_view digits(text, static_cast<size_t>(written.ptr - text));
  const size_t point = digits.find('.');
  const size_t kept = point + 1 + static_cast<size_t>(scale);
  // Two more digits decide the rounding: the next one, and whether any other is not zero.
  char shorter[128];
  if (written.ec != std::errc() || kept + 2 > sizeof shorter) return fail(context, "not a number that fits");
  int128 whole = 0;
  const size_t rest = digits.find_first_not_of('0', kept + 1);
  std::memcpy(shorter, digits.data(), kept);
  if (read_decimal({shorter, kept - (scale == 0 ? 1u : 0u)}, NumberForm::kPlain, kMaxDecimalDigits, static_cast<int>(scale), whole) !=
      NumberError::kNone) {
    return fail(context, "too large");
  }
  const int64_t tail = (digits[kept] - '0') * 2 + (rest != std::string_view::npos ? 1 : 0);  // in twentieths of the last digit
  const bool negative = digits[0] == '-';
  if (tail != 0) {
    const int128 magnitude = negative ? -whole : whole;
    int128 last = 0;
    decimal_divide((magnitude % 2) * 20 + tail, negative ? -20 : 20, 0, static_cast<Rounding>(rounding), last);
    whole = negative ? -(magnitude - magnitude % 2) + last : magnitude - magnitude % 2 + last;
  }
  if (!decimal_in_range(whole, static_cast<int>(precision))) return fail(context, "too large");
  return result = whole, Status::kOk;
}

MIG_FUNCTION(infer_scalar)(Context&, Cell& result, const Text& text, const bool& as_text) {
  const std::string_view view = trim_text(text.view());
  result = text_cell(Text{view.data(), view.size()});
  result.kind = ScalarKind::kText;
  if (as_text || view.empty() || view.size() > 20) return Status::kOk;
  const char first = view[0];
  if (!is_digit(first) && first != '+' && first != '-') {
    if ((view.size() == 4 && is_word(view, "true")) || (view.size() == 5 && is_word(view, "false"))) {
      result = value_cell();
      result.kind = ScalarKind::kBool;
      result.boolean = view.size() == 4;
    }
    return Status::kOk;
  }
  uint64_t value = 0;
  size_t digits = 0, point = 0;
  for (size_t i = is_digit(first) ? 0 : 1; i < view.size(); ++i) {
    if (is_digit(view[i])) {
      value = value * 10 + static_cast<uint64_t>(view[i] - '0');
      ++digits;
    } else if (view[i] == '.' && point == 0 && digits != 0) {
      point = i;
    } else {
      return Status::kOk;
    }
  }
  if (digits == 0 || digits > 18 || (point != 0 && point + 1 == view.size())) return Status::kOk;
  const int64_t number = first == '-' ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
  result = value_cell();
  if (point == 0) {
    result.kind = ScalarKind::kInt;
    result.integer = number;
  } else {
    result.kind = ScalarKind::kDecimal;
    result.decimal = number;
    result.scale = static_cast<uint8_t>(view.size() - point - 1);
  }
  return Status::kOk;
}

MIG_FUNCTION(int_to_text)(Context& context, Text& result, const int64_t& value) {
  return write(context, result, kInt64TextSize, [&](char* out) { return write_int64(value, out); });
}
MIG_FUNCTION(decimal_to_text)(Context& context, Text& result, const int128& value, const int64_t& scale) {
  return write(context, result, kDecimalTextSize, [&](char* out) { return write_decimal(value, static_cast<int>(scale), out); });
}
MIG_FUNCTION(real_to_text)(Context& context, Text& result, const double& value) {
  return write(context, result, 32, [&](char* out) { return std::to_chars(out, out + 32, value).ptr - out; });
}
MIG_FUNCTION(bool_to_text)(Context&, Text& result, const bool& value) {
  return result = value ? Text{"true", 4} : Text{"false", 5}, Status::kOk;
}
MIG_FUNCTION(date_to_text)(Context& context, Text& result, const int64_t& value) {
  return write(context, result, kTimeTextSize, [&](char* out) { return write_date(value, out); });
}
MIG_FUNCTION(time_to_text)(Context& context, Text& result, const int64_t& value) {
  return write(context, result, kTimeTextSize, [&](char* out) { return write_time(value, out); });
}
MIG_FUNCTION(datetime_to_text)(Context& context, Text& result, const int64_t& value) {
  return write(context, result, kTimeTextSize, [&](char* out) { return write_datetime(value, out); });
}
MIG_FUNCTION(timestamp_to_text)(Context& context, Text& result, const int64_t& value) {
  return write(context, result, kTimeTextSize, [&](char* out) { return write_timestamp(value, out); });
}
MIG_FUNCTION(duration_to_text)(Context& context, Text& result, const int64_t& value) {
  return write(context, result, kTimeTextSize, [&](char* out) { return write_duration(value, out); });
}
MIG_FUNCTION(period_to_text)(Context& context, Text& result, const Cell& value) {
  return write(context, result, kTimeTextSize,
               [&](char* out) { return write_period(value.integer, static_cast<int32_t>(value.extra), out); });
}
MIG_FUNCTION(uuid_to_text)(Context& context, Text& result, const int128& value) {
  return write(context, result, kUuidTextSize, [&](char* out) { return write_uuid(value, out); });
}

MIG_FUNCTION(scalar_to_text)(Context& context, Text& result, const Cell& value) {
  switch (value.kind) {
    case ScalarKind::kBool: return mig_bool_to_text(context, result, value.boolean);
    case ScalarKind::kInt: return mig_int_to_text(context, result, value.integer);
    case ScalarKind::kDecimal: return mig_decimal_to_text(context, result, value.decimal, value.scale);
    case ScalarKind::kText: return result = value.text, Status::kOk;
  }
  return Status::kOk;
}

MIG_FUNCTION(scalar_from_bool)(Context&, Cell& result, const bool& value) {
  result = value_cell();
  result.kind = ScalarKind::kBool;
  result.boolean = value;
  return Status::kOk;
}
MIG_FUNCTION(scalar_from_int)(Context&, Cell& result, const int64_t& value) {
  result = int_cell(value);
  result.kind = ScalarKind::kInt;
  return Status::kOk;
}
MIG_FUNCTION(scalar_from_decimal)(Context&, Cell& result, const int128& value, const int64_t& scale) {
  result = value_cell();
  result.kind = ScalarKind::kDecimal;
  result.decimal = value;
  result.scale = static_cast<uint8_t>(scale);
  return Status::kOk;
}
MIG_FUNCTION(scalar_from_text)(Context&, Cell& result, const Text& value) {
  result = text_cell(value);
  result.kind = ScalarKind::kText;
  return Status::kOk;
}

MIG_FUNCTION(format_int)(Context& context, Text& result, const int64_t& value, const Text& grouping, const int64_t& digits) {
  char plain[kInt64TextSize + 40];
  const int size = write_int64(value, plain);
  const int sign = value < 0 ? 1 : 0;
  const int wanted = digits < 0 ? 0 : digits > 38 ? 38 : static_cast<int>(digits);
  const int zeros = wanted > size - sign ? wanted - (size - sign) : 0;
  std::memmove(plain + sign + zeros, plain + sign, static_cast<size_t>(size - sign));
  std::memset(plain + sign, '0', static_cast<size_t>(zeros));
  return result = write_grouped(context, {plain, static_cast<size_t>(size + zeros)}, grouping, Text{".", 1}), Status::kOk;
}
MIG_FUNCTION(format_decimal)
(Context& context, Text& result, const int128& value, const int64_t& scale, const Text& grouping, const Text& point) {
  char plain[kDecimalTextSize];
  const int size = write_decimal(value, static_cast<int>(scale), plain);
  return result = write_grouped(context, {plain, static_cast<size_t>(size)}, grouping, point), Status::kOk;
}

}  // namespace mig::stdlib
