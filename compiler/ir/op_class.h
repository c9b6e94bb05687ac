// What operations do to a record's values, as a rough class: what several analyses of the program ask about.
#pragma once

#include "compiler/ir/ir.h"

namespace mig::ir {

enum class OpClass : uint8_t {
  kReads,     // a constant, a field, a local, a parameter, a fact of the run: nothing is computed
  kChooses,   // hands on one of the values below it, or asks whether one is there; neither fails nor needs memory
  kBuilds,    // a record or list from the values below it
  kPosition,  // the text of the record's place in its source
  kPrepared,  // an object made once, before the first record
  kLambda,    // code that a call runs for each element
  kCalls,     // a function, which may fail
  kHandles,   // goes on after a failure
  kRaises,    // an issue, or a failure
};

OpClass class_of(Op op);

}  // namespace mig::ir
