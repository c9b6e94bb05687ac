#include "runtime/types/zoned.h"

#include <cstring>

#include "runtime/types/digits.h"

namespace mig {
namespace {

constexpr uint64_t kSign = uint64_t{1} << 63;

bool in_range(int64_t micros) { return micros >= kMinMicros && micros <= kMaxMicros; }

/// `Z`, `+02:00` or `+00:09:21`: seconds.
bool read_offset(std::string_view text, int64_t& seconds) {
  seconds = 0;
  if (text == "Z") return true;
  const bool long_form = text.size() == 9 && text[6] == ':';
  if ((text.size() != 6 && !long_form) || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  const uint32_t hour = read_two_digits(text.data() + 1), minute = read_two_digits(text.data() + 4);
  const uint32_t second = long_form ? read_two_digits(text.data() + 7) : 0;
  if (hour > 23 || minute > 59 || second > 59) return false;
  seconds = (static_cast<int64_t>(hour) * 60 + minute) * 60 + second;
  if (text[0] == '-') seconds = -seconds;
  return true;
}

int write_offset(int64_t seconds, char* out) {
  const uint32_t rest = static_cast<uint32_t>(seconds < 0 ? -seconds : seconds);
  out[0] = seconds < 0 ? '-' : '+';
  write_two_digits(rest / 3600, out + 1);
  out[3] = ':';
  write_two_digits(rest / 60 % 60, out + 4);
  if (rest % 60 == 0) return 6;
  out[6] = ':';
  write_two_digits(rest % 60, out + 7);
  return 9;
}

}  // namespace

uint64_t pack_zoned(const Zoned& value, char* out) {
  const uint64_t ordered = static_cast<uint64_t>(value.instant) ^ kSign;
  for (int i = 0; i < 8; ++i) out[i] = static_cast<char>(static_cast<uint8_t>(ordered >> (56 - 8 * i)));
  std::memcpy(out + 8, value.zone.data(), value.zone.size());
  return 8 + value.zone.size();
}

Zoned unpack_zoned(std::string_view bytes) {
  if (bytes.size() < 8) return {0, "UTC"};
  uint64_t ordered = 0;
  for (size_t i = 0; i < 8; ++i) ordered = ordered << 8 | static_cast<uint8_t>(bytes[i]);
  return {static_cast<int64_t>(ordered ^ kSign), bytes.substr(8)};
}

bool local_time(const Zoned& value, int64_t& civil) {
  const ZoneRules* const rules = ZoneRules::find(value.zone);
  civil = value.instant + (rules == nullptr ? 0 : rules->offset_at(value.instant)) * kMicrosPerSecond;
  return in_range(civil);
}

int write_zoned(const Zoned& value, char* out) {
  int64_t civil = 0;
  int size = 0;
  if (local_time(value, civil)) {
    size = write_datetime(civil, out);
    size += write_offset((civil - value.instant) / kMicrosPerSecond, out + size);
  } else {
    size = write_timestamp(value.instant, out);
  }
  out[size++] = '[';
  std::memcpy(out + size, value.zone.data(), value.zone.size());
  size += static_cast<int>(value.zone.size());
  out[size++] = ']';
  return size;
}

const char* read_zoned(std::string_view text, Zoned& value) {
  const size_t open = text.find('[');
  const size_t mark = text.find_first_of("+-Z", 19);
  if (open == std::string_view::npos || mark == std::string_view::npos || mark >= open || text.back() != ']') return cause::kNotZoned;
  int64_t civil = 0, offset = 0;
  if (!read_datetime(text.substr(0, mark), civil) || !read_offset(text.substr(mark, open - mark), offset)) return cause::kNotZoned;
  std::string_view name = text.substr(open + 1, text.size() - open - 2);
  if (name.starts_with('!')) name.remove_prefix(1);
  if (name.find_first_of("=[") != std::string_view::npos) return cause::kZonedMore;
  const int64_t instant = civil - offset * kMicrosPerSecond;
  if (!in_range(instant)) return cause::kNotZoned;
  const ZoneRules* const rules = ZoneRules::find(name);
  if (rules == nullptr) return cause::kUnknownZone;
  if (text[mark] != 'Z' && rules->offset_at(instant) != offset) return cause::kZonedOffset;
  value = {instant, rules->name()};
  return nullptr;
}

}  // namespace mig
