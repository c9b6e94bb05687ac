#include "stdlib/date_layout.h"

namespace mig::stdlib {

void DateLayout::prepare(std::string_view text, std::string_view literals, size_t fraction_digits) {
  if (text.size() > DateText::kSize) return;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t half = i / 16, place = i % 16;
    literal[half][place] = static_cast<uint8_t>(text[i]);
    is_literal[half][place] = static_cast<uint8_t>(literals[i]);
    is_digit[half][place] = static_cast<uint8_t>(~is_literal[half][place]);
  }
  int32_t micros = 100'000;
  for (size_t i = 0; i < fraction_digits; ++i, micros /= 10) digit_micros[i] = micros;
  fixed = true;
}

}  // namespace mig::stdlib
