#include "compiler/driver/test_measures.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <cmath>
#include <map>
#include <set>

#include "compiler/driver/test_frame.h"
#include "compiler/driver/value_text.h"
#include "runtime/types/exact_float_sum.h"
#include "runtime/types/decimal.h"
#include "runtime/types/text.h"

namespace mig::driver {
namespace {

using planner::PlannedMeasure;

bool belongs(Relation relation, Outcome outcome) {
  switch (relation) {
    case Relation::kRows:
    case Relation::kRead: return true;
    case Relation::kInRun:
    case Relation::kWritten:
    case Relation::kPairs: return outcome == Outcome::kWritten;
    case Relation::kRejected: return outcome == Outcome::kRejected;
    case Relation::kSkipped: return outcome == Outcome::kSkipped;
    case Relation::kMerged: return false;  // the given records meet no dedupe
  }
  return false;
}

/// Folds the records of one measure.
class Folder {
 public:
  Folder(const ir::Lowered& lowered, const PlannedMeasure& planned, const ir::LoweredMeasure& measure, const KernelSet& kernels,
         Context& context)
      : program_(lowered.program), planned_(planned), measure_(measure), kernels_(kernels), context_(context) {
    if (measure.value == ir::kNone) return;
    type_ = measure.output.fields[measure.value].type;
    shape_ = shape_of_type(program_.types, type_);
  }

  void take(const CountedRecord& record, const RecordLayout& source, const RecordLayout& target) {
    ++measured_.records;
    if (measure_.kernel == ir::kNone) return;
    uint8_t* const input = new_frame(context_, measure_.input);
    for (uint32_t i = 0; i < measure_.from.size(); ++i) {
      if (!measure_.read[i]) continue;
      const MeasuredField& from = measure_.from[i];
      Cell cell{};
      if (from.part == MeasuredField::Part::kIssue) {
        cell.state = Presence::kValue;
        cell.text = {record.issue.data(), record.issue.size()};
      } else {
        const bool of_source = from.part == MeasuredField::Part::kSource && planned_.of != PlannedMeasure::Of::kTarget;
        cell = of_source ? load_cell(record.source, source, from.field) : load_cell(record.target, target, from.field);
      }
      store_cell(input, measure_.input, i, cell);
    }
    uint8_t* const output = new_frame(context_, measure_.output);
    Outcome outcome = Outcome::kWritten;
    kernels_.kernel(measure_.kernel).run(context_, input, output, 1, &outcome);
    switch (outcome) {
      case Outcome::kWritten: fold(output); return;
      case Outcome::kSkipped: --measured_.records; return;
      case Outcome::kRejected: ++measured_.failed; return;
    }
  }

  Measured finish() {
    switch (planned_.fold) {
      case Fold::kCount: measured_.number = static_cast<int128>(measured_.records); break;
      case Fold::kDistinct: measured_.number = static_cast<int128>(distinct_.size()); break;
      case Fold::kDuplicateRate: measured_.number = static_cast<int128>(measured_.values - distinct_.size()); break;
      case Fold::kNullRate: measured_.number = static_cast<int128>(measured_.records - measured_.failed - measured_.values); break;
      case Fold::kChecksum: measured_.text = fmt::format("{:016x}", checksum_); break;
      case Fold::kSum:
        if (planned_.real) measured_.overflow = !real_sum_.total(measured_.real);
        break;
      case Fold::kSumBy:
        for (const auto& [key, sum] : real_sums_) measured_.overflow = !sum.total(measured_.real_groups[key]) || measured_.overflow;
        break;
      case Fold::kLeast:
      case Fold::kGreatest:
      case Fold::kCountBy:
      case Fold::kMaxLength: break;
    }
    return std::move(measured_);
  }

 private:
  int128 number_of(const Cell& cell) const {
    return storage_of(program_.types[type_].kind) == Storage::kDecimal ? cell.decimal : int128{cell.integer};
  }
  std::string text_of(const Cell& cell, uint32_t field) const {
    const TypeId id = measure_.output.fields[field].type;
    if (cell.has_value() && storage_of(program_.types[id].kind) == Storage::kText && program_.types[id].kind != Kind::kZoned)
      return std::string(cell.text.view());
    return value_text(program_.types, program_.enums, id, cell);
  }

  void fold(const uint8_t* frame) {
    const Cell value = measure_.value == ir::kNone ? Cell{} : load_cell(frame, measure_.output, measure_.value);
    if (value.has_value()) ++measured_.values;
    if (measure_.key != ir::kNone) {
      const Cell key = load_cell(frame, measure_.output, measure_.key);
      if (planned_.fold == Fold::kSumBy && planned_.real) {
        ExactFloatSum& sum = real_sums_[key.has_value() ? text_of(key, measure_.key) : "null"];
        if (value.has_value()) add_real(sum, value.real);
        return;
      }
      int128& group = measured_.groups[key.has_value() ? text_of(key, measure_.key) : "null"];
      if (planned_.fold == Fold::kCountBy)
        ++group;
      else if (value.has_value())
        measured_.overflow = !decimal_add(group, number_of(value), group) || measured_.overflow;
    } else if (value.has_value()) {
      fold_value(value);
    }
  }

  void fold_value(const Cell& value) {
    switch (planned_.fold) {
      case Fold::kCount:
      case Fold::kCountBy:
      case Fold::kSumBy:
      case Fold::kNullRate: return;
      case Fold::kSum:
        if (planned_.real) return add_real(real_sum_, value.real);
        measured_.overflow = !decimal_add(measured_.number, number_of(value), measured_.number) || measured_.overflow;
        return;
      case Fold::kLeast:
      case Fold::kGreatest: fold_bound(value); return;
      case Fold::kMaxLength:
        measured_.number = std::max(measured_.number, static_cast<int128>(code_point_count(value.text.view())));
        return;
      case Fold::kChecksum: checksum_ += std::hash<std::string>{}(text_of(value, measure_.value)); return;
      case Fold::kDistinct:
      case Fold::kDuplicateRate: distinct_.insert(text_of(value, measure_.value)); return;
    }
  }

  void add_real(ExactFloatSum& sum, double value) {
    if (std::isfinite(value))
      sum.add(value);
    else
      ++measured_.failed;
  }

  void fold_bound(const Cell& value) {
    if (shape_ == nullptr) return;
    const auto& shape = *static_cast<const stdlib::ValueShape*>(shape_.get());
    const int order = measured_.found ? stdlib::compare_cells(shape, value, best_) : 0;
    if (measured_.found && (planned_.fold == Fold::kLeast ? order >= 0 : order <= 0)) return;
    measured_.found = true;
    best_ = value;
    if (planned_.real)
      measured_.real = value.real;
    else if (planned_.number)
      measured_.number = number_of(value);
    else
      measured_.text = text_of(value, measure_.value);
  }

  const ir::Program& program_;
  const PlannedMeasure& planned_;
  const ir::LoweredMeasure& measure_;
  const KernelSet& kernels_;
  Context& context_;
  TypeId type_ = kNoType;
  std::shared_ptr<const void> shape_;  // of the value
  Measured measured_;
  ExactFloatSum real_sum_;
  std::map<std::string, ExactFloatSum> real_sums_;
  Cell best_{};
  std::set<std::string> distinct_;
  uint64_t checksum_ = 0;
};

}  // namespace

BlockMeasures plan_block_measures(const sema::Program& program, const SourceMap& sources, uint32_t reconcile, uint32_t map,
                                  std::vector<ir::MeasureRequest>& requests) {
  BlockMeasures block;
  const std::vector<uint32_t> maps{map};
  planner::MeasureCollector collector(program, sources, maps);
  block.obstacle = planner::obstacle_to(program, program.reconciles[reconcile], planner::no_counts(maps), &collector);
  if (block.obstacle) return block;
  block.planned = collector.take();
  block.first = requests.size();
  for (const PlannedMeasure& measure : block.planned) {
    // A target as it stands holds what earlier runs wrote, too: no test knows that.
    const bool stored = measure.of == PlannedMeasure::Of::kTarget && measure.request.relation != Relation::kInRun;
    const bool other = measure.of == PlannedMeasure::Of::kSource && measure.subject != program.maps[map].source;
    if (stored || other || (measure.of == PlannedMeasure::Of::kTarget && measure.subject != program.maps[map].target)) {
      block.obstacle = planner::CheckObstacle{program.modules[measure.module].tree[measure.expr].span,
                                              "rows of a target as it stands, or of another source, which a test is not given,"};
      block.planned.clear();
      return block;
    }
    requests.push_back(measure.request);
  }
  return block;
}

std::vector<Measured> measure_records(const ir::Lowered& lowered, const BlockMeasures& block, const KernelSet& kernels, Context& context,
                                      const RecordLayout& source, const RecordLayout& target, const std::vector<CountedRecord>& records) {
  std::vector<Measured> measured;
  for (size_t i = 0; i < block.planned.size(); ++i) {
    Folder folder(lowered, block.planned[i], lowered.measures[block.first + i], kernels, context);
    for (const CountedRecord& record : records) {
      if (belongs(block.planned[i].request.relation, record.outcome)) folder.take(record, source, target);
    }
    measured.push_back(folder.finish());
  }
  return measured;
}

}  // namespace mig::driver
