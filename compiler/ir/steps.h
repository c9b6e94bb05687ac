// Walking the steps of a map: their numbers and the poison bits they set.
#pragma once

#include "compiler/ir/ir.h"

namespace mig::ir {

/// Steps of `step` itself: 1, and for a group those in its branches.
inline uint32_t step_count(const Step& step) {
  uint32_t count = 1;
  for (const Step& inner : step.then) count += step_count(inner);
  for (const Step& inner : step.otherwise) count += step_count(inner);
  return count;
}

/// Calls `visit(bit)` for each poison bit that `step` and the steps in it own.
template <class Visit>
void each_poison(const Step& step, Visit&& visit) {
  if (step.poison != kNone) visit(step.poison);
  for (const Step& inner : step.then) each_poison(inner, visit);
  for (const Step& inner : step.otherwise) each_poison(inner, visit);
}

/// Calls `visit(id)` for the children of a node, in order of evaluation where that is fixed.
template <class Visit>
void each_child(const Program& program, const Node& node, Visit&& visit) {
  if (node.a != kNone) visit(node.a);
  if (node.b != kNone) visit(node.b);
  if (node.op == Op::kSwitch) {
    for (uint32_t i = 0; i < node.count; ++i) visit(program.cases[node.first + i].body);
  } else if (node.op != Op::kLambda) {
    for (uint32_t i = 0; i < node.count; ++i) visit(program.arguments[node.first + i]);
  }
  if (node.c != kNone) visit(node.c);
}

/// Calls `visit(step, number)` for every step, in order.
template <class Steps, class Visit>
void each_step(Steps& steps, Visit&& visit, uint32_t& number) {
  for (auto& step : steps) {
    visit(step, number++);
    each_step(step.then, visit, number);
    each_step(step.otherwise, visit, number);
  }
}

}  // namespace mig::ir
