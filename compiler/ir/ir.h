// The typed per-record program: what the checker's output is lowered to, and what the interpreter and the JIT both execute.
//
// Everything that computes is a call of a standard-library function; the operations here are reading, control flow, failure and building.
// Every node has a type. A node of a nullable type (or one that may be `keep`) evaluates to a value with a Presence; any other to a
// payload.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/plan/issue.h"
#include "runtime/records/layout.h"
#include "runtime/types/type.h"
#include "runtime/types/value.h"
#include "stdlib/prepared.h"

namespace mig::ir {

using NodeId = uint32_t;
using LocalId = uint32_t;
constexpr uint32_t kNone = 0xFFFFFFFFu;

enum class Op : uint8_t {
  kConst,         // constants[index]
  kNull,          // the null of a nullable type
  kKeep,          // leave the target field alone (type.may_keep)
  kField,         // input field `index`; presence other than kValue reads as null (type is nullable), unless the field's type is non-null
  kFieldPresent,  // bool: is input field `index` present, be it null
  kFieldUnavailable,  // bool: was input field `index` not sent
  kLocal,             // locals[index]
  kRunNow,            // timestamp
  kRunId,             // string
  kParameter,         // `param` `index`
  kRowPosition,       // position text of the record
  kRowSource,         // name of the source
  kCall,              // stdlib function `index` (stdlib::FunctionId) of the arguments; kPrepared and kLambda only appear as its arguments
  kCallFunction,      // functions[index] of the arguments
  kPrepared,          // prepared[index]
  kLambda,      // arguments() are parameter LocalIds (not nodes); a = body; result and parameter types by the locals. Captures the rest.
  kLet,         // locals[index] = a in b
  kIf,          // a ? b : c
  kSwitch,      // a: int or enum (payload integer); cases(); c = otherwise (kNone when the cases are exhaustive)
  kCoalesce,    // a when it has a value, else b
  kCatch,       // a, or b when evaluating a failed (Status::kFail)
  kIsNull,      // bool: a has no value
  kUnwrap,      // the payload of a, which is proven to have a value
  kWrap,        // a as a nullable (or may_keep) value
  kReject,      // records site `index`, with text b as its cause unless kNone; type never
  kSkip,        // as kReject
  kWarn,        // records site `index`, with text b as its cause unless kNone; value a
  kFail,        // fails like a `!` function with constant text constants[index] as cause; type never
  kMakeRecord,  // arguments: one value a field (nullable where the field's type is)
  kMakeList,    // arguments: the elements
  kGetField,    // field `index` of record a
};

struct SwitchCase {
  int64_t value;
  NodeId body;
};

/// What is proven of a kCall that computes with exact numbers.
enum class Proof : uint8_t {
  kUnproven,
  kInRange,  // the result never overflows
  kNarrow,   // nor do operands and result leave 64 bits
};

struct Node {
  Op op = Op::kNull;
  TypeId type = kNoType;
  uint32_t index = kNone;
  NodeId a = kNone, b = kNone, c = kNone;
  uint32_t first = 0, count = 0;  // range in Program::arguments, or in Program::cases for kSwitch
  uint32_t site = kNone;          // kCall: the MIG001 site when the function can overflow
  Proof proof = Proof::kUnproven;
};

struct Constant {
  TypeId type = kNoType;
  Cell cell{};  // text payloads point into `text`, lists are not constants
  std::string text;
};

/// A user function, or a constant. Parameters are locals 0..parameters-1 of its own frame.
struct Function {
  std::string name;
  uint32_t parameters = 0;
  std::vector<TypeId> locals;
  TypeId result = kNoType;
  NodeId body = kNone;
  bool may_fail = false;
  bool may_reject = false;
  bool repeatable = false;  // proven by mark_repeatable: from one text to a text that depends on nothing else, without any effect
};

using mig::Issue;
using mig::Site;
using mig::Verb;

/// One statement of a map. Steps run in order and are numbered in that order from 0, a group before its `then` before its `otherwise`. A
/// step whose dependencies were poisoned by a reject is not evaluated and is poisoned too.
struct Step {
  enum class What : uint8_t {
    kLet,     // locals[index] = node
    kAssign,  // output field `index` = node
    kEffect,  // node evaluated for its issues (require, reject/warn/skip when); a reject in it poisons what depends on it
    kGroup,   // when node { then } else { otherwise }
  };
  What what = What::kEffect;
  NodeId node = kNone;
  uint32_t index = kNone;
  uint32_t poison = kNone;              // own poison bit, numbered from 0 in the map; kNone when nothing depends on it
  std::vector<uint32_t> depends;        // poison bits that stop this step
  std::vector<Step> then, otherwise;    // kGroup
  std::string field;                    // what the step computes, for the reject log
  std::vector<uint32_t> source_fields;  // lineage of the step, for issues raised inside functions
};

/// One per-record function: a map, or a part of a dedupe or test.
struct MapProgram {
  std::string name;
  RecordLayout input;
  RecordLayout output;
  std::vector<TypeId> locals;
  std::vector<Step> steps;
  uint32_t poison_bits = 0;
};

struct Program {
  TypeTable types;
  std::vector<EnumType> enums;
  std::vector<Node> nodes;
  std::vector<uint32_t> arguments;  // NodeIds (LocalIds for kLambda)
  std::vector<SwitchCase> cases;
  std::vector<Constant> constants;
  std::vector<stdlib::PreparedSpec> prepared;
  std::vector<Function> functions;
  std::vector<MapProgram> maps;
  std::vector<Issue> issues;
  std::vector<Site> sites;
  std::vector<TypeId> parameter_types;  // of `param`s

  const Node& operator[](NodeId id) const { return nodes[id]; }
};

}  // namespace mig::ir
