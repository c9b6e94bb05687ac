#include "runtime/engine/measure/accumulator.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <xxhash.h>

#include "runtime/engine/dedupe/key_entry.h"
#include "runtime/types/decimal.h"
#include "runtime/types/text.h"

namespace mig {
namespace {

constexpr uint32_t kNone = 0xFFFFFFFFu;
constexpr size_t kMostGroups = 1'000'000;

bool is_number(const Type& type) { return type.kind == Kind::kInt || type.kind == Kind::kDecimal || type.kind == Kind::kPercent; }

int128 number_of(const Cell& cell, const Type& type) { return storage_of(type.kind) == Storage::kDecimal ? cell.decimal : cell.integer; }

bool is_real(const Type& type) { return storage_of(type.kind) == Storage::kReal; }

/// A text without its quotes and escapes stays readable in reports; everything else is as in JSON.
std::string shown(const std::string& json, const Cell& cell, const Type& type) {
  if (storage_of(type.kind) == Storage::kText && type.kind != Kind::kJson && type.kind != Kind::kZoned)
    return std::string(cell.text.view());
  const bool plain = json.size() > 1 && json.front() == '"' && json.find('\\') == std::string::npos;
  return plain ? json.substr(1, json.size() - 2) : json;
}

}  // namespace

Accumulator::Accumulator(const Plan& plan, const KernelSet& kernels, const Environment& environment, const MeasurePlan& measure)
    : plan_(plan),
      measure_(measure),
      input_(measure.input, 1),
      output_(measure.output, 1),
      outcomes_(1),
      arena_(256 << 10, kRecordMemory, true) {
  if (measure.kernel != kNone) kernel_ = &kernels.kernel(measure.kernel);
  context_.prepared = kernels.prepared();
  context_.environment = &environment;
  context_.issues = &collector_;
}

Accumulator::~Accumulator() {
  if (values_ != nullptr) values_->remove();
}

Result<std::unique_ptr<Accumulator>> Accumulator::make(const Plan& plan, const KernelSet& kernels, const Environment& environment,
                                                       const MeasurePlan& measure, const std::string& scratch, uint64_t memory) {
  std::unique_ptr<Accumulator> made(new Accumulator(plan, kernels, environment, measure));
  const auto text_of = [&](uint32_t field, std::unique_ptr<FieldJson>& into) -> Result<void> {
    if (field == kNone) return {};
    auto json = FieldJson::make(measure.output, field, plan.types, plan.enums);
    if (!json) return json.error();
    into = std::make_unique<FieldJson>(std::move(*json));
    return {};
  };
  if (auto done = text_of(measure.key, made->key_text_); !done) return done.error();
  if (auto done = text_of(measure.value, made->value_text_); !done) return done.error();
  if (measure.fold == Fold::kDistinct || measure.fold == Fold::kDuplicateRate) {
    auto table = KeyTable::create(scratch, memory);
    if (!table) return table.error();
    made->values_ = std::move(*table);
  }
  return made;
}

Result<void> Accumulator::take(const uint8_t* source, const uint8_t* target, std::string_view issue) {
  ++measured_.records;
  if (kernel_ == nullptr) return {};
  uint8_t* const frame = input_.frame(0);
  input_.clear(0);
  for (uint32_t i = 0; i < measure_.from.size(); ++i) {
    if (!measure_.read[i]) continue;
    const MeasuredField& from = measure_.from[i];
    if (from.part == MeasuredField::Part::kIssue) {
      Cell cell{};
      cell.state = Presence::kValue;
      cell.text = {issue.data(), issue.size()};
      store_cell(frame, measure_.input, i, cell);
      continue;
    }
    const bool of_source = from.part == MeasuredField::Part::kSource;
    const uint8_t* const whole = of_source ? source : target;
    if (whole == nullptr) {
      // A record that did not decode is one of the relation's, but has no values, and meets no condition.
      --measured_.records;
      return {};
    }
    const FieldSlot& slot = measure_.input.fields[i];
    const RecordLayout& layout = measure_.relation == Relation::kRows || measure_.relation == Relation::kInRun
                                     ? plan_.relations[measure_.subject].rows.layout
                                 : of_source ? plan_.sources[plan_.maps[measure_.subject].source].layout
                                             : plan_.targets[plan_.maps[measure_.subject].target].layout;
    frame[i] = whole[from.field];
    std::memcpy(frame + slot.offset, whole + layout.fields[from.field].offset, storage_size(slot.storage));
  }
  return flush();
}

/// One record at a time: its texts are only borrowed.
Result<void> Accumulator::flush() {
  output_.clear(0);
  outcomes_[0] = Outcome::kWritten;
  collector_.hits.clear();
  try {
    arena_.reset(context_);
    kernel_->run(context_, input_.frame(0), output_.frame(0), 1, outcomes_.data());
  } catch (const ArenaExhausted&) {
    outcomes_[0] = Outcome::kRejected;
  }
  switch (outcomes_[0]) {
    case Outcome::kWritten: return fold(output_.frame(0));
    case Outcome::kSkipped: --measured_.records; return {};
    case Outcome::kRejected: ++measured_.failed; return {};
  }
  return {};
}

void Accumulator::add_real(ExactFloatSum& sum, double value) {
  if (std::isfinite(value))
    sum.add(value);
  else
    ++measured_.failed;
}

Result<void> Accumulator::fold(const uint8_t* frame) {
  const Cell value = measure_.value == kNone ? Cell{} : load_cell(frame, measure_.output, measure_.value);
  if (value.has_value()) ++measured_.values;
  if (measure_.key != kNone) {
    const Cell key = load_cell(frame, measure_.output, measure_.key);
    text_.clear();
    key_text_->append(frame, text_);
    const std::string name = key.has_value() ? shown(text_, key, plan_.types[measure_.output.fields[measure_.key].type]) : "null";
    const bool reals = measure_.fold == Fold::kSumBy && is_real(plan_.types[measure_.output.fields[measure_.value].type]);
    if (std::max(measured_.groups.size(), real_sums_.size()) >= kMostGroups && !measured_.groups.contains(name) &&
        !real_sums_.contains(name))
      return Error{ErrorKind::kConfig, "a measure by key has more than a million keys", "group by something coarser"};
    if (reals) {
      ExactFloatSum& sum = real_sums_[name];
      if (value.has_value()) add_real(sum, value.real);
      return {};
    }
    int128& group = measured_.groups[name];
    if (measure_.fold == Fold::kCountBy) {
      ++group;
    } else if (value.has_value()) {
      const int128 number = number_of(value, plan_.types[measure_.output.fields[measure_.value].type]);
      measured_.overflow = !decimal_add(group, number, group) || measured_.overflow;
    }
    return {};
  }
  return value.has_value() ? fold_value(value, frame) : Result<void>();
}

void Accumulator::fold_bound(const Cell& value, const uint8_t* frame) {
  const TypeId id = measure_.output.fields[measure_.value].type;
  ordered_.clear();
  append_ordered(ordered_, value, id, plan_.types);
  if (measured_.found && (measure_.fold == Fold::kLeast ? ordered_ >= best_ : ordered_ <= best_)) return;
  measured_.found = true;
  best_ = ordered_;
  if (is_real(plan_.types[id])) {
    measured_.real = value.real;
    return;
  }
  if (is_number(plan_.types[id])) {
    measured_.number = number_of(value, plan_.types[id]);
    return;
  }
  text_.clear();
  value_text_->append(frame, text_);
  measured_.text = shown(text_, value, plan_.types[id]);
}

Result<void> Accumulator::fold_value(const Cell& value, const uint8_t* frame) {
  const TypeId id = measure_.output.fields[measure_.value].type;
  switch (measure_.fold) {
    case Fold::kCount:
    case Fold::kCountBy:
    case Fold::kSumBy:
    case Fold::kNullRate: return {};
    case Fold::kSum:
      if (is_real(plan_.types[id])) {
        add_real(real_sum_, value.real);
        return {};
      }
      measured_.overflow = !decimal_add(measured_.number, number_of(value, plan_.types[id]), measured_.number) || measured_.overflow;
      return {};
    case Fold::kLeast:
    case Fold::kGreatest: fold_bound(value, frame); return {};
    case Fold::kMaxLength: {
      const int128 length = static_cast<int128>(code_point_count(value.text.view()));
      measured_.number = std::max(measured_.number, length);
      return {};
    }
    case Fold::kChecksum: {
      text_.clear();
      value_text_->append(frame, text_);
      const XXH128_hash_t hash = XXH3_128bits(text_.data(), text_.size());
      const uint64_t before = sum_low_;
      sum_low_ += hash.low64;
      sum_high_ += hash.high64 + (sum_low_ < before ? 1 : 0);
      return {};
    }
    case Fold::kDistinct:
    case Fold::kDuplicateRate: {
      ordered_.clear();
      append_ordered(ordered_, value, id, plan_.types);
      auto added = values_->add(ordered_, {});
      return added ? Result<void>() : Result<void>(added.error());
    }
  }
  return {};
}

Result<Measured> Accumulator::finish() {
  switch (measure_.fold) {
    case Fold::kCount: measured_.number = static_cast<int128>(measured_.records); break;
    case Fold::kDistinct: measured_.number = static_cast<int128>(values_->count()); break;
    case Fold::kDuplicateRate: measured_.number = static_cast<int128>(measured_.values - values_->count()); break;
    case Fold::kNullRate: measured_.number = static_cast<int128>(measured_.records - measured_.failed - measured_.values); break;
    case Fold::kChecksum: measured_.text = fmt::format("{:016x}{:016x}", sum_high_, sum_low_); break;
    case Fold::kSum:
      if (measure_.value != kNone && is_real(plan_.types[measure_.output.fields[measure_.value].type]))
        measured_.overflow = !real_sum_.total(measured_.real);
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

}  // namespace mig
