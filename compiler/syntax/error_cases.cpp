// The table of error cases: what people write by mistake, and what to tell them. The first case that fits wins.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "MigParser.h"
#include "compiler/base/edit_distance.h"
#include "compiler/syntax/error_site.h"

namespace mig::syntax {
namespace {

using grammar::MigParser;
using Case = std::optional<Diagnostic> (*)(const ErrorSite& site);

Span span_at(const ErrorSite& site) { return site.list.span(site.at()); }
Span behind(const ErrorSite& site) { return site.list.span(site.before()).after(); }

bool is_value_start(const Token& token) {
  return is_word_like(token.type) || (token.type >= MigParser::T_DURATION && token.type <= MigParser::T_FSTRING) ||
         token.type == MigParser::T_LPAREN || token.type == MigParser::T_LBRACKET || token.type == MigParser::T_LBRACE;
}

// The innermost expression around the error whose sign is `op`.
MigParser::ExprContext* expression_with(const ErrorSite& site, std::size_t op) {
  for (antlr4::RuleContext* at = site.context; at != nullptr; at = dynamic_cast<antlr4::RuleContext*>(at->parent)) {
    auto* expr = dynamic_cast<MigParser::ExprContext*>(at);
    if (expr != nullptr && expr->op != nullptr && expr->op->getType() == op) return expr;
    auto* rule = dynamic_cast<antlr4::ParserRuleContext*>(at);
    if (rule != nullptr && rule->getStart() != nullptr && rule->getStart()->getTokenIndex() < site.item_begin) return nullptr;
  }
  return nullptr;
}

// Words that start a statement or item and nothing else that could stand on a line of its own.
bool starts_item(std::size_t type) {
  switch (type) {
    case MigParser::K_LET:
    case MigParser::K_REQUIRE:
    case MigParser::K_RETURN:
    case MigParser::K_WHEN:
    case MigParser::K_COPY:
    case MigParser::K_IGNORE:
    case MigParser::K_EMIT:
    case MigParser::K_EXPECT:
    case MigParser::K_GIVEN:
    case MigParser::K_ASSUME:
    case MigParser::K_PREFER:
    case MigParser::K_MERGE:
    case MigParser::K_APPROVE: return true;
    default: return false;
  }
}

// `x =` and then the next statement: the parser took the word on the next line for the value.
std::optional<Diagnostic> unfinished_value(const ErrorSite& site) {
  std::size_t first = std::min(site.offending, site.list.tokens.size() - 1);
  while (first > 0 && !site.token(first).first_on_line) --first;
  if (first <= site.item_begin || !is_word_like(site.token(first).type) || site.token(first - 1).repaired) return std::nullopt;
  const Token& last = site.token(first - 1);
  const bool open = last.type == MigParser::T_ASSIGN || last.type == MigParser::T_DOT ||
                    (last.type >= MigParser::T_PIPE && last.type <= MigParser::T_SLASH) || last.type == MigParser::K_AND ||
                    last.type == MigParser::K_OR || last.type == MigParser::K_CATCH;
  const bool next = starts_item(site.token(first).type) || (site.at().type == MigParser::T_ASSIGN && site.offending > first);
  if (!open || !next) return std::nullopt;
  return Diagnostic::make(Code::E0002, site.list.span(last), fmt::format("a value is missing after `{}`", site.list.text_of(last)),
                          "the next statement begins before this one is complete")
      .also(site.list.span(site.token(first)), "next statement");
}

std::optional<Diagnostic> if_without_else(const ErrorSite& site) {
  if (!site.expects(MigParser::K_ELSE)) return std::nullopt;
  MigParser::ExprContext* expr = expression_with(site, MigParser::K_IF);
  if (expr == nullptr) return std::nullopt;
  const Token& keyword = site.token(expr->getStart()->getTokenIndex());
  return Diagnostic::make(Code::E0010, site.list.span(keyword), "`if` needs `else`: the other case needs a value too",
                          "no `else` for this one")
      .help(Applicability::sketch, "say what the value is otherwise", {{behind(site), " else DECIDE"}});
}

struct SignSwap {
  std::size_t written;
  std::size_t wanted;
  std::string_view text;
  std::string_view why;
};
constexpr SignSwap kSwaps[] = {
    {MigParser::T_FAT_ARROW, MigParser::T_ARROW, "->", "here the arrow is `->`"},
    {MigParser::T_ARROW, MigParser::T_FAT_ARROW, "=>", "the arms of a `match` and the rows of a table have `=>`"},
    {MigParser::T_COLON, MigParser::T_FAT_ARROW, "=>", "the arms of a `match` and the rows of a table have `=>`"},
    {MigParser::T_ASSIGN, MigParser::T_FAT_ARROW, "=>", "the arms of a `match` and the rows of a table have `=>`"},
    {MigParser::T_COLON, MigParser::T_ASSIGN, "=", "a setting or a field gets its value with `=`"},
    {MigParser::T_ASSIGN, MigParser::T_COLON, ":", "in a record, a signature or a schema the sign is `:`"},
};

std::optional<Diagnostic> swapped_sign(const ErrorSite& site) {
  for (const SignSwap& swap : kSwaps) {
    if (site.at().type != swap.written || !site.expects(swap.wanted)) continue;
    return Diagnostic::make(Code::E0008, span_at(site), fmt::format("`{}` cannot stand here", site.text()), std::string(swap.why))
        .help(Applicability::automatic, fmt::format("write `{}`", swap.text), {{span_at(site), std::string(swap.text)}});
  }
  // `a: 1` as a statement or setting, `a = 1` in a record: the choice was made one token earlier.
  const bool argument = site.at().type == MigParser::T_ASSIGN && site.expects(MigParser::T_RPAREN);
  if ((site.decision + 1 != site.offending && !argument) || !is_word_like(site.before().type)) return std::nullopt;
  const bool statement = site.at().type == MigParser::T_COLON && !site.inside(MigParser::RulePrimary);
  const bool record = argument || (site.at().type == MigParser::T_ASSIGN && site.inside(MigParser::RulePrimary));
  if (!statement && !record) return std::nullopt;
  const SignSwap& swap = statement ? kSwaps[4] : kSwaps[5];
  return Diagnostic::make(Code::E0008, span_at(site), fmt::format("`{}` cannot stand here", site.text()), std::string(swap.why))
      .help(Applicability::automatic, fmt::format("write `{}`", swap.text), {{span_at(site), std::string(swap.text)}});
}

std::optional<Diagnostic> require_without_else(const ErrorSite& site) {
  const Token& first = site.token(site.item_begin);
  if (first.type != MigParser::K_REQUIRE || !site.expects(MigParser::K_ELSE) || !site.inside(MigParser::RuleStmt)) return std::nullopt;
  return Diagnostic::make(Code::E0002, site.list.span(first), "`require` does not say what happens to the record",
                          "no `else` for this rule")
      .help(Applicability::sketch, "reject the record", {{behind(site), " else reject DECIDE"}});
}

std::optional<Diagnostic> raise_without_condition(const ErrorSite& site) {
  const Token& first = site.token(site.item_begin);
  const bool raise = first.type == MigParser::K_REJECT || first.type == MigParser::K_WARN || first.type == MigParser::K_SKIP;
  if (!raise || !site.expects(MigParser::K_WHEN)) return std::nullopt;
  const std::string_view verb = site.list.text_of(first);
  return Diagnostic::make(Code::E0002, site.list.span(first), fmt::format("`{}` as a statement needs a condition", verb),
                          fmt::format("write `{} CODE when ...`", verb))
      .help(Applicability::sketch, "name the condition; `when true` does it always", {{behind(site), " when DECIDE"}});
}

std::optional<Diagnostic> warn_without_use(const ErrorSite& site) {
  if (!site.expects(MigParser::K_USE) || expression_with(site, MigParser::K_WARN) == nullptr) return std::nullopt;
  return Diagnostic::make(Code::E0002, behind(site), "`warn` as a value needs `use`", "which value does the record get?")
      .help(Applicability::sketch, "say which value is used instead", {{behind(site), " use DECIDE"}});
}

std::optional<Diagnostic> catch_without_handler(const ErrorSite& site) {
  if (site.before().type != MigParser::K_CATCH) return std::nullopt;
  return Diagnostic::make(Code::E0002, site.list.span(site.before()), "`catch` does not say what happens then",
                          "write `catch reject CODE`, `catch warn CODE use e` or `catch e`");
}

std::optional<Diagnostic> reserved_word(const ErrorSite& site) {
  if (!is_hard_word(site.at().type) || !site.expects(MigParser::T_IDENT) || site.expects(MigParser::T_INT)) return std::nullopt;
  return Diagnostic::make(Code::E0015, span_at(site), fmt::format("`{}` is a word of the language and cannot be a name here", site.text()),
                          "a name must stand here")
      .help(Applicability::choose, "put it in backticks", {{span_at(site), fmt::format("`{}`", site.text())}});
}

std::optional<Diagnostic> misspelled_word(const ErrorSite& site) {
  for (const std::size_t index : {site.offending, site.decision, site.item_begin, site.offending == 0 ? 0 : site.offending - 1}) {
    const Token& token = site.token(index);
    if (token.type != MigParser::T_IDENT) continue;
    std::vector<std::string_view> candidates;
    for (const WordEntry& word : word_table()) {
      const bool fits = index == site.offending || index == site.decision ? site.expects(word.type)
                        : index == site.item_begin                        ? word.role != WordRole::declaration
                                                                          : false;
      if (fits) candidates.push_back(word.text);
    }
    const std::optional<std::string_view> near = nearest_name(site.list.text_of(token), candidates);
    if (!near) continue;
    const Span span = site.list.span(token);
    return Diagnostic::make(Code::E0009, span, fmt::format("`{}` means nothing here", site.list.text_of(token)),
                            fmt::format("did you mean `{}`?", *near))
        .help(Applicability::automatic, fmt::format("write `{}`", *near), {{span, std::string(*near)}});
  }
  return std::nullopt;
}

std::optional<Diagnostic> double_question(const ErrorSite& site) {
  if (site.at().type != MigParser::T_COALESCE || site.after_expression()) return std::nullopt;
  return Diagnostic::make(Code::E0018, span_at(site), "`?` stands once", "a value is null or it is not")
      .help(Applicability::automatic, "remove one", {{span_at(site), "?"}});
}

std::optional<Diagnostic> missing_result(const ErrorSite& site) {
  if (site.context->getRuleIndex() != MigParser::RuleFnDecl || !site.expects(MigParser::T_ARROW)) return std::nullopt;
  if (site.at().type == MigParser::T_COLON || site.at().type == MigParser::T_FAT_ARROW) return std::nullopt;
  return Diagnostic::make(Code::E0002, behind(site), "the function has no result type", "write `-> type`")
      .help(Applicability::sketch, "name the type", {{behind(site), " -> DECIDE"}});
}

// The next line or the closing brace comes before the part is complete.
std::optional<Diagnostic> broken_off(const ErrorSite& site) {
  const Token& item = site.token(site.item_begin);
  const bool next_line = site.at().first_on_line && site.at().line > site.before().line && site.at().column <= item.column;
  const bool closed = site.at().type == MigParser::T_RBRACE && site.item_begin < site.offending;
  if (site.offending == site.item_begin || site.decision != site.offending || !(next_line || closed)) return std::nullopt;
  return Diagnostic::make(Code::E0002, site.list.span(site.before()),
                          fmt::format("something is missing after `{}`", site.list.text_of(site.before())),
                          fmt::format("here can follow {}", expected_text(site)));
}

std::optional<Diagnostic> missing_type(const ErrorSite& site) {
  if (!site.expects(MigParser::T_COLON) || !is_word_like(site.before().type)) return std::nullopt;
  if (site.expects(MigParser::T_ASSIGN) || site.inside(MigParser::RulePrimary)) return std::nullopt;
  if (site.at().type == MigParser::T_ASSIGN && site.inside(MigParser::RuleSchemaField)) return std::nullopt;
  const std::string_view name = site.list.text_of(site.before());
  if (is_value_start(site.at()) && !site.at().first_on_line) {
    return Diagnostic::make(Code::E0002, behind(site), fmt::format("missing `:` after `{}`", name))
        .help(Applicability::automatic, "add it", {{behind(site), ":"}});
  }
  return Diagnostic::make(Code::E0002, site.list.span(site.before()), fmt::format("`{}` has no type", name),
                          fmt::format("write `{}: type`", name));
}

std::optional<Diagnostic> missing_comma(const ErrorSite& site) {
  if (!is_value_start(site.at()) || !site.after_operand()) return std::nullopt;
  const bool list = site.expects(MigParser::T_RPAREN) || site.expects(MigParser::T_RBRACKET) ||
                    (site.expects(MigParser::T_COMMA) && site.inside(MigParser::RulePrimary));
  const bool group = site.context->getRuleIndex() == MigParser::RulePrimary && site.context->getStart()->getType() == MigParser::T_LPAREN;
  if (!list || group) return std::nullopt;
  return Diagnostic::make(Code::E0002, behind(site), fmt::format("missing `,` before `{}`", site.text()))
      .help(Applicability::choose, "add it", {{behind(site), ","}});
}

std::optional<Diagnostic> missing_equals(const ErrorSite& site) {
  if (!site.expects(MigParser::T_ASSIGN) || !is_value_start(site.at()) || site.expects(MigParser::T_PLUS)) return std::nullopt;
  return Diagnostic::make(Code::E0002, behind(site), fmt::format("missing `=` before `{}`", site.text()))
      .help(Applicability::choose, "add it", {{behind(site), " ="}});
}

std::optional<Diagnostic> missing_value(const ErrorSite& site) {
  if (!site.expects(MigParser::T_INT) || !site.expects(MigParser::T_LBRACKET)) return std::nullopt;
  if (is_value_start(site.at()) && !is_hard_word(site.at().type)) return std::nullopt;
  const std::string before(site.list.text_of(site.before()));
  return Diagnostic::make(Code::E0002, site.list.span(site.before()), fmt::format("a value is missing after `{}`", before),
                          site.at_end() ? "nothing follows" : fmt::format("`{}` is not a value", site.text()));
}

std::optional<Diagnostic> not_a_statement(const ErrorSite& site) {
  const bool names = site.decision + 1 == site.offending && is_word_like(site.token(site.decision).type) && is_word_like(site.at().type);
  if (!names || !site.inside(MigParser::RuleStmt) || site.decision != site.item_begin) return std::nullopt;
  const std::string_view word = site.list.text_of(site.token(site.decision));
  return Diagnostic::make(Code::E0001, site.list.span(site.token(site.decision)), fmt::format("`{}` does not start a statement", word),
                          fmt::format("to give the field a value write `{} = ...`", word));
}

std::optional<Diagnostic> not_a_declaration(const ErrorSite& site) {
  if (site.context == nullptr || site.context->getRuleIndex() != MigParser::RuleFile) return std::nullopt;
  return Diagnostic::make(Code::E0001, span_at(site), fmt::format("`{}` does not start a declaration", site.text()),
                          "declarations start with a word such as `map`, `schema` or `issue`");
}

// What the helps put where an author has to say something.
std::optional<Diagnostic> open_decision(const ErrorSite& site) {
  if (site.at_end() || site.text() != "DECIDE") return std::nullopt;
  return Diagnostic::make(Code::E0002, span_at(site), "a decision is still to be made here",
                          site.expects(MigParser::T_STRING) ? "replace it by a text in double quotes" : "replace it by what was decided");
}

// Before the spellings of other languages, which would misread them.
constexpr Case kFirstCases[] = {open_decision, if_without_else, unfinished_value};

constexpr Case kCases[] = {
    require_without_else, raise_without_condition, warn_without_use, missing_result,  missing_type,   swapped_sign,
    misspelled_word,      reserved_word,           missing_comma,    not_a_statement, missing_equals, catch_without_handler,
    missing_value,        not_a_declaration,       double_question,  broken_off,
};

}  // namespace

Diagnostic explain(const ErrorSite& site) {
  for (const Case candidate : kFirstCases) {
    if (std::optional<Diagnostic> finding = candidate(site)) return *std::move(finding);
  }
  if (std::optional<Diagnostic> finding = explain_foreign(site)) return *std::move(finding);
  for (const Case candidate : kCases) {
    if (std::optional<Diagnostic> finding = candidate(site)) return *std::move(finding);
  }
  if (site.at_end()) {
    return Diagnostic::make(Code::E0002, behind(site), "the file ends too early", fmt::format("here can follow {}", expected_text(site)));
  }
  return Diagnostic::make(Code::E0001, span_at(site), fmt::format("`{}` cannot stand here", site.text()),
                          site.decision == site.offending ? fmt::format("here can follow {}", expected_text(site)) : std::string());
}

}  // namespace mig::syntax
