#include "compiler/language_server/server.h"

#include <fmt/format.h>

#include <array>
#include <exception>

#include "compiler/language_server/answers.h"

namespace mig::lsp {
namespace {

constexpr int kParseError = -32700, kInvalidRequest = -32600, kMethodNotFound = -32601, kInternalError = -32603, kNotInitialized = -32002,
              kCancelled = -32800;

/// The id of a request as JSON; empty for a notification.
std::string id_of(const Json& message) {
  const Json& id = member(message, "id");
  return id.IsString() || id.IsNumber() ? json_of(id) : std::string();
}

}  // namespace

int Server::run() {
  while (!exiting_) {
    const bool alive = connection_.receive(pending_.empty() && changed_.empty());
    take_messages();
    if (!pending_.empty()) {
      const rapidjson::Document message = std::move(pending_.front());
      pending_.pop_front();
      handle(message);
    } else if (!changed_.empty()) {
      publish();
    } else if (!alive) {
      break;
    }
  }
  return shut_down_ ? 0 : 1;
}

void Server::take_messages() {
  while (auto text = connection_.next()) {
    rapidjson::Document message;
    if (!parse_json(*text, message)) {
      reply("null", {.result = {}, .error = kParseError, .message = "this message is not JSON, or it is nested too deeply"});
      continue;
    }
    if (!message.IsObject()) {
      reply("null", {.result = {}, .error = kInvalidRequest, .message = "a message is an object"});
      continue;
    }
    if (text_of(member(message, "method")) == "$/cancelRequest") {
      const std::string id = id_of(member(message, "params"));
      // Only what still waits can be cancelled; an answer that was given stands.
      for (const rapidjson::Document& waiting : pending_) {
        if (!id.empty() && id_of(waiting) == id) cancelled_.insert(id);
      }
      continue;
    }
    pending_.push_back(std::move(message));
  }
}

void Server::handle(const rapidjson::Document& message) {
  const std::string id = id_of(message);
  const Json& method = member(message, "method");
  if (!method.IsString()) {
    const bool is_answer = message.HasMember("result") || message.HasMember("error");
    if (!is_answer) reply(id.empty() ? "null" : id, {.result = {}, .error = kInvalidRequest, .message = "a request has a method"});
    return;
  }
  const std::string name(text_of(method));
  try {
    if (id.empty()) {
      handle_notification(name, member(message, "params"));
    } else {
      handle_request(id, name, member(message, "params"));
    }
  } catch (const std::exception& error) {
    if (!id.empty()) reply(id, {.result = {}, .error = kInternalError, .message = fmt::format("{} failed: {}", name, error.what())});
  }
}

void Server::handle_request(const std::string& id, std::string_view method, const Json& parameters) {
  if (cancelled_.erase(id) > 0) return reply(id, {.result = {}, .error = kCancelled, .message = "cancelled"});
  if (shut_down_) return reply(id, {.result = {}, .error = kInvalidRequest, .message = "the server was shut down"});
  if (!initialized_ && method != "initialize")
    return reply(id, {.result = {}, .error = kNotInitialized, .message = "`initialize` comes first"});
  const Request found = request(method);
  if (found == nullptr) return reply(id, {.result = {}, .error = kMethodNotFound, .message = fmt::format("there is no method {}", method)});
  reply(id, (this->*found)(parameters));
}

void Server::handle_notification(std::string_view method, const Json& parameters) {
  if (method == "exit") {
    exiting_ = true;
    return;
  }
  const Notification found = notification(method);
  if (found != nullptr && initialized_ && !shut_down_) (this->*found)(parameters);
}

void Server::reply(const std::string& id, const Answer& answer) {
  JsonWriter json;
  json.begin_object().field("jsonrpc", "2.0").key("id").raw(id);
  if (answer.error != 0) {
    json.key("error").begin_object().field("code", answer.error).field("message", answer.message).end_object();
  } else {
    json.key("result").raw(answer.result);
  }
  if (!connection_.send(json.end_object().text())) exiting_ = true;
}

Server::Request Server::request(std::string_view method) {
  struct Entry {
    std::string_view method;
    Request request;
  };
  static constexpr auto kRequests = std::to_array<Entry>({
      {"initialize", &Server::initialize},
      {"shutdown", &Server::shutdown},
      {"textDocument/hover", &Server::on_hover},
      {"textDocument/definition", &Server::on_definition},
      {"textDocument/references", &Server::on_references},
      {"textDocument/documentHighlight", &Server::on_highlight},
      {"textDocument/documentSymbol", &Server::on_symbols},
      {"textDocument/prepareRename", &Server::on_prepare_rename},
      {"textDocument/rename", &Server::on_rename},
      {"textDocument/completion", &Server::on_completion},
      {"textDocument/codeAction", &Server::on_code_action},
      {"textDocument/inlayHint", &Server::on_inlay_hint},
      {"textDocument/semanticTokens/full", &Server::on_semantic_tokens},
      {"textDocument/formatting", &Server::on_formatting},
  });
  for (const Entry& entry : kRequests) {
    if (entry.method == method) return entry.request;
  }
  return nullptr;
}

Server::Notification Server::notification(std::string_view method) {
  struct Entry {
    std::string_view method;
    Notification notification;
  };
  static constexpr auto kNotifications = std::to_array<Entry>({
      {"initialized", &Server::nothing},
      {"textDocument/didOpen", &Server::did_open},
      {"textDocument/didChange", &Server::did_change},
      {"textDocument/didClose", &Server::did_close},
      {"textDocument/didSave", &Server::files_changed},
      {"workspace/didChangeWatchedFiles", &Server::files_changed},
  });
  for (const Entry& entry : kNotifications) {
    if (entry.method == method) return entry.notification;
  }
  return nullptr;
}

Server::Answer Server::initialize(const Json&) {
  if (initialized_) return {.result = {}, .error = kInvalidRequest, .message = "`initialize` comes once"};
  initialized_ = true;
  JsonWriter json;
  json.begin_object().key("capabilities").begin_object().field("positionEncoding", "utf-16");
  json.key("textDocumentSync").begin_object().key("openClose").boolean(true).field("change", 2).key("save").boolean(true).end_object();
  for (const std::string_view one : {"hoverProvider", "definitionProvider", "referencesProvider", "documentHighlightProvider",
                                     "documentSymbolProvider", "inlayHintProvider", "documentFormattingProvider"}) {
    json.key(one).boolean(true);
  }
  json.key("renameProvider").begin_object().key("prepareProvider").boolean(true).end_object();
  json.key("completionProvider").begin_object().key("triggerCharacters").begin_array().string(".").string(">").end_array().end_object();
  json.key("codeActionProvider")
      .begin_object()
      .key("codeActionKinds")
      .begin_array()
      .string("quickfix")
      .string("source.fixAll")
      .end_array()
      .end_object();
  json.key("semanticTokensProvider").begin_object().key("legend").raw(token_legend()).key("full").boolean(true).end_object();
  json.end_object().key("serverInfo").begin_object().field("name", "migc").field("version", version_).end_object().end_object();
  return {.result = json.text(), .error = 0, .message = {}};
}

Server::Answer Server::shutdown(const Json&) {
  shut_down_ = true;
  return {};
}

void Server::did_open(const Json& parameters) {
  const Json& item = member(parameters, "textDocument");
  const std::string uri(text_of(member(item, "uri")));
  if (uri.empty() || !member(item, "text").IsString()) return;
  const Json& version = member(item, "version");
  documents_.open(uri, version.IsInt64() ? version.GetInt64() : 0, std::string(text_of(member(item, "text"))));
  for (const auto& [one, open] : documents_.all()) changed_.insert(one);
}

void Server::did_change(const Json& parameters) {
  const Json& version = member(parameters, "textDocument", "version");
  if (!documents_.change(text_of(member(parameters, "textDocument", "uri")), version.IsInt64() ? version.GetInt64() : 0,
                         member(parameters, "contentChanges")))
    return;
  for (const auto& [uri, open] : documents_.all()) {
    if (open.snapshot == nullptr) changed_.insert(uri);
  }
}

void Server::did_close(const Json& parameters) {
  const std::string uri(text_of(member(parameters, "textDocument", "uri")));
  documents_.close(uri);
  changed_.erase(uri);
  publish_one(uri, std::nullopt, "[]");
  for (const auto& [one, open] : documents_.all()) {
    if (open.snapshot == nullptr) changed_.insert(one);
  }
}

void Server::files_changed(const Json&) {
  for (auto& [uri, open] : documents_.all()) {
    open.snapshot = nullptr;
    changed_.insert(uri);
  }
}

void Server::publish_one(const std::string& uri, std::optional<std::int64_t> version, const std::string& diagnostics) {
  published_[uri] = diagnostics;
  JsonWriter json;
  json.begin_object()
      .field("jsonrpc", "2.0")
      .field("method", "textDocument/publishDiagnostics")
      .key("params")
      .begin_object()
      .field("uri", uri);
  if (version) json.field("version", *version);
  json.key("diagnostics").raw(diagnostics).end_object().end_object();
  if (!connection_.send(json.text())) exiting_ = true;
}

void Server::publish() {
  const std::set<std::string> changed = std::exchange(changed_, {});
  std::map<std::string, std::string> others;  // files that open documents import
  for (auto& [uri, open] : documents_.all()) {
    const Snapshot& snapshot = documents_.snapshot(open);
    if (changed.count(uri) > 0) publish_one(uri, open.version, diagnostics(snapshot, snapshot.file()));
    for (const sema::ModuleInfo& module : snapshot.program().modules) {
      const std::string other = uri_of(*snapshot.session, module.file);
      if (module.file != snapshot.file() && documents_.find(other) == nullptr) others.emplace(other, diagnostics(snapshot, module.file));
    }
  }
  for (const auto& [uri, told] : std::map<std::string, std::string>(published_)) {
    if (documents_.find(uri) == nullptr && others.count(uri) == 0 && told != "[]") publish_one(uri, std::nullopt, "[]");
  }
  for (const auto& [uri, text] : others) {
    const auto told = published_.find(uri);
    if (told == published_.end() ? text != "[]" : told->second != text) publish_one(uri, std::nullopt, text);
  }
}

}  // namespace mig::lsp
