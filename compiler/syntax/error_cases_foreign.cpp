// Error cases that are habits of other languages, as far as they show only in the parser; repair_spellings.cpp has
// those that show in the tokens. The first case that fits wins.
#include <fmt/format.h>

#include "MigParser.h"
#include "compiler/syntax/error_site.h"

namespace mig::syntax {
namespace {

using grammar::MigParser;
using Case = std::optional<Diagnostic> (*)(const ErrorSite& site);

Span span_at(const ErrorSite& site) { return site.list.span(site.at()); }

std::optional<Diagnostic> ternary(const ErrorSite& site) {
  if (site.at().type != MigParser::T_QUESTION || !site.after_expression()) return std::nullopt;
  Diagnostic finding = Diagnostic::make(Code::E0008, span_at(site), "there is no `? :`", "write `if a then b else c`");
  std::size_t colon = site.offending + 1;
  while (colon + 1 < site.list.tokens.size() && site.token(colon).line == site.at().line &&
         !(site.token(colon).type == MigParser::T_COLON && site.token(colon).depth == site.at().depth)) {
    ++colon;
  }
  std::size_t start = site.offending;
  while (start > site.item_begin && !(site.token(start - 1).depth < site.at().depth || site.token(start - 1).type == MigParser::T_ASSIGN ||
                                      site.token(start - 1).type == MigParser::T_COMMA)) {
    --start;
  }
  if (site.token(colon).type == MigParser::T_COLON && site.token(colon).line == site.at().line && start > site.item_begin) {
    finding.help(
        Applicability::choose, "write it with words",
        {{site.list.span(site.token(start)).start(), "if "}, {span_at(site), "then"}, {site.list.span(site.token(colon)), "else"}});
  }
  return finding;
}

std::optional<Diagnostic> single_equals(const ErrorSite& site) {
  if (site.at().type != MigParser::T_ASSIGN || !site.after_expression() || site.expects(MigParser::T_ASSIGN)) return std::nullopt;
  if (site.expects(MigParser::T_RPAREN)) return std::nullopt;
  if (site.expects(MigParser::T_COLON) || site.decision != site.offending || site.inside(MigParser::RulePrimary)) return std::nullopt;
  return Diagnostic::make(Code::E0008, span_at(site), "`=` gives a field its value and stands once in a statement",
                          "to compare, write `==`")
      .help(Applicability::choose, "compare", {{span_at(site), "=="}});
}

std::optional<Diagnostic> double_equals(const ErrorSite& site) {
  if (site.at().type != MigParser::T_EQ || site.expects(MigParser::T_EQ)) return std::nullopt;
  if (!site.expects(MigParser::T_ASSIGN) && !site.inside(MigParser::RuleStmt)) return std::nullopt;
  return Diagnostic::make(Code::E0008, span_at(site), "`==` compares; a value is given with `=`", "write `=`")
      .help(Applicability::choose, "give the value", {{span_at(site), "="}});
}

std::optional<Diagnostic> exclamation(const ErrorSite& site) {
  if (site.at().type != MigParser::T_BANG || !site.expects(MigParser::K_NOT)) return std::nullopt;
  return Diagnostic::make(Code::E0008, span_at(site), "`!` is not an operator", "write `not`")
      .help(Applicability::automatic, "write `not`", {{span_at(site), "not "}});
}

std::optional<Diagnostic> lambda_arrow(const ErrorSite& site) {
  if (site.at().type != MigParser::T_FAT_ARROW || !site.expects(MigParser::T_RPAREN)) return std::nullopt;
  return Diagnostic::make(Code::E0008, span_at(site), "`=>` does not make a function", "write `x -> ...`")
      .help(Applicability::automatic, "write `->`", {{span_at(site), "->"}});
}

struct StatementWord {
  std::string_view written;
  std::string_view message;
  std::string_view label;
  std::string_view replacement;  // empty: no edit
};
constexpr StatementWord kStatementWords[] = {
    {"if", "`if` makes a value; a group of statements is `when`", "write `when condition { ... }`", "when"},
    {"for", "there are no loops", "lists: `map`, `filter`, `fold`; rows of another target: `emit t for x in list { ... }`", ""},
    {"foreach", "there are no loops", "lists: `map`, `filter`, `fold`; rows of another target: `emit t for x in list { ... }`", ""},
    {"while", "there are no loops", "lists: `map`, `filter`, `fold`", ""},
    {"var", "a local value is declared with `let`", "it never changes", "let"},
    {"const", "a local value is declared with `let`", "it never changes", "let"},
    {"val", "a local value is declared with `let`", "it never changes", "let"},
    {"set", "a field gets its value with `=`, without a word before it", "not needed", ""},
    {"unless", "there is no `unless`", "write `when not ...`", ""},
    {"switch", "there is no `switch`", "a choice of values is `match x { ... }`", ""},
    {"assert", "a rule is written `require ... else reject CODE`", "write `require`", "require"},
    {"throw", "a problem is declared with `issue` and raised with `reject CODE`", "write `reject CODE when ...`", ""},
    {"raise", "a problem is declared with `issue` and raised with `reject CODE`", "write `reject CODE when ...`", ""},
    {"drop", "fields that are not needed are listed with `ignore`", "write `ignore m.field because \"...\"`", ""},
    {"def", "functions are declared with `fn`, outside of maps", "", ""},
    {"function", "functions are declared with `fn`, outside of maps", "", ""},
};

std::optional<Diagnostic> foreign_statement(const ErrorSite& site) {
  if (!site.inside(MigParser::RuleStmt)) return std::nullopt;
  std::size_t first = site.item_begin;
  if (site.offending > first + 3 && site.token(first).type != MigParser::K_IF) return std::nullopt;
  const Token& token = site.token(first);
  const std::string_view word = site.list.text_of(token);
  for (const StatementWord& entry : kStatementWords) {
    if (entry.written != word) continue;
    Diagnostic finding = Diagnostic::make(Code::E0008, site.list.span(token), std::string(entry.message), std::string(entry.label));
    if (!entry.replacement.empty()) {
      finding.help(Applicability::choose, fmt::format("write `{}`", entry.replacement),
                   {{site.list.span(token), std::string(entry.replacement)}});
    }
    return finding;
  }
  return std::nullopt;
}

std::optional<Diagnostic> else_if_group(const ErrorSite& site) {
  if (site.at().type != MigParser::K_IF || site.before().type != MigParser::K_ELSE) return std::nullopt;
  if (site.offending < 2 || site.token(site.offending - 2).type != MigParser::T_RBRACE) return std::nullopt;
  return Diagnostic::make(Code::E0008, span_at(site), "a group of statements is `when`, also after `else`", "write `else when`")
      .help(Applicability::automatic, "write `when`", {{span_at(site), "when"}});
}

std::optional<Diagnostic> tuple(const ErrorSite& site) {
  if (site.at().type != MigParser::T_COMMA || !site.inside(MigParser::RulePrimary) || !site.expects(MigParser::T_RPAREN))
    return std::nullopt;
  return Diagnostic::make(Code::E0008, span_at(site), "a list stands in square brackets", "write `[a, b]`");
}

std::optional<Diagnostic> array_type(const ErrorSite& site) {
  if (site.at().type != MigParser::T_LBRACKET) return std::nullopt;
  if (site.before().type == MigParser::T_RPAREN || site.before().type == MigParser::T_GT) {
    return Diagnostic::make(Code::E0008, span_at(site), "the type of a list is written `list<T>`", "write `list<...>` around the type");
  }
  if (!is_word_like(site.before().type)) return std::nullopt;
  if (site.token(site.offending + 1).type != MigParser::T_RBRACKET) return std::nullopt;
  const std::string_view type = site.list.text_of(site.before());
  const Span whole{site.list.file, site.before().begin, site.token(site.offending + 1).end};
  return Diagnostic::make(Code::E0008, whole, "the type of a list is written `list<T>`")
      .help(Applicability::automatic, "write the list type", {{whole, fmt::format("list<{}>", type)}});
}

constexpr Case kCases[] = {ternary,      else_if_group, foreign_statement, single_equals, double_equals, exclamation,
                           lambda_arrow, tuple,         array_type};

}  // namespace

std::optional<Diagnostic> explain_foreign(const ErrorSite& site) {
  for (const Case candidate : kCases) {
    if (std::optional<Diagnostic> finding = candidate(site)) return finding;
  }
  return std::nullopt;
}

}  // namespace mig::syntax
