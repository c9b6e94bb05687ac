#include "compiler/schemas/document.h"

#define RAPIDJSON_HAS_STDSTRING 1
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <charconv>
#include <cmath>

namespace mig::schemas {

const Value* Value::member(std::string_view key) const {
  for (size_t i = keys.size(); i-- > 0;) {
    if (keys[i] == key) return &items[i];
  }
  return nullptr;
}

std::string_view Value::text_of(std::string_view key) const {
  const Value* value = member(key);
  return value != nullptr && value->is(Kind::kText) ? std::string_view(value->text) : std::string_view();
}

std::optional<int64_t> Value::whole_of(std::string_view key) const {
  const Value* value = member(key);
  return value != nullptr && value->is(Kind::kNumber) ? whole_number(value->text) : std::nullopt;
}

bool Value::flag_of(std::string_view key) const {
  const Value* value = member(key);
  return value != nullptr && value->is(Kind::kBool) && value->boolean;
}

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure == std::errc{} && end == text.data() + text.size()) return number;
  double real = 0;
  const auto [real_end, real_failure] = std::from_chars(text.data(), text.data() + text.size(), real);
  if (real_failure != std::errc{} || real_end != text.data() + text.size()) return std::nullopt;
  if (!(std::fabs(real) < 1e15) || real != std::floor(real)) return std::nullopt;
  return static_cast<int64_t>(real);
}

namespace {

class TreeHandler {
 public:
  TreeHandler(std::string_view text, const rapidjson::MemoryStream& stream) : text_(text), stream_(stream) { open_.push_back(&root); }

  bool Null() { return add(Value::Kind::kNull, 4); }
  bool Bool(bool value) {
    if (!add(Value::Kind::kBool, value ? 4 : 5)) return false;
    last_->boolean = value;
    return true;
  }
  bool RawNumber(const char* digits, rapidjson::SizeType length, bool) {
    if (!add(Value::Kind::kNumber, length)) return false;
    last_->text.assign(digits, length);
    return true;
  }
  bool String(const char* bytes, rapidjson::SizeType length, bool) {
    const uint32_t end = at();
    if (!add(Value::Kind::kText, 0)) return false;
    last_->text.assign(bytes, length);
    last_->begin = opening_quote(end);
    last_->end = end;
    return true;
  }
  bool StartObject() { return start(Value::Kind::kObject); }
  bool StartArray() { return start(Value::Kind::kList); }
  bool EndObject(rapidjson::SizeType) { return finish(); }
  bool EndArray(rapidjson::SizeType) { return finish(); }
  bool Key(const char* bytes, rapidjson::SizeType length, bool) {
    Value& object = *open_.back();
    object.keys.emplace_back(bytes, length);
    object.key_at.push_back(opening_quote(at()));
    return true;
  }
  // With numbers as texts these are not called.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

  Value root;
  const char* refused = nullptr;  // why reading stopped, if the document is well-formed so far

 private:
  uint32_t at() const { return static_cast<uint32_t>(stream_.Tell()); }

  // Inside a text every quote follows an odd number of backslashes.
  uint32_t opening_quote(uint32_t end) const {
    size_t i = end - 1;
    while (i > 0) {
      --i;
      if (text_[i] != '"') continue;
      size_t slashes = 0;
      while (slashes < i && text_[i - 1 - slashes] == '\\') ++slashes;
      if (slashes % 2 == 0) break;
    }
    return static_cast<uint32_t>(i);
  }

  bool add(Value::Kind kind, size_t length) {
    if (++count_ > kMaxDocumentValues) {
      refused = "the document has more values than migc reads";
      return false;
    }
    Value value;
    value.kind = kind;
    value.end = at();
    value.begin = value.end - static_cast<uint32_t>(length);
    if (open_.size() == 1) {
      root = std::move(value);
      last_ = &root;
    } else {
      open_.back()->items.push_back(std::move(value));
      last_ = &open_.back()->items.back();
    }
    return true;
  }
  bool start(Value::Kind kind) {
    if (open_.size() > static_cast<size_t>(kMaxDocumentDepth)) {
      refused = "the document is nested too deeply";
      return false;
    }
    if (!add(kind, 0)) return false;
    open_.push_back(last_);
    return true;
  }
  bool finish() {
    open_.back()->end = at() + 1;
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  const rapidjson::MemoryStream& stream_;
  std::vector<Value*> open_;  // of each level the last item, which does not move while it is open
  Value* last_ = nullptr;
  size_t count_ = 0;
};

}  // namespace

Document read_json(std::string_view text) {
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag;
  Document document;
  if (text.starts_with("\xEF\xBB\xBF")) {
    document.problem = Problem{0, 3, "the file begins with a byte order mark", "remove these three bytes"};
    return document;
  }
  rapidjson::MemoryStream stream(text.data(), text.size());
  TreeHandler handler(text, stream);
  rapidjson::Reader reader;
  const auto parsed = reader.Parse<kFlags>(stream, handler);
  if (parsed.IsError()) {
    std::string message = handler.refused != nullptr ? handler.refused : rapidjson::GetParseError_En(parsed.Code());
    while (!message.empty() && message.back() == '.') message.pop_back();
    if (handler.refused == nullptr) message = "this is not JSON: " + message;
    const uint32_t at = static_cast<uint32_t>(std::min(parsed.Offset(), text.size()));
    document.problem = Problem{at, at, std::move(message), "here"};
  }
  document.root = std::move(handler.root);
  return document;
}

}  // namespace mig::schemas
