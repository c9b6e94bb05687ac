// Statements of a map as steps, with what stops each of them.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/ir/lower_map_state.h"

namespace mig::ir {

void Lowering::collect_poison(const syntax::Block& block) {
  const auto& tree = in_.modules[map_->module].tree;
  for (const syntax::StmtId id : block.statements) {
    for (const uint32_t number : in_.info(map_->module, id).depends) {
      if (map_->poison.emplace(number, map_->bits).second) ++map_->bits;
    }
    if (const auto* when = tree[id].get_if<syntax::WhenStmt>()) {
      collect_poison(when->consequence);
      if (when->otherwise) collect_poison(*when->otherwise);
    }
    if (const auto* emit = tree[id].get_if<syntax::EmitStmt>()) collect_poison(emit->body);
  }
}

Step Lowering::begin_step(Step::What what, const sema::StmtInfo& known, std::string field) {
  Step step;
  step.what = what;
  if (const auto bit = map_->poison.find(known.number); bit != map_->poison.end()) step.poison = bit->second;
  for (const uint32_t number : known.depends) {
    if (const auto bit = map_->poison.find(number); bit != map_->poison.end()) step.depends.push_back(bit->second);
  }
  step.source_fields = in_.lineages[known.lineage];
  step.field = field;
  body_->field = std::move(field);
  body_->lineage = known.lineage;
  return step;
}

namespace {

/// Calls `visit` for every node below `root`, each once.
template <class Visit>
void each_node(const Program& program, NodeId root, Visit&& visit) {
  std::vector<NodeId> waiting{root};
  while (!waiting.empty()) {
    const NodeId id = waiting.back();
    waiting.pop_back();
    const Node& node = program.nodes[id];
    visit(node);
    const auto child = [&](NodeId next) {
      if (next != kNone) waiting.push_back(next);
    };
    child(node.a);
    child(node.b);
    child(node.c);
    if (node.op == Op::kLambda) continue;
    for (uint32_t i = 0; i < node.count; ++i) {
      child(node.op == Op::kSwitch ? program.cases[node.first + i].body : program.arguments[node.first + i]);
    }
  }
}

}  // namespace

/// Adds what the node of a step needs: it must not run when a let that it reads was poisoned.
void Lowering::finish_step(Step& step) {
  bool raises = false;
  each_node(out_, step.node, [&](const Node& node) {
    if (node.op == Op::kLocal) {
      if (const auto bit = map_->local_bits.find(node.index); bit != map_->local_bits.end()) step.depends.push_back(bit->second);
    }
    if (node.op == Op::kField) {
      if (const auto bit = map_->field_bits.find(node.index); bit != map_->field_bits.end()) step.depends.push_back(bit->second);
    }
    raises = raises || node.op == Op::kReject || node.op == Op::kSkip || (node.op == Op::kCall && node.site != kNone) ||
             (node.op == Op::kCallFunction && (out_.functions[node.index].may_reject || out_.functions[node.index].may_fail));
  });
  std::sort(step.depends.begin(), step.depends.end());
  step.depends.erase(std::unique(step.depends.begin(), step.depends.end()), step.depends.end());
  if (step.what != Step::What::kLet) return;
  if (step.poison == kNone && (raises || !step.depends.empty())) step.poison = map_->bits++;
  if (step.poison != kNone) map_->local_bits[step.index] = step.poison;
}

void Lowering::statements(const syntax::Block& block, std::vector<Step>& into) {
  for (const syntax::StmtId id : block.statements) statement(id, into);
}

void Lowering::statement(syntax::StmtId id, std::vector<Step>& into) {
  const syntax::Stmt& stmt = in_.modules[map_->module].tree[id];
  const sema::StmtInfo& known = in_.info(map_->module, id);
  switch (stmt.kind()) {
    case syntax::StmtKind::let: let(stmt, known, into); return;
    case syntax::StmtKind::assign: assign(stmt, known, into); return;
    case syntax::StmtKind::require: require(stmt, known, into); return;
    case syntax::StmtKind::raise: raise_when(stmt, known, into); return;
    case syntax::StmtKind::when: when(stmt, known, into); return;
    case syntax::StmtKind::copy: copy(known, into); return;
    case syntax::StmtKind::ignore: return;
    case syntax::StmtKind::emit: emit(stmt, known, into); return;
    case syntax::StmtKind::error:
    case syntax::StmtKind::give_back: unsupported(stmt.span, "this statement in a map"); return;
  }
}

void Lowering::let(const syntax::Stmt& stmt, const sema::StmtInfo& known, std::vector<Step>& into) {
  const auto& written = stmt.as<syntax::LetStmt>();
  Step step = begin_step(Step::What::kLet, known, written.name.text);
  const TypeId own = in_.locals[known.local].type;
  step.node = expression_as({map_->module, written.value}, own);
  step.index = temporary(own);
  body_->numbers[known.local] = step.index;
  finish_step(step);
  into.push_back(std::move(step));
}

void Lowering::assign(const syntax::Stmt& stmt, const sema::StmtInfo& known, std::vector<Step>& into) {
  const auto& written = stmt.as<syntax::AssignStmt>();
  const uint32_t field = known.target_fields[0];
  std::string name = map_->target->fields[field].name;
  const bool deferred = map_->emit_target == kNone && map_->target->fields[field].deferred && !known.may_reject;
  if (early_ && deferred) return;
  deferring_ = deferred;
  if (known.target_fields.size() == 1) {
    Step step = begin_step(map_->emit_target == kNone ? Step::What::kAssign : Step::What::kEffect, known, std::move(name));
    step.node = expression_as({map_->module, written.value}, known.target_type);
    deferring_ = false;
    if (step.what == Step::What::kAssign) step.index = field;
    finish_step(step);
    into.push_back(std::move(step));
    return;
  }
  for (size_t i = written.target.parts.size() - known.target_fields.size() + 1; i < written.target.parts.size(); ++i) {
    name += "." + written.target.parts[i].text;
  }
  Step step = begin_step(Step::What::kLet, known, std::move(name));
  step.node = expression_as({map_->module, written.value}, known.target_type);
  deferring_ = false;
  if (step.poison == kNone) step.poison = map_->bits++;
  const std::vector<uint32_t> path(known.target_fields.begin() + 1, known.target_fields.end());
  auto& parts = map_->parts[field];
  auto part = std::find_if(parts.begin(), parts.end(), [&](const MapState::Part& other) { return other.path == path; });
  if (part == parts.end()) {
    // Assigned in a branch: the local must have a value whichever branch runs.
    const bool branch = map_->depth != 0;
    part = parts.insert(parts.end(), {path, temporary(branch ? or_null(known.target_type) : known.target_type), known.target_type});
    if (branch) {
      Step unset;
      unset.what = Step::What::kLet;
      unset.index = part->local;
      unset.node = make(Op::kNull, body_->locals[part->local]);
      map_->first.push_back(std::move(unset));
    }
  }
  step.index = part->local;
  step.node = convert(step.node, body_->locals[part->local], stmt.span);
  map_->guards[field].push_back(step.poison);
  finish_step(step);
  into.push_back(std::move(step));
}

void Lowering::copy(const sema::StmtInfo& known, std::vector<Step>& into) {
  if (map_->emit_target != kNone) return;
  for (const sema::CopiedField& pair : known.copied) {
    const sema::SchemaField& target = map_->target->fields[pair.target_field];
    Step step = begin_step(Step::What::kAssign, known, target.name);
    step.poison = kNone;
    step.source_fields = {pair.source_field};
    const NodeId value = make(Op::kField, body_->field_types[pair.source_field], kNone, kNone, kNone, pair.source_field);
    step.node = convert(value, pair.to, {});
    step.index = pair.target_field;
    finish_step(step);
    into.push_back(std::move(step));
  }
}

void Lowering::require(const syntax::Stmt& stmt, const sema::StmtInfo& known, std::vector<Step>& into) {
  const auto& written = stmt.as<syntax::RequireStmt>();
  const ExprRef condition{map_->module, written.condition};
  Step step = begin_step(Step::What::kEffect, known, {});
  const uint32_t place = site(known.issue, known.verb, tree(condition).span, info(condition).lineage);
  const NodeId test = expression_as(condition, bool_type());
  step.node = make(Op::kIf, bool_type(), test, boolean(true), raised(known.verb, place, {map_->module, written.detail}));
  finish_step(step);
  into.push_back(std::move(step));
}

void Lowering::raise_when(const syntax::Stmt& stmt, const sema::StmtInfo& known, std::vector<Step>& into) {
  const auto& written = stmt.as<syntax::RaiseStmt>();
  const ExprRef condition{map_->module, written.condition};
  Step step = begin_step(Step::What::kEffect, known, {});
  const uint32_t place = site(known.issue, known.verb, tree(condition).span, info(condition).lineage);
  const NodeId test = expression_as(condition, bool_type());
  step.node = make(Op::kIf, bool_type(), test, raised(known.verb, place, {map_->module, written.detail}), boolean(false));
  finish_step(step);
  into.push_back(std::move(step));
}

void Lowering::when(const syntax::Stmt& stmt, const sema::StmtInfo& known, std::vector<Step>& into) {
  const auto& written = stmt.as<syntax::WhenStmt>();
  Step step = begin_step(Step::What::kGroup, known, {});
  step.node = expression_as({map_->module, written.condition}, bool_type());
  finish_step(step);
  ++map_->depth;
  statements(written.consequence, step.then);
  if (written.otherwise) statements(*written.otherwise, step.otherwise);
  --map_->depth;
  into.push_back(std::move(step));
}

NodeId Lowering::assembled(uint32_t field, std::vector<uint32_t>& path, TypeId to) {
  for (const MapState::Part& part : map_->parts[field]) {
    if (part.path == path) return convert(convert(read_local(part.local), part.type, {}), to, {});
  }
  const bool below = std::any_of(map_->parts[field].begin(), map_->parts[field].end(), [&](const MapState::Part& part) {
    return part.path.size() > path.size() && std::equal(path.begin(), path.end(), part.path.begin());
  });
  if (!below) return left_out(to);
  const TypeId bare = payload(to);
  const std::vector<RecordField> fields = type(bare).fields;
  std::vector<NodeId> values;
  for (uint32_t i = 0; i < fields.size(); ++i) {
    path.push_back(i);
    values.push_back(assembled(field, path, fields[i].optional ? or_null(fields[i].type) : fields[i].type));
    path.pop_back();
  }
  return convert(make_with(Op::kMakeRecord, bare, values), to, {});
}

void Lowering::assemble_records(std::vector<Step>& into) {
  for (const auto& entry : map_->parts) {
    const uint32_t field = entry.first;
    Step step;
    step.what = Step::What::kAssign;
    step.index = field;
    step.field = map_->target->fields[field].name;
    step.depends = map_->guards[field];
    std::sort(step.depends.begin(), step.depends.end());
    std::vector<uint32_t> path;
    step.node = assembled(field, path, map_->target->fields[field].type);
    into.push_back(std::move(step));
  }
}

MapProgram Lowering::map_program(uint32_t index, bool filtered, uint32_t emit_target, TypeId rows_type) {
  const sema::MapSymbol& symbol = in_.maps[index];
  const sema::SchemaSymbol& source = in_.schemas[in_.sources[symbol.source].schema];
  const sema::SchemaSymbol& target = in_.schemas[in_.targets[symbol.target].schema];
  Body body;
  body.in_map = true;
  body.source = &source;
  for (const sema::SchemaField& field : source.fields) body.field_types.push_back(field.read);
  MapState state;
  state.module = symbol.module;
  state.map = index;
  state.target = &target;
  state.emit_target = emit_target;
  state.rows_type = rows_type;
  body_ = &body;
  map_ = &state;
  reader_ = index;
  collect_poison(*symbol.body);
  MapProgram program;
  program.name = symbol.name;
  program.input = layout_of(source, out_.types);
  if (emit_target == kNone) program.output = layout_of(target, out_.types);
  std::vector<Step> first;
  if (filtered && in_.sources[symbol.source].settings.contains("filter")) first.push_back(filter_step(in_.sources[symbol.source]));
  refinement_steps(source, symbol.read, first);
  for (Step& step : first) {
    if (step.index == kNone) continue;
    step.poison = state.bits++;
    state.field_bits[step.index] = step.poison;
    step.index = kNone;
  }
  statements(*symbol.body, program.steps);
  if (emit_target == kNone)
    assemble_records(program.steps);
  else
    collect_rows(program, rows_type);
  program.steps.insert(program.steps.begin(), std::make_move_iterator(state.first.begin()), std::make_move_iterator(state.first.end()));
  program.steps.insert(program.steps.begin(), std::make_move_iterator(first.begin()), std::make_move_iterator(first.end()));
  program.poison_bits = state.bits;
  program.locals = std::move(body.locals);
  body_ = nullptr;
  map_ = nullptr;
  reader_ = kNone;
  return program;
}

void Lowering::map(uint32_t index, bool filtered) {
  MapProgram program = map_program(index, filtered, kNone, kNoType);
  result_.maps.push_back(static_cast<uint32_t>(out_.maps.size()));
  out_.maps.push_back(std::move(program));
}

}  // namespace mig::ir
