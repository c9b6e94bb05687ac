#include "compiler/rules/allowances.h"

#include <algorithm>

#include "compiler/rules/consent.h"
#include "compiler/rules/rule_context.h"
#include "compiler/sema/literals.h"

namespace mig::rules {

namespace {

/// Whether its findings are complete after a check, so that an unused allowance of it is certain.
bool is_decided_by_check(Code code, bool with_profile) {
  if (code == Code::W0264 || code == Code::W0654) return with_profile;       // known from counts of the data
  return code != Code::W0951 && code != Code::W1003 && code != Code::N1007;  // of `test --coverage` and `plan`
}

struct Allowance {
  Code code = Code::E0001;
  Span covered, written;
  std::string reason;
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
      if (allowed)
        allowances_.push_back({*code, covered, attribute.span, sema::literal_text(tree, attribute.arguments[1].value).value_or(""), false});
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

Allowance* allowance_of(std::vector<Allowance>& allowances, const Diagnostic& finding) {
  if (finding.severity == Severity::error) return nullptr;
  const auto found =
      std::find_if(allowances.begin(), allowances.end(), [&](const Allowance& allowance) { return covers(allowance, finding); });
  return found == allowances.end() ? nullptr : &*found;
}

template <typename IsDecided>
void apply(RuleContext& context, DiagnosticSink& sink, const IsDecided& is_decided) {
  std::vector<Allowance> allowances = AllowanceReader(context).read();
  if (allowances.empty()) return;
  const auto mark_all = [&](const Diagnostic& finding) {
    for (Allowance& allowance : allowances) allowance.used = allowance.used || covers(allowance, finding);
  };
  const auto keep = [&](Diagnostic& finding, const auto& report) {
    const Allowance* allowance = allowance_of(allowances, finding);
    if (allowance == nullptr) return report(std::move(finding));
    mark_all(finding);
    sink.suppress({std::move(finding), allowance->reason, allowance->written});
  };
  // Exceptions from E0532 have been applied status by status.
  for (SuppressedFinding& excused : context.accepted()) {
    for (Allowance& allowance : allowances) allowance.used = allowance.used || allowance.written == excused.written;
    sink.suppress(std::move(excused));
  }
  context.accepted().clear();
  std::vector<Diagnostic> earlier = sink.take();
  for (Diagnostic& finding : earlier) keep(finding, [&](Diagnostic&& each) { sink.report(std::move(each)); });
  std::deque<Diagnostic> kept;
  for (Diagnostic& finding : context.findings()) keep(finding, [&](Diagnostic&& each) { kept.push_back(std::move(each)); });
  context.findings() = std::move(kept);
  for (const Allowance& allowance : allowances) {
    if (allowance.used || !is_decided(allowance.code) || context.is_broken(allowance.covered)) continue;
    const std::string code(code_text(allowance.code));
    context
        .report(Code::W0122, allowance.written, "nothing here is reported as " + code + ", so there is nothing to allow",
                "silences no finding")
        .help(Applicability::automatic, "remove it", {{allowance.written, ""}});
  }
}

}  // namespace

void apply_allowances(RuleContext& context, DiagnosticSink& sink, bool with_profile) {
  apply(context, sink, [&](Code code) { return is_decided_by_check(code, with_profile); });
}

void apply_allowances(RuleContext& context, DiagnosticSink& sink, Code only) {
  apply(context, sink, [&](Code code) { return code == only; });
}

}  // namespace mig::rules
