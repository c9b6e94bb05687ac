// Ids of syntax nodes, and the small pieces every node is made of: names, paths, documentation.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/source_map.h"

namespace mig::syntax {

// An index into one vector of one Module; the default value names nothing.
template <class Tag>
struct NodeId {
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;
  std::uint32_t value = kNone;

  bool valid() const { return value != kNone; }
  explicit operator bool() const { return valid(); }
  auto operator<=>(const NodeId&) const = default;
};

using ExprId = NodeId<struct ExprTag>;
using PatternId = NodeId<struct PatternTag>;
using TypeExprId = NodeId<struct TypeExprTag>;
using StmtId = NodeId<struct StmtTag>;
using DeclId = NodeId<struct DeclTag>;

// An identifier where it is written. `text` is without backticks; empty where the source lacks a name it should have.
struct Name {
  std::string text;
  Span span;  // with the backticks

  bool valid() const { return !text.empty(); }
};

// `a.b.c`: a target path, a qualified type, an issue code (`geo.MC101`), a field to copy or to ignore. Never empty
// in a valid tree.
struct Path {
  std::vector<Name> parts;
  Span span;

  bool valid() const { return !parts.empty(); }
  const Name& last() const { return parts.back(); }
  // The parts joined by dots.
  std::string text() const {
    std::string joined;
    for (const Name& part : parts) {
      if (!joined.empty()) joined += '.';
      joined += part.text;
    }
    return joined;
  }
};

// A string literal outside expressions, decoded: a title, a `fix`, a reason.
struct Text {
  std::string value;
  Span span;  // with the quotes; invalid where the source has no such string

  bool present() const { return span.valid(); }
};

// One argument of a call, a connector or an attribute: `e` or `name: e`.
struct Argument {
  Name name;  // invalid for a positional argument
  ExprId value;
  Span span;
};

// `@name(args)`. `arguments` is empty for both `@key` and `@key()`.
struct Attribute {
  Name name;  // without the `@`
  std::vector<Argument> arguments;
  Span span;
};

// `key = e` of a settings block.
struct Setting {
  Name key;
  ExprId value;
  Span span;
};

// `{ key = e ... }`. `span` is invalid where the source has no block.
struct Settings {
  std::vector<Setting> entries;
  Span span;

  bool present() const { return span.valid(); }
  const Setting* find(std::string_view key) const {
    for (const Setting& entry : entries) {
      if (entry.key.text == key) return &entry;
    }
    return nullptr;
  }
};

// `csv("f.csv", sep: ";")` after `from` or `into`; no arguments for a bare name.
struct ConnectorCall {
  Name name;
  std::vector<Argument> arguments;
  Span span;
};

}  // namespace mig::syntax

template <class Tag>
struct std::hash<mig::syntax::NodeId<Tag>> {
  std::size_t operator()(const mig::syntax::NodeId<Tag>& id) const noexcept { return id.value; }
};
