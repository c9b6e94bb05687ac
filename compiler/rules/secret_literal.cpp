// E0804: literals that are secrets, by the name beside them or by their own form. (What connections hold is judged by type checking,
// too: this looks at the rest of the spec and at what stands deeper in settings.)
#include <string>
#include <string_view>

#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"
#include "compiler/sema/secret_text.h"

namespace mig::rules {

namespace {

using sema::SecretName;

// `sha256 = "..."` tells what a file holds.
bool is_checksum(std::string_view name) {
  for (const char* word : {"sha", "hash", "checksum", "digest", "fingerprint", "etag", "version"}) {
    if (name.find(word) != std::string_view::npos) return true;
  }
  return false;
}

class SecretFinder {
 public:
  SecretFinder(RuleContext& context, ModuleId module, bool settings)
      : context_(context), tree_(context.tree(module)), settings_(settings) {}

  /// A text, a list of texts or a record of them beside a name.
  void beside(std::string_view name, syntax::ExprId value) {
    value = without_groups(tree_, value);
    if (!value.valid()) return;
    const syntax::Expr& expr = tree_[value];
    if (const auto* text = expr.get_if<syntax::StringExpr>()) {
      const SecretName named = sema::names_a_secret(name);
      const bool any = settings_ && named == SecretName::kYes && !text->value.empty();
      if (settings_ && named == SecretName::kNo && sema::looks_like_long_key(text->value) && !is_checksum(name))
        report(expr.span, "this looks like a key, and it stands in the spec");
      if (any || (named != SecretName::kNo && sema::looks_generated(text->value)))
        report(expr.span, "`" + std::string(name) + "` is a secret, and it stands in the spec");
    }
    look(value);
  }

  void look(syntax::ExprId root) {
    walk(tree_, root, [&](syntax::ExprId id) {
      const syntax::Expr& expr = tree_[id];
      if (const auto* text = expr.get_if<syntax::StringExpr>()) {
        if (sema::is_issued_key(text->value)) report(expr.span, "this is a key that somebody issued, and it stands in the spec");
        if (sema::has_password_in_address(text->value)) report(expr.span, "a password stands in this address");
      } else if (const auto* record = expr.get_if<syntax::RecordExpr>()) {
        for (const syntax::RecordEntry& entry : record->entries) beside_once(entry.key.text, entry.value);
      } else if (const auto* call = expr.get_if<syntax::CallExpr>()) {
        for (const syntax::Argument& argument : call->arguments) {
          if (argument.name.valid()) beside_once(argument.name.text, argument.value);
        }
      }
    });
  }

 private:
  void beside_once(std::string_view name, syntax::ExprId value) {
    value = without_groups(tree_, value);
    if (value.valid() && tree_[value].kind() == syntax::ExprKind::string) beside(name, value);
  }
  void report(Span span, const std::string& message) {
    if (context_.was_reported(Code::E0804, span)) return;
    for (const Diagnostic& earlier : context_.findings()) {
      if (earlier.code == Code::E0804 && earlier.primary.span == span) return;
    }
    Diagnostic& finding = context_.report(Code::E0804, span, message, "readable by everyone who can read the spec");
    finding.help(Applicability::choose,
                 settings_ ? "name it and keep it outside: `secret(\"NAME\")`"
                           : "keep it outside: records get no secrets, connections and masks name them with `secret(\"NAME\")`");
  }

  RuleContext& context_;
  const syntax::Module& tree_;
  bool settings_;  // connections and params: whatever stands beside `password` is one
};

void check_statements(RuleContext& context, ModuleId module, const syntax::Block& body, SecretFinder& finder) {
  const syntax::Module& tree = context.tree(module);
  for_each_statement(tree, body, [&](syntax::StmtId id) {
    const syntax::Stmt& stmt = tree[id];
    if (const auto* let = stmt.get_if<syntax::LetStmt>()) {
      finder.beside(let->name.text, let->value);
    } else if (const auto* assign = stmt.get_if<syntax::AssignStmt>(); assign != nullptr && assign->target.valid()) {
      finder.beside(assign->target.last().text, assign->value);
    } else {
      for_each_root(stmt, [&](syntax::ExprId root) { finder.look(root); });
    }
  });
}

}  // namespace

void check_secret_literal(RuleContext& context) {
  for (ModuleId module = 0; module < context.program.modules.size(); ++module) {
    const syntax::Module& tree = context.tree(module);
    for (const syntax::Decl& decl : tree.decls) {
      // Records of tests are made up; an environment binds a secret to the name of a variable.
      if (decl.kind() == syntax::DeclKind::test || decl.kind() == syntax::DeclKind::error) continue;
      const bool connection = decl.kind() == syntax::DeclKind::source || decl.kind() == syntax::DeclKind::target ||
                              decl.kind() == syntax::DeclKind::lookup || decl.kind() == syntax::DeclKind::environment ||
                              decl.kind() == syntax::DeclKind::param;
      SecretFinder finder(context, module, connection);
      const auto entries = [&](const std::vector<syntax::Setting>& settings) {
        for (const syntax::Setting& setting : settings) finder.beside(setting.key.text, setting.value);
      };
      const auto connector = [&](const syntax::ConnectorCall& call) {
        for (const syntax::Argument& argument : call.arguments) {
          if (argument.name.valid())
            finder.beside(argument.name.text, argument.value);
          else if (argument.value.valid())
            finder.look(argument.value);
        }
      };
      if (const auto* source = decl.get_if<syntax::SourceDecl>()) {
        connector(source->from);
        entries(source->settings.entries);
      } else if (const auto* target = decl.get_if<syntax::TargetDecl>()) {
        connector(target->into);
        entries(target->settings.entries);
      } else if (const auto* lookup = decl.get_if<syntax::LookupDecl>()) {
        connector(lookup->from);
        entries(lookup->settings.entries);
      } else if (const auto* environment = decl.get_if<syntax::EnvironmentDecl>()) {
        for (const syntax::EnvironmentBinding& binding : environment->bindings) entries(binding.settings.entries);
        entries(environment->settings);
      } else if (const auto* param = decl.get_if<syntax::ParamDecl>()) {
        finder.beside(decl.name.text, param->value);
      } else if (const auto* map = decl.get_if<syntax::MapDecl>()) {
        check_statements(context, module, map->body, finder);
      } else if (const auto* fn = decl.get_if<syntax::FnDecl>()) {
        if (fn->body.valid()) finder.beside(decl.name.text, fn->body);
        if (fn->block) check_statements(context, module, *fn->block, finder);
      } else {
        for_each_root(tree, decl, [&](syntax::ExprId root) { finder.look(root); });
      }
    }
  }
}

}  // namespace mig::rules
