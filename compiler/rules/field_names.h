// What the name of a field says about its values: identifiers, rates, free text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/rules/rule_context.h"

namespace mig::rules {

/// postal_code, zip, phone, iban, sku, customer_no, external_id, ...: digits in it are not a quantity.
bool is_identifier_like(std::string_view name);
/// open_rate, ratio, share, percent, fraction
bool is_ratio_like(std::string_view name);
/// phone_raw, notes, description: text that people read
bool is_free_text_like(std::string_view name);

/// The names mean one thing: `Email-Address`, `email_address`.
bool same_words(std::string_view a, std::string_view b);
/// A field of that name holds what the privacy class `contact.email` is about: mail_address, telephone, first_name, birthday, street; or
/// the last word of the class occurs in it.
bool is_named_like_class(std::string_view name, std::string_view privacy_class);

/// A name that a value comes from: a source field, a parameter, a key.
struct NamedOrigin {
  std::string name;
  Span span;  // where it is declared
  TypeId type = kNoType;
};

/// The source fields and parameters behind an expression; `let`s of functions are followed.
std::vector<NamedOrigin> origins_of(const RuleContext& context, ExprRef ref);

}  // namespace mig::rules
