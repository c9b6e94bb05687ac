// Top-level declarations of the syntax tree, except stages and what belongs to them (ast_flow.h).
#pragma once

#include <optional>

#include "compiler/syntax/ast_stmt.h"
#include "compiler/syntax/ast_type.h"

namespace mig::syntax {

// A declaration that could not be read. Decl::name is set when it could be: treat uses of that name as known.
struct ErrorDecl {};

// `migration "name" version "1.4.0" { edition = 2026 ... }`. The declared name is the Text.
struct HeaderDecl {
  Text title;
  Text version;
  Settings settings;
};
// `import "common/geo.mig" as geo`; Decl::name is the alias, invalid without `as`.
struct ImportDecl {
  Text path;
};
// `param cutoff: date = @2026-01-01`
struct ParamDecl {
  TypeExprId type;
  ExprId value;  // none without default
};
// `type Sku = string(3..20) where value matches r"..."`
struct TypeDecl {
  TypeExprId type;
  ExprId condition;  // after `where`, over `value`; none without
};
// `enum Status { active = "A", closed = "C" @deprecated("...") }`, `open enum ...`
struct EnumVariant {
  Name name;
  ExprId wire;  // a string or int literal; none without
  std::vector<Attribute> attributes;
  std::string doc;
  Span span;
};
struct EnumDecl {
  bool open = false;
  std::vector<EnumVariant> variants;
  Span body;  // with the braces
};
// `schema Member { ... }`, `schema A from sqlite("x.sql", table: "a") { overlay }`
struct SchemaField {
  Name name;
  bool optional = false;  // `name?: T`
  TypeExprId type;
  std::vector<Attribute> attributes;
  std::string doc;
  Span span;
};
struct SchemaDecl {
  std::optional<ConnectorCall> from;
  std::vector<SchemaField> fields;  // the overlay when `from` is present
  Span body;                        // with the braces; invalid without
};
// `source s: T from csv("f.csv") { header = true }`
struct SourceDecl {
  TypeExprId type;
  ConnectorCall from;
  Settings settings;
};
// `target t: T into postgres(...) { write = upsert(by: [id]) }`
struct TargetDecl {
  TypeExprId type;
  ConnectorCall into;
  Settings settings;
};
// `lookup f: string -> country_code from csv("c.csv") { key = name value = iso2 }`
struct LookupDecl {
  TypeExprId key;
  TypeExprId value;
  ConnectorCall from;
  Settings settings;
};
// `table f: string -> Status via lower, trim { "a" | "b" => active, else => ... }`
struct TableRow {
  PatternId key;  // ElsePattern for `else`
  ExprId value;
  std::string doc;
  Span span;
};
struct TableDecl {
  TypeExprId key;
  TypeExprId value;
  std::vector<Path> via;  // functions, applied in this order
  std::vector<TableRow> rows;
  Span body;  // with the braces
};
// `fn f(a: int, b: string = "x") -> string! raises X, Y = e`, or a block, or no body (standard library only).
struct FnParameter {
  Name name;
  TypeExprId type;        // none where the source lacks it
  ExprId default_value;   // none without
  bool variadic = false;  // `parts: string...`
  Span span;
};
struct FnDecl {
  std::vector<Name> type_parameters;  // `fn f<T, U>(...)`, standard library only
  std::vector<FnParameter> parameters;
  TypeExprId result;         // a FallibleType when written with `!`
  std::vector<Path> raises;  // issue codes
  Span signature;            // from `fn` to the end of `raises`
  ExprId body;               // after `=`; none for a block or no body
  std::optional<Block> block;
};
// `issue MC101 "message" fix "what to do" { owner = "crm" }`
struct IssueDecl {
  Text message;
  Text fix;
  Settings settings;
};

// `contact.email`, `contact.*`
struct LabelPattern {
  Path path;
  bool wildcard = false;  // ends in `.*`
  Span span;
};
// `class contact.email "how a person reads it"`
struct PrivacyClass {
  Path path;
  Text description;
  Span span;
};
// `mask contact.*, person.name in staging, dev with redact("x")`
struct PrivacyMask {
  std::vector<LabelPattern> classes;
  std::vector<Name> environments;
  ExprId mask;
  Span span;
};
// `allow contact.* to live, shadow because "..."`
struct PrivacyAllow {
  std::vector<LabelPattern> classes;
  std::vector<Name> targets;
  Text reason;
  Span span;
};
struct PrivacyDecl {
  std::vector<PrivacyClass> classes;
  std::vector<PrivacyMask> masks;
  std::vector<PrivacyAllow> allows;
};

// `map name: source as m -> target as out { ... }`
struct MapDecl {
  Name source;
  Name source_alias;  // invalid without `as`
  Name target;
  Name target_alias;  // invalid without `as`
  Block body;
};
// `dedupe target by a, b { prefer x desc  merge f = e  warn C }`. Decl::name is the target's name.
struct DedupePrefer {
  ExprId value;
  bool descending = false;
  Span span;
};
struct DedupeMerge {
  Path field;
  ExprId value;
  Span span;
};
struct DedupeDecl {
  std::vector<ExprId> keys;
  std::vector<DedupePrefer> prefers;  // lexicographic, in this order
  std::vector<DedupeMerge> merges;
  Path warn;  // not valid() without
};

}  // namespace mig::syntax
