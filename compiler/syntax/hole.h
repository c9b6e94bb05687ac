// The expression in a hole of an f-string, parsed over the same file. Included only by this folder's sources.
#pragma once

#include <optional>

#include "compiler/syntax/parse_session.h"

namespace mig::syntax {

class HoleParse {
 public:
  // Parses bytes [begin, end) of the file. The tree lives as long as this object.
  HoleParse(std::string_view text, FileId file, std::uint32_t begin, std::uint32_t end, Reporter& reporter)
      : list_(lex(text, file, begin, end)) {
    repair_tokens(list_, reporter);
    session_.emplace(list_, reporter);
  }

  grammar::MigParser::HoleContext* tree() { return session_->parser().hole(); }

 private:
  TokenList list_;
  std::optional<ParseSession> session_;
};

}  // namespace mig::syntax
