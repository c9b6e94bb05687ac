#include "runtime/engine/references/reference_tables.h"

#include <cstring>

#include "runtime/engine/dedupe/key_entry.h"
#include "runtime/engine/measure/relation_scan.h"

namespace mig {
namespace {

constexpr char kRecord = '\0', kWinner = '\1';
// In front of the number of a winner whose source key an earlier record has too; no map has this number.
const std::string kOfWinners(sizeof(uint32_t), '\xFF');
constexpr size_t kNumber = sizeof(uint64_t);  // bytes, behind the first of a value

void append_map(std::string& out, uint32_t map) { out.append(reinterpret_cast<const char*>(&map), sizeof map); }
void append_number(std::string& out, uint64_t number) { out.append(reinterpret_cast<const char*>(&number), sizeof number); }

/// As KeyEntryMaker writes the source key of a record.
void append_key(std::string& out, const Cell& cell, TypeId type, const TypeTable& types) {
  out += cell.has_value() ? '\0' : '\1';
  append_ordered(out, cell, type, types);
}

/// A key of several fields is a record of them.
void append_keys(std::string& out, const Cell& cell, TypeId type, const TypeTable& types) {
  if (types[type].kind != Kind::kRecord) return append_key(out, cell, type, types);
  for (size_t i = 0; i < types[type].fields.size(); ++i) append_key(out, cell.list.items[i], types[type].fields[i].type, types);
}

}  // namespace

ReferenceTables::ReferenceTables(const Plan& plan, std::string directory, uint64_t memory, const std::vector<EarlierCrosswalk>& earlier)
    : References{&ReferenceTables::answer},
      plan_(plan),
      directory_(std::move(directory)),
      memory_(memory),
      earlier_(earlier),
      tables_(2 * plan.targets.size() + 2 * plan.relations.size()) {}

/// Maps into one target share a table, for a dedupe sends the keys of one to records of another; rows of a relation have their own.
uint32_t ReferenceTables::table_of(uint32_t reference) const {
  const ReferencePlan& plan = plan_.references[reference];
  if (plan.of_map) return plan.early ? early_table(plan_.maps[plan.subject].target) : plan_.maps[plan.subject].target;
  const uint32_t place = static_cast<uint32_t>(2 * plan_.targets.size()) + plan.subject;
  return plan.measured ? place + static_cast<uint32_t>(plan_.relations.size()) : place;
}

uint32_t ReferenceTables::early_table(uint32_t target) const { return static_cast<uint32_t>(plan_.targets.size()) + target; }

const CrosswalkPlan* ReferenceTables::kept(uint32_t table) const {
  for (const CrosswalkPlan& crosswalk : plan_.crosswalks) {
    if (crosswalk.target == table) return &crosswalk;
  }
  return nullptr;
}

std::string ReferenceTables::path_of(uint32_t table) const {
  if (kept(table) != nullptr) return crosswalk_path(directory_, plan_.targets[table].name);
  return directory_ + "/references-" + std::to_string(table) + ".keys";
}

Result<bool> ReferenceTables::ready(uint32_t reference) { return opened(table_of(reference)); }

Result<bool> ReferenceTables::early_ready(uint32_t target) { return opened(early_table(target)); }

Result<bool> ReferenceTables::opened(uint32_t table) {
  if (tables_[table] != nullptr) return true;
  auto found = KeyTable::open(path_of(table), memory_);
  if (!found) return found.error();
  tables_[table] = std::move(*found);
  return tables_[table] != nullptr;
}

Result<void> ReferenceTables::fill_from_maps(MapReplay& replay, const std::vector<uint32_t>& maps, bool early) {
  const uint32_t target = plan_.maps[maps.front()].target;
  const uint32_t place = early ? early_table(target) : target;
  auto table = KeyTable::create(path_of(place), memory_);
  if (!table) return table.error();
  const RecordLayout& layout = plan_.targets[target].layout;
  PackedFrames frames(layout, plan_.types);
  const CrosswalkPlan* const lasting = kept(place);
  std::vector<uint8_t> shown(layout.stride);
  std::string key, value;
  if (lasting != nullptr) {
    if (auto labelled = (*table)->add(kCrosswalkLabel, crosswalk_label(plan_, target, maps)); !labelled) return labelled.error();
  }
  const auto filled = replay.run(std::vector<bool>(maps.size(), true), [&](const Fate& fate) -> Result<void> {
    if (fate.what != Fate::What::kWritten && fate.what != Fate::What::kMerged) return {};
    const uint32_t map = maps[fate.map_place];
    const SourcePlan& source = plan_.sources[plan_.maps[map].source];
    key.clear();
    append_map(key, map);
    for (const uint32_t field : source.key)
      append_key(key, load_cell(fate.source, source.layout, field), source.layout.fields[field].type, plan_.types);
    value.assign(1, fate.what == Fate::What::kWritten ? kRecord : kWinner);
    append_number(value, fate.what == Fate::What::kWritten ? fate.number : fate.winner);
    if (fate.what == Fate::What::kWritten) {
      const uint8_t* frame = fate.target;
      if (lasting != nullptr) {
        // What nobody asks for is not kept.
        std::fill(shown.begin(), shown.end(), uint8_t{0});
        for (uint32_t field = 0; field < layout.fields.size(); ++field) {
          if (lasting->kept[field]) store_cell(shown.data(), layout, field, load_cell(fate.target, layout, field));
        }
        frame = shown.data();
      }
      frames.pack(frame, value);
    } else {
      append_map(value, maps[fate.winner_place]);
      value += fate.winner_key;
    }
    // Two records with one source key: the first one counts. A later one may still be what others lost to.
    auto added = (*table)->add(key, value);
    if (added && !*added && fate.what == Fate::What::kWritten) {
      std::string numbered = kOfWinners;
      append_number(numbered, fate.number);
      added = (*table)->add(numbered, value);
    }
    return added ? Result<void>() : Result<void>(added.error());
  });
  if (!filled) return filled;
  if (auto finished = (*table)->finish(); !finished) return finished;
  tables_[place] = std::move(*table);
  return {};
}

Result<void> ReferenceTables::fill_from_rows(uint32_t reference, uint64_t chunk_bytes, uint64_t max_record_bytes,
                                             const std::atomic<int>* stop) {
  const ReferencePlan& plan = plan_.references[reference];
  const SourcePlan& rows = plan_.relations[plan.subject].rows;
  const uint32_t place = table_of(reference);
  auto table = KeyTable::create(path_of(place), memory_);
  if (!table) return table.error();
  std::string key;
  const auto filled = scan_relation(plan_, rows, chunk_bytes, max_record_bytes, stop, [&](const uint8_t* frame) -> Result<void> {
    if (frame == nullptr) return {};
    key.clear();
    for (const uint32_t field : rows.key)
      append_key(key, load_cell(frame, rows.layout, field), rows.layout.fields[field].type, plan_.types);
    auto added = (*table)->add(key, {});
    return added ? Result<void>() : Result<void>(added.error());
  });
  if (!filled) return filled;
  if (auto finished = (*table)->finish(); !finished) return finished;
  tables_[place] = std::move(*table);
  return {};
}

void ReferenceTables::remove() {
  for (uint32_t i = 0; i < tables_.size(); ++i) {
    if (tables_[i] != nullptr && kept(i) == nullptr) tables_[i]->remove();
  }
}

Result<void> ReferenceTables::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_ ? Result<void>(*failure_) : Result<void>();
}

Result<std::optional<std::string>> ReferenceTables::look_up(KeyTable& table, std::string key) const {
  auto value = table.find(key);
  if (!value || !*value || (*value)->empty() || (**value)[0] != kWinner) return value;
  // A winner is never a loser itself, so there is one step at most. It stands under its key, or, where an earlier record has the same one,
  // under its number; or nowhere, because the target refused it.
  const std::string number = (**value).substr(1, kNumber);
  auto winner = table.find((**value).substr(1 + kNumber));
  if (winner && *winner && (**winner)[0] == kRecord && (**winner).substr(1, kNumber) == number) return winner;
  return table.find(kOfWinners + number);
}

Status ReferenceTables::find(Context& context, uint32_t reference, const Cell& key, Cell& result) {
  const ReferencePlan& plan = plan_.references[reference];
  std::string bytes;
  if (plan.of_map) append_map(bytes, plan.earlier ? earlier_[plan.subject].map : plan.subject);
  append_keys(bytes, key, plan.key, plan_.types);
  std::memset(static_cast<void*>(&result), 0, sizeof result);
  result.state = Presence::kNull;
  KeyTable* table = plan.earlier ? earlier_[plan.subject].table.get() : tables_[table_of(reference)].get();
  // Asked by a map that is run early itself.
  if (table == nullptr && plan.of_map && !plan.earlier) table = tables_[early_table(plan_.maps[plan.subject].target)].get();
  const auto value =
      table == nullptr
          ? Result<std::optional<std::string>>(Error{ErrorKind::kInternal, "a reference was asked for before its records were written", ""})
          : look_up(*table, std::move(bytes));
  if (!value) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = value.error();
    return Status::kOk;
  }
  if (!value->has_value()) return Status::kOk;
  result.state = Presence::kValue;
  if (!plan.of_map) return Status::kOk;
  const RecordLayout& layout =
      plan.earlier ? plan_.earlier_maps[plan.subject].layout : plan_.targets[plan_.maps[plan.subject].target].layout;
  const std::string& packed = **value;
  const size_t size = packed.size() - 1 - kNumber;
  auto* const frame = static_cast<uint8_t*>(arena_allocate(context, size));
  std::memcpy(frame, packed.data() + 1 + kNumber, size);
  PackedFrames(layout, plan_.types).unpack(frame);
  const uint64_t count = layout.fields.size();
  auto* const cells = static_cast<Cell*>(arena_allocate(context, count * sizeof(Cell)));
  for (uint32_t i = 0; i < count; ++i) {
    cells[i] = load_cell(frame, layout, i);
    if (!cells[i].has_value()) cells[i].state = Presence::kNull;
  }
  result.list = {cells, count};
  return Status::kOk;
}

Status ReferenceTables::answer(const References* self, Context* context, uint32_t reference, const Cell* key, Cell* result) {
  return const_cast<ReferenceTables*>(static_cast<const ReferenceTables*>(self))->find(*context, reference, *key, *result);
}

}  // namespace mig
