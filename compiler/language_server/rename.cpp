#include "compiler/language_server/rename.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "compiler/syntax/lexemes.h"

namespace mig::lsp {
namespace {

namespace fs = std::filesystem;

bool can_rename(const Occurrence* symbol) { return symbol != nullptr && symbol->definition.valid(); }

bool is_identifier(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

/// The name as it is written: with backticks when it is no identifier; nothing when it cannot be a name.
std::optional<std::string> written_name(const std::string& name, SymbolKind kind) {
  const bool is_field = kind == SymbolKind::field || kind == SymbolKind::variant;
  if (is_identifier(name)) {
    for (const syntax::LanguageWord& word : syntax::language_words()) {
      if (word.hard && word.text == name && !is_field) return std::nullopt;
    }
    return name;
  }
  const bool quotable = is_field && !name.empty() && name.find_first_of("`\r\n") == std::string::npos;
  return quotable ? std::optional("`" + name + "`") : std::nullopt;
}

struct Place {
  std::string path;
  std::uint32_t begin = 0, end = 0;
  auto operator<=>(const Place&) const = default;
};

std::string path_of(const driver::Session& session, FileId file) { return session.root + "/" + std::string(session.sources.name(file)); }

/// Specs of the project that name a file and are not open.
std::vector<std::string> importers(const std::string& root, const std::string& path, const std::set<std::string>& known) {
  constexpr std::size_t kMostEntries = 20000;
  std::vector<std::string> found;
  const std::string name = fs::path(path).filename().string();
  std::error_code error;
  std::size_t entries = 0;
  for (auto it = fs::recursive_directory_iterator(root, fs::directory_options::skip_permission_denied, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (++entries > kMostEntries) break;
    const std::string entry = it->path().filename().string();
    if (it->is_directory(error)) {
      if (entry.starts_with('.') || entry == "build" || entry == "node_modules") it.disable_recursion_pending();
      continue;
    }
    if (it->path().extension() != ".mig" || known.count(it->path().string()) > 0) continue;
    std::ifstream stream(it->path(), std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (text.str().find(name) != std::string::npos) found.push_back(it->path().string());
  }
  return found;
}

class Renamer {
 public:
  Renamer(Documents& documents, Document& document) : documents_(documents), document_(document) {}

  Renaming run(std::uint32_t offset, const std::string& name) {
    const Snapshot& origin = documents_.snapshot(document_);
    const Occurrence* symbol = origin.symbols->at(origin.file(), offset);
    if (!can_rename(symbol)) return {.edit = {}, .refusal = "nothing here has a name that can be changed"};
    const auto written = written_name(name, symbol->kind);
    if (!written) return {.edit = {}, .refusal = fmt::format("`{}` cannot be a name here", name)};
    definition_ = {path_of(*origin.session, symbol->definition.file), symbol->definition.begin, symbol->definition.end};
    const std::string root = origin.session->root;
    const bool local = symbol->kind == SymbolKind::local || symbol->kind == SymbolKind::alias;
    std::set<std::string> open;
    for (auto& [uri, one] : documents_.all()) {
      collect(documents_.snapshot(one));
      open.insert(one.path);
    }
    std::vector<std::shared_ptr<const Snapshot>> others;
    if (!local) {
      for (const std::string& path : importers(root, definition_.path, open)) {
        auto loaded = driver::load(path);
        if (!loaded) continue;
        const Document other{.uri = uri_of_path(path),
                             .path = path,
                             .version = 0,
                             .text = std::string((*loaded)->sources.text((*loaded)->entry)),
                             .snapshot = nullptr};
        others.push_back(documents_.check_with(other, {}));
        collect(*others.back());
      }
    }
    if (places_.empty()) return {.edit = {}, .refusal = "the name is not written anywhere"};
    if (const std::string broken = errors_after(*written, origin); !broken.empty()) return {.edit = {}, .refusal = broken};
    return {.edit = edit(*written), .refusal = {}};
  }

 private:
  void collect(const Snapshot& snapshot) {
    for (const Occurrence& one : snapshot.symbols->all()) {
      if (one.standard != nullptr || !one.definition.valid()) continue;
      if (one.definition.begin != definition_.begin || one.definition.end != definition_.end ||
          path_of(*snapshot.session, one.definition.file) != definition_.path)
        continue;
      const std::string path = path_of(*snapshot.session, one.span.file);
      places_.insert({path, one.span.begin, one.span.end});
      texts_.emplace(path, snapshot.sources().text(one.span.file));
    }
  }

  /// The first error that the renamed spec has and the spec as it is has not; empty for none.
  std::string errors_after(const std::string& written, const Snapshot& origin) {
    std::map<std::string, std::string> renamed;
    for (const auto& [path, text] : texts_) {
      std::string changed = text;
      for (auto place = places_.rbegin(); place != places_.rend(); ++place) {
        if (place->path == path) changed.replace(place->begin, place->end - place->begin, written);
      }
      renamed.emplace(path, std::move(changed));
    }
    const auto after = documents_.check_with(document_, renamed);
    if (after->session->findings.count(Severity::error) <= origin.session->findings.count(Severity::error)) return {};
    for (const Diagnostic& finding : after->session->findings.all()) {
      if (finding.severity != Severity::error) continue;
      return fmt::format("with `{}` the spec has an error it has not now: {} (line {})", written, finding.message,
                         finding.primary.span.valid() ? after->sources().position(finding.primary.span).line : 0);
    }
    return {};
  }

  std::string edit(const std::string& written) {
    JsonWriter json;
    json.begin_object().key("changes").begin_object();
    for (const auto& [path, text] : texts_) {
      SourceMap sources;
      const FileId file = sources.add(path, text);
      json.key(uri_of_path(path)).begin_array();
      for (const Place& place : places_) {
        if (place.path != path) continue;
        json.begin_object().key("range");
        write_range(json, sources, {file, place.begin, place.end});
        json.field("newText", written).end_object();
      }
      json.end_array();
    }
    json.end_object().end_object();
    return json.text();
  }

  Documents& documents_;
  Document& document_;
  Place definition_;
  std::set<Place> places_;
  std::map<std::string, std::string> texts_;  // by path: of every file with a place
};

}  // namespace

std::string prepare_rename(const Snapshot& snapshot, std::uint32_t offset) {
  const Occurrence* symbol = snapshot.symbols->at(snapshot.file(), offset);
  if (!can_rename(symbol)) return "null";
  JsonWriter json;
  json.begin_object().key("range");
  write_range(json, snapshot.sources(), symbol->span);
  json.field("placeholder", snapshot.sources().text(symbol->span)).end_object();
  return json.text();
}

Renaming rename(Documents& documents, Document& document, std::uint32_t offset, const std::string& name) {
  return Renamer(documents, document).run(offset, name);
}

}  // namespace mig::lsp
