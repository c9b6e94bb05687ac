// A migration by hand for tests of the engine: people with address, number and tags; a kernel without any compiler.
#pragma once

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/engine/run.h"
#include "tests/unit/engine_people.h"

namespace mig::test {

enum Field : uint32_t { kId = 0, kEmail = 1, kNumber = 2, kTags = 3 };
enum SiteOf : uint32_t { kOverflowSite, kDecodeSite, kRefusedSite, kNoAddress, kNegative, kOutOfScope, kMerged, kExisting };

/// A scratch folder that goes with the object.
struct Folder {
  std::string path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "migc-engine-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string operator/(const std::string& name) const { return path + "/" + name; }
};

inline std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::unique_ptr<Plan> people_plan(const std::string& input, const std::string& output, const std::string& connector) {
  auto plan = std::make_unique<Plan>();
  TypeTable& types = plan->types;
  const TypeId text = types.of(Kind::kString), number = types.of(Kind::kInt), tags = types.list(text);
  plan->migration = "people";
  plan->version = "1.0.0";
  plan->spec_file = "people.mig";
  plan->spec_hash = "abc";
  plan->issues = {{"MIG001", "overflow", "", Verb::kReject},
                  {"MIG002", "does not decode", "", Verb::kReject},
                  {"MIG003", "the target refused the row", "", Verb::kReject},
                  {"P101", "no address", "find it", Verb::kReject},
                  {"P201", "negative number", "check it", Verb::kWarn},
                  {"P301", "out of scope", "", Verb::kSkip},
                  {"P401", "two of one address", "merge them", Verb::kWarn},
                  {"P501", "exists", "", Verb::kWarn}};
  for (uint32_t i = 0; i < plan->issues.size(); ++i) {
    Site site;
    site.issue = i;
    site.verb = plan->issues[i].verb;
    site.file = "people.mig";
    site.line = i + 1;
    site.column = 3;
    plan->sites.push_back(site);
  }
  plan->sites[kNoAddress].field = "email";
  plan->sites[kNoAddress].source_fields = {kEmail};
  plan->overflow_site = kOverflowSite;
  plan->decode_site = kDecodeSite;
  plan->refused_site = kRefusedSite;
  SourcePlan source;
  source.name = "people";
  source.connector = "ndjson";
  source.arguments = {input};
  source.layout.add("id", text, types, false);
  source.layout.add("email", types.nullable(text), types, true);
  source.layout.add("n", types.nullable(number), types, true);
  source.layout.add("tags", types.nullable(tags), types, true);
  source.layout.finish();
  for (const char* name : {"id", "email", "n", "tags"}) source.fields.push_back({{name}, DecodeMode::kPlain, true, false});
  source.key = {kId};
  plan->sources.push_back(std::move(source));
  TargetPlan target;
  target.name = "out";
  target.connector = connector;
  target.arguments = {output};
  target.write = WriteMode::kReplace;
  if (connector == "sqlite") {
    target.write = WriteMode::kUpsert;
    target.settings["table"] = std::string("people");
    target.settings["create"] = true;
  }
  target.by = {kEmail};
  target.layout.add("id", text, types, false);
  target.layout.add("email", text, types, false);
  target.layout.add("n", types.nullable(number), types, true);
  target.layout.add("tags", types.nullable(tags), types, true);
  target.layout.finish();
  for (const char* name : {"id", "email", "n", "tags"}) target.fields.push_back({name, false});
  target.on_existing_site = kExisting;
  plan->targets.push_back(std::move(target));
  plan->maps.emplace_back().name = "people";
  return plan;
}

/// Adds `dedupe out by email { prefer n desc  merge tags = all, each once  warn P401 }`. `twice`: plain files are read twice, the first
/// time for the keys that the whole map gives.
inline void add_dedupe(Plan& plan, bool merge, bool twice) {
  TypeTable& types = plan.types;
  DedupePlan dedupe;
  dedupe.target = 0;
  dedupe.key_map = 1;
  dedupe.key_layout.add("key", types.nullable(types.of(Kind::kString)), types, true);
  dedupe.key_layout.add("n", types.nullable(types.of(Kind::kInt)), types, true);
  dedupe.key_layout.finish();
  dedupe.descending = {true};
  dedupe.site = kMerged;
  if (merge) {
    Type record;
    record.kind = Kind::kRecord;
    for (const FieldSlot& slot : plan.targets[0].layout.fields) record.fields.push_back({slot.name, slot.type, slot.optional});
    dedupe.merge_map = 2;
    dedupe.group_layout.add("group", types.list(types.intern(record)), types, false);
    dedupe.group_layout.finish();
    dedupe.merged_fields = {kTags};
  }
  plan.dedupes.push_back(std::move(dedupe));
  if (!twice) return;
  plan.maps[0].key_slice = 0;
  plan.maps[0].key_fields = plan.sources[0].fields;
}

/// Copies id, email, n, tags. No address: reject P101. n < 0: warning P201. n == 7: skip P301.
class PeopleMap : public Kernel {
 public:
  explicit PeopleMap(const Plan& plan) : in_(plan.sources[0].layout), out_(plan.targets[0].layout) {}
  void run(Context& context, const uint8_t* input, uint8_t* output, uint32_t count, Outcome* outcomes) const override {
    for (uint32_t i = 0; i < count; ++i) {
      if (outcomes[i] == Outcome::kRejected) continue;
      const uint8_t* in = input + static_cast<size_t>(i) * in_.stride;
      uint8_t* out = output + static_cast<size_t>(i) * out_.stride;
      for (uint32_t field = 0; field < 4; ++field) {
        Cell cell = load_cell(in, in_, field);
        if (!cell.has_value()) cell.state = Presence::kKeep;
        store_cell(out, out_, field, cell);
      }
      const Cell number = load_cell(in, in_, kNumber);
      if (number.has_value() && number.integer < 0) context.issues->add(context.issues, {i, kNegative, 2, nullptr});
      if (!load_cell(in, in_, kEmail).has_value()) {
        context.issues->add(context.issues, {i, kNoAddress, 1, "it is missing"});
        outcomes[i] = Outcome::kRejected;
      } else if (number.has_value() && number.integer == 7) {
        context.issues->add(context.issues, {i, kOutOfScope, 2, nullptr});
        outcomes[i] = Outcome::kSkipped;
      }
    }
  }

 private:
  const RecordLayout& in_;
  const RecordLayout& out_;
};

class PeopleKey : public Kernel {
 public:
  explicit PeopleKey(const Plan& plan) : in_(plan.targets[0].layout), out_(plan.dedupes[0].key_layout) {}
  void run(Context&, const uint8_t* input, uint8_t* output, uint32_t count, Outcome* outcomes) const override {
    for (uint32_t i = 0; i < count; ++i) {
      if (outcomes[i] == Outcome::kRejected) continue;
      const uint8_t* in = input + static_cast<size_t>(i) * in_.stride;
      uint8_t* out = output + static_cast<size_t>(i) * out_.stride;
      Cell key = load_cell(in, in_, kEmail);
      if (key.text.view() == "none") key.state = Presence::kNull;
      store_cell(out, out_, 0, key);
      store_cell(out, out_, 1, load_cell(in, in_, kNumber));
    }
  }

 private:
  const RecordLayout& in_;
  const RecordLayout& out_;
};

/// All tags of the group, winner's first, each once.
class PeopleMerge : public Kernel {
 public:
  explicit PeopleMerge(const Plan& plan) : in_(plan.dedupes[0].group_layout), out_(plan.targets[0].layout) {}
  void run(Context& context, const uint8_t* input, uint8_t* output, uint32_t, Outcome*) const override {
    const Cell group = load_cell(input, in_, 0);
    std::vector<Cell> all;
    for (uint64_t i = 0; i < group.list.count; ++i) {
      const Cell& tags = group.list.items[i].list.items[kTags];
      for (uint64_t k = 0; tags.has_value() && k < tags.list.count; ++k) {
        bool known = false;
        for (const Cell& cell : all) known = known || cell.text.view() == tags.list.items[k].text.view();
        if (!known) all.push_back(tags.list.items[k]);
      }
    }
    Cell merged{};
    merged.state = all.empty() ? Presence::kKeep : Presence::kValue;
    merged.list.count = all.size();
    merged.list.items = static_cast<Cell*>(arena_allocate(context, all.size() * sizeof(Cell) + 1));
    for (size_t i = 0; i < all.size(); ++i) merged.list.items[i] = all[i];
    store_cell(output, out_, kTags, merged);
  }

 private:
  const RecordLayout& in_;
  const RecordLayout& out_;
};

class PeopleKernels : public KernelSet {
 public:
  explicit PeopleKernels(const Plan& plan) : map_(plan) {
    if (plan.dedupes.empty()) return;
    key_ = std::make_unique<PeopleKey>(plan);
    if (!plan.dedupes[0].merged_fields.empty()) merge_ = std::make_unique<PeopleMerge>(plan);
  }
  const Kernel& kernel(uint32_t map) const override {
    return map == 0 ? static_cast<const Kernel&>(map_) : map == 1 ? static_cast<const Kernel&>(*key_) : *merge_;
  }
  const void* const* prepared() const override { return nullptr; }
  const char* engine() const override { return "by hand"; }

 private:
  PeopleMap map_;
  std::unique_ptr<PeopleKey> key_;
  std::unique_ptr<PeopleMerge> merge_;
};

}  // namespace mig::test
