#include "compiler/syntax/byte_scan.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "compiler/syntax/unicode.h"

namespace mig::syntax {
namespace {

bool is_word_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr auto kWordBytes = [] {
  std::array<bool, 256> is{};
  for (int c = 0; c < 128; ++c)
    is[static_cast<std::size_t>(c)] = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
  return is;
}();
bool is_word(char c) { return kWordBytes[static_cast<unsigned char>(c)]; }

// Words that end what came before them on their nesting level, so that prefix forms before them no longer count.
constexpr std::array<std::string_view, 12> kFreshStart = {"let",    "require", "return", "expect", "when", "given",
                                                          "prefer", "merge",   "assume", "and",    "or",   "param"};
// Prefix forms whose operand is parsed by a recursive call.
constexpr std::array<std::string_view, 6> kPrefixForms = {"if", "else", "not", "use", "with", "match"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// By first letter: may a word be one of either list? Most words are names.
constexpr auto kBeginsListed = [] {
  std::array<bool, 256> begins{};
  for (const std::string_view word : kFreshStart) begins[static_cast<unsigned char>(word[0])] = true;
  for (const std::string_view word : kPrefixForms) begins[static_cast<unsigned char>(word[0])] = true;
  return begins;
}();
constexpr std::size_t kLongestListed = 7;  // require

// Walks tokens roughly as the lexer will: it knows strings, comments, names and brackets, and nothing else.
class ByteScan {
 public:
  ByteScan(std::string_view text, FileId file, Reporter& reporter) : text_(text), file_(file), reporter_(reporter) {}

  bool run() {
    while (ok_ && at_ < text_.size()) step();
    return ok_;
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void stop(Code code, std::size_t begin, std::size_t end, std::string message, std::string label) {
    ok_ = false;
    reporter_.report(Diagnostic::make(code, {file_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}, std::move(message),
                                      std::move(label)));
  }

  void count_token() {
    if (++tokens_ > kMaxTokens) {
      stop(Code::E0016, at_, at_ + 1, fmt::format("the file has more than {} words and signs", kMaxTokens),
           "split the file here or earlier and `import` the parts");
    }
  }

  // A recursive call of the parser begins at `at_`.
  void deeper() {
    ++depth_;
    if (depth_ > kMaxNesting) {
      stop(Code::E0017, at_, at_ + 1, fmt::format("more than {} levels are nested here", kMaxNesting),
           "move an inner part into a `let` or a `fn`");
    }
  }
  void prefix_form() {
    ++levels_.back().prefixes;
    deeper();
  }
  // `map<`: only without a blank, so that comparisons do not count.
  void open_angle() {
    ++levels_.back().angles;
    deeper();
  }
  void close_angle() {
    if (levels_.back().angles == 0) return;
    --levels_.back().angles;
    --depth_;
  }
  void end_prefixes() {
    depth_ -= levels_.back().prefixes;
    levels_.back().prefixes = 0;
  }
  void fresh_start() {
    end_prefixes();
    depth_ -= levels_.back().angles;
    levels_.back().angles = 0;
  }
  void open_bracket() {
    levels_.emplace_back();
    deeper();
  }
  void close_bracket() {
    if (levels_.size() == 1) return;  // the token repair reports it
    fresh_start();
    --depth_;
    levels_.pop_back();
  }

  void step() {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
      return;
    }
    if (c == '/' && peek(1) == '/') return skip_line();
    if (c == '/' && peek(1) == '*') return block_comment();
    count_token();
    if (!ok_) return;
    if (text_.substr(at_, 3) == "\"\"\"") return block_string();
    if (c == '"') return quoted(at_ + 1, true);
    if ((c == 'r' || c == 'f') && peek(1) == '"') return quoted(at_ + 2, c == 'f');
    if (c == '\'') return closed_on_line('\'');
    if (c == '`') return closed_on_line('`');
    if (is_word_start(c)) return word();
    if (is_digit(c)) return number();
    sign(c);
  }

  void skip_line() {
    const std::size_t end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end;
  }

  void block_comment() {
    const std::size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) {
      return stop(Code::E0005, at_, at_ + 2, "this comment is never closed", "close it with `*/`");
    }
    at_ = end + 2;
  }

  void block_string() {
    std::size_t end = at_ + 3;
    while (end < text_.size() && text_.substr(end, 3) != "\"\"\"") end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) {
      return stop(Code::E0005, at_, at_ + 3, "this block of text is never closed", "close it with `\"\"\"`");
    }
    literal(end + 3);
  }

  void quoted(std::size_t end, bool escapes) {
    while (end < text_.size() && text_[end] != '"' && text_[end] != '\n' && text_[end] != '\r') {
      end += escapes && text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] != '\n' ? 2 : 1;
    }
    if (end < text_.size() && text_[end] == '"') ++end;
    literal(std::min(end, text_.size()));
  }

  void closed_on_line(char quote) {
    const std::size_t end = text_.find_first_of(quote == '`' ? "`\n" : "'\n", at_ + 1);
    if (end == std::string_view::npos || text_[end] == '\n') {
      ++at_;
      return;
    }
    if (quote == '`' && end + 1 - at_ > kMaxIdentifierBytes + 2) return long_name(end + 1);
    literal(end + 1);
    operand_ = true;
  }

  void literal(std::size_t end) {
    if (end - at_ > kMaxLiteralBytes) {
      return stop(Code::E0016, at_, at_ + 1, fmt::format("a literal is longer than {} bytes", kMaxLiteralBytes),
                  "put long texts into a lookup file");
    }
    at_ = end;
    operand_ = true;
  }

  void long_name(std::size_t end) {
    stop(Code::E0016, at_, end, fmt::format("a name is longer than {} bytes", kMaxIdentifierBytes), "shorten it");
  }

  void word() {
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    if (end - at_ > kMaxIdentifierBytes) return long_name(end);
    const std::string_view text = text_.substr(at_, end - at_);
    const bool listed = kBeginsListed[static_cast<unsigned char>(text[0])] && text.size() <= kLongestListed;
    if (listed && contains(kFreshStart, text) && !(text == "when" && after_else_)) fresh_start();
    if (listed && contains(kPrefixForms, text)) prefix_form();
    if (!ok_) return;
    after_else_ = listed && text == "else";
    operand_ = text != "not";
    at_ = end;
  }

  void number() {
    std::size_t end = at_;
    while (end < text_.size() &&
           (is_word(text_[end]) || (text_[end] == '.' && end + 1 < text_.size() && is_digit(text_[end + 1]) && text_[end - 1] != '.'))) {
      ++end;
    }
    literal(end);
  }

  void sign(char c) {
    const bool had_operand = operand_;
    operand_ = c == ')' || c == ']' || c == '}';
    after_else_ = false;
    std::size_t width = 1;
    const std::string_view two = text_.substr(at_, 2);
    if (text_.substr(at_, 3) == "|?>") width = 3;
    if (two == "|>" || two == "=>" || two == "==" || two == "!=" || two == "<=" || two == ">=" || two == "..") width = 2;
    switch (c) {
      case '(':
      case '[':
      case '{': open_bracket(); break;
      case ')':
      case ']':
      case '}': close_bracket(); break;
      case ',':
      case ':': end_prefixes(); break;
      case '=':
        if (two != "==") fresh_start();
        break;
      case '?':
        if (two == "??") width = 2;
        if (two == "??") prefix_form();
        break;
      case '-':
        if (two == "->") width = 2;
        if (two == "->" || !had_operand) prefix_form();
        break;
      case '<':
        if (width == 1 && at_ > 0 && is_word(text_[at_ - 1])) open_angle();
        break;
      case '>':
        if (width == 1) close_angle();
        break;
      default: break;
    }
    if (ok_) at_ += width;
  }

  struct Level {
    std::size_t prefixes = 0;
    std::size_t angles = 0;
  };

  std::string_view text_;
  FileId file_;
  Reporter& reporter_;
  std::size_t at_ = 0;
  bool ok_ = true;
  std::size_t tokens_ = 0;
  std::size_t depth_ = 0;             // open brackets, prefix forms and angles of all levels
  std::vector<Level> levels_ = {{}};  // one an open bracket, and one for the file
  bool operand_ = false;              // the last token ends an operand: a `-` behind it is binary
  bool after_else_ = false;
};

}  // namespace

bool scan_bytes(std::string_view text, FileId file, Reporter& reporter) {
  if (text.size() > kMaxFileBytes) {
    reporter.report(Diagnostic::make(Code::E0016, {file, 0, 0}, fmt::format("the file is larger than {} bytes", kMaxFileBytes),
                                     "split it and `import` the parts"));
    return false;
  }
  if (!scan_encoding(text, file, reporter)) return false;
  return ByteScan(text, file, reporter).run();
}

}  // namespace mig::syntax
