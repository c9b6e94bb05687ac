// Tests made from records of a sample: each reaches something that the ones before it do not, personal values are masked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/driver/session.h"
#include "compiler/interp/interpreter.h"
#include "runtime/plan/kernel_set.h"

namespace mig::driver {

/// A record of a source as `given` of a test writes it.
struct SampledRecord {
  uint32_t map = 0;  // sema::Program::maps
  std::string given;
};

/// The kernels of a plan in the interpreter, which watch what the records of its maps do. For one worker.
class SampleObserver : public KernelSet {
 public:
  /// At most `wanted` records a map. Both outlive the observer.
  static Result<std::unique_ptr<SampleObserver>> make(const sema::Program& program, const planner::Planned& planned, size_t wanted);
  ~SampleObserver() override;

  const Kernel& kernel(uint32_t map) const override;
  const void* const* prepared() const override;
  const char* engine() const override;

  /// Those that reach most first, then the first of the sample until there are enough.
  std::vector<SampledRecord> chosen() const;
  /// Records that no test can hold: a field that is read has no literal in the language.
  size_t inexpressible() const;

 private:
  class Watched;
  struct State;
  explicit SampleObserver(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The records as `test` blocks that say what comes out of them today, laid out and checked; "" without records. The text of the spec
/// behind `session` must be the one that was checked.
Result<std::string> sample_tests(const Session& session, const std::vector<SampledRecord>& records);

}  // namespace mig::driver
