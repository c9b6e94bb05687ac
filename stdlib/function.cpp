#include "stdlib/function.h"

#include <array>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

template <typename T>
constexpr Shape shape_of() {
  if constexpr (std::is_same_v<T, bool>) return Shape::kBool;
  if constexpr (std::is_same_v<T, int64_t>) return Shape::kInt;
  if constexpr (std::is_same_v<T, double>) return Shape::kReal;
  if constexpr (std::is_same_v<T, int128>) return Shape::kDecimal;
  if constexpr (std::is_same_v<T, Text>) return Shape::kText;
  if constexpr (std::is_same_v<T, List>) return Shape::kList;
  if constexpr (std::is_same_v<T, Map>) return Shape::kMap;
  if constexpr (std::is_same_v<T, Cell>) return Shape::kCell;
  if constexpr (std::is_same_v<T, Closure>) return Shape::kClosure;
  return Shape::kPrepared;
}

template <auto* kBody>
struct Thunk;

template <typename Result, typename... Parameters, Status (*kBody)(Context&, Result&, const Parameters&...)>
struct Thunk<kBody> {
  static constexpr std::array<Shape, sizeof...(Parameters)> kParameters = {shape_of<Parameters>()...};
  static constexpr Shape kResult = shape_of<Result>();

  template <size_t... kIndex>
  static Status call(Context& context, void* result, const void* const* arguments, std::index_sequence<kIndex...>) {
    return kBody(context, *static_cast<Result*>(result), *static_cast<const Parameters*>(arguments[kIndex])...);
  }
  static Status invoke(Context& context, void* result, [[maybe_unused]] const void* const* arguments) {
    return call(context, result, arguments, std::index_sequence_for<Parameters...>());
  }
};

template <auto* kBody>
Function make(std::string_view name, const char* symbol) {
  using T = Thunk<kBody>;
  return {name, symbol, reinterpret_cast<const void*>(kBody), T::kResult, T::kParameters, &T::invoke};
}

const std::vector<Function>& table() {
  static const std::vector<Function> kTable = {
#define MIG_STDLIB_FUNCTION(name, ...) make<&mig_##name>(#name, "mig_" #name),
#include "stdlib/function_table.def"
#undef MIG_STDLIB_FUNCTION
  };
  return kTable;
}

const std::unordered_map<std::string_view, FunctionId>& ids_by_name() {
  static const std::unordered_map<std::string_view, FunctionId> kIds = [] {
    std::unordered_map<std::string_view, FunctionId> ids;
    ids.reserve(table().size());
    for (FunctionId i = 0; i < table().size(); ++i) ids.emplace(table()[i].name, i);
    return ids;
  }();
  return kIds;
}

}  // namespace

std::span<const Function> functions() { return table(); }

int64_t find_function(std::string_view name) {
  const auto it = ids_by_name().find(name);
  return it == ids_by_name().end() ? -1 : static_cast<int64_t>(it->second);
}

}  // namespace mig::stdlib
