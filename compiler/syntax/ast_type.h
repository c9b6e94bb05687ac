// Types as they are written.
#pragma once

#include <variant>

#include "compiler/syntax/ast_ids.h"

namespace mig::syntax {

struct ErrorType {};

// What stands between the parentheses of `string(3..20)`, `int(0..)`, `decimal(14, 2)`, `string(..40)`.
struct TypeArgument {
  bool is_range = false;
  ExprId low;   // the value itself when not a range; none for an open low end
  ExprId high;  // none for an open high end
  Span span;
};

// `string(1..60)`, `decimal(p, s)`, `list<T>`, `map<K, V>`, `money<EUR>`, `change<T>`, `Member`, `geo.Country`.
struct NamedType {
  Path name;
  std::vector<TypeExprId> parameters;   // between `<` and `>`
  std::vector<TypeArgument> arguments;  // between `(` and `)`
};
// `{ a: T, b?: U }`; a field may carry attributes.
struct RecordTypeField {
  Name name;
  bool optional = false;  // `b?:`
  TypeExprId type;
  std::vector<Attribute> attributes;
  Span span;
};
struct RecordType {
  std::vector<RecordTypeField> fields;
};
// `T?`
struct NullableType {
  TypeExprId inner;
};
// `T!`: the result of a function that may fail. Legal only as a result.
struct FallibleType {
  TypeExprId inner;
};
// `(T, U) -> V`: the type of a lambda argument. Legal only as a parameter of a standard library function.
struct FunctionType {
  std::vector<TypeExprId> parameters;
  TypeExprId result;
};

using TypeNode = std::variant<ErrorType, NamedType, RecordType, NullableType, FallibleType, FunctionType>;
enum class TypeExprKind : std::uint8_t { error, named, record, nullable, fallible, function };

struct TypeExpr {
  Span span;
  TypeNode node;

  TypeExprKind kind() const { return static_cast<TypeExprKind>(node.index()); }
  template <class T>
  const T& as() const {
    return std::get<T>(node);
  }
  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&node);
  }
};
static_assert(std::variant_size_v<TypeNode> == static_cast<std::size_t>(TypeExprKind::function) + 1);

}  // namespace mig::syntax
