// Brackets: closes what stays open, drops what was never opened. Works on one declaration at a time: a word that starts
// one at column 0 ends the one before, so that a missing brace costs one finding and one declaration.
#include <algorithm>

#include <fmt/format.h>

#include "MigLexer.h"
#include "compiler/syntax/token_list.h"

namespace mig::syntax {
namespace {

using grammar::MigLexer;

std::string_view bracket_text(std::size_t type) {
  switch (type) {
    case MigLexer::T_LPAREN: return "(";
    case MigLexer::T_LBRACKET: return "[";
    case MigLexer::T_LBRACE: return "{";
    case MigLexer::T_RPAREN: return ")";
    case MigLexer::T_RBRACKET: return "]";
    default: return "}";
  }
}

class BracketRepair {
 public:
  BracketRepair(TokenList& list, Reporter& reporter) : list_(list), in_(list.tokens), reporter_(reporter) {}

  void run() {
    std::size_t begin = 0;
    while (begin + 1 < in_.size()) {
      std::size_t end = begin + 1;
      while (end + 1 < in_.size() && !(in_[end].column == 0 && in_[end].first_on_line && starts_declaration(list_, end))) ++end;
      if (balanced(begin, end)) {
        out_.insert(out_.end(), in_.begin() + static_cast<std::ptrdiff_t>(begin), in_.begin() + static_cast<std::ptrdiff_t>(end));
      } else {
        repair(begin, end);
      }
      begin = end;
    }
    out_.push_back(in_.back());
    in_ = std::move(out_);
  }

 private:
  struct Opened {
    std::size_t index = 0;  // in out_
    std::uint32_t indent = 0;
  };

  bool balanced(std::size_t begin, std::size_t end) const {
    std::vector<std::size_t> open;
    for (std::size_t i = begin; i < end; ++i) {
      if (is_opening(in_[i].type)) open.push_back(closing_of(in_[i].type));
      if (!is_closing(in_[i].type)) continue;
      if (open.empty() || open.back() != in_[i].type) return false;
      open.pop_back();
    }
    return open.empty();
  }

  void repair(std::size_t begin, std::size_t end) {
    stack_.clear();
    std::uint32_t indent = 0;
    std::uint32_t unterminated_line = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const Token& token = in_[i];
      if (token.first_on_line) indent = token.column;
      if (token.repaired && token.type == MigLexer::T_STRING) unterminated_line = token.line;
      silent_line_ = unterminated_line;
      if (is_closing(token.type)) {
        close(token);
        continue;
      }
      out_.push_back(token);
      if (is_opening(token.type)) stack_.push_back({out_.size() - 1, indent});
    }
    while (!stack_.empty()) close_top(in_[end]);
  }

  void close(const Token& token) {
    std::size_t partner = stack_.size();                                          // the entry that `token` closes
    const std::size_t floor = partner > kMaxNesting ? partner - kMaxNesting : 0;  // keeps the search linear
    if (token.type == MigLexer::T_RBRACE && token.first_on_line) {
      while (partner > floor && !(fits(partner - 1, token) && stack_[partner - 1].indent == token.column)) --partner;
      if (partner == floor) partner = stack_.size();
    }
    while (partner > floor && !fits(partner - 1, token)) --partner;
    if (partner == floor) partner = 0;
    if (partner == 0 && reporter_.full()) return;
    if (partner == 0) {
      const std::string_view text = bracket_text(token.type);
      reporter_.report(Diagnostic::make(Code::E0004, list_.span(token), fmt::format("this `{}` closes nothing", text))
                           .help(Applicability::choose, "remove it", {{list_.span(token), ""}}));
      return;
    }
    while (stack_.size() > partner) close_top(token);
    stack_.pop_back();
    out_.push_back(token);
  }

  bool fits(std::size_t entry, const Token& token) const { return closing_of(out_[stack_[entry].index].type) == token.type; }

  // Closes the innermost open bracket before `next`, or earlier: before the first line that is indented no more than
  // the line of the opening bracket.
  void close_top(const Token& next) {
    const Opened opened = stack_.back();
    stack_.pop_back();
    if (reporter_.full()) {  // nothing more is said: the nearest place will do
      insert_closing(out_.size(), out_[opened.index].type);
      return;
    }
    std::size_t place = opened.index + 1;
    std::size_t inner = 0;  // brackets around `place` that were opened behind this one; all of them are closed by now
    for (; place < out_.size(); ++place) {
      const Token& token = out_[place];
      const bool dedented = token.first_on_line && token.line > out_[opened.index].line && token.column <= opened.indent;
      if (dedented && inner == 0) break;
      inner += is_opening(token.type) ? 1 : 0;
      inner -= is_closing(token.type) ? 1 : 0;
    }
    const Token opening = out_[opened.index];
    const Token follower = place < out_.size() ? out_[place] : next;
    const Token before = out_[place - 1];
    report(opening, opened.indent, before, follower);

    insert_closing(place, opening.type);
  }

  void insert_closing(std::size_t place, std::size_t opening) {
    Token closing = out_[place - 1];
    closing.type = closing_of(opening);
    closing.begin = closing.end;
    closing.first_on_line = false;
    closing.inserted = closing.repaired = true;
    out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(place), closing);
  }

  void report(const Token& opening, std::uint32_t indent, const Token& before, const Token& follower) {
    if (silent_line_ != 0 && silent_line_ == opening.line) return;  // swallowed by the text that is never closed
    const std::string_view text = bracket_text(closing_of(opening.type));
    const bool at_end = follower.begin >= list_.text.size() || follower.type == static_cast<std::size_t>(antlr4::Token::EOF);
    const bool declaration = !at_end && follower.column == 0 && find_word(follower.type) != nullptr;
    Diagnostic finding = Diagnostic::make(Code::E0003, at_end ? list_.span(before).after() : list_.span(follower),
                                          at_end ? fmt::format("missing `{}` at the end of the file", text)
                                                 : fmt::format("missing `{}` before `{}`", text, list_.text_of(follower)),
                                          declaration ? "a declaration starts here, at column 1" : "");
    const bool block = opening.type == MigLexer::T_LBRACE;
    finding.also(list_.span(opening),
                 block ? "this block is still open" : fmt::format("this `{}` is still open", bracket_text(opening.type)));
    const Span place = list_.span(before).after();
    if (block) {
      finding.help(declaration || at_end ? Applicability::automatic : Applicability::choose, "close the block",
                   {{place, "\n" + std::string(indent, ' ') + "}"}});
    } else {
      finding.help(Applicability::choose, "close it", {{place, std::string(text)}});
    }
    reporter_.report(std::move(finding));
  }

  TokenList& list_;
  std::vector<Token>& in_;
  Reporter& reporter_;
  std::vector<Token> out_;
  std::vector<Opened> stack_;
  std::uint32_t silent_line_ = 0;  // line with a text that is never closed; 0 for none
};

}  // namespace

void repair_brackets(TokenList& list, Reporter& reporter) { BracketRepair(list, reporter).run(); }

}  // namespace mig::syntax
