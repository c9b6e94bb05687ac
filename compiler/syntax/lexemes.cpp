#include "compiler/syntax/lexemes.h"

#include <algorithm>

#include "MigLexer.h"
#include "compiler/syntax/byte_scan.h"
#include "compiler/syntax/token_list.h"
#include "compiler/syntax/unicode.h"

namespace mig::syntax {
namespace {

using grammar::MigLexer;

LexemeKind kind_of(std::size_t type) {
  if (const WordEntry* word = find_word(type)) return word->role == WordRole::hard ? LexemeKind::hard_word : LexemeKind::soft_word;
  if (type == MigLexer::T_IDENT) return LexemeKind::name;
  if (type >= MigLexer::T_DURATION && type <= MigLexer::T_INT) return LexemeKind::number;
  if (type == MigLexer::T_DATE || type == MigLexer::T_TIME) return LexemeKind::date;
  if (type >= MigLexer::T_BLOCK_STRING && type <= MigLexer::T_FSTRING) return LexemeKind::text;
  return type >= MigLexer::T_PIPE && type <= MigLexer::T_AT ? LexemeKind::symbol : LexemeKind::stray;
}

LexemeKind kind_of(CommentKind kind) {
  switch (kind) {
    case CommentKind::line: return LexemeKind::line_comment;
    case CommentKind::block: return LexemeKind::block_comment;
    case CommentKind::doc: return LexemeKind::doc_comment;
  }
  return LexemeKind::line_comment;
}

}  // namespace

std::vector<Lexeme> lexemes(const SourceMap& sources, FileId file) {
  std::vector<Lexeme> found;
  DiagnosticSink ignored;
  Reporter reporter(ignored);
  const std::string_view text = sources.text(file);
  try {
    if (!scan_bytes(text, file, reporter)) return found;
    const std::uint32_t begin = text.starts_with(kByteOrderMark) ? 3 : 0;
    const TokenList list = lex(text, file, begin, static_cast<std::uint32_t>(text.size()));
    for (const Token& token : list.tokens) {
      if (token.begin < token.end) found.push_back({kind_of(token.type), list.span(token)});
    }
    for (const Comment& comment : list.comments) found.push_back({kind_of(comment.kind), comment.span});
  } catch (...) {  // the parser runtime's exceptions stop here; parse_file reports them
    return {};
  }
  std::sort(found.begin(), found.end(), [](const Lexeme& a, const Lexeme& b) { return a.span.begin < b.span.begin; });
  return found;
}

std::vector<LanguageWord> language_words() {
  std::vector<LanguageWord> words;
  for (const WordEntry& word : word_table()) words.push_back({word.text, word.role == WordRole::hard, word.role == WordRole::declaration});
  return words;
}

}  // namespace mig::syntax
