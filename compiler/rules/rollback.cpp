// E0903: a rollback that does not undo every write of the stage that uses it.
#include <algorithm>

#include "compiler/rules/rule_context.h"

namespace mig::rules {

namespace {

struct Undone {
  std::vector<std::string> names;
  Span last;  // of the last subject; invalid when nothing is undone
};

const syntax::Decl* find_decl(const RuleContext& context, syntax::DeclKind kind, const std::string& name) {
  for (const syntax::Decl& decl : context.tree(0).decls) {
    if (decl.kind() == kind && decl.name.text == name) return &decl;
  }
  return nullptr;
}

Undone undone_by(const syntax::RollbackDecl& rollback) {
  Undone undone;
  for (const syntax::Step& step : rollback.steps) {
    const auto* undo = step.get_if<syntax::UndoStep>();
    if (undo == nullptr) continue;
    for (const syntax::Name& name : undo->subjects) {
      undone.names.push_back(name.text);
      undone.last = name.span;
    }
  }
  return undone;
}

class StageCheck {
 public:
  StageCheck(RuleContext& context, const syntax::Decl& stage, const syntax::Name& rollback, const Undone& undone, Span rollback_name)
      : context_(context), stage_(stage), rollback_(rollback), undone_(undone), rollback_name_(rollback_name) {}

  void write(const std::string& subject, const std::string& map, Span place, const std::string& what) {
    std::vector<std::string> names{subject, map};
    for (const sema::MapSymbol& symbol : context_.program.maps) {
      if (symbol.name == map && symbol.target < context_.program.targets.size())
        names.push_back(context_.program.targets[symbol.target].name);
    }
    for (const std::string& name : names) {
      if (std::find(undone_.names.begin(), undone_.names.end(), name) != undone_.names.end()) return;
    }
    Diagnostic& finding = context_.report(
        Code::E0903, rollback_.span,
        "rollback " + rollback_.text + " does not undo " + what + " `" + subject + "`, which stage " + stage_.name.text + " writes",
        "leaves its writes in the target");
    finding.also(place, "written here")
        .also(rollback_name_, "undoes " + (undone_.names.empty() ? std::string("nothing") : listed(undone_.names)));
    if (undone_.last.valid())
      finding.help(Applicability::choose, "undo it, too", {{undone_.last.after(), ", " + subject}});
    else
      finding.help(Applicability::choose, "undo it: `undo " + subject + "`");
    finding.in("stage " + stage_.name.text);
  }

 private:
  RuleContext& context_;
  const syntax::Decl& stage_;
  const syntax::Name& rollback_;
  const Undone& undone_;
  Span rollback_name_;
};

}  // namespace

void check_rollback(RuleContext& context) {
  if (context.program.modules.empty()) return;
  for (const syntax::Decl& decl : context.tree(0).decls) {
    const auto* stage = decl.get_if<syntax::StageDecl>();
    if (stage == nullptr || decl.incomplete) continue;
    for (const syntax::Step& event_step : stage->steps) {
      const auto* event = event_step.get_if<syntax::EventStep>();
      if (event == nullptr || event->action.text != "rollback" || !event->argument.valid()) continue;
      const syntax::Decl* rollback = find_decl(context, syntax::DeclKind::rollback, event->argument.text);
      if (rollback == nullptr || rollback->incomplete) continue;
      const Undone undone = undone_by(rollback->as<syntax::RollbackDecl>());
      StageCheck check(context, decl, event->argument, undone, rollback->name.span);
      for (const syntax::Step& step : stage->steps) {
        if (const auto* run = step.get_if<syntax::RunStep>()) {
          for (const syntax::Name& map : run->maps) check.write(map.text, map.text, map.span, "map");
        } else if (const auto* sync = step.get_if<syntax::SyncStep>()) {
          const syntax::Decl* written = find_decl(context, syntax::DeclKind::sync, sync->sync.text);
          check.write(sync->sync.text, written == nullptr ? std::string() : written->as<syntax::SyncDecl>().map.text, sync->sync.span,
                      "sync");
        }
      }
    }
  }
}

}  // namespace mig::rules
