// Digests, deterministic identifiers, pseudonyms.
// The one-shot functions look their algorithm up on every call, which takes longer than the digest.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <zlib.h>

#include <array>
#include <string>

#include "runtime/base/sha256.h"
#include "runtime/types/text.h"
#include "runtime/types/uuid.h"
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

// Namespace for names that are not UUIDs: the version 5 UUID of "migc" in the DNS namespace.
constexpr std::string_view kNamespace = "cc1ad466-21e3-5cbb-b234-7753d3426a23";

const unsigned char* bytes_of(const Text& text) { return reinterpret_cast<const unsigned char*>(text.size == 0 ? "" : text.data); }

Text write_hex(Context& context, const unsigned char* bytes, size_t size) {
  char* const out = arena_chars(context, size * 2);
  for (size_t i = 0; i < size; ++i) {
    out[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
    out[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
  }
  return {out, size * 2};
}

int128 uuid_from_name(int128 name_space, const Text& name) {
  unsigned char root[16];
  for (int i = 0; i < 16; ++i) root[i] = static_cast<unsigned char>(static_cast<uint128>(name_space) >> (120 - 8 * i));
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA_CTX state;
  SHA1_Init(&state);
  SHA1_Update(&state, root, sizeof root);
  SHA1_Update(&state, bytes_of(name), name.size);
  SHA1_Final(digest, &state);
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0F) | 0x50);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3F) | 0x80);
  uint128 value = 0;
  for (int i = 0; i < 16; ++i) value = value << 8 | digest[i];
  return static_cast<int128>(value);
}

}  // namespace

MIG_FUNCTION(text_sha256)(Context& context, Text& result, const Text& text) {
  const Sha256Digest digest = Sha256::of(text.view());
  return result = write_hex(context, digest.data(), digest.size()), Status::kOk;
}
MIG_FUNCTION(text_crc32)(Context&, int64_t& result, const Text& text) {
  return result = static_cast<int64_t>(crc32_z(0, bytes_of(text), text.size)), Status::kOk;
}
MIG_FUNCTION(uuid_v5)(Context&, int128& result, const Text& name_space, const Text& name) {
  int128 root = 0;
  if (!read_uuid(name_space.view(), root)) {
    read_uuid(kNamespace, root);
    root = uuid_from_name(root, name_space);
  }
  return result = uuid_from_name(root, name), Status::kOk;
}
MIG_FUNCTION(parse_uuid)(Context& context, int128& result, const Text& text) {
  return read_uuid(text.view(), result) ? Status::kOk : fail(context, "not a UUID of 36 characters");
}
MIG_FUNCTION(seeded_random)(Context&, int128& result, const Text& key, const Text& salt) {
  std::string input(key.view());
  input.push_back('\0');
  input.append(salt.view());
  const Sha256Digest digest = Sha256::of(input);
  uint64_t number = 0;
  for (size_t i = 0; i < 8; ++i) number = number << 8 | digest[i];
  return result = number % 1'000'000'000, Status::kOk;
}

MIG_FUNCTION(hmac_token)(Context& context, Text& result, const Text& text, const Text& key) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (HMAC(EVP_sha256(), bytes_of(key), static_cast<int>(key.size), bytes_of(text), text.size, digest, &size) == nullptr) {
    return fail(context, "the digest could not be computed");
  }
  return result = write_hex(context, digest, size), Status::kOk;
}
MIG_FUNCTION(redact)(Context&, Text& result, const Text&, const Text& replacement) { return result = replacement, Status::kOk; }
MIG_FUNCTION(mask_email)(Context& context, Text& result, const Text& address) {
  const Sha256Digest digest = Sha256::of(address.view());
  constexpr std::string_view kDomain = "@example.invalid";
  const Text token = write_hex(context, digest.data(), 8);
  char* const out = arena_chars(context, token.size + kDomain.size());
  std::memcpy(out, token.data, token.size);
  std::memcpy(out + token.size, kDomain.data(), kDomain.size());
  return result = {out, token.size + kDomain.size()}, Status::kOk;
}
MIG_FUNCTION(mask_last)(Context& context, Text& result, const Text& text, const int64_t& visible) {
  const uint64_t length = code_point_count(text.view());
  const uint64_t shown = visible <= 0 ? 0 : static_cast<uint64_t>(visible) < length ? static_cast<uint64_t>(visible) : length;
  const uint64_t hidden = length - shown;
  const std::string_view tail = text.view().substr(bytes_of_code_points(text.view(), hidden));
  char* const out = arena_chars(context, hidden + tail.size());
  if (hidden != 0) std::memset(out, '*', hidden);
  if (!tail.empty()) std::memcpy(out + hidden, tail.data(), tail.size());
  return result = {out, hidden + tail.size()}, Status::kOk;
}
MIG_FUNCTION(generalize_postal)(Context&, Text& result, const Text& code, const int64_t& kept) {
  const uint64_t size = kept <= 0 ? 0 : bytes_of_code_points(code.view(), static_cast<uint64_t>(kept));
  return result = {code.data, size}, Status::kOk;
}

}  // namespace mig::stdlib
