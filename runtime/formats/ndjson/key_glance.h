// A few fields of NDJSON records at a glance: for passes that need no more of a record than its key.
#pragma once

#include <memory>

#include "runtime/formats/decoder.h"
#include "runtime/formats/scan/simd.h"

namespace mig {

/// A decoder that finds the needed fields by their names and looks at nothing else. Of every record that make_ndjson_decoder's accepts it
/// gives the same needed values; it may accept records that the other refuses, so whoever uses it decodes in whole what it writes.
/// It is quick where the needed fields are one or two texts with one plain wire name each; all other fields, and lines in which a glance
/// cannot be sure, go through the whole decoder.
Result<std::unique_ptr<RecordDecoder>> make_key_glance(const DecoderOptions& options, Simd simd = best_simd());

}  // namespace mig
