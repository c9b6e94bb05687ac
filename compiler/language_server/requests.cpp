// Requests about a document: from parameters of the protocol to places in a text, and back.
#include <fmt/format.h>

#include "compiler/language_server/answers.h"
#include "compiler/language_server/rename.h"
#include "compiler/language_server/server.h"

namespace mig::lsp {
namespace {

constexpr int kInvalidParameters = -32602, kRequestFailed = -32803;

std::optional<EditorPosition> position_of(const Json& value) {
  const auto line = count_of(member(value, "line")), character = count_of(member(value, "character"));
  if (!line || !character) return std::nullopt;
  return EditorPosition{*line, *character};
}

}  // namespace

Document* Server::document(const Json& parameters) { return documents_.find(text_of(member(parameters, "textDocument", "uri"))); }

template <class Ask>
Server::Answer Server::in_document(const Json& parameters, Ask&& ask) {
  Document* open = document(parameters);
  if (open == nullptr) return {.result = {}, .error = kInvalidParameters, .message = "this document is not open"};
  return {.result = ask(documents_.snapshot(*open)), .error = 0, .message = {}};
}

template <class Ask>
Server::Answer Server::at_place(const Json& parameters, Ask&& ask) {
  const auto position = position_of(member(parameters, "position"));
  if (!position)
    return {.result = {}, .error = kInvalidParameters, .message = "a position has `line` and `character`, whole numbers from 0"};
  return in_document(parameters,
                     [&](const Snapshot& snapshot) { return ask(snapshot, snapshot.sources().offset(snapshot.file(), *position)); });
}

template <class Ask>
Server::Answer Server::in_range(const Json& parameters, Ask&& ask) {
  const auto begin = position_of(member(parameters, "range", "start")), end = position_of(member(parameters, "range", "end"));
  if (!begin || !end) return {.result = {}, .error = kInvalidParameters, .message = "a range has `start` and `end`"};
  return in_document(parameters, [&](const Snapshot& snapshot) {
    return ask(snapshot, snapshot.sources().offset(snapshot.file(), *begin), snapshot.sources().offset(snapshot.file(), *end));
  });
}

Server::Answer Server::on_hover(const Json& parameters) { return at_place(parameters, hover); }
Server::Answer Server::on_definition(const Json& parameters) { return at_place(parameters, definition); }
Server::Answer Server::on_highlight(const Json& parameters) { return at_place(parameters, highlights); }
Server::Answer Server::on_prepare_rename(const Json& parameters) { return at_place(parameters, prepare_rename); }
Server::Answer Server::on_completion(const Json& parameters) { return at_place(parameters, completion); }
Server::Answer Server::on_code_action(const Json& parameters) { return in_range(parameters, code_actions); }
Server::Answer Server::on_inlay_hint(const Json& parameters) { return in_range(parameters, inlay_hints); }
Server::Answer Server::on_symbols(const Json& parameters) { return in_document(parameters, document_symbols); }
Server::Answer Server::on_semantic_tokens(const Json& parameters) { return in_document(parameters, semantic_tokens); }
Server::Answer Server::on_formatting(const Json& parameters) { return in_document(parameters, formatting); }

Server::Answer Server::on_references(const Json& parameters) {
  const Json& declaration = member(parameters, "context", "includeDeclaration");
  const bool with_declaration = declaration.IsBool() && declaration.GetBool();
  return at_place(parameters,
                  [&](const Snapshot& snapshot, std::uint32_t offset) { return references(snapshot, offset, with_declaration); });
}

Server::Answer Server::on_rename(const Json& parameters) {
  const auto position = position_of(member(parameters, "position"));
  Document* open = document(parameters);
  if (open == nullptr || !position || !member(parameters, "newName").IsString()) {
    return {.result = {}, .error = kInvalidParameters, .message = "a renaming names an open document, a position and the new name"};
  }
  const Snapshot& snapshot = documents_.snapshot(*open);
  const std::uint32_t offset = snapshot.sources().offset(snapshot.file(), *position);
  Renaming renaming = rename(documents_, *open, offset, std::string(text_of(member(parameters, "newName"))));
  if (!renaming.refusal.empty()) return {.result = {}, .error = kRequestFailed, .message = std::move(renaming.refusal)};
  return {.result = std::move(renaming.edit), .error = 0, .message = {}};
}

}  // namespace mig::lsp
