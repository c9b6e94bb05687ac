// CSV records into frames: cells are found by the index, and only the columns that are needed are converted.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/formats/csv/dialect.h"
#include "runtime/formats/decoder.h"
#include "runtime/formats/scan/simd.h"

namespace mig {

/// Which column each field reads.
struct CsvColumns {
  std::vector<int32_t> column_of_field;  // -1: the file has no such column
  uint32_t count = 0;                    // of columns in the file
  bool operator==(const CsvColumns&) const = default;
};

/// By the names of a header. kConfig: a needed required field has no column, or a needed name stands there twice; the message names the
/// columns that there are.
Result<CsvColumns> match_csv_columns(const std::vector<std::string>& names, const RecordLayout& layout,
                                     const std::vector<FieldDecode>& fields);
/// Without names: the fields in their order.
CsvColumns csv_columns_in_order(const RecordLayout& layout);
/// The names in a header line (whole, with or without its line end), unescaped. kConfig when its quoting is broken.
Result<std::vector<std::string>> read_csv_header(const CsvDialect& dialect, std::string_view line);

/// Rules that the language leaves to the format: quotes stand around whole cells only; a record with broken quoting ends with the line of
/// the fault, one whose quote is never closed with the line of that quote, and one that is too long with its first line; an empty line is a
/// record of one empty cell; NUL bytes are malformed. An empty unquoted cell is absent, or null for a required nullable field. A null token
/// makes a nullable field null, others absent. kConfig: a type that a cell cannot hold.
Result<std::unique_ptr<RecordDecoder>> make_csv_decoder(const DecoderOptions& options, const CsvDialect& dialect, const CsvColumns& columns,
                                                        Simd simd = best_simd());

}  // namespace mig
