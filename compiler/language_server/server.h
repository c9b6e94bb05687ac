// The language server: one editor, one thread, messages in their order.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>

#include "compiler/language_server/connection.h"
#include "compiler/language_server/documents.h"

namespace mig::lsp {

class Server {
 public:
  /// `version` of migc, as told to the editor.
  Server(Connection connection, std::string version) : connection_(std::move(connection)), version_(std::move(version)) {}

  /// Serves until `exit`, or until the editor has gone. 0 after an orderly shutdown, else 1.
  int run();

 private:
  struct Answer {
    std::string result = "null";
    int error = 0;  // of the protocol; 0 for none
    std::string message;
  };
  using Request = Answer (Server::*)(const Json& parameters);
  using Notification = void (Server::*)(const Json& parameters);

  void take_messages();
  void handle(const rapidjson::Document& message);
  void handle_request(const std::string& id, std::string_view method, const Json& parameters);
  void handle_notification(std::string_view method, const Json& parameters);
  void reply(const std::string& id, const Answer& answer);
  void publish();
  void publish_one(const std::string& uri, std::optional<std::int64_t> version, const std::string& diagnostics);

  static Request request(std::string_view method);
  static Notification notification(std::string_view method);
  /// The open document that a request is about; null when it is not open.
  Document* document(const Json& parameters);
  /// Answers about a place in an open document, or says what is wrong with the request.
  template <class Ask>
  Answer at_place(const Json& parameters, Ask&& ask);
  template <class Ask>
  Answer in_range(const Json& parameters, Ask&& ask);
  template <class Ask>
  Answer in_document(const Json& parameters, Ask&& ask);

  Answer initialize(const Json& parameters);
  Answer shutdown(const Json& parameters);
  Answer on_hover(const Json& parameters);
  Answer on_definition(const Json& parameters);
  Answer on_references(const Json& parameters);
  Answer on_highlight(const Json& parameters);
  Answer on_symbols(const Json& parameters);
  Answer on_prepare_rename(const Json& parameters);
  Answer on_rename(const Json& parameters);
  Answer on_completion(const Json& parameters);
  Answer on_code_action(const Json& parameters);
  Answer on_inlay_hint(const Json& parameters);
  Answer on_semantic_tokens(const Json& parameters);
  Answer on_formatting(const Json& parameters);

  void did_open(const Json& parameters);
  void did_change(const Json& parameters);
  void did_close(const Json& parameters);
  void files_changed(const Json& parameters);
  void nothing(const Json&) {}

  Connection connection_;
  std::string version_;
  Documents documents_;
  std::deque<rapidjson::Document> pending_;
  std::set<std::string> cancelled_;               // ids of requests, as JSON
  std::set<std::string> changed_;                 // URIs whose findings are to be told
  std::map<std::string, std::string> published_;  // by URI: what was told last
  bool initialized_ = false, shut_down_ = false, exiting_ = false;
};

}  // namespace mig::lsp
