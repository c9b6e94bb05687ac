// Tokens and comments of a file with what the syntax tree knows about them. Included only by this folder's sources.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/syntax/ast.h"
#include "compiler/syntax/lexemes.h"

namespace mig::format {

/// What a token is to the layout; several may hold.
enum Mark : std::uint16_t {
  kOperandOpen = 1,   // `(` or `[` that begins an operand: a group, a list, the parameters of a lambda
  kBinary = 2,        // an arithmetic operator between two operands
  kCompare = 4,       // `<` or `>` that compares
  kElement = 8,       // begins a declaration, statement, field, setting, row, arm, item
  kDeclaration = 16,  // begins a declaration
  kEquals = 32,       // the `=` of an element: aligned
  kArrow = 64,        // the `=>` of an arm or row: aligned
  kField = 128,       // begins a field of a schema: its first attribute is aligned
  kBlock = 256,       // `{` of a block: broken after `{` and before `}` when it has several lines
  kOnePerLine = 512,  // `{` of a block whose elements then stand on a line each
  kTight = 1024,      // `{` without blanks inside: `m.{a, b}`
};

struct FormatToken {
  syntax::LexemeKind kind = syntax::LexemeKind::stray;
  std::string_view text;
  std::uint16_t marks = 0;
  std::uint32_t partner = 0;  // of a bracket: index of the other one; else its own index
  std::uint32_t breaks = 0;   // line breaks before it: 0, 1, or 2 for a blank line

  bool is(Mark mark) const { return (marks & mark) != 0; }
  bool is_comment() const { return syntax::is_comment(kind); }
  bool ends_line() const { return kind == syntax::LexemeKind::line_comment || kind == syntax::LexemeKind::doc_comment; }
  bool opens() const { return kind == syntax::LexemeKind::symbol && (text == "(" || text == "[" || text == "{"); }
  bool closes() const { return kind == syntax::LexemeKind::symbol && (text == ")" || text == "]" || text == "}"); }
};

/// `tree` must be of the same file and free of errors.
std::vector<FormatToken> marked_tokens(const SourceMap& sources, const syntax::Module& tree);

/// Blanks between two tokens of one line.
std::size_t blanks_between(const FormatToken& before, const FormatToken& token);

}  // namespace mig::format
