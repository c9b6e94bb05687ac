// Classifies bytes, 64 at a time, into bit masks: the only part of the scanners that exists once per instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/formats/scan/simd.h"

namespace mig {

constexpr uint32_t kBlockBytes = 64;

/// One block of CSV text; bit i stands for byte i.
struct CsvMasks {
  uint64_t quote;
  uint64_t delimiter;
  uint64_t newline;
  uint64_t carriage;
  uint64_t suspect;  // not 0: NUL bytes, or maybe not UTF-8
};

/// Reads `blocks` * 64 bytes. A UTF-8 sequence that the first or last byte cuts counts as suspicious.
void classify_csv(Simd simd, const char* bytes, size_t blocks, char quote, char delimiter, CsvMasks* masks);

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. Returns the offset of the first bad byte, or `size`.
uint64_t first_invalid_utf8(const char* bytes, uint64_t size);

}  // namespace mig
