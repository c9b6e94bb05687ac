// Values of literals, read from the tree without types: bounds, attributes, settings.
#pragma once

#include "compiler/sema/analysis.h"

namespace mig::sema {

/// `60`, `-5`, also in parentheses.
std::optional<int64_t> literal_int(const syntax::Module& tree, syntax::ExprId id);
/// A string literal.
std::optional<std::string> literal_text(const syntax::Module& tree, syntax::ExprId id);
/// `a.b.c` of names; empty otherwise.
std::string dotted_name(const syntax::Module& tree, syntax::ExprId id);
/// The value of a literal of any kind, or of a list of text literals; unknown for everything else. A date, time or number
/// that does not exist (`@2025-02-30`) gives an unknown constant and sets `invalid`.
Constant literal_constant(const syntax::Module& tree, syntax::ExprId id, bool& invalid);
/// decimal(p, s) of a literal's digits.
struct DecimalText {
  int128 unscaled = 0;
  int precision = 1;
  int scale = 0;
  bool fits = true;
};
DecimalText read_decimal_text(std::string_view text);

}  // namespace mig::sema
