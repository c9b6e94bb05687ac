// The tokens of a file for who shows or lays out text: the formatter, highlighting in editors.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/base/source_map.h"

namespace mig::syntax {

enum class LexemeKind : std::uint8_t {
  name,           // an identifier, with backticks when written so
  hard_word,      // a reserved word
  soft_word,      // a word of the language that may also be a name
  number,         // int, decimal, float, percent, duration
  date,           // `@2025-10-25`, `@08:30`
  text,           // a string of any spelling
  symbol,         // brackets and operators
  line_comment,   // `// ...`
  doc_comment,    // `/// ...`
  block_comment,  // `/* ... */`
  stray,          // nothing of the language
};

struct Lexeme {
  LexemeKind kind = LexemeKind::stray;
  Span span;
};

// All tokens and comments in source order; a byte order mark is left out. Empty for a text that is refused before it is lexed (encoding,
// limits); findings about the text are those of parse_file.
std::vector<Lexeme> lexemes(const SourceMap& sources, FileId file);

inline bool is_comment(LexemeKind kind) {
  return kind == LexemeKind::line_comment || kind == LexemeKind::doc_comment || kind == LexemeKind::block_comment;
}

// All words of the language, hard ones first. For completion.
struct LanguageWord {
  std::string_view text;
  bool hard = false;
  bool starts_declaration = false;
};
std::vector<LanguageWord> language_words();

}  // namespace mig::syntax
