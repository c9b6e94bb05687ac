#include "compiler/planner/measures.h"

#include <fmt/format.h>

#include <algorithm>

namespace mig::planner {
namespace {

using sema::Ref;
using syntax::ExprId;
using Of = PlannedMeasure::Of;

struct FoldName {
  std::string_view name;
  Fold fold;
  size_t least, most;  // functions of a record
};
constexpr FoldName kFolds[] = {{"count", Fold::kCount, 0, 0},          {"sum", Fold::kSum, 1, 1},
                               {"min_of", Fold::kLeast, 1, 1},         {"max_of", Fold::kGreatest, 1, 1},
                               {"count_by", Fold::kCountBy, 1, 1},     {"histogram", Fold::kCountBy, 1, 1},
                               {"sum_by", Fold::kSumBy, 2, 2},         {"distinct", Fold::kDistinct, 1, 1},
                               {"null_rate", Fold::kNullRate, 1, 1},   {"duplicate_rate", Fold::kDuplicateRate, 1, 1},
                               {"max_length", Fold::kMaxLength, 1, 1}, {"checksum", Fold::kChecksum, 0, 1}};
struct RelationName {
  std::string_view name;
  Relation relation;
};
constexpr RelationName kOfMaps[] = {{"read", Relation::kRead},       {"written", Relation::kWritten}, {"rejected", Relation::kRejected},
                                    {"skipped", Relation::kSkipped}, {"merged", Relation::kMerged},   {"pairs", Relation::kPairs}};

const FoldName* fold_named(std::string_view name) {
  const auto found = std::find_if(std::begin(kFolds), std::end(kFolds), [&](const FoldName& fold) { return fold.name == name; });
  return found == std::end(kFolds) ? nullptr : found;
}

std::string name_of(const syntax::Module& tree, ExprId id) {
  const auto* name = id.valid() ? tree[id].get_if<syntax::NameExpr>() : nullptr;
  return name == nullptr ? std::string() : name->name.text;
}

ExprId ungrouped(const syntax::Module& tree, ExprId id) {
  while (id.valid() && tree[id].kind() == syntax::ExprKind::group) id = tree[id].as<syntax::GroupExpr>().inner;
  return id;
}

bool is_sum_type(const Type& type) { return type.kind == Kind::kInt || type.kind == Kind::kDecimal || type.kind == Kind::kPercent; }

/// A value of the form that the measure will have.
CheckValue form_of(const PlannedMeasure& measure) {
  switch (measure.fold) {
    case Fold::kSumBy:
      if (measure.real) return CheckValue::keyed_reals({});
      [[fallthrough]];
    case Fold::kCountBy: return CheckValue::keyed({}, measure.scale);
    case Fold::kChecksum: return CheckValue::of_text({});
    case Fold::kLeast:
    case Fold::kGreatest:
      if (measure.real) return CheckValue::of_real(0);
      return measure.number ? CheckValue::decimal(0, measure.scale) : CheckValue::of_text({});
    case Fold::kNullRate:
    case Fold::kDuplicateRate: return CheckValue::ratio(0, 1);
    case Fold::kSum:
      if (measure.real) return CheckValue::of_real(0);
      break;
    case Fold::kCount:
    case Fold::kDistinct:
    case Fold::kMaxLength: break;
  }
  return CheckValue::decimal(0, measure.scale);
}

}  // namespace

bool MeasureCollector::is_mapped(uint32_t map) const { return std::find(maps_.begin(), maps_.end(), map) != maps_.end(); }

/// `filter(r -> condition)`, as a stage of a pipe (argument 0) or with the relation in front (argument 1).
bool MeasureCollector::filter_of(sema::ModuleId module, ExprId id, size_t argument, PlannedMeasure& measure) const {
  const syntax::Module& tree = checked_.modules[module].tree;
  const auto* call = tree[id].get_if<syntax::CallExpr>();
  if (call == nullptr || name_of(tree, call->callee) != "filter" || call->arguments.size() != argument + 1) return false;
  const ExprId lambda = ungrouped(tree, call->arguments[argument].value);
  if (!lambda.valid() || tree[lambda].kind() != syntax::ExprKind::lambda) return false;
  measure.request.filters.push_back({module, lambda});
  return true;
}

/// `orphans(target.field)`: the rows whose reference leads nowhere.
bool MeasureCollector::orphans_of(sema::ModuleId module, ExprId id, PlannedMeasure& measure) const {
  const sema::ModuleInfo& info = checked_.modules[module];
  const auto* path = info.tree[id].get_if<syntax::FieldExpr>();
  if (path == nullptr || measure.before) return false;
  const sema::ExprInfo& object = info.exprs[path->object.value];
  if (object.ref != Ref::kTarget) return false;
  const sema::SchemaSymbol& schema = checked_.schemas[checked_.targets[object.index].schema];
  const auto field = schema.by_name.find(path->field.text);
  if (field == schema.by_name.end()) return false;
  const uint32_t parent = schema.fields[field->second].reference_target;
  if (parent == sema::kNone || !checked_.targets[parent].runnable) return false;
  const sema::SchemaSymbol& rows = checked_.schemas[checked_.targets[parent].schema];
  if (rows.key.size() != 1 || rows.key[0] != schema.fields[field->second].reference_field) return false;
  measure.of = Of::kTarget;
  measure.subject = object.index;
  measure.request.relation = Relation::kRows;
  measure.request.orphans = field->second;
  return true;
}

bool MeasureCollector::relation_of(sema::ModuleId module, ExprId id, PlannedMeasure& measure) const {
  const sema::ModuleInfo& info = checked_.modules[module];
  const syntax::Module& tree = info.tree;
  id = ungrouped(tree, id);
  if (!id.valid()) return false;
  const sema::ExprInfo& known = info.exprs[id.value];
  if (tree[id].kind() == syntax::ExprKind::name) {
    if (known.ref != Ref::kSource && known.ref != Ref::kTarget) return false;
    measure.of = known.ref == Ref::kSource ? Of::kSource : Of::kTarget;
    measure.subject = known.index;
    measure.request.relation = Relation::kRows;
    return true;
  }
  if (const auto* pipe = tree[id].get_if<syntax::PipeExpr>()) {
    if (!relation_of(module, pipe->head, measure)) return false;
    return std::all_of(pipe->stages.begin(), pipe->stages.end(),
                       [&](const syntax::PipeStage& stage) { return !stage.null_safe && filter_of(module, stage.callee, 0, measure); });
  }
  const auto* call = tree[id].get_if<syntax::CallExpr>();
  if (call == nullptr || call->arguments.empty()) return false;
  const std::string name = name_of(tree, call->callee);
  if (name == "filter") return relation_of(module, call->arguments[0].value, measure) && filter_of(module, id, 1, measure);
  if (call->arguments.size() != 1) return false;
  if (name == "orphans") return orphans_of(module, call->arguments[0].value, measure);
  const ExprId subject = ungrouped(tree, call->arguments[0].value);
  const sema::ExprInfo& about = info.exprs[subject.value];
  if (name == "in_run") {
    measure.of = Of::kTarget;
    measure.subject = about.index;
    measure.request.relation = Relation::kInRun;
    return about.ref == Ref::kTarget;
  }
  for (const RelationName& relation : kOfMaps) {
    if (relation.name != name) continue;
    measure.of = Of::kMap;
    measure.subject = about.index;
    measure.request.relation = relation.relation;
    return about.ref == Ref::kMap && is_mapped(about.index);
  }
  return false;
}

/// The functions of a record behind the relation.
bool MeasureCollector::arguments_of(sema::ModuleId module, const syntax::CallExpr& call, size_t first, PlannedMeasure& measure) const {
  const FoldName* const fold = fold_named(name_of(checked_.modules[module].tree, call.callee));
  if (fold == nullptr) return false;
  measure.fold = fold->fold;
  const size_t given = call.arguments.size() - first;
  if (given < fold->least || given > fold->most) return false;
  const auto argument = [&](size_t i) { return sema::ExprRef{module, call.arguments[first + i].value}; };
  switch (measure.fold) {
    case Fold::kCountBy: measure.request.key = argument(0); break;
    case Fold::kSumBy:
      measure.request.key = argument(0);
      measure.request.value = argument(1);
      break;
    case Fold::kCount: break;
    case Fold::kChecksum:
    case Fold::kSum:
    case Fold::kLeast:
    case Fold::kGreatest:
    case Fold::kDistinct:
    case Fold::kNullRate:
    case Fold::kDuplicateRate:
    case Fold::kMaxLength:
      if (given == 1) measure.request.value = argument(0);
      measure.request.whole = given == 0;
      break;
  }
  return true;
}

/// Lowers the measure alone: whether there is code for it, and of which type its values are.
bool MeasureCollector::can_run(PlannedMeasure& measure) const {
  switch (measure.of) {
    case Of::kSource:
      measure.request.source = measure.subject;
      if (!checked_.sources[measure.subject].runnable || checked_.sources[measure.subject].changes) return false;
      break;
    case Of::kTarget:
      measure.request.target = measure.subject;
      if (!checked_.targets[measure.subject].runnable) return false;
      break;
    case Of::kMap:
      measure.request.source = checked_.maps[measure.subject].source;
      measure.request.target = checked_.maps[measure.subject].target;
      break;
  }
  ir::LowerRequest request;
  request.measures.push_back(measure.request);
  const ir::Lowered lowered = ir::lower(checked_, sources_, request);
  if (!lowered.ok()) return false;
  const ir::LoweredMeasure& made = lowered.measures.front();
  const TypeTable& types = lowered.program.types;
  // What a group of records merges is known by the group alone.
  const bool of_target =
      measure.of == Of::kMap && (measure.request.relation == Relation::kWritten || measure.request.relation == Relation::kPairs);
  for (const sema::DedupeSymbol& dedupe : checked_.dedupes) {
    if (!of_target || dedupe.target != measure.request.target) continue;
    for (size_t i = 0; i < made.from.size(); ++i) {
      const bool merged = made.read[i] && made.from[i].part == MeasuredField::Part::kTarget &&
                          std::any_of(dedupe.merges.begin(), dedupe.merges.end(),
                                      [&](const sema::DedupeSymbol::Merge& merge) { return merge.field == made.from[i].field; });
      if (merged) return false;
    }
  }
  if (made.value == ir::kNone) return true;
  const Type& type = types[made.output.fields[made.value].type];
  const Storage storage = storage_of(type.kind);
  measure.number = is_sum_type(type);
  const bool adds = measure.fold == Fold::kSum || measure.fold == Fold::kSumBy;
  const bool bounds = measure.fold == Fold::kLeast || measure.fold == Fold::kGreatest;
  measure.real = (adds || bounds) && storage == Storage::kReal;
  if (adds || (bounds && measure.number)) measure.scale = storage == Storage::kDecimal ? type.scale : 0;
  if (adds) return measure.number || measure.real;
  if (bounds) return storage != Storage::kList && storage != Storage::kMap;
  return measure.fold != Fold::kMaxLength || storage == Storage::kText;
}

std::optional<CheckValue> MeasureCollector::read(sema::ModuleId module, ExprId expr, uint32_t profiled) {
  for (const PlannedMeasure& known : planned_) {
    if (known.module == module && known.expr.value == expr.value) return form_of(known);
  }
  const syntax::Module& tree = checked_.modules[module].tree;
  PlannedMeasure measure;
  measure.module = module;
  measure.expr = expr;
  measure.before = profiled != sema::kNone;
  if (const auto* pipe = tree[expr].get_if<syntax::PipeExpr>()) {
    // relation |> filter(...) |> sum(...)
    const syntax::PipeStage& last = pipe->stages.back();
    const auto* call = tree[last.callee].get_if<syntax::CallExpr>();
    if (call == nullptr || last.null_safe || !relation_of(module, pipe->head, measure)) return std::nullopt;
    for (size_t i = 0; i + 1 < pipe->stages.size(); ++i) {
      if (pipe->stages[i].null_safe || !filter_of(module, pipe->stages[i].callee, 0, measure)) return std::nullopt;
    }
    if (!arguments_of(module, *call, 0, measure)) return std::nullopt;
  } else {
    const auto& call = tree[expr].as<syntax::CallExpr>();
    PlannedMeasure named = measure;
    const bool has_relation = !call.arguments.empty() && relation_of(module, call.arguments[0].value, named);
    if (has_relation) {
      measure = named;
    } else {
      if (profiled == sema::kNone) return std::nullopt;
      measure.of = Of::kSource;
      measure.subject = profiled;
      measure.request.relation = Relation::kRows;
    }
    if (!arguments_of(module, call, has_relation ? 1 : 0, measure)) return std::nullopt;
  }
  // Before anything is written there are only rows.
  if (measure.before && measure.request.relation != Relation::kRows) return std::nullopt;
  if (!can_run(measure)) return std::nullopt;
  planned_.push_back(measure);
  return form_of(measure);
}

std::vector<PlannedMeasure> MeasureCollector::take() { return std::exchange(planned_, {}); }

std::optional<CheckValue> MeasuredValues::read(sema::ModuleId module, ExprId expr, uint32_t) {
  for (size_t i = 0; i < planned_.size() && i < measured_.size(); ++i) {
    const PlannedMeasure& measure = planned_[i];
    if (measure.module != module || measure.expr.value != expr.value) continue;
    const Measured& found = measured_[i];
    if (found.failed != 0) return CheckValue::nothing(fmt::format("{} records whose value could not be computed", found.failed));
    if (found.overflow) return CheckValue::nothing("a sum that is too large");
    switch (measure.fold) {
      case Fold::kCountBy:
      case Fold::kSumBy: return measure.real ? CheckValue::keyed_reals(found.real_groups) : CheckValue::keyed(found.groups, measure.scale);
      case Fold::kChecksum: return CheckValue::of_text(found.text);
      case Fold::kLeast:
      case Fold::kGreatest:
        if (!found.found) return CheckValue::nothing("no value");
        if (measure.real) return CheckValue::of_real(found.real);
        return measure.number ? CheckValue::decimal(found.number, measure.scale) : CheckValue::of_text(found.text);
      case Fold::kNullRate: return CheckValue::ratio(found.number, static_cast<int128>(found.records));
      case Fold::kDuplicateRate: return CheckValue::ratio(found.number, static_cast<int128>(found.values));
      case Fold::kSum:
        if (measure.real) return CheckValue::of_real(found.real);
        [[fallthrough]];
      case Fold::kCount:
      case Fold::kDistinct:
      case Fold::kMaxLength: return CheckValue::decimal(found.number, measure.scale);
    }
  }
  return std::nullopt;
}

}  // namespace mig::planner
