// The words of stdlib/*.mig, one after the other: what the reader of declarations is made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stdlib/declaration.h"

namespace mig::stdlib {

/// A position in a text of declarations. After the first failure it stays failed and keeps its message.
class DeclarationText {
 protected:
  explicit DeclarationText(std::string_view text) : text_(text) {}

  void fail(std::string message);
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  /// Skips blanks and comments; `///` lines become the documentation of `next`.
  void blanks(Declaration& next);
  void blanks();

  /// Takes a sign or a whole word if it comes next.
  bool take(std::string_view sign);
  bool word(std::string_view wanted);

  void expect(std::string_view sign);
  std::string name();
  int64_t number();
  std::string string();

  /// What stands up to the closing parenthesis, over nested ones and texts.
  std::string raw_argument();

  std::string_view text_;
  size_t at_ = 0;
  bool failed_ = false;
  std::string message_;
};

}  // namespace mig::stdlib
