#include "compiler/language_server/json_value.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace mig::lsp {
namespace {

/// Deep nesting would overflow the stack of who walks the document.
bool is_shallow(std::string_view text) {
  constexpr int kDeepest = 200;
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
      continue;
    }
    if (c == '"') in_text = true;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > kDeepest) return false;
  }
  return true;
}

}  // namespace

const Json& member(const Json& object, std::string_view name) {
  static const Json nothing;
  if (!object.IsObject()) return nothing;
  const auto it = object.FindMember(Json(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))));
  return it == object.MemberEnd() ? nothing : it->value;
}

std::string_view text_of(const Json& value) {
  return value.IsString() ? std::string_view(value.GetString(), value.GetStringLength()) : std::string_view();
}

std::optional<std::uint32_t> count_of(const Json& value) {
  if (!value.IsUint()) return std::nullopt;
  return value.GetUint();
}

std::string json_of(const Json& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

bool parse_json(const std::string& text, rapidjson::Document& document) {
  if (!is_shallow(text)) return false;
  document.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  return !document.HasParseError();
}

}  // namespace mig::lsp
