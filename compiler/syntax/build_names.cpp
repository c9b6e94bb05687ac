// Names, texts, settings, attributes and documentation.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/syntax/tree_builder.h"

namespace mig::syntax {

Span TreeBuilder::span(const Token* token) const {
  if (token == nullptr) return {file_, 0, 0};
  return {file_, token->begin, token->end};
}

Span TreeBuilder::span(const ParseNode* context) const {
  if (context == nullptr || context->start == nullptr) return {file_, 0, 0};
  const Span first = span(context->start);
  if (context->stop == nullptr) return first;
  return {file_, first.begin, std::max(first.begin, span(context->stop).end)};
}

bool TreeBuilder::broken(const ParseNode* context) {
  if (context != nullptr && !context->failed) return false;
  incomplete_ = true;
  return true;
}

Diagnostic& TreeBuilder::finding(Code code, Span where, std::string message, std::string label) {
  flush();
  pending_.push_back(Diagnostic::make(code, where, std::move(message), std::move(label)));
  return pending_.back();
}

void TreeBuilder::flush() {
  for (Diagnostic& diagnostic : pending_) reporter_.report(std::move(diagnostic));
  pending_.clear();
}

Name TreeBuilder::name_at(Span where) const {
  std::string_view written = slice(where);
  if (written.size() >= 2 && written.front() == '`' && written.back() == '`') written = written.substr(1, written.size() - 2);
  return {std::string(written), where};
}

Name TreeBuilder::name(const ParseNode* context) const { return context == nullptr ? Name{} : name_at(span(context)); }

std::vector<Name> TreeBuilder::names(const ParseNode* context) const {
  std::vector<Name> result;
  if (context == nullptr) return result;
  for (const ParseNode* part : context->all_name()) result.push_back(name(part));
  return result;
}

Path TreeBuilder::path(const ParseNode* context) const {
  if (context == nullptr) return {};
  Path result{{}, span(context)};
  for (const ParseNode* part : context->all_word()) result.parts.push_back(name(part));
  return result;
}

Path TreeBuilder::code(const ParseNode* context) const {
  if (context == nullptr) return {};
  Path result{{}, span(context)};
  for (const ParseChild part : context->children()) {
    if (part.token() != nullptr && part.token()->type == MigParser::T_IDENT) result.parts.push_back(name_at(span(part.token())));
  }
  return result;
}

Text TreeBuilder::text(const ParseNode* context) {
  if (context == nullptr) return {};
  const Span where = span(context);
  return {decode(where), where};
}

LabelPattern TreeBuilder::label(const ParseNode* context) const {
  LabelPattern result{{{}, span(context)}, context->token(MigParser::T_STAR) != nullptr, span(context)};
  for (const ParseNode* part : context->all_word()) result.path.parts.push_back(name(part));
  return result;
}

std::vector<Argument> TreeBuilder::arguments(const ParseNode* context) {
  std::vector<Argument> result;
  if (context == nullptr) return result;
  for (const ParseNode* part : context->all_argument()) {
    result.push_back({name(part->word()), expr(part->expr()), span(part)});
  }
  return result;
}

std::vector<Attribute> TreeBuilder::attributes(const ParseNode* of) {
  std::vector<Attribute> result;
  for (const ParseNode* part : of->all_attribute()) {
    result.push_back({name(part->word()), arguments(part->arguments()), span(part)});
  }
  return result;
}

ConnectorCall TreeBuilder::connector(const ParseNode* context) {
  if (context == nullptr) return {};
  return {name(context->name()), arguments(context->arguments()), span(context)};
}

Setting TreeBuilder::setting(const ParseNode* context) {
  unwanted_comma(context->token(MigParser::T_COMMA), "settings");
  const Name key = name(context->word());
  const ExprId value = expr(context->expr());
  return {key, value, Span::join(key.span, module_[value].span)};
}

Settings TreeBuilder::settings(const ParseNode* context) {
  if (context == nullptr) return {};
  Settings result{{}, span(context)};
  for (const ParseNode* part : context->all_setting()) {
    if (!broken(part)) result.entries.push_back(setting(part));
  }
  return result;
}

void TreeBuilder::unwanted_comma(const Token* comma, std::string_view between) {
  if (comma == nullptr) return;
  const Span where = span(comma);
  finding(Code::E0001, where, fmt::format("no `,` stands between {}", between), "a blank or a new line is enough")
      .help(Applicability::automatic, "remove it", {{where, ""}});
}

// The block of `///` lines that ends on the line before `begin`; each starts its line.
std::string TreeBuilder::doc_before(std::uint32_t begin) const {
  const auto blank = [this](std::uint32_t from, std::uint32_t to) {
    std::size_t breaks = 0;
    for (std::uint32_t i = from; i < to; ++i) {
      if (text_[i] == '\n') ++breaks;
      if (text_[i] != ' ' && text_[i] != '\t' && text_[i] != '\r' && text_[i] != '\n') return std::size_t{99};
    }
    return breaks;
  };
  const auto first_on_line = [this](std::uint32_t at) {
    while (at > 0 && (text_[at - 1] == ' ' || text_[at - 1] == '\t')) --at;
    return at == 0 || text_[at - 1] == '\n';
  };
  const auto after = std::upper_bound(module_.comments.begin(), module_.comments.end(), begin,
                                      [](std::uint32_t at, const Comment& comment) { return at < comment.span.begin; });
  auto first = after;
  std::uint32_t next = begin;
  while (first != module_.comments.begin()) {
    const Comment& comment = *(first - 1);
    if (comment.kind != CommentKind::doc || blank(comment.span.end, next) != 1 || !first_on_line(comment.span.begin)) break;
    next = comment.span.begin;
    --first;
  }
  std::string doc;
  for (; first != after; ++first) {
    std::string_view line = slice(first->span).substr(3);
    if (line.starts_with(' ')) line.remove_prefix(1);
    doc += line;
    doc += '\n';
  }
  return doc;
}

}  // namespace mig::syntax
