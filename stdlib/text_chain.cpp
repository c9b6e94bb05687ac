#include "stdlib/text_chain.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "runtime/types/text.h"
#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

/// One step after the other, as they were written.
Status run_steps(Context& context, Text& result, const Text& text, std::string_view steps) {
  result = text;
  for (size_t i = 0; i < steps.size(); ++i) {
    const Text before = result;
    Status status = Status::kOk;
    switch (steps[i]) {
      case 't': status = mig_text_trim(context, result, before); break;
      case 'l': status = mig_text_lower(context, result, before); break;
      case 'u': status = mig_text_upper(context, result, before); break;
      case 'r':
        if (i + 2 >= steps.size()) return Status::kOk;
        status = mig_text_replace(context, result, before, Text{&steps[i + 1], 1}, Text{&steps[i + 2], 1});
        i += 2;
        break;
      default: break;
    }
    if (status != Status::kOk) return status;
  }
  return Status::kOk;
}

#if defined(__SSE2__)

/// What the steps make of 16 ASCII characters.
inline __m128i change(__m128i v, std::string_view steps) {
  const auto between = [&v](char first, char last) {
    return _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(static_cast<char>(first - 1))),
                         _mm_cmplt_epi8(v, _mm_set1_epi8(static_cast<char>(last + 1))));
  };
  for (size_t i = 0; i < steps.size(); ++i) {
    switch (steps[i]) {
      case 'l': v = _mm_xor_si128(v, _mm_and_si128(between('A', 'Z'), _mm_set1_epi8(0x20))); break;
      case 'u': v = _mm_xor_si128(v, _mm_and_si128(between('a', 'z'), _mm_set1_epi8(0x20))); break;
      case 'r': {
        if (i + 2 >= steps.size()) return v;
        const __m128i hit = _mm_cmpeq_epi8(v, _mm_set1_epi8(steps[i + 1]));
        v = _mm_xor_si128(v, _mm_and_si128(hit, _mm_set1_epi8(static_cast<char>(steps[i + 1] ^ steps[i + 2]))));
        i += 2;
        break;
      }
      default: break;
    }
  }
  return v;
}

/// As change_words where the only change is to small letters, for 16 bytes or more.
bool lower_words(Context& context, Text& result, const char* p, uint64_t size) {
  const auto load = [](const char* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); };
  const auto capitals = [](__m128i v) {
    return _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('A' - 1)), _mm_cmplt_epi8(v, _mm_set1_epi8('Z' + 1)));
  };
  __m128i above = _mm_setzero_si128(), found = above;
  const auto look = [&](uint64_t at) {
    const __m128i v = load(p + at);
    above = _mm_or_si128(above, v);
    found = _mm_or_si128(found, capitals(v));
  };
  for (uint64_t at = 0; at + 16 < size; at += 16) look(at);
  look(size - 16);
  if (_mm_movemask_epi8(above) != 0) return false;
  if (_mm_movemask_epi8(found) == 0) return result = {p, size}, true;
  char* const out = arena_chars(context, size);
  const auto change = [&](uint64_t at) {
    const __m128i v = load(p + at);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + at), _mm_xor_si128(v, _mm_and_si128(capitals(v), _mm_set1_epi8(0x20))));
  };
  for (uint64_t at = 0; at + 16 < size; at += 16) change(at);
  change(size - 16);
  return result = {out, size}, true;
}

/// As text_chain, for 4 bytes or more, which are no longer to be trimmed. False: not ASCII.
bool change_words(Context& context, Text& result, const char* p, uint64_t size, std::string_view steps) {
  const auto load = [](const char* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); };
  if (size < 16) {
    int64_t low = 0, high = 0;
    const uint64_t part = size >= 8 ? 8 : 4;
    const char* const last = p + size - part;
    if (part == 8) {
      std::memcpy(&low, p, 8);
      std::memcpy(&high, last, 8);
    } else {
      std::memcpy(&low, p, 4);
      std::memcpy(&high, last, 4);
    }
    const __m128i v = _mm_set_epi64x(high, low), to = change(v, steps);
    if (_mm_movemask_epi8(v) != 0) return false;
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(v, to)) == 0xFFFF) return result = {p, size}, true;
    char* const out = arena_chars(context, size);
    low = _mm_cvtsi128_si64(to);
    high = _mm_cvtsi128_si64(_mm_unpackhi_epi64(to, to));
    if (part == 8) {
      std::memcpy(out, &low, 8);
      std::memcpy(out + size - 8, &high, 8);
    } else {
      std::memcpy(out, &low, 4);
      std::memcpy(out + size - 4, &high, 4);
    }
    return result = {out, size}, true;
  }
  char* const before = context.arena_next;
  char* const out = arena_chars(context, size);
  __m128i above = _mm_setzero_si128(), changed = _mm_setzero_si128();
  const auto block = [&](uint64_t at) {
    const __m128i v = load(p + at), to = change(v, steps);
    above = _mm_or_si128(above, v);
    changed = _mm_or_si128(changed, _mm_xor_si128(v, to));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + at), to);
  };
  for (uint64_t at = 0; at + 16 < size; at += 16) block(at);
  block(size - 16);
  const bool ascii = _mm_movemask_epi8(above) == 0;
  if (ascii && _mm_movemask_epi8(_mm_cmpeq_epi8(changed, _mm_setzero_si128())) != 0xFFFF) return result = {out, size}, true;
  if (out == before) context.arena_next = before;  // nothing of it is used
  return result = {p, size}, ascii;
}

#endif

}  // namespace

MIG_FUNCTION(text_chain)(Context& context, Text& result, const Text& text, const Text& steps) {
  if (steps.size <= TextChain::kTable) return result = text, Status::kOk;
  const char* const table = steps.data;
  const char* p = text.data;
  const char* end = p + text.size;
  if (table[TextChain::kTable] == 't') {
    while (p != end && text_detail::is_ascii_space(*p)) ++p;
    while (p != end && text_detail::is_ascii_space(end[-1])) --end;
  }
  const uint64_t size = static_cast<uint64_t>(end - p);
  if (size == 0) return result = {p, 0}, Status::kOk;
  const std::string_view named(table + TextChain::kTable + 1, steps.size - TextChain::kTable - 1);
#if defined(__SSE2__)
  if (size >= 16 && (named == "tl" || named == "lt" || named == "l")) {
    if (lower_words(context, result, p, size)) [[likely]]
      return Status::kOk;
    return run_steps(context, result, text, named);
  }
  if (size >= 4) {
    if (change_words(context, result, p, size, named)) [[likely]]
      return Status::kOk;
    return run_steps(context, result, text, named);
  }
#endif
  char* const before = context.arena_next;
  char* const out = arena_chars(context, size);
  uint64_t high = 0, changed = 0;
  const auto map = [table](uint64_t word, unsigned bytes) {
    uint64_t to = 0;
    for (unsigned i = 0; i < bytes * 8; i += 8) to |= uint64_t{static_cast<unsigned char>(table[word >> i & 0x7F])} << i;
    return to;
  };
  uint64_t i = 0;
  for (; i + 8 <= size; i += 8) {
    const uint64_t word = text_detail::load8(p + i), to = map(word, 8);
    high |= word;
    changed |= word ^ to;
    std::memcpy(out + i, &to, 8);
  }
  for (; i < size; ++i) {
    const uint64_t c = static_cast<unsigned char>(p[i]), to = map(c, 1);
    high |= c;
    changed |= c ^ to;
    out[i] = static_cast<char>(to);
  }
  high &= text_detail::kHighBits;
  if (high == 0 && changed != 0) return result = {out, size}, Status::kOk;
  if (out == before) context.arena_next = before;  // nothing of it is used
  if (high == 0) return result = {p, size}, Status::kOk;
  return run_steps(context, result, text, named);
}

}  // namespace mig::stdlib
