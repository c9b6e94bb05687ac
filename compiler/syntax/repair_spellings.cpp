// Spellings of other languages: each is replaced by what `.mig` writes, with one finding.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "MigLexer.h"
#include "compiler/syntax/token_list.h"

namespace mig::syntax {
namespace {

using grammar::MigLexer;

struct Spelling {
  std::size_t foreign;
  std::size_t type;
  std::string_view text;
  std::string_view why;
};

constexpr std::array<Spelling, 7> kSpellings = {{
    {MigLexer::X_AND, MigLexer::K_AND, "and", "write `and`"},
    {MigLexer::X_OR, MigLexer::K_OR, "or", "write `or`"},
    {MigLexer::X_ASSIGN, MigLexer::T_ASSIGN, "=", "write `=`"},
    {MigLexer::X_NE, MigLexer::T_NE, "!=", "write `!=`"},
    {MigLexer::X_STRICT_EQ, MigLexer::T_EQ, "==", "write `==`, it never converts"},
    {MigLexer::X_STRICT_NE, MigLexer::T_NE, "!=", "write `!=`, it never converts"},
    {MigLexer::X_COMPOUND_ASSIGN, MigLexer::T_ASSIGN, "=", "values never change: write the whole expression behind `=`"},
}};

struct UnitSpelling {
  std::string_view written;
  std::string_view unit;
};
constexpr std::array<UnitSpelling, 24> kUnits = {{
    {"sec", "s"},       {"secs", "s"}, {"second", "s"}, {"seconds", "s"}, {"mins", "min"}, {"minute", "min"},
    {"minutes", "min"}, {"hr", "h"},   {"hrs", "h"},    {"hour", "h"},    {"hours", "h"},  {"day", "d"},
    {"days", "d"},      {"week", "w"}, {"weeks", "w"},  {"mon", "mo"},    {"month", "mo"}, {"months", "mo"},
    {"yr", "y"},        {"year", "y"}, {"years", "y"},  {"millis", "ms"}, {"msec", "ms"},  {"H", "h"},
}};

class SpellingRepair {
 public:
  SpellingRepair(TokenList& list, Reporter& reporter) : list_(list), reporter_(reporter) {}

  void run() {
    std::vector<Token> in;
    in.swap(list_.tokens);
    for (at_ = 0; at_ < in.size(); ++at_) repair(in);
    if (semicolon_.primary.span.valid()) reporter_.report(std::move(semicolon_));
  }

 private:
  std::vector<Token>& out() { return list_.tokens; }
  std::size_t last_type() { return out().empty() ? 0 : out().back().type; }

  void emit(Token token, std::size_t type) {
    token.type = type;
    token.repaired = true;
    out().push_back(token);
  }

  void replace(const Token& token, std::size_t type, std::string_view text, std::string_view why) {
    const Span span = list_.span(token);
    reporter_.report(
        Diagnostic::make(Code::E0008, span, fmt::format("`{}` is not a sign of this language", list_.text_of(token)), std::string(why))
            .help(Applicability::automatic, std::string(why), {{span, std::string(text)}}));
    emit(token, type);
  }

  void repair(const std::vector<Token>& in) {
    const Token& token = in[at_];
    if (reporter_.full() && token.type >= MigLexer::X_AND) return emit(token, MigLexer::T_IDENT);  // nothing more is said
    for (const Spelling& spelling : kSpellings) {
      if (spelling.foreign == token.type) return replace(token, spelling.type, spelling.text, spelling.why);
    }
    switch (token.type) {
      case MigLexer::X_SEMICOLON: return semicolon(token);
      case MigLexer::X_PERCENT: return percent(in);
      case MigLexer::X_SINGLE_QUOTED: return single_quoted(token);
      case MigLexer::X_BAD_NUMBER: return bad_number(token);
      case MigLexer::X_BAD_DATE: return bad_date(token);
      case MigLexer::X_UNTERMINATED: return unterminated(token);
      case MigLexer::X_UNICODE_WORD: return unicode_word(in);
      case MigLexer::X_STRAY: return stray(in);
      case MigLexer::T_IDENT:
        if (identifier(in)) return;
        break;
      case MigLexer::T_QUESTION:
        if (null_pipe(in)) return;
        break;
      default: break;
    }
    out().push_back(token);
  }

  void semicolon(const Token& token) {
    const Span span = list_.span(token);
    if (!semicolon_.primary.span.valid()) {
      semicolon_ = Diagnostic::make(Code::E0008, span, "statements do not end in `;`", "not needed");
      semicolon_.help(Applicability::automatic, "remove every `;`");
    }
    semicolon_.helps[0].edits.push_back({span, ""});
  }

  void percent(const std::vector<Token>& in) {
    const Token& token = in[at_];
    Diagnostic finding = Diagnostic::make(Code::E0008, list_.span(token), "there is no `%` operator",
                                          "the remainder is `mod(a, b)`; a percentage is written without a blank, `5%`");
    if (at_ > 0 && ends_operand(in[at_ - 1].type) && at_ + 1 < in.size() && ends_operand(in[at_ + 1].type)) {
      std::size_t left = at_ - 1;
      while (left >= 2 && in[left - 1].type == MigLexer::T_DOT && is_word_like(in[left - 2].type)) left -= 2;
      std::size_t right = at_ + 1;
      while (right + 2 < in.size() && in[right + 1].type == MigLexer::T_DOT && is_word_like(in[right + 2].type)) right += 2;
      if (!is_closing(in[left].type)) {
        finding.help(Applicability::choose, "call the function",
                     {{list_.span(in[left]).start(), "mod("},
                      {{list_.file, in[at_ - 1].end, in[at_ + 1].begin}, ", "},
                      {list_.span(in[right]).after(), ")"}});
      }
    }
    reporter_.report(std::move(finding));
    emit(token, MigLexer::T_STAR);
  }

  void single_quoted(const Token& token) {
    const Span span = list_.span(token);
    std::string text(list_.text_of(token));
    text.front() = text.back() = '"';
    Diagnostic finding = Diagnostic::make(Code::E0008, span, "text stands in double quotes", "not in single quotes");
    const bool plain = std::count(text.begin(), text.end(), '"') == 2;
    if (plain) finding.help(Applicability::automatic, "use double quotes", {{span, text}});
    reporter_.report(std::move(finding));
    emit(token, MigLexer::T_STRING);
  }

  void bad_number(const Token& token) {
    const Span span = list_.span(token);
    const std::string_view text = list_.text_of(token);
    const std::size_t split = std::min(text.find_first_not_of("0123456789_."), text.size());
    const std::string number(text.substr(0, split));
    const std::string_view unit = text.substr(split);
    Diagnostic finding = Diagnostic::make(Code::E0006, span, fmt::format("`{}` is not a number or a duration", text));
    std::size_t type = MigLexer::T_INT;
    const auto known = std::find_if(kUnits.begin(), kUnits.end(), [&](const UnitSpelling& u) { return u.written == unit; });
    if (unit.empty()) {
      finding.primary.text = "an underscore stands between two digits";
    } else if (unit == "m" && number.find('.') == std::string::npos) {
      finding.message = fmt::format("`{}` can mean minutes or months", text);
      finding.help(Applicability::choose, "minutes", {{span, number + "min"}});
      finding.help(Applicability::choose, "months", {{span, number + "mo"}});
      type = MigLexer::T_DURATION;
    } else if (known != kUnits.end() && number.find('.') == std::string::npos) {
      finding.primary.text = fmt::format("the unit is written `{}`", known->unit);
      finding.help(Applicability::automatic, "use the short unit", {{span, number + std::string(known->unit)}});
      type = MigLexer::T_DURATION;
    } else if (number.find('.') != std::string::npos && (known != kUnits.end() || unit == "h" || unit == "d" || unit == "s" ||
                                                         unit == "min" || unit == "w" || unit == "ms" || unit == "m")) {
      finding.primary.text = "a duration has no fraction: use a smaller unit, such as `90min`";
      type = MigLexer::T_DURATION;
    } else if (number == "0" && (unit[0] == 'x' || unit[0] == 'b' || unit[0] == 'o')) {
      finding.primary.text = "numbers are decimal";
    } else {
      finding.primary.text = "units are ms s min h d w mo y; a name cannot start with a digit";
      finding.help(Applicability::choose, "if this is a name, put it in backticks", {{span, fmt::format("`{}`", text)}});
    }
    reporter_.report(std::move(finding));
    emit(token, type);
  }

  void bad_date(const Token& token) {
    reporter_.report(Diagnostic::make(Code::E0006, list_.span(token), fmt::format("`{}` is not a date or a time", list_.text_of(token)),
                                      "write `@2025-10-25`, `@2025-10-25T08:00:00Z` or `@08:30`"));
    emit(token, MigLexer::T_DATE);
  }

  void unterminated(const Token& token) {
    reporter_.report(Diagnostic::make(Code::E0005, list_.span(token), "this text is never closed",
                                      "no closing `\"` on this line; text of several lines stands in `\"\"\"`")
                         .help(Applicability::sketch, "close it", {{list_.span(token).after(), "\""}}));
    emit(token, MigLexer::T_STRING);
  }

  void unicode_word(const std::vector<Token>& in) {
    constexpr std::string_view kOpen = "\u201C";
    constexpr std::string_view kClose = "\u201D";
    Token token = in[at_];
    const std::string_view text = list_.text_of(token);
    const bool quoted = !reporter_.full() && (text.starts_with(kOpen) || text.starts_with(kClose));
    const std::size_t close = quoted ? list_.text.find(kClose, token.begin + kOpen.size()) : std::string_view::npos;
    if (quoted && close != std::string_view::npos && close < list_.text.find('\n', token.begin)) {
      token.end = static_cast<std::uint32_t>(close + kClose.size());
      const std::string_view inner = list_.text.substr(token.begin + kOpen.size(), token.end - token.begin - 2 * kOpen.size());
      reporter_.report(Diagnostic::make(Code::E0008, list_.span(token), "text stands in straight double quotes", "these are curly quotes")
                           .help(Applicability::automatic, "use straight quotes", {{list_.span(token), fmt::format("\"{}\"", inner)}}));
      while (at_ + 1 < in.size() && in[at_ + 1].begin < token.end) ++at_;
      return emit(token, MigLexer::T_STRING);
    }
    const Span span = list_.span(token);
    reporter_.report(
        Diagnostic::make(Code::E0001, span, fmt::format("`{}` is not a plain name", text), "names are made of A-Z, a-z, 0-9 and _")
            .help(Applicability::choose, "put it in backticks", {{span, fmt::format("`{}`", text)}}));
    emit(token, MigLexer::T_IDENT);
  }

  void stray(const std::vector<Token>& in) {
    const Token& token = in[at_];
    const std::string_view text = list_.text_of(token);
    Diagnostic finding = Diagnostic::make(Code::E0001, list_.span(token), fmt::format("`{}` means nothing here", text));
    if (text == "#") {
      finding.code = Code::E0008;
      finding.primary.text = "comments start with `//`";
      finding.help(Applicability::automatic, "write `//`", {{list_.span(token), "//"}});
      while (at_ + 1 < in.size() && in[at_ + 1].line == token.line) ++at_;  // the rest of the line is the comment
    }
    if (text == "'" || text == "\"") finding.message = "a quote without its partner";
    if (text == "`") finding.message = "a backtick without its partner on this line";
    reporter_.report(std::move(finding));
  }

  // `is null`, `is not null`, `elif`.
  bool identifier(const std::vector<Token>& in) {
    const Token& token = in[at_];
    if (!ends_operand(last_type())) return false;
    const auto type_at = [&](std::size_t i) { return i < in.size() ? in[i].type : 0; };
    const std::string_view text = list_.text_of(token);
    if (text == "is") {
      const bool negated = type_at(at_ + 1) == MigLexer::K_NOT && type_at(at_ + 2) == MigLexer::K_NULL;
      if (!negated && type_at(at_ + 1) != MigLexer::K_NULL) return false;
      Token joined = token;
      if (negated) joined.end = in[++at_].end;
      const std::string_view sign = negated ? "!=" : "==";
      reporter_.report(
          Diagnostic::make(Code::E0008, list_.span(joined), "null is compared with `==` and `!=`", fmt::format("write `{} null`", sign))
              .help(Applicability::automatic, "compare with null", {{list_.span(joined), std::string(sign)}}));
      emit(joined, negated ? MigLexer::T_NE : MigLexer::T_EQ);
      return true;
    }
    if ((text == "elif" || text == "elsif" || text == "elseif") && !token.first_on_line &&
        (is_word_like(type_at(at_ + 1)) || type_at(at_ + 1) == MigLexer::T_LPAREN)) {
      const Span span = list_.span(token);
      reporter_.report(Diagnostic::make(Code::E0008, span, fmt::format("`{}` is written `else if`", text))
                           .help(Applicability::automatic, "write two words", {{span, "else if"}}));
      emit(token, MigLexer::K_ELSE);
      Token second = token;
      second.begin = second.end;
      second.inserted = true;
      emit(second, MigLexer::K_IF);
      return true;
    }
    return false;
  }

  // `x ?> f`: the two signs are adjacent and a blank stands before them; `scalar?>` in a type is not this.
  bool null_pipe(const std::vector<Token>& in) {
    const Token& token = in[at_];
    if (at_ == 0 || at_ + 1 >= in.size() || in[at_ + 1].type != MigLexer::T_GT) return false;
    if (in[at_ + 1].begin != token.end || in[at_ - 1].end == token.begin || !ends_operand(last_type())) return false;
    Token joined = token;
    joined.end = in[++at_].end;
    replace(joined, MigLexer::T_NULL_PIPE, "|?>", "the pipe that passes null by is written `|?>`");
    return true;
  }

  TokenList& list_;
  Reporter& reporter_;
  std::size_t at_ = 0;
  Diagnostic semicolon_;  // one for the whole file
};

}  // namespace

void repair_spellings(TokenList& list, Reporter& reporter) { SpellingRepair(list, reporter).run(); }

}  // namespace mig::syntax
