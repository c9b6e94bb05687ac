// Expressions, by operator precedence. Levels are those of the alternatives of `expr` in MigParser.g4: the tighter, the higher.
#include "compiler/syntax/direct_parser.h"

namespace mig::syntax {
namespace {

using grammar::MigParser;

enum Level : std::size_t {
  kAny = 0,
  kWarn = 1,
  kRaise = 2,
  kLambda = 4,
  kIf = 5,
  kCatch = 6,
  kOr = 7,
  kAnd = 8,
  kNot = 9,
  kCompare = 10,
  kCoalesce = 11,
  kPipe = 12,
  kSum = 13,
  kProduct = 14,
  kNegate = 15,
  kIndex = 16,
  kCall = 17,
  kField = 18,
};

// The level of the operator that the token is behind an operand; kAny when it is none.
Level level_of(std::size_t type) {
  switch (type) {
    case MigParser::T_DOT:
    case MigParser::T_NULL_DOT: return kField;
    case MigParser::T_LPAREN: return kCall;
    case MigParser::T_LBRACKET: return kIndex;
    case MigParser::T_STAR:
    case MigParser::T_SLASH: return kProduct;
    case MigParser::T_PLUS:
    case MigParser::T_MINUS: return kSum;
    case MigParser::T_PIPE:
    case MigParser::T_NULL_PIPE: return kPipe;
    case MigParser::T_COALESCE: return kCoalesce;
    case MigParser::T_EQ:
    case MigParser::T_NE:
    case MigParser::T_LT:
    case MigParser::T_LE:
    case MigParser::T_GT:
    case MigParser::T_GE:
    case MigParser::K_IN:
    case MigParser::K_MATCHES:
    case MigParser::K_NOT: return kCompare;
    case MigParser::K_AND: return kAnd;
    case MigParser::K_OR: return kOr;
    case MigParser::K_CATCH: return kCatch;
    default: return kAny;
  }
}

}  // namespace

const ParseNode* DirectParser::expression(std::size_t level) {
  const ParseNode* left = operand();
  while (!failed_) {
    const Level next = level_of(type());
    if (next == kAny || next < level) break;
    // `and = 1` behind a value is the next setting or assignment.
    if (is_hard_word(type()) && names_a_place()) break;
    left = operation(left, next);
  }
  return left;
}

// `left`, an operator of that level, and what belongs to it.
ParseNode* DirectParser::operation(const ParseNode* left, std::size_t level) {
  const Begin from{pending_.size(), left->start};
  child(left);
  if (is(MigParser::K_NOT)) {  // `not in`
    keep();
    if (!is(MigParser::K_IN)) fail();
  }
  const Token* const op = at_;
  if (!failed_) keep();
  switch (level) {
    case kField: word(); break;
    case kCall: arguments(); break;
    case kIndex:
      expr();
      take(MigParser::T_RBRACKET);
      break;
    case kCoalesce: expr(kCoalesce); break;  // from the right
    default: expr(level + 1); break;
  }
  ParseNode* node = end(from, MigParser::RuleExpr);
  node->op = op;
  return node;
}

bool DirectParser::begins_lambda() const {
  const auto is_name = [this](std::size_t ahead) { return is_word_like(type(ahead)) && !is_hard_word(type(ahead)); };
  if (is_name(0)) return type(1) == MigParser::T_ARROW;
  if (!is(MigParser::T_LPAREN)) return false;
  std::size_t ahead = 1;
  if (type(ahead) != MigParser::T_RPAREN) {
    while (is_name(ahead) && type(ahead + 1) == MigParser::T_COMMA) ahead += 2;
    if (!is_name(ahead++)) return false;
  }
  return type(ahead) == MigParser::T_RPAREN && type(ahead + 1) == MigParser::T_ARROW;
}

// What stands in front of the first operator: a primary, or a form that begins with a sign or a word.
ParseNode* DirectParser::operand() {
  const Begin from = begin();
  const Token* op = at_;
  if (begins_lambda()) {
    const Begin parameters = begin();
    if (accept(MigParser::T_LPAREN)) {
      list_until(MigParser::T_RPAREN, [this] { name(); });
    } else {
      name();
    }
    child(end(parameters, MigParser::RuleLambdaParameters));
    op = at_;
    take(MigParser::T_ARROW);
    expr(kLambda);
  } else if (accept(MigParser::T_MINUS)) {
    expr(kNegate);
  } else if (accept(MigParser::K_NOT)) {
    expr(kNot);
  } else if (accept(MigParser::K_IF)) {
    expr();
    take(MigParser::K_THEN);
    expr();
    take(MigParser::K_ELSE);
    expr(kIf);
  } else if (is(MigParser::K_REJECT) || is(MigParser::K_SKIP) || is(MigParser::K_WARN)) {
    return raise();
  } else {
    op = nullptr;
    primary();
  }
  ParseNode* node = end(from, MigParser::RuleExpr);
  node->op = op;
  return node;
}

ParseNode* DirectParser::raise() {
  const Begin from = begin();
  const Token* const op = at_;
  const bool warns = is(MigParser::K_WARN);
  keep();
  if (warns) {
    code();
    if (accept(MigParser::K_WITH)) expr();
    take(MigParser::K_USE);
    expr(kWarn);
  } else {
    const std::size_t behind = type(1) == MigParser::T_DOT && type(2) == MigParser::T_IDENT ? 3 : 1;
    if (type(behind) == MigParser::K_WITH && !names_a_place(behind)) {
      code();
      take(MigParser::K_WITH);
      expr(kRaise);
    } else {
      take(MigParser::T_IDENT);
    }
  }
  ParseNode* node = end(from, MigParser::RuleExpr);
  node->op = op;
  return node;
}

void DirectParser::primary() {
  const Begin from = begin();
  switch (type()) {
    case MigParser::T_FSTRING: leaf(MigParser::RuleLiteral); break;
    case MigParser::K_KEEP: keep(); break;
    case MigParser::T_LPAREN:
      keep();
      expr();
      take(MigParser::T_RPAREN);
      break;
    case MigParser::T_LBRACKET:
      keep();
      list_until(MigParser::T_RBRACKET, [this] { expr(); });
      break;
    case MigParser::T_LBRACE:
      keep();
      list_until(MigParser::T_RBRACE, [this] { record_entry(); });
      break;
    case MigParser::K_MATCH:
      keep();
      expr();
      take(MigParser::T_LBRACE);
      list_until(MigParser::T_RBRACE, [this] { match_arm(); });
      break;
    default: is_constant(type()) ? leaf(MigParser::RuleLiteral) : name(); break;
  }
  child(end(from, MigParser::RulePrimary));
}

void DirectParser::argument() {
  const Begin from = begin();
  if (is_word_like(type()) && type(1) == MigParser::T_COLON) {
    word();
    keep();
  }
  expr();
  child(end(from, MigParser::RuleArgument));
}

void DirectParser::record_entry() {
  const Begin from = begin();
  if (!accept(MigParser::T_STRING)) word();
  take(MigParser::T_COLON);
  expr();
  child(end(from, MigParser::RuleRecordEntry));
}

void DirectParser::match_arm() {
  const Begin from = begin();
  pattern();
  if (accept(MigParser::K_IF)) expr();
  take(MigParser::T_FAT_ARROW);
  expr();
  child(end(from, MigParser::RuleMatchArm));
}

}  // namespace mig::syntax
