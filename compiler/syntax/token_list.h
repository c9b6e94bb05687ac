// Tokens of one file by byte offsets, between the lexer and the parser. Included only by this folder's sources.
#pragma once

#include <vector>

#include "compiler/syntax/ast.h"
#include "compiler/syntax/reporter.h"

namespace mig::syntax {

struct Token {
  std::size_t type = 0;  // of the generated lexer; grammar::MigLexer::EOF is the last of a list
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t line = 1;
  std::uint32_t column = 0;  // code points before it on its line
  std::uint32_t depth = 0;   // brackets that are open before it; an opening and its closing token have the same
  bool first_on_line = false;
  bool inserted = false;  // not in the text: begin == end
  bool repaired = false;  // inserted, or stands for something else; a finding was reported
};

struct TokenList {
  FileId file;
  std::string_view text;  // of the whole file
  std::vector<Token> tokens;
  std::vector<Comment> comments;

  Span span(const Token& token) const { return {file, token.begin, token.end}; }
  std::string_view text_of(const Token& token) const { return text.substr(token.begin, token.end - token.begin); }
};

// Lexes bytes [begin, end) of the file. The text must have passed scan_bytes.
TokenList lex(std::string_view text, FileId file, std::uint32_t begin, std::uint32_t end);
// The same by the generated lexer, which has a token for everything.
TokenList lex_by_grammar(std::string_view text, FileId file, std::uint32_t begin, std::uint32_t end);

// Replaces spellings of other languages by the `.mig` ones, closes and drops brackets, adds commas that are missing for
// certain; reports one finding for each. Afterwards brackets are balanced and `depth` is set.
void repair_tokens(TokenList& list, Reporter& reporter);

// The steps of repair_tokens.
void repair_spellings(TokenList& list, Reporter& reporter);
void repair_keywords(TokenList& list, Reporter& reporter);
void repair_brackets(TokenList& list, Reporter& reporter);
void repair_commas(TokenList& list, Reporter& reporter);

bool is_opening(std::size_t type);
bool is_closing(std::size_t type);
// The closing token type of an opening one.
std::size_t closing_of(std::size_t opening);
// Sets Token::depth; brackets must be balanced.
void set_depths(TokenList& list);
// Whether a declaration starts at `index`: a word that starts one, followed by what follows it there.
bool starts_declaration(const TokenList& list, std::size_t index);

enum class WordRole : std::uint8_t { hard, declaration, soft };
struct WordEntry {
  std::size_t type;
  std::string_view text;
  WordRole role;
};
// All words of grammar/tokens.def.
const std::vector<WordEntry>& word_table();
// Role of a token type; nothing for anything but a word.
const WordEntry* find_word(std::size_t type);
// A name or a word.
bool is_word_like(std::size_t type);
bool is_hard_word(std::size_t type);
// A token that can end an operand: what follows it cannot start another one.
bool ends_operand(std::size_t type);

}  // namespace mig::syntax
