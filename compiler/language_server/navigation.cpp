// Hover, definition, references, highlights, symbols of a document.
#include <fmt/format.h>

#include "compiler/language_server/answers.h"
#include "compiler/language_server/signature_text.h"

namespace mig::lsp {
namespace {

void write_location(JsonWriter& json, const Snapshot& snapshot, Span span) {
  json.begin_object().field("uri", uri_of(*snapshot.session, span.file));
  json.key("range");
  write_range(json, snapshot.sources(), span);
  json.end_object();
}

/// The smallest expression around an offset of which the checker knows a type (of a call's name that is the call); kNone for none.
std::uint32_t expression_at(const Snapshot& snapshot, sema::ModuleId module, std::uint32_t offset) {
  if (module >= snapshot.program().modules.size()) return sema::kNone;
  const auto& exprs = snapshot.program().modules[module].tree.exprs;
  const auto& infos = snapshot.program().modules[module].exprs;
  std::uint32_t found = sema::kNone;
  for (std::uint32_t i = 0; i < exprs.size(); ++i) {
    const Span span = exprs[i].span;
    if (span.begin > offset || offset > span.end || span.empty() || i >= infos.size() || infos[i].type == kNoType) continue;
    if (found == sema::kNone || span.size() < exprs[found].span.size()) found = i;
  }
  return found;
}

/// "may fail · may reject": what evaluating an expression can do.
std::string effects_text(const sema::ExprInfo& about) {
  std::string text;
  const auto say = [&](bool holds, std::string_view what) {
    if (holds) text += fmt::format("{}{}", text.empty() ? "" : ", ", what);
  };
  say(about.may_fail, "may fail");
  say(about.may_reject, "may reject or skip the record");
  say(about.may_overflow, "may overflow (MIG001)");
  say(about.truth == 1, "always true");
  say(about.truth == 0, "always false");
  return text;
}

std::string sources_text(const Snapshot& snapshot, sema::ModuleId module, std::uint32_t offset, std::uint32_t lineage) {
  const sema::Program& program = snapshot.program();
  const std::uint32_t map = snapshot.symbols->map_of(module, snapshot.symbols->declaration_at(module, offset));
  if (map >= program.maps.size() || program.maps[map].source >= program.sources.size() || lineage >= program.lineages.size()) return {};
  const std::uint32_t schema = program.sources[program.maps[map].source].schema;
  std::string text;
  if (schema >= program.schemas.size()) return text;
  for (const std::uint32_t field : program.lineages[lineage]) {
    if (field < program.schemas[schema].fields.size()) text += (text.empty() ? "" : ", ") + program.schemas[schema].fields[field].name;
  }
  return text;
}

std::string expression_facts(const Snapshot& snapshot, sema::ModuleId module, std::uint32_t expression, std::uint32_t offset) {
  const sema::Program& program = snapshot.program();
  if (expression >= program.modules[module].exprs.size()) return {};
  const sema::ExprInfo& about = program.modules[module].exprs[expression];
  std::string text;
  if (about.type != kNoType) text += fmt::format("type: `{}`", type_text(program, about.type));
  if (about.declared != kNoType && about.declared != about.type)
    text += fmt::format("  \ndeclared: `{}`", type_text(program, about.declared));
  if (about.wanted != kNoType && about.wanted != about.type)
    text += fmt::format("  \nconverted to: `{}`", type_text(program, about.wanted));
  if (const std::string effects = effects_text(about); !effects.empty()) text += "  \neffects: " + effects;
  if (const std::string labels = labels_text(program, about.labels); !labels.empty()) text += "  \nprivacy: " + labels;
  if (const std::string fields = sources_text(snapshot, module, offset, about.lineage); !fields.empty()) text += "  \nfrom: " + fields;
  return text;
}

std::string symbol_facts(const Snapshot& snapshot, const Occurrence& symbol) {
  const sema::Program& program = snapshot.program();
  std::string text;
  if (symbol.kind == SymbolKind::field && symbol.index < program.schemas.size() &&
      symbol.part < program.schemas[symbol.index].fields.size()) {
    const sema::SchemaField& field = program.schemas[symbol.index].fields[symbol.part];
    text = fmt::format("reads as: `{}`", type_text(program, field.read));
    std::string labels;
    for (const std::uint32_t one : field.labels) {
      if (one < program.classes.size()) labels += (labels.empty() ? "" : ", ") + program.classes[one].name;
    }
    if (!labels.empty()) text += "  \nprivacy: " + labels;
  }
  if (symbol.kind == SymbolKind::local && symbol.index < program.locals.size()) {
    const sema::Local& local = program.locals[symbol.index];
    if (const std::string labels = labels_text(program, local.labels); !labels.empty()) text += "privacy: " + labels;
  }
  const auto effects = [&](bool may_fail, bool may_reject, const std::vector<std::uint32_t>& raises) {
    const auto say = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
    if (may_fail) say("may fail");
    if (may_reject) say("may reject or skip the record");
    for (const std::uint32_t issue : raises) {
      if (issue < program.issues.size()) say("raises " + program.issues[issue].name);
    }
  };
  if (symbol.kind == SymbolKind::function && symbol.index < program.fns.size()) {
    const sema::FnSymbol& fn = program.fns[symbol.index];
    effects(fn.may_fail, fn.may_reject, fn.raises);
  }
  if (symbol.kind == SymbolKind::table && symbol.index < program.tables.size()) {
    const sema::TableSymbol& table = program.tables[symbol.index];
    effects(table.may_fail, table.may_reject, table.raises);
  }
  if (symbol.kind == SymbolKind::map && symbol.index < program.maps.size()) effects(false, false, program.maps[symbol.index].raises);
  return text;
}

int symbol_kind(syntax::DeclKind kind) {
  switch (kind) {
    case syntax::DeclKind::enumeration: return 10;
    case syntax::DeclKind::schema:
    case syntax::DeclKind::type: return 5;
    case syntax::DeclKind::fn:
    case syntax::DeclKind::map:
    case syntax::DeclKind::table:
    case syntax::DeclKind::lookup: return 12;
    case syntax::DeclKind::import:
    case syntax::DeclKind::header: return 3;
    case syntax::DeclKind::param: return 14;
    case syntax::DeclKind::issue: return 24;
    case syntax::DeclKind::error:
    case syntax::DeclKind::source:
    case syntax::DeclKind::target:
    case syntax::DeclKind::privacy:
    case syntax::DeclKind::dedupe:
    case syntax::DeclKind::profile:
    case syntax::DeclKind::reconcile:
    case syntax::DeclKind::sync:
    case syntax::DeclKind::stage:
    case syntax::DeclKind::rollback:
    case syntax::DeclKind::test:
    case syntax::DeclKind::item:
    case syntax::DeclKind::environment: return 19;
  }
  return 19;
}

}  // namespace

std::string hover(const Snapshot& snapshot, std::uint32_t offset) {
  const Occurrence* symbol = snapshot.symbols->at(snapshot.file(), offset);
  const sema::ModuleId module = snapshot.symbols->module_of(snapshot.file());
  std::string text;
  Span span;
  if (symbol != nullptr) {
    span = symbol->span;
    const std::string declared = declaration_text(snapshot.sources(), snapshot.program(), *symbol);
    if (!declared.empty()) text = "```mig\n" + declared + "\n```\n";
  }
  const std::uint32_t expression = expression_at(snapshot, module, offset);
  if (expression != sema::kNone) {
    if (!span.valid()) span = snapshot.program().modules[module].tree.exprs[expression].span;
    const std::string facts = expression_facts(snapshot, module, expression, offset);
    if (!facts.empty()) text += facts + "\n";
  }
  if (symbol != nullptr) {
    if (const std::string facts = symbol_facts(snapshot, *symbol); !facts.empty()) text += "\n" + facts + "\n";
    if (const std::string doc = documentation_of(snapshot.program(), *symbol); !doc.empty()) text += "\n" + doc;
  }
  if (text.empty() || !span.valid()) return "null";
  JsonWriter json;
  json.begin_object().key("contents").begin_object().field("kind", "markdown").field("value", text).end_object();
  json.key("range");
  write_range(json, snapshot.sources(), span);
  json.end_object();
  return json.text();
}

std::string definition(const Snapshot& snapshot, std::uint32_t offset) {
  const Occurrence* symbol = snapshot.symbols->at(snapshot.file(), offset);
  if (symbol == nullptr || !symbol->definition.valid()) return "null";
  JsonWriter json;
  write_location(json, snapshot, symbol->definition);
  return json.text();
}

std::string references(const Snapshot& snapshot, std::uint32_t offset, bool with_declaration) {
  JsonWriter json;
  json.begin_array();
  if (const Occurrence* symbol = snapshot.symbols->at(snapshot.file(), offset); symbol != nullptr) {
    for (const Occurrence& one : snapshot.symbols->same(*symbol)) {
      if (with_declaration || !one.is_definition()) write_location(json, snapshot, one.span);
    }
  }
  return json.end_array().text();
}

std::string highlights(const Snapshot& snapshot, std::uint32_t offset) {
  JsonWriter json;
  json.begin_array();
  if (const Occurrence* symbol = snapshot.symbols->at(snapshot.file(), offset); symbol != nullptr) {
    for (const Occurrence& one : snapshot.symbols->same(*symbol)) {
      if (one.span.file != snapshot.file()) continue;
      json.begin_object().key("range");
      write_range(json, snapshot.sources(), one.span);
      json.field("kind", one.is_definition() ? 3 : 2).end_object();
    }
  }
  return json.end_array().text();
}

std::string document_symbols(const Snapshot& snapshot) {
  JsonWriter json;
  json.begin_array();
  const sema::ModuleId module = snapshot.symbols->module_of(snapshot.file());
  if (module < snapshot.program().modules.size()) {
    for (const syntax::Decl& decl : snapshot.program().modules[module].tree.decls) {
      std::string name = decl.name.valid() ? decl.name.text : std::string(syntax::keyword_text(decl.kind()));
      if (const auto* test = decl.get_if<syntax::TestDecl>()) name = test->title.value;
      if (const auto* header = decl.get_if<syntax::HeaderDecl>()) name = header->title.value;
      if (name.empty()) name = syntax::keyword_text(decl.kind());
      json.begin_object().field("name", name).field("detail", syntax::keyword_text(decl.kind())).field("kind", symbol_kind(decl.kind()));
      json.key("range");
      write_range(json, snapshot.sources(), decl.span);
      json.key("selectionRange");
      write_range(json, snapshot.sources(), decl.name.valid() ? decl.name.span : decl.keyword);
      json.end_object();
    }
  }
  return json.end_array().text();
}

}  // namespace mig::lsp
