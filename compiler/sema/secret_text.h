// What looks like a secret: names that hold one, and texts that are one.
#pragma once

#include <cstdint>
#include <string_view>

namespace mig::sema {

enum class SecretName : uint8_t {
  kNo,
  kMaybe,  // `token`, `auth`: of a secret, or of its kind ("bearer")
  kYes,    // `password`, `api_key`: any text there is the secret
};

/// By the last words of a name in snake_case, camelCase or with dashes: `db_password`, `apiKey`, `X-Api-Key`; not `token_url`,
/// `secret_name`.
SecretName names_a_secret(std::string_view name);

/// Made by a machine: at least 8 letters and digits in a row that make no words (`q7Rz0pXb`, not `order-2024-v2`); or `Bearer ...`
/// with such a text.
bool looks_generated(std::string_view text);
/// The same, so long and so mixed that no name would be: at least 24 letters and digits and nothing between them.
bool looks_like_long_key(std::string_view text);

/// A key by its own form, wherever it stands: a private key, a JSON web token, the well-known prefixes of issued keys followed by
/// a generated text.
bool is_issued_key(std::string_view text);

/// `postgres://user:password@host`
bool has_password_in_address(std::string_view text);

}  // namespace mig::sema
