// Speed of decoders and encoders alone, over a contacts file in memory: MB of input (or output) a second, best of several rounds.
//   decode_bench ndjson|csv FILE [ROUNDS] [scalar|sse2|avx2]
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>

#include "runtime/formats/csv/csv_decoder.h"
#include "runtime/formats/encoder.h"
#include "runtime/formats/ndjson/ndjson_decoder.h"
#include "runtime/records/batch.h"
#include "tests/unit/formats_setting.h"

using namespace mig;

namespace {

/// Of this process on a processor: steadier than wall time where others work too.
double seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Tally {
  uint64_t records = 0, failures = 0, lines = 0;
  uint64_t encoded_bytes = 0;
  double encode_seconds = 0;
};

Tally decode_all(RecordDecoder& decoder, const std::string& text, size_t size, RecordBatch& batch, test::FormatSetting& setting,
                 RecordEncoder* encoder) {
  std::string out;
  Tally tally;
  decoder.begin_buffer();
  const char* p = text.data();
  const char* const end = p + size;
  while (p != end) {
    setting.arena.reset(setting.context);
    std::memset(batch.frame(0), 0, static_cast<size_t>(batch.stride()) * batch.capacity());
    uint32_t count = 0;
    for (; count < batch.capacity() && p != end; ++count) {
      DecodeFailure failure;
      bool failed = false;
      p = decoder.decode(p, end, batch.frame(count), setting.context, tally.lines, failure, failed);
      ++tally.records;
      tally.failures += failed;
      if (failed) std::memset(batch.frame(count), 0, batch.stride());
    }
    if (encoder == nullptr) continue;
    const double start = seconds();
    out.clear();
    for (uint32_t i = 0; i < count; ++i) encoder->encode(batch.frame(i), out);
    tally.encode_seconds += seconds() - start;
    tally.encoded_bytes += out.size();
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
  TargetPlan target;
  target.connector = csv ? "csv" : "ndjson";
  target.layout = setting->layout;
  for (const FieldSlot& slot : setting->layout.fields) target.fields.push_back({slot.name, false});
  auto encoder = make_encoder(target, setting->types, setting->enums);
  if (!encoder.ok()) return 1;
  double best = 1e9;
  Tally tally;
  for (int i = 0; i < rounds; ++i) {
    const double start = seconds();
    tally = decode_all(**decoder, text, size, batch, *setting, nullptr);
    best = std::min(best, seconds() - start);
  }
  std::printf("decode %s: %.0f MB/s, %.0f ns a record, %llu records, %llu failures\n", argv[1], static_cast<double>(size) / best / 1e6,
              best * 1e9 / static_cast<double>(tally.records), static_cast<unsigned long long>(tally.records),
              static_cast<unsigned long long>(tally.failures));
  double encoding = 1e9;
  for (int i = 0; i < rounds; ++i) {
    tally = decode_all(**decoder, text, size, batch, *setting, encoder->get());
    encoding = std::min(encoding, tally.encode_seconds);
  }
  std::printf("encode %s: %.0f MB/s, %.0f ns a record\n", argv[1], static_cast<double>(tally.encoded_bytes) / encoding / 1e6,
              encoding * 1e9 / static_cast<double>(tally.records));
  return 0;
}
