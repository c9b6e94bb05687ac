#include "compiler/syntax/token_list.h"

#include <algorithm>

#include "MigLexer.h"
#include "compiler/syntax/direct_lexer.h"

namespace mig::syntax {
namespace {

using grammar::MigLexer;

constexpr std::size_t kEof = static_cast<std::size_t>(antlr4::Token::EOF);

// One byte a code point: those beyond ASCII become U+0001 (see BEYOND_ASCII in MigLexer.g4).
std::string ascii_shape(std::string_view text) {
  std::string shape;
  shape.reserve(text.size());
  for (const char byte : text) {
    const unsigned value = static_cast<unsigned char>(byte);
    if (value < 0x80) {
      shape += byte;
    } else if ((value & 0xC0u) != 0x80u) {
      shape += '\x01';
    }
  }
  return shape;
}

CommentKind comment_kind(std::size_t type) {
  if (type == MigLexer::T_DOC_COMMENT) return CommentKind::doc;
  return type == MigLexer::T_BLOCK_COMMENT ? CommentKind::block : CommentKind::line;
}

}  // namespace

TokenList lex(std::string_view text, FileId file, std::uint32_t begin, std::uint32_t end) {
  TokenList list{file, text, {}, {}};
  if (!lex_directly(list, begin, end)) list = lex_by_grammar(text, file, begin, end);
  return list;
}

TokenList lex_by_grammar(std::string_view text, FileId file, std::uint32_t begin, std::uint32_t end) {
  TokenList list{file, text, {}, {}};
  antlr4::ANTLRInputStream input(ascii_shape(text.substr(begin, end - begin)));
  MigLexer lexer(&input);
  lexer.removeErrorListeners();

  // The lexer counts code points; walk both counts forward together.
  std::size_t code_points = 0;
  std::uint32_t bytes = begin;
  const auto to_bytes = [&](std::size_t target) {
    while (code_points < target && bytes < end) {
      do ++bytes;
      while (bytes < end && (static_cast<unsigned char>(text[bytes]) & 0xC0u) == 0x80u);
      ++code_points;
    }
    return bytes;
  };

  std::uint32_t last_line = 0;
  for (;;) {
    const std::unique_ptr<antlr4::Token> raw = lexer.nextToken();
    if (raw->getType() == kEof) break;
    Token token;
    token.type = raw->getType();
    token.begin = to_bytes(raw->getStartIndex());
    token.end = to_bytes(raw->getStopIndex() + 1);
    token.line = static_cast<std::uint32_t>(raw->getLine());
    token.column = static_cast<std::uint32_t>(raw->getCharPositionInLine());
    if (raw->getChannel() != antlr4::Token::DEFAULT_CHANNEL) {
      list.comments.push_back({comment_kind(token.type), list.span(token)});
      continue;
    }
    token.first_on_line = token.line != last_line;
    last_line = token.line;
    list.tokens.push_back(token);
  }
  Token last;
  last.type = kEof;
  last.begin = last.end = end;
  last.line = last_line + 1;
  last.first_on_line = true;
  list.tokens.push_back(last);
  return list;
}

void repair_tokens(TokenList& list, Reporter& reporter) {
  repair_spellings(list, reporter);
  repair_keywords(list, reporter);
  repair_brackets(list, reporter);
  repair_commas(list, reporter);
  set_depths(list);
}

bool is_opening(std::size_t type) { return type == MigLexer::T_LPAREN || type == MigLexer::T_LBRACKET || type == MigLexer::T_LBRACE; }

bool is_closing(std::size_t type) { return type == MigLexer::T_RPAREN || type == MigLexer::T_RBRACKET || type == MigLexer::T_RBRACE; }

std::size_t closing_of(std::size_t opening) {
  if (opening == MigLexer::T_LPAREN) return MigLexer::T_RPAREN;
  return opening == MigLexer::T_LBRACKET ? MigLexer::T_RBRACKET : MigLexer::T_RBRACE;
}

void set_depths(TokenList& list) {
  std::uint32_t depth = 0;
  for (Token& token : list.tokens) {
    if (is_closing(token.type) && depth > 0) --depth;
    token.depth = depth;
    if (is_opening(token.type)) ++depth;
  }
}

const std::vector<WordEntry>& word_table() {
  static const std::vector<WordEntry> table = {
#define MIG_WORD(token, text, role) {MigLexer::token, text, WordRole::role},
#include "grammar/tokens.def"
#undef MIG_WORD
  };
  return table;
}

const WordEntry* find_word(std::size_t type) {
  static const std::vector<const WordEntry*> by_type = [] {
    std::vector<const WordEntry*> entries(MigLexer::X_STRAY + 1, nullptr);
    for (const WordEntry& entry : word_table()) entries[entry.type] = &entry;
    return entries;
  }();
  return type < by_type.size() ? by_type[type] : nullptr;
}

bool is_word_like(std::size_t type) { return type == MigLexer::T_IDENT || find_word(type) != nullptr; }

bool is_hard_word(std::size_t type) {
  const WordEntry* word = find_word(type);
  return word != nullptr && word->role == WordRole::hard;
}

bool ends_operand(std::size_t type) {
  switch (type) {
    case MigLexer::T_RPAREN:
    case MigLexer::T_RBRACKET:
    case MigLexer::T_RBRACE:
    case MigLexer::K_KEEP:
    case MigLexer::K_TRUE:
    case MigLexer::K_FALSE:
    case MigLexer::K_NULL: return true;
    default: break;
  }
  if (type >= MigLexer::T_DURATION && type <= MigLexer::T_FSTRING) return true;
  return is_word_like(type) && !is_hard_word(type);
}

bool starts_declaration(const TokenList& list, std::size_t index) {
  const auto type_at = [&](std::size_t i) { return i < list.tokens.size() ? list.tokens[i].type : kEof; };
  constexpr std::size_t kFar = 64;  // tokens of attributes to look over; keeps the search linear
  const std::size_t far = index + kFar;
  while (type_at(index) == MigLexer::T_AT && index < far) {  // attributes before it
    index += 2;
    if (type_at(index) != MigLexer::T_LPAREN) continue;
    std::size_t open = 0;
    for (; type_at(index) != kEof && index < far; ++index) {
      if (type_at(index) == MigLexer::T_LPAREN) ++open;
      if (type_at(index) == MigLexer::T_RPAREN && --open == 0) break;
    }
    ++index;
  }
  const WordEntry* word = find_word(type_at(index));
  if (word == nullptr || word->role != WordRole::declaration) return false;
  const std::size_t next = type_at(index + 1);
  const std::size_t after = type_at(index + 2);
  switch (word->type) {
    case MigLexer::K_MIGRATION:
    case MigLexer::K_IMPORT:
    case MigLexer::K_TEST: return next == MigLexer::T_STRING;
    case MigLexer::K_PRIVACY: return next == MigLexer::T_LBRACE;
    case MigLexer::K_OPEN: return next == MigLexer::K_ENUM;
    case MigLexer::K_ISSUE:
    case MigLexer::K_ITEM: return is_word_like(next) && after == MigLexer::T_STRING;
    case MigLexer::K_TYPE: return is_word_like(next) && after == MigLexer::T_ASSIGN;
    case MigLexer::K_FN: return is_word_like(next) && (after == MigLexer::T_LPAREN || after == MigLexer::T_LT);
    case MigLexer::K_SCHEMA: return is_word_like(next) && (after == MigLexer::T_LBRACE || after == MigLexer::K_FROM);
    case MigLexer::K_DEDUPE: return is_word_like(next) && after == MigLexer::K_BY;
    case MigLexer::K_STAGE: return is_word_like(next) && (after == MigLexer::T_LBRACE || after == MigLexer::K_AFTER);
    case MigLexer::K_ROLLBACK: return is_word_like(next) && (after == MigLexer::T_LBRACE || after == MigLexer::K_WITHIN);
    case MigLexer::K_ENUM:
    case MigLexer::K_PROFILE:
    case MigLexer::K_RECONCILE:
    case MigLexer::K_ENVIRONMENT: return is_word_like(next) && after == MigLexer::T_LBRACE;
    default: return is_word_like(next) && after == MigLexer::T_COLON;
  }
}

}  // namespace mig::syntax
