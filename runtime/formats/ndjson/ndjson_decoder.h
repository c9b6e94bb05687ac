// NDJSON records into frames, specialised to a layout: one object a line, keys tried in the order of earlier records, unread values
// skipped.
#pragma once

#include <memory>

#include "runtime/formats/decoder.h"
#include "runtime/formats/scan/simd.h"

namespace mig {

/// Rules that the language leaves to the format: a number for an int has neither point nor exponent; a lone surrogate escape, a byte order
/// mark and an empty line are malformed; `json` keeps a JSON null unless its type is nullable; of a repeated map key the last value stays,
/// at the first one's place. Keys of the record and its nested objects count against max_fields. The error is kConfig: a field's type that
/// JSON cannot hold.
Result<std::unique_ptr<RecordDecoder>> make_ndjson_decoder(const DecoderOptions& options, Simd simd = best_simd());

}  // namespace mig
