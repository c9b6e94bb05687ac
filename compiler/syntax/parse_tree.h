// The parse tree between reading tokens and building the syntax tree. Included only by this folder's sources.
#pragma once

#include <memory_resource>
#include <span>

#include "MigParser.h"
#include "compiler/syntax/token_list.h"

namespace mig::syntax {

class ParseNode;

// A node or a token, in one word: a tree has several children a token of its text.
class ParseChild {
 public:
  ParseChild() = default;
  ParseChild(const ParseNode* node) : bits_(reinterpret_cast<std::uintptr_t>(node)) {}    // NOLINT(google-explicit-constructor)
  ParseChild(const Token* token) : bits_(reinterpret_cast<std::uintptr_t>(token) | 1) {}  // NOLINT(google-explicit-constructor)
  const ParseNode* node() const { return (bits_ & 1) != 0 ? nullptr : reinterpret_cast<const ParseNode*>(bits_); }
  const Token* token() const { return (bits_ & 1) == 0 ? nullptr : reinterpret_cast<const Token*>(bits_ - 1); }

 private:
  std::uintptr_t bits_ = 0;
};

// One use of a rule of the grammar. Tokens are those of the list that was parsed.
class ParseNode {
 public:
  const Token* start = nullptr;  // null in what an error left empty
  const Token* stop = nullptr;   // last token; null likewise
  const Token* op = nullptr;     // of an `expr`: its operator or first word
  const ParseChild* first_child = nullptr;
  std::uint32_t child_count = 0;
  std::uint16_t rule = 0;  // grammar::MigParser::Rule...
  bool failed = false;     // a syntax error was met directly inside

  std::span<const ParseChild> children() const { return {first_child, child_count}; }

  // The n-th child of that rule, or token of that type; null when there are fewer.
  const ParseNode* child(std::size_t of_rule, std::size_t n = 0) const;
  const Token* token(std::size_t type, std::size_t n = 0) const;
  std::vector<const ParseNode*> all(std::size_t of_rule) const;

#define MIG_RULE(accessor, rule_name, kind)                                                              \
  const ParseNode* accessor(std::size_t n = 0) const { return child(grammar::MigParser::rule_name, n); } \
  std::vector<const ParseNode*> all_##accessor() const { return all(grammar::MigParser::rule_name); }
#include "compiler/syntax/parse_rules.def"
#undef MIG_RULE
};

// A rule whose inside the builder never looks at: only its first and last token are kept.
bool is_leaf(std::size_t rule);

// Owns nodes; they live as long as the tree, and their tokens as long as the list.
class ParseTree {
 public:
  ParseNode* add(std::size_t rule, std::span<const ParseChild> children);

 private:
  std::pmr::monotonic_buffer_resource memory_{std::size_t{16} << 10};
};

// The whole list as rule `file` or `hole`, read by hand-written code where it is free of errors. Else the tokens are repaired and the
// generated parser reads them; both report to `reporter`.
const ParseNode* read_tree(TokenList& list, std::size_t rule, Reporter& reporter, ParseTree& tree);

}  // namespace mig::syntax
