// A new name for a symbol, everywhere it is named, and only when the spec checks as before.
#pragma once

#include <optional>
#include <string>

#include "compiler/language_server/documents.h"

namespace mig::lsp {

/// `{range, placeholder}`; "null" where nothing can be renamed.
std::string prepare_rename(const Snapshot& snapshot, std::uint32_t offset);

struct Renaming {
  std::string edit;     // a WorkspaceEdit
  std::string refusal;  // why not; empty when `edit` stands
};
/// Follows the symbol through the open documents, what they import, and the other specs of the project that import its file.
Renaming rename(Documents& documents, Document& document, std::uint32_t offset, const std::string& name);

}  // namespace mig::lsp
