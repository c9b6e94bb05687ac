// What the server answers about a checked text: one function a request, each gives the `result` as JSON.
#pragma once

#include <string>

#include "compiler/language_server/documents.h"

namespace mig::lsp {

/// Type, effects, labels, sources and declaration of what stands at an offset.
std::string hover(const Snapshot& snapshot, std::uint32_t offset);
std::string definition(const Snapshot& snapshot, std::uint32_t offset);
std::string references(const Snapshot& snapshot, std::uint32_t offset, bool with_declaration);
std::string highlights(const Snapshot& snapshot, std::uint32_t offset);
std::string document_symbols(const Snapshot& snapshot);

/// Missing target fields first where a statement may begin; fields, variants, functions, codes, types elsewhere.
std::string completion(const Snapshot& snapshot, std::uint32_t offset);

/// The findings of one file as `Diagnostic[]`.
std::string diagnostics(const Snapshot& snapshot, FileId file);
/// The fixes of findings that touch [begin, end), and one action for all that need no decision.
std::string code_actions(const Snapshot& snapshot, std::uint32_t begin, std::uint32_t end);
/// Types of `let` without annotation.
std::string inlay_hints(const Snapshot& snapshot, std::uint32_t begin, std::uint32_t end);

/// The `legend` of semantic_tokens.
std::string token_legend();
std::string semantic_tokens(const Snapshot& snapshot);

/// Edits that lay the text out; none when it has a syntax error.
std::string formatting(const Snapshot& snapshot);

}  // namespace mig::lsp
