#include "compiler/sema/imported_schemas.h"

#include <algorithm>

#include "compiler/schemas/shape_text.h"
#include "compiler/sema/imported_types.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/pins.h"

namespace mig::sema {

namespace {

class Importer {
 public:
  Importer(Analysis& analysis, uint32_t index)
      : analysis_(analysis),
        index_(index),
        schema_(analysis.program->schemas[index]),
        module_(schema_.module),
        from_(*analysis.tree(module_)[schema_.decl].as<syntax::SchemaDecl>().from),
        known_(*analysis.imported_schemas) {}

  void run() {
    format_ = schemas::find_format(from_.name.text);
    if (format_ == nullptr) {
      Diagnostic& finding = analysis_.report(Code::E0101, from_.name.span, "schemas cannot be read from `" + from_.name.text + "`",
                                             "not a format of schema files");
      std::vector<std::string_view> names;
      std::string list;
      for (const schemas::FormatInfo& format : schemas::formats()) {
        names.push_back(format.name);
        list += (list.empty() ? "`" : ", `") + std::string(format.name) + "`";
      }
      finding.note("formats: " + list);
      analysis_.suggest(finding, from_.name.text, from_.name.span, names);
      return;
    }
    if (!read_arguments()) return;
    ImportedSchemas::File* file = open();
    if (file == nullptr) return;
    report_problems(*file);
    const schemas::Shape* shape = schemas::find_shape(file->content, selector_);
    if (shape == nullptr) {
      if (file->content.problems.empty()) report_missing(*file);
      return;
    }
    add_fields(*file, *shape);
    known_.origins[index_] = {key_, shape->name};
    compare_with_lock(*file, *shape);
  }

 private:
  bool read_arguments() {
    std::optional<std::string> path, selector;
    path_span_ = from_.span;
    for (const syntax::Argument& argument : from_.arguments) {
      if (!argument.name.valid()) {
        path = literal_text(analysis_.tree(module_), argument.value);
        path_span_ = argument.span;
      } else if (!format_->selector.empty() && argument.name.text == format_->selector) {
        selector = literal_text(analysis_.tree(module_), argument.value);
        if (!selector) selector = "";
      } else {
        Diagnostic& finding = analysis_.report(Code::E0101, argument.name.span,
                                               "`" + from_.name.text + "` has no argument `" + argument.name.text + "`", "not known");
        if (!format_->selector.empty()) analysis_.suggest(finding, argument.name.text, argument.name.span, {format_->selector});
      }
    }
    const bool lacks_selector = format_->selector_needed && (!selector || selector->empty());
    if (!path || lacks_selector) {
      const std::string what =
          format_->selector.empty()
              ? std::string("a file")
              : "a file and " + std::string(format_->selector == "table" ? "a table" : "a " + std::string(format_->selector));
      analysis_.report(Code::E0201, from_.span, "a schema of `" + from_.name.text + "` is read from " + what,
                       "write `" + std::string(format_->example) + "`");
      return false;
    }
    path_ = *path;
    selector_ = selector.value_or("");
    return true;
  }

  ImportedSchemas::File* open() {
    const auto text = read_project_file(analysis_, module_, path_, path_span_, schema_.imported_from);
    if (!text) return nullptr;
    key_ = std::to_string(static_cast<int>(format_->format)) + " " + schema_.imported_from;
    const auto it = known_.files.find(key_);
    if (it != known_.files.end()) return &it->second;
    ImportedSchemas::File& file = known_.files[key_];
    const auto added = analysis_.sources.find(schema_.imported_from);
    file.file = added ? *added : analysis_.sources.add(schema_.imported_from, *text);
    file.content = schemas::read_schema(format_->format, *text);
    return &file;
  }

  Span in_file(const ImportedSchemas::File& file, uint32_t begin, uint32_t end) const { return {file.file, begin, std::max(begin, end)}; }

  void report_problems(ImportedSchemas::File& file) {
    if (file.reported) return;
    file.reported = true;
    for (const schemas::Problem& problem : file.content.problems) {
      analysis_.report(Code::E0131, in_file(file, problem.begin, problem.end), problem.message, problem.label)
          .also(from_.span, "read for schema " + schema_.name);
    }
  }

  void report_missing(const ImportedSchemas::File& file) {
    const std::string what =
        selector_.empty() ? "describes no record" : "has no " + std::string(format_->selector) + " `" + selector_ + "`";
    Diagnostic& finding = analysis_.report(Code::E0101, from_.span, "`" + schema_.imported_from + "` " + what, "not in the file");
    std::string names;
    std::vector<std::string_view> candidates;
    for (const schemas::Shape& shape : file.content.shapes) {
      candidates.push_back(shape.name);
      if (candidates.size() <= 20) names += (names.empty() ? "" : ", ") + shape.name;
    }
    if (candidates.size() > 20) names += " and " + std::to_string(candidates.size() - 20) + " more";
    if (!names.empty()) finding.note(std::string(format_->selector) + "s in the file: " + names);
    for (const syntax::Argument& argument : from_.arguments) {
      if (argument.name.valid() && argument.value.valid()) {
        const Span value = analysis_.tree(module_)[argument.value].span;
        if (value.size() > 2) analysis_.suggest(finding, selector_, {value.file, value.begin + 1, value.end - 1}, candidates);
      }
    }
  }

  void add_fields(const ImportedSchemas::File& file, const schemas::Shape& shape) {
    ImportedTypes types(analysis_, module_, schema_.name, file.file);
    for (const schemas::ShapeField& read : shape.fields) {
      SchemaField field;
      field.name = read.name;
      field.span = field.type_span = field.whole = in_file(file, read.begin, read.end);
      field.type = types.type_of(read.type, read.name, field.span);
      // A row of a database has every column; a document may lack what it need not have.
      field.optional = read.optional && !file.content.from_database;
      field.key = read.key;
      field.unique = read.unique;
      field.computed = read.computed;
      const uint32_t index = static_cast<uint32_t>(schema_.fields.size());
      if (!schema_.by_name.emplace(field.name, index).second) continue;
      schema_.fields.push_back(std::move(field));
      if (read.computed || (read.filled && !read.key)) known_.filled[index_].push_back(index);
      if (!read.parent.empty()) known_.foreign_keys.push_back({index_, index, read.parent, read.parent_field});
    }
  }

  void compare_with_lock(const ImportedSchemas::File& file, const schemas::Shape& shape) {
    if (analysis_.options.ignore_lock) return;
    const bool first = !known_.lock_loaded;
    const schemas::Lock* const lock = project_lock(analysis_);
    if (lock == nullptr) {
      // A damaged lock has its own finding; without one a project has not begun to pin, which one finding says.
      const bool missing = !analysis_.sources.find(schemas::kLockFile).has_value();
      if (first && missing)
        report_unpinned("the schemas of this project are not pinned", "a later change of the file would not be noticed");
      return;
    }
    const schemas::LockEntry* pinned = lock->find(format_->name, schema_.imported_from, selector_);
    if (pinned == nullptr) {
      report_unpinned("schema " + schema_.name + " is not pinned in mig.lock", "a later change of the file would not be noticed");
      return;
    }
    const auto changes = schemas::compare_lines(pinned->lines, schemas::shape_lines(shape));
    if (changes.empty()) return;
    Diagnostic& finding = analysis_.report(Code::E0133, from_.span,
                                           "schema " + schema_.name + " is not the one that was pinned: " + std::to_string(changes.size()) +
                                               (changes.size() == 1 ? " field differs" : " fields differ"),
                                           "`" + schema_.imported_from + "` has changed");
    for (const schemas::Change& change : changes) {
      const auto field = schema_.by_name.find(change.field);
      if (field != schema_.by_name.end() && finding.secondary.size() < 2) finding.also(schema_.fields[field->second].span, "differs here");
    }
    std::string text;
    for (size_t i = 0; i < changes.size() && i < 8; ++i) text += (i == 0 ? "" : "\n") + schemas::change_text(changes[i]);
    if (changes.size() > 8) text += "\nand " + std::to_string(changes.size() - 8) + " more: `migc schema diff` lists them";
    finding.note_as("drift", text);
    finding.help(Applicability::choose, "when the change is wanted, adapt the maps and pin it: `migc schema refresh SPEC`");
    static_cast<void>(file);
  }

  void report_unpinned(std::string message, std::string label) {
    analysis_.report(Code::W0134, from_.span, std::move(message), std::move(label))
        .help(Applicability::choose, "pin what the specs were checked against: `migc schema refresh SPEC` writes mig.lock; commit it");
  }

  Analysis& analysis_;
  uint32_t index_;
  SchemaSymbol& schema_;
  ModuleId module_;
  const syntax::ConnectorCall& from_;
  ImportedSchemas& known_;
  const schemas::FormatInfo* format_ = nullptr;
  std::string path_, selector_, key_;
  Span path_span_;
};

}  // namespace

void import_schema(Analysis& analysis, uint32_t schema) { Importer(analysis, schema).run(); }

void resolve_foreign_keys(Analysis& analysis) {
  Program& program = *analysis.program;
  for (const ImportedSchemas::ForeignKey& key : analysis.imported_schemas->foreign_keys) {
    SchemaField& field = program.schemas[key.schema].fields[key.field];
    if (field.reference_target != kNone) continue;  // the overlay says otherwise
    const std::string& file = analysis.imported_schemas->origins[key.schema].file;
    uint32_t parent = kNone;
    bool several = false;
    for (uint32_t t = 0; t < program.targets.size(); ++t) {
      const auto origin = analysis.imported_schemas->origins.find(program.targets[t].schema);
      if (origin == analysis.imported_schemas->origins.end() || origin->second.file != file || origin->second.shape != key.table) continue;
      several |= parent != kNone;
      parent = t;
    }
    if (parent == kNone || several) continue;
    const SchemaSymbol& schema = program.schemas[program.targets[parent].schema];
    const auto column = schema.by_name.find(key.column);
    if (column == schema.by_name.end()) continue;
    field.reference_target = parent;
    field.reference_field = column->second;
    field.reference_imported = true;
    field.reference_span = field.span;
  }
}

}  // namespace mig::sema
