// What a run computes over whole relations: measures for profile, reconcile and gates, and the keys that maps refer to.
#include <algorithm>

#include "runtime/base/failpoint.h"
#include "runtime/engine/dedupe/key_entry.h"
#include "runtime/engine/measure/accumulator.h"
#include "runtime/engine/measure/map_replay.h"
#include "runtime/engine/measure/relation_scan.h"
#include "runtime/engine/references/reference_tables.h"
#include "runtime/engine/runner.h"

namespace mig {
namespace {

constexpr uint64_t kTableShare = 4;  // of the memory, for the pages of one table

bool of_relation(const MeasurePlan& measure) { return measure.relation == Relation::kRows || measure.relation == Relation::kInRun; }

std::string row_key(const uint8_t* frame, const TargetPlan& target, const RecordLayout& layout, const TypeTable& types) {
  std::string key;
  for (const uint32_t field : target.by) {
    const Cell cell = load_cell(frame, layout, field);
    key += cell.has_value() ? '\0' : '\1';
    append_ordered(key, cell, target.layout.fields[field].type, types);
  }
  return key;
}

/// Source frame and target frame as the relation of a measure has them; false: the record is not in it.
bool in_relation(Relation relation, const Fate& fate) {
  switch (relation) {
    case Relation::kRead: return true;
    case Relation::kWritten:
    case Relation::kPairs: return fate.what == Fate::What::kWritten;
    case Relation::kRejected: return fate.what == Fate::What::kRejected;
    case Relation::kSkipped: return fate.what == Fate::What::kSkipped;
    case Relation::kMerged: return fate.what == Fate::What::kMerged;
    case Relation::kRows:
    case Relation::kInRun: break;
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<MapReplay>> Runner::replay_of(const Target& target, bool filtered, std::vector<uint32_t>& maps, bool early) {
  std::vector<MapSetup> setups;
  for (const uint32_t map : target.maps) {
    if (plan_.maps[map].emitted) continue;
    maps.push_back(map);
    setups.push_back(setup_of(target, map));
    setups.back().keep_keys = false;
    setups.back().early = early;
    if (!filtered && !options_.only_rejected.empty()) setups.back().filter = nullptr;
  }
  std::string rejects;
  if (!early && (target.sink->traits().refuses_single_rows || (target.dedupe != nullptr && target.dedupe->merge_map != 0xFFFFFFFFu))) {
    // Only the target knows what it refused: the log says so.
    std::vector<std::string> names;
    for (const Target& other : targets_) {
      for (const uint32_t map : other.maps) names.push_back(plan_.maps[map].name);
    }
    rejects = directory_ + "/measured.ndjson";
    auto exported = log_->export_to(rejects, names, false);
    if (!exported) return exported.error();
    if (exported->rejects.empty()) rejects.clear();
  }
  return std::make_unique<MapReplay>(plan_, std::move(setups), directory_, std::move(rejects), options_.memory_bytes, options_.stop);
}

Result<std::vector<std::unique_ptr<Accumulator>>> Runner::accumulators_for(const std::function<bool(const MeasurePlan&)>& wanted) {
  std::vector<std::unique_ptr<Accumulator>> made(plan_.measures.size());
  for (size_t i = 0; i < plan_.measures.size(); ++i) {
    if (!wanted(plan_.measures[i])) continue;
    auto one = Accumulator::make(plan_, kernels_, environment_, plan_.measures[i], directory_ + "/measure-" + std::to_string(i) + ".keys",
                                 options_.memory_bytes / kTableShare);
    if (!one) return one.error();
    made[i] = std::move(*one);
  }
  return made;
}

Result<void> Runner::measure_maps(const Target& target, KeyTable* keys) {
  const auto concerns = [&](const MeasurePlan& measure) {
    return !of_relation(measure) && plan_.maps[measure.subject].target == target.index && !plan_.maps[measure.subject].emitted;
  };
  auto made = accumulators_for(concerns);
  if (!made) return made.error();
  std::vector<uint32_t> maps;
  auto replay = replay_of(target, true, maps);
  if (!replay) return replay.error();
  std::vector<bool> wanted(maps.size(), keys != nullptr);
  std::vector<std::vector<Accumulator*>> by_place(maps.size());
  for (const auto& one : *made) {
    if (one == nullptr) continue;
    const auto place = static_cast<size_t>(std::find(maps.begin(), maps.end(), one->plan().subject) - maps.begin());
    wanted[place] = true;
    by_place[place].push_back(one.get());
  }
  const TargetPlan& into = plan_.targets[target.index];
  const auto done = (*replay)->run(wanted, [&](const Fate& fate) -> Result<void> {
    for (Accumulator* const one : by_place[fate.map_place]) {
      if (!in_relation(one->plan().relation, fate)) continue;
      if (auto taken = one->take(fate.source, fate.written, fate.issue); !taken) return taken;
    }
    if (keys == nullptr || fate.what != Fate::What::kWritten) return {};
    auto added = keys->add(row_key(fate.written, into, into.layout, plan_.types), {});
    return added ? Result<void>() : Result<void>(added.error());
  });
  if (!done) return done;
  for (size_t i = 0; i < made->size(); ++i) {
    if ((*made)[i] == nullptr) continue;
    auto measured = (*made)[i]->finish();
    if (!measured) return measured.error();
    report_.measured[i] = std::move(*measured);
  }
  return {};
}

Result<void> Runner::measure_rows(uint32_t relation, bool before, KeyTable* keys) {
  const RelationPlan& plan = plan_.relations[relation];
  auto made = accumulators_for(
      [&](const MeasurePlan& measure) { return of_relation(measure) && measure.subject == relation && measure.before == before; });
  if (!made) return made.error();
  if (std::all_of(made->begin(), made->end(), [](const auto& one) { return one == nullptr; })) return {};
  const auto done =
      scan_relation(plan_, plan.rows, chunk_bytes_, options_.max_record_bytes, options_.stop, [&](const uint8_t* frame) -> Result<void> {
        bool in_run = true;
        if (keys != nullptr) {
          auto found = frame == nullptr ? Result<std::optional<std::string>>(std::optional<std::string>())
                                        : keys->find(row_key(frame, plan_.targets[plan.target], plan.rows.layout, plan_.types));
          if (!found) return found.error();
          in_run = found->has_value();
        }
        for (const auto& one : *made) {
          if (one == nullptr || (one->plan().relation == Relation::kInRun && !in_run)) continue;
          if (auto taken = one->take(frame, frame, {}); !taken) return taken;
        }
        return {};
      });
  if (!done) return done;
  if (references_ != nullptr) {
    if (auto answered = references_->failure(); !answered) return answered;
  }
  for (size_t i = 0; i < made->size(); ++i) {
    if ((*made)[i] == nullptr) continue;
    auto measured = (*made)[i]->finish();
    if (!measured) return measured.error();
    report_.measured[i] = std::move(*measured);
  }
  return {};
}

Result<void> Runner::measure(bool before) {
  report_.measured.resize(plan_.measures.size());
  const auto asked = [&](const MeasurePlan& measure) { return measure.before == before; };
  if (std::none_of(plan_.measures.begin(), plan_.measures.end(), asked)) return {};
  std::vector<std::unique_ptr<KeyTable>> keys(plan_.relations.size());
  if (!before) {
    (void)failpoint("before_measures");
    std::string identity;
    for (size_t i = 0; i < sources_.size(); ++i) {
      auto one = sources_[i]->identity();
      if (!one) return one.error();
      identity += plan_.sources[i].name + ": " + *one + "\n";
    }
    if (identity + earlier_identity_ != source_identity_)
      return Error{ErrorKind::kSourceChanged, "the source changed before the run could be reconciled with it", "restore it, or say --new"};
    for (const Target& target : targets_) {
      KeyTable* table = nullptr;
      for (size_t i = 0; i < plan_.relations.size(); ++i) {
        const bool wanted = std::any_of(plan_.measures.begin(), plan_.measures.end(), [&](const MeasurePlan& measure) {
          return measure.relation == Relation::kInRun && measure.subject == i;
        });
        if (plan_.relations[i].target != target.index || plan_.relations[i].whole || !wanted) continue;
        auto made = KeyTable::create(directory_ + "/in_run-" + std::to_string(i) + ".keys", options_.memory_bytes / kTableShare);
        if (!made) return made.error();
        keys[i] = std::move(*made);
        table = keys[i].get();
      }
      const bool over_maps = std::any_of(plan_.measures.begin(), plan_.measures.end(), [&](const MeasurePlan& measure) {
        return !of_relation(measure) && plan_.maps[measure.subject].target == target.index;
      });
      if (!over_maps && table == nullptr) continue;
      if (auto done = measure_maps(target, table); !done) return done;
    }
    if (auto prepared = prepare_measured_references(); !prepared) return prepared;
  }
  for (uint32_t i = 0; i < plan_.relations.size(); ++i) {
    if (auto done = measure_rows(i, before, keys[i].get()); !done) return done;
    if (keys[i] != nullptr) keys[i]->remove();
  }
  return {};
}

namespace {

/// A gate that is closed, with everything that is missing; null when none waits for people only.
std::optional<Error> waiting_at(const std::vector<ReconcileOutcome>& outcomes, const std::string& stage) {
  std::string gate, missing, commands;
  bool manual = false;
  for (const ReconcileOutcome& outcome : outcomes) {
    if (outcome.holds || (!gate.empty() && outcome.reconcile != gate)) continue;
    if (outcome.missing.empty()) continue;
    gate = outcome.reconcile;
    manual = outcome.manual;
    for (const std::string& one : outcome.missing) missing += (missing.empty() ? "" : "; ") + one;
    for (const std::string& one : outcome.commands) commands += (commands.empty() ? "" : "\n  ") + one;
  }
  if (gate.empty()) return std::nullopt;
  const std::string who = manual ? "stage " + stage + " waits for people: " : "gate " + gate + " of stage " + stage + " is closed: ";
  return Error{ErrorKind::kBudget, who + missing, commands + "\n  then run the same command again: it goes on from here"};
}

}  // namespace

Result<void> Runner::profile() {
  if (auto done = measure(true); !done || !options_.profile) return done;
  auto outcomes = options_.profile(report_, *ledger_);
  if (!outcomes) return outcomes.error();
  const auto closed = waiting_at(*outcomes, plan_.stage);
  std::optional<Error> failed;
  for (ReconcileOutcome& outcome : *outcomes) {
    const std::string what = (outcome.gate ? "gate " : "profile ") + outcome.reconcile + (outcome.gate ? " is closed: " : " fails: ") +
                             outcome.code + " " + outcome.message + " (" + outcome.place + ")";
    if (!outcome.holds && outcome.decides && outcome.missing.empty() && !failed)
      failed = Error{ErrorKind::kBudget, what, "nothing was written; repair the source or the expectation and run again"};
    report_.reconciles.push_back(std::move(outcome));
  }
  if (!failed) failed = closed;
  return failed ? Result<void>(*failed) : Result<void>();
}

Result<void> Runner::judge() {
  if (!options_.reconcile) return {};
  fill_report();
  auto outcomes = options_.reconcile(report_, *ledger_);
  if (!outcomes) return outcomes.error();
  const auto closed = waiting_at(*outcomes, plan_.stage);
  const bool fails = std::any_of(outcomes->begin(), outcomes->end(), [](const ReconcileOutcome& outcome) {
    return !outcome.holds && outcome.decides && outcome.missing.empty();
  });
  for (ReconcileOutcome& outcome : *outcomes) report_.reconciles.push_back(std::move(outcome));
  // What failed for good ends the run: nobody's approval would open the gate.
  return closed && !fails ? Result<void>(*closed) : Result<void>();
}

ReferenceTables& Runner::references() {
  if (references_ == nullptr) {
    references_ = std::make_unique<ReferenceTables>(plan_, directory_, options_.memory_bytes / kTableShare, earlier_maps_);
    environment_.references = references_.get();
  }
  return *references_;
}

Result<void> Runner::prepare_early_references() {
  for (const uint32_t index : plan_.early_targets) {
    const auto target = std::find_if(targets_.begin(), targets_.end(), [&](const Target& one) { return one.index == index; });
    auto ready = references().early_ready(index);
    if (!ready) return ready.error();
    if (*ready || target == targets_.end()) continue;
    (void)failpoint("before_early_references");
    std::vector<uint32_t> maps;
    auto replay = replay_of(*target, false, maps, true);
    if (!replay) return replay.error();
    if (auto filled = references().fill_from_maps(**replay, maps, true); !filled) return filled;
    (void)failpoint("early_references_filled");
  }
  return {};
}

Result<void> Runner::prepare_measured_references() {
  for (uint32_t i = 0; i < plan_.references.size(); ++i) {
    if (!plan_.references[i].measured) continue;
    if (auto filled = references().fill_from_rows(i, chunk_bytes_, options_.max_record_bytes, options_.stop); !filled) return filled;
  }
  return {};
}

/// Tables over maps of `finished`; null: over targets that this run does not write.
Result<void> Runner::prepare_references(const Target* finished) {
  if (plan_.references.empty()) return {};
  (void)references();
  for (uint32_t i = 0; i < plan_.references.size(); ++i) {
    const ReferencePlan& reference = plan_.references[i];
    if (reference.early || reference.measured || reference.earlier) continue;
    const uint32_t target = reference.of_map ? plan_.maps[reference.subject].target : plan_.relations[reference.subject].target;
    const auto is_written = [&](uint32_t index) {
      return std::any_of(targets_.begin(), targets_.end(), [&](const Target& one) { return one.index == index; });
    };
    if (finished == nullptr ? is_written(target) : finished->index != target) continue;
    auto ready = references_->ready(i);
    if (!ready) return ready.error();
    if (*ready) continue;
    if (!reference.of_map) {
      if (auto filled = references_->fill_from_rows(i, chunk_bytes_, options_.max_record_bytes, options_.stop); !filled) return filled;
      continue;
    }
    if (auto filled = fill_references(*finished); !filled) return filled;
  }
  return {};
}

Result<void> Runner::fill_references(const Target& finished) {
  (void)failpoint("before_references");
  std::vector<uint32_t> maps;
  auto replay = replay_of(finished, false, maps);
  if (!replay) return replay.error();
  if (auto filled = references().fill_from_maps(**replay, maps, false); !filled) return filled;
  (void)failpoint("references_filled");
  return {};
}

Result<void> Runner::keep_crosswalk(const Target& finished) {
  const bool wanted = std::any_of(plan_.crosswalks.begin(), plan_.crosswalks.end(),
                                  [&](const CrosswalkPlan& crosswalk) { return crosswalk.target == finished.index; });
  if (!wanted) return {};
  auto ready = references().kept_ready(finished.index);
  if (!ready) return ready.error();
  return *ready ? Result<void>() : fill_references(finished);
}

}  // namespace mig
