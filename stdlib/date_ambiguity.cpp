#include "stdlib/date_ambiguity.h"

#include <algorithm>
#include <string>

#include "stdlib/date_formats.h"

namespace mig::stdlib {
namespace {

// 2005-03-04, 2003-05-04, 2001-12-11, 2011-12-01 and 2012-11-10: year of the century, month and day may stand for each other.
constexpr int64_t kDays[] = {12846, 12176, 11667, 15309, 15654};
constexpr int64_t kMicrosOfDay = 86'400'000'000;
constexpr int64_t kMicros = ((6 * 60 + 7) * 60 + 8) * int64_t{1'000'000} + 500'000;

std::shared_ptr<const DateFormats> one_format(PreparedSpec spec, size_t index, bool writing) {
  spec.texts = {spec.texts[index]};
  if (writing) spec.flag |= DateFormats::kForWriting;
  std::string ignored;
  return DateFormats::compile(spec, ignored);
}

}  // namespace

std::vector<std::pair<size_t, size_t>> ambiguous_formats(const PreparedSpec& spec) {
  std::string error;
  const auto together = DateFormats::compile(spec, error);
  if (together == nullptr) return {};
  auto pairs = together->ambiguities();
  const auto what = static_cast<FormatResult>(spec.flag & 3);
  const auto moment = [&](int64_t day) {
    return what == FormatResult::kDate ? day : what == FormatResult::kTime ? kMicros : day * kMicrosOfDay + kMicros;
  };
  // Layouts of fixed width have been compared; of other formats the one writes what the other reads.
  for (size_t i = 0; i < spec.texts.size(); ++i) {
    const auto writer = one_format(spec, i, true), reader = one_format(spec, i, false);
    for (size_t k = i + 1; k < spec.texts.size(); ++k) {
      if (std::find(pairs.begin(), pairs.end(), std::pair(i, k)) != pairs.end()) continue;
      const auto other = one_format(spec, k, false);
      if (writer == nullptr || reader == nullptr || other == nullptr) continue;
      const auto is_read_otherwise = [&](int64_t day) {
        char text[DateFormats::kMaxTextSize];
        const Text written{text, static_cast<uint64_t>(writer->write(moment(day), text))};
        int64_t own = 0, others = 0;
        return reader->parse(written, own) == nullptr && other->parse(written, others) == nullptr && own != others;
      };
      if (std::any_of(std::begin(kDays), std::end(kDays), is_read_otherwise)) pairs.emplace_back(i, k);
    }
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

}  // namespace mig::stdlib
