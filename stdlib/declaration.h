// Declarations of the standard library: what stdlib/*.mig says about each function. The checker types calls with them, the lowering maps
// calls to intrinsics, the manual and the tests print and run their examples.
//
// The files hold entries of this form (the whole grammar is in stdlib/README.md):
//
//     /// Removes Unicode white space at both ends.
//     @cost(1) @example(trim("  a ") == "a") @example(trim("") == "")
//     fn trim(s: string) -> string = intrinsic("text_trim")
//
// They are embedded into the program and read once, on first use; the result is immutable and may be shared by threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/types/type.h"
#include "stdlib/prepared.h"

namespace mig::stdlib {

/// A type as a signature writes it.
struct TypeTree {
  enum class Form : uint8_t {
    kKind,      // a type of the language: kind, bounds, name
    kVariable,  // name: a type parameter of the function
    kWord,      // words: one of these bare names, constant; passed as its index (int)
    kTypeName,  // name: the type parameter that this argument, the name of a type, decides; passes nothing
  };
  Form form = Form::kKind;
  Kind kind = Kind::kError;
  bool nullable = false;
  std::string name;             // kVariable, kTypeName; or of a refined string type (email, iban, ...)
  int64_t low = kUnboundedLow;  // int and string bounds
  int64_t high = kUnboundedHigh;
  uint8_t precision = 0;  // decimal; 0: any precision and scale
  uint8_t scale = 0;
  std::vector<TypeTree> arguments;       // list, set: element; map: key, value; record: fields; function: parameters, then the result
  std::vector<std::string> field_names;  // record: one an argument
  std::vector<std::string> words;
};

/// What a type parameter may stand for.
enum class Constraint : uint8_t {
  kAny,
  kComparable,  // has ==: everything but functions
  kOrdered,     // has <: int, decimal, percent, float, string, bool, uuid, dates and times, duration, enum, position
  kEnum,        // an enum of the program; its values are passed as ints, those of other type parameters as Cells
};

struct TypeParameter {
  std::string name;
  Constraint constraint = Constraint::kAny;
};

/// A default value.
struct Literal {
  enum class Form : uint8_t { kNone, kNull, kBool, kInt, kText, kWord, kTexts };
  Form form = Form::kNone;
  int64_t number = 0;              // kInt; kBool: 0 or 1; kWord: its index
  std::string text;                // kText, kWord
  std::vector<std::string> texts;  // kTexts
};

struct Parameter {
  std::string name;  // callers may write `name: value`
  TypeTree type;
  bool constant = false;  // the argument must fold to a literal (text, int, list of texts, word)
  bool variadic = false;  // last only: any number of arguments; the intrinsic gets one list of them
  Literal fallback;       // kNone: required
};

/// One argument of the native function, in its order.
struct IntrinsicArgument {
  enum class Source : uint8_t {
    kParameter,  // the value of `parameter` (constants too: text, int, bool, word index)
    kNumber,     // int `number`
    kScale,      // int: decimal scale of the type of `parameter`, or of its element type when it is a list
    kPrecision,  // int: its precision
    kPrepared,   // prepare() of a spec made from `prepared`, see there
  };
  Source source = Source::kParameter;
  int32_t parameter = 0;  // index; kResult: the call's result type
  int64_t number = 0;
  PreparedKind prepared = PreparedKind::kText;
  /// kPrepared: where the parts of the PreparedSpec come from; indices of constant parameters, kNothing where there is none.
  ///   kPattern      texts = {parts[0]}
  ///   kText         texts = {parts[0]}
  ///   kTextSet      texts = parts[0]
  ///   kZone         name = parts[0], option = parts[1] (dst word)
  ///   kDateFormats  parts are formats (texts, or one text), zone (name), dst (option), pivot (values[0] in digits), locale (values[1]);
  ///                 null gives "" for name and values, values may be left empty when both are; flag = `number`
  ///   kShape        texts = {shape_code(what the type parameter `variable` stands for)}, see stdlib/shape.h
  ///   kCodeTable    texts = wire values of the enum that `variable` stands for, or parts[0]; the function answers the index
  ///   kLookup       the lowering knows the lookup
  std::vector<int32_t> parts;
  std::string variable;

  static constexpr int32_t kResult = -1;
  static constexpr int32_t kNothing = -2;
};

struct Declaration {
  std::string name;
  std::vector<TypeParameter> type_parameters;
  std::vector<Parameter> parameters;
  TypeTree result;
  std::string rule;       // not empty: the checker computes the exact result type (stdlib/README.md lists the rules); `result` is its kind
  bool may_fail = false;  // `!`: Status::kFail
  bool may_overflow = false;  // @overflow: Status::kOverflow, MIG001
  bool common_scale = false;  // @common_scale: decimal arguments (and list elements) are first brought to the greatest of their scales,
                              // ints to decimals when another argument is one; the result has that scale unless the rule says otherwise
  bool is_operator = false;   // @operator: what operators and conversions lower to; not callable by name
  bool drops_labels = false;  // @drops: the result carries no privacy label of the arguments
  uint8_t cost = 0;           // @cost: 0 a few instructions, 1 linear in its text, 2 allocates or searches, 3 pattern, hash, Unicode tables
  std::vector<std::string> examples;  // `call == value`, or `call fails`, or `call == null`: expressions of the language
  std::string doc;                    // sentences, one paragraph
  std::string group;                  // file: "text" for stdlib/text.mig
  std::string intrinsic;              // name in function_table.def
  std::vector<IntrinsicArgument> intrinsic_arguments;
};

/// All functions, in the order of the files; operators last.
std::span<const Declaration> declarations();
/// The overloads of a function that specs may call; the first whose parameters accept the kinds of all arguments counts, where an exact
/// kind goes before int -> decimal, and all arguments for one type parameter have one kind. Empty when there is none.
std::span<const Declaration* const> overloads(std::string_view name);
/// The operator with this name (`int_add`), or null.
const Declaration* find_operator(std::string_view name);
/// Names that specs may call, sorted, each once.
std::span<const std::string_view> callable_names();

/// Reads one file's text; for tests and tools. On an error returns false and sets `error` to "line N: ...".
bool read_declarations(std::string_view group, std::string_view text, std::vector<Declaration>& result, std::string& error);

}  // namespace mig::stdlib
