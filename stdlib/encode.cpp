// Base64, hex, URL encoding, and other charsets.
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include <string>
#include <vector>

#include "runtime/types/digits.h"
#include "runtime/types/text.h"
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

bool stands_in_url(char c) {
  const char low = static_cast<char>(c | 0x20);
  return is_digit(c) || (low >= 'a' && low <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';
}

// A converter that stops at what it cannot convert.
class Converter {
 public:
  explicit Converter(const Text& charset) {
    const std::string name(charset.view());
    converter_ = ucnv_open(name.c_str(), &error_);
    ucnv_setToUCallBack(converter_, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error_);
    ucnv_setFromUCallBack(converter_, UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error_);
  }
  ~Converter() {
    if (converter_ != nullptr) ucnv_close(converter_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool ok() const { return U_SUCCESS(error_) != 0; }
  UConverter* get() { return converter_; }

 private:
  UErrorCode error_ = U_ZERO_ERROR;
  UConverter* converter_ = nullptr;
};

}  // namespace

MIG_FUNCTION(base64_encode)(Context& context, Text& result, const Text& text) {
  const uint64_t size = (text.size + 2) / 3 * 4;
  char* const out = arena_chars(context, size);
  char* p = out;
  for (uint64_t i = 0; i < text.size; i += 3) {
    const auto byte = [&](uint64_t k) { return i + k < text.size ? static_cast<unsigned char>(text.data[i + k]) : 0u; };
    const unsigned bits = byte(0) << 16 | byte(1) << 8 | byte(2);
    *p++ = kBase64[bits >> 18];
    *p++ = kBase64[bits >> 12 & 63];
    *p++ = i + 1 < text.size ? kBase64[bits >> 6 & 63] : '=';
    *p++ = i + 2 < text.size ? kBase64[bits & 63] : '=';
  }
  return result = {out, size}, Status::kOk;
}

// Both alphabets; padding may be missing, but not partly.
MIG_FUNCTION(base64_decode)(Context& context, Text& result, const Text& text) {
  uint64_t size = text.size;
  if (size % 4 == 0) {
    if (size != 0 && text.data[size - 1] == '=') --size;
    if (size % 4 == 3 && text.data[size - 1] == '=') --size;
  }
  if (size % 4 == 1) return fail(context, "not base64: a character is missing");
  char* const out = arena_chars(context, size / 4 * 3 + 3);
  uint64_t written = 0;
  unsigned bits = 0;
  for (uint64_t i = 0; i < size; ++i) {
    const int value = base64_value(text.data[i]);
    if (value < 0) return fail(context, "not base64: a character outside its alphabet");
    bits = bits << 6 | static_cast<unsigned>(value);
    if (i % 4 != 0) out[written++] = static_cast<char>(bits >> (6 - i % 4 * 2));
  }
  if ((size % 4 == 2 && (bits & 15) != 0) || (size % 4 == 3 && (bits & 3) != 0)) return fail(context, "not base64: bits behind the end");
  return result = {out, written}, Status::kOk;
}

MIG_FUNCTION(hex_encode)(Context& context, Text& result, const Text& text) {
  char* const out = arena_chars(context, text.size * 2);
  for (uint64_t i = 0; i < text.size; ++i) {
    const unsigned char byte = static_cast<unsigned char>(text.data[i]);
    out[2 * i] = "0123456789abcdef"[byte >> 4];
    out[2 * i + 1] = "0123456789abcdef"[byte & 15];
  }
  return result = {out, text.size * 2}, Status::kOk;
}
MIG_FUNCTION(hex_decode)(Context& context, Text& result, const Text& text) {
  if (text.size % 2 != 0) return fail(context, "not hex: an odd number of digits");
  char* const out = arena_chars(context, text.size / 2);
  for (uint64_t i = 0; i < text.size; i += 2) {
    const int high = hex_value(text.data[i]), low = hex_value(text.data[i + 1]);
    if (high < 0 || low < 0) return fail(context, "not hex: a character that is no hex digit");
    out[i / 2] = static_cast<char>(high << 4 | low);
  }
  return result = {out, text.size / 2}, Status::kOk;
}

MIG_FUNCTION(url_encode)(Context& context, Text& result, const Text& text) {
  char* const out = arena_chars(context, text.size * 3);
  char* p = out;
  for (uint64_t i = 0; i < text.size; ++i) {
    const unsigned char byte = static_cast<unsigned char>(text.data[i]);
    if (stands_in_url(text.data[i])) {
      *p++ = text.data[i];
    } else {
      *p++ = '%';
      *p++ = "0123456789ABCDEF"[byte >> 4];
      *p++ = "0123456789ABCDEF"[byte & 15];
    }
  }
  return result = {out, static_cast<uint64_t>(p - out)}, Status::kOk;
}
MIG_FUNCTION(url_decode)(Context& context, Text& result, const Text& text) {
  char* const out = arena_chars(context, text.size);
  char* p = out;
  for (uint64_t i = 0; i < text.size; ++i) {
    if (text.data[i] != '%') {
      *p++ = text.data[i];
      continue;
    }
    const int high = i + 2 < text.size ? hex_value(text.data[i + 1]) : -1;
    const int low = i + 2 < text.size ? hex_value(text.data[i + 2]) : -1;
    if (high < 0 || low < 0) return fail(context, "a % without two hex digits");
    *p++ = static_cast<char>(high << 4 | low);
    i += 2;
  }
  result = {out, static_cast<uint64_t>(p - out)};
  return is_valid_utf8(result.view()) ? Status::kOk : fail(context, "the bytes are not UTF-8");
}

MIG_FUNCTION(decode_text)(Context& context, Text& result, const Text& bytes, const Text& charset) {
  if (bytes.size > 0x10000000u) return fail(context, "text is too long");
  Converter converter(charset);
  if (!converter.ok()) return fail(context, "unknown charset");
  std::vector<UChar> units(bytes.size * 2 + 16);
  UErrorCode error = U_ZERO_ERROR;
  const int32_t count = ucnv_toUChars(converter.get(), units.data(), static_cast<int32_t>(units.size()), bytes.data,
                                      static_cast<int32_t>(bytes.size), &error);
  if (U_FAILURE(error) != 0) return fail(context, "the bytes are not text in this charset");
  char* const out = arena_chars(context, static_cast<uint64_t>(count) * 3 + 1);
  int32_t size = 0;
  u_strToUTF8(out, count * 3 + 1, &size, units.data(), count, &error);
  if (U_FAILURE(error) != 0) return fail(context, "the bytes are not text in this charset");
  return result = {out, static_cast<uint64_t>(size)}, Status::kOk;
}
MIG_FUNCTION(encode_text)(Context& context, Text& result, const Text& text, const Text& charset) {
  if (text.size > 0x10000000u) return fail(context, "text is too long");
  Converter converter(charset);
  if (!converter.ok()) return fail(context, "unknown charset");
  std::vector<UChar> units(text.size + 1);
  UErrorCode error = U_ZERO_ERROR;
  int32_t count = 0;
  u_strFromUTF8(units.data(), static_cast<int32_t>(units.size()), &count, text.data, static_cast<int32_t>(text.size), &error);
  if (U_FAILURE(error) != 0) return fail(context, "the text is not well-formed Unicode");
  const uint64_t room = static_cast<uint64_t>(count) * 8 + 16;
  char* const out = arena_chars(context, room);
  const int32_t size = ucnv_fromUChars(converter.get(), out, static_cast<int32_t>(room), units.data(), count, &error);
  if (U_FAILURE(error) != 0) return fail(context, "a character that the charset does not have");
  return result = {out, static_cast<uint64_t>(size)}, Status::kOk;
}
MIG_FUNCTION(bytes_of_text)(Context&, Text& result, const Text& text) { return result = text, Status::kOk; }

}  // namespace mig::stdlib
