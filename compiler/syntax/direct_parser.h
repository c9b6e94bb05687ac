// The grammar by hand, for text without errors. Included only by this folder's sources.
#pragma once

#include "compiler/syntax/parse_tree.h"

namespace mig::syntax {

// Recursive descent with one to five tokens of lookahead; what it cannot read it gives up, and the generated parser reads the text from its
// beginning. So MigParser.g4 decides what the language is: a construct that is missing here costs time, and one that is read differently
// here fails the test that compares both trees. About a fortieth of the generated parser's time.
class DirectParser {
 public:
  // Both are borrowed.
  DirectParser(const TokenList& list, ParseTree& tree) : at_(list.tokens.data()), end_(&list.tokens.back()), tree_(tree) {}

  // The tree of the whole list as rule `file` or `hole`; null when it is not in the language.
  const ParseNode* read(std::size_t rule);
  // A token that is a whole literal and depends on nothing.
  static bool is_constant(std::size_t type);

 private:
  struct Begin {
    std::size_t mark;  // of pending_
    const Token* start;
  };

  std::size_t type(std::size_t ahead = 0) const { return ahead < static_cast<std::size_t>(end_ - at_) ? at_[ahead].type : end_->type; }
  bool is(std::size_t wanted) const { return at_->type == wanted; }
  // What follows a word makes it the first of a path or the key of a setting.
  bool names_a_place(std::size_t ahead = 0) const;
  void fail();
  void keep() { pending_.emplace_back(at_++); }
  bool accept(std::size_t wanted);
  void take(std::size_t wanted);
  Begin begin() const { return {pending_.size(), at_}; }
  ParseNode* end(const Begin& from, std::size_t rule);
  void child(const ParseNode* node) { pending_.emplace_back(node); }
  void leaf(std::size_t rule, std::size_t tokens = 1);
  // {item separator}* in front of `close`, which is taken: `a, b, c` with or without a last separator.
  template <typename Item>
  void list_until(std::size_t close, Item item);

  // direct_parser.cpp
  void name();
  void word();
  void text();
  void names();
  void path();
  void dotted_words();
  void code();
  void label();
  void arguments();
  void attributes();
  void connector();
  void setting();
  void settings();
  void optional_settings();
  void pattern();
  void pattern_part();
  void constant();
  void type_expr();
  void type_primary();
  void type_field();
  void type_argument();

  // direct_expressions.cpp
  const ParseNode* expression(std::size_t level);
  void expr(std::size_t level = 0) { child(expression(level)); }
  ParseNode* operand();
  ParseNode* raise();
  ParseNode* operation(const ParseNode* left, std::size_t level);
  bool begins_lambda() const;
  void primary();
  void argument();
  void record_entry();
  void match_arm();

  // direct_statements.cpp
  void block();
  void stmt();
  void when_stmt();
  void assign_rest();
  void raise_verb();
  void check_item();
  void gate_item();
  void test_item();
  void sync_item();
  void step();
  void step_body();
  void environment_item();

  // direct_declarations.cpp
  void decl();
  void enum_decl();
  void variant();
  void schema_decl();
  void schema_body();
  void table_decl();
  void fn_decl();
  void fn_parameter();
  void privacy_item();
  void map_decl();
  void dedupe_item();

  const Token* at_;
  const Token* const end_;  // the last token, which ends the text
  ParseTree& tree_;
  std::vector<ParseChild> pending_;  // children of the nodes that are being read
  bool failed_ = false;
};

template <typename Item>
void DirectParser::list_until(std::size_t close, Item item) {
  while (!failed_ && !is(close)) {
    item();
    if (!accept(grammar::MigParser::T_COMMA)) break;
  }
  take(close);
}

}  // namespace mig::syntax
