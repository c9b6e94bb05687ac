#include "runtime/formats/csv/csv_record.h"

#include <cstring>

namespace mig {
namespace {

const char* line_feed(const char* p, const char* end) {
  const auto* found = static_cast<const char*>(std::memchr(p, '\n', static_cast<size_t>(end - p)));
  return found == nullptr ? end : found;
}

CsvRecordEnd broken(const char* cause, const char* at, const char* end, bool open) {
  const char* const feed = line_feed(at, end);
  const bool terminated = feed != end;
  const char* const text_end = feed > at && feed[-1] == '\r' ? feed - 1 : feed;
  return {terminated ? feed + 1 : end, text_end, cause, at, open, terminated};
}

}  // namespace

CsvRecordEnd read_csv_record(const CsvDialect& dialect, const char* p, const char* end, std::vector<CsvCell>* cells) {
  const char quote = dialect.quote;
  while (true) {
    CsvCell cell{p, p, false, false};
    if (quote != 0 && p != end && *p == quote) {
      const char* const opening = p++;
      cell.begin = p;
      cell.quoted = true;
      while (true) {
        if (p == end)
          return broken("a quote is opened and not closed before the end of the input or the limit on records", opening, end, true);
        if (dialect.escape != 0 && *p == dialect.escape) {
          cell.escaped = true;
          p += end - p > 1 ? 2 : 1;
        } else if (*p != quote) {
          ++p;
        } else if (dialect.escape == 0 && end - p > 1 && p[1] == quote) {
          cell.escaped = true;
          p += 2;
        } else {
          break;
        }
      }
      cell.end = p++;
      const bool ends_here = p == end || *p == dialect.delimiter || *p == '\n' || (*p == '\r' && (end - p == 1 || p[1] == '\n'));
      if (!ends_here) return broken("text follows a closing quote", p, end, false);
    } else {
      while (p != end && *p != dialect.delimiter && *p != '\n') {
        if (quote != 0 && *p == quote && !dialect.bare_quotes) return broken("a quote stands inside an unquoted cell", p, end, false);
        if (dialect.escape != 0 && *p == dialect.escape) {
          cell.escaped = true;
          if (end - p > 1 && p[1] != '\n') ++p;
        }
        ++p;
      }
      cell.end = p;
      if ((p == end || *p == '\n') && p != cell.begin && p[-1] == '\r') --cell.end;
    }
    if (cells != nullptr) cells->push_back(cell);
    if (p == end) return {end, cell.quoted ? cell.end + 1 : cell.end};
    if (*p == '\r') {
      if (end - p == 1) return {end, p};
      ++p;
    }
    if (*p == '\n') {
      const char* const text_end = p != cell.begin && p[-1] == '\r' ? p - 1 : p;
      return {p + 1, text_end, nullptr, nullptr, false, true};
    }
    ++p;  // the delimiter
  }
}

uint64_t unescape_csv(const CsvDialect& dialect, const char* p, const char* end, char* out) {
  const char mark = dialect.escape != 0 ? dialect.escape : dialect.quote;
  char* const first = out;
  while (p != end) {
    if (*p == mark && end - p > 1) ++p;
    *out++ = *p++;
  }
  return static_cast<uint64_t>(out - first);
}

}  // namespace mig
