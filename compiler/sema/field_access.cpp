// Access to fields: of the source, the target and records, and the paths that narrowing remembers.
#include <algorithm>

#include "compiler/base/edit_distance.h"
#include "compiler/sema/calls.h"
#include "compiler/sema/expressions.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {
std::vector<std::string_view> field_names(const SchemaSymbol& schema) {
  std::vector<std::string_view> names;
  for (const SchemaField& field : schema.fields) names.push_back(field.name);
  return names;
}
}  // namespace

TypeId ExpressionChecker::visit_field(syntax::ExprId id) {
  const auto& access = expr(id).as<syntax::FieldExpr>();
  if (!access.object.valid() || !access.field.valid()) return error();
  if (const auto* object = expr(access.object).get_if<syntax::NameExpr>();
      object != nullptr && frame_.locals.count(object->name.text) == 0) {
    const std::string& text = object->name.text;
    if (!frame_.source_alias.empty() && text == frame_.source_alias) {
      info(access.object).ref = Ref::kSourceRecord;
      if (frame_.source_schema == kNone) return error();
      const SchemaSymbol& schema = program_.schemas[frame_.source_schema];
      const auto it = schema.by_name.find(access.field.text);
      if (it == schema.by_name.end()) {
        Diagnostic& finding =
            report(Code::E0101, access.field.span, "source `" + frame_.source_name + "` has no field `" + access.field.text + "`",
                   "not in schema " + schema.name);
        finding.also(schema.span, "declared here");
        analysis_.suggest(finding, access.field.text, access.field.span, field_names(schema));
        return error();
      }
      return narrowed(id, read_source_field(it->second, &info(id)));
    }
    if (!frame_.target_alias.empty() && text == frame_.target_alias) {
      info(access.object).ref = Ref::kTargetRecord;
      if (frame_.target_schema == kNone) return error();
      const SchemaSymbol& schema = program_.schemas[frame_.target_schema];
      const auto it = schema.by_name.find(access.field.text);
      if (it == schema.by_name.end()) {
        Diagnostic& finding =
            report(Code::E0101, access.field.span, "the target has no field `" + access.field.text + "`", "not in schema " + schema.name);
        finding.also(schema.span, "declared here");
        analysis_.suggest(finding, access.field.text, access.field.span, field_names(schema));
        return error();
      }
      if (frame_.kind == FrameKind::kMap) {
        report(Code::E0014, expr(id).span, "a map cannot read the record that it writes", "target field")
            .help(Applicability::choose, "give the value a name with `let` and use that name in both places");
        return error();
      }
      return read_target_field(id, it->second);
    }
    if (const auto reserved = resolve_reserved(id, text, access.field)) return *reserved;
  }
  if (const auto qualified = resolve_qualified(id)) return *qualified;
  if (reads_the_world(frame_.kind)) {
    // `orphans(contacts.account_id)`: a field of a source or target.
    if (const auto* object = expr(access.object).get_if<syntax::NameExpr>();
        object != nullptr && frame_.locals.count(object->name.text) == 0) {
      uint32_t schema = kNone;
      if (const auto target = analysis_.find(NameKind::kTarget, frame_.module, object->name.text)) {
        schema = program_.targets[*target].schema;
        info(access.object).ref = Ref::kTarget;
        info(access.object).index = *target;
      } else if (const auto source = analysis_.find(NameKind::kSource, frame_.module, object->name.text)) {
        schema = program_.sources[*source].schema;
      }
      if (schema != kNone) {
        const auto it = program_.schemas[schema].by_name.find(access.field.text);
        if (it != program_.schemas[schema].by_name.end()) return program_.schemas[schema].fields[it->second].read;
      }
    }
  }
  return read_record_field(id, infer(access.object));
}

TypeId ExpressionChecker::read_record_field(syntax::ExprId id, TypeId object_id) {
  const auto& access = expr(id).as<syntax::FieldExpr>();
  const Type& object = type(object_id);
  if (is_error(object)) return error();
  if (object.kind == Kind::kMap) {
    report(Code::E0201, access.field.span, "the keys of a map are not known as fields", analysis_.type_text(object_id))
        .help(Applicability::choose, "ask for the key: `get(" + std::string(analysis_.sources.text(expr(access.object).span)) + ", \"" +
                                         access.field.text + "\")`");
    return error();
  }
  if (object.kind != Kind::kRecord) {
    Diagnostic& finding =
        report(Code::E0201, access.field.span, kind_in_words(types(), object_id) + " has no fields", analysis_.type_text(object_id));
    if (object.kind == Kind::kJson)
      finding.help(Applicability::choose,
                   "`json` passes through as it came: declare the field with the shape that it has, such as `{ a: int, b?: string }`, "
                   "or read it with `decode(value, SCHEMA)`");
    return error();
  }
  const auto it =
      std::find_if(object.fields.begin(), object.fields.end(), [&](const RecordField& f) { return f.name == access.field.text; });
  if (it == object.fields.end()) {
    Diagnostic& finding = report(Code::E0101, access.field.span, "this record has no field `" + access.field.text + "`",
                                 "not in " + analysis_.type_text(object_id));
    std::vector<std::string_view> names;
    for (const RecordField& field : object.fields) names.push_back(field.name);
    analysis_.suggest(finding, access.field.text, access.field.span, names);
    return error();
  }
  if (object.nullable && !access.null_safe) {
    const Span dot{access.field.span.file, expr(access.object).span.end, access.field.span.begin};
    report(Code::E0311, expr(access.object).span, "this record may be null", analysis_.type_text(object_id))
        .help(Applicability::choose, "null when the record is null", {{dot, "?."}});
    return error();
  }
  info(id).ref = Ref::kRecordField;
  info(id).index = static_cast<uint32_t>(it - object.fields.begin());
  if (frame_.kind == FrameKind::kDedupe && frame_.target_schema != kNone) {
    // A record of the group: its fields are those of the target.
    const SchemaSymbol& schema = program_.schemas[frame_.target_schema];
    const auto field = schema.by_name.find(access.field.text);
    if (object.name == schema.name && field != schema.by_name.end())
      effects_.labels = analysis_.merge_labels(effects_.labels, analysis_.labels_of(schema.fields[field->second].labels));
  }
  TypeId result = it->type;
  if (it->optional || (object.nullable && access.null_safe)) result = is_error(type(result)) ? result : types().nullable(result);
  return narrowed(id, result);
}

std::optional<PathKey> ExpressionChecker::path_of(syntax::ExprId id) {
  std::vector<uint32_t> fields;
  while (id.valid()) {
    const syntax::Expr& node = expr(id);
    if (const auto* group = node.get_if<syntax::GroupExpr>()) {
      id = group->inner;
      continue;
    }
    const ExprInfo& about = info(id);
    if (about.ref == Ref::kRecordField && node.kind() == syntax::ExprKind::field) {
      fields.push_back(about.index);
      id = node.as<syntax::FieldExpr>().object;
      continue;
    }
    if (about.ref != Ref::kLocal && about.ref != Ref::kSourceField && about.ref != Ref::kParam) return std::nullopt;
    if (node.kind() != syntax::ExprKind::name && node.kind() != syntax::ExprKind::field) return std::nullopt;
    std::reverse(fields.begin(), fields.end());
    return PathKey{about.ref, about.index, std::move(fields)};
  }
  return std::nullopt;
}

}  // namespace mig::sema
