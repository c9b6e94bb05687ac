// Misspelled declarations, and commas that are missing for certain.
#include <algorithm>

#include <fmt/format.h>

#include "MigLexer.h"
#include "compiler/base/edit_distance.h"
#include "compiler/syntax/token_list.h"

namespace mig::syntax {
namespace {

using grammar::MigLexer;

// What a bracket encloses, as far as missing commas are concerned.
enum class Frame : std::uint8_t { other, fields, type_record, record, rows, variants, values };

struct Open {
  Frame frame = Frame::other;
  std::size_t pending_matches = 0;  // `match` whose `{` has not come yet
  std::size_t last_arrow = 0;       // index of the last `=>` in it; 0 for none
  bool comma_since = false;         // a comma came behind that arrow
};

bool is_literal(std::size_t type) { return type >= MigLexer::T_DURATION && type <= MigLexer::T_FSTRING; }

class CommaRepair {
 public:
  CommaRepair(TokenList& list, Reporter& reporter) : list_(list), tokens_(list.tokens), reporter_(reporter) {}

  void run() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) visit(i);
    if (before_.empty()) return;
    std::sort(before_.begin(), before_.end());
    std::vector<Token> out;
    std::size_t next = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (next < before_.size() && before_[next] == i) {
        Token comma = out.back();
        comma.type = MigLexer::T_COMMA;
        comma.begin = comma.end;
        comma.inserted = comma.repaired = true;
        comma.first_on_line = false;
        out.push_back(comma);
        ++next;
      }
      out.push_back(tokens_[i]);
    }
    tokens_ = std::move(out);
  }

 private:
  std::size_t type_at(std::size_t i) const { return i < tokens_.size() ? tokens_[i].type : 0; }

  void missing(std::size_t index, std::string_view between) {
    if (index == 0 || (!before_.empty() && before_.back() == index)) return;
    const Span place = list_.span(tokens_[index - 1]).after();
    reporter_.report(Diagnostic::make(Code::E0002, place, fmt::format("missing `,` between {}", between))
                         .help(Applicability::automatic, "add it", {{place, ","}}));
    before_.push_back(index);
  }

  Frame frame_of(std::size_t i) {
    const std::size_t type = tokens_[i].type;
    Open& outer = open_.back();
    if (type != MigLexer::T_LBRACE) return declaration_ == MigLexer::K_FN && open_.size() == 1 ? Frame::other : Frame::values;
    const std::size_t before = i > 0 ? tokens_[i - 1].type : 0;
    if (outer.pending_matches > 0 && before != MigLexer::K_MATCH) {
      --outer.pending_matches;
      return Frame::rows;
    }
    if (open_.size() == 1 && before != MigLexer::T_ASSIGN) {
      if (declaration_ == MigLexer::K_TABLE) return Frame::rows;
      if (declaration_ == MigLexer::K_ENUM) return Frame::variants;
      if (declaration_ == MigLexer::K_SCHEMA) return Frame::fields;
    }
    const bool keyed = (is_word_like(type_at(i + 1)) || type_at(i + 1) == MigLexer::T_STRING) && type_at(i + 2) == MigLexer::T_COLON;
    if (!keyed) return Frame::other;
    const bool in_types = open_.size() == 1 || outer.frame == Frame::fields || outer.frame == Frame::type_record ||
                          (declaration_ == MigLexer::K_FN && open_.size() == 2 && outer.frame == Frame::other);
    const bool is_value = before == MigLexer::T_ASSIGN && declaration_ != MigLexer::K_TYPE;
    return in_types && !is_value ? Frame::type_record : Frame::record;
  }

  void visit(std::size_t i) {
    const std::size_t type = tokens_[i].type;
    if (open_.size() == 1 && type != MigLexer::T_AT && starts_declaration(list_, i)) {
      declaration_ = type == MigLexer::K_OPEN ? static_cast<std::size_t>(MigLexer::K_ENUM) : type;
    }
    if (is_opening(type)) {
      open_.push_back({frame_of(i)});
      return;
    }
    if (is_closing(type)) {
      if (open_.size() > 1) open_.pop_back();
      return;
    }
    Open& frame = open_.back();
    const std::size_t before = i > 0 ? tokens_[i - 1].type : 0;
    if (type == MigLexer::K_MATCH && before != MigLexer::T_DOT && type_at(i + 1) != MigLexer::T_ASSIGN &&
        type_at(i + 1) != MigLexer::T_COLON && type_at(i + 1) != MigLexer::T_QUESTION) {
      ++frame.pending_matches;
    }
    switch (frame.frame) {
      case Frame::other:
      case Frame::fields:
      case Frame::type_record: break;
      case Frame::values:
        if (is_literal(type) && is_literal(before)) missing(i, "two values");
        break;
      case Frame::record:
        if ((is_word_like(type) || type == MigLexer::T_STRING) && type_at(i + 1) == MigLexer::T_COLON && before != MigLexer::T_LBRACE &&
            before != MigLexer::T_COMMA) {
          missing(i, "two fields of the record");
        }
        break;
      case Frame::variants:
        if (is_word_like(type) && (is_word_like(before) || is_literal(before) || before == MigLexer::T_RPAREN)) {
          missing(i, "two variants");
        }
        break;
      case Frame::rows: visit_row(i, frame); break;
    }
  }

  void visit_row(std::size_t i, Open& frame) {
    const std::size_t type = tokens_[i].type;
    if (type == MigLexer::T_COMMA) frame.comma_since = true;
    if (type != MigLexer::T_FAT_ARROW) return;
    if (frame.last_arrow != 0 && !frame.comma_since) {
      std::size_t start = i;
      while (start > frame.last_arrow && !tokens_[start].first_on_line) --start;
      if (start <= frame.last_arrow) start = i - 1;
      while (start >= 2 && tokens_[start - 1].type == MigLexer::T_BAR) start -= 2;
      if (start > frame.last_arrow + 1) missing(start, "two rows");
    }
    frame.last_arrow = i;
    frame.comma_since = false;
  }

  TokenList& list_;
  std::vector<Token>& tokens_;
  Reporter& reporter_;
  std::vector<Open> open_ = {{}};
  std::size_t declaration_ = 0;      // the word that starts the declaration around
  std::vector<std::size_t> before_;  // token indexes that lack a comma before them
};

}  // namespace

void repair_keywords(TokenList& list, Reporter& reporter) {
  std::vector<std::string_view> candidates;
  for (const WordEntry& word : word_table()) {
    if (word.role == WordRole::declaration) candidates.push_back(word.text);
  }
  for (std::size_t i = 0; i < list.tokens.size(); ++i) {
    Token& token = list.tokens[i];
    if (token.type != MigLexer::T_IDENT || token.column != 0 || !token.first_on_line) continue;
    const std::optional<std::string_view> near = nearest_name(list.text_of(token), candidates);
    if (!near) continue;
    const auto word = std::find_if(word_table().begin(), word_table().end(), [&](const WordEntry& w) { return w.text == *near; });
    token.type = word->type;
    if (!starts_declaration(list, i)) {
      token.type = MigLexer::T_IDENT;
      continue;
    }
    token.repaired = true;
    const Span span = list.span(token);
    reporter.report(Diagnostic::make(Code::E0009, span, fmt::format("`{}` does not start a declaration", list.text_of(token)),
                                     fmt::format("did you mean `{}`?", *near))
                        .help(Applicability::automatic, fmt::format("write `{}`", *near), {{span, std::string(*near)}}));
  }
}

void repair_commas(TokenList& list, Reporter& reporter) { CommaRepair(list, reporter).run(); }

}  // namespace mig::syntax
