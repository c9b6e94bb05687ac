// libFuzzer: any bytes as CSV. Every instruction set must agree, and cutting at the boundaries that the scanner finds changes nothing.
#include <cstdlib>

#include "runtime/formats/csv/csv_index.h"
#include "tests/unit/formats_reading.h"

using namespace mig;

namespace {
std::unique_ptr<test::FormatSetting> make_setting() {
  auto s = std::make_unique<test::FormatSetting>();
  s->add("a", s->maybe(s->types.of(Kind::kString)));
  s->add("b", s->maybe(s->types.of(Kind::kInt)));
  s->add("c", s->maybe(s->types.of(Kind::kString)));
  s->layout.finish();
  return s;
}

std::vector<std::string> without_lines(std::vector<std::string> records) {
  for (std::string& record : records) record.erase(0, record.find(' '));
  return records;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto setting = make_setting();
  if (size < 2) return 0;
  const size_t step = data[0] % 80 + 1;
  const uint64_t limit = data[1] < 128 ? 20 + data[1] : 1 << 20;
  const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
  DecoderOptions options = setting->options();
  options.max_record_bytes = limit;
  auto read = [&](const std::string& part, Simd simd) {
    auto decoder = make_csv_decoder(options, {}, csv_columns_in_order(setting->layout), simd);
    return test::read_all(*setting, **decoder, part);
  };
  const auto records = read(text, Simd::kScalar);
  if (read(text, Simd::kSse2) != records || read(text, best_simd()) != records) std::abort();
  const auto scanner = make_csv_boundaries({}, limit);
  std::vector<std::string> pieces;
  size_t begin = 0, end = 0;
  while (begin < text.size()) {
    end = std::min(text.size(), std::max(begin, end) + step);
    const size_t cut = end == text.size() ? end - begin : scanner->last_boundary(text.data() + begin, end - begin);
    if (cut == 0) continue;
    for (std::string& record : without_lines(read(text.substr(begin, cut), best_simd()))) pieces.push_back(std::move(record));
    begin += cut;
  }
  if (pieces != without_lines(records)) std::abort();
  return 0;
}
