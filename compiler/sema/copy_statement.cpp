// Whole-record statements: `copy` of what both sides share, `ignore` of what is left behind.
#include <algorithm>

#include "compiler/sema/phases.h"
#include "compiler/sema/statements.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

void StatementChecker::check_copy(syntax::StmtId id, const syntax::CopyStmt& copy, Assignments& assigned) {
  StmtInfo& about = info(id);
  uint32_t lineage = 0;
  if (!copy.object.valid() || copy.object.parts.size() != 1 || copy.object.parts[0].text != frame_.source_alias) {
    analysis_.report(Code::E0101, copy.object.span, "`copy` takes fields of the source record",
                     "write `copy " + frame_.source_alias + ".{a, b}`");
    finish(id, 0);
    return;
  }
  if (frame_.source_schema == kNone || frame_.target_schema == kNone) return;
  const SchemaSymbol& source = program_.schemas[frame_.source_schema];
  const SchemaSymbol& target = program_.schemas[frame_.target_schema];
  for (const syntax::Name& name : copy.fields) {
    const auto from = source.by_name.find(name.text);
    const auto to = target.by_name.find(name.text);
    if (from == source.by_name.end() || to == target.by_name.end()) {
      const bool in_source = from == source.by_name.end();
      const SchemaSymbol& schema = in_source ? source : target;
      Diagnostic& finding = analysis_.report(Code::E0101, name.span,
                                             std::string("the ") + (in_source ? "source" : "target") + " has no field `" + name.text + "`",
                                             "not in schema " + schema.name);
      finding.also(schema.span, "declared here");
      std::vector<std::string_view> names;
      for (const SchemaField& field : schema.fields) names.push_back(field.name);
      analysis_.suggest(finding, name.text, name.span, names);
      continue;
    }
    const TypeId read = checker_.read_source_field(from->second, nullptr);
    lineage = analysis_.merge_lineages(lineage, analysis_.lineage_of(from->second));
    const SchemaField& field = target.fields[to->second];
    if (field.computed) report_computed(field, name.span);
    claim(field.name, name.span, assigned);
    const TypeId wanted = field.optional ? with_keep(program_.types, field.type, true) : field.type;
    CopiedField copied{from->second, to->second, read, wanted};
    switch (fit(program_.types, read, wanted)) {
      case Fit::kYes: about.copied.push_back(copied); break;
      case Fit::kNull:
      case Fit::kKeep:
        analysis_
            .report(Code::E0311, name.span, "`" + name.text + "` needs a value, but the source may have none", analysis_.type_text(read))
            .also(source.fields[from->second].span, "may be missing (schema " + source.name + ")")
            .also(field.span, "takes " + analysis_.type_text(field.type) + " (schema " + target.name + ")")
            .help(Applicability::sketch,
                  "assign it by itself: `" + name.text + " = " + frame_.source_alias + "." + name.text + " ?? reject DECIDE`");
        break;
      case Fit::kNarrowing:
        analysis_.report(Code::E0221, name.span, "`" + name.text + "` of the source may not fit the target", analysis_.type_text(read))
            .also(source.fields[from->second].span, analysis_.type_text(read) + " (schema " + source.name + ")")
            .also(field.type_span, "takes " + bounds_in_words(type(field.type)) + " (schema " + target.name + ")")
            .help(Applicability::choose, "assign it by itself and say what happens to values that do not fit");
        break;
      case Fit::kDifferent:
        analysis_
            .report(Code::E0201, name.span,
                    "`" + name.text + "` is " + kind_in_words(program_.types, read) + " in the source and " +
                        kind_in_words(program_.types, field.type) + " in the target",
                    "cannot be copied")
            .also(source.fields[from->second].span, analysis_.type_text(read) + " (schema " + source.name + ")")
            .also(field.type_span, analysis_.type_text(field.type) + " (schema " + target.name + ")");
        break;
    }
  }
  finish(id, lineage);
}

void StatementChecker::check_ignore(const syntax::IgnoreStmt& ignore) {
  if (frame_.source_schema == kNone) return;
  const SchemaSymbol& source = program_.schemas[frame_.source_schema];
  ignored_.resize(source.fields.size());
  for (const syntax::Path& path : ignore.fields) {
    if (!path.valid()) continue;
    const bool qualified = path.parts.size() >= 2 && path.parts[0].text == frame_.source_alias;
    const syntax::Name& name = qualified ? path.parts[1] : path.parts[0];
    const auto it = source.by_name.find(name.text);
    if (it == source.by_name.end() || (!qualified && path.parts.size() > 1)) {
      Diagnostic& finding = analysis_.report(Code::E0101, name.span, "source `" + frame_.source_name + "` has no field `" + name.text + "`",
                                             "not in schema " + source.name);
      finding.also(source.span, "declared here");
      std::vector<std::string_view> names;
      for (const SchemaField& field : source.fields) names.push_back(field.name);
      analysis_.suggest(finding, name.text, name.span, names);
      continue;
    }
    const size_t field = qualified ? 1 : 0;
    if (path.parts.size() > field + 1) {
      check_ignored_part(path, field, source.fields[it->second].type);
      continue;
    }
    ignored_[it->second] = true;
    ignore_spans_.emplace(it->second, path.span);
  }
}

// `m.lines.note`: a field of the record in `lines`; the rest of that record is not ignored.
void StatementChecker::check_ignored_part(const syntax::Path& path, size_t field, TypeId id) {
  for (size_t i = field + 1; i < path.parts.size(); ++i) {
    while (type(id).kind == Kind::kList || type(id).kind == Kind::kSet || type(id).kind == Kind::kMap) id = type(id).element;
    if (is_error(type(id))) return;
    const Type& record = type(id);
    const auto inner =
        std::find_if(record.fields.begin(), record.fields.end(), [&](const RecordField& each) { return each.name == path.parts[i].text; });
    if (record.kind != Kind::kRecord || inner == record.fields.end()) {
      Diagnostic& finding =
          analysis_.report(Code::E0101, path.parts[i].span, "`" + path.parts[i - 1].text + "` has no field `" + path.parts[i].text + "`",
                           "not in " + analysis_.type_text(id));
      std::vector<std::string_view> names;
      if (record.kind == Kind::kRecord)
        for (const RecordField& each : record.fields) names.push_back(each.name);
      analysis_.suggest(finding, path.parts[i].text, path.parts[i].span, names);
      return;
    }
    id = inner->type;
  }
}

}  // namespace mig::sema
