// One measure while it runs: takes records in any number, then tells the result.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/sink_field.h"
#include "runtime/engine/mapper.h"
#include "runtime/plan/measure.h"
#include "runtime/state/key_table.h"
#include "runtime/types/exact_float_sum.h"

namespace mig {

/// Single-threaded. References outlive the object.
class Accumulator {
 public:
  /// `scratch`: path of a file for the values that have to be kept apart.
  static Result<std::unique_ptr<Accumulator>> make(const Plan& plan, const KernelSet& kernels, const Environment& environment,
                                                   const MeasurePlan& measure, const std::string& scratch, uint64_t memory);
  ~Accumulator();

  const MeasurePlan& plan() const { return measure_; }
  /// A record of the relation. Frames may be null where the measure does not look at that part.
  Result<void> take(const uint8_t* source, const uint8_t* target, std::string_view issue);
  /// What was taken so far has been counted when this returns.
  Result<Measured> finish();

 private:
  Accumulator(const Plan& plan, const KernelSet& kernels, const Environment& environment, const MeasurePlan& measure);
  Result<void> flush();
  Result<void> fold(const uint8_t* frame);
  Result<void> fold_value(const Cell& value, const uint8_t* frame);
  void add_real(ExactFloatSum& sum, double value);
  void fold_bound(const Cell& value, const uint8_t* frame);

  const Plan& plan_;
  const MeasurePlan& measure_;
  const Kernel* kernel_ = nullptr;
  RecordBatch input_, output_;
  std::vector<Outcome> outcomes_;
  Arena arena_;
  HitCollector collector_;
  Context context_ = {};
  std::unique_ptr<FieldJson> key_text_, value_text_;
  std::unique_ptr<KeyTable> values_;  // of kDistinct and kDuplicateRate
  Measured measured_;
  ExactFloatSum real_sum_;
  std::map<std::string, ExactFloatSum> real_sums_;
  std::string best_, ordered_, text_;
  uint64_t sum_high_ = 0, sum_low_ = 0;  // of kChecksum
};

}  // namespace mig
