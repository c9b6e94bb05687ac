// What may stand where the author is writing.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/written_name.h"
#include "compiler/language_server/answers.h"
#include "compiler/language_server/signature_text.h"
#include "compiler/sema/connector_traits.h"
#include "compiler/syntax/lexemes.h"

namespace mig::lsp {
namespace {

using sema::kNone;

/// Kinds of the protocol.
enum class ItemKind : std::uint8_t {
  function = 3,
  field = 5,
  variable = 6,
  module = 9,
  property = 10,
  enumeration = 13,
  keyword = 14,
  enum_member = 20,
  event = 23,
  type = 25
};

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '`'; }

class Completer {
 public:
  Completer(const Snapshot& snapshot, std::uint32_t offset) : snapshot_(snapshot), program_(snapshot.program()), offset_(offset) {
    const std::string_view text = snapshot.sources().text(snapshot.file());
    std::uint32_t begin = offset;
    while (begin > 0 && is_word(text[begin - 1])) --begin;
    const std::size_t line = begin == 0 ? std::string_view::npos : text.rfind('\n', begin - 1);
    before_ = text.substr(line == std::string_view::npos ? 0 : line + 1, begin - (line == std::string_view::npos ? 0 : line + 1));
    while (!before_.empty() && (before_.back() == ' ' || before_.back() == '\t')) before_.remove_suffix(1);
    module_ = snapshot.symbols->module_of(snapshot.file());
    declaration_ = snapshot.symbols->declaration_at(module_, begin);
    map_ = snapshot.symbols->map_of(module_, declaration_);
  }

  std::string run() {
    json_.begin_object().key("isIncomplete").boolean(false).key("items").begin_array();
    if (module_ < program_.modules.size() && !is_inside_text()) choose();
    return json_.end_array().end_object().text();
  }

 private:
  bool is_inside_text() const {
    for (const syntax::Lexeme& lexeme : syntax::lexemes(snapshot_.sources(), snapshot_.file())) {
      if (lexeme.span.begin >= offset_) return false;
      const bool closed = lexeme.kind != syntax::LexemeKind::line_comment && lexeme.kind != syntax::LexemeKind::doc_comment;
      const bool open_text =
          lexeme.kind == syntax::LexemeKind::stray && snapshot_.sources().text(lexeme.span).find('"') != std::string_view::npos;
      if (open_text && offset_ <= lexeme.span.end) return true;
      if ((lexeme.kind == syntax::LexemeKind::text || syntax::is_comment(lexeme.kind)) &&
          (offset_ < lexeme.span.end || (!closed && offset_ == lexeme.span.end)))
        return true;
    }
    return false;
  }

  void choose() {
    if (before_.ends_with("|>") || before_.ends_with("|?>")) {
      functions("1");
    } else if (before_.ends_with(".") && !before_.ends_with("..")) {
      members();
    } else if (wants_code()) {
      codes();
    } else if (wants_type()) {
      types();
    } else if (before_.ends_with(" from") || before_.ends_with(" into")) {
      for (const std::string_view name : sema::connector_names()) item(name, ItemKind::function, "connector", "1");
    } else if (before_.empty() && map_ != kNone && is_map()) {
      target_fields();
      for (const std::string_view word : {"let", "require", "reject", "skip", "warn", "when", "copy", "ignore", "emit"})
        item(word, ItemKind::keyword, "statement", "5");
    } else if (before_.empty() && declaration_ == kNone) {
      for (const syntax::LanguageWord& word : syntax::language_words()) {
        if (word.starts_declaration) item(word.text, ItemKind::keyword, "declaration", "1");
      }
    } else {
      wanted_variants();
      values();
      functions("6");
    }
  }

  bool is_map() const { return decl() != nullptr && decl()->kind() == syntax::DeclKind::map; }
  const syntax::Decl* decl() const {
    const auto& decls = program_.modules[module_].tree.decls;
    return declaration_ < decls.size() ? &decls[declaration_] : nullptr;
  }
  std::string_view last_word() const {
    std::size_t begin = before_.size();
    while (begin > 0 && is_word(before_[begin - 1])) --begin;
    return before_.substr(begin);
  }
  std::string_view first_word() const {
    std::size_t begin = before_.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    std::size_t end = begin;
    while (end < before_.size() && is_word(before_[end])) ++end;
    return before_.substr(begin, end - begin);
  }
  bool wants_code() const {
    const std::string_view word = last_word();
    return word == "reject" || word == "skip" || word == "warn" || word == "raises" || word == "fail" ||
           (word == "issue" && first_word() == "expect");
  }
  bool wants_type() const {
    if (!before_.ends_with(":") && !before_.ends_with("->")) return false;
    if (decl() != nullptr && decl()->kind() == syntax::DeclKind::schema) return true;
    for (const std::string_view word : {"param", "fn", "let", "table", "lookup", "source", "target"}) {
      if (first_word() == word) return true;
    }
    return false;
  }

  void item(std::string_view label, ItemKind kind, std::string_view detail, std::string_view order, std::string_view insert = {}) {
    json_.begin_object().field("label", label).field("kind", static_cast<std::int64_t>(kind)).field("detail", detail);
    json_.field("sortText", fmt::format("{}{}", order, label));
    if (!insert.empty()) json_.field("insertText", insert);
    json_.end_object();
  }
  void schema_fields(std::uint32_t schema, std::string_view order) {
    if (schema >= program_.schemas.size()) return;
    for (const sema::SchemaField& field : program_.schemas[schema].fields)
      item(field.name, ItemKind::field, type_text(program_, field.read), order, written_name(field.name));
  }
  std::uint32_t source_schema() const {
    if (map_ >= program_.maps.size() || program_.maps[map_].source >= program_.sources.size()) return kNone;
    return program_.sources[program_.maps[map_].source].schema;
  }
  std::uint32_t target_schema() const {
    if (map_ >= program_.maps.size() || program_.maps[map_].target >= program_.targets.size()) return kNone;
    return program_.targets[program_.maps[map_].target].schema;
  }

  /// What is not assigned yet: required fields first.
  void target_fields() {
    const std::uint32_t schema = target_schema();
    if (schema >= program_.schemas.size()) return;
    const auto& assigned = program_.maps[map_].assigned;
    for (std::uint32_t f = 0; f < program_.schemas[schema].fields.size(); ++f) {
      const sema::SchemaField& field = program_.schemas[schema].fields[f];
      if (f < assigned.size() && assigned[f].valid()) continue;
      item(field.name, ItemKind::field, type_text(program_, field.type) + (field.optional ? "" : ", required"), field.optional ? "1" : "0",
           written_name(field.name) + " = ");
    }
  }

  /// After a dot: fields of a record, parts of an import, variants, what the run knows.
  void members() {
    std::string_view chain = before_;
    std::size_t begin = chain.size();
    while (begin > 0 && (is_word(chain[begin - 1]) || chain[begin - 1] == '.' || chain[begin - 1] == '?')) --begin;
    chain = chain.substr(begin);
    std::vector<std::string> names(1);
    for (const char c : chain) {
      if (c == '.') {
        names.emplace_back();
      } else if (c != '?') {
        names.back() += c;
      }
    }
    names.pop_back();  // what follows the last dot
    if (names.empty()) return;
    if (names.size() == 1 && named_members(names[0])) return;
    fields_of(type_of(names));
  }

  bool named_members(const std::string& name) {
    if (map_ < program_.maps.size()) {
      const sema::MapSymbol& map = program_.maps[map_];
      if (name == map.source_alias) return schema_fields(source_schema(), "1"), true;
      if (name == map.target_alias || name == "out") return schema_fields(target_schema(), "1"), true;
    }
    if (name == "param") {
      for (const sema::ParamSymbol& param : program_.params) item(param.name, ItemKind::variable, type_text(program_, param.type), "1");
      return true;
    }
    if (name == "run") return item("now", ItemKind::property, "timestamp", "1"), item("id", ItemKind::property, "string", "1"), true;
    if (name == "row") {
      item("position", ItemKind::property, "position", "1");
      item("source", ItemKind::property, "string", "1");
      item("key", ItemKind::property, "string", "1");
      return true;
    }
    for (const EnumType& one : program_.enums) {
      if (one.name != name) continue;
      for (const EnumVariant& variant : one.variants) item(variant.name, ItemKind::enum_member, one.name, "1");
      return true;
    }
    return imported_members(name);
  }

  bool imported_members(const std::string& name) {
    for (const syntax::Decl& one : program_.modules[module_].tree.decls) {
      const auto* import = one.get_if<syntax::ImportDecl>();
      if (import == nullptr || !one.name.valid() || one.name.text != name) continue;
      for (sema::ModuleId other = 0; other < program_.modules.size(); ++other) {
        if (other == module_ ||
            !import->path.value.ends_with(program_.modules[other].path.substr(program_.modules[other].path.rfind('/') + 1)))
          continue;
        for (const syntax::Decl& decl : program_.modules[other].tree.decls) {
          if (decl.name.valid()) item(decl.name.text, ItemKind::function, syntax::keyword_text(decl.kind()), "1");
        }
      }
      return true;
    }
    return false;
  }

  /// The type of `a.b.c`; kNoType when it is not known.
  TypeId type_of(const std::vector<std::string>& names) const {
    TypeId type = kNoType;
    std::size_t next = 1;
    if (map_ < program_.maps.size() && names[0] == program_.maps[map_].source_alias && names.size() > 1 &&
        source_schema() < program_.schemas.size()) {
      const sema::SchemaSymbol& schema = program_.schemas[source_schema()];
      const auto it = schema.by_name.find(names[1]);
      if (it != schema.by_name.end()) type = schema.fields[it->second].read;
      next = 2;
    } else {
      for (const sema::Local& local : program_.locals) {
        if (local.name == names[0] && local.span.file == snapshot_.file() && decl() != nullptr && decl()->span.begin <= local.span.begin &&
            local.span.end <= decl()->span.end) {
          type = local.type;
        }
      }
    }
    for (; next < names.size() && type < program_.types.size(); ++next) {
      TypeId inner = kNoType;
      for (const RecordField& field : program_.types[type].fields) {
        if (field.name == names[next]) inner = field.type;
      }
      type = inner;
    }
    return type;
  }
  void fields_of(TypeId type) {
    if (type == kNoType || type >= program_.types.size() || program_.types[type].kind != Kind::kRecord) return;
    for (const RecordField& field : program_.types[type].fields) item(field.name, ItemKind::field, type_text(program_, field.type), "1");
  }

  void codes() {
    for (const sema::IssueSymbol& issue : program_.issues) {
      if (!issue.builtin) item(issue.name, ItemKind::event, issue.issue.message, "1");
    }
  }

  void types() {
    for (const std::string_view name : {"bool",   "int",  "decimal",  "float",     "percent",    "string",       "bytes",        "uuid",
                                        "date",   "time", "datetime", "timestamp", "duration",   "list",         "set",          "map",
                                        "scalar", "json", "email",    "url",       "phone_e164", "country_code", "currency_code"}) {
      item(name, ItemKind::type, "type", "2");
    }
    for (const sema::SchemaSymbol& schema : program_.schemas) item(schema.name, ItemKind::type, "schema", "1");
    for (const EnumType& one : program_.enums) item(one.name, ItemKind::enumeration, "enum", "1");
    for (const sema::TypeSymbol& one : program_.type_symbols) item(one.name, ItemKind::type, type_text(program_, one.type), "1");
  }

  /// Variants of the enum that the field or table on this line takes.
  void wanted_variants() {
    const std::uint32_t schema = target_schema();
    if (schema >= program_.schemas.size() || before_.find('=') == std::string_view::npos) return;
    const auto it = program_.schemas[schema].by_name.find(first_word());
    if (it == program_.schemas[schema].by_name.end()) return;
    const Type& type = program_.types[program_.schemas[schema].fields[it->second].type];
    if (type.kind != Kind::kEnum || type.declaration >= program_.enums.size()) return;
    for (const EnumVariant& variant : program_.enums[type.declaration].variants) item(variant.name, ItemKind::enum_member, type.name, "0");
  }

  void values() {
    if (map_ < program_.maps.size() && !program_.maps[map_].source_alias.empty()) {
      item(program_.maps[map_].source_alias, ItemKind::variable, "record of " + program_.sources[program_.maps[map_].source].name, "1");
    }
    std::vector<std::string_view> seen;
    for (const sema::Local& local : program_.locals) {
      if (decl() == nullptr || local.span.file != snapshot_.file() || local.span.begin < decl()->span.begin ||
          local.span.end > decl()->span.end)
        continue;
      if (local.span.begin >= offset_ || std::find(seen.begin(), seen.end(), local.name) != seen.end()) continue;
      seen.push_back(local.name);
      item(local.name, ItemKind::variable, type_text(program_, local.type), "2");
    }
    for (const std::string_view word : {"param", "run", "row"}) item(word, ItemKind::module, "names behind a dot", "7");
    for (const std::string_view word : {"if", "match", "not", "null", "true", "false", "keep", "reject", "skip", "warn"})
      item(word, ItemKind::keyword, "expression", "8");
  }

  void functions(std::string_view order) {
    for (const sema::FnSymbol& fn : program_.fns) item(fn.name, ItemKind::function, snapshot_.sources().text(fn.signature), order);
    for (const sema::TableSymbol& table : program_.tables) {
      item(table.name, ItemKind::function,
           fmt::format("table {}: {} -> {}", table.name, type_text(program_, table.key), type_text(program_, table.value)), order);
    }
    for (const sema::LookupSymbol& lookup : program_.lookups) {
      item(lookup.name, ItemKind::function,
           fmt::format("lookup {}: {} -> {}", lookup.name, type_text(program_, lookup.key), type_text(program_, lookup.value)), order);
    }
    for (const std::string_view name : stdlib::callable_names()) {
      const auto declared = stdlib::overloads(name);
      if (!declared.empty()) item(name, ItemKind::function, signature_text(*declared[0]), fmt::format("{}~", order));
    }
  }

  const Snapshot& snapshot_;
  const sema::Program& program_;
  std::uint32_t offset_;
  std::string_view before_;  // the line up to the word that is being written, without blanks at its end
  sema::ModuleId module_ = kNone;
  std::uint32_t declaration_ = kNone, map_ = kNone;
  JsonWriter json_;
};

}  // namespace

std::string completion(const Snapshot& snapshot, std::uint32_t offset) { return Completer(snapshot, offset).run(); }

}  // namespace mig::lsp
