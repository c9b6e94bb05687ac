// E0702: personal data reaches a field or a target that is not cleared for it. W0704: a clearance that nothing needs.
#include <algorithm>
#include <set>

#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

using Pair = std::pair<uint32_t, uint32_t>;  // target, class

class FlowChecker {
 public:
  explicit FlowChecker(RuleContext& context) : context_(context), program_(context.program) {}

  void run() {
    for (uint32_t m = 0; m < program_.maps.size(); ++m) {
      const sema::MapSymbol& map = program_.maps[m];
      const auto* written = context_.decl(map).get_if<syntax::MapDecl>();
      if (written == nullptr || context_.target_schema(m) == nullptr) continue;
      broken_ |= context_.is_broken(context_.decl(map).span);
      block({m, map.target}, written->body, {});
    }
    for (const sema::DedupeSymbol& dedupe : program_.dedupes) {
      if (dedupe.target == kNone) continue;
      for (const sema::DedupeSymbol::Merge& merge : dedupe.merges)
        flow({kNone, dedupe.target}, classes_of(merge.value), merge.field, context_.tree(merge.value.module)[merge.value.id].span, {});
    }
    unused_clearances();
  }

 private:
  using Classes = std::vector<uint32_t>;

  const Classes& classes_of(uint32_t labels) const {
    static const Classes kNoClasses;
    return labels < program_.label_sets.size() ? program_.label_sets[labels] : kNoClasses;
  }
  const Classes& classes_of(ExprRef ref) const { return classes_of(context_.info(ref).labels); }
  static bool has(const Classes& classes, uint32_t wanted) { return std::find(classes.begin(), classes.end(), wanted) != classes.end(); }
  const std::string& name(uint32_t index) const { return program_.classes[index].name; }

  // `contact` covers `contact.email`.
  bool covers(uint32_t wide, uint32_t narrow) const {
    const std::string& a = name(wide);
    const std::string& b = name(narrow);
    return a == b || (b.size() > a.size() && b.compare(0, a.size(), a) == 0 && b[a.size()] == '.');
  }

  /// Where a value is written: the target of a map, that of an `emit` in it, or, without a map, that of a dedupe that merges.
  struct Into {
    uint32_t map = kNone, target = kNone;
  };
  std::string place_of(Into into) const {
    return into.map == kNone ? "dedupe " + program_.targets[into.target].name : "map " + program_.maps[into.map].name;
  }

  // What conditions around a statement reveal belongs to every value written there.
  void block(Into into, const syntax::Block& body, const Classes& around) {
    const ModuleId module = program_.maps[into.map].module;
    const syntax::Module& tree = context_.tree(module);
    for (const syntax::StmtId id : body.statements) {
      const syntax::Stmt& stmt = tree[id];
      if (const auto* when = stmt.get_if<syntax::WhenStmt>()) {
        Classes inside = around;
        if (when->condition.valid()) {
          const Classes& own = classes_of(ExprRef{module, when->condition});
          inside.insert(inside.end(), own.begin(), own.end());
        }
        block(into, when->consequence, inside);
        if (when->otherwise) block(into, *when->otherwise, inside);
      } else if (const auto* emit = stmt.get_if<syntax::EmitStmt>()) {
        block({into.map, context_.info(module, id).target}, emit->body, around);
      } else if (const auto* assign = stmt.get_if<syntax::AssignStmt>()) {
        const sema::StmtInfo& about = context_.info(module, id);
        if (!assign->value.valid() || about.target_fields.empty()) continue;
        const ExprRef value{module, assign->value};
        Classes carried = classes_of(value);
        carried.insert(carried.end(), around.begin(), around.end());
        flow(into, carried, about.target_fields[0], tree[assign->value].span, value);
      } else if (const auto* copy = stmt.get_if<syntax::CopyStmt>()) {
        const auto& copied = context_.info(module, id).copied;
        const sema::SchemaSymbol* source = context_.source_schema(into.map);
        for (size_t i = 0; source != nullptr && i < copied.size(); ++i) {
          if (copied[i].source_field >= source->fields.size()) continue;
          const sema::SchemaField& field = source->fields[copied[i].source_field];
          Classes carried = field.labels;
          carried.insert(carried.end(), around.begin(), around.end());
          Span place = stmt.span;
          for (const syntax::Name& each : copy->fields) {
            if (each.text == field.name) place = each.span;
          }
          flow(into, carried, copied[i].target_field, place, {});
        }
      }
    }
  }

  void flow(Into into, const Classes& carried, uint32_t field_index, Span place, ExprRef value) {
    const sema::SchemaSymbol* schema = context_.schema_of_target(into.target);
    if (schema == nullptr || field_index >= schema->fields.size()) return;
    const sema::SchemaField& field = schema->fields[field_index];
    const uint32_t target = into.target;
    for (const uint32_t carried_class : std::set<uint32_t>(carried.begin(), carried.end())) {
      if (carried_class >= program_.classes.size()) continue;
      flows_.insert({target, carried_class});
      const bool marked =
          std::any_of(field.labels.begin(), field.labels.end(), [&](uint32_t label) { return covers(label, carried_class); });
      if (!marked) {
        unmarked(into, carried_class, field, place, value);
      } else if (!is_allowed(target, carried_class) && uncleared_.insert({target, carried_class}).second) {
        not_allowed(into, carried_class, field, place, value);
      }
    }
  }

  bool is_allowed(uint32_t target, uint32_t carried) const {
    return std::any_of(program_.allows.begin(), program_.allows.end(), [&](const sema::PrivacyAllow& allow) {
      return std::find(allow.targets.begin(), allow.targets.end(), target) != allow.targets.end() &&
             std::any_of(allow.classes.begin(), allow.classes.end(), [&](uint32_t each) { return covers(each, carried); });
    });
  }

  void unmarked(Into into, uint32_t carried, const sema::SchemaField& field, Span place, ExprRef value) {
    Diagnostic& finding = context_.report(Code::E0702, place, name(carried) + " reaches a field that is not cleared for it",
                                          "still carries " + name(carried));
    finding.also(field.span, "no `@pii(" + name(carried) + ")`");
    trace(finding, into, carried, field, value);
    finding.help(Applicability::choose, "mark the target field: `" + field.name + " ... @pii(" + name(carried) + ")`",
                 {{field.whole.after(), " @pii(" + name(carried) + ")"}});
    finding.help(Applicability::choose, "remove the personal part: `mask_email(...)`, `redact(..., \"***\")` or `mask_last(..., 4)`");
    finding.about(field.name).in(place_of(into));
  }

  void not_allowed(Into into, uint32_t carried, const sema::SchemaField& field, Span place, ExprRef value) {
    const sema::TargetSymbol& target = program_.targets[into.target];
    Diagnostic& finding = context_.report(Code::E0702, place, name(carried) + " reaches " + target.name + ", which is not cleared for it",
                                          "carries " + name(carried));
    finding.also(target.span, "no `allow " + name(carried) + " to " + target.name + "`");
    trace(finding, into, carried, field, value);
    finding.help(Applicability::sketch, "clear it, with the reason that a data protection officer will read: `privacy { allow " +
                                            name(carried) + " to " + target.name + " because \"...\" }`");
    finding.about(field.name).in(place_of(into));
  }

  void trace(Diagnostic& finding, Into into, uint32_t carried, const sema::SchemaField& field, ExprRef value) const {
    Steps steps;
    if (value.valid()) steps_of(into.map, carried, value, 0, steps);
    const std::string target = program_.targets[into.target].name + "." + field.name;
    steps.push_back({field.span, target, field.labels.empty() ? ", no @pii" : ", @pii", ""});
    std::string text;
    for (const Step& step : steps) {
      text += (text.empty() ? "" : "\n-> ") + step.what;
      if (step.place.valid()) text += " (" + context_.line(step.place) + step.about + ")";
      if (!step.why.empty()) text += "   " + step.why;
      finding.flow.push_back({step.place, step.what + (step.why.empty() ? "" : ": " + step.why)});
    }
    finding.note_as("flow", std::move(text));
  }

  struct Step {
    Span place;
    std::string what, about, why;
  };
  using Steps = std::vector<Step>;

  void steps_of(uint32_t map, uint32_t carried, ExprRef ref, int depth, Steps& steps) const {
    if (depth > 64) return;
    const syntax::Module& tree = context_.tree(ref.module);
    const sema::ExprInfo& about = context_.info(ref);
    const sema::SchemaSymbol* source = context_.source_schema(map);
    if (about.ref == Ref::kSourceField && source != nullptr && about.index < source->fields.size()) {
      const sema::SchemaField& field = source->fields[about.index];
      steps.push_back(
          {field.span, program_.sources[program_.maps[map].source].name + "." + field.name, ", @pii(" + name(carried) + ")", ""});
      return;
    }
    if (about.ref == Ref::kLocal && about.index < program_.locals.size()) {
      const sema::Local& local = program_.locals[about.index];
      const ExprRef let = context_.let_value(ref.module, local.span);
      if (let.valid()) steps_of(map, carried, let, depth + 1, steps);
      steps.push_back({local.span, (let.valid() ? "let " : "") + local.name, "", ""});
      return;
    }
    bool found = false;
    const auto* pipe = tree[ref.id].get_if<syntax::PipeExpr>();
    for_each_child(tree[ref.id], [&](syntax::ExprId child) {
      const bool carries = has(classes_of(ExprRef{ref.module, child}), carried);
      if (found ? pipe == nullptr || !carries : !carries) return;
      found = true;
      const bool stage = pipe != nullptr && child != pipe->head;
      if (!stage)
        steps_of(map, carried, {ref.module, child}, depth + 1, steps);
      else
        call(ref.module, child, steps);
    });
    if (pipe == nullptr && about.call < program_.calls.size()) call(ref.module, ref.id, steps);
  }

  void call(ModuleId module, syntax::ExprId id, Steps& steps) const {
    const sema::ExprInfo& about = context_.info({module, id});
    if (about.call >= program_.calls.size()) return;
    const sema::CallInfo& call = program_.calls[about.call];
    std::string callee;
    if (call.declaration != nullptr)
      callee = call.declaration->name;
    else if (call.callee == Ref::kFn && call.index < program_.fns.size())
      callee = program_.fns[call.index].name;
    else if (call.callee == Ref::kTable && call.index < program_.tables.size())
      callee = program_.tables[call.index].name;
    if (callee.empty()) return;
    steps.push_back({context_.tree(module)[id].span, callee + "(...)", "", "`" + callee + "` keeps labels"});
  }

  // Targets that a stage writes to instead of the map's own.
  bool is_stand_in(const std::string& target) const {
    for (const syntax::Decl& decl : context_.tree(0).decls) {
      const auto* stage = decl.get_if<syntax::StageDecl>();
      if (stage == nullptr) continue;
      for (const syntax::Step& step : stage->steps) {
        const syntax::Settings* settings = nullptr;
        if (const auto* run = step.get_if<syntax::RunStep>()) settings = &run->settings;
        if (const auto* sync = step.get_if<syntax::SyncStep>()) settings = &sync->settings;
        const syntax::Setting* other = settings == nullptr ? nullptr : settings->find("target");
        const auto* name = other == nullptr || !other->value.valid() ? nullptr : context_.tree(0)[other->value].get_if<syntax::NameExpr>();
        if (name != nullptr && name->name.text == target) return true;
      }
    }
    return false;
  }

  void unused_clearances() {
    if (broken_ || program_.maps.empty()) return;
    for (const syntax::Decl& decl : context_.tree(0).decls) {
      const auto* privacy = decl.get_if<syntax::PrivacyDecl>();
      if (privacy == nullptr) continue;
      for (const syntax::PrivacyAllow& allow : privacy->allows) {
        for (const syntax::LabelPattern& pattern : allow.classes) {
          for (const syntax::Name& target : allow.targets) clearance(pattern, target);
        }
      }
    }
  }

  void clearance(const syntax::LabelPattern& pattern, const syntax::Name& target_name) {
    const std::string text = pattern.path.text();
    for (uint32_t t = 0; t < program_.targets.size(); ++t) {
      if (program_.targets[t].name != target_name.text || is_stand_in(target_name.text)) continue;
      const bool used = std::any_of(flows_.begin(), flows_.end(), [&](const Pair& flow) {
        const std::string& carried = name(flow.second);
        return flow.first == t && (carried == text || (carried.compare(0, text.size(), text) == 0 && carried.size() > text.size() &&
                                                       carried[text.size()] == '.'));
      });
      if (used) continue;
      context_
          .report(Code::W0704, pattern.span,
                  "`" + text + (pattern.wildcard ? ".*" : "") + "` is allowed to reach " + target_name.text + ", and never does",
                  "no map writes such data to " + target_name.text)
          .also(target_name.span, "cleared here")
          .help(Applicability::choose, "take the clearance back: what is not needed should not be allowed");
    }
  }

  RuleContext& context_;
  const sema::Program& program_;
  std::set<Pair> flows_, uncleared_;
  bool broken_ = false;
};

}  // namespace

void check_privacy_flow(RuleContext& context) { FlowChecker(context).run(); }

}  // namespace mig::rules
