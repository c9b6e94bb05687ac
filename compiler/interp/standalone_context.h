// A Context outside the engine: for folding constants, for tests of functions, and for dedupe keys.
#pragma once

#include <vector>

#include "runtime/records/arena.h"
#include "runtime/types/context.h"

namespace mig::interp {

/// Owns everything that its context points at except Context::prepared. Not copyable, single-threaded.
class StandaloneContext {
 public:
  explicit StandaloneContext(const void* const* prepared = nullptr) {
    sink_.self = this;
    sink_.add = [](IssueSink* sink, const IssueHit& hit) { static_cast<Sink*>(sink)->self->hits.push_back(hit); };
    context.environment = &environment;
    context.issues = &sink_;
    context.prepared = prepared;
    arena_.reset(context);
  }
  StandaloneContext(const StandaloneContext&) = delete;
  StandaloneContext& operator=(const StandaloneContext&) = delete;
  /// Forgets issues, and every value computed so far.
  void reset() {
    hits.clear();
    arena_.reset(context);
  }
  bool exhausted() const { return arena_.exhausted(); }

  Context context{};
  Environment environment{};
  std::vector<IssueHit> hits;

 private:
  struct Sink : IssueSink {
    StandaloneContext* self;
  };
  Arena arena_{64 * 1024};
  Sink sink_{};
};

}  // namespace mig::interp
