// Reading JSON that a peer sent: members that are missing or of another kind read as empty.
#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mig::lsp {

using Json = rapidjson::Value;

/// The member of an object; a null value when there is none, or when it is no object.
const Json& member(const Json& object, std::string_view name);
/// `member` along a path of names.
template <class... Names>
const Json& member(const Json& object, std::string_view name, std::string_view next, Names... names) {
  return member(member(object, name), next, names...);
}
/// The text of a string; empty for anything else.
std::string_view text_of(const Json& value);
/// A whole number in [0, 2^32); nothing for anything else.
std::optional<std::uint32_t> count_of(const Json& value);
/// The JSON text of a value.
std::string json_of(const Json& value);
/// Parses one message; false when it is not JSON, or nested more than 200 deep.
bool parse_json(const std::string& text, rapidjson::Document& document);

}  // namespace mig::lsp
