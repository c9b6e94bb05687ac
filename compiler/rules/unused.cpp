// W0121: declared and never used.
#include <algorithm>

#include "compiler/rules/name_uses.h"
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

class UnusedFinder {
 public:
  UnusedFinder(RuleContext& context, ModuleId module)
      : context_(context), tree_(context.tree(module)), module_(module), uses_(collect_name_uses(tree_)) {}

  void run() {
    for (uint32_t d = 0; d < tree_.decls.size(); ++d) {
      const syntax::Decl& decl = tree_.decls[d];
      if (decl.incomplete || context_.is_broken(decl.span)) continue;
      inside(d);
      if (const auto* import = decl.get_if<syntax::ImportDecl>()) this->import(decl, *import);
    }
    // What an imported file offers need not all be used, and a broken file may have used anything.
    if (module_ == 0 && !is_for_importers() && !tree_.has_errors && !any_incomplete()) {
      for (const syntax::Decl& decl : tree_.decls) declaration(decl);
    }
  }

 private:
  // No migration of its own, and nothing that moves data: a file that others import, checked by itself.
  bool is_for_importers() const {
    return std::none_of(tree_.decls.begin(), tree_.decls.end(), [](const syntax::Decl& decl) {
      using enum syntax::DeclKind;
      const bool pure = decl.kind() == import || decl.kind() == type || decl.kind() == enumeration || decl.kind() == schema ||
                        decl.kind() == table || decl.kind() == fn || decl.kind() == issue || decl.kind() == lookup || decl.kind() == test;
      return !pure;
    });
  }
  bool any_incomplete() const {
    for (const syntax::Decl& decl : tree_.decls) {
      if (decl.incomplete || decl.kind() == syntax::DeclKind::error) return true;
    }
    return false;
  }

  bool is_tested(const std::string& name) const {
    return std::any_of(tree_.decls.begin(), tree_.decls.end(), [&](const syntax::Decl& decl) {
      const auto* test = decl.get_if<syntax::TestDecl>();
      return test != nullptr &&
             std::any_of(test->subjects.begin(), test->subjects.end(), [&](const syntax::Name& subject) { return subject.text == name; });
    });
  }

  void import(const syntax::Decl& decl, const syntax::ImportDecl& import) {
    if (!decl.name.valid() || uses_.qualifiers.count(decl.name.text) != 0) return;
    context_.report(Code::W0121, decl.name.span, "nothing uses the import `" + decl.name.text + "`", "never used")
        .help(Applicability::automatic, "remove the import of " + import.path.value, {{whole_lines(decl.span), ""}});
  }

  void declaration(const syntax::Decl& decl) {
    if (!decl.name.valid() || decl.incomplete) return;
    const std::string& name = decl.name.text;
    const auto is_used = [&](const auto& names) { return names.count(name) != 0; };
    const auto unused = [&](std::string_view what, bool used, Applicability applicability, std::string help) {
      if (used) return;
      Diagnostic& finding =
          context_.report(Code::W0121, decl.name.span, "nothing uses " + std::string(what) + " `" + name + "`", "never used");
      finding.in(std::string(what) + " " + name);
      // Without it the test would be about nothing.
      if (is_tested(name)) {
        finding.help(Applicability::choose, "remove it and its tests");
      } else {
        finding.help(applicability, std::move(help), {{whole_lines(decl.span), ""}});
      }
    };
    switch (decl.kind()) {
      case syntax::DeclKind::fn: unused("fn", is_used(uses_.bare), Applicability::automatic, "remove it"); return;
      case syntax::DeclKind::table: unused("table", is_used(uses_.bare), Applicability::automatic, "remove it"); return;
      case syntax::DeclKind::lookup: unused("lookup", is_used(uses_.bare), Applicability::automatic, "remove it"); return;
      case syntax::DeclKind::param:
        unused("param", is_used(uses_.params), Applicability::choose, "remove it; `--set` will then refuse the name");
        return;
      case syntax::DeclKind::issue:
        unused("issue", is_used(uses_.issues), Applicability::choose, "remove it, unless its code is already in a reject log");
        return;
      case syntax::DeclKind::type: unused("type", is_used(uses_.types), Applicability::automatic, "remove it"); return;
      case syntax::DeclKind::enumeration:
        // The order of consent is used by what it forbids.
        if (std::any_of(decl.attributes.begin(), decl.attributes.end(),
                        [](const syntax::Attribute& each) { return each.name.text == "consent_levels"; }))
          return;
        unused("enum", is_used(uses_.types), Applicability::automatic, "remove it");
        return;
      case syntax::DeclKind::error:
      case syntax::DeclKind::header:
      case syntax::DeclKind::import:
      case syntax::DeclKind::schema:
      case syntax::DeclKind::source:
      case syntax::DeclKind::target:
      case syntax::DeclKind::privacy:
      case syntax::DeclKind::map:
      case syntax::DeclKind::dedupe:
      case syntax::DeclKind::profile:
      case syntax::DeclKind::reconcile:
      case syntax::DeclKind::sync:
      case syntax::DeclKind::stage:
      case syntax::DeclKind::rollback:
      case syntax::DeclKind::test:
      case syntax::DeclKind::item:
      case syntax::DeclKind::environment: return;
    }
  }

  // `let`s and parameters.
  void inside(uint32_t index) {
    const syntax::Decl& decl = tree_.decls[index];
    const auto& names = uses_.by_declaration[index];
    const syntax::Block* body = nullptr;
    if (const auto* map = decl.get_if<syntax::MapDecl>()) body = &map->body;
    if (const auto* fn = decl.get_if<syntax::FnDecl>()) {
      if (fn->block) body = &*fn->block;
      const bool has_body = fn->body.valid() || fn->block.has_value();
      for (const syntax::FnParameter& parameter : fn->parameters) {
        if (!has_body || !parameter.name.valid() || names.count(parameter.name.text) != 0) continue;
        context_
            .report(Code::W0121, parameter.name.span, "`" + decl.name.text + "` does not use its parameter `" + parameter.name.text + "`",
                    "never used")
            .help(Applicability::choose, "remove it here and where the function is called")
            .in("fn " + decl.name.text);
      }
    }
    if (body == nullptr) return;
    for_each_statement(tree_, *body, [&](syntax::StmtId id) {
      const auto* let = tree_[id].get_if<syntax::LetStmt>();
      if (let == nullptr || !let->name.valid() || names.count(let->name.text) != 0 || decides(let->value)) return;
      context_.report(Code::W0121, let->name.span, "`" + let->name.text + "` is computed and never used", "never used")
          .help(Applicability::automatic, "remove it", {{whole_lines(tree_[id].span), ""}})
          .in(std::string(syntax::keyword_text(decl.kind())) + " " + decl.name.text);
    });
  }

  // A value that rejects, skips or warns has an effect although nobody reads it.
  bool decides(syntax::ExprId value) const {
    bool found = false;
    walk(tree_, value, [&](syntax::ExprId id) {
      if (tree_[id].kind() == syntax::ExprKind::raise) found = true;
      const sema::ExprInfo& about = context_.info(ExprRef{module_, id});
      if (about.call >= context_.program.calls.size()) return;
      const sema::CallInfo& call = context_.program.calls[about.call];
      if (call.callee == Ref::kFn && call.index < context_.program.fns.size()) found |= !context_.program.fns[call.index].raises.empty();
      if (call.callee == Ref::kTable && call.index < context_.program.tables.size())
        found |= !context_.program.tables[call.index].raises.empty();
    });
    return found;
  }

  // With the line break behind it when nothing else stands on its lines.
  Span whole_lines(Span span) const {
    const std::string_view text = context_.sources.text(span.file);
    uint32_t begin = span.begin, end = span.end;
    while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t')) --begin;
    while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
    const bool alone = (begin == 0 || text[begin - 1] == '\n') && (end == text.size() || text[end] == '\n');
    if (!alone) return span;
    return {span.file, begin, end < text.size() ? end + 1 : end};
  }

  RuleContext& context_;
  const syntax::Module& tree_;
  ModuleId module_;
  NameUses uses_;
};

}  // namespace

void check_unused(RuleContext& context) {
  for (ModuleId module = 0; module < context.program.modules.size(); ++module) UnusedFinder(context, module).run();
}

}  // namespace mig::rules
