// Expressions of the syntax tree.
#pragma once

#include <variant>

#include "compiler/syntax/ast_ids.h"

namespace mig::syntax {

// Whatever could not be read. A finding has been reported; give it the type `error` and stay silent.
struct ErrorExpr {};

struct NullExpr {};
struct BoolExpr {
  bool value = false;
};
// `1_000`: digits without underscores, no sign. Any length; the checker refuses what does not fit.
struct IntExpr {
  std::string digits;
};
// `12.50`: text without underscores, with all written digits, no sign. Its type is decimal(4, 2).
struct DecimalExpr {
  std::string text;
};
// `1e6`, `1.5e-3`: text without underscores.
struct FloatExpr {
  std::string text;
};
// `5%`, `0.01%`: the number before the percent sign, without underscores.
struct PercentExpr {
  std::string text;
};
// `250ms 10s 5min 2h 7d 2w` are exact durations, `3mo 1y` are calendar periods.
enum class TimeUnit : std::uint8_t { ms, s, min, h, d, w, mo, y };
struct DurationExpr {
  std::string digits;
  TimeUnit unit = TimeUnit::s;

  bool is_period() const { return unit == TimeUnit::mo || unit == TimeUnit::y; }
};
// `@2025-10-25`, `@2025-10-25T08:00:00Z`, `@08:30`: text without the `@`. The shape is checked, the calendar is not.
enum class DateForm : std::uint8_t { date, datetime, timestamp, time };
struct DateExpr {
  std::string text;
  DateForm form = DateForm::date;
};
// A string of any spelling, decoded. `raw` for `r"..."`.
struct StringExpr {
  std::string value;
  bool raw = false;
};
// `f"a{x}b"`: pieces in source order; a piece is text, or a hole with an expression.
struct InterpolatedPiece {
  std::string text;  // decoded; used when `hole` is none
  ExprId hole;
};
struct InterpolatedExpr {
  std::vector<InterpolatedPiece> pieces;
};
// `keep`
struct KeepExpr {};

// A bare name: local, field, parameter, variant, source, map, function, `unavailable`, ...
struct NameExpr {
  Name name;
};
// `x.f` and `x?.f`. Qualified names (`geo.f`, `run.now`, `param.cutoff`) have this shape too.
struct FieldExpr {
  ExprId object;
  Name field;
  bool null_safe = false;
};
// `f(a, zone: b)`. Tables and lookups are called like functions.
struct CallExpr {
  ExprId callee;
  std::vector<Argument> arguments;
  Span close;  // the closing parenthesis: where an argument can be added
};
// `x[i]`
struct IndexExpr {
  ExprId object;
  ExprId index;
};
// `[a, b]`
struct ListExpr {
  std::vector<ExprId> elements;
};
// `{ a: x, "b c": y }`
struct RecordEntry {
  Name key;  // decoded when quoted
  bool quoted = false;
  ExprId value;
  Span span;
};
struct RecordExpr {
  std::vector<RecordEntry> entries;
};
// `(e)`. Kept for the formatter and for precedence findings; it has the type and effects of `inner`.
struct GroupExpr {
  ExprId inner;
};

// `-x`
struct NegateExpr {
  ExprId operand;
};
// `not x`
struct NotExpr {
  ExprId operand;
};
// A left-associative chain of one level, flat: operands[0] op[0] operands[1] op[1] ...; at least two operands.
enum class ArithmeticOp : std::uint8_t { add, subtract, multiply, divide };
struct ArithmeticOperator {
  ArithmeticOp op = ArithmeticOp::add;
  Span span;
};
struct ArithmeticExpr {  // all operators are add/subtract, or all are multiply/divide
  std::vector<ExprId> operands;
  std::vector<ArithmeticOperator> operators;  // one fewer than operands
};
// `head |> f |?> g(a)`: flat, left to right. A stage's `callee` is what stands behind the operator: a name, a call
// that lacks its first argument, or a lambda in parentheses.
struct PipeStage {
  bool null_safe = false;  // `|?>`
  ExprId callee;
  Span op;
};
struct PipeExpr {
  ExprId head;
  std::vector<PipeStage> stages;
};
// `a ?? b`; right-associative.
struct CoalesceExpr {
  ExprId value;
  ExprId fallback;
  Span op;
};
// `a == b`, `a in b`, ...; never chained.
enum class CompareOp : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal, in, not_in, matches };
struct CompareExpr {
  CompareOp op = CompareOp::equal;
  ExprId left;
  ExprId right;
  Span op_span;
};
// `a and b and c` or `a or b or c`, flat; at least two operands.
enum class LogicOp : std::uint8_t { conjunction, disjunction };
struct LogicExpr {
  LogicOp op = LogicOp::conjunction;
  std::vector<ExprId> operands;
};
// `a catch b`: all of `value` is covered.
struct CatchExpr {
  ExprId value;
  ExprId handler;
  Span op;  // the word `catch`
};
// `if c then a else b`. `otherwise` is an ErrorExpr where the source lacks `else`.
struct IfExpr {
  ExprId condition;
  ExprId consequence;
  ExprId otherwise;
};
// `match v { pattern if guard => e, ... }`
struct MatchArm {
  PatternId pattern;
  ExprId guard;  // none without `if`
  ExprId value;
  Span span;
};
struct MatchExpr {
  ExprId subject;
  std::vector<MatchArm> arms;
  Span keyword;  // the word `match`
  Span close;    // the closing brace
};
// `x -> e`, `(k, v) -> e`, `() -> e`. A parameter `_` is not bound.
struct LambdaExpr {
  std::vector<Name> parameters;
  ExprId body;
};
// `reject C with e`, `skip C with e`, `warn C with e use v`.
enum class RaiseVerb : std::uint8_t { reject, skip, warn };
struct RaiseExpr {
  RaiseVerb verb = RaiseVerb::reject;
  Path code;
  ExprId detail;       // after `with`; none without
  ExprId replacement;  // after `use`; only and always with `warn`
};

using ExprNode =
    std::variant<ErrorExpr, NullExpr, BoolExpr, IntExpr, DecimalExpr, FloatExpr, PercentExpr, DurationExpr, DateExpr, StringExpr,
                 InterpolatedExpr, KeepExpr, NameExpr, FieldExpr, CallExpr, IndexExpr, ListExpr, RecordExpr, GroupExpr, NegateExpr, NotExpr,
                 ArithmeticExpr, PipeExpr, CoalesceExpr, CompareExpr, LogicExpr, CatchExpr, IfExpr, MatchExpr, LambdaExpr, RaiseExpr>;

// In the order of ExprNode.
enum class ExprKind : std::uint8_t {
  error,
  null,
  boolean,
  integer,
  decimal,
  floating,
  percent,
  duration,
  date,
  string,
  interpolated,
  keep,
  name,
  field,
  call,
  index,
  list,
  record,
  group,
  negate,
  logical_not,
  arithmetic,
  pipe,
  coalesce,
  compare,
  logic,
  handle,
  conditional,
  match,
  lambda,
  raise
};

struct Expr {
  Span span;
  ExprNode node;

  ExprKind kind() const { return static_cast<ExprKind>(node.index()); }
  template <class T>
  const T& as() const {
    return std::get<T>(node);
  }
  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&node);
  }
};
static_assert(std::variant_size_v<ExprNode> == static_cast<std::size_t>(ExprKind::raise) + 1);

}  // namespace mig::syntax
