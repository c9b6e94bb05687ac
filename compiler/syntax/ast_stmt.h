// Statements of maps, functions, and of the blocks that check: profile, reconcile, gate, test.
#pragma once

#include <optional>
#include <variant>

#include "compiler/syntax/ast_expr.h"
#include "compiler/syntax/ast_pattern.h"

namespace mig::syntax {

// `{ ... }`: broken statements are left out, a finding stands for each.
struct Block {
  std::vector<StmtId> statements;
  Span span;  // with the braces
};

// A statement that could not be read.
struct ErrorStmt {};

// `let x = e`, `let x: T = e`
struct LetStmt {
  Name name;
  TypeExprId type;  // none without annotation
  ExprId value;
};
// `path = e`: gives a target field its value. The first part may be the target's alias.
struct AssignStmt {
  Path target;
  ExprId value;
};
// `require cond else reject C`, `require cond else skip C with e`, `require cond else warn C`.
struct RequireStmt {
  ExprId condition;
  RaiseVerb verb = RaiseVerb::reject;
  Path code;
  ExprId detail;  // after `with`; none without
};
// `reject C when cond`, `warn C when cond`, `skip C with e when cond`
struct RaiseStmt {
  RaiseVerb verb = RaiseVerb::reject;
  Path code;
  ExprId detail;     // after `with`; none without
  ExprId condition;  // never none in a valid tree
};
// `when cond { ... } else { ... }`; `else when ...` is an else block with one WhenStmt.
struct WhenStmt {
  ExprId condition;
  Block consequence;
  std::optional<Block> otherwise;
};
// `copy m.{a, b, c}`
struct CopyStmt {
  Path object;
  std::vector<Name> fields;
};
// `ignore m.a, m.b because "..."`
struct IgnoreStmt {
  std::vector<Path> fields;
  Text reason;
};
// `emit lines for l in m.lines { ... }`, `emit t { ... }`
struct EmitStmt {
  Name target;
  Name variable;    // invalid without `for`
  ExprId sequence;  // none without `for`
  Block body;
};
// `return e`: the last statement of a function's block.
struct ReturnStmt {
  ExprId value;
};

using StmtNode = std::variant<ErrorStmt, LetStmt, AssignStmt, RequireStmt, RaiseStmt, WhenStmt, CopyStmt, IgnoreStmt, EmitStmt, ReturnStmt>;
enum class StmtKind : std::uint8_t { error, let, assign, require, raise, when, copy, ignore, emit, give_back };

struct Stmt {
  Span span;
  std::vector<Attribute> attributes;  // `@allow(...)` before the statement
  StmtNode node;

  StmtKind kind() const { return static_cast<StmtKind>(node.index()); }
  template <class T>
  const T& as() const {
    return std::get<T>(node);
  }
  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&node);
  }
};
static_assert(std::variant_size_v<StmtNode> == static_cast<std::size_t>(StmtKind::give_back) + 1);

// ---- items of checking blocks ----

// `let x = e` of a profile or reconcile block.
struct CheckLet {
  Name name;
  TypeExprId type;  // none without annotation
  ExprId value;
  Span span;
};
// `expect e tolerance t else fail C` of a profile or reconcile block.
enum class CheckVerb : std::uint8_t { none, fail, warn, reject };  // none: no `else`, the check is MIG900
struct CheckExpect {
  ExprId condition;
  ExprId tolerance;  // none without
  CheckVerb verb = CheckVerb::none;
  Path code;
  Span span;
};
using CheckItem = std::variant<CheckLet, CheckExpect>;

// `require e for 24h else fail C` of a gate.
struct GateRequire {
  ExprId condition;
  ExprId duration;  // after `for`; none without
  Path code;        // after `else fail`; not valid() without
  Span span;
};
// `approve "role" within 4h`
struct GateApprove {
  Text role;
  ExprId within;  // none without
  Span span;
};
using GateItem = std::variant<GateRequire, GateApprove>;

// `assume run.now = e`, `assume country_by_name = [...]`
struct TestAssume {
  Path subject;
  ExprId value;
  Span span;
};
// `given {...}`, `given o = {...}`, `given "a", 2` (the arguments of a function)
struct TestGiven {
  Name alias;  // invalid without `o =`
  std::vector<ExprId> values;
  Span span;
};
// `expect e tolerance t`
struct TestExpect {
  ExprId condition;
  ExprId tolerance;  // none without
  Span span;
};
// `expect issue C`, `expect not issue C`
struct TestExpectIssue {
  Path code;
  bool expected = true;
  Span span;
};
using TestItem = std::variant<TestAssume, TestGiven, TestExpect, TestExpectIssue>;

}  // namespace mig::syntax
