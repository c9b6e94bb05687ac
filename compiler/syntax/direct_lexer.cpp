// The tokens of MigLexer.g4 by hand. Every rule of the grammar takes the longest match, of equally long ones the first.
#include "compiler/syntax/direct_lexer.h"

#include <array>

#include "MigLexer.h"

namespace mig::syntax {
namespace {

using grammar::MigLexer;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c); }
bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

// Words by length and first letter: few share both.
std::size_t word_type(std::string_view text) {
  constexpr std::size_t kLongest = 11;  // environment
  using Bucket = std::vector<const WordEntry*>;
  static const auto kWords = [] {
    std::array<std::array<Bucket, 26>, kLongest + 1> words;
    for (const WordEntry& word : word_table()) words.at(word.text.size()).at(static_cast<std::size_t>(word.text[0] - 'a')).push_back(&word);
    return words;
  }();
  if (text.size() > kLongest || text[0] < 'a' || text[0] > 'z') return MigLexer::T_IDENT;
  for (const WordEntry* word : kWords[text.size()][static_cast<std::size_t>(text[0] - 'a')]) {
    if (word->text == text) return word->type;
  }
  return MigLexer::T_IDENT;
}

class DirectLexer {
 public:
  DirectLexer(TokenList& list, std::uint32_t begin, std::uint32_t end)
      : list_(list), text_(list.text), at_(begin), end_(end), line_begin_(begin) {}

  bool run() {
    constexpr std::size_t kBytesAToken = 4;  // of dense text; what is too much is never touched
    list_.tokens.reserve((end_ - at_) / kBytesAToken + 2);
    while (skip_blank()) {
      const std::uint32_t from = at_;
      const Place place{line_, column()};
      const std::size_t type = token();
      if (type == kNone) return false;
      step_over_lines(from);
      add(type, from, place);
    }
    Token last;
    last.type = static_cast<std::size_t>(antlr4::Token::EOF);
    last.begin = last.end = end_;
    last.line = last_line_ + 1;
    last.first_on_line = true;
    list_.tokens.push_back(last);
    return true;
  }

 private:
  static constexpr std::size_t kNone = 0;  // no token of a text without errors
  struct Place {
    std::uint32_t line, column;
  };

  char peek(std::uint32_t ahead = 0) const { return at_ + ahead < end_ ? text_[at_ + ahead] : '\0'; }
  std::uint32_t column() const { return at_ - line_begin_ - continuations_; }

  // The line and the code points behind [from, at_).
  void step_over_lines(std::uint32_t from) {
    for (std::uint32_t i = from; i < at_; ++i) {
      if (text_[i] == '\n') {
        ++line_;
        line_begin_ = i + 1;
        continuations_ = 0;
      } else if (is_continuation(text_[i])) {
        ++continuations_;
      }
    }
  }

  // False at the end.
  bool skip_blank() {
    const std::uint32_t from = at_;
    while (at_ < end_ && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
    step_over_lines(from);
    return at_ < end_;
  }

  void add(std::size_t type, std::uint32_t from, Place place) {
    Token token;
    token.type = type;
    token.begin = from;
    token.end = at_;
    token.line = place.line;
    token.column = place.column;
    switch (type) {
      case MigLexer::T_DOC_COMMENT: list_.comments.push_back({CommentKind::doc, list_.span(token)}); return;
      case MigLexer::T_LINE_COMMENT: list_.comments.push_back({CommentKind::line, list_.span(token)}); return;
      case MigLexer::T_BLOCK_COMMENT: list_.comments.push_back({CommentKind::block, list_.span(token)}); return;
      default: break;
    }
    token.first_on_line = token.line != last_line_;
    last_line_ = token.line;
    list_.tokens.push_back(token);
  }

  std::size_t token() {
    const char c = text_[at_];
    if (is_digit(c)) return number();
    if ((c == 'r' || c == 'f') && peek(1) == '"') return quoted(c == 'r' ? MigLexer::T_RAW_STRING : MigLexer::T_FSTRING, 2);
    if (is_word(c)) return word();
    if (c == '"') return peek(1) == '"' && peek(2) == '"' ? block_string() : quoted(MigLexer::T_STRING, 1);
    if (c == '`') return quoted_name();
    if (c == '@') return is_digit(peek(1)) ? date() : sign(MigLexer::T_AT, 1);
    if (c == '/' && (peek(1) == '/' || peek(1) == '*')) return comment();
    return sign(c);
  }

  std::size_t sign(std::size_t type, std::uint32_t length) {
    at_ += length;
    return type;
  }

  std::size_t sign(char c) {
    const char next = peek(1);
    switch (c) {
      case '(': return sign(MigLexer::T_LPAREN, 1);
      case ')': return sign(MigLexer::T_RPAREN, 1);
      case '[': return sign(MigLexer::T_LBRACKET, 1);
      case ']': return sign(MigLexer::T_RBRACKET, 1);
      case '{': return sign(MigLexer::T_LBRACE, 1);
      case '}': return sign(MigLexer::T_RBRACE, 1);
      case ',': return sign(MigLexer::T_COMMA, 1);
      case ':': return next == '=' ? kNone : sign(MigLexer::T_COLON, 1);
      case '.':
        if (next != '.') return sign(MigLexer::T_DOT, 1);
        return peek(2) == '.' ? sign(MigLexer::T_ELLIPSIS, 3) : sign(MigLexer::T_RANGE, 2);
      case '?':
        if (next == '?') return sign(MigLexer::T_COALESCE, 2);
        return next == '.' ? sign(MigLexer::T_NULL_DOT, 2) : sign(MigLexer::T_QUESTION, 1);
      case '|':
        if (next == '|') return kNone;
        if (next == '>') return sign(MigLexer::T_PIPE, 2);
        return next == '?' && peek(2) == '>' ? sign(MigLexer::T_NULL_PIPE, 3) : sign(MigLexer::T_BAR, 1);
      case '=':
        if (next == '=') return peek(2) == '=' ? kNone : sign(MigLexer::T_EQ, 2);
        return next == '>' ? sign(MigLexer::T_FAT_ARROW, 2) : sign(MigLexer::T_ASSIGN, 1);
      case '!':
        if (next == '=') return peek(2) == '=' ? kNone : sign(MigLexer::T_NE, 2);
        return sign(MigLexer::T_BANG, 1);
      case '<':
        if (next == '>') return kNone;
        return next == '=' ? sign(MigLexer::T_LE, 2) : sign(MigLexer::T_LT, 1);
      case '>': return next == '=' ? sign(MigLexer::T_GE, 2) : sign(MigLexer::T_GT, 1);
      case '-':
        if (next == '>') return sign(MigLexer::T_ARROW, 2);
        return next == '=' ? kNone : sign(MigLexer::T_MINUS, 1);
      case '+': return next == '=' ? kNone : sign(MigLexer::T_PLUS, 1);
      case '*': return next == '=' ? kNone : sign(MigLexer::T_STAR, 1);
      case '/': return next == '=' ? kNone : sign(MigLexer::T_SLASH, 1);
      default: return kNone;
    }
  }

  std::size_t word() {
    const std::uint32_t from = at_;
    while (at_ < end_ && is_word(text_[at_])) ++at_;
    if (at_ < end_ && is_beyond_ascii(text_[at_])) return kNone;
    return word_type(text_.substr(from, at_ - from));
  }

  std::size_t quoted_name() {
    std::uint32_t i = at_ + 1;
    while (i < end_ && text_[i] != '`' && text_[i] != '\r' && text_[i] != '\n') ++i;
    if (i >= end_ || text_[i] != '`' || i == at_ + 1) return kNone;
    at_ = i + 1;
    return MigLexer::T_IDENT;
  }

  // Closed on its line. In a raw string, too, a backslash must not stand in front of the closing quote: read as an escape it would make
  // the longer match of a text that is never closed.
  std::size_t quoted(std::size_t type, std::uint32_t opening) {
    std::uint32_t i = at_ + opening;
    while (i < end_ && text_[i] != '"' && text_[i] != '\r' && text_[i] != '\n') {
      if (text_[i] != '\\') {
        ++i;
        continue;
      }
      if (i + 1 >= end_ || text_[i + 1] == '\r' || text_[i + 1] == '\n') return kNone;
      if (type == MigLexer::T_RAW_STRING && text_[i + 1] == '"') return kNone;
      i += 2;
    }
    if (i >= end_ || text_[i] != '"') return kNone;
    at_ = i + 1;
    return type;
  }

  std::size_t block_string() {
    for (std::uint32_t i = at_ + 3; i + 2 < end_; ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '"' && text_[i + 1] == '"' && text_[i + 2] == '"') {
        at_ = i + 3;
        return MigLexer::T_BLOCK_STRING;
      }
    }
    return kNone;
  }

  std::size_t comment() {
    if (peek(1) == '*') {
      const std::size_t close = text_.substr(0, end_).find("*/", at_ + 2);
      if (close == std::string_view::npos) return kNone;
      at_ = static_cast<std::uint32_t>(close) + 2;
      return MigLexer::T_BLOCK_COMMENT;
    }
    const std::size_t type = peek(2) == '/' ? MigLexer::T_DOC_COMMENT : MigLexer::T_LINE_COMMENT;
    while (at_ < end_ && text_[at_] != '\r' && text_[at_] != '\n') ++at_;
    return type;
  }

  // The end of `[0-9] ([0-9_]* [0-9])?` from `i`, where a digit stands.
  std::uint32_t digits(std::uint32_t i) const {
    std::uint32_t stop = i + 1;
    for (; i < end_ && (is_digit(text_[i]) || text_[i] == '_'); ++i) {
      if (is_digit(text_[i])) stop = i + 1;
    }
    return stop;
  }

  std::size_t number() {
    std::uint32_t stop = digits(at_);
    std::size_t type = MigLexer::T_INT;
    if (stop + 1 < end_ && text_[stop] == '.' && is_digit(text_[stop + 1])) {
      stop = digits(stop + 1);
      type = MigLexer::T_DECIMAL;
    }
    std::uint32_t tail = stop;  // of the word that follows at once: a unit, an exponent, or a mistake
    while (tail < end_ && is_word(text_[tail])) ++tail;
    const std::string_view unit = text_.substr(stop, tail - stop);
    if (unit.empty()) {
      if (stop < end_ && text_[stop] == '%') {
        ++stop;
        type = MigLexer::T_PERCENT;
      }
    } else if (type == MigLexer::T_INT && is_unit(unit)) {
      stop = tail;
      type = MigLexer::T_DURATION;
    } else {
      stop = exponent(stop, tail);
      type = MigLexer::T_FLOAT;
      if (stop == 0) return kNone;
    }
    if (stop < end_ && is_beyond_ascii(text_[stop])) return kNone;
    at_ = stop;
    return type;
  }

  static bool is_unit(std::string_view text) {
    return text == "ms" || text == "s" || text == "min" || text == "h" || text == "d" || text == "w" || text == "mo" || text == "y";
  }

  // The end of the exponent at `i`, in front of which a number ends; 0 when it is none. `tail` is the end of the word there.
  std::uint32_t exponent(std::uint32_t i, std::uint32_t tail) const {
    if (text_[i] != 'e' && text_[i] != 'E') return 0;
    ++i;
    if (i == tail && i < end_ && (text_[i] == '+' || text_[i] == '-')) {
      tail = ++i;
      while (tail < end_ && is_word(text_[tail])) ++tail;
    }
    for (std::uint32_t k = i; k < tail; ++k) {
      if (!is_digit(text_[k])) return 0;
    }
    return i < tail ? tail : 0;
  }

  // `pattern` at `i`: D is a digit, everything else itself.
  bool matches(std::uint32_t i, std::string_view pattern) const {
    if (i + pattern.size() > end_) return false;
    for (std::size_t k = 0; k < pattern.size(); ++k) {
      const char c = text_[i + k];
      if (pattern[k] == 'D' ? !is_digit(c) : c != pattern[k]) return false;
    }
    return true;
  }

  // The end of `DD:DD(:DD(.D+)?)?` at `i`; 0 when it is not there.
  std::uint32_t clock(std::uint32_t i) const {
    if (!matches(i, "DD:DD")) return 0;
    i += 5;
    if (!matches(i, ":DD")) return i;
    i += 3;
    if (!matches(i, ".D")) return i;
    ++i;
    while (i < end_ && is_digit(text_[i])) ++i;
    return i;
  }

  std::size_t date() {
    std::uint32_t stop = 0;
    std::size_t type = MigLexer::T_TIME;
    if (matches(at_ + 1, "DDDD-DD-DD")) {
      type = MigLexer::T_DATE;
      stop = at_ + 11;
      const std::uint32_t behind = stop < end_ && text_[stop] == 'T' ? clock(stop + 1) : 0;
      if (behind != 0) {
        stop = behind;
        if (stop < end_ && text_[stop] == 'Z') {
          ++stop;
        } else if (matches(stop, "+DD:DD") || matches(stop, "-DD:DD")) {
          stop += 6;
        }
      }
    } else {
      stop = clock(at_ + 1);
    }
    std::uint32_t run = at_ + 1;  // of what looks like a date and is none
    while (run < end_ && ((is_word(text_[run]) && text_[run] != '_') || text_[run] == ':' || text_[run] == '-')) ++run;
    if (stop < run) return kNone;
    at_ = stop;
    return type;
  }

  TokenList& list_;
  const std::string_view text_;
  std::uint32_t at_;
  const std::uint32_t end_;
  std::uint32_t line_ = 1;
  std::uint32_t line_begin_;
  std::uint32_t continuations_ = 0;  // bytes on this line that begin no code point
  std::uint32_t last_line_ = 0;      // of the last token
};

}  // namespace

bool lex_directly(TokenList& list, std::uint32_t begin, std::uint32_t end) {
  list.tokens.reserve((end - begin) / 3 + 1);
  if (DirectLexer(list, begin, end).run()) return true;
  list.tokens.clear();
  list.comments.clear();
  return false;
}

}  // namespace mig::syntax
