#include "compiler/language_server/signature_text.h"

#include <fmt/format.h>

namespace mig::lsp {
namespace {

std::string bounds(std::int64_t low, std::int64_t high) {
  if (low == kUnboundedLow && high == kUnboundedHigh) return {};
  return fmt::format("({}..{})", low == kUnboundedLow ? "" : fmt::to_string(low), high == kUnboundedHigh ? "" : fmt::to_string(high));
}

std::string tree_text(const stdlib::TypeTree& tree) {
  const auto listed = [&](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? ", " : "") + tree_text(tree.arguments[i]);
    return text;
  };
  std::string text;
  switch (tree.form) {
    case stdlib::TypeTree::Form::kVariable:
    case stdlib::TypeTree::Form::kTypeName: text = tree.name; break;
    case stdlib::TypeTree::Form::kWord:
      for (const std::string& word : tree.words) text += (text.empty() ? "" : " or ") + word;
      break;
    case stdlib::TypeTree::Form::kKind:
      if (tree.kind == Kind::kFunction) {
        text = fmt::format("({}) -> {}", listed(tree.arguments.size() - 1), tree_text(tree.arguments.back()));
      } else if (tree.kind == Kind::kRecord) {
        text = "{ ";
        for (std::size_t i = 0; i < tree.arguments.size(); ++i)
          text += fmt::format("{}{}: {}", i > 0 ? ", " : "", tree.field_names[i], tree_text(tree.arguments[i]));
        text += " }";
      } else {
        text = tree.name.empty() ? std::string(kind_name(tree.kind)) : tree.name;
        if (!tree.arguments.empty()) text += "<" + listed(tree.arguments.size()) + ">";
        text += tree.precision > 0 ? fmt::format("({}, {})", tree.precision, tree.scale) : bounds(tree.low, tree.high);
      }
      break;
  }
  return tree.nullable ? text + "?" : text;
}

std::string literal_text(const stdlib::Literal& literal) {
  switch (literal.form) {
    case stdlib::Literal::Form::kNone: return {};
    case stdlib::Literal::Form::kNull: return "null";
    case stdlib::Literal::Form::kBool: return literal.number != 0 ? "true" : "false";
    case stdlib::Literal::Form::kInt: return fmt::to_string(literal.number);
    case stdlib::Literal::Form::kText: return fmt::format("\"{}\"", literal.text);
    case stdlib::Literal::Form::kWord: return literal.text;
    case stdlib::Literal::Form::kTexts: return "[...]";
  }
  return {};
}

const sema::Origin* origin_of(const sema::Program& program, const Occurrence& symbol) {
  const auto of = [&](const auto& symbols) -> const sema::Origin* {
    return symbol.index < symbols.size() ? &symbols[symbol.index] : nullptr;
  };
  switch (symbol.kind) {
    case SymbolKind::param: return of(program.params);
    case SymbolKind::type: return of(program.type_symbols);
    case SymbolKind::enumeration:
    case SymbolKind::variant: return of(program.enum_symbols);
    case SymbolKind::schema:
    case SymbolKind::field: return of(program.schemas);
    case SymbolKind::source: return of(program.sources);
    case SymbolKind::target: return of(program.targets);
    case SymbolKind::lookup: return of(program.lookups);
    case SymbolKind::table: return of(program.tables);
    case SymbolKind::function: return of(program.fns);
    case SymbolKind::issue: return of(program.issues);
    case SymbolKind::map:
    case SymbolKind::alias: return of(program.maps);
    case SymbolKind::reconcile: return of(program.reconciles);
    case SymbolKind::sync: return of(program.syncs);
    case SymbolKind::stage: return of(program.stages);
    case SymbolKind::rollback: return of(program.rollbacks);
    case SymbolKind::item: return of(program.items);
    case SymbolKind::environment: return of(program.environments);
    case SymbolKind::local:
    case SymbolKind::import:
    case SymbolKind::standard_function: return nullptr;
  }
  return nullptr;
}

const syntax::Decl* declared(const sema::Program& program, const sema::Origin* origin) {
  if (origin == nullptr || origin->module >= program.modules.size() || !origin->decl.valid()) return nullptr;
  const auto& decls = program.modules[origin->module].tree.decls;
  return origin->decl.value < decls.size() ? &decls[origin->decl.value] : nullptr;
}

}  // namespace

std::string signature_text(const stdlib::Declaration& function) {
  std::string text = function.name;
  if (!function.type_parameters.empty()) {
    text += '<';
    for (const stdlib::TypeParameter& parameter : function.type_parameters) text += (text.back() == '<' ? "" : ", ") + parameter.name;
    text += '>';
  }
  text += '(';
  for (const stdlib::Parameter& parameter : function.parameters) {
    text += fmt::format("{}{}: {}{}", text.back() == '(' ? "" : ", ", parameter.name, tree_text(parameter.type),
                        parameter.variadic ? "..." : "");
    if (parameter.fallback.form != stdlib::Literal::Form::kNone) text += " = " + literal_text(parameter.fallback);
  }
  return text + ") -> " + tree_text(function.result) + (function.may_fail ? "!" : "");
}

std::string type_text(const sema::Program& program, TypeId type) {
  if (type == kNoType || type >= program.types.size() || program.types[type].kind == Kind::kError) return "unknown";
  return program.types.text(type);
}

std::string labels_text(const sema::Program& program, std::uint32_t label_set) {
  std::string text;
  if (label_set >= program.label_sets.size()) return text;
  for (const std::uint32_t one : program.label_sets[label_set]) {
    if (one < program.classes.size()) text += (text.empty() ? "" : ", ") + program.classes[one].name;
  }
  return text;
}

std::string declaration_text(const SourceMap& sources, const sema::Program& program, const Occurrence& symbol) {
  if (symbol.kind == SymbolKind::standard_function) return signature_text(*symbol.standard);
  if (symbol.kind == SymbolKind::local && symbol.index < program.locals.size()) {
    return fmt::format("{}: {}", program.locals[symbol.index].name, type_text(program, program.locals[symbol.index].type));
  }
  if (symbol.kind == SymbolKind::field && symbol.index < program.schemas.size() &&
      symbol.part < program.schemas[symbol.index].fields.size()) {
    return std::string(sources.text(program.schemas[symbol.index].fields[symbol.part].whole)) + "   // schema " +
           program.schemas[symbol.index].name;
  }
  if (symbol.kind == SymbolKind::variant && symbol.index < program.enums.size() &&
      symbol.part < program.enums[symbol.index].variants.size()) {
    const EnumVariant& variant = program.enums[symbol.index].variants[symbol.part];
    return fmt::format("{} = \"{}\"   // enum {}", variant.name, variant.wire, program.enums[symbol.index].name);
  }
  const syntax::Decl* decl = declared(program, origin_of(program, symbol));
  if (decl == nullptr) return {};
  if (const auto* fn = decl->get_if<syntax::FnDecl>()) return std::string(sources.text(fn->signature));
  // Up to the block, and on one line.
  std::string text;
  for (const char c : sources.text({decl->span.file, decl->keyword.begin, decl->span.end})) {
    if (c == '{' && decl->kind() != syntax::DeclKind::enumeration) break;
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) text += c;
    if (blank && !text.empty() && text.back() != ' ') text += ' ';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string documentation_of(const sema::Program& program, const Occurrence& symbol) {
  if (symbol.standard != nullptr) {
    std::string text = symbol.standard->doc;
    for (const std::string& example : symbol.standard->examples) text += "\n\n`" + example + "`";
    return text;
  }
  const syntax::Decl* decl = declared(program, origin_of(program, symbol));
  if (decl == nullptr || symbol.kind == SymbolKind::alias) return {};
  if (const auto* schema = decl->get_if<syntax::SchemaDecl>(); schema != nullptr && symbol.kind == SymbolKind::field) {
    for (const syntax::SchemaField& field : schema->fields) {
      if (field.name.span == symbol.definition) return field.doc;
    }
    return {};
  }
  if (const auto* enumeration = decl->get_if<syntax::EnumDecl>(); enumeration != nullptr && symbol.kind == SymbolKind::variant) {
    return symbol.part < enumeration->variants.size() ? enumeration->variants[symbol.part].doc : "";
  }
  std::string text = decl->doc;
  if (const auto* issue = decl->get_if<syntax::IssueDecl>(); issue != nullptr && issue->fix.present())
    text += "\n\nFix: " + issue->fix.value;
  return text;
}

}  // namespace mig::lsp
