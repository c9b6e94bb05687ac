// Declarations in the words of the language, for hovers and completion.
#pragma once

#include <string>

#include "compiler/language_server/symbol_index.h"

namespace mig::lsp {

/// `trim(s: string) -> string`
std::string signature_text(const stdlib::Declaration& function);
/// The declaration of a symbol on one line, without its body: `fn field_key(s: string) -> string`.
std::string declaration_text(const SourceMap& sources, const sema::Program& program, const Occurrence& symbol);
/// The `///` lines above its declaration; empty for none.
std::string documentation_of(const sema::Program& program, const Occurrence& symbol);
std::string type_text(const sema::Program& program, TypeId type);
/// "contact.email, person.name"; empty for none.
std::string labels_text(const sema::Program& program, std::uint32_t label_set);

}  // namespace mig::lsp
