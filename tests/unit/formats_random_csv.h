// CSV made of the things that go wrong.
#pragma once

#include <memory>
#include <random>
#include <string>

#include "runtime/formats/scan/simd.h"
#include "tests/unit/formats_setting.h"

namespace mig::test {

using Random = std::mt19937_64;

constexpr Simd kAll[] = {Simd::kScalar, Simd::kSse2, Simd::kAvx2};
inline bool available(Simd simd) { return simd <= best_simd(); }

/// Three optional texts.
inline std::unique_ptr<FormatSetting> three_texts() {
  auto s = std::make_unique<FormatSetting>();
  for (const char* name : {"a", "b", "c"}) s->add(name, s->maybe(s->types.of(Kind::kString)));
  s->layout.finish();
  return s;
}

/// Rows of cells that are quoted in every way; `hostile`: some are broken.
inline std::string random_csv(Random& random, int rows, bool hostile, uint64_t columns = 3) {
  static const char* const kCells[] = {"",         "x",          "\"\"",
                                       "\"a,b\"",  "\"l1\nl2\"", "\"q\"\"q\"",
                                       "\"\r\n\"", "\"\"\"\"",   "plain text of more than thirty-two bytes in a cell",
                                       "é",        "\"é\"\"\""};
  static const char* const kHostile[] = {"a\"b", "\"x\"y", "\"open", "\"a\"\rb", "\r", "\xFF", "\"\" ", "\"\"\"", "x\ry"};
  std::string text;
  for (int i = 0; i < rows; ++i) {
    const uint64_t cells = random() % 30 ? columns : random() % (columns + 2);
    for (uint64_t c = 0; c < cells; ++c) {
      if (c != 0) text += ',';
      text += hostile && random() % 40 == 0 ? kHostile[random() % 9] : kCells[random() % 11];
    }
    text += random() % 6 ? "\n" : "\r\n";
  }
  if (random() % 2) text.pop_back();
  return text;
}

}  // namespace mig::test
