// The part of a map that some of its output fields need, as a map of its own: what a first pass over a source computes of every record.
#pragma once

#include <vector>

#include "compiler/ir/ir.h"

namespace mig::ir {

struct Slice {
  uint32_t map = kNone;        // Program::maps; its last one
  std::vector<bool> reads;     // by input field: the slice looks at it
  bool refuses_alike = false;  // what was left out only copies: the slice writes exactly the records that the map writes
};

/// Appends a map that assigns the fields marked in `outputs` as `map` does, and leaves the others out. A record that `map` writes is
/// written by the slice too, with the same values; the slice may write more. Issues are raised only by what is left. Expressions are
/// copied, so that passes treat the two maps apart.
Slice add_slice(Program& program, uint32_t map, const std::vector<bool>& outputs);

/// By input field of the map: whether an expression of it looks at the field.
std::vector<bool> input_fields_read(const Program& program, const MapProgram& map);
/// The same of the steps, not in groups, that assign output field `output`.
std::vector<bool> input_fields_read_for(const Program& program, const MapProgram& map, uint32_t output);

}  // namespace mig::ir
