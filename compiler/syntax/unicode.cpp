#include "compiler/syntax/unicode.h"

#include <fmt/format.h>

namespace mig::syntax {
namespace {

bool changes_direction(char32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C;
}

// A mark that normal form C would have merged with the letter before it (the Latin ones).
bool combines_with(char32_t c, char32_t before) {
  const bool letter = (before >= 'A' && before <= 'Z') || (before >= 'a' && before <= 'z');
  return letter && c >= 0x0300 && c <= 0x030C;
}

}  // namespace

CodePoint decode_utf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {1, first};
  std::size_t bytes = 0;
  if (first >= 0xC2 && first <= 0xDF) bytes = 2;
  if (first >= 0xE0 && first <= 0xEF) bytes = 3;
  if (first >= 0xF0 && first <= 0xF4) bytes = 4;
  if (bytes == 0 || at + bytes > text.size()) return {};
  char32_t value = first & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return {};
    value = (value << 6) | (byte(i) & 0x3Fu);
  }
  const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {bytes, value};
}

void append_utf8(std::string& text, char32_t value) {
  const auto put = [&text](char32_t byte) { text += static_cast<char>(byte); };
  if (value < 0x80) return put(value);
  if (value < 0x800) {
    put(0xC0 | (value >> 6));
  } else if (value < 0x10000) {
    put(0xE0 | (value >> 12));
    put(0x80 | ((value >> 6) & 0x3F));
  } else {
    put(0xF0 | (value >> 18));
    put(0x80 | ((value >> 12) & 0x3F));
    put(0x80 | ((value >> 6) & 0x3F));
  }
  put(0x80 | (value & 0x3F));
}

bool scan_encoding(std::string_view text, FileId file, Reporter& reporter) {
  const auto span = [&](std::size_t begin, std::size_t bytes) {
    return Span{file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(begin + bytes)};
  };
  bool valid = true;
  bool normalized = true;
  char32_t before = 0;
  std::size_t at = 0;
  if (text.substr(0, 3) == kByteOrderMark) {
    reporter.report(Diagnostic::make(Code::E0013, span(0, 3), "the file starts with a byte order mark")
                        .help(Applicability::automatic, "remove it", {{span(0, 3), ""}}));
    at = 3;
  }
  const auto is_plain = [](char c) { return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t' || c == '\r'; };
  while (at < text.size()) {
    if (is_plain(text[at])) {
      do ++at;
      while (at < text.size() && is_plain(text[at]));
      before = static_cast<unsigned char>(text[at - 1]);
      continue;
    }
    const CodePoint c = decode_utf8(text, at);
    if (c.bytes == 0) {
      reporter.report(Diagnostic::make(Code::E0013, span(at, 1), "the file is not UTF-8 text",
                                       fmt::format("byte 0x{:02X} cannot stand here", static_cast<unsigned char>(text[at])))
                          .note("convert the file, for example with `iconv -f WINDOWS-1252 -t UTF-8`"));
      return false;
    }
    const bool control = (c.value < 0x20 && c.value != '\t' && c.value != '\n' && c.value != '\r') || c.value == 0x7F;
    if (control) {
      reporter.report(Diagnostic::make(
          Code::E0013, span(at, c.bytes), "a control character stands in the file",
          fmt::format("U+{:04X}; in a string write `\\u{{{:X}}}`", static_cast<unsigned>(c.value), static_cast<unsigned>(c.value))));
      valid = false;
    } else if (changes_direction(c.value)) {
      reporter.report(Diagnostic::make(
          Code::E0012, span(at, c.bytes), "an invisible character changes the direction in which the text is shown",
          fmt::format("U+{:04X}; in a string write `\\u{{{:X}}}`", static_cast<unsigned>(c.value), static_cast<unsigned>(c.value))));
      valid = false;
    } else if (normalized && combines_with(c.value, before)) {
      reporter.report(Diagnostic::make(Code::W0011, span(at - 1, c.bytes + 1), "text is not in Unicode normal form C",
                                       "a letter and a separate accent; names that look the same may differ"));
      normalized = false;
    }
    if (reporter.full()) return false;
    before = c.value;
    at += c.bytes;
  }
  return valid;
}

}  // namespace mig::syntax
