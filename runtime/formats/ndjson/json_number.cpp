#include "runtime/formats/ndjson/json_number.h"

namespace mig {

const char* read_json_int_slow(const char* p, int64_t& value, const char*& why) {
  const uint64_t size = json_number_length(p);
  if (size == 0) return nullptr;
  const std::string_view text(p, size);
  if (text.find_first_of(".eE") != std::string_view::npos || read_int64(text, NumberForm::kJson, value) != NumberError::kNone)
    why = cause::kNotInt;
  return p + size;
}

const char* read_json_decimal_slow(const char* p, int precision, int scale, int128& value, const char*& why) {
  const uint64_t size = json_number_length(p);
  if (size == 0) return nullptr;
  why = cause_of(read_decimal({p, size}, NumberForm::kJson, precision, scale, value));
  return p + size;
}

}  // namespace mig
