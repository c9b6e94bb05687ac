// A small table of native functions with every kind of parameter, result and failure, so that engine tests need no standard library.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <span>

#include "compiler/ir/values.h"
#include "stdlib/function.h"

namespace mig::testing {

namespace stubs {

inline Status add(Context&, int64_t& result, const int64_t& a, const int64_t& b) {
  return __builtin_add_overflow(a, b, &result) ? Status::kOverflow : Status::kOk;
}
inline Status parse(Context& context, int64_t& result, const Text& text) {
  result = 0;
  if (text.size == 0) return context.cause = "empty", Status::kFail;
  for (const char c : text.view()) {
    if (c < '0' || c > '9') return context.cause = "not a digit", Status::kFail;
    result = result * 10 + (c - '0');
  }
  return Status::kOk;
}
inline Status upper(Context& context, Text& result, const Text& text) {
  char* const out = static_cast<char*>(arena_allocate(context, text.size));
  for (uint64_t i = 0; i < text.size; ++i)
    out[i] = text.data[i] >= 'a' && text.data[i] <= 'z' ? static_cast<char>(text.data[i] - 32) : text.data[i];
  result = {out, text.size};
  return Status::kOk;
}
inline Status less(Context&, bool& result, const int64_t& a, const int64_t& b) {
  result = a < b;
  return Status::kOk;
}
inline Status map(Context& context, List& result, const List& list, const Closure& f) {
  Cell* const items = static_cast<Cell*>(arena_allocate(context, list.count * sizeof(Cell)));
  for (uint64_t i = 0; i < list.count; ++i) {
    const void* arguments[] = {&list.items[i]};
    items[i] = Cell{};
    if (const Status status = f.call(&context, f.captured, &items[i], arguments); status != Status::kOk) return status;
  }
  result = {items, list.count};
  return Status::kOk;
}
inline Status first(Context&, Cell& result, const List& list) {
  result = Cell{};
  result.state = Presence::kNull;
  if (list.count != 0) result = list.items[0];
  return Status::kOk;
}
inline Status multiply(Context&, int128& result, const int128& a, const int128& b) {
  return __builtin_mul_overflow(a, b, &result) ? Status::kOverflow : Status::kOk;
}
inline Status named(Context&, Text& result, const Text& prepared) {
  result = prepared;
  return Status::kOk;
}
inline Status fold(Context& context, Cell& result, const List& list, const Cell& start, const Closure& f) {
  result = start;
  for (uint64_t i = 0; i < list.count; ++i) {
    const void* arguments[] = {&result, &list.items[i]};
    if (const Status status = f.call(&context, f.captured, &result, arguments); status != Status::kOk) return status;
  }
  return Status::kOk;
}
inline Status scalar_of(Context&, Cell& result, const Cell& value) {
  result = Cell{};
  result.state = Presence::kValue;
  result.kind = value.has_value() ? ScalarKind::kInt : ScalarKind::kBool;
  if (value.has_value()) result.integer = value.integer;
  return Status::kOk;
}

template <class T>
const T& at(const void* const* arguments, size_t i) {
  return *static_cast<const T*>(arguments[i]);
}

}  // namespace stubs

enum Stub : uint32_t { kAdd, kParse, kUpper, kLess, kMapList, kFirst, kMultiply, kNamed, kFold, kScalarOf };

inline std::span<const stdlib::Function> stub_functions() {
  using stdlib::Shape;
  using stubs::at;
  static constexpr Shape kIntInt[] = {Shape::kInt, Shape::kInt};
  static constexpr Shape kText[] = {Shape::kText};
  static constexpr Shape kListClosure[] = {Shape::kList, Shape::kClosure};
  static constexpr Shape kList[] = {Shape::kList};
  static constexpr Shape kDecimals[] = {Shape::kDecimal, Shape::kDecimal};
  static constexpr Shape kPrepared[] = {Shape::kPrepared};
  static constexpr Shape kFoldShapes[] = {Shape::kList, Shape::kCell, Shape::kClosure};
  static constexpr Shape kCell[] = {Shape::kCell};
  using Args = const void* const*;
  static const std::array<stdlib::Function, 10> kTable = {{
      {"add", "stub_add", reinterpret_cast<const void*>(&stubs::add), Shape::kInt, kIntInt,
       [](Context& c, void* r, Args a) { return stubs::add(c, *static_cast<int64_t*>(r), at<int64_t>(a, 0), at<int64_t>(a, 1)); }},
      {"parse", "stub_parse", reinterpret_cast<const void*>(&stubs::parse), Shape::kInt, kText,
       [](Context& c, void* r, Args a) { return stubs::parse(c, *static_cast<int64_t*>(r), at<Text>(a, 0)); }},
      {"upper", "stub_upper", reinterpret_cast<const void*>(&stubs::upper), Shape::kText, kText,
       [](Context& c, void* r, Args a) { return stubs::upper(c, *static_cast<Text*>(r), at<Text>(a, 0)); }},
      {"less", "stub_less", reinterpret_cast<const void*>(&stubs::less), Shape::kBool, kIntInt,
       [](Context& c, void* r, Args a) { return stubs::less(c, *static_cast<bool*>(r), at<int64_t>(a, 0), at<int64_t>(a, 1)); }},
      {"map", "stub_map", reinterpret_cast<const void*>(&stubs::map), Shape::kList, kListClosure,
       [](Context& c, void* r, Args a) { return stubs::map(c, *static_cast<List*>(r), at<List>(a, 0), at<Closure>(a, 1)); }},
      {"first", "stub_first", reinterpret_cast<const void*>(&stubs::first), Shape::kCell, kList,
       [](Context& c, void* r, Args a) { return stubs::first(c, *static_cast<Cell*>(r), at<List>(a, 0)); }},
      {"multiply", "stub_multiply", reinterpret_cast<const void*>(&stubs::multiply), Shape::kDecimal, kDecimals,
       [](Context& c, void* r, Args a) { return stubs::multiply(c, *static_cast<int128*>(r), at<int128>(a, 0), at<int128>(a, 1)); }},
      {"named", "stub_named", reinterpret_cast<const void*>(&stubs::named), Shape::kText, kPrepared,
       [](Context& c, void* r, Args a) { return stubs::named(c, *static_cast<Text*>(r), at<Text>(a, 0)); }},
      {"fold", "stub_fold", reinterpret_cast<const void*>(&stubs::fold), Shape::kCell, kFoldShapes,
       [](Context& c, void* r, Args a) {
         return stubs::fold(c, *static_cast<Cell*>(r), at<List>(a, 0), at<Cell>(a, 1), at<Closure>(a, 2));
       }},
      {"scalar_of", "stub_scalar_of", reinterpret_cast<const void*>(&stubs::scalar_of), Shape::kCell, kCell,
       [](Context& c, void* r, Args a) { return stubs::scalar_of(c, *static_cast<Cell*>(r), at<Cell>(a, 0)); }},
  }};
  return kTable;
}

/// One prepared object for kNamed: a Text.
inline std::shared_ptr<const ir::PreparedObjects> stub_prepared() {
  auto prepared = std::make_shared<ir::PreparedObjects>();
  auto object = std::make_shared<const Text>(Text{"prepared", 8});
  prepared->pointers.push_back(object.get());
  prepared->objects.push_back(object);
  return prepared;
}

}  // namespace mig::testing
