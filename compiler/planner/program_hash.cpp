// The identity of what a program does: resume refuses another one.
#include <algorithm>
#include <array>
#include <cstring>

#include "compiler/planner/planning.h"
#include "runtime/base/sha256.h"
#include "stdlib/function.h"

namespace mig::planner {
namespace {

/// Feeds every part so that its end is known, and no two programs look alike.
class Digest {
 public:
  /// Seven bits a byte, the lowest first: most numbers are small, and the digest costs by the byte.
  void number(uint64_t value) {
    constexpr size_t kMost = 10;  // bytes
    if (waiting_.size() - used_ < kMost) flush();
    for (; value >= 0x80; value >>= 7) waiting_[used_++] = static_cast<unsigned char>(value | 0x80);
    waiting_[used_++] = static_cast<unsigned char>(value);
  }
  /// An index; "none" is the shortest.
  void index(uint32_t value) { number(static_cast<uint32_t>(value + 1)); }
  void text(std::string_view value) {
    number(value.size());
    if (value.size() > waiting_.size() - used_) flush();
    if (value.size() > waiting_.size()) return hash_.add(value.data(), value.size());
    std::memcpy(waiting_.data() + used_, value.data(), value.size());
    used_ += value.size();
  }
  std::string hex() {
    flush();
    return hex_text(hash_.digest());
  }

 private:
  // In pieces of some size: a call for every number costs more than the digest itself.
  void flush() {
    hash_.add(waiting_.data(), used_);
    used_ = 0;
  }

  Sha256 hash_;
  std::array<unsigned char, 4096> waiting_;
  size_t used_ = 0;
};

/// Numbers what is named often by its first appearance, where its text is told.
class Names {
 public:
  template <class Text>
  void tell(Digest& digest, uint32_t id, Text text) {
    if (id >= numbers_.size()) numbers_.resize(std::max<size_t>(id + 1, 2 * numbers_.size()), 0);
    if (numbers_[id] != 0) return digest.number(numbers_[id]);
    digest.number(0);
    digest.text(text());
    numbers_[id] = ++last_;
  }

 private:
  std::vector<uint32_t> numbers_;  // by id; 0: not told yet
  uint32_t last_ = 0;
};

class ProgramDigest {
 public:
  explicit ProgramDigest(const ir::Program& program) : program_(program) {}

  void type(TypeId id) {
    digest.number(id == kNoType ? 0 : 1);
    if (id != kNoType) types_.tell(digest, id, [&] { return program_.types.text(id); });
  }

  void layout(const RecordLayout& layout) {
    digest.number(layout.fields.size());
    for (const FieldSlot& field : layout.fields) {
      digest.text(field.name);
      type(field.type);
      digest.number(field.optional ? 1 : 0);
    }
  }

  void steps(const std::vector<ir::Step>& list) {
    digest.number(list.size());
    for (const ir::Step& step : list) {
      digest.number(static_cast<uint64_t>(step.what));
      for (const uint32_t part : {step.node, step.index, step.poison}) digest.index(part);
      digest.number(step.depends.size());
      for (const uint32_t bit : step.depends) digest.number(bit);
      steps(step.then);
      steps(step.otherwise);
    }
  }

  void program() {
    digest.number(program_.enums.size());
    for (const EnumType& enumeration : program_.enums) {
      digest.text(enumeration.name);
      for (const EnumVariant& variant : enumeration.variants) {
        digest.text(variant.name);
        digest.text(variant.wire);
      }
    }
    digest.number(program_.nodes.size());
    for (const ir::Node& node : program_.nodes) {
      digest.number(static_cast<uint64_t>(node.op));
      type(node.type);
      if (node.op == ir::Op::kCall) {
        functions_.tell(digest, node.index, [&] { return std::string_view(stdlib::functions()[node.index].name); });
      } else {
        digest.index(node.index);
      }
      for (const uint32_t part : {node.a, node.b, node.c, node.first}) digest.index(part);
      digest.number(node.count);
    }
    digest.number(program_.arguments.size());
    for (const uint32_t argument : program_.arguments) digest.number(argument);
    digest.number(program_.cases.size());
    for (const ir::SwitchCase& option : program_.cases) {
      digest.number(static_cast<uint64_t>(option.value));
      digest.number(option.body);
    }
    digest.number(program_.constants.size());
    for (const ir::Constant& constant : program_.constants) {
      type(constant.type);
      digest.text(constant.text);
      if (storage_of(program_.types[constant.type].kind) == Storage::kText) continue;
      digest.number(static_cast<uint64_t>(constant.cell.decimal));
      digest.number(static_cast<uint64_t>(constant.cell.decimal >> 64));
      digest.number(constant.cell.extra);
    }
    digest.number(program_.prepared.size());
    for (const stdlib::PreparedSpec& spec : program_.prepared) {
      digest.number(static_cast<uint64_t>(spec.kind));
      digest.text(spec.name);
      for (const std::string& part : spec.texts) digest.text(part);
      for (const std::string& part : spec.values) digest.text(part);
      digest.number(static_cast<uint64_t>(spec.option));
      digest.number(static_cast<uint64_t>(spec.flag));
    }
    digest.number(program_.functions.size());
    for (const ir::Function& function : program_.functions) {
      digest.number(function.parameters);
      digest.number(function.body);
    }
    digest.number(program_.maps.size());
    for (const ir::MapProgram& map : program_.maps) {
      digest.text(map.name);
      layout(map.input);
      layout(map.output);
      steps(map.steps);
    }
    digest.number(program_.issues.size());
    for (const Issue& issue : program_.issues) {
      digest.text(issue.code);
      digest.number(static_cast<uint64_t>(issue.verb));
    }
    for (const Site& site : program_.sites) digest.number(site.issue);
  }

  Digest digest;

 private:
  const ir::Program& program_;
  Names types_, functions_;
};

void settings(Digest& digest, const Settings& values) {
  for (const auto& [key, value] : values) {
    digest.text(key);
    digest.number(value.index());
    if (const auto* flag = std::get_if<bool>(&value)) digest.number(*flag ? 1 : 0);
    if (const auto* count = std::get_if<int64_t>(&value)) digest.number(static_cast<uint64_t>(*count));
    if (const auto* text = std::get_if<std::string>(&value)) digest.text(*text);
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
      for (const std::string& text : *texts) digest.text(text);
    }
  }
}

/// Where references lead and when they are answered: the program holds only their numbers.
void references(ProgramDigest& all, const Plan& plan) {
  if (plan.references.empty() && plan.crosswalks.empty()) return;
  all.digest.text("references");
  for (const ReferencePlan& reference : plan.references) {
    for (const bool flag : {reference.of_map, reference.earlier, reference.early, reference.measured}) all.digest.number(flag ? 1 : 0);
    if (!reference.of_map) {
      const RelationPlan& relation = plan.relations[reference.subject];
      all.digest.text(relation.rows.name);
      settings(all.digest, relation.rows.settings);
    } else if (reference.earlier) {
      const EarlierMapPlan& map = plan.earlier_maps[reference.subject];
      all.digest.text(map.name);
      all.digest.text(map.target);
      for (const std::string& stage : map.stages) all.digest.text(stage);
      all.layout(map.source_key);
      all.layout(map.layout);
    } else {
      all.digest.text(plan.maps[reference.subject].name);
    }
    all.type(reference.key);
  }
  for (const CrosswalkPlan& crosswalk : plan.crosswalks) {
    all.digest.text(plan.targets[crosswalk.target].name);
    for (const bool kept : crosswalk.kept) all.digest.number(kept ? 1 : 0);
  }
  for (const uint32_t target : plan.early_targets) all.digest.text(plan.targets[target].name);
}

}  // namespace

std::string program_hash(const ir::Program& program, const Plan& plan) {
  ProgramDigest all(program);
  all.digest.text("migc program 2");
  all.digest.text(plan.migration);
  all.digest.text(plan.stage);
  if (!plan.environment.empty()) all.digest.text("environment " + plan.environment);
  all.program();
  for (const SourcePlan& source : plan.sources) {
    all.digest.text(source.name);
    all.digest.text(source.connector);
    settings(all.digest, source.settings);
    all.layout(source.layout);
    for (const FieldDecode& field : source.fields) {
      for (const std::string& name : field.wire_names) all.digest.text(name);
      all.digest.number(static_cast<uint64_t>(field.mode));
      all.digest.number(field.needed ? 1 : 0);
    }
  }
  for (const TargetPlan& target : plan.targets) {
    all.digest.text(target.name);
    all.digest.text(target.connector);
    settings(all.digest, target.settings);
    all.layout(target.layout);
    all.digest.number(static_cast<uint64_t>(target.write));
    for (const uint32_t field : target.by) all.digest.number(field);
    for (const FieldEncode& field : target.fields) all.digest.text(field.wire_name);
  }
  for (const MapPlan& map : plan.maps) {
    all.digest.text(map.name);
    all.digest.number(map.source);
    all.digest.number(map.target);
  }
  for (const DedupePlan& dedupe : plan.dedupes) {
    all.digest.number(dedupe.target);
    for (const bool descending : dedupe.descending) all.digest.number(descending ? 1 : 0);
    for (const uint32_t field : dedupe.merged_fields) all.digest.number(field);
  }
  references(all, plan);
  if (plan.selected.first) {
    all.digest.text("limit");
    all.digest.number(*plan.selected.first);
  }
  if (plan.selected.fraction) all.digest.text(fmt::format("sample {}", *plan.selected.fraction));
  return all.digest.hex();
}

}  // namespace mig::planner
