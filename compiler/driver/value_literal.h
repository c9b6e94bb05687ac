// Values as the language writes them: in `given` of a test, and in what a test expects.
#pragma once

#include <optional>
#include <string>

#include "runtime/types/type.h"
#include "runtime/types/value.h"

namespace mig::driver {

enum class LiteralUse : uint8_t {
  kGiven,     // as the source would send it: enums and uuids as text
  kExpected,  // compared with a value: variants by name
};

/// Nothing when the language has no literal for a value of this type there (json, bytes, maps in what is expected, ...). `masked`: letters
/// and digits of the value are others, of the same form, so that conversions go the same way where they can; an enum or a bool tells
/// nothing about a person whose other values are masked, and stays.
std::optional<std::string> value_literal(const TypeTable& types, const std::vector<EnumType>& enums, TypeId type, const Cell& cell,
                                         LiteralUse use, bool masked);

/// A text of the same form with nothing of the old one in it: "Ann-7" becomes "Xxx-1".
std::string masked_text(std::string_view text);

}  // namespace mig::driver
