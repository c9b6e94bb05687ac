// One field of a frame as JSON text, by the same encoder that writes NDJSON: for nested values in tables and for the reject log.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/formats/encoder.h"
#include "runtime/plan/plan.h"

namespace mig {

class FieldJson {
 public:
  /// `field` of `layout`.
  static Result<FieldJson> make(const RecordLayout& layout, uint32_t field, const TypeTable& types, const std::vector<EnumType>& enums);
  /// Appends the value, `null` when there is none.
  void append(const uint8_t* frame, std::string& out);

 private:
  std::unique_ptr<TargetPlan> target_;  // one field; the encoder refers to it
  std::unique_ptr<RecordEncoder> encoder_;
  std::unique_ptr<Cell[]> scratch_;  // a frame of that layout
  uint8_t* frame_ = nullptr;
  uint32_t source_field_ = 0, source_offset_ = 0, size_ = 0;
  std::string line_;
};

/// Appends a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
void append_json_text(std::string& out, std::string_view text);

}  // namespace mig
