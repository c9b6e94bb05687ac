// The texts that an editor has open, and the checked spec of each.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "compiler/base/json_writer.h"
#include "compiler/driver/session.h"
#include "compiler/language_server/json_value.h"
#include "compiler/language_server/symbol_index.h"

namespace mig::lsp {

/// What the checker made of a text; immutable.
struct Snapshot {
  std::unique_ptr<driver::Session> session;
  std::unique_ptr<SymbolIndex> symbols;

  const SourceMap& sources() const { return session->sources; }
  const sema::Program& program() const { return *session->checked.program; }
  FileId file() const { return session->entry; }
};

struct Document {
  std::string uri, path;
  std::int64_t version = 0;
  std::string text;
  std::shared_ptr<const Snapshot> snapshot;  // of this text; null after a change until it is asked for
};

/// Paths of `file:` URIs, percent-decoded; other URIs give a name that no file has.
std::string path_of_uri(std::string_view uri);
std::string uri_of_path(std::string_view path);

class Documents {
 public:
  void open(std::string uri, std::int64_t version, std::string text);
  /// Applies `contentChanges` in their order; ranges are in UTF-16 code units and clamped to the text. False for an unknown document.
  bool change(std::string_view uri, std::int64_t version, const Json& changes);
  void close(std::string_view uri);
  Document* find(std::string_view uri);
  std::map<std::string, Document, std::less<>>& all() { return documents_; }

  /// Checks the document when its text, or an open one that it imports, changed since.
  const Snapshot& snapshot(Document& document);
  /// The document's spec with other texts in place of those that are open, by path.
  std::shared_ptr<const Snapshot> check_with(const Document& document, const std::map<std::string, std::string>& texts) const;

 private:
  void forget_dependents(const std::string& path);
  std::map<std::string, Document, std::less<>> documents_;  // by URI
};

/// Writes a range of the protocol: `{"start":...,"end":...}`.
void write_range(JsonWriter& json, const SourceMap& sources, Span span);
/// The URI of a file of a session.
std::string uri_of(const driver::Session& session, FileId file);

}  // namespace mig::lsp
