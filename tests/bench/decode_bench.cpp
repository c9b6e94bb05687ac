// Speed of decoders and encoders alone, over a contacts file in memory: MB of input (or output) a second, best of several rounds.
//   decode_bench ndjson|csv FILE [ROUNDS] [scalar|sse2|avx2]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "runtime/formats/csv/csv_decoder.h"
#include "runtime/formats/ndjson/ndjson_decoder.h"
#include "runtime/records/batch.h"
#include "tests/unit/formats_setting.h"

using namespace mig;

namespace {

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

struct Tally {
  uint64_t records = 0, failures = 0, lines = 0;
};

Tally decode_all(RecordDecoder& decoder, const std::string& text, size_t size, RecordBatch& batch, test::FormatSetting& setting) {
  Tally tally;
  decoder.begin_buffer();
  const char* p = text.data();
  const char* const end = p + size;
  while (p != end) {
    setting.arena.reset(setting.context);
    std::memset(batch.frame(0), 0, static_cast<size_t>(batch.stride()) * batch.capacity());
    for (uint32_t i = 0; i < batch.capacity() && p != end; ++i) {
      DecodeFailure failure;
      bool failed = false;
      p = decoder.decode(p, end, batch.frame(i), setting.context, tally.lines, failure, failed);
      ++tally.records;
      tally.failures += failed;
    }
  }
  return tally;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const bool csv = std::strcmp(argv[1], "csv") == 0;
  std::ifstream file(argv[2], std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (csv) text.erase(0, text.find('\n') + 1);
  const size_t size = text.size();
  text.append(64, '\0');
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
  Simd simd = best_simd();
  if (argc > 4) simd = std::strcmp(argv[4], "scalar") == 0 ? Simd::kScalar : std::strcmp(argv[4], "sse2") == 0 ? Simd::kSse2 : Simd::kAvx2;

  const auto setting = test::contacts_setting(csv);
  RecordBatch batch(setting->layout, 512);
  auto decoder = csv ? make_csv_decoder(setting->options(), CsvDialect{}, csv_columns_in_order(setting->layout), simd)
                     : make_ndjson_decoder(setting->options(), simd);
  if (!decoder.ok()) return 1;
  double best = 1e9;
  Tally tally;
  for (int i = 0; i < rounds; ++i) {
    const double start = seconds();
    tally = decode_all(**decoder, text, size, batch, *setting);
    best = std::min(best, seconds() - start);
  }
  std::printf("decode %s: %.0f MB/s, %.0f ns a record, %llu records, %llu failures\n", argv[1], static_cast<double>(size) / best / 1e6,
              best * 1e9 / static_cast<double>(tally.records), static_cast<unsigned long long>(tally.records),
              static_cast<unsigned long long>(tally.failures));
  return 0;
}
