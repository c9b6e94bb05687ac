// References between maps (`ref`, `target_of`, `exists_in`), and the relations and metrics of profile, reconcile and gate.
#include <algorithm>

#include "compiler/sema/calls.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

constexpr std::string_view kRelations[] = {"read", "written", "rejected", "skipped", "merged", "pairs", "in_run", "failed_checks"};
constexpr std::string_view kAggregates[] = {"count",      "sum",       "min_of",   "max_of",    "count_by",
                                            "sum_by",     "histogram", "distinct", "null_rate", "duplicate_rate",
                                            "max_length", "checksum",  "orphans",  "rate",      "average"};
constexpr std::string_view kMetrics[] = {"lag", "parity", "latency", "baseline", "clean_runs", "reconciled", "done"};

template <size_t N>
bool among(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

TypeId CallChecker::relation_record(uint32_t schema) {
  if (schema == kNone) return error();
  Type record;
  record.kind = Kind::kRecord;
  record.name = program_.schemas[schema].name;
  for (const SchemaField& field : program_.schemas[schema].fields) record.fields.push_back({field.name, field.read, false});
  return types().intern(std::move(record));
}

TypeId CallChecker::call_reference(syntax::ExprId id, const Callee& callee, std::vector<Actual>& actuals, CallInfo& out) {
  out.callee = Ref::kStdlib;
  const bool exists = callee.name == "exists_in";
  const auto* name = actuals.empty() || !actuals[0].expr.valid() ? nullptr : expr(actuals[0].expr).get_if<syntax::NameExpr>();
  if (actuals.size() != 2 || name == nullptr) {
    for (size_t i = 1; i < actuals.size(); ++i) infer(actuals[i], kNoType);
    checker_.report(Code::E0201, expr(id).span, "`" + callee.name + "` takes the name of a " + (exists ? "target" : "map") + " and a key",
                    "write `" + callee.name + "(name, key)`");
    return error();
  }
  if (frame_.kind == FrameKind::kFn || frame_.kind == FrameKind::kTable) {
    checker_.report(Code::E0801, expr(id).span, "a function cannot look at what other maps wrote", "depends on more than its arguments")
        .help(Applicability::choose, "call `" + callee.name + "` in the map and pass its result");
  }
  const auto found = analysis_.resolve(exists ? NameKind::kTarget : NameKind::kMap, frame_.module, name->name);
  if (!found) {
    infer(actuals[1], kNoType);
    return error();
  }
  const uint32_t target = exists ? *found : program_.maps[*found].target;
  if (target == kNone) {
    infer(actuals[1], kNoType);
    return error();
  }
  const uint32_t target_schema = program_.targets[target].schema;
  uint32_t key_schema = target_schema;
  if (exists) {
    out.target = target;
    checker_.info(actuals[0].expr).ref = Ref::kTarget;
  } else {
    out.map = *found;
    program_.maps[*found].used = true;
    if (frame_.refs != nullptr) frame_.refs->push_back(*found);
    checker_.info(actuals[0].expr).ref = Ref::kMap;
    const uint32_t source = program_.maps[*found].source;
    key_schema = source == kNone ? kNone : program_.sources[source].schema;
  }
  checker_.info(actuals[0].expr).index = *found;
  if (key_schema == kNone || target_schema == kNone) {
    infer(actuals[1], kNoType);
    return error();
  }
  const SchemaSymbol& keyed = program_.schemas[key_schema];
  if (keyed.key.empty()) {
    infer(actuals[1], kNoType);
    checker_
        .report(Code::E0601, actuals[0].span, "records of `" + name->name.text + "` have no key to be found by",
                "schema " + keyed.name + " has no @key")
        .also(keyed.span, "declared here");
    return error();
  }
  const SchemaField& key = keyed.fields[keyed.key[0]];
  TypeId key_type = key.type;
  if (keyed.key.size() > 1) {
    Type record;
    record.kind = Kind::kRecord;
    for (const uint32_t field : keyed.key) record.fields.push_back({keyed.fields[field].name, keyed.fields[field].type, false});
    key_type = types().intern(std::move(record));
  }
  infer(actuals[1], key_type);
  if (!fit_argument(actuals[1], key_type, "the key of `" + name->name.text + "`", key.span)) return error();
  BoundArgument bound;
  bound.source = BoundArgument::Source::kExpr;
  bound.expr = {frame_.module, actuals[1].expr};
  bound.type = key_type;
  out.arguments = {BoundArgument(), bound};
  if (exists) return types().of(Kind::kBool);
  if (callee.name == "target_of") return types().nullable(relation_record(target_schema));
  out.may_fail = true;
  fail(id, {}, "fails when `" + name->name.text + "` did not write that record");
  const SchemaSymbol& written = program_.schemas[target_schema];
  if (written.key.empty()) {
    checker_
        .report(Code::E0601, actuals[0].span, "target records of `" + name->name.text + "` have no key",
                "schema " + written.name + " has no @key")
        .also(written.span, "declared here");
    return error();
  }
  if (written.key.size() > 1) {
    checker_
        .report(Code::E0601, expr(id).span, "target records of `" + name->name.text + "` have a key of several fields, and `ref` gives one",
                "schema " + written.name)
        .also(written.span, "declared here")
        .help(Applicability::sketch, "say which: `target_of(" + name->name.text + ", key)?.field ?? reject CODE`");
    return error();
  }
  return written.fields[written.key[0]].type;
}

std::optional<TypeId> CallChecker::call_relation(syntax::ExprId id, const Callee& callee, std::vector<Actual>& actuals) {
  const bool metric = among(kMetrics, callee.name), relation = among(kRelations, callee.name);
  if (!metric && !relation && !among(kAggregates, callee.name)) return std::nullopt;
  const bool gate = frame_.kind == FrameKind::kGate;
  if (!gate && frame_.kind != FrameKind::kCheck) {
    if (metric) {
      for (size_t i = 1; i < actuals.size(); ++i) infer(actuals[i], kNoType);
      checker_.report(Code::E0803, callee.span, "`" + callee.name + "` reads the outside world and may stand only in a gate",
                      "not in a gate");
      return error();
    }
    if (relation && stdlib::overloads(callee.name).empty()) {
      checker_.report(Code::E0803, callee.span,
                      "`" + callee.name + "` is about a whole run and may stand only in profile, reconcile and gate",
                      "not known while one record is mapped");
      return error();
    }
    return std::nullopt;
  }
  if (metric && !gate) {
    for (Actual& actual : actuals) infer(actual, kNoType);
    checker_.report(Code::E0803, callee.span, "`" + callee.name + "` reads the outside world and may stand only in a gate",
                    "not in a gate");
    return error();
  }
  // The first argument names a map, a source or a target; the others are plain values or functions over its records.
  TypeId element = kNoType, value = kNoType;
  uint32_t map = kNone;
  for (size_t i = 0; i < actuals.size(); ++i) {
    Actual& actual = actuals[i];
    if (!actual.piped && !actual.expr.valid()) continue;
    if (!actual.piped && expr(actual.expr).kind() == syntax::ExprKind::lambda) {
      value = checker_.visit_lambda(actual.expr, {element == kNoType ? error() : element}, kNoType);
      continue;
    }
    infer(actual, kNoType);
    if (i != 0) continue;
    if (!actual.piped && checker_.info(actual.expr).ref == Ref::kMap) map = checker_.info(actual.expr).index;
    if (type(actual.type).kind == Kind::kList)
      element = type(actual.type).element;
    else
      value = actual.type;
  }
  const auto list = [&](TypeId of) { return types().list(of); };
  const auto source_record = [&] {
    return map == kNone || program_.maps[map].source == kNone ? error()
                                                              : relation_record(program_.sources[program_.maps[map].source].schema);
  };
  const auto target_record = [&] {
    return map == kNone || program_.maps[map].target == kNone ? error()
                                                              : relation_record(program_.targets[program_.maps[map].target].schema);
  };
  if (relation && callee.name != "failed_checks" && callee.name != "in_run" && map == kNone && !actuals.empty() && !actuals[0].piped) {
    if (!is_error(type(actuals[0].type)) || checker_.info(actuals[0].expr).ref == Ref::kSource ||
        checker_.info(actuals[0].expr).ref == Ref::kTarget) {
      checker_.report(Code::E0201, actuals[0].span, "`" + callee.name + "` takes the name of a map", "not a map");
    }
    return error();
  }
  if (callee.name == "read") return list(source_record());
  if (callee.name == "written") return list(target_record());
  if (callee.name == "rejected" || callee.name == "skipped" || callee.name == "merged" || callee.name == "pairs") {
    Type record;
    record.kind = Kind::kRecord;
    record.fields.push_back({"src", source_record(), false});
    if (callee.name == "pairs")
      record.fields.push_back({"out", target_record(), false});
    else
      record.fields.push_back({"issue", types().of(Kind::kString), false});
    return list(types().intern(std::move(record)));
  }
  if (callee.name == "in_run" && !actuals.empty()) return actuals[0].type;
  if (callee.name == "failed_checks") return list(types().of(Kind::kString));
  if (callee.name == "count" || callee.name == "max_length" || callee.name == "distinct") return types().integer(0, kUnboundedHigh);
  if (callee.name == "clean_runs") return types().integer(0, kUnboundedHigh);
  if (callee.name == "null_rate" || callee.name == "duplicate_rate" || callee.name == "rate" || callee.name == "parity")
    return types().of(Kind::kPercent);
  if (callee.name == "lag" || callee.name == "latency" || callee.name == "baseline") return types().of(Kind::kDuration);
  if (callee.name == "reconciled" || callee.name == "done") return types().of(Kind::kBool);
  if (callee.name == "checksum") return types().of(Kind::kString);
  if (callee.name == "orphans") return list(types().of(Kind::kString));
  if (callee.name == "sum") {
    if (value == kNoType || is_error(type(value))) return error();
    if (type(value).nullable) {
      const syntax::ExprId last = actuals.back().expr;
      checker_
          .report(Code::E0311, last.valid() ? expr(last).span : expr(id).span, "a sum never skips nulls silently",
                  analysis_.type_text(value))
          .help(Applicability::choose, "say what null counts as, `?? 0.00`, or `filter` first");
      return error();
    }
    if (type(value).kind == Kind::kFloat) return error();  // compared as it runs: exact, rounded once
    if (type(value).kind == Kind::kDecimal) return types().decimal(38, type(value).scale);
    return types().of(Kind::kInt);
  }
  if (callee.name == "min_of" || callee.name == "max_of") return value == kNoType ? error() : types().non_null(value);
  return error();  // keyed results: compared key by key, typed where they run
}

}  // namespace mig::sema
