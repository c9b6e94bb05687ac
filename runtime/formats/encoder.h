// Writing records as text: one encoder a worker, prepared once from the output layout.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/plan/plan.h"

namespace mig {

class RecordEncoder {
 public:
  virtual ~RecordEncoder() = default;
  /// Appends one record with its terminator. Fields that are absent or kept are left out (NDJSON) or empty (CSV).
  virtual void encode(const uint8_t* frame, std::string& out) = 0;
  /// What stands before the first record (CSV header), appended; and behind the last.
  virtual void header(std::string& out) const = 0;
};

/// For "csv" and "ndjson" targets; settings are the target's (delimiter, quote, ...), checked here.
Result<std::unique_ptr<RecordEncoder>> make_encoder(const TargetPlan& target, const TypeTable& types, const std::vector<EnumType>& enums);

}  // namespace mig
