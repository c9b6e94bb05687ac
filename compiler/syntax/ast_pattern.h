// Patterns: the arms of a `match` and the keys of a table.
#pragma once

#include <variant>

#include "compiler/syntax/ast_ids.h"

namespace mig::syntax {

// A pattern or arm that could not be read: covers everything, silently.
struct ErrorPattern {};
// `_`
struct WildcardPattern {};
// `else`, in tables only
struct ElsePattern {};
// A constant: null, bool, int, decimal, percent, duration, date or string literal; `-5` is a NegateExpr.
struct ConstantPattern {
  ExprId value;
};
// `..6`, `7..29`, `90..`: both ends included; at least one is given.
struct RangePattern {
  ExprId low;
  ExprId high;
};
// `subscribed`, `geo.Kind.a`, `text(s)`, `other(_)`: always a variant, never a binding.
struct VariantPattern {
  Path variant;
  bool has_binding = false;
  Name binding;  // `_` binds nothing
};
// `a | b`
struct AlternativesPattern {
  std::vector<PatternId> alternatives;  // at least two, none of them AlternativesPattern
};

using PatternNode =
    std::variant<ErrorPattern, WildcardPattern, ElsePattern, ConstantPattern, RangePattern, VariantPattern, AlternativesPattern>;
enum class PatternKind : std::uint8_t { error, wildcard, otherwise, constant, range, variant, alternatives };

struct Pattern {
  Span span;
  PatternNode node;

  PatternKind kind() const { return static_cast<PatternKind>(node.index()); }
  template <class T>
  const T& as() const {
    return std::get<T>(node);
  }
  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&node);
  }
};
static_assert(std::variant_size_v<PatternNode> == static_cast<std::size_t>(PatternKind::alternatives) + 1);

}  // namespace mig::syntax
