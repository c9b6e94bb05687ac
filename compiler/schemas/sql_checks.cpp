// CHECK constraints that say what a type can say: allowed values, ranges, lengths, patterns.
#include <algorithm>
#include <charconv>

#include "compiler/schemas/sql_types.h"

namespace mig::schemas {

namespace {

// Parentheses, casts and character-set marks do not change what a conjunction of comparisons means; without them one form is left.
std::optional<std::vector<SqlToken>> plain_tokens(std::span<const SqlToken> tokens) {
  std::vector<SqlToken> plain;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const SqlToken& token = tokens[i];
    const bool symbol = token.kind == SqlTokenKind::kSymbol;
    const bool word = token.kind == SqlTokenKind::kWord;
    if (symbol && token.text == "::") {
      // The type's words, its numbers, its brackets.
      static constexpr std::string_view kMore[] = {"varying", "precision", "with", "without", "time", "zone"};
      ++i;
      while (i + 1 < tokens.size() && std::find(std::begin(kMore), std::end(kMore), tokens[i + 1].text) != std::end(kMore)) ++i;
      if (i + 1 < tokens.size() && tokens[i + 1].text == "(") {
        while (i + 1 < tokens.size() && tokens[i].text != ")") ++i;
      }
      continue;
    }
    if (symbol && (token.text == "(" || token.text == ")" || token.text == "[" || token.text == "]")) continue;
    if (word && token.text.size() > 1 && token.text[0] == '_' && i + 1 < tokens.size() && tokens[i + 1].kind == SqlTokenKind::kText)
      continue;
    if (word && (token.text == "or" || token.text == "case" || token.text == "xor")) return std::nullopt;
    if (word && token.text == "not") {
      const bool is_not_null = !plain.empty() && plain.back().text == "is" && i + 1 < tokens.size() && tokens[i + 1].text == "null";
      if (!is_not_null) return std::nullopt;
    }
    plain.push_back(token);
  }
  return plain;
}

using Part = std::span<const SqlToken>;

bool is(const Part& part, size_t i, std::string_view text) {
  return i < part.size() && (part[i].kind == SqlTokenKind::kWord || part[i].kind == SqlTokenKind::kSymbol) && part[i].text == text;
}

bool names_column(const SqlToken& token) { return token.kind == SqlTokenKind::kName || token.kind == SqlTokenKind::kWord; }

// A whole number from `at` on, to the end of the part.
std::optional<int64_t> number_to_end(const Part& part, size_t at) {
  std::string text;
  if (is(part, at, "-")) {
    text = "-";
    ++at;
  }
  if (at + 1 != part.size() || part[at].kind == SqlTokenKind::kName) return std::nullopt;
  text += part[at].text;
  int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> values_to_end(const Part& part, size_t at) {
  std::vector<std::string> values;
  std::string sign;
  for (; at < part.size(); ++at) {
    if (is(part, at, ",")) continue;
    if (is(part, at, "-")) {
      sign = "-";
      continue;
    }
    const bool digits = part[at].kind == SqlTokenKind::kWord && part[at].text[0] >= '0' && part[at].text[0] <= '9';
    if (part[at].kind != SqlTokenKind::kText && !digits) return {};
    values.push_back(sign + part[at].text);
    sign.clear();
  }
  return values;
}

std::string column_name(const SqlToken& token) {
  return token.kind == SqlTokenKind::kName ? token.text : token.written.empty() ? token.text : token.written;
}

std::optional<ColumnRule> rule_of(const Part& part) {
  if (part.size() < 2 || !names_column(part[0])) return std::nullopt;
  ColumnRule rule;
  size_t at = 1;
  bool length = false;
  static constexpr std::string_view kLengths[] = {"length", "char_length", "character_length", "octet_length"};
  const bool word = part[0].kind == SqlTokenKind::kWord;
  if (word && part.size() == 2 && part[0].text == "json_valid" && names_column(part[1])) {
    rule.column = column_name(part[1]);
    rule.json = true;
    return rule;
  }
  if (word && part.size() == 4 && part[0].text == "regexp_like" && is(part, 2, ",") && part[3].kind == SqlTokenKind::kText) {
    rule.column = column_name(part[1]);
    rule.pattern = part[3].text;
    return rule;
  }
  if (word && std::find(std::begin(kLengths), std::end(kLengths), part[0].text) != std::end(kLengths) && names_column(part[1])) {
    length = true;
    rule.length_in_bytes = part[0].text == "octet_length";
    rule.column = column_name(part[1]);
    at = 2;
  } else {
    rule.column = column_name(part[0]);
  }
  const auto bound = [&](std::optional<int64_t> low, std::optional<int64_t> high) -> std::optional<ColumnRule> {
    (length ? rule.shortest : rule.low) = low;
    (length ? rule.longest : rule.high) = high;
    return rule;
  };
  if (!length && is(part, at, "in")) {
    rule.values = values_to_end(part, at + 1);
    return rule.values.empty() ? std::nullopt : std::optional(rule);
  }
  if (!length && is(part, at, "=") && is(part, at + 1, "any") && is(part, at + 2, "array")) {
    rule.values = values_to_end(part, at + 3);
    return rule.values.empty() ? std::nullopt : std::optional(rule);
  }
  if (!length && is(part, at, "is") && is(part, at + 1, "not") && is(part, at + 2, "null") && part.size() == at + 3) {
    rule.not_null = true;
    return rule;
  }
  if (!length && (is(part, at, "~") || is(part, at, "regexp") || is(part, at, "rlike")) && part.size() == at + 2 &&
      part[at + 1].kind == SqlTokenKind::kText) {
    rule.pattern = part[at + 1].text;
    return rule;
  }
  if (is(part, at, "between")) {
    for (size_t i = at + 1; i < part.size(); ++i) {
      if (!is(part, i, "and")) continue;
      const auto low = number_to_end(part.subspan(0, i), at + 1), high = number_to_end(part, i + 1);
      if (low && high) return bound(low, high);
    }
    return std::nullopt;
  }
  if (at >= part.size()) return std::nullopt;
  const std::string& compare = part[at].text;
  const auto number = number_to_end(part, at + 1);
  if (part[at].kind != SqlTokenKind::kSymbol || !number) return std::nullopt;
  if (compare == ">=") return bound(number, std::nullopt);
  if (compare == "<=") return bound(std::nullopt, number);
  if (compare == ">" && *number < INT64_MAX) return bound(*number + 1, std::nullopt);
  if (compare == "<" && *number > INT64_MIN) return bound(std::nullopt, *number - 1);
  if (compare == "=" && length) return bound(number, number);
  // `col <> ''`
  return std::nullopt;
}

void tighten(std::optional<int64_t>& low, std::optional<int64_t>& high, std::optional<int64_t> new_low, std::optional<int64_t> new_high) {
  const auto lowest = new_low && (!low || *new_low > *low) ? new_low : low;
  const auto highest = new_high && (!high || *new_high < *high) ? new_high : high;
  if (lowest && highest && *lowest > *highest) return;  // a contradiction is the database's business
  low = lowest;
  high = highest;
}

}  // namespace

std::vector<ColumnRule> rules_of_check(std::span<const SqlToken> tokens) {
  std::vector<ColumnRule> rules;
  const auto plain = plain_tokens(tokens);
  if (!plain) return rules;
  const Part all(*plain);
  size_t begin = 0;
  bool between = false;
  for (size_t i = 0; i <= all.size(); ++i) {
    if (i < all.size() && is(all, i, "between")) between = true;
    if (i < all.size() && !is(all, i, "and")) continue;
    if (i < all.size() && between) {
      between = false;
      continue;
    }
    if (auto rule = rule_of(all.subspan(begin, i - begin))) rules.push_back(std::move(*rule));
    begin = i + 1;
  }
  return rules;
}

void apply_rule(const ColumnRule& rule, ShapeType& type) {
  if (rule.not_null) type.nullable = false;
  if (type.kind == ShapeKind::kString) {
    if (rule.json) {
      type.kind = ShapeKind::kJson;
      type.high.reset();
      type.unit = Unit::kCodePoints;
    } else if (!rule.values.empty()) {
      type.kind = ShapeKind::kEnum;
      type.values = rule.values;
      type.low.reset();
      type.high.reset();
    } else {
      const bool same_unit = rule.length_in_bytes == (type.unit == Unit::kBytes) || (!type.low && !type.high);
      if ((rule.shortest || rule.longest) && same_unit) {
        type.unit = rule.length_in_bytes ? Unit::kBytes : Unit::kCodePoints;
        tighten(type.low, type.high, rule.shortest, rule.longest);
      }
      if (!rule.pattern.empty() && type.pattern.empty()) type.pattern = rule.pattern;
    }
  } else if (type.kind == ShapeKind::kInt) {
    auto low = rule.low, high = rule.high;
    for (const std::string& value : rule.values) {
      int64_t number = 0;
      const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (failure != std::errc{} || end != value.data() + value.size()) return;
      low = low ? std::min(*low, number) : number;
      high = high ? std::max(*high, number) : number;
    }
    tighten(type.low, type.high, low, high);
  }
}

}  // namespace mig::schemas
