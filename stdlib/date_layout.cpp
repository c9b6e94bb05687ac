#include "stdlib/date_layout.h"

#include <cstring>

#include "runtime/types/text.h"

namespace mig::stdlib {

void DateLayout::prepare(std::string_view text, std::string_view places) {
  const size_t size = text.size();
  if (size < kLeast || size > kMost) return;
  for (size_t from = 0; from < size; from += 8) {
    const size_t place = from + 8 <= size ? from : size - 8;
    word_at[words] = static_cast<uint8_t>(place);
    std::memcpy(&literal[words], text.data() + place, 8);
    std::memcpy(&mask[words], places.data() + place, 8);
    ++words;
  }
}

bool DateLayout::read(const char* p, DateFields& fields) const {
  // All literal bytes and all digits in one test; what follows need not check again.
  uint64_t wrong = 0;
  for (unsigned i = 0; i < words; ++i) {
    const uint64_t word = text_detail::load8(p + word_at[i]);
    const uint64_t digits = word ^ 0x3030303030303030u;
    const uint64_t above_nine = ((digits & 0x7F7F7F7F7F7F7F7Fu) + 0x7676767676767676u) | digits;
    wrong |= ((word ^ literal[i]) & mask[i]) | (above_nine & ~mask[i] & text_detail::kHighBits);
  }
  if (wrong != 0) return false;
  const auto two = [&](DatePiece piece, int32_t& field) {
    const uint8_t place = at[static_cast<size_t>(piece)];
    if (place != kAbsent) field = p[place] * 10 + p[place + 1] - '0' * 11;
  };
  if (const uint8_t year_at = at[0]; year_at != kAbsent) {
    fields.year = p[year_at] * 1000 + p[year_at + 1] * 100 + p[year_at + 2] * 10 + p[year_at + 3] - '0' * 1111;
  }
  two(DatePiece::kMonth, fields.month);
  two(DatePiece::kDay, fields.day);
  two(DatePiece::kHour, fields.hour);
  two(DatePiece::kMinute, fields.minute);
  two(DatePiece::kSecond, fields.second);
  if (fraction_digits != 0) {
    const char* const digits = p + at[static_cast<size_t>(DatePiece::kFraction)];
    int32_t micros = 0;
    for (int i = 0; i < 6; ++i) micros = micros * 10 + (i < fraction_digits ? digits[i] - '0' : 0);
    fields.micros = micros;
  }
  return true;
}

}  // namespace mig::stdlib
