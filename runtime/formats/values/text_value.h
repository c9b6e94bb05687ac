// Typed values out of text: what a CSV cell, a JSON string and a text column of a table have in common. Causes are static text for people.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/formats/values/shape.h"
#include "runtime/types/context.h"
#include "runtime/types/decimal.h"
#include "runtime/types/value.h"

namespace mig {

namespace cause {
inline constexpr char kNull[] = "is null, but a value is required";
inline constexpr char kMissing[] = "is missing, but required";
inline constexpr char kNotBool[] = "is neither true nor false";
inline constexpr char kNotInt[] = "is not a whole number of 64 bits";
inline constexpr char kIntRange[] = "is a whole number outside the range of its type";
inline constexpr char kNotNumber[] = "is not a number";
inline constexpr char kDecimalScale[] = "has more digits behind the point than its type keeps";
inline constexpr char kDecimalRange[] = "has more digits in front of the point than its type keeps";
inline constexpr char kFloatRange[] = "is a number beyond the range of a float";
inline constexpr char kNotText[] = "is not a text";
inline constexpr char kTextShort[] = "is shorter than its type allows";
inline constexpr char kTextLong[] = "is longer than its type allows";
inline constexpr char kNotBytes[] = "is not base64";
inline constexpr char kNotUuid[] = "is not a UUID";
inline constexpr char kNotJson[] = "is not JSON";
inline constexpr char kNotScalar[] = "is a list or an object where a single value is expected";
inline constexpr char kScalarDigits[] = "is a number of more than 38 digits";
inline constexpr char kNotDate[] = "is not a date such as 2024-03-04";
inline constexpr char kNotTime[] = "is not a time such as 05:06:07";
inline constexpr char kNotDatetime[] = "is not a date and time such as 2024-03-04T05:06:07";
inline constexpr char kNotTimestamp[] = "is not a time with zone such as 2024-03-04T05:06:07Z";
inline constexpr char kNotDuration[] = "is not a duration such as PT5M";
inline constexpr char kNotVariant[] = "is not one of the names that its enum lists";
inline constexpr char kNotList[] = "is not a list";
inline constexpr char kNotListOrText[] = "is neither a list nor a text";
inline constexpr char kNotListOrObject[] = "is neither a list nor an object";
inline constexpr char kNotMap[] = "is not an object";
inline constexpr char kListShort[] = "has fewer items than its type allows";
inline constexpr char kListLong[] = "has more items than its type allows";
}  // namespace cause

/// Both answer null when the value stands in `slot` (a frame's slot or a Cell), else the cause. Texts in slots are views of `text`,
/// or lie in the arena.
/// `text_value`: types that are written as text everywhere: string, bytes, uuid, date, time, datetime, timestamp, duration, enum.
const char* text_value(const Shape& shape, std::string_view text, void* slot, Context& context);
/// `cell_value`: any type written as a bare cell: also bool, int, decimal, float, json, scalar (always its text), and lists by
/// DecodeMode::kListOrCsv. Numbers: ASCII `[+-]?digits(.digits)?`.
const char* cell_value(const Shape& shape, std::string_view text, void* slot, Context& context);

/// Bounds of a string in its unit; null when kept.
const char* check_length(const Shape& shape, std::string_view text);
/// Bounds of a list; null when kept.
const char* check_count(const Shape& shape, uint64_t count);
const char* cause_of(NumberError error);

/// Removes equal items, the first one stays: makes a list a set. Returns the new count.
uint64_t distinct_items(const Shape& element, Cell* items, uint64_t count);
/// Equality of two values of one shape.
bool equal_values(const Shape& shape, const Cell& a, const Cell& b);
uint64_t hash_value(const Shape& shape, const Cell& cell);

}  // namespace mig
