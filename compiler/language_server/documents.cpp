#include "compiler/language_server/documents.h"

#include <fmt/format.h>

namespace mig::lsp {

constexpr std::size_t kMaxErrors = 500;  // shown per file

std::string path_of_uri(std::string_view uri) {
  constexpr std::string_view kScheme = "file://";
  if (!uri.starts_with(kScheme)) {
    std::string name = "/untitled/";
    for (const char c : uri) name += c == '/' || c == '\\' || c == ':' ? '_' : c;
    return name;
  }
  uri.remove_prefix(kScheme.size());
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string path;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] == '%' && i + 2 < uri.size() && digit(uri[i + 1]) >= 0 && digit(uri[i + 2]) >= 0) {
      path += static_cast<char>(digit(uri[i + 1]) * 16 + digit(uri[i + 2]));
      i += 2;
    } else {
      path += uri[i];
    }
  }
  return path;
}

std::string uri_of_path(std::string_view path) {
  std::string uri = "file://";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return uri;
}

std::string uri_of(const driver::Session& session, FileId file) {
  return uri_of_path(session.root + "/" + std::string(session.sources.name(file)));
}

void write_range(JsonWriter& json, const SourceMap& sources, Span span) {
  const EditorPosition begin = sources.editor_position(span.file, span.begin), end = sources.editor_position(span.file, span.end);
  json.begin_object().key("start").begin_object().field("line", begin.line).field("character", begin.character).end_object();
  json.key("end").begin_object().field("line", end.line).field("character", end.character).end_object().end_object();
}

void Documents::open(std::string uri, std::int64_t version, std::string text) {
  Document document{.uri = uri, .path = path_of_uri(uri), .version = version, .text = std::move(text), .snapshot = nullptr};
  forget_dependents(document.path);
  documents_.insert_or_assign(std::move(uri), std::move(document));
}

bool Documents::change(std::string_view uri, std::int64_t version, const Json& changes) {
  Document* document = find(uri);
  if (document == nullptr) return false;
  if (changes.IsArray()) {
    for (const Json& change : changes.GetArray()) {
      if (!member(change, "text").IsString()) continue;
      const std::string_view text = text_of(member(change, "text"));
      const Json& range = member(change, "range");
      if (!range.IsObject()) {
        document->text = text;
        continue;
      }
      SourceMap before;
      const FileId file = before.add("text", document->text);
      const auto offset = [&](std::string_view end) {
        const Json& place = member(range, end);
        return before.offset(file, {count_of(member(place, "line")).value_or(0), count_of(member(place, "character")).value_or(0)});
      };
      const std::uint32_t begin = offset("start"), end = std::max(begin, offset("end"));
      document->text.replace(begin, end - begin, text);
    }
  }
  document->version = version;
  document->snapshot = nullptr;
  forget_dependents(document->path);
  return true;
}

void Documents::close(std::string_view uri) {
  const auto it = documents_.find(uri);
  if (it == documents_.end()) return;
  const std::string path = it->second.path;
  documents_.erase(it);
  forget_dependents(path);
}

Document* Documents::find(std::string_view uri) {
  const auto it = documents_.find(uri);
  return it == documents_.end() ? nullptr : &it->second;
}

void Documents::forget_dependents(const std::string& path) {
  for (auto& [uri, document] : documents_) {
    if (document.snapshot == nullptr) continue;
    const driver::Session& session = *document.snapshot->session;
    if (session.sources.find(driver::project_name(path, session.root))) document.snapshot = nullptr;
  }
}

const Snapshot& Documents::snapshot(Document& document) {
  if (document.snapshot == nullptr) document.snapshot = check_with(document, {});
  return *document.snapshot;
}

std::shared_ptr<const Snapshot> Documents::check_with(const Document& document, const std::map<std::string, std::string>& texts) const {
  const auto text_now = [&](const Document& one) {
    const auto it = texts.find(one.path);
    return it == texts.end() ? one.text : it->second;
  };
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->session = driver::session_of_text(document.path, text_now(document));
  driver::Session& session = *snapshot->session;
  const auto add = [&](const std::string& path, std::string text) {
    std::string name = driver::project_name(path, session.root);
    if (!session.sources.find(name)) session.sources.add(std::move(name), std::move(text));
  };
  for (const auto& [uri, other] : documents_) add(other.path, text_now(other));
  for (const auto& [path, text] : texts) add(path, text);
  driver::check(session, kMaxErrors);
  snapshot->symbols = std::make_unique<SymbolIndex>(session.sources, *session.checked.program);
  return snapshot;
}

}  // namespace mig::lsp
