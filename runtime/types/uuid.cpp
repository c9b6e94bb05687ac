#include "runtime/types/uuid.h"

namespace mig {

int write_uuid(int128 value, char* out) {
  uint128 number = static_cast<uint128>(value);
  for (int i = kUuidTextSize - 1; i >= 0; --i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      out[i] = '-';
      continue;
    }
    out[i] = "0123456789abcdef"[static_cast<unsigned>(number & 15)];
    number >>= 4;
  }
  return kUuidTextSize;
}

bool read_uuid(std::string_view text, int128& value) {
  if (text.size() != kUuidTextSize) return false;
  uint128 number = 0;
  for (int i = 0; i < kUuidTextSize; ++i) {
    const char c = text[static_cast<size_t>(i)];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
      continue;
    }
    const unsigned digit = static_cast<unsigned char>(c - '0');
    const unsigned letter = static_cast<unsigned char>((c | 0x20) - 'a');
    if (digit >= 10 && letter >= 6) return false;
    number = number << 4 | (digit < 10 ? digit : letter + 10);
  }
  value = static_cast<int128>(number);
  return true;
}

}  // namespace mig
