#include "compiler/sema/lookup_content.h"

#include <algorithm>
#include <cstdint>

namespace mig::sema {

namespace {

// Reads one record at `at`; false at the end of the text. `closed` is false when a quote is never closed.
bool read_record(std::string_view text, size_t& at, std::vector<std::string>& cells, bool& closed) {
  cells.clear();
  closed = true;
  if (at >= text.size()) return false;
  std::string cell;
  while (true) {
    if (at < text.size() && text[at] == '"') {
      for (++at;; ++at) {
        if (at >= text.size()) {
          closed = false;
          return true;
        }
        if (text[at] == '"') {
          if (at + 1 < text.size() && text[at + 1] == '"') {
            ++at;
          } else {
            ++at;
            break;
          }
        }
        cell += text[at];
      }
    }
    while (at < text.size() && text[at] != ',' && text[at] != '\n') cell += text[at++];
    const bool more = at < text.size() && text[at] == ',';
    if (!more && !cell.empty() && cell.back() == '\r') cell.pop_back();
    cells.push_back(std::move(cell));
    cell.clear();
    if (at < text.size()) ++at;
    if (!more) return true;
  }
}

}  // namespace

LookupContent read_lookup(std::string_view text, std::string_view key_column, std::string_view value_column) {
  LookupContent content;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  size_t at = 0;
  bool closed = true;
  if (!read_record(text, at, content.header, closed)) {
    content.error = "the file is empty";
    return content;
  }
  const auto column = [&](std::string_view name) {
    return static_cast<size_t>(std::find(content.header.begin(), content.header.end(), name) - content.header.begin());
  };
  const size_t key = column(key_column), value = column(value_column);
  if (key == content.header.size() || value == content.header.size()) {
    content.error = "the file has no column `" + std::string(key == content.header.size() ? key_column : value_column) + "`";
    return content;
  }
  std::vector<std::string> cells;
  for (uint64_t record = 2; read_record(text, at, cells, closed); ++record) {
    if (!closed) {
      content.error = "a quote that opens in record " + std::to_string(record) + " is never closed";
      return content;
    }
    if (cells.size() == 1 && cells[0].empty()) continue;
    if (cells.size() != content.header.size()) {
      content.error = "record " + std::to_string(record) + " has " + std::to_string(cells.size()) + " columns, the header has " +
                      std::to_string(content.header.size());
      return content;
    }
    content.entries.emplace_back(std::move(cells[key]), std::move(cells[value]));
  }
  return content;
}

}  // namespace mig::sema
