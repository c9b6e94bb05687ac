// What every token is, for colours that know the program.
#include <map>

#include "compiler/language_server/answers.h"
#include "compiler/syntax/lexemes.h"

namespace mig::lsp {
namespace {

/// In the order of the legend.
enum class TokenType : std::uint8_t {
  keyword,
  string,
  number,
  comment,
  variable,
  parameter,
  property,
  function,
  enumMember,
  type,
  enumeration,
  structure,
  event,
  name_space,
  none
};
constexpr std::string_view kTypes[] = {"keyword",  "string",     "number", "comment", "variable", "parameter", "property",
                                       "function", "enumMember", "type",   "enum",    "struct",   "event",     "namespace"};
constexpr std::uint32_t kDeclaration = 1, kStandard = 2;

TokenType type_of(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::import: return TokenType::name_space;
    case SymbolKind::param: return TokenType::parameter;
    case SymbolKind::type: return TokenType::type;
    case SymbolKind::enumeration: return TokenType::enumeration;
    case SymbolKind::schema: return TokenType::structure;
    case SymbolKind::issue: return TokenType::event;
    case SymbolKind::lookup:
    case SymbolKind::table:
    case SymbolKind::function:
    case SymbolKind::map:
    case SymbolKind::standard_function: return TokenType::function;
    case SymbolKind::variant: return TokenType::enumMember;
    case SymbolKind::field: return TokenType::property;
    case SymbolKind::source:
    case SymbolKind::target:
    case SymbolKind::reconcile:
    case SymbolKind::sync:
    case SymbolKind::stage:
    case SymbolKind::rollback:
    case SymbolKind::item:
    case SymbolKind::environment:
    case SymbolKind::local:
    case SymbolKind::alias: return TokenType::variable;
  }
  return TokenType::variable;
}

/// Soft words are keywords only where they act as such: behind a name's place the index knows better, and after `.` they are names.
TokenType type_of(const syntax::Lexeme& lexeme, std::string_view before) {
  switch (lexeme.kind) {
    case syntax::LexemeKind::hard_word: return before == "." || before == "?." ? TokenType::property : TokenType::keyword;
    case syntax::LexemeKind::soft_word: return before == "." || before == "?." ? TokenType::property : TokenType::keyword;
    case syntax::LexemeKind::number:
    case syntax::LexemeKind::date: return TokenType::number;
    case syntax::LexemeKind::text: return TokenType::string;
    case syntax::LexemeKind::line_comment:
    case syntax::LexemeKind::doc_comment:
    case syntax::LexemeKind::block_comment: return TokenType::comment;
    case syntax::LexemeKind::name:
    case syntax::LexemeKind::symbol:
    case syntax::LexemeKind::stray: return TokenType::none;
  }
  return TokenType::none;
}

}  // namespace

std::string token_legend() {
  JsonWriter json;
  json.begin_object().key("tokenTypes").begin_array();
  for (const std::string_view type : kTypes) json.string(type);
  json.end_array().key("tokenModifiers").begin_array().string("declaration").string("defaultLibrary").end_array().end_object();
  return json.text();
}

std::string semantic_tokens(const Snapshot& snapshot) {
  const SourceMap& sources = snapshot.sources();
  std::map<std::uint32_t, const Occurrence*> symbols;
  for (const Occurrence& one : snapshot.symbols->all()) {
    if (one.span.file == snapshot.file()) symbols.emplace(one.span.begin, &one);
  }
  JsonWriter json;
  json.begin_object().key("data").begin_array();
  EditorPosition last;
  const auto emit = [&](Span span, TokenType type, std::uint32_t modifiers) {
    // A token of the protocol stands on one line.
    for (std::uint32_t begin = span.begin; begin < span.end;) {
      const std::size_t newline = sources.text(snapshot.file()).find('\n', begin);
      const std::uint32_t end = newline == std::string_view::npos ? span.end : std::min(span.end, static_cast<std::uint32_t>(newline));
      const EditorPosition at = sources.editor_position(span.file, begin), stop = sources.editor_position(span.file, end);
      if (stop.character > at.character && stop.line == at.line) {
        json.number(at.line - last.line).number(at.line == last.line ? at.character - last.character : at.character);
        json.number(stop.character - at.character).number(static_cast<std::int64_t>(type)).number(modifiers);
        last = at;
      }
      begin = end + 1;
    }
  };
  std::string_view before;
  for (const syntax::Lexeme& lexeme : syntax::lexemes(sources, snapshot.file())) {
    const auto symbol = symbols.find(lexeme.span.begin);
    if (symbol != symbols.end() && symbol->second->span == lexeme.span) {
      const Occurrence& one = *symbol->second;
      emit(lexeme.span, type_of(one.kind), (one.is_definition() ? kDeclaration : 0) | (one.standard != nullptr ? kStandard : 0));
    } else if (const TokenType type = type_of(lexeme, before); type != TokenType::none) {
      emit(lexeme.span, type, 0);
    }
    if (!syntax::is_comment(lexeme.kind)) before = sources.text(lexeme.span);
  }
  json.end_array().end_object();
  return json.text();
}

}  // namespace mig::lsp
