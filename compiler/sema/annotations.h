// What the checker says about each expression, pattern and statement of a spec: types, resolutions, effects, lineage.
//
// Annotations lie beside the syntax tree, in vectors parallel to Module::exprs, ::patterns and ::stmts (Program::info).
// Types of expressions may carry more than a declared type can: the interval of an int in `low`, `high`; the interval of a decimal
// there too, as unscaled values at the type's scale; `may_keep`. Two such types have the same storage when kind, nullable, may_keep
// and (decimal) scale agree, so compare those, not TypeIds. The type of `null` is `never?`, the type of `keep` is `never` with may_keep.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/syntax/ast.h"
#include "runtime/plan/issue.h"
#include "runtime/types/type.h"
#include "runtime/types/value.h"
#include "stdlib/declaration.h"

namespace mig::sema {

using ModuleId = uint32_t;  // index in Program::modules; 0 is the entry
constexpr uint32_t kNone = 0xFFFFFFFFu;

struct ExprRef {
  ModuleId module = 0;
  syntax::ExprId id;
  bool valid() const { return id.valid(); }
};

/// What a name, a field access, or the callee of a call or pipe stage stands for. `index` and `part` of ExprInfo name it.
enum class Ref : uint8_t {
  kNothing,       // not a name
  kLocal,         // Program::locals[index]: let, parameter of a fn or lambda, binding of a pattern, `key` of a table, `value`, `group`
  kSourceRecord,  // the alias of the map's source (only as the object of a field)
  kSourceField,   // field `index` of the map's source schema
  kTargetRecord,  // the alias of the target, `out` in tests
  kTargetField,   // field `index` of the target schema (dedupe, tests)
  kRecordField,   // field `index` of the record that the object is
  kParam,         // Program::params[index]
  kVariant,       // variant `part` of Program::enums[index]
  kFn,            // Program::fns[index]
  kTable,         // Program::tables[index]
  kLookup,        // Program::lookups[index]
  kStdlib,        // a standard-library function: see CallInfo::declaration
  kMap,           // Program::maps[index] (ref, target_of, relations)
  kSource,        // Program::sources[index] (relations)
  kTarget,        // Program::targets[index] (relations, exists_in)
  kReconcile,     // Program::reconciles[index]
  kSync,          // Program::syncs[index]
  kStage,         // Program::stages[index]
  kRunNow,        // timestamp
  kRunId,         // string
  kRowPosition,   // position
  kRowSource,     // string
  kRowKey,        // the source key as text
  kUnavailable,   // in tests
  kModule,        // an import's alias: Program::modules[index]
  kWord,          // a bare word argument (`first_format`): index `index` of the parameter's words
  kTypeName,      // the name of a type as an argument: CallInfo::type_arguments has it
  kOther,         // a relation, metric, item or other name of blocks that cannot run yet
};

/// A value known at check time.
struct Constant {
  enum class Form : uint8_t {
    kUnknown,
    kNull,
    kBool,
    kInt,
    kDecimal,
    kFloat,
    kText,
    kTexts,
    kDuration,
    kPeriod,
    kDate,
    kTime,
    kDatetime,
    kTimestamp,
    kPercent,
    kVariant
  };
  Form form = Form::kUnknown;
  bool boolean = false;
  int64_t integer = 0;  // int; days of a date; microseconds of a time, datetime, timestamp, duration; months of a period; variant index
  int64_t days = 0;     // period
  int128 decimal = 0;   // decimal, percent: unscaled
  uint8_t scale = 0;
  double real = 0;
  std::string text;
  std::vector<std::string> texts;
  bool known() const { return form != Form::kUnknown; }
};

/// One argument of a call, in the order of the callee's parameters.
struct BoundArgument {
  enum class Source : uint8_t {
    kExpr,      // `expr`, converted to `type`
    kPiped,     // the value that a pipe passes, converted to `type`
    kConstant,  // `constant`: a folded constant, a word's index (kInt), or the default; `expr` as written, if it is
    kMissing,   // nothing is passed (the name of a type; an error was reported)
    kSecret,    // `constant.text` is the name of a secret: keys of masks
    kVariadic,  // `rest`, each converted to `type` (the element type); the piped value, if any, comes first (`piped_first`)
  };
  Source source = Source::kMissing;
  ExprRef expr;
  Constant constant;
  TypeId type = kNoType;
  std::vector<ExprRef> rest;
  bool piped_first = false;
};

/// A call, or a stage of a pipe.
struct CallInfo {
  Ref callee = Ref::kNothing;  // kStdlib, kFn, kTable, kLookup, kLocal (a piped lambda: see `lambda`), kOther
  uint32_t index = kNone;      // of the fn, table, lookup
  const stdlib::Declaration* declaration = nullptr;
  std::vector<BoundArgument> arguments;
  std::vector<TypeId> type_arguments;  // parallel to declaration->type_parameters
  ExprRef lambda;                      // `x |?> (v -> e)`: the lambda
  TypeId piped = kNoType;              // type of the value that the pipe passes (non-null for `|?>`)
  TypeId result = kNoType;             // before `|?>` makes it nullable
  bool null_safe = false;              // `|?>` on a nullable value: null passes by the call
  bool may_fail = false;               // after interval analysis; for user fns: its declared `!`
  bool may_overflow = false;           // can raise MIG001
  uint32_t map = kNone;                // ref, target_of: Program::maps
  uint32_t target = kNone;             // exists_in: Program::targets
};

/// One operator of an arithmetic chain: the result so far and the next operand, converted to `left` and `right`. Index:
/// Program::arithmetic, the steps of an expression stand from ExprInfo::index on, one an operator.
struct ArithmeticStep {
  syntax::ArithmeticOp op = syntax::ArithmeticOp::add;
  TypeId left = kNoType, right = kNoType, result = kNoType;
  bool may_overflow = false;
};

struct ExprInfo {
  TypeId type = kNoType;      // after narrowing, before conversion; kError when a finding was reported
  TypeId declared = kNoType;  // of a path: before narrowing. Nullable here and not in `type`: proven to have a value
  TypeId wanted = kNoType;    // what the context converts the value to; equals `type` (or kNoType) when there is nothing to do.
                              // Left of `??`: what it becomes once null is ruled out
  Ref ref = Ref::kNothing;
  uint32_t index = kNone;
  uint32_t part = kNone;
  uint32_t call = kNone;      // Program::calls; for calls, and for the callee expression of each pipe stage
  uint32_t lineage = 0;       // Program::lineages: source fields of the map that the value (and its conditions) come from
  uint32_t labels = 0;        // Program::label_sets: privacy classes of the value
  TypeId operand = kNoType;   // compare: the common type of both sides (`in`: of the left side and the elements); nullable when a side is
  uint32_t issue = kNone;     // raise expressions: Program::issues
  bool may_fail = false;      // evaluating it can fail
  bool may_reject = false;    // evaluating it can reject or skip
  bool may_overflow = false;  // this operator can raise MIG001
  bool needless = false;      // `catch`, `??` whose right side is never evaluated
  int8_t truth = -1;          // conditions: 1 always true, 0 always false, -1 not known
};

enum class PatternForm : uint8_t { kError, kAny, kNull, kConstant, kRange, kVariant, kScalarKind, kOtherText, kAlternatives };

/// A pattern against the (non-null) type of what is matched.
struct PatternInfo {
  PatternForm form = PatternForm::kError;
  Constant constant;         // kConstant: in the subject's type (decimals at its scale)
  int128 low = 0, high = 0;  // kRange: both included; int, decimal (unscaled at the subject's scale), date, time, timestamp, duration
  bool has_low = false, has_high = false;
  uint32_t enumeration = kNone;  // kVariant, kOtherText
  uint32_t variant = kNone;
  ScalarKind scalar = ScalarKind::kText;  // kScalarKind
  uint32_t local = kNone;                 // what `text(s)` binds
};

enum class LocalKind : uint8_t { kLet, kParameter, kLambda, kBinding, kTableKey, kRefinedValue, kGroup, kEmitted, kCheck };

/// A name inside a declaration. Locals of one declaration are not contiguous; number them on lowering.
struct Local {
  std::string name;
  Span span;
  LocalKind kind = LocalKind::kLet;
  TypeId type = kNoType;
  uint32_t lineage = 0;
  uint32_t labels = 0;
  uint32_t statement = kNone;  // the map's statement that defines it (StmtInfo::number)
  bool used = false;
};

/// Lambda expressions: their parameters in order. Index: Program::lambdas, by ExprInfo::index of the lambda expression.
struct LambdaInfo {
  std::vector<uint32_t> locals;  // Program::locals; kNone for `_`
  TypeId result = kNoType;       // what the body is converted to
};

/// A path that narrowing knows: a local or a source field, then record fields.
struct PathKey {
  Ref root = Ref::kNothing;  // kLocal, kSourceField, kParam
  uint32_t index = kNone;
  std::vector<uint32_t> fields;
  bool operator==(const PathKey&) const = default;
};

/// One pair of a `copy`.
struct CopiedField {
  uint32_t source_field = kNone;
  uint32_t target_field = kNone;
  TypeId from = kNoType, to = kNoType;
};

/// One statement of a map or function block.
struct StmtInfo {
  uint32_t number = kNone;              // statements of one map in written order, blocks flattened, from 0
  uint32_t local = kNone;               // let: Program::locals
  std::vector<uint32_t> target_fields;  // assign: index in the target schema, then record fields
  TypeId target_type = kNoType;         // assign: what the value is converted to
  std::vector<CopiedField> copied;      // copy
  uint32_t issue = kNone;               // require, raise
  Verb verb = Verb::kReject;
  bool may_reject = false;        // a reject (or skip) can be recorded while it runs
  std::vector<uint32_t> reads;    // locals read (of the same map)
  std::vector<PathKey> narrows;   // paths that later statements may rely on because of this one
  std::vector<uint32_t> depends;  // numbers of earlier statements: when one of them was poisoned, this one must not run
  uint32_t lineage = 0;
  uint32_t target = kNone;  // emit: Program::targets
};

}  // namespace mig::sema
