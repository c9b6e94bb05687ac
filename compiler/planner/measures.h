// The calls of profile, reconcile and gates that the engine has to measure: found while a block is looked at, read when it is judged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/lower.h"
#include "compiler/planner/checks.h"
#include "runtime/plan/measure.h"

namespace mig::planner {

/// One call. `subject`: sema::Program::sources, targets or maps, by `of`.
struct PlannedMeasure {
  enum class Of : uint8_t { kSource, kTarget, kMap } of = Of::kSource;
  sema::ModuleId module = 0;
  syntax::ExprId expr;
  Fold fold = Fold::kCount;
  uint32_t subject = 0;
  bool before = false;
  int scale = 0;       // of the numbers that come out
  bool number = true;  // of kLeast and kGreatest: they are numbers, else texts
  bool real = false;   // values are floats
  ir::MeasureRequest request;
};

/// Takes down what a block needs. Answers any value of the right form, so that the block can be looked at as a whole.
class MeasureCollector final : public MeasureReader {
 public:
  /// `maps`: that run. References outlive the object.
  MeasureCollector(const sema::Program& checked, const SourceMap& sources, const std::vector<uint32_t>& maps)
      : checked_(checked), sources_(sources), maps_(maps) {}
  std::optional<CheckValue> read(sema::ModuleId module, syntax::ExprId expr, uint32_t profiled) override;
  /// Of what was read since the last call: keeps it, or forgets it.
  std::vector<PlannedMeasure> take();
  void forget() { planned_.clear(); }

 private:
  bool relation_of(sema::ModuleId module, syntax::ExprId expr, PlannedMeasure& measure) const;
  bool filter_of(sema::ModuleId module, syntax::ExprId call, size_t argument, PlannedMeasure& measure) const;
  bool orphans_of(sema::ModuleId module, syntax::ExprId expr, PlannedMeasure& measure) const;
  bool arguments_of(sema::ModuleId module, const syntax::CallExpr& call, size_t first, PlannedMeasure& measure) const;
  bool can_run(PlannedMeasure& measure) const;
  bool is_mapped(uint32_t map) const;

  const sema::Program& checked_;
  const SourceMap& sources_;
  const std::vector<uint32_t>& maps_;
  std::vector<PlannedMeasure> planned_;
};

/// Gives what the engine measured. `measured` is parallel to `planned`.
class MeasuredValues final : public MeasureReader {
 public:
  MeasuredValues(const std::vector<PlannedMeasure>& planned, const std::vector<Measured>& measured)
      : planned_(planned), measured_(measured) {}
  std::optional<CheckValue> read(sema::ModuleId module, syntax::ExprId expr, uint32_t profiled) override;

 private:
  const std::vector<PlannedMeasure>& planned_;
  const std::vector<Measured>& measured_;
};

}  // namespace mig::planner
