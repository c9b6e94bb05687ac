// One CSV record, byte by byte: the reference for the fast decoder, and what names the fault of a bad record.
#pragma once

#include <string_view>
#include <vector>

#include "runtime/formats/csv/dialect.h"

namespace mig {

struct CsvCell {
  const char* begin;  // inside the quotes, if any
  const char* end;
  bool quoted;
  bool escaped;  // holds doubled or escaped quotes
};

struct CsvRecordEnd {
  const char* next;             // first byte behind the record
  const char* text_end;         // without its line end
  const char* cause = nullptr;  // static text: the quoting is broken; the record then ends with the line of the fault
  const char* at = nullptr;     // of the fault
  bool open = false;            // the input ended inside quotes: the fault is the opening quote, the record its line
  bool terminated = false;      // by a line feed
};

/// Reads the record at `p`. `cells` may be null. A carriage return before the line feed or at the end of the input ends the record with it.
CsvRecordEnd read_csv_record(const CsvDialect& dialect, const char* p, const char* end, std::vector<CsvCell>* cells);

/// The meaning of an escaped cell; never longer. Returns the size.
uint64_t unescape_csv(const CsvDialect& dialect, const char* p, const char* end, char* out);

}  // namespace mig
