// Literals: numbers, durations, dates, strings and the holes of f-strings.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/syntax/hole.h"
#include "compiler/syntax/tree_builder.h"
#include "compiler/syntax/unicode.h"

namespace mig::syntax {
namespace {

std::string without_underscores(std::string_view digits) {
  std::string result(digits);
  std::erase(result, '_');
  return result;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(" \t"), line.size()); }

}  // namespace

ExprId TreeBuilder::literal(const Token* token) {
  const Span where = span(token);
  const std::string_view written = slice(where);
  switch (token->type) {
    case MigParser::K_NULL: return add(where, NullExpr{});
    case MigParser::K_TRUE: return add(where, BoolExpr{true});
    case MigParser::K_FALSE: return add(where, BoolExpr{false});
    case MigParser::T_INT: {
      const bool digits = written.find_first_not_of("0123456789_") == std::string_view::npos;
      return digits ? add(where, IntExpr{without_underscores(written)}) : error_expr(where);
    }
    case MigParser::T_DECIMAL: return add(where, DecimalExpr{without_underscores(written)});
    case MigParser::T_FLOAT: return add(where, FloatExpr{without_underscores(written)});
    case MigParser::T_PERCENT: return add(where, PercentExpr{without_underscores(written.substr(0, written.size() - 1))});
    case MigParser::T_DURATION: return duration(where);
    case MigParser::T_DATE:
    case MigParser::T_TIME: return date(where);
    case MigParser::T_FSTRING: return interpolated(where);
    default: return add(where, StringExpr{decode(where), written.starts_with('r')});
  }
}

ExprId TreeBuilder::duration(Span where) {
  struct UnitText {
    std::string_view text;
    TimeUnit unit;
  };
  static constexpr UnitText kUnits[] = {{"ms", TimeUnit::ms}, {"s", TimeUnit::s}, {"min", TimeUnit::min}, {"h", TimeUnit::h},
                                        {"d", TimeUnit::d},   {"w", TimeUnit::w}, {"mo", TimeUnit::mo},   {"y", TimeUnit::y}};
  const std::string_view written = slice(where);
  const std::size_t split = std::min(written.find_first_not_of("0123456789_"), written.size());
  for (const UnitText& entry : kUnits) {
    if (entry.text == written.substr(split)) return add(where, DurationExpr{without_underscores(written.substr(0, split)), entry.unit});
  }
  return error_expr(where);
}

ExprId TreeBuilder::date(Span where) {
  const std::string_view written = slice(where).substr(1);
  if (written.size() < 5) return error_expr(where);
  if (written[2] == ':') return add(where, DateExpr{std::string(written), DateForm::time});
  if (written.size() < 10 || written[4] != '-' || written[7] != '-') return error_expr(where);
  DateForm form = DateForm::date;
  if (written.size() > 10) {
    const bool zoned = written.ends_with('Z') || written.find_first_of("+-", 10) != std::string_view::npos;
    form = zoned ? DateForm::timestamp : DateForm::datetime;
  }
  return add(where, DateExpr{std::string(written), form});
}

// Decodes the escape whose backslash is at `at`; returns its length.
std::size_t TreeBuilder::escape(std::uint32_t at, std::uint32_t end, std::string& value) {
  const char kind = at + 1 < end ? text_[at + 1] : '\0';
  switch (kind) {
    case 'n': value += '\n'; return 2;
    case 't': value += '\t'; return 2;
    case '"': value += '"'; return 2;
    case '\\': value += '\\'; return 2;
    default: break;
  }
  if (kind == 'u' && at + 2 < end && text_[at + 2] == '{') {
    char32_t code_point = 0;
    std::uint32_t i = at + 3;
    while (i < end && hex_value(text_[i]) >= 0 && i < at + 9) code_point = code_point * 16 + static_cast<char32_t>(hex_value(text_[i++]));
    const bool in_range = code_point <= 0x10FFFF && !(code_point >= 0xD800 && code_point <= 0xDFFF);
    if (i > at + 3 && i < end && text_[i] == '}' && in_range) {
      append_utf8(value, code_point);
      return i + 1 - at;
    }
    finding(Code::E0007, {file_, at, std::min(i + 1, end)}, "this is not a character",
            "write `\\u{1F600}`: 1 to 6 hexadecimal digits, at most 10FFFF");
    return 3;
  }
  const std::uint32_t stop = std::min(at + 2, end);
  finding(Code::E0007, {file_, at, stop}, fmt::format("`{}` is not an escape", slice({file_, at, stop})),
          "escapes are \\n \\t \\\" \\\\ and \\u{1F600}")
      .help(Applicability::choose, "write the backslash twice, or use r\"...\"", {{{file_, at, at}, "\\"}});
  return 2;
}

std::string TreeBuilder::unescape(std::uint32_t begin, std::uint32_t end) {
  std::string value;
  for (std::uint32_t i = begin; i < end;) {
    if (text_[i] == '\\') {
      i += static_cast<std::uint32_t>(escape(i, end, value));
    } else {
      value += text_[i++];
    }
  }
  return value;
}

std::string TreeBuilder::decode(Span where) {
  const std::string_view written = slice(where);
  if (written.starts_with("r\"")) {
    const bool closed = written.size() >= 3 && written.ends_with('"');
    return std::string(written.substr(2, written.size() - (closed ? 3 : 2)));
  }
  if (!written.starts_with("\"\"\"") || written.size() < 6) {
    std::uint32_t begin = where.begin + (written.starts_with('f') ? 2 : 1);
    if (written.starts_with("\xE2\x80")) begin = where.begin + 3;  // curly quotes
    std::uint32_t end = where.end;
    if (written.starts_with("\xE2\x80")) {
      end -= 3;
    } else if (end > begin && (written.back() == '"' || written.back() == '\'')) {
      --end;
    }
    return unescape(std::min(begin, end), end);
  }
  // A block: blank first and last lines are not part of it, the common indentation of the others is removed.
  std::vector<Span> lines;
  std::uint32_t begin = where.begin + 3;
  const std::uint32_t end = where.end - 3;
  for (std::uint32_t i = begin; i <= end; ++i) {
    if (i < end && text_[i] != '\n') continue;
    lines.push_back({file_, begin, i > begin && text_[i - 1] == '\r' ? i - 1 : i});
    begin = i + 1;
  }
  const auto is_blank = [this](Span line) { return indent_of(slice(line)) == line.size(); };
  if (lines.size() > 1 && is_blank(lines.back())) lines.pop_back();
  const bool text_on_first = !is_blank(lines.front());
  if (!text_on_first && lines.size() > 1) lines.erase(lines.begin());
  std::size_t common = std::string_view::npos;
  for (std::size_t i = text_on_first ? 1 : 0; i < lines.size(); ++i) {
    if (!is_blank(lines[i])) common = std::min(common, indent_of(slice(lines[i])));
  }
  std::string value;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) value += '\n';
    const std::size_t cut = (i == 0 && text_on_first) ? 0 : std::min<std::size_t>(common, lines[i].size());
    value += unescape(lines[i].begin + static_cast<std::uint32_t>(cut), lines[i].end);
  }
  return value;
}

ExprId TreeBuilder::interpolated(Span where) {
  InterpolatedExpr node;
  std::string literal_text;
  const auto end_text = [&] {
    if (!literal_text.empty()) node.pieces.push_back({std::move(literal_text), {}});
    literal_text.clear();
  };
  const std::uint32_t end = where.end - 1;
  for (std::uint32_t i = where.begin + 2; i < end;) {
    const char c = text_[i];
    if (c == '\\') {
      i += static_cast<std::uint32_t>(escape(i, end, literal_text));
    } else if ((c == '{' || c == '}') && i + 1 < end && text_[i + 1] == c) {
      literal_text += c;
      i += 2;
    } else if (c == '}') {
      finding(Code::E0007, {file_, i, i + 1}, "this `}` closes nothing", "a brace in the text is written twice")
          .help(Applicability::automatic, "write `}}`", {{{file_, i, i}, "}"}});
      ++i;
    } else if (c == '{') {
      std::uint32_t close = i + 1;
      for (std::size_t open = 1; close < end; ++close) {
        if (text_[close] == '{') ++open;
        if (text_[close] == '}' && --open == 0) break;
      }
      if (close >= end) {
        finding(Code::E0007, {file_, i, i + 1}, "this `{` is not closed before the text ends",
                "a brace in the text is written twice, `{{`");
        return error_expr(where);
      }
      end_text();
      node.pieces.push_back({{}, hole(i + 1, close)});
      i = close + 1;
    } else {
      literal_text += c;
      ++i;
    }
  }
  end_text();
  return add(where, std::move(node));
}

ExprId TreeBuilder::hole(std::uint32_t begin, std::uint32_t end) {
  const Span where{file_, begin, end};
  if (indent_of(slice(where)) == where.size()) {
    finding(Code::E0007, {file_, begin - 1, end + 1}, "nothing stands between the braces", "write an expression, or `{{}}` for two braces");
    return error_expr(where);
  }
  flush();
  const std::size_t errors = reporter_.errors();
  HoleParse parse(text_, file_, begin, end, reporter_);
  const ParseNode* context = parse.root();
  if (context == nullptr || context->failed || reporter_.errors() != errors) return error_expr(where);
  return expr(context->expr());
}

}  // namespace mig::syntax
