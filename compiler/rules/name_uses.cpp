#include "compiler/rules/name_uses.h"

#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

using namespace syntax;

class Collector {
 public:
  explicit Collector(const Module& tree) : tree_(tree) {}

  NameUses run() {
    for (uint32_t d = 0; d < tree_.decls.size(); ++d) declaration(d);
    for (const TypeExpr& type : tree_.types) {
      if (const auto* named = type.get_if<NamedType>()) path(named->name, uses_.types);
    }
    for (const Pattern& pattern : tree_.patterns) {
      if (const auto* variant = pattern.get_if<VariantPattern>()) path(variant->variant, uses_.types);
    }
    for (const Stmt& stmt : tree_.stmts) {
      if (const auto* require = stmt.get_if<RequireStmt>()) path(require->code, uses_.issues);
      if (const auto* raise = stmt.get_if<RaiseStmt>()) path(raise->code, uses_.issues);
    }
    return std::move(uses_);
  }

 private:
  // The last part into `names`; a part before it is a qualifier, and may be the name of an enum.
  void path(const Path& written, std::unordered_set<std::string_view>& names) {
    if (!written.valid()) return;
    names.insert(written.last().text);
    if (written.parts.size() > 1) {
      uses_.qualifiers.insert(written.parts[0].text);
      for (size_t i = 0; i + 1 < written.parts.size(); ++i) uses_.types.insert(written.parts[i].text);
    }
  }

  void declaration(uint32_t index) {
    const Decl& decl = tree_.decls[index];
    auto& own = uses_.by_declaration[index];
    for_each_root(tree_, decl, [&](ExprId root) { walk(tree_, root, [&](ExprId id) { expression(tree_[id], decl, own); }); });
    if (const auto* table = decl.get_if<TableDecl>()) {
      for (const Path& via : table->via) path(via, uses_.bare);
    } else if (const auto* dedupe = decl.get_if<DedupeDecl>()) {
      path(dedupe->warn, uses_.issues);
    } else if (const auto* profile = decl.get_if<ProfileDecl>()) {
      checks(profile->items);
    } else if (const auto* reconcile = decl.get_if<ReconcileDecl>()) {
      checks(reconcile->items);
    } else if (const auto* sync = decl.get_if<SyncDecl>()) {
      for (const SyncHandler& handler : sync->handlers) path(handler.code, uses_.issues);
    } else if (const auto* stage = decl.get_if<StageDecl>()) {
      for (const Step& step : stage->steps) {
        const auto* gate = step.get_if<GateStep>();
        if (gate == nullptr) continue;
        for (const GateItem& item : gate->items) {
          if (const auto* require = std::get_if<GateRequire>(&item)) path(require->code, uses_.issues);
        }
      }
    } else if (const auto* test = decl.get_if<TestDecl>()) {
      for (const TestItem& item : test->items) {
        if (const auto* expected = std::get_if<TestExpectIssue>(&item); expected != nullptr && expected->code.parts.size() > 1) {
          uses_.qualifiers.insert(expected->code.parts[0].text);
        }
      }
    }
  }

  void checks(const std::vector<CheckItem>& items) {
    for (const CheckItem& item : items) {
      if (const auto* expect = std::get_if<CheckExpect>(&item)) path(expect->code, uses_.issues);
    }
  }

  void expression(const Expr& expr, const Decl& decl, std::unordered_set<std::string_view>& own) {
    if (const auto* name = expr.get_if<NameExpr>()) {
      own.insert(name->name.text);
      if (name->name.text != decl.name.text) uses_.bare.insert(name->name.text);
    } else if (const auto* field = expr.get_if<FieldExpr>(); field != nullptr && field->object.valid()) {
      const auto* object = tree_[field->object].get_if<NameExpr>();
      if (object == nullptr) return;
      uses_.qualifiers.insert(object->name.text);
      uses_.types.insert(object->name.text);
      if (object->name.text == "param") uses_.params.insert(field->field.text);
    } else if (const auto* raise = expr.get_if<RaiseExpr>()) {
      path(raise->code, uses_.issues);
    }
  }

  const Module& tree_;
  NameUses uses_;
};

}  // namespace

NameUses collect_name_uses(const Module& tree) { return Collector(tree).run(); }

}  // namespace mig::rules
