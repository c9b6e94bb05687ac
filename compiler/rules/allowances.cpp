#include "compiler/rules/allowances.h"

#include <algorithm>
#include <span>

#include "compiler/rules/consent.h"
#include "compiler/rules/rule_context.h"

namespace mig::rules {

namespace {

/// Codes that are reported by the rules alone, so that an unused allowance of them is certain.
constexpr Code kOwnCodes[] = {Code::W0121, Code::W0222, Code::W0242, Code::W0251, Code::W0252, Code::W0263, Code::W0318,
                              Code::W0411, Code::W0412, Code::W0413, Code::W0414, Code::W0431, Code::W0504, Code::W0516,
                              Code::E0532, Code::W0605, Code::W0653, Code::W0654, Code::W0264, Code::W0655, Code::W0704,
                              Code::W0705, Code::W0902, Code::W0904, Code::W0905, Code::N0961};

struct Allowance {
  Code code = Code::E0001;
  Span covered, written;
  bool used = false;
};

class AllowanceReader {
 public:
  explicit AllowanceReader(const RuleContext& context) : context_(context) {}

  std::vector<Allowance> read() {
    for (ModuleId module = 0; module < context_.program.modules.size(); ++module) {
      const syntax::Module& tree = context_.tree(module);
      for (const syntax::Decl& decl : tree.decls) {
        add(tree, decl.attributes, decl.span);
        if (const auto* schema = decl.get_if<syntax::SchemaDecl>()) {
          for (const syntax::SchemaField& field : schema->fields) add(tree, field.attributes, field.span);
        } else if (const auto* stage = decl.get_if<syntax::StageDecl>()) {
          for (const syntax::Step& step : stage->steps) add(tree, step.attributes, step.span);
        } else if (const auto* rollback = decl.get_if<syntax::RollbackDecl>()) {
          for (const syntax::Step& step : rollback->steps) add(tree, step.attributes, step.span);
        }
      }
      for (const syntax::Stmt& stmt : tree.stmts) add(tree, stmt.attributes, stmt.span);
    }
    return std::move(allowances_);
  }

 private:
  void add(const syntax::Module& tree, const std::vector<syntax::Attribute>& attributes, Span covered) {
    for (const syntax::Attribute& attribute : attributes) {
      if (attribute.name.text != "allow" || attribute.arguments.size() < 2 || !attribute.arguments[0].value.valid()) continue;
      const auto* name = tree[attribute.arguments[0].value].get_if<syntax::NameExpr>();
      const auto code = name == nullptr ? std::nullopt : find_code(name->name.text);
      const bool allowed =
          code == Code::E0532 ? sema::exception_lacks(tree, attribute).empty() : code && default_severity(*code) != Severity::error;
      if (allowed) allowances_.push_back({*code, covered, attribute.span, false});
    }
  }

  const RuleContext& context_;
  std::vector<Allowance> allowances_;
};

bool covers(Span outer, Span inner) {
  return inner.valid() && outer.file == inner.file && outer.begin <= inner.begin && inner.end <= outer.end;
}

bool covers(const Allowance& allowance, const Diagnostic& finding) {
  if (allowance.code != finding.code) return false;
  const auto inside = [&](const Label& label) { return covers(allowance.covered, label.span); };
  return inside(finding.primary) || std::any_of(finding.secondary.begin(), finding.secondary.end(), inside);
}

void apply(RuleContext& context, std::span<const Code> certain) {
  std::vector<Allowance> allowances = AllowanceReader(context).read();
  if (allowances.empty()) return;
  // Exceptions from E0532 have been applied status by status.
  const std::vector<Span> excusing = exceptions_in_use(context);
  for (Allowance& allowance : allowances) {
    if (allowance.code == Code::E0532) allowance.used = std::find(excusing.begin(), excusing.end(), allowance.written) != excusing.end();
  }
  std::deque<Diagnostic> kept;
  for (Diagnostic& finding : context.findings()) {
    bool allowed = false;
    if (finding.severity != Severity::error) {
      for (Allowance& allowance : allowances) {
        if (covers(allowance, finding)) allowed = allowance.used = true;
      }
    }
    if (!allowed) kept.push_back(std::move(finding));
  }
  context.findings() = std::move(kept);
  for (const Allowance& allowance : allowances) {
    if (allowance.used || context.is_broken(allowance.covered)) continue;
    if (std::find(certain.begin(), certain.end(), allowance.code) == certain.end()) continue;
    const std::string code(code_text(allowance.code));
    context
        .report(Code::W0122, allowance.written, "nothing here is reported as " + code + ", so there is nothing to allow",
                "silences no finding")
        .help(Applicability::automatic, "remove it", {{allowance.written, ""}});
  }
}

}  // namespace

void apply_allowances(RuleContext& context) { apply(context, kOwnCodes); }

void apply_allowances(RuleContext& context, Code only) { apply(context, {&only, 1}); }

}  // namespace mig::rules
