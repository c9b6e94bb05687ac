// `emit`: further target records of one source record, as a map of its own whose output is one list of records.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/ir/lower_map_state.h"

namespace mig::ir {

namespace {

void collect_targets(const sema::Program& checked, sema::ModuleId module, const syntax::Block& block, std::vector<uint32_t>& into) {
  const auto& tree = checked.modules[module].tree;
  for (const syntax::StmtId id : block.statements) {
    if (const auto* when = tree[id].get_if<syntax::WhenStmt>()) {
      collect_targets(checked, module, when->consequence, into);
      if (when->otherwise) collect_targets(checked, module, *when->otherwise, into);
    }
    const auto* emit = tree[id].get_if<syntax::EmitStmt>();
    if (emit == nullptr) continue;
    const uint32_t target = checked.info(module, id).target;
    if (target != sema::kNone && std::find(into.begin(), into.end(), target) == into.end()) into.push_back(target);
    collect_targets(checked, module, emit->body, into);
  }
}

/// What follows a `when` stands behind both of its branches, so their number doubles.
constexpr uint32_t kMostBranches = 64;

bool assigns_or_emits(const syntax::Module& tree, const syntax::Block& block) {
  return std::any_of(block.statements.begin(), block.statements.end(), [&](syntax::StmtId id) {
    const auto* when = tree[id].get_if<syntax::WhenStmt>();
    if (when != nullptr) return assigns_or_emits(tree, when->consequence) || (when->otherwise && assigns_or_emits(tree, *when->otherwise));
    const syntax::StmtKind kind = tree[id].kind();
    return kind == syntax::StmtKind::assign || kind == syntax::StmtKind::copy || kind == syntax::StmtKind::emit;
  });
}

/// Whether an `emit` into `own`, or one in it, emits into the target.
bool emits_into(const sema::Program& checked, sema::ModuleId module, const syntax::Stmt& stmt, uint32_t own, uint32_t target) {
  std::vector<uint32_t> all{own};
  collect_targets(checked, module, stmt.as<syntax::EmitStmt>().body, all);
  return target != kNone && std::find(all.begin(), all.end(), target) != all.end();
}

}  // namespace

std::vector<uint32_t> emit_targets(const sema::Program& checked, uint32_t map) {
  std::vector<uint32_t> targets;
  collect_targets(checked, checked.maps[map].module, *checked.maps[map].body, targets);
  return targets;
}

/// A target record as a value: optional fields may be left out.
TypeId Lowering::record_of(const sema::SchemaSymbol& schema) {
  Type record;
  record.kind = Kind::kRecord;
  record.name = schema.name;
  for (const sema::SchemaField& field : schema.fields) record.fields.push_back({field.name, field.type, field.optional});
  return out_.types.intern(std::move(record));
}

/// The statements from `at` on and then what follows, as one expression: they are evaluated as written.
NodeId Lowering::emitted_block(const syntax::Block& block, size_t at, const std::function<NodeId()>& then) {
  if (at == block.statements.size()) return then();
  MapState::Emitted& record = *map_->emitted;
  const sema::SchemaSymbol& target = *record.target;
  std::vector<NodeId>& values = record.values;
  const syntax::StmtId id = block.statements[at];
  const syntax::Stmt& stmt = in_.modules[map_->module].tree[id];
  const sema::StmtInfo& known = in_.info(map_->module, id);
  const std::function<NodeId()> rest = [&] { return emitted_block(block, at + 1, then); };
  switch (stmt.kind()) {
    case syntax::StmtKind::ignore: return rest();
    case syntax::StmtKind::let: {
      const auto& written = stmt.as<syntax::LetStmt>();
      body_->field = written.name.text;
      const TypeId own = in_.locals[known.local].type;
      const NodeId value = expression_as({map_->module, written.value}, own);
      const LocalId local = temporary(own);
      body_->numbers[known.local] = local;
      return bind(local, value, rest());
    }
    case syntax::StmtKind::assign: {
      if (known.target_fields.size() != 1) return unsupported(stmt.span, "a part of a record as a field of `emit`");
      const uint32_t field = known.target_fields[0];
      body_->field = target.fields[field].name;
      const NodeId value = expression_as({map_->module, stmt.as<syntax::AssignStmt>().value}, known.target_type);
      const LocalId local = temporary(out_.nodes[value].type == out_.types.of(Kind::kNever) ? known.target_type : out_.nodes[value].type);
      values[field] = read_local(local);
      return bind(local, value, rest());
    }
    case syntax::StmtKind::copy: {
      for (const sema::CopiedField& pair : known.copied) {
        const NodeId value = make(Op::kField, body_->field_types[pair.source_field], kNone, kNone, kNone, pair.source_field);
        values[pair.target_field] = convert(value, pair.to, stmt.span);
      }
      return rest();
    }
    case syntax::StmtKind::require:
    case syntax::StmtKind::raise: {
      const auto* require = stmt.get_if<syntax::RequireStmt>();
      const ExprRef condition{map_->module, require != nullptr ? require->condition : stmt.as<syntax::RaiseStmt>().condition};
      const ExprRef about{map_->module, require != nullptr ? require->detail : stmt.as<syntax::RaiseStmt>().detail};
      body_->field.clear();
      const uint32_t place = site(known.issue, known.verb, tree(condition).span, info(condition).lineage);
      const NodeId test = expression_as(condition, bool_type());
      const NodeId problem = raised(known.verb, place, about);
      const LocalId ignored = temporary(bool_type());
      const NodeId effect = require != nullptr ? make(Op::kIf, bool_type(), test, boolean(true), problem)
                                               : make(Op::kIf, bool_type(), test, problem, boolean(true));
      return bind(ignored, effect, rest());
    }
    case syntax::StmtKind::when: {
      const auto& written = stmt.as<syntax::WhenStmt>();
      const NodeId test = expression_as({map_->module, written.condition}, bool_type());
      const syntax::Block nothing;
      const syntax::Block& otherwise = written.otherwise ? *written.otherwise : nothing;
      const syntax::Module& tree = in_.modules[map_->module].tree;
      if (!assigns_or_emits(tree, written.consequence) && !assigns_or_emits(tree, otherwise)) {
        const std::function<NodeId()> done = [&] { return boolean(true); };
        const NodeId first = emitted_block(written.consequence, 0, done), second = emitted_block(otherwise, 0, done);
        const LocalId ignored = temporary(bool_type());
        return bind(ignored, make(Op::kIf, bool_type(), test, first, second), rest());
      }
      record.branches *= 2;
      if (record.branches > kMostBranches) return unsupported(stmt.span, "more than six `when` in one `emit`");
      const std::vector<NodeId> values_before = values, rows_before = record.rows;
      const NodeId first = emitted_block(written.consequence, 0, rest);
      values = values_before;
      record.rows = rows_before;
      const NodeId second = emitted_block(otherwise, 0, rest);
      record.branches /= 2;
      return make(Op::kIf, record.rows_type, test, first, second);
    }
    case syntax::StmtKind::emit: {
      if (known.target == sema::kNone) return rest();
      const bool collected = emits_into(in_, map_->module, stmt, known.target, record.wanted);
      const TypeId type = collected ? record.rows_type : out_.types.list(record_of(in_.schemas[in_.targets[known.target].schema]));
      const NodeId made = emitted_rows(stmt, known, collected ? record.wanted : known.target, type);
      const LocalId local = temporary(type);
      if (collected) record.rows.push_back(read_local(local));
      return bind(local, made, rest());
    }
    case syntax::StmtKind::error:
    case syntax::StmtKind::give_back: break;
  }
  return unsupported(stmt.span, "this statement in `emit`");
}

/// The rows of target `wanted` that the statement gives, as one list: its own, or those of statements in it.
NodeId Lowering::emitted_rows(const syntax::Stmt& stmt, const sema::StmtInfo& known, uint32_t wanted, TypeId rows_type) {
  const auto& written = stmt.as<syntax::EmitStmt>();
  const sema::SchemaSymbol& target = in_.schemas[in_.targets[known.target].schema];
  const auto body = [&] {
    MapState::Emitted record{&target, wanted, rows_type, std::vector<NodeId>(target.fields.size(), kNone), {}};
    MapState::Emitted* const outer = std::exchange(map_->emitted, &record);
    const NodeId made = emitted_block(written.body, 0, [&] {
      std::vector<NodeId> lists;
      if (known.target == wanted) {
        std::vector<NodeId> all = record.values;
        for (size_t i = 0; i < all.size(); ++i) {
          if (all[i] == kNone) {
            all[i] = left_out(target.fields[i].type);
          } else if (const sema::PrivacyMask* const mask = mask_of(target.fields[i])) {
            all[i] = masked(all[i], *mask);
          }
        }
        lists.push_back(make_with(Op::kMakeList, rows_type, {make_with(Op::kMakeRecord, type(rows_type).element, all)}));
      }
      lists.insert(lists.end(), record.rows.begin(), record.rows.end());
      return joined(lists, rows_type);
    });
    map_->emitted = outer;
    return made;
  };
  if (!written.sequence.valid()) return body();
  const ExprRef sequence{map_->module, written.sequence};
  const NodeId list = expression_as(sequence, payload(info(sequence).type));
  const LocalId item = temporary(in_.locals[known.local].type);
  body_->numbers[known.local] = item;
  const NodeId lambda = make_with(Op::kLambda, bool_type(), {item});
  const NodeId made = body();
  out_.nodes[lambda].a = made;
  return call("list_flat_map", rows_type, {list, lambda});
}

/// All lists as one, in order.
NodeId Lowering::joined(const std::vector<NodeId>& lists, TypeId rows_type) {
  if (lists.empty()) return make_with(Op::kMakeList, rows_type, {});
  if (lists.size() == 1) return lists[0];
  const LocalId one = temporary(rows_type);
  const NodeId lambda = make_with(Op::kLambda, bool_type(), {one});
  const NodeId same = read_local(one);
  out_.nodes[lambda].a = same;
  return call("list_flat_map", rows_type, {make_with(Op::kMakeList, out_.types.list(rows_type), lists), lambda});
}

/// What the statements inside depend on, the whole statement does.
void Lowering::emit_depends(const syntax::Block& block, Step& step) {
  for (const syntax::StmtId id : block.statements) {
    for (const uint32_t number : in_.info(map_->module, id).depends) {
      if (const auto bit = map_->poison.find(number); bit != map_->poison.end()) step.depends.push_back(bit->second);
    }
    const syntax::Stmt& inner = in_.modules[map_->module].tree[id];
    if (const auto* emit = inner.get_if<syntax::EmitStmt>()) emit_depends(emit->body, step);
    if (const auto* when = inner.get_if<syntax::WhenStmt>()) {
      emit_depends(when->consequence, step);
      if (when->otherwise) emit_depends(*when->otherwise, step);
    }
  }
}

void Lowering::emit(const syntax::Stmt& stmt, const sema::StmtInfo& known, std::vector<Step>& into) {
  const auto& written = stmt.as<syntax::EmitStmt>();
  if (known.target == sema::kNone) return;
  const bool wanted = emits_into(in_, map_->module, stmt, known.target, map_->emit_target);
  const TypeId rows_type = wanted ? map_->rows_type : out_.types.list(record_of(in_.schemas[in_.targets[known.target].schema]));
  Step step = begin_step(wanted ? Step::What::kLet : Step::What::kEffect, known, written.target.text);
  emit_depends(written.body, step);
  step.node = emitted_rows(stmt, known, wanted ? map_->emit_target : known.target, rows_type);
  if (wanted) {
    const LocalId local = temporary(rows_type);
    if (map_->depth != 0) {
      // In a branch: the local must have a value whichever branch runs.
      Step unset;
      unset.what = Step::What::kLet;
      unset.index = local;
      unset.node = make_with(Op::kMakeList, rows_type, {});
      map_->first.push_back(std::move(unset));
    }
    step.index = local;
    if (step.poison == kNone) step.poison = map_->bits++;
    map_->rows.emplace_back(local, step.poison);
  }
  finish_step(step);
  into.push_back(std::move(step));
}

void Lowering::collect_rows(MapProgram& program, TypeId rows_type) {
  program.output.add("rows", rows_type, out_.types, false);
  program.output.finish();
  Step step;
  step.what = Step::What::kAssign;
  step.index = 0;
  step.field = "rows";
  std::vector<NodeId> lists;
  for (const auto& [local, bit] : map_->rows) {
    lists.push_back(read_local(local));
    step.depends.push_back(bit);
  }
  std::sort(step.depends.begin(), step.depends.end());
  step.node = joined(lists, rows_type);
  program.steps.push_back(std::move(step));
}

void Lowering::emits(uint32_t map, uint32_t target) {
  LoweredEmit lowered;
  lowered.map = map;
  lowered.target = target;
  const TypeId rows_type = out_.types.list(record_of(in_.schemas[in_.targets[target].schema]));
  MapProgram program = map_program(map, true, target, rows_type);
  program.name += " emits " + in_.targets[target].name;
  lowered.rows = program.output;
  lowered.rows_map = static_cast<uint32_t>(out_.maps.size());
  out_.maps.push_back(std::move(program));
  result_.emits.push_back(std::move(lowered));
}

}  // namespace mig::ir
