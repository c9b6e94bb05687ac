// JSON and YAML documents as a tree that knows where each value stands.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/schemas/shape.h"

namespace mig::schemas {

struct Value {
  enum class Kind : uint8_t { kNull, kBool, kNumber, kText, kList, kObject };
  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;          // texts decoded; numbers as written
  std::vector<Value> items;  // of a list, or of an object beside `keys`
  std::vector<std::string> keys;
  std::vector<uint32_t> key_at;  // first byte of each key in the file
  uint32_t begin = 0, end = 0;   // bytes of the value in the file

  bool is(Kind wanted) const { return kind == wanted; }
  /// The member of an object, the last of equals; null when there is none.
  const Value* member(std::string_view key) const;
  std::string_view text_of(std::string_view key) const;         // empty when it is not a text
  std::optional<int64_t> whole_of(std::string_view key) const;  // a whole number, also written `10.0` or `1e1`
  bool flag_of(std::string_view key) const;                     // true only when it is `true`
};

/// Deeper documents, and ones with more values, are a problem, not a crash.
constexpr int kMaxDocumentDepth = 200;
constexpr size_t kMaxDocumentValues = 2000000;

struct Document {
  Value root;
  std::optional<Problem> problem;  // when set, the root is incomplete
};
Document read_json(std::string_view text);
Document read_yaml(std::string_view text);

/// A whole number in its text, if it is one of at most 18 digits.
std::optional<int64_t> whole_number(std::string_view text);

}  // namespace mig::schemas
