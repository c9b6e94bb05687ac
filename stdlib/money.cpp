// Amounts with their currency. A money cell holds the unscaled amount, its own scale, and the currency as three letters.
#include <unicode/ucurr.h>

#include <algorithm>
#include <vector>

#include "runtime/types/decimal.h"
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

constexpr uint32_t kNoCurrency = 'X' << 16 | 'X' << 8 | 'X';  // ISO 4217: no currency is involved
constexpr int64_t kMostWeight = 1'000'000'000'000'000;        // of all weights together: products with a remainder stay below 2^126

uint32_t currency_number(const Text& code) {
  if (code.size != 3) return kNoCurrency;
  uint32_t number = 0;
  for (uint64_t i = 0; i < 3; ++i) {
    if (code.data[i] < 'A' || code.data[i] > 'Z') return kNoCurrency;
    number = number << 8 | static_cast<unsigned char>(code.data[i]);
  }
  return number;
}

void write_currency(uint32_t number, char* out) {
  for (int i = 0; i < 3; ++i) out[i] = static_cast<char>(number >> (16 - 8 * i) & 0xFF);
}

/// Digits behind the point that the currency has coins or books for.
int minor_digits(uint32_t number) {
  char code[3];
  write_currency(number, code);
  const char16_t wide[4] = {static_cast<char16_t>(code[0]), static_cast<char16_t>(code[1]), static_cast<char16_t>(code[2]), 0};
  UErrorCode status = U_ZERO_ERROR;
  const int32_t digits = ucurr_getDefaultFractionDigits(wide, &status);
  return U_FAILURE(status) ? 2 : std::clamp(digits, 0, 6);
}

Cell amount(int128 value, int scale, uint32_t currency) {
  Cell cell = value_cell();
  cell.decimal = value;
  cell.kind = ScalarKind::kDecimal;
  cell.scale = static_cast<uint8_t>(scale);
  cell.extra = currency;
  return cell;
}

Status combine(Context& context, Cell& result, const Cell& a, const Cell& b, bool add) {
  if (a.extra != b.extra) {
    context.cause = "amounts in two currencies";
    return Status::kOverflow;
  }
  const int scale = std::max(a.scale, b.scale);
  int128 left = 0, right = 0, sum = 0;
  if (!decimal_rescale(a.decimal, a.scale, scale, Rounding::kHalfEven, left) ||
      !decimal_rescale(b.decimal, b.scale, scale, Rounding::kHalfEven, right) ||
      !(add ? decimal_add(left, right, sum) : decimal_subtract(left, right, sum))) {
    return Status::kOverflow;
  }
  return result = amount(sum, scale, a.extra), Status::kOk;
}

}  // namespace

MIG_FUNCTION(money_of)(Context&, Cell& result, const int128& value, const int64_t& scale, const Text& currency) {
  return result = amount(value, static_cast<int>(scale), currency_number(currency)), Status::kOk;
}

MIG_FUNCTION(money_add)(Context& context, Cell& result, const Cell& a, const Cell& b) { return combine(context, result, a, b, true); }
MIG_FUNCTION(money_sub)(Context& context, Cell& result, const Cell& a, const Cell& b) { return combine(context, result, a, b, false); }

MIG_FUNCTION(money_amount)(Context& context, int128& result, const Cell& money, const int64_t& precision, const int64_t& scale) {
  int128 value = 0;
  if (!decimal_rescale(money.decimal, money.scale, static_cast<int>(scale), Rounding::kDown, value))
    return fail(context, "more digits in front of the point than the type keeps");
  int128 back = 0;
  if (scale < money.scale &&
      (!decimal_rescale(value, static_cast<int>(scale), money.scale, Rounding::kDown, back) || back != money.decimal)) {
    return fail(context, "more digits behind the point than the type keeps");
  }
  if (!decimal_in_range(value, static_cast<int>(precision))) return fail(context, "more digits in front of the point than the type keeps");
  return result = value, Status::kOk;
}

MIG_FUNCTION(money_currency)(Context& context, Text& result, const Cell& money) {
  char* const out = arena_chars(context, 3);
  write_currency(money.extra, out);
  return result = {out, 3}, Status::kOk;
}

MIG_FUNCTION(money_round_minor)(Context&, Cell& result, const Cell& money) {
  const int digits = minor_digits(money.extra);
  if (money.scale <= digits) return result = money, Status::kOk;
  return result = amount(decimal_shift_down(money.decimal, money.scale - digits, Rounding::kHalfEven), digits, money.extra), Status::kOk;
}

MIG_FUNCTION(money_convert)
(Context&, Cell& result, const Cell& money, const Text& currency, const int128& rate, const int64_t& scale, const int64_t& rounding) {
  const uint32_t into = currency_number(currency);
  const int digits = minor_digits(into), from = money.scale + static_cast<int>(scale);
  int128 value = 0;
  // The product is rounded once, to the digits of the currency; with fewer digits than those it is exact.
  const bool good = from > digits
                        ? from - digits <= kMaxDecimalDigits &&
                              decimal_multiply_shift(money.decimal, rate, from - digits, static_cast<Rounding>(rounding), value)
                        : decimal_multiply(money.decimal, rate, value) && decimal_rescale(value, from, digits, Rounding::kHalfEven, value);
  return good ? (result = amount(value, digits, into), Status::kOk) : Status::kOverflow;
}

MIG_FUNCTION(money_allocate)(Context& context, List& result, const Cell& money, const List& weights) {
  int64_t total = 0;
  for (uint64_t i = 0; i < weights.count; ++i) {
    const int64_t weight = weights.items[i].integer;
    if (weight < 0) return fail(context, "a negative weight");
    if (weight > kMostWeight || (total += weight) > kMostWeight) return fail(context, "weights that are too large");
  }
  if (total == 0) return fail(context, "no weight that is positive");
  const int scale = std::max<int>(money.scale, minor_digits(money.extra));
  int128 units = 0;
  if (!decimal_rescale(money.decimal, money.scale, scale, Rounding::kHalfEven, units)) return fail(context, "too large an amount");
  const int128 sign = units < 0 ? -1 : 1, whole = units * sign;
  Cell* const parts = arena_cells(context, weights.count);
  std::vector<std::pair<int128, uint64_t>> remainders;  // greatest first
  int128 given = 0;
  for (uint64_t i = 0; i < weights.count; ++i) {
    const int128 weight = weights.items[i].integer, rest = whole % total * weight;
    const int128 share = whole / total * weight + rest / total;
    given += share;
    parts[i] = amount(share, scale, money.extra);
    if (rest % total != 0) remainders.emplace_back(rest % total, i);
  }
  std::stable_sort(remainders.begin(), remainders.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  // Fewer units are left over than there are parts with a remainder.
  for (const auto& [remainder, i] : remainders) {
    if (given == whole) break;
    parts[i].decimal += 1;
    given += 1;
  }
  for (uint64_t i = 0; i < weights.count; ++i) parts[i].decimal *= sign;
  return result = {parts, weights.count}, Status::kOk;
}

MIG_FUNCTION(format_money)(Context& context, Text& result, const Cell& money, const Text& grouping, const Text& point) {
  Text number{};
  if (const Status status = mig_format_decimal(context, number, money.decimal, static_cast<int64_t>(money.scale), grouping, point);
      status != Status::kOk) {
    return status;
  }
  char* const out = arena_chars(context, number.size + 4);
  std::memcpy(out, number.data, number.size);
  out[number.size] = ' ';
  write_currency(money.extra, out + number.size + 1);
  return result = {out, number.size + 4}, Status::kOk;
}

}  // namespace mig::stdlib
