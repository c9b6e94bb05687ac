// The expression in a hole of an f-string, parsed over the same file. Included only by this folder's sources.
#pragma once

#include "compiler/syntax/parse_tree.h"

namespace mig::syntax {

class HoleParse {
 public:
  // Parses bytes [begin, end) of the file. The tree lives as long as this object.
  HoleParse(std::string_view text, FileId file, std::uint32_t begin, std::uint32_t end, Reporter& reporter)
      : list_(lex(text, file, begin, end)) {
    root_ = read_tree(list_, grammar::MigParser::RuleHole, reporter, tree_);
  }

  const ParseNode* root() const { return root_; }

 private:
  TokenList list_;
  ParseTree tree_;
  const ParseNode* root_ = nullptr;
};

}  // namespace mig::syntax
