// Where given keys of JSON objects may stand: one vectorised pass that tells lines apart and never looks at what it was not asked for.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/formats/scan/masks.h"
#include "runtime/formats/scan/simd.h"

namespace mig {

/// A key as the pass knows it; the caller compares what stands between.
struct KeyProbe {
  char first;     // byte of the name
  uint32_t size;  // of the name, bytes; at least 1
};

/// One block of JSON text; bit i stands for byte i.
struct KeyMasks {
  uint64_t key;  // a quote, the first byte of a name behind it, and another quote where the name ends
  uint64_t newline;
  uint64_t open;     // `{` or `[`, inside strings too
  uint64_t unicode;  // a backslash with `u` behind it: the text may spell a key in another way
};

/// Reads `blocks` * 64 bytes and behind them as many as the longest name has, and two.
void classify_keys(Simd simd, const char* bytes, size_t blocks, const KeyProbe* probes, size_t count, KeyMasks* masks);

}  // namespace mig
