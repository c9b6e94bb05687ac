// Types and schemas, in order of dependency; schemas read from database dumps.
#include <algorithm>

#include "compiler/sema/attributes.h"
#include "compiler/sema/imported_schemas.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

class SchemaReader {
 public:
  SchemaReader(Analysis& analysis, uint32_t index)
      : analysis_(analysis),
        index_(index),
        schema_(analysis.program->schemas[index]),
        module_(schema_.module),
        decl_(analysis.tree(module_)[schema_.decl].as<syntax::SchemaDecl>()) {}

  void read() {
    imported_ = schema_.fields.size();
    for (const syntax::SchemaField& written : decl_.fields) {
      if (written.name.valid()) read_field(written);
    }
    if (decl_.from) finish_imported();
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

  void read_field(const syntax::SchemaField& written) {
    const TypeId type = resolve_type(analysis_, module_, written.type);
    const auto it = schema_.by_name.find(written.name.text);
    if (it != schema_.by_name.end() && it->second >= imported_) {
      analysis_.report(Code::E0108, written.name.span, "the field `" + written.name.text + "` is declared twice", "declared again here")
          .also(schema_.fields[it->second].span, "first declared here");
      return;
    }
    if (decl_.from && it == schema_.by_name.end() && imported_ > 0) {
      Diagnostic& finding = analysis_.report(Code::E0101, written.name.span, "the imported table has no column `" + written.name.text + "`",
                                             "not in " + schema_.imported_from);
      std::vector<std::string_view> columns;
      for (const auto& [name, index] : schema_.by_name) columns.push_back(name);
      analysis_.suggest(finding, written.name.text, written.name.span, columns);
      return;
    }
    if (it != schema_.by_name.end()) {
      SchemaField& field = schema_.fields[it->second];
      const Span type_span = written.type.valid() ? tree()[written.type].span : written.span;
      if (field.type == kNoType || is_narrower(type, field.type)) {
        field.type = type;
      } else if (fit(analysis_.types(), field.type, type) != Fit::kYes) {
        // A wider type says nothing new: the column's own stays.
        analysis_
            .report(Code::E0201, type_span, "the overlay of `" + field.name + "` is not a narrower type than its column",
                    analysis_.type_text(type) + "; the column is " + analysis_.type_text(field.type))
            .also(field.span, "the column");
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

  // May values of the column be read as `type`? Besides what the language converts by itself, a text may hold what is written as one.
  bool is_narrower(TypeId type, TypeId column) {
    TypeTable& types = analysis_.types();
    const Type& to = types[type];
    const Type& from = types[column];
    if (fit(types, type, column) == Fit::kYes) return true;
    if (to.nullable && !from.nullable) return false;
    if (from.kind == Kind::kInt) return to.kind == Kind::kBool || to.kind == Kind::kEnum;
    if (from.kind == Kind::kScalar || from.kind == Kind::kJson) return true;
    if (from.kind != Kind::kString) return false;
    switch (to.kind) {
      case Kind::kString: return !to.name.empty() && from.name.empty();
      case Kind::kBool:
      case Kind::kInt:
      case Kind::kDecimal:
      case Kind::kUuid:
      case Kind::kJson:
      case Kind::kDate:
      case Kind::kTime:
      case Kind::kDatetime:
      case Kind::kTimestamp:
      case Kind::kZoned:
      case Kind::kEnum: return true;
      case Kind::kFloat:
      case Kind::kPercent:
      case Kind::kMoney:
      case Kind::kBytes:
      case Kind::kScalar:
      case Kind::kDuration:
      case Kind::kPeriod:
      case Kind::kList:
      case Kind::kSet:
      case Kind::kMap:
      case Kind::kRecord:
      case Kind::kPosition:
      case Kind::kNever:
      case Kind::kError:
      case Kind::kFunction:
      case Kind::kTypeVariable: return to.kind == Kind::kError;
    }
    return false;
  }

  // What only the whole schema can tell: columns whose type nobody gave, columns that a new row may leave out.
  void finish_imported() {
    for (size_t i = 0; i < imported_; ++i) {
      const SchemaField& field = schema_.fields[i];
      if (field.type != kNoType) continue;
      analysis_
          .report(Code::E0132, field.span, "the type of the column `" + field.name + "` has no counterpart",
                  "which type of the language holds it?")
          .also(decl_.from->span, "imported here")
          .help(Applicability::choose, "say so in the overlay: `schema " + schema_.name + " from ... { " + field.name + ": string? }`");
    }
    // Reading gives every column; only what is written may be left out. A schema that serves both ends stays complete.
    const auto filled = analysis_.imported_schemas->filled.find(index_);
    if (filled == analysis_.imported_schemas->filled.end() || !analysis_.imported_schemas->only_written(schema_.name)) return;
    for (const uint32_t field : filled->second) schema_.fields[field].optional = true;
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

// First all of them, so that every declaration can name the types they bring.
void import_schemas(Analysis& analysis) {
  Program& program = *analysis.program;
  analysis.imported_schemas = std::make_shared<ImportedSchemas>();
  for (ModuleId module = 0; module < program.modules.size(); ++module) {
    const auto name_of = [&](syntax::TypeExprId type) {
      const auto* named = type.valid() ? analysis.tree(module)[type].get_if<syntax::NamedType>() : nullptr;
      return named == nullptr || !named->name.valid() ? std::string() : named->name.last().text;
    };
    for (const syntax::Decl& decl : analysis.tree(module).decls) {
      if (const auto* source = decl.get_if<syntax::SourceDecl>()) analysis.imported_schemas->read.insert(name_of(source->type));
      if (const auto* target = decl.get_if<syntax::TargetDecl>()) analysis.imported_schemas->written.insert(name_of(target->type));
    }
  }
  for (uint32_t i = 0; i < program.schemas.size(); ++i) {
    const SchemaSymbol& schema = program.schemas[i];
    if (analysis.tree(schema.module)[schema.decl].as<syntax::SchemaDecl>().from) import_schema(analysis, i);
  }
}

}  // namespace

void resolve_schemas(Analysis& analysis) {
  Program& program = *analysis.program;
  // Nodes: types, then schemas.
  const uint32_t types = static_cast<uint32_t>(program.type_symbols.size());
  import_schemas(analysis);
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
      // Imported types depend on nothing.
      if (const auto type = analysis.find(NameKind::kType, owner, use.name); type && *type < types) edges[node].push_back(*type);
      if (const auto schema = analysis.find(NameKind::kSchema, owner, use.name)) edges[node].push_back(types + *schema);
    });
  }
  const DependencyOrder order = order_by_dependencies(edges);
  for (const auto& cycle : order.cycles) {
    std::string path;
    for (const uint32_t node : cycle) path += origin(node).name + " -> ";
    analysis
        .report(Code::E0341, origin(cycle.front()).span, "`" + origin(cycle.front()).name + "` contains itself",
                "a record or type cannot hold itself")
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
