#include "compiler/planner/count_checks.h"

#include <charconv>
#include <map>
#include <optional>

namespace mig::planner {
namespace {

using syntax::CompareOp;
using syntax::ExprId;

class CountEvaluator {
 public:
  CountEvaluator(const sema::Program& checked, sema::ModuleId module, uint32_t map, const MapCounts& counts)
      : tree_(checked.modules[module].tree), map_(checked.maps[map].name), counts_(counts) {}

  void let(const std::string& name, std::optional<int64_t> value) {
    if (value) locals_[name] = *value;
  }

  std::optional<int64_t> number(ExprId id) const {
    const syntax::Expr& expr = tree_[id];
    if (const auto* group = expr.get_if<syntax::GroupExpr>()) return number(group->inner);
    if (const auto* literal = expr.get_if<syntax::IntExpr>()) {
      int64_t value = 0;
      const auto [end, failure] = std::from_chars(literal->digits.data(), literal->digits.data() + literal->digits.size(), value);
      return failure == std::errc{} ? std::optional(value) : std::nullopt;
    }
    if (const auto* name = expr.get_if<syntax::NameExpr>()) {
      const auto found = locals_.find(name->name.text);
      return found == locals_.end() ? std::nullopt : std::optional(found->second);
    }
    if (const auto* sum = expr.get_if<syntax::ArithmeticExpr>()) {
      std::optional<int64_t> total = number(sum->operands[0]);
      for (size_t i = 0; i < sum->operators.size() && total; ++i) {
        const auto next = number(sum->operands[i + 1]);
        const bool add = sum->operators[i].op == syntax::ArithmeticOp::add;
        if (!next || (!add && sum->operators[i].op != syntax::ArithmeticOp::subtract)) return std::nullopt;
        *total += add ? *next : -*next;
      }
      return total;
    }
    const auto* call = expr.get_if<syntax::CallExpr>();
    if (call == nullptr || name_of(call->callee) != "count" || call->arguments.size() != 1) return std::nullopt;
    const auto* relation = tree_[call->arguments[0].value].get_if<syntax::CallExpr>();
    if (relation == nullptr || relation->arguments.size() != 1 || name_of(relation->arguments[0].value) != map_) return std::nullopt;
    const std::string kind = name_of(relation->callee);
    if (kind == "read") return static_cast<int64_t>(counts_.read);
    if (kind == "written") return static_cast<int64_t>(counts_.written);
    if (kind == "merged") return static_cast<int64_t>(counts_.merged);
    if (kind == "skipped") return static_cast<int64_t>(counts_.skipped);
    if (kind == "rejected") return static_cast<int64_t>(counts_.rejected);
    return std::nullopt;
  }

  bool judge(ExprId id, CountCheck& check) const {
    const auto* compare = tree_[id].get_if<syntax::CompareExpr>();
    if (compare == nullptr) return false;
    const auto left = number(compare->left), right = number(compare->right);
    if (!left || !right) return false;
    check.left = std::to_string(*left);
    check.right = std::to_string(*right);
    switch (compare->op) {
      case CompareOp::equal: check.holds = *left == *right; return true;
      case CompareOp::not_equal: check.holds = *left != *right; return true;
      case CompareOp::less: check.holds = *left < *right; return true;
      case CompareOp::less_equal: check.holds = *left <= *right; return true;
      case CompareOp::greater: check.holds = *left > *right; return true;
      case CompareOp::greater_equal: check.holds = *left >= *right; return true;
      case CompareOp::in:
      case CompareOp::not_in:
      case CompareOp::matches: break;
    }
    return false;
  }

 private:
  std::string name_of(ExprId id) const {
    const auto* name = tree_[id].get_if<syntax::NameExpr>();
    return name == nullptr ? std::string() : name->name.text;
  }

  const syntax::Module& tree_;
  const std::string& map_;
  const MapCounts& counts_;
  std::map<std::string, int64_t> locals_;
};

bool judge(const sema::Program& checked, uint32_t reconcile, uint32_t map, const MapCounts& counts, std::vector<CountCheck>& into) {
  const sema::CheckBlock& block = checked.reconciles[reconcile];
  const auto& decl = checked.modules[block.module].tree[block.decl].as<syntax::ReconcileDecl>();
  CountEvaluator evaluator(checked, block.module, map, counts);
  for (const syntax::CheckItem& item : decl.items) {
    if (const auto* let = std::get_if<syntax::CheckLet>(&item)) {
      const auto value = evaluator.number(let->value);
      if (!value) return false;
      evaluator.let(let->name.text, value);
      continue;
    }
    const auto& expect = std::get<syntax::CheckExpect>(item);
    CountCheck check;
    check.reconcile = block.name;
    check.span = expect.span;
    check.issue = sema::kIssueCheck;
    if (expect.tolerance.valid() || !evaluator.judge(expect.condition, check)) return false;
    for (uint32_t i = 0; i < checked.issues.size() && expect.code.valid(); ++i) {
      if (checked.issues[i].name == expect.code.last().text) check.issue = i;
    }
    into.push_back(std::move(check));
  }
  return true;
}

}  // namespace

bool only_counts(const sema::Program& checked, uint32_t reconcile, uint32_t map) {
  std::vector<CountCheck> ignored;
  return judge(checked, reconcile, map, {}, ignored);
}

std::vector<CountCheck> judge_counts(const sema::Program& checked, uint32_t reconcile, uint32_t map, const MapCounts& counts) {
  std::vector<CountCheck> checks;
  judge(checked, reconcile, map, counts, checks);
  return checks;
}

}  // namespace mig::planner
