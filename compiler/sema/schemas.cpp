// Types and schemas, in order of dependency; schemas read from database dumps.
#include <algorithm>

#include "compiler/sema/attributes.h"
#include "compiler/sema/ddl_reader.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

class SchemaReader {
 public:
  SchemaReader(Analysis& analysis, uint32_t index)
      : analysis_(analysis), index_(index), schema_(analysis.program->schemas[index]), module_(schema_.module),
        decl_(analysis.tree(module_)[schema_.decl].as<syntax::SchemaDecl>()) {}

  void read() {
    if (decl_.from) import_columns();
    for (const syntax::SchemaField& written : decl_.fields) {
      if (written.name.valid()) read_field(written);
    }
    Type record;
    record.kind = Kind::kRecord;
    record.name = schema_.name;
    for (uint32_t i = 0; i < schema_.fields.size(); ++i) {
      SchemaField& field = schema_.fields[i];
      if (field.type == kNoType) field.type = analysis_.types().of(Kind::kError);
      field.read = field.optional ? analysis_.types().nullable(field.type) : field.type;
      if (is_error(analysis_.type(field.type))) field.read = field.type;
      if (field.wire_names.empty()) field.wire_names.push_back(field.name);
      if (field.key) schema_.key.push_back(i);
      record.fields.push_back({field.name, field.type, field.optional});
    }
    schema_.type = analysis_.types().intern(std::move(record));
  }

 private:
  const syntax::Module& tree() { return analysis_.tree(module_); }

  void import_columns() {
    const syntax::ConnectorCall& from = *decl_.from;
    SqlDialect dialect = SqlDialect::kSqlite;
    if (from.name.text == "postgres") {
      dialect = SqlDialect::kPostgres;
    } else if (from.name.text != "sqlite") {
      analysis_.report(Code::E0101, from.name.span, "schemas cannot be read from `" + from.name.text + "`", "`sqlite` and `postgres` can");
      return;
    }
    std::optional<std::string> path, table;
    Span path_span = from.span;
    for (const syntax::Argument& argument : from.arguments) {
      if (!argument.name.valid()) {
        path = literal_text(tree(), argument.value);
        path_span = argument.span;
      } else if (argument.name.text == "table") {
        table = literal_text(tree(), argument.value);
      } else {
        analysis_.report(Code::E0101, argument.name.span, "`" + from.name.text + "` has no argument `" + argument.name.text + "`", "not known");
      }
    }
    if (!path || !table) {
      analysis_.report(Code::E0201, from.span, "a schema is read from a dump and a table", "write `" + from.name.text + "(\"dump.sql\", table: \"name\")`");
      return;
    }
    const auto text = read_project_file(analysis_, module_, *path, path_span, schema_.imported_from);
    if (!text) return;
    const std::vector<DdlTable> tables = read_ddl(*text, dialect, analysis_.types());
    const auto found = std::find_if(tables.begin(), tables.end(), [&](const DdlTable& t) { return t.name == *table; });
    if (found == tables.end()) {
      Diagnostic& finding = analysis_.report(Code::E0101, from.span, "`" + schema_.imported_from + "` has no table `" + *table + "`", "not in the file");
      std::string names;
      for (const DdlTable& t : tables) names += (names.empty() ? "" : ", ") + t.name;
      if (!names.empty()) finding.note("tables in the file: " + names);
      return;
    }
    for (const DdlColumn& column : found->columns) {
      SchemaField field;
      field.name = column.name;
      field.span = field.type_span = field.whole = schema_.span;
      field.type = column.type;
      field.key = column.key;
      schema_.by_name.emplace(field.name, static_cast<uint32_t>(schema_.fields.size()));
      schema_.fields.push_back(std::move(field));
      if (column.type == kNoType) unknown_.push_back(column.type_text);
      else unknown_.emplace_back();
    }
    imported_ = schema_.fields.size();
  }

  void read_field(const syntax::SchemaField& written) {
    const TypeId type = resolve_type(analysis_, module_, written.type);
    const auto it = schema_.by_name.find(written.name.text);
    if (it != schema_.by_name.end() && it->second >= imported_) {
      analysis_.report(Code::E0108, written.name.span, "the field `" + written.name.text + "` is declared twice", "declared again here")
          .also(schema_.fields[it->second].span, "first declared here");
      return;
    }
    if (decl_.from && it == schema_.by_name.end() && imported_ > 0) {
      Diagnostic& finding = analysis_.report(Code::E0101, written.name.span, "the imported table has no column `" + written.name.text + "`", "not in " + schema_.imported_from);
      std::vector<std::string_view> columns;
      for (const auto& [name, index] : schema_.by_name) columns.push_back(name);
      analysis_.suggest(finding, written.name.text, written.name.span, columns);
      return;
    }
    if (it != schema_.by_name.end()) {
      SchemaField& field = schema_.fields[it->second];
      const Span type_span = written.type.valid() ? tree()[written.type].span : written.span;
      const Fit narrower = field.type == kNoType ? Fit::kYes : fit(analysis_.types(), type, field.type);
      if (narrower == Fit::kDifferent || narrower == Fit::kNull) {
        analysis_.report(Code::E0201, type_span, "the overlay of `" + field.name + "` is not a narrower type than its column",
                         analysis_.type_text(type) + "; the column is " + analysis_.type_text(field.type));
      } else {
        field.type = type;
      }
      annotate(field, written, type_span);
      return;
    }
    SchemaField field;
    field.name = written.name.text;
    field.type = type;
    schema_.by_name.emplace(field.name, static_cast<uint32_t>(schema_.fields.size()));
    schema_.fields.push_back(std::move(field));
    annotate(schema_.fields.back(), written, written.type.valid() ? tree()[written.type].span : written.span);
  }

  void annotate(SchemaField& field, const syntax::SchemaField& written, Span type_span) {
    field.span = written.name.span;
    field.type_span = type_span;
    field.whole = written.span;
    field.optional = written.optional;
    read_field_attributes(analysis_, module_, written.attributes, field);
  }

  Analysis& analysis_;
  uint32_t index_;
  SchemaSymbol& schema_;
  ModuleId module_;
  const syntax::SchemaDecl& decl_;
  size_t imported_ = 0;
  std::vector<std::string> unknown_;  // type texts of columns without a type
};

void read_type(Analysis& analysis, TypeSymbol& symbol, uint32_t index) {
  const auto& written = analysis.tree(symbol.module)[symbol.decl].as<syntax::TypeDecl>();
  const TypeId base = resolve_type(analysis, symbol.module, written.type);
  symbol.type = base;
  if (!written.condition.valid() || is_error(analysis.type(base))) return;
  Type refined = analysis.type(base);
  if (refined.kind != Kind::kString && refined.kind != Kind::kInt && refined.kind != Kind::kDecimal) {
    analysis.report(Code::E0201, symbol.span, "only text and numbers can be refined with `where`", analysis.type_text(base));
    return;
  }
  symbol.condition = {symbol.module, written.condition};
  refined.name = symbol.name;
  refined.declaration = index;
  symbol.type = analysis.types().intern(std::move(refined));
  Local value;
  value.name = "value";
  value.span = symbol.span;
  value.kind = LocalKind::kRefinedValue;
  value.type = base;
  value.used = true;
  symbol.value = static_cast<uint32_t>(analysis.program->locals.size());
  analysis.program->locals.push_back(std::move(value));
}

}  // namespace

void resolve_schemas(Analysis& analysis) {
  Program& program = *analysis.program;
  // Nodes: types, then schemas.
  const uint32_t types = static_cast<uint32_t>(program.type_symbols.size());
  std::vector<std::vector<uint32_t>> edges(types + program.schemas.size());
  std::vector<NameUses> uses;
  for (ModuleId module = 0; module < program.modules.size(); ++module) uses.emplace_back(analysis.tree(module));
  const auto origin = [&](uint32_t node) -> const Origin& {
    if (node < types) return program.type_symbols[node];
    return program.schemas[node - types];
  };
  for (uint32_t node = 0; node < edges.size(); ++node) {
    const ModuleId module = origin(node).module;
    uses[module].in_types(analysis.tree(module)[origin(node).decl].span, [&](const NameUses::Use& use) {
      ModuleId owner = module;
      if (!use.qualifier.empty()) {
        const auto imported = analysis.find(NameKind::kModule, module, use.qualifier);
        if (!imported) return;
        owner = *imported;
      }
      if (const auto type = analysis.find(NameKind::kType, owner, use.name)) edges[node].push_back(*type);
      if (const auto schema = analysis.find(NameKind::kSchema, owner, use.name)) edges[node].push_back(types + *schema);
    });
  }
  const DependencyOrder order = order_by_dependencies(edges);
  for (const auto& cycle : order.cycles) {
    std::string path;
    for (const uint32_t node : cycle) path += origin(node).name + " -> ";
    analysis.report(Code::E0341, origin(cycle.front()).span, "`" + origin(cycle.front()).name + "` contains itself", "a record or type cannot hold itself")
        .note_as("cycle", path + origin(cycle.front()).name);
  }
  for (const uint32_t node : order.order) {
    if (node < types) {
      read_type(analysis, program.type_symbols[node], node);
    } else {
      SchemaReader(analysis, node - types).read();
    }
  }
}

}  // namespace mig::sema
