// Hostile values of every type for the differential fuzzer.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "compiler/ir/ir.h"
#include "runtime/types/value.h"

namespace mig::fuzz {

using Random = std::mt19937_64;

/// 0 <= result < bound.
inline uint64_t below(Random& random, uint64_t bound) { return bound == 0 ? 0 : random() % bound; }
inline bool chance(Random& random, unsigned percent) { return below(random, 100) < percent; }

/// Makes values; owns the memory that they point into.
class ValueMaker {
 public:
  ValueMaker(Random& random, const ir::Program& program) : random_(random), program_(program) {}
  /// A value that keeps the type's promises. Null half of the time where the type allows it; `depth` limits nesting.
  Cell make(TypeId type, int depth = 0);
  /// What may stand in a source field of that type: also absent and unavailable.
  Cell make_field(TypeId type, bool optional);

 private:
  Text text(const Type& type);
  Text zoned();
  int64_t integer(const Type& type);
  int128 decimal(const Type& type);
  Cell* cells(size_t count);

  Random& random_;
  const ir::Program& program_;
  std::deque<std::string> texts_;
  std::deque<std::vector<Cell>> cells_;
  std::deque<std::vector<MapEntry>> entries_;
};

}  // namespace mig::fuzz
