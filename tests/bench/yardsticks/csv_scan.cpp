// The least that a CSV reader must do: find every line end that is not inside quotes. The yardstick of `wide`.
//   csv_scan IN.csv        prints the number of such line ends
// Maps the file and looks at 64 bytes at a time: a quote mask, its prefix parity (bit i: inside quotes at byte i), a newline mask.
#include <fcntl.h>
#include <immintrin.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {

uint64_t equal_mask(const char* p, __m256i byte) {
  const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
  const uint32_t a = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, byte)));
  const uint32_t b = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, byte)));
  return a | static_cast<uint64_t>(b) << 32;
}

uint64_t prefix_parity(uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

struct Scan {
  uint64_t lines = 0;
  uint64_t inside = 0;  // all ones while inside quotes
  const __m256i quote = _mm256_set1_epi8('"'), newline = _mm256_set1_epi8('\n');

  void block(const char* p) {  // 64 bytes
    uint64_t quotes = equal_mask(p, quote);
    const uint64_t ends = equal_mask(p, newline);
    uint64_t mask = inside;
    if (quotes) {
      mask ^= prefix_parity(quotes);
      inside = static_cast<uint64_t>(static_cast<int64_t>(mask) >> 63);
    }
    lines += static_cast<uint64_t>(std::popcount(ends & ~mask));
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: csv_scan IN.csv\n");
    return 2;
  }
  const int fd = open(argv[1], O_RDONLY);
  struct stat info{};
  if (fd < 0 || fstat(fd, &info) != 0) {
    std::perror(argv[1]);
    return 2;
  }
  const size_t size = static_cast<size_t>(info.st_size);
  Scan scan;
  if (size > 0) {
    void* map = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (map == MAP_FAILED) {
      std::perror("csv_scan: mmap");
      return 2;
    }
    const char* p = static_cast<const char*>(map);
    size_t at = 0;
    for (; at + 64 <= size; at += 64) scan.block(p + at);
    char tail[64] = {};
    std::memcpy(tail, p + at, size - at);
    scan.block(tail);
  }
  std::printf("%llu\n", static_cast<unsigned long long>(scan.lines));
  return 0;
}
