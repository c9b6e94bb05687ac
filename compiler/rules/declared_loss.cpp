// N0961: losses that the spec declares: text that is cut, digits that are rounded away, constants instead of failures.
#include <unordered_set>

#include "compiler/rules/field_names.h"
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

int scale_of(const Type& type) { return type.kind == Kind::kDecimal ? type.scale : 0; }

struct Loss {
  std::string_view function;
  std::string_view lost;
};

// What functions of the standard library leave out whenever they are called. Those that cut or round are judged by types below.
constexpr Loss kLosses[] = {
    {"date_of", "the time of day"},
    {"time_of", "the day"},
    {"timestamp_of", "the zone"},
    {"start_of", "what is finer than its unit"},
    {"end_of", "what is finer than its unit"},
    {"strip_accents", "accents"},
    {"slugify", "capitals, accents and punctuation"},
    {"strip_html", "markup"},
    {"to_float", "decimal digits that a float cannot hold"},
    {"from_float", "digits behind its scale"},
    {"round_minor", "parts of the currency's smallest unit"},
    {"int_div", "the remainder"},
    {"distinct", "repeated elements"},
    {"generalize_date", "what is finer than its unit"},
    {"generalize_postal", "the end of the code"},
    {"mask_email", "the address"},
    {"mask_phone", "the number"},
    {"mask_last", "all but the last characters"},
    {"redact", "the text"},
    {"hmac_token", "the text"},
};

// Expressions of requirements, conditions and texts for the log: their values reach no target.
std::unordered_set<uint64_t> looked_at_only(const RuleContext& context) {
  std::unordered_set<uint64_t> found;
  for (ModuleId module = 0; module < context.program.modules.size(); ++module) {
    const syntax::Module& tree = context.tree(module);
    for (const syntax::Stmt& stmt : tree.stmts) {
      using enum syntax::StmtKind;
      if (stmt.kind() != require && stmt.kind() != raise && stmt.kind() != when) continue;
      for_each_root(stmt, [&](syntax::ExprId root) {
        walk(tree, root, [&](syntax::ExprId id) { found.insert((uint64_t{module} << 32) | id.value); });
      });
    }
  }
  return found;
}

// The value goes on as data: it stands in a map, function or table, and no comparison only looks at it.
bool is_kept(const RuleContext& context, ExprRef ref) {
  const uint32_t owner = context.owner(ref);
  if (owner == kNone) return false;
  const syntax::DeclKind kind = context.tree(ref.module).decls[owner].kind();
  if (kind != syntax::DeclKind::map && kind != syntax::DeclKind::fn && kind != syntax::DeclKind::table) return false;
  for (ExprRef outer = context.parent(ref); outer.valid(); outer = context.parent(outer)) {
    if (context.expr(outer).kind() == syntax::ExprKind::compare) return false;
    const Kind made = context.type(outer).kind;
    if (context.expr(outer).kind() == syntax::ExprKind::call && made == Kind::kBool) return false;
  }
  return true;
}

void check_known_loss(RuleContext& context, const CallSite& site, const std::unordered_set<uint64_t>& looked_at) {
  if (looked_at.count((uint64_t{site.expr.module} << 32) | site.expr.id.value) != 0) return;
  for (const Loss& loss : kLosses) {
    if (loss.function != site.function() || !is_kept(context, site.expr)) continue;
    context.report(Code::N0961, context.expr(site.expr).span, "`" + std::string(loss.function) + "` leaves out " + std::string(loss.lost),
                   "not in the result");
  }
}

void check_call(RuleContext& context, const CallSite& site) {
  const std::string_view function = site.function();
  const Span place = context.expr(site.expr).span;
  const Type& before = context.type(context.argument_type(site, 0));
  const Type& after = context.type(site.call->result);
  if (function == "truncate") {
    if (before.kind != Kind::kString || after.kind != Kind::kString || after.high == kUnboundedHigh) return;
    if (before.high != kUnboundedHigh && before.high <= after.high) return;
    context.report(Code::N0961, place, "text is cut after " + std::to_string(after.high) + " characters",
                   before.high == kUnboundedHigh ? "may be longer" : "may have " + std::to_string(before.high));
  } else if (function == "round_to" || function == "trunc_to" || function == "floor_to" || function == "ceil_to") {
    if (before.kind != Kind::kDecimal || after.kind != Kind::kDecimal || scale_of(before) <= scale_of(after)) return;
    context.report(Code::N0961, place,
                   "digits after the " + std::to_string(scale_of(after)) +
                       (scale_of(after) == 1   ? "st"
                        : scale_of(after) == 2 ? "nd"
                        : scale_of(after) == 3 ? "rd"
                                               : "th") +
                       " decimal place are rounded away",
                   "has " + std::to_string(scale_of(before)) + " decimal places before");
  }
}

bool is_constant(const syntax::Expr& expr) {
  switch (expr.kind()) {
    case syntax::ExprKind::boolean:
    case syntax::ExprKind::integer:
    case syntax::ExprKind::decimal:
    case syntax::ExprKind::floating:
    case syntax::ExprKind::date:
    case syntax::ExprKind::string: return true;
    case syntax::ExprKind::error:
    case syntax::ExprKind::null:
    case syntax::ExprKind::percent:
    case syntax::ExprKind::duration:
    case syntax::ExprKind::interpolated:
    case syntax::ExprKind::keep:
    case syntax::ExprKind::name:
    case syntax::ExprKind::field:
    case syntax::ExprKind::call:
    case syntax::ExprKind::index:
    case syntax::ExprKind::list:
    case syntax::ExprKind::record:
    case syntax::ExprKind::group:
    case syntax::ExprKind::negate:
    case syntax::ExprKind::logical_not:
    case syntax::ExprKind::arithmetic:
    case syntax::ExprKind::pipe:
    case syntax::ExprKind::coalesce:
    case syntax::ExprKind::compare:
    case syntax::ExprKind::logic:
    case syntax::ExprKind::handle:
    case syntax::ExprKind::conditional:
    case syntax::ExprKind::match:
    case syntax::ExprKind::lambda:
    case syntax::ExprKind::raise: return false;
  }
  return false;
}

}  // namespace

void check_declared_loss(RuleContext& context) {
  const std::unordered_set<uint64_t> looked_at = looked_at_only(context);
  for (const CallSite& site : context.calls()) {
    if (context.is_acknowledged(site.expr)) continue;
    check_call(context, site);
    check_known_loss(context, site, looked_at);
  }
  for (ModuleId module = 0; module < context.program.modules.size(); ++module) {
    const syntax::Module& tree = context.tree(module);
    for (uint32_t e = 0; e < tree.exprs.size(); ++e) {
      const auto* handled = tree.exprs[e].get_if<syntax::CatchExpr>();
      if (handled == nullptr || !handled->value.valid() || !handled->handler.valid() || context.info({module, syntax::ExprId{e}}).needless)
        continue;
      const syntax::ExprId handler = without_groups(tree, handled->handler);
      if (!is_constant(tree[handler])) continue;
      context
          .report(Code::N0961, tree[handler].span,
                  "a failure becomes " + context.text(tree[handler].span) + ", which looks like a value that was there",
                  "instead of what could not be read")
          .also(tree[handled->value].span, "can fail");
    }
  }
}

}  // namespace mig::rules
