// Upper and lower case, folding, normalisation: full mappings of the root locale by ICU, with fast paths for ASCII.
#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/edits.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <string>

#include "runtime/types/text.h"
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

using text_detail::load8;

constexpr uint64_t kOnes = 0x0101010101010101u;

// 0x20 in each byte that is an ASCII letter of the other case: `first` is 'A' to lower, 'a' to raise. All bytes below 0x80.
uint64_t case_bits(uint64_t word, unsigned char first) {
  const uint64_t at_least = word + (0x80u - first) * kOnes;
  const uint64_t above = word + (0x80u - first - 26) * kOnes;
  return (at_least & ~above & text_detail::kHighBits) >> 2;
}

// False when the text has bytes above ASCII.
bool change_ascii(Context& context, Text& result, const Text& text, unsigned char first) {
  if (!is_ascii(text.view())) return false;
  const char* const p = text.data;
  uint64_t i = 0;
  uint64_t bits = 0;
  for (; i + 8 <= text.size; i += 8) {
    if ((bits = case_bits(load8(p + i), first)) != 0) break;
  }
  if (bits == 0) {
    while (i < text.size && static_cast<unsigned char>(p[i] - first) >= 26) ++i;
    if (i == text.size) return result = text, true;
  }
  char* const out = arena_chars(context, text.size + 8);
  for (i = 0; i + 8 <= text.size; i += 8) {
    const uint64_t word = load8(p + i);
    const uint64_t changed = word ^ case_bits(word, first);
    std::memcpy(out + i, &changed, 8);
  }
  for (; i < text.size; ++i) {
    out[i] = static_cast<unsigned char>(p[i] - first) < 26 ? static_cast<char>(p[i] ^ 0x20) : p[i];
  }
  return result = {out, text.size}, true;
}

// Collects ICU's output in the arena: room for the usual case, then a copy.
template <typename Run>
Status run_icu(Context& context, Text& result, const Text& text, Run run) {
  if (text.size > 0x20000000u) return fail(context, "text is too long");
  char stack[256];
  const uint64_t room = text.size * 3 + 16;
  char* const buffer = room <= sizeof stack ? stack : arena_chars(context, room);
  icu::CheckedArrayByteSink sink(buffer, static_cast<int32_t>(room));
  UErrorCode error = U_ZERO_ERROR;
  run(icu::StringPiece(text.data, static_cast<int32_t>(text.size)), sink, error);
  if (U_FAILURE(error) != 0) return fail(context, "the text is not well-formed Unicode");
  if (sink.Overflowed() != 0) {  // normalisation may grow a text up to eighteen times
    std::string whole;
    icu::StringByteSink<std::string> grown(&whole);
    error = U_ZERO_ERROR;
    run(icu::StringPiece(text.data, static_cast<int32_t>(text.size)), grown, error);
    if (U_FAILURE(error) != 0) return fail(context, "the text is not well-formed Unicode");
    return result = copy_text(context, whole), Status::kOk;
  }
  const uint64_t size = static_cast<uint64_t>(sink.NumberOfBytesWritten());
  if (size == text.size && (size == 0 || std::memcmp(buffer, text.data, size) == 0)) return result = text, Status::kOk;
  result = buffer == stack ? copy_text(context, {buffer, size}) : Text{buffer, size};
  return Status::kOk;
}

template <typename Run>
Status normalise(Context& context, Text& result, const Text& text, const icu::Normalizer2* form, Run after) {
  if (form == nullptr) return fail(context, "Unicode data are missing");
  return run_icu(context, result, text,
                 [&](icu::StringPiece piece, icu::ByteSink& sink, UErrorCode& error) { after(*form, piece, sink, error); });
}

const icu::Normalizer2* nfc_form() {
  UErrorCode error = U_ZERO_ERROR;
  return icu::Normalizer2::getNFCInstance(error);
}

const icu::Normalizer2* nfd_form() {
  UErrorCode error = U_ZERO_ERROR;
  return icu::Normalizer2::getNFDInstance(error);
}

const icu::Normalizer2* nfkd_form() {
  UErrorCode error = U_ZERO_ERROR;
  return icu::Normalizer2::getNFKDInstance(error);
}

Status to_nfc(Context& context, Text& result, const Text& text) {
  return normalise(context, result, text, nfc_form(),
                   [](const icu::Normalizer2& form, icu::StringPiece piece, icu::ByteSink& sink, UErrorCode& error) {
                     form.normalizeUTF8(0, piece, sink, nullptr, error);
                   });
}

Status fold(Context& context, Text& result, const Text& text) {
  return run_icu(context, result, text, [](icu::StringPiece piece, icu::ByteSink& sink, UErrorCode& error) {
    icu::CaseMap::utf8Fold(0, piece, sink, nullptr, error);
  });
}

// The text without combining marks, decomposed by `form`.
Status drop_marks(Context& context, Text& result, const Text& text, const icu::Normalizer2* form) {
  Text decomposed = text;
  const Status status = normalise(context, decomposed, text, form,
                                  [](const icu::Normalizer2& n, icu::StringPiece piece, icu::ByteSink& sink, UErrorCode& error) {
                                    n.normalizeUTF8(0, piece, sink, nullptr, error);
                                  });
  if (status != Status::kOk) return status;
  char* const out = arena_chars(context, decomposed.size);
  uint64_t size = 0;
  for (uint64_t i = 0; i < decomposed.size;) {
    const CodePoint point = code_point_at(decomposed.view(), i);
    if (u_charType(static_cast<UChar32>(point.value)) != U_NON_SPACING_MARK) {
      std::memcpy(out + size, decomposed.data + i, point.size);
      size += point.size;
    }
    i += point.size;
  }
  result = {out, size};
  return Status::kOk;
}

// Letters that have no decomposition, spelled in ASCII; null when there is no spelling.
const char* ascii_spelling(uint32_t c) {
  switch (c) {
    case 0xE6: return "ae";
    case 0xF0:
    case 0x111: return "d";
    case 0xF8: return "o";
    case 0xFE: return "th";
    case 0x127: return "h";
    case 0x131: return "i";
    case 0x142: return "l";
    case 0x14B: return "ng";
    case 0x153: return "oe";
    case 0x167: return "t";
    default: return nullptr;
  }
}

}  // namespace

MIG_FUNCTION(text_lower)(Context& context, Text& result, const Text& text) {
  if (change_ascii(context, result, text, 'A')) return Status::kOk;
  return run_icu(context, result, text, [](icu::StringPiece piece, icu::ByteSink& sink, UErrorCode& error) {
    icu::CaseMap::utf8ToLower("", 0, piece, sink, nullptr, error);
  });
}

MIG_FUNCTION(text_upper)(Context& context, Text& result, const Text& text) {
  if (change_ascii(context, result, text, 'a')) return Status::kOk;
  return run_icu(context, result, text, [](icu::StringPiece piece, icu::ByteSink& sink, UErrorCode& error) {
    icu::CaseMap::utf8ToUpper("", 0, piece, sink, nullptr, error);
  });
}

MIG_FUNCTION(text_casefold)(Context& context, Text& result, const Text& text) {
  if (change_ascii(context, result, text, 'A')) return Status::kOk;
  Text folded = text;
  if (const Status status = fold(context, folded, text); status != Status::kOk) return status;
  return to_nfc(context, result, folded);
}

MIG_FUNCTION(text_title_case)(Context& context, Text& result, const Text& text) {
  return run_icu(context, result, text, [](icu::StringPiece piece, icu::ByteSink& sink, UErrorCode& error) {
    icu::CaseMap::utf8ToTitle("", 0, nullptr, piece, sink, nullptr, error);
  });
}

MIG_FUNCTION(text_nfc)(Context& context, Text& result, const Text& text) {
  if (is_ascii(text.view())) return result = text, Status::kOk;
  return to_nfc(context, result, text);
}

MIG_FUNCTION(text_strip_accents)(Context& context, Text& result, const Text& text) {
  if (is_ascii(text.view())) return result = text, Status::kOk;
  Text bare = text;
  if (const Status status = drop_marks(context, bare, text, nfd_form()); status != Status::kOk) return status;
  return to_nfc(context, result, bare);
}

MIG_FUNCTION(text_slugify)(Context& context, Text& result, const Text& text) {
  Text folded = text;
  if (const Status status = fold(context, folded, text); status != Status::kOk) return status;
  Text bare = folded;
  if (const Status status = drop_marks(context, bare, folded, nfkd_form()); status != Status::kOk) return status;
  char* const out = arena_chars(context, bare.size);
  uint64_t size = 0;
  bool gap = false;
  const auto put = [&](char c) {
    if (gap && size != 0) out[size++] = '-';
    gap = false;
    out[size++] = c;
  };
  for (uint64_t i = 0; i < bare.size;) {
    const CodePoint point = code_point_at(bare.view(), i);
    const uint32_t c = point.value;
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      put(static_cast<char>(c));
    } else if (const char* spelling = ascii_spelling(c)) {
      for (; *spelling != '\0'; ++spelling) put(*spelling);
    } else if (c != '\'' && c != 0x2019) {
      gap = true;
    }
    i += point.size;
  }
  return result = {out, size}, Status::kOk;
}

}  // namespace mig::stdlib
