// The lexer by hand, for text without errors. Included only by this folder's sources.
#pragma once

#include "compiler/syntax/token_list.h"

namespace mig::syntax {

// Adds the tokens and comments of bytes [begin, end) of `list.text`, as the generated lexer does, in about a seventieth of its time. False,
// with nothing added, when something in them is no token of the language, so that only the generated lexer can say what it looks like.
bool lex_directly(TokenList& list, std::uint32_t begin, std::uint32_t end);

}  // namespace mig::syntax
