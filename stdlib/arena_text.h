// Results in the batch's arena: texts, lists and cells.
#pragma once

#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "runtime/types/context.h"
#include "runtime/types/read_behind.h"

namespace mig::stdlib {

inline Text as_text(std::string_view view) { return {view.data(), view.size()}; }

inline char* arena_chars(Context& context, uint64_t size) { return static_cast<char*>(arena_allocate(context, size)); }

inline Text copy_text(Context& context, std::string_view view) {
  char* const out = arena_chars(context, view.size());
  if (!view.empty()) std::memcpy(out, view.data(), view.size());
  return {out, view.size()};
}

constexpr uint64_t kCopySlack = 16;

/// Copies a text and writes up to kCopySlack bytes behind it. Most texts are short: those are copied as one or two vectors, without a
/// branch for each length.
MIG_READS_BEHIND inline void copy_with_slack(char* out, const Text& text) {
#if defined(__SSE2__)
  const auto copy = [&](uint64_t at) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + at), _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data + at)));
  };
  if (text.size >= 16 && text.size <= 32) {
    copy(0);
    copy(text.size - 16);
    return;
  }
  if (text.size != 0 && text.size < 16 && lie_in_one_page(text.data, 16)) [[likely]]
    return copy(0);
#endif
  if (text.size != 0) std::memcpy(out, text.data, text.size);
}

/// Uninitialised cells.
inline Cell* arena_cells(Context& context, uint64_t count) { return static_cast<Cell*>(arena_allocate(context, count * sizeof(Cell))); }

inline MapEntry* arena_entries(Context& context, uint64_t count) {
  return static_cast<MapEntry*>(arena_allocate(context, count * sizeof(MapEntry)));
}

inline Cell null_cell() {
  Cell cell;
  cell.text = {nullptr, 0};
  cell.state = Presence::kNull;
  cell.kind = ScalarKind::kBool;
  cell.scale = 0;
  cell.reserved = 0;
  cell.extra = 0;
  return cell;
}

inline Cell value_cell() {
  Cell cell = null_cell();
  cell.state = Presence::kValue;
  return cell;
}

inline Cell text_cell(Text text) {
  Cell cell = value_cell();
  cell.text = text;
  return cell;
}

inline Cell int_cell(int64_t integer) {
  Cell cell = value_cell();
  cell.integer = integer;
  return cell;
}

inline Status fail(Context& context, const char* cause) {
  context.cause = cause;
  return Status::kFail;
}

}  // namespace mig::stdlib
