// International domains of e-mail addresses, in the form that mail is delivered with.
#include <unicode/bytestream.h>
#include <unicode/idna.h>

#include <memory>
#include <string>

#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

const icu::IDNA* converter() {
  static const icu::IDNA* const made = [] {
    UErrorCode status = U_ZERO_ERROR;
    return icu::IDNA::createUTS46Instance(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII,
                                          status);
  }();
  return made;
}

bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

}  // namespace

// What parse_email does with addresses that are not ASCII. The result is an address that it accepts.
MIG_FUNCTION(parse_international_email)(Context& context, Text& result, const Text& text) {
  const std::string_view whole = text.view();
  const size_t at = whole.rfind('@');
  if (at == std::string_view::npos) return fail(context, "no '@'");
  if (!is_ascii(whole.substr(0, at))) return fail(context, "a character before '@' that not every server takes");
  if (whole.size() > 1024) return fail(context, "longer than 254 characters");
  const std::string_view domain = whole.substr(at + 1);
  if (is_ascii(domain)) return fail(context, "a character that a domain cannot have");
  const icu::IDNA* const idna = converter();
  if (idna == nullptr) return fail(context, "international domains cannot be read here");
  std::string ascii;
  icu::StringByteSink<std::string> sink(&ascii);
  icu::IDNAInfo info;
  UErrorCode status = U_ZERO_ERROR;
  idna->nameToASCII_UTF8({domain.data(), static_cast<int32_t>(domain.size())}, sink, info, status);
  if (U_FAILURE(status) || info.hasErrors()) return fail(context, "no domain that can be registered");
  const std::string address = std::string(whole.substr(0, at + 1)) + ascii;
  if (!is_ascii(address)) return fail(context, "no domain that can be registered");
  return mig_parse_email(context, result, copy_text(context, address));
}

}  // namespace mig::stdlib
