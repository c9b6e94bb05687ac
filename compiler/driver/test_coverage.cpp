#include "compiler/driver/test_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/driver/declaration_path.h"
#include "compiler/interp/interpreter.h"
#include "compiler/rules/allowances.h"
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::driver {
namespace {

using Kind = CoveragePoint::Kind;

class PointReader {
 public:
  PointReader(const sema::Program& program, const SourceMap& sources) : program_(program), sources_(sources) {}

  std::vector<CoveragePoint> read() {
    for (sema::ModuleId module = 0; module < program_.modules.size(); ++module) {
      const syntax::Module& tree = program_.modules[module].tree;
      for (const syntax::Decl& decl : tree.decls) {
        if (is_reachable(decl.kind())) declaration(module, tree, decl);
      }
    }
    std::stable_sort(points_.begin(), points_.end(), [](const CoveragePoint& a, const CoveragePoint& b) { return a.span < b.span; });
    issues();
    return std::move(points_);
  }

 private:
  static bool is_reachable(syntax::DeclKind kind) {
    using enum syntax::DeclKind;
    return kind == map || kind == fn || kind == table || kind == dedupe || kind == source || kind == type;
  }

  void declaration(sema::ModuleId module, const syntax::Module& tree, const syntax::Decl& decl) {
    if (const auto* table = decl.get_if<syntax::TableDecl>()) {
      for (const syntax::TableRow& row : table->rows) add(Kind::kRow, tree[row.key].span, tree[row.value].span);
    }
    rules::for_each_root(tree, decl,
                         [&](syntax::ExprId root) { rules::walk(tree, root, [&](syntax::ExprId id) { expression(module, tree, id); }); });
  }

  void expression(sema::ModuleId module, const syntax::Module& tree, syntax::ExprId id) {
    if (const auto* match = tree[id].get_if<syntax::MatchExpr>()) {
      for (const syntax::MatchArm& arm : match->arms) add(Kind::kArm, tree[arm.pattern].span, tree[arm.value].span);
    } else if (const auto* handled = tree[id].get_if<syntax::CatchExpr>()) {
      if (!program_.info(sema::ExprRef{module, handled->value}).may_fail) return;
      add(Kind::kValue, tree[handled->value].span, tree[id].span);
      add(Kind::kHandler, tree[handled->handler].span, tree[id].span);
    }
  }

  void add(Kind kind, Span span, Span probe) {
    CoveragePoint point;
    point.kind = kind;
    point.span = span;
    point.probe = probe;
    bool blank = false;
    for (const char c : sources_.text(span)) {
      const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
      if (space && !blank) point.name += ' ';
      if (!space) point.name += c;
      blank = space;
    }
    points_.push_back(std::move(point));
  }

  void issues() {
    std::set<uint32_t> raised;
    for (const sema::MapSymbol& map : program_.maps) raised.insert(map.raises.begin(), map.raises.end());
    for (const sema::FnSymbol& fn : program_.fns) raised.insert(fn.raises.begin(), fn.raises.end());
    for (const sema::TableSymbol& table : program_.tables) raised.insert(table.raises.begin(), table.raises.end());
    for (const sema::DedupeSymbol& dedupe : program_.dedupes) raised.insert(dedupe.issue);
    for (const sema::CheckBlock& block : program_.reconciles) {
      const auto* written = program_.modules[block.module].tree[block.decl].get_if<syntax::ReconcileDecl>();
      if (written == nullptr) continue;
      for (const syntax::CheckItem& item : written->items) {
        const auto* expect = std::get_if<syntax::CheckExpect>(&item);
        if (expect == nullptr || !expect->code.valid()) continue;
        for (uint32_t i = 0; i < program_.issues.size(); ++i) {
          if (program_.issues[i].name == expect->code.last().text) raised.insert(i);
        }
      }
    }
    for (const uint32_t issue : raised) {
      if (issue >= program_.issues.size() || program_.issues[issue].builtin) continue;
      CoveragePoint point;
      point.kind = Kind::kIssue;
      point.span = program_.issues[issue].span;
      point.name = program_.issues[issue].name;
      point.issue = issue;
      points_.push_back(std::move(point));
    }
  }

  const sema::Program& program_;
  const SourceMap& sources_;
  std::vector<CoveragePoint> points_;
};

std::string message_of(const CoveragePoint& point) {
  switch (point.kind) {
    case Kind::kArm: return fmt::format("no test reaches the arm `{}`", point.name);
    case Kind::kRow: return fmt::format("no test reaches the row `{}`", point.name);
    case Kind::kValue: return fmt::format("in no test does `{}` succeed", point.name);
    case Kind::kHandler: return fmt::format("no test fails into `{}`", point.name);
    case Kind::kIssue: return fmt::format("no test raises {}", point.name);
  }
  return {};
}

}  // namespace

std::string_view coverage_kind_text(Kind kind) {
  switch (kind) {
    case Kind::kArm: return "match arms";
    case Kind::kRow: return "table rows";
    case Kind::kValue: return "conversions that succeed";
    case Kind::kHandler: return "conversions that fail";
    case Kind::kIssue: return "issues";
  }
  return {};
}

std::vector<CoveragePoint> coverage_points(const sema::Program& program, const SourceMap& sources) {
  return PointReader(program, sources).read();
}

void mark_reached(const ir::Lowered& lowered, const std::vector<uint8_t>& marks, std::vector<CoveragePoint>& points) {
  std::map<Span, std::vector<ir::NodeId>> nodes;
  for (const ir::Probe& probe : lowered.probes) nodes[probe.span].push_back(probe.node);
  for (CoveragePoint& point : points) {
    const auto found = nodes.find(point.probe);
    if (point.kind == Kind::kIssue || found == nodes.end()) continue;
    for (const ir::NodeId node : found->second) {
      const bool is_catch = lowered.program[node].op == ir::Op::kCatch;
      // The value of an arm may be a `catch` of the same span: then the node has both meanings.
      const uint8_t wanted = point.kind == Kind::kValue ? interp::kDidNotFail : interp::kEvaluated;
      const bool both_sides = point.kind == Kind::kValue || point.kind == Kind::kHandler;
      if (both_sides && !is_catch) continue;
      const ir::NodeId at = point.kind == Kind::kHandler ? lowered.program[node].b : node;
      point.reached = point.reached || (marks[at] & wanted) != 0;
    }
  }
}

std::array<CoverageCount, kCoverageKinds> count_coverage(const std::vector<CoveragePoint>& points) {
  std::array<CoverageCount, kCoverageKinds> counts{};
  for (const CoveragePoint& point : points) {
    CoverageCount& count = counts[static_cast<size_t>(point.kind)];
    ++count.all;
    count.reached += point.reached ? 1 : 0;
  }
  return counts;
}

void report_untested(Session& session, const std::vector<CoveragePoint>& points) {
  const sema::Program& program = *session.checked.program;
  rules::RuleContext context(program, session.sources, session.findings);
  for (const CoveragePoint& point : points) {
    if (point.reached) continue;
    const bool side = point.kind == Kind::kValue || point.kind == Kind::kHandler;
    context.report(Code::W0951, point.span, message_of(point), side ? "this side is not tested" : "not tested");
  }
  rules::apply_allowances(context, session.findings, Code::W0951);
  for (Diagnostic& finding : context.findings()) {
    finding.declaration_path = declaration_path(program, finding.primary.span);
    session.findings.report(std::move(finding));
  }
  session.findings.sort();
}

}  // namespace mig::driver
