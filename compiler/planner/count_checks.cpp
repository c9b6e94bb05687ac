#include "compiler/planner/count_checks.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace mig::planner {
namespace {

using syntax::CompareOp;
using syntax::ExprId;

/// An exact number: counts have the denominator 1.
struct Fraction {
  int128 top = 0, bottom = 1;
};

std::string text_of(const Fraction& value) {
  if (value.bottom == 1) return fmt::format("{}", static_cast<int64_t>(value.top));
  return fmt::format("{:.4f}%", static_cast<double>(value.top) * 100 / static_cast<double>(value.bottom));
}

class CountEvaluator {
 public:
  CountEvaluator(const sema::Program& checked, sema::ModuleId module, const CountsByMap& counts, const JudgedBlocks* blocks)
      : checked_(checked), tree_(checked.modules[module].tree), counts_(counts), blocks_(blocks) {}

  void let(const std::string& name, const Fraction& value) { locals_[name] = value; }

  std::optional<Fraction> number(ExprId id) const {
    const syntax::Expr& expr = tree_[id];
    if (const auto* group = expr.get_if<syntax::GroupExpr>()) return number(group->inner);
    if (const auto* literal = expr.get_if<syntax::IntExpr>()) {
      int64_t value = 0;
      const auto [end, failure] = std::from_chars(literal->digits.data(), literal->digits.data() + literal->digits.size(), value);
      return failure == std::errc{} ? std::optional(Fraction{value, 1}) : std::nullopt;
    }
    if (const auto* literal = expr.get_if<syntax::PercentExpr>()) return percentage(literal->text);
    if (const auto* name = expr.get_if<syntax::NameExpr>()) {
      const auto found = locals_.find(name->name.text);
      return found == locals_.end() ? std::nullopt : std::optional(found->second);
    }
    if (const auto* sum = expr.get_if<syntax::ArithmeticExpr>()) {
      std::optional<Fraction> total = number(sum->operands[0]);
      for (size_t i = 0; i < sum->operators.size() && total; ++i) {
        const auto next = number(sum->operands[i + 1]);
        const bool add = sum->operators[i].op == syntax::ArithmeticOp::add;
        if (!next || next->bottom != 1 || total->bottom != 1 || (!add && sum->operators[i].op != syntax::ArithmeticOp::subtract))
          return std::nullopt;
        total->top += add ? next->top : -next->top;
      }
      return total;
    }
    const auto* call = expr.get_if<syntax::CallExpr>();
    if (call == nullptr || call->arguments.size() != 1) return std::nullopt;
    const std::string aggregate = name_of(call->callee);
    const bool rate = aggregate == "rate";
    if (!rate && aggregate != "count") return std::nullopt;
    const auto* relation = tree_[call->arguments[0].value].get_if<syntax::CallExpr>();
    if (relation == nullptr) return std::nullopt;
    const std::string kind = name_of(relation->callee);
    if (kind == "failed_checks" && relation->arguments.empty() && blocks_ != nullptr && !rate)
      return Fraction{static_cast<int64_t>(blocks_->failed), 1};
    if (relation->arguments.size() != 1) return std::nullopt;
    const MapCounts* const counts = counts_of(name_of(relation->arguments[0].value));
    if (counts == nullptr) return std::nullopt;
    uint64_t value = 0;
    if (kind == "read")
      value = counts->read;
    else if (kind == "written")
      value = counts->written;
    else if (kind == "merged")
      value = counts->merged;
    else if (kind == "skipped")
      value = counts->skipped;
    else if (kind == "rejected")
      value = counts->rejected;
    else
      return std::nullopt;
    if (!rate) return Fraction{static_cast<int64_t>(value), 1};
    // Of records read; of none, nothing.
    return Fraction{static_cast<int64_t>(value), counts->read == 0 ? 1 : static_cast<int64_t>(counts->read)};
  }

  /// Nothing when the condition is about more than counts. Sides of a single comparison go into the check.
  std::optional<bool> truth(ExprId id, CountCheck& check) const {
    const syntax::Expr& expr = tree_[id];
    if (const auto* group = expr.get_if<syntax::GroupExpr>()) return truth(group->inner, check);
    if (const auto* literal = expr.get_if<syntax::BoolExpr>()) return literal->value;
    if (const auto* negated = expr.get_if<syntax::NotExpr>()) {
      const auto inner = truth(negated->operand, check);
      return inner ? std::optional(!*inner) : std::nullopt;
    }
    if (const auto* logic = expr.get_if<syntax::LogicExpr>()) {
      const bool all = logic->op == syntax::LogicOp::conjunction;
      bool result = all;
      for (const ExprId operand : logic->operands) {
        CountCheck part;
        const auto value = truth(operand, part);
        if (!value) return std::nullopt;
        result = all ? result && *value : result || *value;
      }
      return result;
    }
    if (const auto* call = expr.get_if<syntax::CallExpr>()) {
      if (blocks_ == nullptr || name_of(call->callee) != "reconciled" || call->arguments.size() != 1) return std::nullopt;
      const auto found = blocks_->holds.find(name_of(call->arguments[0].value));
      return found == blocks_->holds.end() ? std::nullopt : std::optional(found->second);
    }
    const auto* compare = expr.get_if<syntax::CompareExpr>();
    return compare == nullptr ? std::nullopt : compared(*compare, check);
  }

 private:
  std::optional<bool> compared(const syntax::CompareExpr& compare, CountCheck& check) const {
    const auto left = number(compare.left), right = number(compare.right);
    if (!left || !right) return std::nullopt;
    check.left = text_of(*left);
    check.right = text_of(*right);
    const int128 a = left->top * right->bottom, b = right->top * left->bottom;
    switch (compare.op) {
      case CompareOp::equal: return a == b;
      case CompareOp::not_equal: return a != b;
      case CompareOp::less: return a < b;
      case CompareOp::less_equal: return a <= b;
      case CompareOp::greater: return a > b;
      case CompareOp::greater_equal: return a >= b;
      case CompareOp::in:
      case CompareOp::not_in:
      case CompareOp::matches: break;
    }
    return std::nullopt;
  }

  static std::optional<Fraction> percentage(const std::string& text) {
    Fraction value{0, 100};
    bool behind = false;
    size_t digits = 0;
    for (const char c : text) {
      if (c == '.') {
        behind = true;
        continue;
      }
      if (c < '0' || c > '9' || ++digits > 15) return std::nullopt;
      value.top = value.top * 10 + (c - '0');
      if (behind) value.bottom *= 10;
    }
    return value;
  }

  const MapCounts* counts_of(const std::string& map) const {
    for (const auto& [index, counts] : counts_) {
      if (checked_.maps[index].name == map) return &counts;
    }
    return nullptr;
  }

  std::string name_of(ExprId id) const {
    const auto* name = tree_[id].get_if<syntax::NameExpr>();
    return name == nullptr ? std::string() : name->name.text;
  }

  const sema::Program& checked_;
  const syntax::Module& tree_;
  const CountsByMap& counts_;
  const JudgedBlocks* blocks_;
  std::map<std::string, Fraction> locals_;
};

uint32_t issue_of(const sema::Program& checked, const syntax::Path& code) {
  for (uint32_t i = 0; i < checked.issues.size() && code.valid(); ++i) {
    if (checked.issues[i].name == code.last().text) return i;
  }
  return sema::kIssueCheck;
}

bool judge(const sema::Program& checked, uint32_t reconcile, const CountsByMap& counts, std::vector<CountCheck>& into) {
  const sema::CheckBlock& block = checked.reconciles[reconcile];
  const auto& decl = checked.modules[block.module].tree[block.decl].as<syntax::ReconcileDecl>();
  CountEvaluator evaluator(checked, block.module, counts, nullptr);
  for (const syntax::CheckItem& item : decl.items) {
    if (const auto* let = std::get_if<syntax::CheckLet>(&item)) {
      const auto value = evaluator.number(let->value);
      if (!value) return false;
      evaluator.let(let->name.text, *value);
      continue;
    }
    const auto& expect = std::get<syntax::CheckExpect>(item);
    CountCheck check;
    check.block = block.name;
    check.span = expect.span;
    check.issue = issue_of(checked, expect.code);
    const auto holds = expect.tolerance.valid() ? std::nullopt : evaluator.truth(expect.condition, check);
    if (!holds) return false;
    check.holds = *holds;
    into.push_back(std::move(check));
  }
  return true;
}

CountsByMap no_counts(const std::vector<uint32_t>& maps) {
  CountsByMap counts;
  for (const uint32_t map : maps) counts[map] = {};
  return counts;
}

}  // namespace

bool only_counts(const sema::Program& checked, uint32_t reconcile, const std::vector<uint32_t>& maps) {
  std::vector<CountCheck> ignored;
  return judge(checked, reconcile, no_counts(maps), ignored);
}

std::vector<CountCheck> judge_counts(const sema::Program& checked, uint32_t reconcile, const CountsByMap& counts) {
  std::vector<CountCheck> checks;
  judge(checked, reconcile, counts, checks);
  return checks;
}

std::vector<GateObstacle> gate_obstacles(const sema::Program& checked, const GateToJudge& gate, const std::vector<uint32_t>& maps,
                                         const std::vector<std::string>& reconciles) {
  JudgedBlocks blocks;
  for (const std::string& name : reconciles) blocks.holds[name] = true;
  const CountsByMap counts = no_counts(maps);
  const CountEvaluator evaluator(checked, gate.module, counts, &blocks);
  std::vector<GateObstacle> obstacles;
  for (const syntax::GateItem& item : gate.step->items) {
    const auto* require = std::get_if<syntax::GateRequire>(&item);
    CountCheck ignored;
    if (require == nullptr)
      obstacles.push_back({std::get<syntax::GateApprove>(item).span, "an approval"});
    else if (require->duration.valid())
      obstacles.push_back({require->span, "a requirement that holds for a time"});
    else if (!evaluator.truth(require->condition, ignored))
      obstacles.push_back({require->span, "a requirement about more than the record counts of this run"});
  }
  return obstacles;
}

std::vector<CountCheck> judge_gate(const sema::Program& checked, const GateToJudge& gate, const CountsByMap& counts,
                                   const JudgedBlocks& blocks) {
  const CountEvaluator evaluator(checked, gate.module, counts, &blocks);
  std::vector<CountCheck> checks;
  for (const syntax::GateItem& item : gate.step->items) {
    const auto* require = std::get_if<syntax::GateRequire>(&item);
    if (require == nullptr) continue;
    CountCheck& check = checks.emplace_back();
    check.block = gate.step->name.text;
    check.span = require->span;
    check.issue = issue_of(checked, require->code);
    check.holds = evaluator.truth(require->condition, check).value_or(false);
  }
  return checks;
}

}  // namespace mig::planner
