// Objects that are built once from constant arguments, as tests ask for them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "stdlib/date_formats.h"
#include "stdlib/prepared.h"

namespace mig::stdlib {

/// Date formats are made for timestamps.
template <typename T>
std::shared_ptr<const T> made(PreparedKind kind, std::vector<std::string> texts, std::string name = "") {
  PreparedSpec spec;
  spec.kind = kind;
  spec.texts = std::move(texts);
  spec.name = std::move(name);
  if (kind == PreparedKind::kDateFormats) spec.flag = static_cast<int64_t>(FormatResult::kTimestamp);
  std::string error;
  auto object = prepare(spec, error);
  EXPECT_NE(object, nullptr) << error;
  return std::static_pointer_cast<const T>(object);
}

/// Why the object cannot be made.
inline std::string refused(PreparedKind kind, std::vector<std::string> texts, std::string name = "", int64_t flag = 3) {
  PreparedSpec spec;
  spec.kind = kind;
  spec.texts = std::move(texts);
  spec.name = std::move(name);
  spec.flag = flag;
  std::string error;
  EXPECT_EQ(prepare(spec, error), nullptr);
  return error;
}

}  // namespace mig::stdlib
