#include "compiler/planner/checks.h"

#include <charconv>
#include <cstdlib>

#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"

namespace mig::planner {
namespace {

using syntax::CompareOp;
using syntax::ExprId;

std::optional<CheckOrder> order_of(CompareOp op) {
  switch (op) {
    case CompareOp::equal: return CheckOrder::kEqual;
    case CompareOp::not_equal: return CheckOrder::kNotEqual;
    case CompareOp::less: return CheckOrder::kLess;
    case CompareOp::less_equal: return CheckOrder::kLessEqual;
    case CompareOp::greater: return CheckOrder::kGreater;
    case CompareOp::greater_equal: return CheckOrder::kGreaterEqual;
    case CompareOp::in:
    case CompareOp::not_in:
    case CompareOp::matches: break;
  }
  return std::nullopt;
}

/// The digits of `12.50`; null when there are too many.
std::optional<CheckValue> exact(const std::string& text) {
  int128 number = 0;
  int scale = 0;
  if (read_decimal_any_scale(text, NumberForm::kPlain, number, scale) != NumberError::kNone) return std::nullopt;
  return CheckValue::decimal(number, scale);
}

class CheckEvaluator {
 public:
  CheckEvaluator(const sema::Program& checked, sema::ModuleId module, const CountsByMap& counts, const JudgedBlocks* blocks,
                 MeasureReader* measures, uint32_t profiled)
      : module_(module),
        tree_(checked.modules[module].tree),
        checked_(checked),
        counts_(counts),
        blocks_(blocks),
        measures_(measures),
        profiled_(profiled) {}

  void let(const std::string& name, const CheckValue& value) { locals_[name] = value; }
  /// What could not be told, once value() or truth() answered nothing.
  ExprId blamed() const { return blamed_; }

  std::optional<CheckValue> value(ExprId id) {
    const syntax::Expr& expr = tree_[id];
    if (const auto* group = expr.get_if<syntax::GroupExpr>()) return value(group->inner);
    if (const auto* literal = expr.get_if<syntax::IntExpr>()) return known(id, exact(literal->digits));
    if (const auto* literal = expr.get_if<syntax::DecimalExpr>()) return known(id, exact(literal->text));
    if (const auto* literal = expr.get_if<syntax::FloatExpr>()) return CheckValue::of_real(std::strtod(literal->text.c_str(), nullptr));
    if (const auto* literal = expr.get_if<syntax::StringExpr>()) return CheckValue::of_text(literal->value);
    if (const auto* literal = expr.get_if<syntax::DateExpr>()) return known(id, date(*literal));
    if (const auto* literal = expr.get_if<syntax::PercentExpr>()) {
      auto share = exact(literal->text);
      if (share) {
        share->bottom = 100;
        share->share = true;
      }
      return known(id, share);
    }
    if (const auto* negated = expr.get_if<syntax::NegateExpr>()) {
      const auto operand = value(negated->operand);
      return operand ? known(id, product(CheckValue::whole(-1), *operand)) : std::nullopt;
    }
    if (const auto* name = expr.get_if<syntax::NameExpr>()) {
      const auto found = locals_.find(name->name.text);
      return known(id, found == locals_.end() ? std::nullopt : std::optional(found->second));
    }
    if (const auto* chain = expr.get_if<syntax::ArithmeticExpr>()) return arithmetic(id, *chain);
    if (const auto* call = expr.get_if<syntax::CallExpr>()) {
      if (auto counted = count(*call)) return counted;
    }
    if (measures_ != nullptr && (expr.kind() == syntax::ExprKind::call || expr.kind() == syntax::ExprKind::pipe))
      return known(id, measures_->read(module_, id, profiled_));
    return known(id, std::optional<CheckValue>());
  }

  /// Null when the condition is about something that cannot be told. Sides of a single comparison go into the check.
  std::optional<bool> truth(ExprId id, ExprId tolerance, BlockCheck& check) {
    const syntax::Expr& expr = tree_[id];
    if (const auto* group = expr.get_if<syntax::GroupExpr>()) return truth(group->inner, tolerance, check);
    if (const auto* literal = expr.get_if<syntax::BoolExpr>()) return literal->value;
    if (const auto* negated = expr.get_if<syntax::NotExpr>()) {
      const auto inner = truth(negated->operand, tolerance, check);
      return inner ? std::optional(!*inner) : std::nullopt;
    }
    if (const auto* logic = expr.get_if<syntax::LogicExpr>()) {
      const bool all = logic->op == syntax::LogicOp::conjunction;
      bool result = all;
      for (const ExprId operand : logic->operands) {
        BlockCheck part;
        const auto holds = truth(operand, tolerance, part);
        if (!holds) return std::nullopt;
        check.missing.insert(check.missing.end(), part.missing.begin(), part.missing.end());
        check.commands.insert(check.commands.end(), part.commands.begin(), part.commands.end());
        result = all ? result && *holds : result || *holds;
      }
      return result;
    }
    if (const auto* call = expr.get_if<syntax::CallExpr>()) {
      blamed_ = id;
      if (blocks_ == nullptr || call->arguments.size() != 1) return std::nullopt;
      if (name_of(call->callee) == "done") return done(name_of(call->arguments[0].value), check);
      if (name_of(call->callee) != "reconciled") return std::nullopt;
      const auto found = blocks_->holds.find(name_of(call->arguments[0].value));
      return found == blocks_->holds.end() ? std::nullopt : std::optional(found->second);
    }
    blamed_ = id;
    const auto* comparison = expr.get_if<syntax::CompareExpr>();
    return comparison == nullptr ? std::nullopt : compared(id, *comparison, tolerance, check);
  }

 private:
  template <class Value>
  std::optional<Value> known(ExprId id, std::optional<Value> value) {
    if (!value) blamed_ = id;
    return value;
  }

  std::optional<bool> done(const std::string& name, BlockCheck& check) {
    for (uint32_t i = 0; i < checked_.items.size(); ++i) {
      if (checked_.items[i].name != name) continue;
      if (blocks_->approvals == nullptr) return true;
      const ApprovalReader::Answer answer = blocks_->approvals->item(i);
      if (answer.given) return true;
      check.missing.push_back(answer.missing);
      check.commands.push_back(answer.command);
      return false;
    }
    return std::nullopt;
  }

  std::optional<bool> compared(ExprId id, const syntax::CompareExpr& comparison, ExprId tolerance, BlockCheck& check) {
    const auto order = order_of(comparison.op);
    const auto left = value(comparison.left), right = left ? value(comparison.right) : std::nullopt;
    if (!left || !right) return std::nullopt;
    std::optional<CheckValue> apart;
    if (tolerance.valid()) {
      apart = value(tolerance);
      if (!apart) return std::nullopt;
    }
    const auto result = order ? compare(*order, *left, *right, apart ? &*apart : nullptr) : std::nullopt;
    if (!result) {
      blamed_ = id;
      return std::nullopt;
    }
    check.left = result->left;
    check.right = result->right;
    return result->holds;
  }

  std::optional<CheckValue> arithmetic(ExprId id, const syntax::ArithmeticExpr& chain) {
    std::optional<CheckValue> total = value(chain.operands[0]);
    for (size_t i = 0; i < chain.operators.size() && total; ++i) {
      const auto next = value(chain.operands[i + 1]);
      if (!next) return std::nullopt;
      switch (chain.operators[i].op) {
        case syntax::ArithmeticOp::add: total = known(id, sum(*total, *next, true)); break;
        case syntax::ArithmeticOp::subtract: total = known(id, sum(*total, *next, false)); break;
        case syntax::ArithmeticOp::multiply: total = known(id, product(*total, *next)); break;
        case syntax::ArithmeticOp::divide: return known(id, std::optional<CheckValue>());
      }
    }
    return total;
  }

  static std::optional<CheckValue> date(const syntax::DateExpr& literal) {
    if (literal.form == syntax::DateForm::date) return CheckValue::of_text(literal.text);
    int64_t micros = 0;
    char text[kTimeTextSize];
    if (literal.form != syntax::DateForm::timestamp || !read_timestamp(literal.text, micros)) return std::nullopt;
    return CheckValue::of_text(std::string(text, static_cast<size_t>(write_timestamp(micros, text))));
  }

  /// `count` and `rate` of what became of a map's records, `count(failed_checks())`.
  std::optional<CheckValue> count(const syntax::CallExpr& call) const {
    const std::string aggregate = name_of(call.callee);
    const bool rate = aggregate == "rate";
    if ((!rate && aggregate != "count") || call.arguments.size() != 1) return std::nullopt;
    const auto* relation = tree_[call.arguments[0].value].get_if<syntax::CallExpr>();
    if (relation == nullptr) return std::nullopt;
    const std::string kind = name_of(relation->callee);
    if (kind == "failed_checks" && relation->arguments.empty() && blocks_ != nullptr && !rate)
      return CheckValue::whole(static_cast<int64_t>(blocks_->failed));
    if (relation->arguments.size() != 1) return std::nullopt;
    const MapCounts* const counts = counts_of(name_of(relation->arguments[0].value));
    if (counts == nullptr) return std::nullopt;
    static constexpr std::pair<std::string_view, uint64_t MapCounts::*> kCounters[] = {{"read", &MapCounts::read},
                                                                                       {"written", &MapCounts::written},
                                                                                       {"merged", &MapCounts::merged},
                                                                                       {"skipped", &MapCounts::skipped},
                                                                                       {"rejected", &MapCounts::rejected}};
    for (const auto& [name, counter] : kCounters) {
      if (kind != name) continue;
      const auto number = static_cast<int64_t>(counts->*counter);
      return rate ? CheckValue::ratio(number, static_cast<int64_t>(counts->read)) : CheckValue::whole(number);
    }
    return std::nullopt;
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

  sema::ModuleId module_;
  const syntax::Module& tree_;
  const sema::Program& checked_;
  const CountsByMap& counts_;
  const JudgedBlocks* blocks_;
  MeasureReader* measures_;
  uint32_t profiled_;
  std::map<std::string, CheckValue> locals_;
  ExprId blamed_;
};

uint32_t issue_of(const sema::Program& checked, const syntax::Path& code) {
  for (uint32_t i = 0; i < checked.issues.size() && code.valid(); ++i) {
    if (checked.issues[i].name == code.last().text) return i;
  }
  return sema::kIssueCheck;
}

const std::vector<syntax::CheckItem>& items_of(const sema::Program& checked, const sema::CheckBlock& block) {
  const syntax::Decl& decl = checked.modules[block.module].tree[block.decl];
  if (const auto* profile = decl.get_if<syntax::ProfileDecl>()) return profile->items;
  return decl.as<syntax::ReconcileDecl>().items;
}

/// All expectations, or the first obstacle.
std::optional<CheckObstacle> judge(const sema::Program& checked, const sema::CheckBlock& block, const CountsByMap& counts,
                                   MeasureReader* measures, std::vector<BlockCheck>& into) {
  CheckEvaluator evaluator(checked, block.module, counts, nullptr, measures, block.source);
  const auto obstacle = [&](Span span) {
    const ExprId blamed = evaluator.blamed();
    return CheckObstacle{blamed.valid() ? checked.modules[block.module].tree[blamed].span : span, "this"};
  };
  for (const syntax::CheckItem& item : items_of(checked, block)) {
    if (const auto* let = std::get_if<syntax::CheckLet>(&item)) {
      const auto value = evaluator.value(let->value);
      if (!value) return obstacle(let->span);
      evaluator.let(let->name.text, *value);
      continue;
    }
    const auto& expect = std::get<syntax::CheckExpect>(item);
    BlockCheck check;
    check.block = block.name;
    check.span = expect.span;
    check.issue = issue_of(checked, expect.code);
    check.warns = expect.verb == syntax::CheckVerb::warn;
    const auto holds = evaluator.truth(expect.condition, expect.tolerance, check);
    if (!holds) return obstacle(expect.span);
    check.holds = *holds;
    into.push_back(std::move(check));
  }
  return std::nullopt;
}

/// Microseconds of `4h`; null when it is no literal. Nothing written is 0.
std::optional<int64_t> duration_of(const syntax::Module& tree, ExprId id) {
  if (!id.valid()) return 0;
  const auto* written = tree[id].get_if<syntax::DurationExpr>();
  int64_t count = 0;
  if (written == nullptr || written->is_period()) return std::nullopt;
  const char* const end = written->digits.data() + written->digits.size();
  if (std::from_chars(written->digits.data(), end, count).ptr != end) return std::nullopt;
  int64_t unit = 0, micros = 0;
  switch (written->unit) {
    case syntax::TimeUnit::ms: unit = 1'000; break;
    case syntax::TimeUnit::s: unit = kMicrosPerSecond; break;
    case syntax::TimeUnit::min: unit = 60 * kMicrosPerSecond; break;
    case syntax::TimeUnit::h: unit = 3600 * kMicrosPerSecond; break;
    case syntax::TimeUnit::d: unit = 86400 * kMicrosPerSecond; break;
    case syntax::TimeUnit::w: unit = 7 * 86400 * kMicrosPerSecond; break;
    case syntax::TimeUnit::mo:
    case syntax::TimeUnit::y: return std::nullopt;
  }
  return __builtin_mul_overflow(count, unit, &micros) ? std::nullopt : std::optional(micros);
}

}  // namespace

CountsByMap no_counts(const std::vector<uint32_t>& maps) {
  CountsByMap counts;
  for (const uint32_t map : maps) counts[map] = {};
  return counts;
}

std::optional<CheckObstacle> obstacle_to(const sema::Program& checked, const sema::CheckBlock& block, const CountsByMap& counts,
                                         MeasureReader* measures) {
  std::vector<BlockCheck> ignored;
  return judge(checked, block, counts, measures, ignored);
}

std::vector<BlockCheck> judge_block(const sema::Program& checked, const sema::CheckBlock& block, const CountsByMap& counts,
                                    MeasureReader* measures) {
  std::vector<BlockCheck> checks;
  (void)judge(checked, block, counts, measures, checks);
  return checks;
}

std::vector<CheckObstacle> gate_obstacles(const sema::Program& checked, const GateToJudge& gate, const CountsByMap& counts,
                                          const std::vector<std::string>& reconciles, MeasureReader* measures) {
  JudgedBlocks blocks;
  for (const std::string& name : reconciles) blocks.holds[name] = true;
  CheckEvaluator evaluator(checked, gate.module, counts, &blocks, measures, sema::kNone);
  std::vector<CheckObstacle> obstacles;
  if (gate.manual != nullptr) return obstacles;
  for (const syntax::GateItem& item : gate.step->items) {
    const auto* require = std::get_if<syntax::GateRequire>(&item);
    BlockCheck ignored;
    if (require == nullptr) {
      const auto& approve = std::get<syntax::GateApprove>(item);
      if (!duration_of(checked.modules[gate.module].tree, approve.within)) obstacles.push_back({approve.span, "`within` a computed time"});
    } else if (require->duration.valid())
      obstacles.push_back({require->span, "a requirement that holds for a time"});
    else if (!evaluator.truth(require->condition, ExprId(), ignored))
      obstacles.push_back({require->span, "a requirement about more than what this run can tell"});
  }
  return obstacles;
}

std::vector<BlockCheck> judge_gate(const sema::Program& checked, const GateToJudge& gate, const CountsByMap& counts,
                                   const JudgedBlocks& blocks, MeasureReader* measures) {
  CheckEvaluator evaluator(checked, gate.module, counts, &blocks, measures, sema::kNone);
  // As if people had done everything: where that would not open the gate, nobody is asked.
  JudgedBlocks answered = blocks;
  answered.approvals = nullptr;
  CheckEvaluator would_hold(checked, gate.module, counts, &answered, measures, sema::kNone);
  BlockCheck ignored;
  std::vector<BlockCheck> checks;
  const auto ask = [&](BlockCheck& check, const ApprovalReader::Answer& answer) {
    check.holds = answer.given;
    if (check.holds || blocks.approvals == nullptr) return;
    check.missing = {answer.missing};
    check.commands = {answer.command};
  };
  if (gate.manual != nullptr) {
    BlockCheck& check = checks.emplace_back();
    check.block = gate.name();
    check.issue = sema::kIssueCheck;
    check.span = gate.span;
    ask(check, blocks.approvals == nullptr ? ApprovalReader::Answer() : blocks.approvals->manual(check.block));
    return checks;
  }
  for (const syntax::GateItem& item : gate.step->items) {
    const auto* require = std::get_if<syntax::GateRequire>(&item);
    BlockCheck& check = checks.emplace_back();
    check.block = gate.step->name.text;
    check.issue = sema::kIssueCheck;
    if (require == nullptr) {
      const auto& approve = std::get<syntax::GateApprove>(item);
      check.span = approve.span;
      const int64_t within = duration_of(checked.modules[gate.module].tree, approve.within).value_or(0);
      ask(check,
          blocks.approvals == nullptr ? ApprovalReader::Answer() : blocks.approvals->approval(check.block, approve.role.value, within));
      continue;
    }
    check.span = require->span;
    check.issue = issue_of(checked, require->code);
    check.holds = evaluator.truth(require->condition, ExprId(), check).value_or(false);
    if (check.holds || !would_hold.truth(require->condition, ExprId(), ignored).value_or(false)) {
      check.missing.clear();
      check.commands.clear();
    }
  }
  return checks;
}

}  // namespace mig::planner
