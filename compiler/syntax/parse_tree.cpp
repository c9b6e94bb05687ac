#include "compiler/syntax/parse_tree.h"

#include <algorithm>
#include <array>

#include "compiler/syntax/direct_parser.h"
#include "compiler/syntax/parse_session.h"

namespace mig::syntax {

using grammar::MigParser;

const ParseNode* ParseNode::child(std::size_t of_rule, std::size_t n) const {
  for (const ParseChild each : children()) {
    if (const ParseNode* node = each.node(); node != nullptr && node->rule == of_rule && n-- == 0) return node;
  }
  return nullptr;
}

const Token* ParseNode::token(std::size_t type, std::size_t n) const {
  for (const ParseChild each : children()) {
    if (const Token* token = each.token(); token != nullptr && token->type == type && n-- == 0) return token;
  }
  return nullptr;
}

std::vector<const ParseNode*> ParseNode::all(std::size_t of_rule) const {
  std::vector<const ParseNode*> found;
  for (const ParseChild each : children()) {
    if (const ParseNode* node = each.node(); node != nullptr && node->rule == of_rule) found.push_back(node);
  }
  return found;
}

bool is_leaf(std::size_t rule) {
  enum Kind : bool { inner, leaf };
  static constexpr auto kKinds = [] {
    std::array<Kind, MigParser::RuleSoftWord + 1> kinds{};
    kinds.fill(leaf);
#define MIG_RULE(accessor, rule_name, kind) kinds[MigParser::rule_name] = kind;
#include "compiler/syntax/parse_rules.def"
#undef MIG_RULE
    return kinds;
  }();
  return kKinds[rule] == leaf;
}

ParseNode* ParseTree::add(std::size_t rule, std::span<const ParseChild> children) {
  std::pmr::polymorphic_allocator<> allocator(&memory_);
  auto* node = allocator.new_object<ParseNode>();
  node->rule = static_cast<std::uint16_t>(rule);
  if (!children.empty()) {
    auto* kept = allocator.allocate_object<ParseChild>(children.size());
    std::uninitialized_copy(children.begin(), children.end(), kept);
    node->first_child = kept;
    node->child_count = static_cast<std::uint32_t>(children.size());
  }
  return node;
}

const ParseNode* read_tree(TokenList& list, std::size_t rule, Reporter& reporter, ParseTree& tree) {
  if (const ParseNode* root = DirectParser(list, tree).read(rule)) return root;
  repair_tokens(list, reporter);
  ParseSession session(list, reporter);
  return session.read(rule, tree);
}

}  // namespace mig::syntax
