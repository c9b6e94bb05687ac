// Compiled maps as the engine sees them: one call a batch. Implemented by the interpreter and by the JIT.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/types/context.h"

namespace mig {

enum class Outcome : uint8_t { kWritten = 0, kSkipped = 1, kRejected = 2 };

/// One map. Thread-safe: `run` may be called by several workers, each with its own Context.
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// Maps `count` frames; output frames must be zeroed by the caller. Issues go to context.issues with record = index in the batch.
  /// Records i with outcomes[i] preset to kRejected (they did not decode) are left alone. context.record counts from 0.
  virtual void run(Context& context, const uint8_t* input, uint8_t* output, uint32_t count, Outcome* outcomes) const = 0;
};

/// All maps of a program, by index in Program::maps.
class KernelSet {
 public:
  virtual ~KernelSet() = default;
  virtual const Kernel& kernel(uint32_t map) const = 0;
  /// The objects that Context::prepared must point at.
  virtual const void* const* prepared() const = 0;
  /// "interp", "jit -O0", "jit -O2": for reports.
  virtual const char* engine() const = 0;
};

}  // namespace mig
