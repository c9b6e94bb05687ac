// Text functions that need no Unicode tables. They return views of their arguments where nothing changes.
#include "runtime/types/text.h"

#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

constexpr uint64_t kNowhere = ~uint64_t{0};

// First position at or after `from` where `part` (not empty) stands.
uint64_t find(const Text& text, uint64_t from, const Text& part) {
  const char* p = text.data + from;
  const char* const end = text.data + text.size;
  while (static_cast<uint64_t>(end - p) >= part.size) {
    const void* const hit = std::memchr(p, part.data[0], static_cast<uint64_t>(end - p) - part.size + 1);
    if (hit == nullptr) return kNowhere;
    p = static_cast<const char*>(hit);
    if (std::memcmp(p, part.data, part.size) == 0) return static_cast<uint64_t>(p - text.data);
    ++p;
  }
  return kNowhere;
}

bool starts(const Text& text, const Text& prefix) {
  return text.size >= prefix.size && (prefix.size == 0 || std::memcmp(text.data, prefix.data, prefix.size) == 0);
}

bool ends(const Text& text, const Text& suffix) {
  return text.size >= suffix.size && (suffix.size == 0 || std::memcmp(text.data + text.size - suffix.size, suffix.data, suffix.size) == 0);
}

Text part_of(const Text& text, uint64_t from, uint64_t size) { return {text.data + from, size}; }

Status pad(Context& context, Text& result, const Text& text, int64_t width, const Text& fill, bool at_start) {
  const uint64_t length = code_point_count(text.view());
  if (width < 0 || length >= static_cast<uint64_t>(width) || fill.size == 0) return result = text, Status::kOk;
  const uint64_t fill_length = code_point_count(fill.view());
  const uint64_t missing = static_cast<uint64_t>(width) - length;
  const uint64_t whole = missing / fill_length;
  const uint64_t rest = bytes_of_code_points(fill.view(), missing % fill_length);
  const uint64_t padding = whole * fill.size + rest;
  char* const out = arena_chars(context, padding + text.size);
  char* p = out;
  if (!at_start && text.size != 0) std::memcpy(p, text.data, text.size), p += text.size;
  for (uint64_t i = 0; i < whole; ++i, p += fill.size) std::memcpy(p, fill.data, fill.size);
  std::memcpy(p, fill.data, rest);
  p += rest;
  if (at_start && text.size != 0) std::memcpy(p, text.data, text.size);
  return result = {out, padding + text.size}, Status::kOk;
}

}  // namespace

MIG_FUNCTION(text_trim)(Context&, Text& result, const Text& text) { return result = as_text(trim_text(text.view())), Status::kOk; }
MIG_FUNCTION(text_trim_start)(Context&, Text& result, const Text& text) {
  return result = as_text(trim_text_start(text.view())), Status::kOk;
}
MIG_FUNCTION(text_trim_end)(Context&, Text& result, const Text& text) { return result = as_text(trim_text_end(text.view())), Status::kOk; }

MIG_FUNCTION(text_collapse_spaces)(Context& context, Text& result, const Text& text) {
  const std::string_view view = text.view();
  char* out = nullptr;
  uint64_t written = 0;
  for (uint64_t i = 0; i < view.size();) {
    const CodePoint point = code_point_at(view, i);
    if (!is_white_space(point.value)) {
      if (out != nullptr) std::memcpy(out + written, view.data() + i, point.size);
      written += point.size;
      i += point.size;
      continue;
    }
    uint64_t next = i + point.size;
    while (next < view.size()) {
      const CodePoint following = code_point_at(view, next);
      if (!is_white_space(following.value)) break;
      next += following.size;
    }
    if (out == nullptr && (next - i != 1 || view[i] != ' ')) {
      out = arena_chars(context, view.size());
      std::memcpy(out, view.data(), i);
    }
    if (out != nullptr) out[written] = ' ';
    ++written;
    i = next;
  }
  result = out == nullptr ? text : Text{out, written};
  return Status::kOk;
}

MIG_FUNCTION(text_strip_prefix)(Context&, Text& result, const Text& text, const Text& prefix) {
  result = starts(text, prefix) ? part_of(text, prefix.size, text.size - prefix.size) : text;
  return Status::kOk;
}
MIG_FUNCTION(text_strip_suffix)(Context&, Text& result, const Text& text, const Text& suffix) {
  result = ends(text, suffix) ? part_of(text, 0, text.size - suffix.size) : text;
  return Status::kOk;
}
MIG_FUNCTION(text_before)(Context&, Text& result, const Text& text, const Text& separator) {
  const uint64_t at = separator.size == 0 ? kNowhere : find(text, 0, separator);
  return result = at == kNowhere ? text : part_of(text, 0, at), Status::kOk;
}
MIG_FUNCTION(text_after)(Context&, Text& result, const Text& text, const Text& separator) {
  const uint64_t at = separator.size == 0 ? kNowhere : find(text, 0, separator);
  const uint64_t from = at == kNowhere ? text.size : at + separator.size;
  return result = part_of(text, from, text.size - from), Status::kOk;
}

MIG_FUNCTION(text_replace)(Context& context, Text& result, const Text& text, const Text& from, const Text& to) {
  uint64_t at = from.size == 0 ? kNowhere : find(text, 0, from);
  if (at == kNowhere) return result = text, Status::kOk;
  if (from.size == 1 && to.size == 1) {
    char* const out = arena_chars(context, text.size);
    std::memcpy(out, text.data, text.size);
    for (; at != kNowhere; at = find(text, at + 1, from)) out[at] = to.data[0];
    return result = {out, text.size}, Status::kOk;
  }
  uint64_t size = text.size;
  if (to.size > from.size) {
    for (uint64_t hit = at; hit != kNowhere; hit = find(text, hit + from.size, from)) size += to.size - from.size;
  }
  char* const out = arena_chars(context, size);
  char* p = out;
  uint64_t done = 0;
  for (; at != kNowhere; at = find(text, done, from)) {
    std::memcpy(p, text.data + done, at - done);
    p += at - done;
    if (to.size != 0) std::memcpy(p, to.data, to.size);
    p += to.size;
    done = at + from.size;
  }
  std::memcpy(p, text.data + done, text.size - done);
  p += text.size - done;
  return result = {out, static_cast<uint64_t>(p - out)}, Status::kOk;
}

MIG_FUNCTION(text_split)(Context& context, List& result, const Text& text, const Text& separator) {
  if (separator.size == 0) {
    const uint64_t count = code_point_count(text.view());
    Cell* const items = arena_cells(context, count);
    uint64_t offset = 0, n = 0;
    while (offset < text.size && n < count) {
      const CodePoint point = code_point_at(text.view(), offset);
      items[n++] = text_cell(part_of(text, offset, point.size));
      offset += point.size;
    }
    return result = {items, n}, Status::kOk;
  }
  uint64_t count = 1;
  for (uint64_t at = find(text, 0, separator); at != kNowhere; at = find(text, at + separator.size, separator)) ++count;
  Cell* const items = arena_cells(context, count);
  uint64_t done = 0;
  for (uint64_t i = 0; i + 1 < count; ++i) {
    const uint64_t at = find(text, done, separator);
    items[i] = text_cell(part_of(text, done, at - done));
    done = at + separator.size;
  }
  items[count - 1] = text_cell(part_of(text, done, text.size - done));
  return result = {items, count}, Status::kOk;
}

MIG_FUNCTION(text_split_list)(Context& context, List& result, const Text& text) {
  uint64_t count = 1;
  for (uint64_t i = 0; i < text.size; ++i) count += text.data[i] == ',' ? 1 : 0;
  Cell* const items = arena_cells(context, count);
  uint64_t used = 0;
  std::string_view rest = text.view();
  for (;;) {
    const size_t comma = rest.find(',');
    const std::string_view item = trim_text(rest.substr(0, comma));
    if (!item.empty()) items[used++] = text_cell(as_text(item));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return result = {items, used}, Status::kOk;
}

MIG_FUNCTION(text_join)(Context& context, Text& result, const List& list, const Text& separator) {
  if (list.count == 0) return result = {nullptr, 0}, Status::kOk;
  if (list.count == 1) return result = list.items[0].text, Status::kOk;
  uint64_t size = separator.size * (list.count - 1);
  for (uint64_t i = 0; i < list.count; ++i) size += list.items[i].text.size;
  char* const out = arena_chars(context, size + kCopySlack);
  char* p = out;
  for (uint64_t i = 0; i < list.count; ++i) {
    if (i != 0) {
      copy_with_slack(p, separator);
      p += separator.size;
    }
    copy_with_slack(p, list.items[i].text);
    p += list.items[i].text.size;
  }
  return result = {out, size}, Status::kOk;
}

MIG_FUNCTION(text_concat)(Context& context, Text& result, const List& list) {
  return mig_text_join(context, result, list, Text{nullptr, 0});
}

MIG_FUNCTION(text_contains)(Context&, bool& result, const Text& text, const Text& part) {
  return result = part.size == 0 || find(text, 0, part) != kNowhere, Status::kOk;
}
MIG_FUNCTION(text_starts_with)(Context&, bool& result, const Text& text, const Text& prefix) {
  return result = starts(text, prefix), Status::kOk;
}
MIG_FUNCTION(text_ends_with)(Context&, bool& result, const Text& text, const Text& suffix) {
  return result = ends(text, suffix), Status::kOk;
}

MIG_FUNCTION(text_length)(Context&, int64_t& result, const Text& text) {
  return result = static_cast<int64_t>(code_point_count(text.view())), Status::kOk;
}
MIG_FUNCTION(text_length_utf16)(Context&, int64_t& result, const Text& text) {
  return result = static_cast<int64_t>(utf16_length(text.view())), Status::kOk;
}
MIG_FUNCTION(text_byte_length)(Context&, int64_t& result, const Text& text) {
  return result = static_cast<int64_t>(text.size), Status::kOk;
}

MIG_FUNCTION(text_slice)(Context&, Text& result, const Text& text, const int64_t& from, const int64_t& count) {
  const uint64_t begin = from <= 0 ? 0 : bytes_of_code_points(text.view(), static_cast<uint64_t>(from));
  const std::string_view rest = text.view().substr(begin);
  const uint64_t size = count <= 0 ? 0 : bytes_of_code_points(rest, static_cast<uint64_t>(count));
  return result = part_of(text, begin, size), Status::kOk;
}
MIG_FUNCTION(text_truncate)(Context&, Text& result, const Text& text, const int64_t& count) {
  const uint64_t size = count <= 0 ? 0 : bytes_of_code_points(text.view(), static_cast<uint64_t>(count));
  return result = part_of(text, 0, size), Status::kOk;
}
MIG_FUNCTION(text_fit_length)(Context& context, Text& result, const Text& text, const int64_t& least, const int64_t& most) {
  const int64_t length = static_cast<int64_t>(code_point_count(text.view()));
  if (length < least) return fail(context, "text is too short");
  if (length > most) return fail(context, "text is too long");
  return result = text, Status::kOk;
}
MIG_FUNCTION(text_pad_start)(Context& context, Text& result, const Text& text, const int64_t& width, const Text& fill) {
  return pad(context, result, text, width, fill, true);
}
MIG_FUNCTION(text_pad_end)(Context& context, Text& result, const Text& text, const int64_t& width, const Text& fill) {
  return pad(context, result, text, width, fill, false);
}

MIG_FUNCTION(text_index_of)(Context&, Cell& result, const Text& text, const Text& part) {
  const uint64_t at = part.size == 0 ? 0 : find(text, 0, part);
  result = at == kNowhere ? null_cell() : int_cell(static_cast<int64_t>(code_point_count(text.view().substr(0, at))));
  return Status::kOk;
}

MIG_FUNCTION(text_non_empty)(Context&, Cell& result, const Text& text) {
  return result = text.size == 0 ? null_cell() : text_cell(text), Status::kOk;
}
MIG_FUNCTION(text_null_if)(Context&, Cell& result, const Text& text, const Text& value) {
  return result = text.view() == value.view() ? null_cell() : text_cell(text), Status::kOk;
}

// The last word is the family name, what stands before it the given names.
MIG_FUNCTION(text_split_name)(Context& context, List& result, const Text& text) {
  const std::string_view name = trim_text(text.view());
  Cell* const fields = arena_cells(context, 2);
  uint64_t end = name.size();
  while (end > 0) {
    const CodePoint point = code_point_before(name, end);
    if (is_white_space(point.value)) break;
    end -= point.size;
  }
  const std::string_view given = trim_text_end(name.substr(0, end));
  fields[0] = given.empty() ? null_cell() : text_cell(as_text(given));
  fields[1] = text_cell(name.empty() ? text : as_text(name.substr(end)));
  return result = {fields, 2}, Status::kOk;
}

MIG_FUNCTION(text_join_name)(Context& context, Text& result, const Cell& given, const Text& family) {
  if (!given.has_value() || given.text.size == 0) return result = family, Status::kOk;
  Cell parts[2] = {given, text_cell(family)};
  return mig_text_join(context, result, List{parts, 2}, Text{" ", 1});
}

}  // namespace mig::stdlib
