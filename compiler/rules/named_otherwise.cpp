// W0516: the row for "unsubscribed" gives `bounced`, and there is a variant `unsubscribed`.
#include <algorithm>

#include "compiler/rules/field_names.h"
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

/// One row or arm with constant keys and a constant result.
struct NamedRow {
  std::vector<std::string> keys;
  Span key_span, place;
  uint32_t enumeration = kNone, variant = kNone;  // of the result; else `text`
  std::string text;
};

class NamedRows {
 public:
  explicit NamedRows(RuleContext& context) : context_(context) {}

  void add(ModuleId module, syntax::PatternId pattern, syntax::ExprId value) {
    NamedRow row;
    keys(module, pattern, row.keys);
    row.key_span = context_.tree(module)[pattern].span;
    const syntax::ExprId plain = without_groups(context_.tree(module), value);
    if (row.keys.empty() || !plain.valid()) return;
    const sema::ExprInfo& known = context_.info(ExprRef{module, plain});
    row.place = context_.tree(module)[plain].span;
    if (known.ref == Ref::kVariant) {
      row.enumeration = known.index;
      row.variant = known.part;
    } else if (const auto* text = context_.tree(module)[plain].get_if<syntax::StringExpr>()) {
      row.text = text->value;
    } else {
      return;
    }
    rows_.push_back(std::move(row));
  }

  void report(const std::string& name) {
    for (const NamedRow& row : rows_) {
      for (const std::string& key : row.keys) {
        const std::string meant = row.enumeration != kNone ? variant_called(row, key) : text_called(row, key);
        if (meant.empty() || is_told(row.place)) continue;
        const std::string given = row.enumeration != kNone ? variants(row)[row.variant].name : row.text;
        context_
            .report(Code::W0516, row.place, "`" + key + "` becomes `" + given + "`, and there is a `" + meant + "`",
                    "another name than the key's")
            .also(row.key_span, "called like `" + meant + "`")
            .help(Applicability::choose, "give what the key is called: `" + meant + "`")
            .help(Applicability::choose, "or say why not: `@allow(W0516, \"why\")` before the declaration")
            .in(name);
        break;
      }
    }
  }

 private:
  /// A rule about consent has said more about this row.
  bool is_told(Span place) const {
    const auto& findings = context_.findings();
    return std::any_of(findings.begin(), findings.end(), [&](const Diagnostic& finding) { return finding.primary.span == place; });
  }

  void keys(ModuleId module, syntax::PatternId id, std::vector<std::string>& into) const {
    const syntax::Pattern& pattern = context_.tree(module)[id];
    if (const auto* alternatives = pattern.get_if<syntax::AlternativesPattern>()) {
      for (const syntax::PatternId part : alternatives->alternatives) keys(module, part, into);
      return;
    }
    const sema::PatternInfo& known = context_.info(module, id);
    if (known.form == sema::PatternForm::kVariant && known.enumeration != kNone) {
      into.push_back(context_.program.enums[known.enumeration].variants[known.variant].name);
    } else if (known.form == sema::PatternForm::kConstant && known.constant.form == sema::Constant::Form::kText) {
      into.push_back(known.constant.text);
    }
  }

  const std::vector<EnumVariant>& variants(const NamedRow& row) const { return context_.program.enums[row.enumeration].variants; }

  std::string variant_called(const NamedRow& row, const std::string& key) const {
    if (same_words(variants(row)[row.variant].name, key)) return {};
    for (const EnumVariant& variant : variants(row)) {
      if (same_words(variant.name, key)) return variant.name;
    }
    return {};
  }

  /// Of texts only what another row gives is known to exist.
  std::string text_called(const NamedRow& row, const std::string& key) const {
    if (same_words(row.text, key)) return {};
    for (const NamedRow& other : rows_) {
      if (other.enumeration == kNone && same_words(other.text, key)) return other.text;
    }
    return {};
  }

  RuleContext& context_;
  std::vector<NamedRow> rows_;
};

}  // namespace

void check_named_otherwise(RuleContext& context) {
  for (ModuleId module = 0; module < context.program.modules.size(); ++module) {
    const syntax::Module& tree = context.tree(module);
    for (const syntax::Decl& decl : tree.decls) {
      if (context.is_broken(decl.span)) continue;
      if (const auto* table = decl.get_if<syntax::TableDecl>()) {
        NamedRows rows(context);
        for (const syntax::TableRow& row : table->rows) rows.add(module, row.key, row.value);
        rows.report("table " + decl.name.text);
      }
      for_each_root(tree, decl, [&](syntax::ExprId root) {
        walk(tree, root, [&](syntax::ExprId id) {
          const auto* match = tree[id].get_if<syntax::MatchExpr>();
          if (match == nullptr) return;
          NamedRows rows(context);
          for (const syntax::MatchArm& arm : match->arms) {
            if (!arm.guard.valid()) rows.add(module, arm.pattern, arm.value);
          }
          rows.report(decl.name.text);
        });
      });
    }
  }
}

}  // namespace mig::rules
