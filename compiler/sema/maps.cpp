// Maps: names, statements, coverage of the target; and dedupe.
#include <algorithm>

#include "compiler/base/written_name.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/statements.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

/// A required field, or a part of one, that the block does not assign: its path as findings show it and as a spec writes it.
struct Missing {
  std::string path, written;
  const SchemaField* field;
};

void missing_parts(const TypeTable& types, TypeId record, const Missing& whole, const Assignments& assigned,
                   std::vector<Missing>& missing) {
  for (const RecordField& field : types[record].fields) {
    const Missing own{whole.path + "." + field.name, whole.written + "." + written_name(field.name), whole.field};
    const auto it = assigned.find(own.path);
    if (it == assigned.end()) {
      if (!field.optional) missing.push_back(own);
    } else if (!it->second.whole) {
      missing_parts(types, field.type, own, assigned, missing);
    }
  }
}

}  // namespace

void check_required_fields(Analysis& analysis, uint32_t schema_index, const Assignments& assigned, Span subject, Span body) {
  Program& program = *analysis.program;
  const SchemaSymbol& schema = program.schemas[schema_index];
  size_t required = 0, given = 0;
  std::vector<Missing> missing;
  for (const SchemaField& field : schema.fields) {
    const Missing whole{field.name, written_name(field.name), &field};
    const auto it = assigned.find(field.name);
    if (!field.optional) {
      ++required;
      if (it != assigned.end())
        ++given;
      else
        missing.push_back(whole);
    }
    if (it != assigned.end() && !it->second.whole) missing_parts(program.types, field.type, whole, assigned, missing);
  }
  if (missing.empty()) return;
  // One finding: the fields have one cause, a map that is not finished.
  std::string names;
  for (size_t i = 0; i < missing.size() && i < 6; ++i) names += (names.empty() ? "`" : ", `") + missing[i].path + "`";
  if (missing.size() > 6) names += " and " + std::to_string(missing.size() - 6) + " more";
  Diagnostic& finding = analysis.report(
      Code::E0401, subject,
      missing.size() == 1 ? "target field " + names + " is required and never assigned"
                          : "target fields " + names + " are required and never assigned",
      std::to_string(given) + " of " + std::to_string(required) + " required fields of " + schema.name + " are assigned here");
  for (size_t i = 0; i < missing.size() && i < 3; ++i) {
    if (missing[i].field->span.valid()) finding.also(missing[i].field->span, "declared here, no default");
  }
  std::string text;
  for (const Missing& field : missing) text += "  " + field.written + " = DECIDE\n";
  if (body.valid() && body.end > body.begin)
    finding.help(Applicability::sketch, "assign " + std::string(missing.size() == 1 ? "it" : "them"),
                 {{Span{body.file, body.end - 1, body.end - 1}, text}});
  finding.help(Applicability::choose, "or make " + names + " optional in the target schema, if the target allows that");
}

namespace {

void check_map(Analysis& analysis, uint32_t index) {
  Program& program = *analysis.program;
  const ModuleId module = program.maps[index].module;
  const auto& written = analysis.tree(module)[program.maps[index].decl].as<syntax::MapDecl>();
  const auto source = analysis.resolve(NameKind::kSource, module, written.source);
  const auto target = analysis.resolve(NameKind::kTarget, module, written.target);
  Frame frame;
  frame.kind = FrameKind::kMap;
  frame.module = module;
  frame.map = index;
  frame.source_name = written.source.text;
  std::vector<bool> read;
  std::vector<uint32_t> refs;
  {
    MapSymbol& map = program.maps[index];
    frame.subject = "map " + map.name;
    map.body = &written.body;
    map.source_alias = written.source_alias.valid() ? written.source_alias.text : written.source.text;
    map.target_alias = written.target_alias.valid() ? written.target_alias.text : written.target.text;
    if (source) map.source = *source;
    if (target) map.target = *target;
    frame.source_alias = map.source_alias;
    frame.target_alias = map.target_alias;
    if (map.source_alias == map.target_alias && map.source_alias.size() > 0) {
      analysis
          .report(Code::E0108, written.target_alias.valid() ? written.target_alias.span : written.target.span,
                  "source and target have the same name in this map", "both are `" + map.source_alias + "`")
          .help(Applicability::choose, "give one of them another name with `as`");
    }
  }
  if (source) {
    program.sources[*source].used = true;
    frame.source_schema = program.sources[*source].schema;
  }
  if (target) {
    program.targets[*target].used = true;
    frame.target_schema = program.targets[*target].schema;
  }
  if (frame.source_schema != kNone) read.resize(program.schemas[frame.source_schema].fields.size());
  frame.source_read = frame.source_schema == kNone ? nullptr : &read;
  frame.refs = &refs;
  StatementChecker statements(analysis, frame);
  Assignments assigned;
  statements.check_block(written.body, assigned);
  if (frame.target_schema != kNone && !analysis.tree(module).has_errors) {
    check_required_fields(analysis, frame.target_schema, assigned, program.maps[index].span, written.body.span);
  }
  MapSymbol& map = program.maps[index];
  map.statements = statements.statement_count();
  map.read = std::move(read);
  map.ignored = statements.ignored();
  map.ignored.resize(map.read.size());
  for (const auto& [field, span] : statements.ignore_spans()) map.ignore_spans.emplace(field, span);
  map.refs = std::move(refs);
  if (source) {
    for (const uint32_t field : program.sources[*source].filter_reads) map.read[field] = true;
  }
  if (frame.target_schema != kNone) {
    const SchemaSymbol& schema = program.schemas[frame.target_schema];
    map.assigned.resize(schema.fields.size());
    for (size_t i = 0; i < schema.fields.size(); ++i) {
      if (const auto it = assigned.find(schema.fields[i].name); it != assigned.end()) map.assigned[i] = it->second.span;
    }
  }
  for (const Raised& raised : frame.raised) {
    if (std::find(map.raises.begin(), map.raises.end(), raised.issue) == map.raises.end()) map.raises.push_back(raised.issue);
  }
}

void check_dedupe(Analysis& analysis, DedupeSymbol& dedupe) {
  Program& program = *analysis.program;
  const syntax::Decl& decl = analysis.tree(dedupe.module)[dedupe.decl];
  const auto& written = decl.as<syntax::DedupeDecl>();
  const auto target = analysis.resolve(NameKind::kTarget, dedupe.module, decl.name);
  if (!target) return;
  dedupe.target = *target;
  for (const DedupeSymbol& other : program.dedupes) {
    if (&other == &dedupe || other.target != *target || other.span.begin > dedupe.span.begin) continue;
    analysis.report(Code::E0108, dedupe.span, "target `" + dedupe.name + "` has two dedupe blocks", "the second one")
        .also(other.span, "the first one");
  }
  const uint32_t schema_index = program.targets[*target].schema;
  if (schema_index == kNone) return;
  Frame frame;
  frame.kind = FrameKind::kDedupe;
  frame.module = dedupe.module;
  frame.subject = "dedupe " + dedupe.name;
  frame.target_schema = schema_index;
  ExpressionChecker checker(analysis, frame);
  for (const syntax::ExprId key : written.keys) {
    const TypeId type = checker.infer(key);
    checker.report_failures(0, {}, false);
    dedupe.keys.push_back({dedupe.module, key});
    const Kind kind = analysis.type(type).kind;
    if (kind == Kind::kList || kind == Kind::kMap || kind == Kind::kRecord || kind == Kind::kFloat || kind == Kind::kJson) {
      analysis.report(Code::E0201, analysis.tree(dedupe.module)[key].span,
                      "records cannot be grouped by " + kind_in_words(program.types, type), analysis.type_text(type));
    }
  }
  for (const syntax::DedupePrefer& prefer : written.prefers) {
    const TypeId type = checker.infer(prefer.value);
    checker.report_failures(0, {}, false);
    dedupe.prefers.push_back({{dedupe.module, prefer.value}, prefer.descending});
    const Kind kind = analysis.type(type).kind;
    if (kind == Kind::kList || kind == Kind::kMap || kind == Kind::kRecord || kind == Kind::kJson || kind == Kind::kScalar) {
      analysis.report(Code::E0201, analysis.tree(dedupe.module)[prefer.value].span,
                      kind_in_words(program.types, type) + " has no order to prefer by", analysis.type_text(type));
    }
  }
  const SchemaSymbol& schema = program.schemas[schema_index];
  Type record;
  record.kind = Kind::kRecord;
  record.name = schema.name;
  for (const SchemaField& field : schema.fields) record.fields.push_back({field.name, field.read, false});
  dedupe.group_record = program.types.intern(std::move(record));
  Local group;
  group.name = "group";
  group.span = dedupe.span;
  group.kind = LocalKind::kGroup;
  group.type = program.types.list(dedupe.group_record);
  group.used = true;
  dedupe.group = static_cast<uint32_t>(program.locals.size());
  program.locals.push_back(std::move(group));
  frame.locals.emplace("group", dedupe.group);
  std::vector<bool> merged(schema.fields.size());
  for (const syntax::DedupeMerge& merge : written.merges) {
    if (!merge.field.valid()) continue;
    const syntax::Name& name = merge.field.parts[0];
    const auto it = schema.by_name.find(name.text);
    if (it == schema.by_name.end() || merge.field.parts.size() > 1) {
      Diagnostic& finding = analysis.report(Code::E0101, merge.field.span, "the target has no field `" + merge.field.text() + "`",
                                            "not in schema " + schema.name);
      std::vector<std::string_view> names;
      for (const SchemaField& field : schema.fields) names.push_back(field.name);
      analysis.suggest(finding, name.text, name.span, names);
      checker.infer(merge.value);
      frame.failures.clear();
      continue;
    }
    if (merged[it->second]) analysis.report(Code::E0403, merge.field.span, "`" + name.text + "` is merged twice", "merged again here");
    merged[it->second] = true;
    const SchemaField& field = schema.fields[it->second];
    const TypeId wanted = field.optional ? with_keep(program.types, field.type, true) : field.type;
    checker.check(merge.value, {wanted, "`" + field.name + "`", field.type_span, "schema " + schema.name});
    checker.report_failures(0, "`" + field.name + "`", field.optional);
    dedupe.merges.push_back({it->second, {dedupe.module, merge.value}, wanted});
  }
  if (written.warn.valid()) dedupe.issue = checker.use_issue(written.warn, Verb::kWarn);
}

}  // namespace

void check_maps(Analysis& analysis) {
  for (uint32_t i = 0; i < analysis.program->maps.size(); ++i) {
    // Sources and targets of all maps first: `ref` looks at them.
    MapSymbol& map = analysis.program->maps[i];
    const auto& written = analysis.tree(map.module)[map.decl].as<syntax::MapDecl>();
    if (const auto source = analysis.resolve(NameKind::kSource, map.module, written.source, true)) map.source = *source;
    if (const auto target = analysis.resolve(NameKind::kTarget, map.module, written.target, true)) map.target = *target;
  }
  for (uint32_t i = 0; i < analysis.program->maps.size(); ++i) check_map(analysis, i);
}

void check_dedupes(Analysis& analysis) {
  for (DedupeSymbol& dedupe : analysis.program->dedupes) check_dedupe(analysis, dedupe);
}

}  // namespace mig::sema
