#include "stdlib/declaration_text.h"

#include <algorithm>

#include "runtime/types/decimal.h"
#include "runtime/types/digits.h"

namespace mig::stdlib {

void DeclarationText::fail(std::string message) {
  if (!failed_) message_ = std::move(message);
  failed_ = true;
}

void DeclarationText::blanks(Declaration& next) {
  for (;;) {
    while (peek() == ' ' || peek() == '\n') ++at_;
    if (text_.substr(at_, 2) != "//") return;
    const bool doc = text_.substr(at_, 3) == "///";
    const size_t end = std::min(text_.find('\n', at_), text_.size());
    if (doc) {
      std::string_view line = text_.substr(at_ + 3, end - at_ - 3);
      if (!line.empty() && line[0] == ' ') line.remove_prefix(1);
      if (!next.doc.empty()) next.doc += ' ';
      next.doc += line;
    }
    at_ = end;
  }
}

void DeclarationText::blanks() {
  while (peek() == ' ' || peek() == '\n') ++at_;
}

bool DeclarationText::take(std::string_view sign) {
  blanks();
  if (text_.substr(at_, sign.size()) != sign) return false;
  at_ += sign.size();
  return true;
}

void DeclarationText::expect(std::string_view sign) {
  if (!take(sign)) fail("expected " + std::string(sign));
}

bool DeclarationText::word(std::string_view wanted) {
  blanks();
  const size_t end = at_ + wanted.size();
  if (text_.substr(at_, wanted.size()) != wanted) return false;
  if (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) return false;
  at_ = end;
  return true;
}

std::string DeclarationText::name() {
  blanks();
  const size_t begin = at_;
  while (is_letter(peek()) || (at_ != begin && is_digit(peek()))) ++at_;
  if (begin == at_) fail("expected a name");
  return std::string(text_.substr(begin, at_ - begin));
}

int64_t DeclarationText::number() {
  blanks();
  const size_t begin = at_;
  if (peek() == '-') ++at_;
  while (is_digit(peek())) ++at_;
  int64_t value = 0;
  if (read_int64(text_.substr(begin, at_ - begin), NumberForm::kPlain, value) != NumberError::kNone) fail("expected a number");
  return value;
}

std::string DeclarationText::string() {
  expect("\"");
  const size_t end = text_.find('"', at_);
  if (failed_ || end == std::string_view::npos) return fail("a text is not closed"), "";
  std::string value(text_.substr(at_, end - at_));
  at_ = end + 1;
  return value;
}

// What stands up to the closing parenthesis, over nested ones and texts.
std::string DeclarationText::raw_argument() {
  const size_t begin = at_;
  int depth = 0;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '"') {
      const bool raw = at_ > begin && text_[at_ - 1] == 'r';
      for (++at_; peek() != '"' && at_ < text_.size(); ++at_) {
        if (peek() == '\\' && !raw) ++at_;
      }
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth-- == 0) {
      return std::string(text_.substr(begin, at_++ - begin));
    }
    ++at_;
  }
  return fail("a parenthesis is not closed"), "";
}

}  // namespace mig::stdlib
