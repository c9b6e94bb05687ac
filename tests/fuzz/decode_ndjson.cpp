// libFuzzer: any bytes as NDJSON. Every instruction set must agree, and a line is malformed exactly when the byte-by-byte proof says so.
#include <cstdlib>

#include "runtime/formats/ndjson/json_proof.h"
#include "tests/unit/formats_reading.h"

using namespace mig;

namespace {
std::unique_ptr<test::FormatSetting> make_setting() {
  auto s = std::make_unique<test::FormatSetting>();
  s->add("a", s->maybe(s->types.of(Kind::kJson)));
  s->add("b", s->maybe(s->types.of(Kind::kString)));
  s->add("c", s->maybe(s->types.map(s->types.of(Kind::kString), s->maybe(s->types.of(Kind::kScalar)))));
  s->add("d", s->maybe(s->types.list(s->types.of(Kind::kString))), true, true, DecodeMode::kListOrCsv);
  s->add("e", s->maybe(s->types.of(Kind::kInt)));
  s->add("f", s->maybe(s->types.decimal(10, 2)));
  s->add("g", s->maybe(s->types.of(Kind::kInt)), true, false);
  s->add("h", s->maybe(s->types.of(Kind::kFloat)), true, true, DecodeMode::kPlain, {"h", "i"});
  s->add("t", s->maybe(s->types.of(Kind::kTimestamp)));
  s->layout.finish();
  return s;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto setting = make_setting();
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto records = test::read_ndjson(*setting, text, Simd::kScalar);
  if (test::read_ndjson(*setting, text, Simd::kSse2) != records || test::read_ndjson(*setting, text, best_simd()) != records) std::abort();
  size_t i = 0;
  for (size_t begin = 0; begin < size; ++i) {
    const size_t feed = std::min(text.find('\n', begin), size);
    const std::string_view line(text.data() + begin, feed - begin);
    const size_t first = line.find_first_not_of(" \t\r");
    const bool object = first != std::string_view::npos && line[first] == '{';
    const bool malformed = records.at(i).find(": !- ") != std::string::npos;
    if (malformed == (object && prove_json(line, 256).cause == nullptr)) std::abort();
    begin = feed + 1;
  }
  if (i != records.size()) std::abort();
  return 0;
}
