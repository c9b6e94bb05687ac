#include "compiler/sema/value_space.h"

#include <algorithm>

#include "compiler/sema/type_relations.h"
#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"

namespace mig::sema {

namespace {

bool ordered_number(Kind kind) {
  return kind == Kind::kInt || kind == Kind::kDecimal || kind == Kind::kDate || kind == Kind::kTime || kind == Kind::kDatetime ||
         kind == Kind::kTimestamp || kind == Kind::kDuration || kind == Kind::kPercent;
}

std::string constant_key(const Constant& constant) {
  return std::to_string(static_cast<int>(constant.form)) + ":" + constant.text + ":" + std::to_string(constant.integer) + ":" +
         std::to_string(static_cast<int64_t>(constant.decimal)) + ":" + std::to_string(constant.scale) + ":" +
         std::to_string(constant.boolean);
}

int128 number_of(const Constant& constant) {
  return constant.form == Constant::Form::kDecimal || constant.form == Constant::Form::kPercent ? constant.decimal
                                                                                                : int128{constant.integer};
}

}  // namespace

ValueSpace::ValueSpace(const Program& program, TypeId subject) : program_(program), subject_(program.types[subject]) {
  nullable_ = subject_.nullable;
  switch (subject_.kind) {
    case Kind::kEnum:
      is_enum_ = true;
      variants_.resize(program.enums[subject_.declaration].variants.size());
      open_ = program.enums[subject_.declaration].open;
      break;
    case Kind::kBool: is_bool_ = true; break;
    case Kind::kScalar: is_scalar_ = true; break;
    case Kind::kInt:
    case Kind::kDecimal: {
      is_ordered_ = true;
      const Interval whole = interval_of(subject_);
      low_ = whole.low;
      high_ = whole.high;
      break;
    }
    case Kind::kDate: is_ordered_ = true, low_ = kMinDays, high_ = kMaxDays; break;
    case Kind::kDatetime:
    case Kind::kTimestamp: is_ordered_ = true, low_ = kMinMicros, high_ = kMaxMicros; break;
    case Kind::kTime: is_ordered_ = true, low_ = 0, high_ = kMicrosPerDay - 1; break;
    case Kind::kDuration:
    case Kind::kPercent: is_ordered_ = true, low_ = INT64_MIN, high_ = INT64_MAX; break;
    case Kind::kFloat:
    case Kind::kMoney:
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kUuid:
    case Kind::kJson:
    case Kind::kZoned:
    case Kind::kPeriod:
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap:
    case Kind::kRecord:
    case Kind::kPosition:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: break;
  }
}

bool ValueSpace::covers_interval(int128 low, int128 high) const {
  low = std::max(low, low_);
  high = std::min(high, high_);
  if (low > high) return true;  // outside of the type: never matches
  auto it = intervals_.upper_bound(low);
  if (it == intervals_.begin()) return false;
  --it;
  return it->first <= low && high <= it->second;
}

void ValueSpace::add_interval(int128 low, int128 high) {
  low = std::max(low, low_);
  high = std::min(high, high_);
  if (low > high) return;
  auto it = intervals_.lower_bound(low);
  if (it != intervals_.begin() && std::prev(it)->second >= low - 1) --it;
  while (it != intervals_.end() && it->first <= high + 1) {
    low = std::min(low, it->first);
    high = std::max(high, it->second);
    it = intervals_.erase(it);
  }
  intervals_[low] = high;
}

bool ValueSpace::covers_one(const PatternInfo& pattern) const {
  if (unknown_) return false;
  if (all_ && pattern.form != PatternForm::kError) return true;
  switch (pattern.form) {
    case PatternForm::kError: return false;
    case PatternForm::kAny: return complete();
    case PatternForm::kNull: return !nullable_ || null_;
    case PatternForm::kVariant: return pattern.variant < variants_.size() && variants_[pattern.variant];
    case PatternForm::kOtherText: return other_;
    case PatternForm::kScalarKind: return scalars_[static_cast<size_t>(pattern.scalar)];
    case PatternForm::kRange: return covers_interval(pattern.has_low ? pattern.low : low_, pattern.has_high ? pattern.high : high_);
    case PatternForm::kAlternatives: return false;
    case PatternForm::kConstant: break;
  }
  if (is_bool_) return booleans_[pattern.constant.boolean ? 1 : 0];
  if (is_ordered_ && ordered_number(subject_.kind)) return covers_interval(number_of(pattern.constant), number_of(pattern.constant));
  if (is_scalar_) {
    const auto form = pattern.constant.form;
    const ScalarKind kind = form == Constant::Form::kBool      ? ScalarKind::kBool
                            : form == Constant::Form::kInt     ? ScalarKind::kInt
                            : form == Constant::Form::kDecimal ? ScalarKind::kDecimal
                                                               : ScalarKind::kText;
    if (scalars_[static_cast<size_t>(kind)]) return true;
  }
  return texts_.count(constant_key(pattern.constant)) != 0;
}

void ValueSpace::add_one(const PatternInfo& pattern) {
  switch (pattern.form) {
    case PatternForm::kError: unknown_ = true; return;
    case PatternForm::kAny: all_ = true; return;
    case PatternForm::kNull: null_ = true; return;
    case PatternForm::kVariant:
      if (pattern.variant < variants_.size()) variants_[pattern.variant] = true;
      return;
    case PatternForm::kOtherText: other_ = true; return;
    case PatternForm::kScalarKind: scalars_[static_cast<size_t>(pattern.scalar)] = true; return;
    case PatternForm::kRange: add_interval(pattern.has_low ? pattern.low : low_, pattern.has_high ? pattern.high : high_); return;
    case PatternForm::kAlternatives: return;
    case PatternForm::kConstant: break;
  }
  if (is_bool_) {
    booleans_[pattern.constant.boolean ? 1 : 0] = true;
  } else if (is_ordered_) {
    add_interval(number_of(pattern.constant), number_of(pattern.constant));
  } else {
    texts_.insert(constant_key(pattern.constant));
  }
}

bool ValueSpace::covers(const PatternInfo& pattern, const syntax::Module& tree, const std::vector<PatternInfo>& patterns,
                        syntax::PatternId id) const {
  if (pattern.form != PatternForm::kAlternatives) return covers_one(pattern);
  for (const syntax::PatternId part : tree[id].as<syntax::AlternativesPattern>().alternatives) {
    if (!covers_one(patterns[part.value])) return false;
  }
  return true;
}

void ValueSpace::add(const PatternInfo& pattern, const syntax::Module& tree, const std::vector<PatternInfo>& patterns,
                     syntax::PatternId id) {
  if (pattern.form != PatternForm::kAlternatives) {
    add_one(pattern);
    return;
  }
  for (const syntax::PatternId part : tree[id].as<syntax::AlternativesPattern>().alternatives) add_one(patterns[part.value]);
}

bool ValueSpace::values_complete() const {
  if (all_) return true;
  if (is_enum_) return std::all_of(variants_.begin(), variants_.end(), [](bool b) { return b; }) && (!open_ || other_);
  if (is_bool_) return booleans_[0] && booleans_[1];
  if (is_scalar_) return scalars_[0] && scalars_[1] && scalars_[2] && scalars_[3];
  if (is_ordered_) return covers_interval(low_, high_);
  return subject_.kind == Kind::kNever || subject_.kind == Kind::kError;
}

bool ValueSpace::complete() const { return unknown_ || all_ || (values_complete() && null_covered()); }

std::vector<std::string> ValueSpace::missing_variants() const {
  std::vector<std::string> names;
  if (!is_enum_ || all_) return names;
  const auto& declared = program_.enums[subject_.declaration].variants;
  for (size_t i = 0; i < variants_.size(); ++i) {
    if (!variants_[i]) names.push_back(declared[i].name);
  }
  if (open_ && !other_) names.push_back("other(_)");
  return names;
}

std::string ValueSpace::value_text(int128 value) const {
  char buffer[kDecimalTextSize + kTimeTextSize];
  int size = 0;
  switch (subject_.kind) {
    case Kind::kDecimal: size = write_decimal(value, subject_.scale, buffer); break;
    case Kind::kDate:
      buffer[0] = '@';
      size = 1 + write_date(static_cast<int64_t>(value), buffer + 1);
      break;
    case Kind::kTimestamp:
      buffer[0] = '@';
      size = 1 + write_timestamp(static_cast<int64_t>(value), buffer + 1);
      break;
    case Kind::kDatetime:
      buffer[0] = '@';
      size = 1 + write_datetime(static_cast<int64_t>(value), buffer + 1);
      break;
    case Kind::kTime:
      buffer[0] = '@';
      size = 1 + write_time(static_cast<int64_t>(value), buffer + 1);
      break;
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kFloat:
    case Kind::kPercent:
    case Kind::kMoney:
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kUuid:
    case Kind::kJson:
    case Kind::kScalar:
    case Kind::kZoned:
    case Kind::kDuration:
    case Kind::kPeriod:
    case Kind::kEnum:
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap:
    case Kind::kRecord:
    case Kind::kPosition:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: size = write_decimal(value, 0, buffer); break;
  }
  return {buffer, static_cast<size_t>(size)};
}

std::vector<std::string> ValueSpace::missing(size_t limit) const {
  std::vector<std::string> names;
  if (all_) return names;
  if (!null_covered()) names.push_back("null");
  for (std::string& name : missing_variants()) names.push_back(std::move(name));
  if (is_bool_) {
    if (!booleans_[1]) names.push_back("true");
    if (!booleans_[0]) names.push_back("false");
  }
  if (is_scalar_) {
    static constexpr const char* kNames[] = {"bool(_)", "int(_)", "decimal(_)", "text(_)"};
    for (size_t i = 0; i < 4; ++i) {
      if (!scalars_[i]) names.push_back(kNames[i]);
    }
  }
  if (is_ordered_) {
    int128 next = low_;
    const auto gap = [&](int128 low, int128 high) {
      if (low > high) return;
      if (low == high)
        names.push_back(value_text(low));
      else
        names.push_back((low == low_ ? "" : value_text(low)) + ".." + (high == high_ ? "" : value_text(high)));
    };
    for (const auto& [low, high] : intervals_) {
      gap(next, low - 1);
      next = high + 1;
    }
    gap(next, high_);
    if (intervals_.empty()) names.back() = "_";
  } else if (!values_complete() && !is_enum_ && !is_bool_ && !is_scalar_) {
    names.push_back("_");
  }
  if (names.size() > limit) {
    names.resize(limit);
    names.push_back("...");
  }
  return names;
}

}  // namespace mig::sema
