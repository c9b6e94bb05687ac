// A CSV decoder that reads only the first columns of each record, for passes that need only a key.
#pragma once

#include <memory>

#include "runtime/formats/csv/csv_decoder.h"

namespace mig {

/// Of every record that the whole decoder accepts it gives the same values; it may accept records that the other refuses, because nothing
/// behind the last needed column is looked at but where the record ends. Records with quotes before or in that column go through the whole
/// decoder, and all do once more than half did. Options, errors: as of make_csv_decoder.
Result<std::unique_ptr<RecordDecoder>> make_csv_glance(const DecoderOptions& options, const CsvDialect& dialect, const CsvColumns& columns,
                                                       Simd simd = best_simd());

}  // namespace mig
