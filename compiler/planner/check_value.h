// What expectations of profile, reconcile and gates compare: exact numbers, texts, and numbers by key.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "runtime/types/value.h"

namespace mig::planner {

/// A number is top * 10^-scale / bottom; those of groups have the bottom 1 and one scale. Floats are doubles; with another number beside
/// them it becomes the nearest double.
struct CheckValue {
  enum class Form : uint8_t { kNumber, kReal, kText, kKeyed, kKeyedReals, kNothing } form = Form::kNumber;
  int128 top = 0, bottom = 1;
  int scale = 0;
  bool share = false;  // shown as a percentage
  std::string text;    // kText; kNothing: why there is no value
  std::map<std::string, int128> groups;
  double real = 0;
  std::map<std::string, double> real_groups;

  static CheckValue whole(int128 number) { return decimal(number, 0); }
  static CheckValue decimal(int128 number, int scale);
  static CheckValue ratio(int128 part, int128 of);  // of nothing: nothing
  static CheckValue of_text(std::string text);
  static CheckValue nothing(std::string why);
  static CheckValue keyed(std::map<std::string, int128> groups, int scale);
  static CheckValue of_real(double number);
  static CheckValue keyed_reals(std::map<std::string, double> groups);
};

/// For reports.
std::string text_of(const CheckValue& value);

/// a + b or a - b: of numbers, or key by key, where a missing key is 0. Null for other operands; nothing when a number is too large.
std::optional<CheckValue> sum(const CheckValue& a, const CheckValue& b, bool add);
std::optional<CheckValue> product(const CheckValue& a, const CheckValue& b);

enum class CheckOrder : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

struct CheckComparison {
  bool holds = false;
  std::string left, right;  // of keyed values those that differ
};
/// `tolerance`: may be null; how far equal numbers may be apart, a percentage of the right one. Null when the two cannot be compared so.
std::optional<CheckComparison> compare(CheckOrder order, const CheckValue& a, const CheckValue& b, const CheckValue* tolerance);

}  // namespace mig::planner
