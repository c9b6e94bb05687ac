// Expressions. A left-recursive chain is a left-deep parse tree: it is walked by loops and comes out flat.
#include <fmt/format.h>

#include "compiler/syntax/parse.h"
#include "compiler/syntax/tree_builder.h"

namespace mig::syntax {
namespace {

// The left operand of a postfix or binary form; null for everything else.
const ParseNode* left_operand(const ParseNode* context) {
  const ParseNode* first = context->children().empty() ? nullptr : context->children().front().node();
  return first != nullptr && first->rule == MigParser::RuleExpr ? first : nullptr;
}

bool is_postfix(const ParseNode* context) {
  switch (context->op->type) {
    case MigParser::T_DOT:
    case MigParser::T_NULL_DOT:
    case MigParser::T_LPAREN:
    case MigParser::T_LBRACKET: return true;
    default: return false;
  }
}

CompareOp compare_op(std::size_t type, bool negated) {
  switch (type) {
    case MigParser::T_EQ: return CompareOp::equal;
    case MigParser::T_NE: return CompareOp::not_equal;
    case MigParser::T_LT: return CompareOp::less;
    case MigParser::T_LE: return CompareOp::less_equal;
    case MigParser::T_GT: return CompareOp::greater;
    case MigParser::T_GE: return CompareOp::greater_equal;
    case MigParser::K_IN: return negated ? CompareOp::not_in : CompareOp::in;
    default: return CompareOp::matches;
  }
}

ArithmeticOp arithmetic_op(std::size_t type) {
  switch (type) {
    case MigParser::T_PLUS: return ArithmeticOp::add;
    case MigParser::T_MINUS: return ArithmeticOp::subtract;
    case MigParser::T_STAR: return ArithmeticOp::multiply;
    default: return ArithmeticOp::divide;
  }
}

bool is_product(ArithmeticOp op) { return op == ArithmeticOp::multiply || op == ArithmeticOp::divide; }

}  // namespace

ExprId TreeBuilder::expr(const ParseNode* context) {
  if (broken(context)) return error_expr(span(context));
  std::vector<const ParseNode*> spine;
  const ParseNode* innermost = context;
  while (const ParseNode* left = left_operand(innermost)) {
    spine.push_back(innermost);
    innermost = left;
  }
  ExprId value = innermost->primary() != nullptr ? primary(innermost->primary()) : prefix(innermost);
  ExprId chain;  // the node of this spine that the next operator of the same level may extend
  std::size_t depth = 0;
  while (!spine.empty()) {
    const ParseNode* at = spine.back();
    spine.pop_back();
    if (at->op == nullptr) return error_expr(span(context));
    const ExprId before = value;
    value = is_postfix(at) ? postfix(at, value) : extend(at, value, chain);
    chain = is_postfix(at) ? ExprId{} : value;
    if (value != before && ++depth > kMaxNesting) {
      finding(Code::E0017, span(at->op), fmt::format("more than {} parts are chained here", kMaxNesting),
              "move the first part into a `let`");
      return error_expr(span(context));
    }
  }
  return value;
}

ExprId TreeBuilder::postfix(const ParseNode* context, ExprId object) {
  const Span where = span(context);
  const std::size_t sign = context->op->type;
  if (auto* raise_node = std::get_if<RaiseExpr>(&module_.exprs[object.value].node)) {
    if (sign == MigParser::T_DOT && raise_node->code.parts.size() == 1) {  // `reject geo.X1`
      const Name last = name(context->word());
      raise_node->code.parts.push_back(last);
      raise_node->code.span = Span::join(raise_node->code.span, last.span);
      module_.exprs[object.value].span = where;
      return object;
    }
    finding(Code::E0001, span(context->op), "an issue code takes nothing behind it", "to add a text write `with f\"...\"`");
    return error_expr(where);
  }
  if (sign == MigParser::T_LPAREN) {
    return add(where, CallExpr{object, arguments(context->arguments()), span(context->token(MigParser::T_RPAREN))});
  }
  if (sign == MigParser::T_LBRACKET) return add(where, IndexExpr{object, expr(context->expr(1))});
  return add(where, FieldExpr{object, name(context->word()), sign == MigParser::T_NULL_DOT});
}

// A binary form. Extends `chain` when it is a chain of the same level, and returns it then.
ExprId TreeBuilder::extend(const ParseNode* context, ExprId left, ExprId chain) {
  const Span where = span(context);
  const Span op = span(context->op);
  const std::size_t type = context->op->type;
  switch (type) {
    case MigParser::T_EQ:
    case MigParser::T_NE:
    case MigParser::T_LT:
    case MigParser::T_LE:
    case MigParser::T_GT:
    case MigParser::T_GE:
    case MigParser::K_IN:
    case MigParser::K_MATCHES: return compare(context, left, chain);
    default: break;
  }
  const ExprId right = expr(context->expr(1));
  ExprNode* open = chain.valid() ? &module_.exprs[chain.value].node : nullptr;
  switch (type) {
    case MigParser::T_PLUS:
    case MigParser::T_MINUS:
    case MigParser::T_STAR:
    case MigParser::T_SLASH: {
      if (slice(op) == "%") return error_expr(where);
      const ArithmeticOp kind = arithmetic_op(type);
      auto* same = open == nullptr ? nullptr : std::get_if<ArithmeticExpr>(open);
      if (same == nullptr || is_product(same->operators.front().op) != is_product(kind)) {
        return add(where, ArithmeticExpr{{left, right}, {{kind, op}}});
      }
      same->operands.push_back(right);
      same->operators.push_back({kind, op});
      break;
    }
    case MigParser::T_PIPE:
    case MigParser::T_NULL_PIPE: {
      const PipeStage stage{type == MigParser::T_NULL_PIPE, right, op};
      auto* same = open == nullptr ? nullptr : std::get_if<PipeExpr>(open);
      if (same == nullptr) return add(where, PipeExpr{left, {stage}});
      same->stages.push_back(stage);
      break;
    }
    case MigParser::K_AND:
    case MigParser::K_OR: {
      const LogicOp kind = type == MigParser::K_AND ? LogicOp::conjunction : LogicOp::disjunction;
      auto* same = open == nullptr ? nullptr : std::get_if<LogicExpr>(open);
      if (same == nullptr || same->op != kind) return add(where, LogicExpr{kind, {left, right}});
      same->operands.push_back(right);
      break;
    }
    case MigParser::T_COALESCE: return add(where, CoalesceExpr{left, right, op});
    case MigParser::K_CATCH: return add(where, CatchExpr{left, right, op});
    default: return error_expr(where);
  }
  module_.exprs[chain.value].span = where;
  return chain;
}

ExprId TreeBuilder::compare(const ParseNode* context, ExprId left, ExprId chain) {
  const Span where = span(context);
  const Span op = context->token(MigParser::K_NOT) != nullptr ? Span::join(span(context->token(MigParser::K_NOT)), span(context->op))
                                                              : span(context->op);
  const auto* first = chain.valid() ? std::get_if<CompareExpr>(&module_.exprs[chain.value].node) : nullptr;
  if (first != nullptr) {
    const Span middle = module_[first->right].span;
    finding(Code::E0019, op, "comparisons cannot be chained", "second comparison")
        .also(first->op_span, "first comparison")
        .help(Applicability::choose, "compare twice", {{middle.after(), fmt::format(" and {}", slice(middle))}});
    expr(context->expr(1));  // for the findings inside
    return error_expr(where);
  }
  const CompareOp kind = compare_op(context->op->type, context->token(MigParser::K_NOT) != nullptr);
  return add(where, CompareExpr{kind, left, expr(context->expr(1)), op});
}

// Forms that begin with a sign or a word.
ExprId TreeBuilder::prefix(const ParseNode* context) {
  const Span where = span(context);
  if (context->op == nullptr) return error_expr(where);
  switch (context->op->type) {
    case MigParser::T_MINUS: return add(where, NegateExpr{expr(context->expr(0))});
    case MigParser::K_NOT: return add(where, NotExpr{expr(context->expr(0))});
    case MigParser::K_IF: {
      const ExprId condition = expr(context->expr(0));
      const ExprId consequence = expr(context->expr(1));
      return add(where, IfExpr{condition, consequence, expr(context->expr(2))});
    }
    case MigParser::T_ARROW: {
      LambdaExpr lambda;
      for (const ParseNode* parameter : context->lambda_parameters()->all_name()) lambda.parameters.push_back(name(parameter));
      lambda.body = expr(context->expr(0));
      return add(where, std::move(lambda));
    }
    default: return raise(context);
  }
}

ExprId TreeBuilder::raise(const ParseNode* context) {
  const Span where = span(context);
  RaiseExpr node;
  switch (context->op->type) {
    case MigParser::K_REJECT: node.verb = RaiseVerb::reject; break;
    case MigParser::K_SKIP: node.verb = RaiseVerb::skip; break;
    default: node.verb = RaiseVerb::warn; break;
  }
  if (context->code() != nullptr) {
    node.code = code(context->code());
  } else {
    node.code = {{name_at(span(context->token(MigParser::T_IDENT)))}, span(context->token(MigParser::T_IDENT))};
  }
  std::size_t next = 0;
  if (context->token(MigParser::K_WITH) != nullptr) node.detail = expr(context->expr(next++));
  if (node.verb == RaiseVerb::warn) node.replacement = expr(context->expr(next));
  return add(where, std::move(node));
}

ExprId TreeBuilder::primary(const ParseNode* context) {
  if (broken(context)) return error_expr(span(context));
  const Span where = span(context);
  if (context->literal() != nullptr) return literal(context->start);
  if (context->name() != nullptr) return add(where, NameExpr{name(context->name())});
  switch (context->start->type) {
    case MigParser::K_KEEP: return add(where, KeepExpr{});
    case MigParser::K_MATCH: return match(context);
    case MigParser::T_LPAREN: return add(where, GroupExpr{expr(context->expr(0))});
    case MigParser::T_LBRACKET: {
      ListExpr list;
      for (const ParseNode* element : context->all_expr()) list.elements.push_back(expr(element));
      return add(where, std::move(list));
    }
    default: break;
  }
  RecordExpr record;
  for (const ParseNode* entry : context->all_record_entry()) {
    RecordEntry built;
    built.quoted = entry->token(MigParser::T_STRING) != nullptr;
    built.key =
        built.quoted ? Name{decode(span(entry->token(MigParser::T_STRING))), span(entry->token(MigParser::T_STRING))} : name(entry->word());
    built.value = expr(entry->expr());
    built.span = span(entry);
    record.entries.push_back(std::move(built));
  }
  return add(where, std::move(record));
}

ExprId TreeBuilder::match(const ParseNode* context) {
  MatchExpr node;
  node.keyword = span(context->token(MigParser::K_MATCH));
  node.close = span(context->token(MigParser::T_RBRACE));
  node.subject = expr(context->expr(0));
  for (const ParseNode* arm : context->all_match_arm()) {
    MatchArm built;
    built.span = span(arm);
    if (broken(arm)) {
      built.pattern = module_.add(Pattern{built.span, ErrorPattern{}});
      built.value = error_expr(built.span);
    } else {
      built.pattern = pattern(arm->pattern());
      if (arm->token(MigParser::K_IF) != nullptr) built.guard = expr(arm->expr(0));
      built.value = expr(arm->expr(arm->token(MigParser::K_IF) != nullptr ? 1 : 0));
    }
    node.arms.push_back(std::move(built));
  }
  return add(span(context), std::move(node));
}

}  // namespace mig::syntax
