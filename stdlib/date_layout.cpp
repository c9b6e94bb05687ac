#include "stdlib/date_layout.h"

#include <cstring>

#include "runtime/types/text.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mig::stdlib {
namespace {

constexpr uint8_t kNowhere = 0x80;
constexpr size_t kHalf = 16;
constexpr uint8_t kDigitsOf[] = {4, 2, 2, 2, 2, 2};          // kYear to kSecond
constexpr uint8_t kPlaceOf[] = {0, 4, 6, 8, 10, 12, kHalf};  // of their digits, kYear to kFraction

}  // namespace

void DateLayout::prepare(std::string_view text, std::string_view places) {
  size = static_cast<uint8_t>(text.size());
  if (size < kLeast || size > kMost) return;
  for (size_t from = 0; from < size; from += 8) {
    const size_t place = from + 8 <= size ? from : size - 8u;
    word_at[words] = static_cast<uint8_t>(place);
    std::memcpy(&literal[words], text.data() + place, 8);
    std::memcpy(&mask[words], places.data() + place, 8);
    ++words;
  }
  // Bytes i of a text below 16 bytes: the first eight in front, then those of the last eight.
  const size_t front = size < kHalf ? 8 : kHalf;
  const size_t shift = size < kHalf ? kHalf - size : 0;
  for (size_t i = 0; i < size; ++i) {
    const size_t lane = i < front ? i : size < kHalf ? i + shift : kHalf + i - (size - kHalf);
    literal_bytes[lane] = static_cast<uint8_t>(text[i]);
    literal_mask[lane] = static_cast<uint8_t>(places[i]);
  }
  from_first.fill(kNowhere);
  from_last.fill(kNowhere);
  for (size_t piece = 0; piece < sizeof kPlaceOf; ++piece) {
    if (at[piece] == kAbsent) continue;
    const size_t digits = piece < sizeof kDigitsOf ? kDigitsOf[piece] : fraction_digits;
    for (size_t k = 0; k < digits; ++k) {
      const size_t i = at[piece] + k, lane = kPlaceOf[piece] + k;
      zeros[lane] = '0';
      if (i < front) {
        from_first[lane] = static_cast<uint8_t>(i);
      } else if (size < kHalf) {
        from_first[lane] = static_cast<uint8_t>(i + shift);
      } else {
        from_last[lane] = static_cast<uint8_t>(i - (size - kHalf));
      }
    }
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

#if defined(__x86_64__)

bool DateLayout::vectors_offered() { return __builtin_cpu_supports("avx2") != 0; }

namespace {

[[gnu::always_inline]] __attribute__((target("avx2"))) inline __m256i load32(const std::array<uint8_t, 32>& bytes) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes.data()));
}

}  // namespace

__attribute__((target("avx2"))) bool DateLayout::read_vectors(const char* p, DateFields& fields) const {
  __m128i first, last;
  if (size >= kHalf) {
    first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    last = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + size - kHalf));
  } else {
    first = _mm_set_epi64x(static_cast<int64_t>(text_detail::load8(p + size - 8)), static_cast<int64_t>(text_detail::load8(p)));
    last = _mm_setzero_si128();
  }
  const __m256i text = _mm256_set_m128i(last, first);
  const __m256i other = _mm256_and_si256(_mm256_xor_si256(text, load32(literal_bytes)), load32(literal_mask));
  const __m256i digits = _mm256_sub_epi8(_mm256_or_si256(_mm256_shuffle_epi8(_mm256_broadcastsi128_si256(first), load32(from_first)),
                                                         _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(last), load32(from_last))),
                                         load32(zeros));
  const __m256i no_digit = _mm256_subs_epu8(digits, _mm256_set1_epi8(9));
  const __m256i wrong = _mm256_or_si256(other, no_digit);
  if (_mm256_testz_si256(wrong, wrong) == 0) return false;
  // Pairs of digits as numbers below 100.
  const __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010A));
  const auto date = static_cast<uint64_t>(_mm256_extract_epi64(pairs, 0));
  const auto time = static_cast<uint64_t>(_mm256_extract_epi64(pairs, 1));
  const auto fraction = static_cast<uint64_t>(_mm256_extract_epi64(pairs, 2));
  const auto pair = [](uint64_t four, int i) { return static_cast<int32_t>(four >> (16 * i) & 0xFF); };
  fields.year = pair(date, 0) * 100 + pair(date, 1);
  fields.month = pair(date, 2);
  fields.day = pair(date, 3);
  fields.hour = pair(time, 0);
  fields.minute = pair(time, 1);
  fields.second = pair(time, 2);
  fields.micros = pair(fraction, 0) * 10'000 + pair(fraction, 1) * 100 + pair(fraction, 2);
  return true;
}

#else

bool DateLayout::vectors_offered() { return false; }
bool DateLayout::read_vectors(const char* p, DateFields& fields) const { return read(p, fields); }

#endif

}  // namespace mig::stdlib
