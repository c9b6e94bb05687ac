// Calls of the standard library at check time: keys of tables through `via`, conversions of constants.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "compiler/sema/annotations.h"

namespace mig::sema {

struct Program;
struct TableSymbol;

enum class Evaluated : uint8_t { kUnknown, kValue, kFails };

/// Calls a function on constants, in the order of its parameters. kUnknown when an argument or the result cannot be made here;
/// `text` is set when the result is text, `answer` when it is a bool.
Evaluated evaluate_call(const stdlib::Declaration& declaration, std::span<const Constant> arguments, std::optional<std::string>& text,
                        bool* answer = nullptr);

/// The text that a pure function of one text gives, if it can be computed here.
std::optional<std::string> evaluate_text_fn(const Program& program, uint32_t fn, const std::string& argument, int depth = 0);

/// A text key after the functions behind `via`, if they can be computed here.
std::optional<std::string> normalised_key(const Program& program, const TableSymbol& table, std::string key);

}  // namespace mig::sema
