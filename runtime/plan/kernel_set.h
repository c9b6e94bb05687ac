// Compiled maps as the engine sees them: one call a batch. Implemented by the interpreter and by the JIT.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

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

/// What became of the code of a program in this process, for reports.
struct CodeFacts {
  enum class Cache : uint8_t { kUnused, kHit, kMiss, kRefused };
  struct Tier {
    const char* name;      // as KernelSet::engine()
    uint64_t records = 0;  // that it mapped, each once
  };
  std::vector<Tier> tiers;    // in the order in which they come
  bool compiled = false;      // there is native code
  double ready_seconds = 0;   // wall time from the request until it was there
  double waited_seconds = 0;  // that records stood still for it
  // Processor seconds of compiling: setting up, loading bodies of the standard library, emitting, optimising, generating and linking.
  double session = 0, bodies = 0, emit = 0, optimise = 0, generate = 0;
  uint64_t inlined = 0;  // bodies
  Cache cache = Cache::kUnused;
  bool stored = false;  // in the cache, for later runs
  uint64_t bytes = 0;   // of the object file, when it went through the cache
};

/// All maps of a program, by index in Program::maps.
class KernelSet {
 public:
  virtual ~KernelSet() = default;
  virtual const Kernel& kernel(uint32_t map) const = 0;
  /// The same for records that were mapped before, which CodeFacts counts once.
  virtual const Kernel& again(uint32_t map) const { return kernel(map); }
  /// The objects that Context::prepared must point at.
  virtual const void* const* prepared() const = 0;
  /// "interp", "jit -O0", "jit -O2": for reports.
  virtual const char* engine() const = 0;
  /// May be called while kernels run.
  virtual CodeFacts code() const { return {}; }
};

}  // namespace mig
