#include "compiler/format/format.h"

#include "compiler/format/layout.h"
#include "compiler/syntax/parse.h"

namespace mig::format {
namespace {

/// What must not change: tokens and comments, which of them stand first on a line.
std::string substance(const SourceMap& sources, FileId file) {
  std::string all;
  for (const syntax::Lexeme& lexeme : syntax::lexemes(sources, file)) {
    std::string_view text = sources.text(lexeme.span);
    while (syntax::is_comment(lexeme.kind) && !text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    all += text;
    all += '\0';
  }
  return all;
}

}  // namespace

std::optional<std::string> format(const SourceMap& sources, FileId file, DiagnosticSink& sink) {
  const syntax::ParseResult parsed = syntax::parse_file(sources, file, sink);
  if (!parsed.ok) return std::nullopt;
  std::vector<FormatToken> tokens = marked_tokens(sources, parsed.module);
  settle_breaks(tokens);
  std::string text = text_of(tokens, lay_out(tokens));
  SourceMap again;
  const FileId copy = again.add(std::string(sources.name(file)), text);
  if (substance(sources, file) != substance(again, copy)) {
    sink.report(Diagnostic::make(Code::E0001, {file, 0, 0}, "the formatter would change the meaning of this file: this is a bug in migc"));
    return std::nullopt;
  }
  return text;
}

}  // namespace mig::format
