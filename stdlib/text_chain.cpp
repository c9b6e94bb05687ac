#include "stdlib/text_chain.h"

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
  return run_steps(context, result, text, {table + TextChain::kTable + 1, steps.size - TextChain::kTable - 1});
}

}  // namespace mig::stdlib
