// The hand-written readers against the generated ones, for tests.
#include <fmt/format.h>

#include "compiler/syntax/byte_scan.h"
#include "compiler/syntax/direct_lexer.h"
#include "compiler/syntax/direct_parser.h"
#include "compiler/syntax/parse_session.h"
#include "compiler/syntax/unicode.h"

namespace mig::syntax {
namespace {

using grammar::MigParser;

std::string described(const TokenList& list, const Token& token) {
  return fmt::format("type {} `{}` at {}:{}", static_cast<std::ptrdiff_t>(token.type), list.text_of(token), token.line, token.column);
}

std::string difference(const TokenList& direct, const TokenList& generated) {
  for (std::size_t i = 0; i < std::min(direct.tokens.size(), generated.tokens.size()); ++i) {
    const Token &a = direct.tokens[i], &b = generated.tokens[i];
    const bool same = a.type == b.type && a.begin == b.begin && a.end == b.end && a.line == b.line && a.column == b.column &&
                      a.first_on_line == b.first_on_line;
    if (!same) return fmt::format("token {}: {}, by the grammar {}", i, described(direct, a), described(generated, b));
  }
  if (direct.tokens.size() != generated.tokens.size()) return "different numbers of tokens";
  const auto same = [](const Comment& a, const Comment& b) {
    return a.kind == b.kind && a.span.begin == b.span.begin && a.span.end == b.span.end;
  };
  return std::equal(direct.comments.begin(), direct.comments.end(), generated.comments.begin(), generated.comments.end(), same)
             ? ""
             : "different comments";
}

// Trees over the same list. Chains of operators are deep to the left, so nothing here calls itself.
std::string difference(const TokenList& list, const ParseNode* direct, const ParseNode* generated) {
  std::vector<std::pair<const ParseNode*, const ParseNode*>> open = {{direct, generated}};
  while (!open.empty()) {
    const auto [a, b] = open.back();
    open.pop_back();
    if (a->rule != b->rule || a->start != b->start || a->stop != b->stop || a->op != b->op || a->failed || b->failed) {
      return fmt::format("rule {}, by the grammar rule {}, at {}", a->rule, b->rule, described(list, *a->start));
    }
    if (a->children().size() != b->children().size()) {
      return fmt::format("rule {}: {} parts, by the grammar {}, at {}", a->rule, a->children().size(), b->children().size(),
                         described(list, *a->start));
    }
    for (std::size_t i = 0; i < a->children().size(); ++i) {
      const ParseChild of_a = a->children()[i], of_b = b->children()[i];
      if (of_a.token() != of_b.token() || (of_a.node() == nullptr) != (of_b.node() == nullptr)) {
        return fmt::format("rule {}: part {} differs, at {}", a->rule, i, described(list, *a->start));
      }
      if (of_a.node() != nullptr) open.emplace_back(of_a.node(), of_b.node());
    }
  }
  return "";
}

// Errors at repaired tokens are not reported again: they show in the tree alone.
bool whole(const ParseNode* root) {
  std::vector<const ParseNode*> open = {root};
  while (!open.empty()) {
    const ParseNode* const node = open.back();
    open.pop_back();
    if (node->failed) return false;
    for (const ParseChild child : node->children()) {
      if (child.node() != nullptr) open.push_back(child.node());
    }
  }
  return true;
}

}  // namespace

ReadingComparison compare_readings(const SourceMap& sources, FileId file) {
  ReadingComparison result;
  DiagnosticSink ignored;
  Reporter reporter(ignored);
  const std::string_view text = sources.text(file);
  if (!scan_bytes(text, file, reporter)) return result;
  const std::uint32_t begin = text.starts_with(kByteOrderMark) ? 3 : 0;
  const auto end = static_cast<std::uint32_t>(text.size());
  TokenList list = lex_by_grammar(text, file, begin, end);
  TokenList direct{file, text, {}, {}};
  result.lexed = lex_directly(direct, begin, end);
  if (result.lexed) result.difference = difference(direct, list);
  ParseTree as_written;
  const bool needs_no_repair = DirectParser(list, as_written).read(MigParser::RuleFile) != nullptr;
  repair_tokens(list, reporter);
  result.repaired = reporter.errors() > 0;
  if (result.repaired && needs_no_repair && result.difference.empty()) result.difference = "read by hand, repaired for the grammar";
  ParseTree tree;
  const ParseNode* const by_hand = DirectParser(list, tree).read(MigParser::RuleFile);
  result.parsed = by_hand != nullptr;
  Reporter errors(ignored);
  const ParseNode* const by_grammar = ParseSession(list, errors).read(MigParser::RuleFile, tree);
  result.valid = errors.errors() == 0 && whole(by_grammar);
  if (result.difference.empty() && result.parsed) {
    result.difference = result.valid ? difference(list, by_hand, by_grammar) : "read by hand, refused by the grammar";
  }
  return result;
}

}  // namespace mig::syntax
