#include "compiler/sema/statements.h"

#include <algorithm>

#include "compiler/sema/phases.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

void StatementChecker::begin(syntax::StmtId id) {
  StmtInfo& about = info(id);
  about = {};
  about.number = next_number_++;
  frame_.statement = about.number;
  checker_.reset_effects();
  frame_.reads.clear();
  frame_.depends = enclosing_depends_;
}

void StatementChecker::finish(syntax::StmtId id, uint32_t lineage) {
  StmtInfo& about = info(id);
  const auto unique = [](std::vector<uint32_t> list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  };
  about.reads = unique(frame_.reads);
  about.depends = unique(frame_.depends);
  about.lineage = lineage;
}

void StatementChecker::check_block(const syntax::Block& block, Assignments& assigned) {
  for (const syntax::StmtId id : block.statements) check_statement(id, assigned);
}

void StatementChecker::check_statement(syntax::StmtId id, Assignments& assigned) {
  const syntax::Stmt& node = tree()[id];
  begin(id);
  const bool in_map = frame_.kind == FrameKind::kMap;
  const auto only_in_maps = [&](const char* what) {
    if (!in_map) analysis_.report(Code::E0014, node.span, std::string(what) + " may stand only in a map", "this is a function");
    return in_map;
  };
  switch (node.kind()) {
    case syntax::StmtKind::error: break;
    case syntax::StmtKind::let: check_let(id, node.as<syntax::LetStmt>()); break;
    case syntax::StmtKind::assign:
      if (only_in_maps("an assignment to a target field")) check_assign(id, node.as<syntax::AssignStmt>(), assigned);
      break;
    case syntax::StmtKind::require: check_require(id, node.as<syntax::RequireStmt>()); break;
    case syntax::StmtKind::raise: check_raise(id, node.as<syntax::RaiseStmt>()); break;
    case syntax::StmtKind::when: {
      const auto& when = node.as<syntax::WhenStmt>();
      if (!only_in_maps("`when`")) break;
      checker_.check_condition(when.condition, "the condition of `when`");
      checker_.report_failures(0, {}, false);
      judge_rule(when.condition, false);
      const uint32_t lineage = when.condition.valid() ? program_.info(frame_.module, when.condition).lineage : 0;
      info(id).may_reject = when.condition.valid() && program_.info(frame_.module, when.condition).may_reject;
      finish(id, lineage);
      check_when(when, assigned);
      return;
    }
    case syntax::StmtKind::copy:
      if (only_in_maps("`copy`")) check_copy(id, node.as<syntax::CopyStmt>(), assigned);
      break;
    case syntax::StmtKind::ignore:
      if (only_in_maps("`ignore`")) check_ignore(node.as<syntax::IgnoreStmt>());
      break;
    case syntax::StmtKind::emit:
      if (only_in_maps("`emit`")) check_emit(id, node.as<syntax::EmitStmt>());
      break;
    case syntax::StmtKind::give_back: break;
  }
}

void StatementChecker::check_let(syntax::StmtId id, const syntax::LetStmt& let) {
  StmtInfo& about = info(id);
  TypeId local_type = program_.types.of(Kind::kError);
  uint32_t lineage = 0, labels = 0;
  if (let.type.valid()) {
    const TypeId wanted = resolve_type_of(let.type);
    checker_.check(let.value, {wanted, "`" + let.name.text + "`", tree()[let.type].span, {}});
    local_type = wanted;
  } else {
    local_type = checker_.infer(let.value);
  }
  const bool map = frame_.kind == FrameKind::kMap;
  if (map) checker_.report_failures(0, "`" + let.name.text + "`", true);
  if (let.value.valid()) {
    const ExprInfo& value = program_.info(frame_.module, let.value);
    lineage = value.lineage;
    labels = value.labels;
    about.may_reject = value.may_reject;
  }
  finish(id, lineage);
  if (!let.name.valid()) return;
  about.local = checker_.add_local(let.name, LocalKind::kLet, local_type);
  program_.locals[about.local].lineage = lineage;
  program_.locals[about.local].labels = labels;
  if (!map) program_.locals[about.local].statement = kNone;
}

TypeId StatementChecker::resolve_type_of(syntax::TypeExprId id) { return resolve_type(analysis_, frame_.module, id); }

std::optional<Want> StatementChecker::target_of(const syntax::Path& path, StmtInfo& about) {
  if (!path.valid() || frame_.target_schema == kNone) return std::nullopt;
  const SchemaSymbol& schema = program_.schemas[frame_.target_schema];
  size_t first = 0;
  if (path.parts.size() > 1 && path.parts[0].text == frame_.target_alias && schema.by_name.count(path.parts[0].text) == 0) first = 1;
  const syntax::Name& name = path.parts[first];
  const auto it = schema.by_name.find(name.text);
  if (it == schema.by_name.end()) {
    Diagnostic& finding =
        analysis_.report(Code::E0101, name.span, "the target has no field `" + name.text + "`", "not in schema " + schema.name);
    finding.also(schema.span, "declared here");
    std::vector<std::string_view> names;
    for (const SchemaField& field : schema.fields) names.push_back(field.name);
    analysis_.suggest(finding, name.text, name.span, names);
    finding.help(Applicability::choose, "for a value of your own write `let " + name.text + " = ...`");
    return std::nullopt;
  }
  const SchemaField& field = schema.fields[it->second];
  about.target_fields = {it->second};
  if (field.computed) report_computed(field, name.span);
  Want want;
  want.type = field.type;
  want.subject = "`" + field.name + "`";
  want.declared = field.type_span;
  want.origin = "schema " + schema.name;
  bool optional = field.optional;
  for (size_t i = first + 1; i < path.parts.size(); ++i) {
    const Type& record = type(want.type);
    if (is_error(record)) return std::nullopt;
    const auto inner =
        std::find_if(record.fields.begin(), record.fields.end(), [&](const RecordField& f) { return f.name == path.parts[i].text; });
    if (record.kind != Kind::kRecord || inner == record.fields.end()) {
      Diagnostic& finding =
          analysis_.report(Code::E0101, path.parts[i].span, "`" + path.parts[i - 1].text + "` has no field `" + path.parts[i].text + "`",
                           analysis_.type_text(want.type));
      std::vector<std::string_view> names;
      for (const RecordField& each : record.fields) names.push_back(each.name);
      analysis_.suggest(finding, path.parts[i].text, path.parts[i].span, names);
      return std::nullopt;
    }
    about.target_fields.push_back(static_cast<uint32_t>(inner - record.fields.begin()));
    want.type = inner->type;
    want.subject = "`" + path.parts[i].text + "`";
    optional = inner->optional;
  }
  if (optional && !is_error(type(want.type))) want.type = with_keep(program_.types, want.type, true);
  return want;
}

void StatementChecker::report_computed(const SchemaField& field, Span span) {
  analysis_.report(Code::E0405, span, "`" + field.name + "` is computed by the target and takes no value", "remove this")
      .also(field.span, "generated always, or read-only");
}

void StatementChecker::claim(const std::string& path, Span span, Assignments& assigned) {
  const auto clash = [&](const Assigned& other) {
    analysis_.report(Code::E0403, span, "target field `" + path + "` is assigned twice", "assigned again here")
        .also(other.span, "first assigned here")
        .help(Applicability::choose, "use `if` or `match` for the value: each field is written once");
  };
  if (const auto it = assigned.find(path); it != assigned.end()) {
    clash(it->second);
    return;
  }
  for (size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1)) {
    const auto it = assigned.find(path.substr(0, dot));
    if (it != assigned.end() && it->second.whole) {
      clash(it->second);
      return;
    }
    if (it == assigned.end()) assigned.emplace(path.substr(0, dot), Assigned{span, false});
  }
  assigned.emplace(path, Assigned{span, true});
}

void StatementChecker::check_assign(syntax::StmtId id, const syntax::AssignStmt& assign, Assignments& assigned) {
  StmtInfo& about = info(id);
  const auto want = target_of(assign.target, about);
  uint32_t lineage = 0;
  if (want) {
    about.target_type = want->type;
    std::string path = program_.schemas[frame_.target_schema].fields[about.target_fields[0]].name;
    for (size_t i = assign.target.parts.size() - (about.target_fields.size() - 1); i < assign.target.parts.size(); ++i)
      path += "." + assign.target.parts[i].text;
    claim(path, assign.target.span, assigned);
    checker_.check(assign.value, *want);
    checker_.report_failures(0, "`" + path + "`", type(want->type).may_keep || type(want->type).nullable);
  } else {
    checker_.infer(assign.value);
    frame_.failures.clear();
  }
  if (assign.value.valid()) {
    const ExprInfo& value = program_.info(frame_.module, assign.value);
    lineage = value.lineage;
    about.may_reject = value.may_reject;
  }
  finish(id, lineage);
}

void StatementChecker::judge_rule(syntax::ExprId condition, bool require) {
  if (!condition.valid()) return;
  const ExprInfo& about = program_.info(frame_.module, condition);
  if (about.truth < 0 || is_error(type(about.type))) return;
  const bool holds = about.truth == 1;
  analysis_.report(Code::W0521, tree()[condition].span, std::string("this rule is always ") + (holds ? "true" : "false"),
                   require == holds ? "no record can violate it"
                   : holds          ? "every record meets it"
                                    : "no record meets it");
}

void StatementChecker::check_require(syntax::StmtId id, const syntax::RequireStmt& require) {
  StmtInfo& about = info(id);
  checker_.check_condition(require.condition, "a requirement");
  const bool map = frame_.kind == FrameKind::kMap;
  judge_rule(require.condition, true);
  about.verb = require.verb == syntax::RaiseVerb::reject ? Verb::kReject
               : require.verb == syntax::RaiseVerb::skip ? Verb::kSkip
                                                         : Verb::kWarn;
  about.issue = checker_.use_issue(require.code, about.verb);
  const Facts facts = checker_.facts_of(require.condition);
  const size_t mark = frame_.environment.mark();
  checker_.assume(facts.when_false);
  if (require.detail.valid()) checker_.check(require.detail, {analysis_.types().of(Kind::kString), "the text behind `with`", {}, {}});
  frame_.environment.restore(mark);
  if (map) checker_.report_failures(0, {}, false);
  about.may_reject = about.verb != Verb::kWarn || (require.condition.valid() && program_.info(frame_.module, require.condition).may_reject);
  finish(id, require.condition.valid() ? program_.info(frame_.module, require.condition).lineage : 0);
  if (about.verb == Verb::kWarn) return;
  checker_.assume(facts.when_true, map ? about.number : kNone);
  for (const Fact& fact : facts.when_true) about.narrows.push_back(fact.path);
}

void StatementChecker::check_raise(syntax::StmtId id, const syntax::RaiseStmt& raise) {
  StmtInfo& about = info(id);
  checker_.check_condition(raise.condition, "the condition of an issue");
  const bool map = frame_.kind == FrameKind::kMap;
  judge_rule(raise.condition, false);
  about.verb = raise.verb == syntax::RaiseVerb::reject ? Verb::kReject : raise.verb == syntax::RaiseVerb::skip ? Verb::kSkip : Verb::kWarn;
  about.issue = checker_.use_issue(raise.code, about.verb);
  const Facts facts = checker_.facts_of(raise.condition);
  const size_t mark = frame_.environment.mark();
  checker_.assume(facts.when_true);
  if (raise.detail.valid()) checker_.check(raise.detail, {analysis_.types().of(Kind::kString), "the text behind `with`", {}, {}});
  frame_.environment.restore(mark);
  if (map) checker_.report_failures(0, {}, false);
  about.may_reject = about.verb != Verb::kWarn || (raise.condition.valid() && program_.info(frame_.module, raise.condition).may_reject);
  finish(id, raise.condition.valid() ? program_.info(frame_.module, raise.condition).lineage : 0);
  if (about.verb == Verb::kWarn) return;
  checker_.assume(facts.when_false, map ? about.number : kNone);
  for (const Fact& fact : facts.when_false) about.narrows.push_back(fact.path);
}

void StatementChecker::check_when(const syntax::WhenStmt& when, Assignments& assigned) {
  const std::vector<uint32_t> outer = enclosing_depends_;
  enclosing_depends_.insert(enclosing_depends_.end(), frame_.depends.begin(), frame_.depends.end());
  const Facts facts = checker_.facts_of(when.condition);
  const size_t mark = frame_.environment.mark();
  // Locals of a branch end with it.
  const auto branch = [&](const syntax::Block& block, const std::vector<Fact>& known, Assignments& own) {
    const size_t scope = frame_.scope.size();
    checker_.assume(known);
    check_block(block, own);
    frame_.environment.restore(mark);
    checker_.close_scope(scope);
  };
  Assignments yes, no;
  branch(when.consequence, facts.when_true, yes);
  if (when.otherwise) branch(*when.otherwise, facts.when_false, no);
  enclosing_depends_ = outer;
  const auto one_sided = [&](const Assignments& here, const Assignments& there, const char* missing) {
    std::vector<std::pair<Span, std::string>> paths;
    for (const auto& [path, where] : here) {
      if (where.whole && there.count(path) == 0) paths.push_back({where.span, path});
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& [span, path] : paths) {
      Diagnostic& finding =
          analysis_.report(Code::E0404, span, "target field `" + path + "` is assigned in only one branch", "assigned here");
      finding.also(when.condition.valid() ? tree()[when.condition].span : span, missing);
      finding.help(Applicability::choose, "assign it in the other branch too: `" + path + " = keep` leaves an optional field alone");
    }
  };
  one_sided(yes, no, "not assigned when this is false");
  one_sided(no, yes, "not assigned when this is true");
  for (const auto& [path, where] : yes) {
    if (where.whole) claim(path, where.span, assigned);
  }
  for (const auto& [path, where] : no) {
    if (where.whole && yes.count(path) == 0) claim(path, where.span, assigned);
  }
}

void StatementChecker::check_emit(syntax::StmtId id, const syntax::EmitStmt& emit) {
  StmtInfo& about = info(id);
  const auto target = analysis_.resolve(NameKind::kTarget, frame_.module, emit.target);
  uint32_t local = kNone;
  const size_t scope = frame_.scope.size();
  if (emit.sequence.valid()) {
    const TypeId sequence = checker_.infer(emit.sequence);
    checker_.report_failures(0, {}, false);
    TypeId element = program_.types.of(Kind::kError);
    if (type(sequence).kind == Kind::kList && !type(sequence).nullable) {
      element = type(sequence).element;
    } else if (!is_error(type(sequence))) {
      analysis_.report(type(sequence).nullable ? Code::E0311 : Code::E0201, tree()[emit.sequence].span,
                       "`emit ... for` goes through a list", analysis_.type_text(sequence));
    }
    local = checker_.add_local(emit.variable, LocalKind::kEmitted, element);
    program_.locals[local].lineage = program_.info(frame_.module, emit.sequence).lineage;
    program_.locals[local].labels = program_.info(frame_.module, emit.sequence).labels;
  }
  about.local = local;
  finish(id, emit.sequence.valid() ? program_.info(frame_.module, emit.sequence).lineage : 0);
  const uint32_t schema = frame_.target_schema;
  const size_t mark = frame_.environment.mark();
  if (target) {
    about.target = *target;
    program_.targets[*target].used = true;
  }
  frame_.target_schema = target ? program_.targets[*target].schema : kNone;
  Assignments own;
  check_block(emit.body, own);
  if (frame_.target_schema != kNone) check_required_fields(analysis_, frame_.target_schema, own, emit.target.span, emit.body.span);
  frame_.target_schema = schema;
  frame_.environment.restore(mark);
  checker_.close_scope(scope);
}

}  // namespace mig::sema
