// Names and fields: locals, source fields, variants, parameters, what the run and the row offer.
#include <algorithm>

#include "compiler/base/edit_distance.h"
#include "compiler/sema/calls.h"
#include "compiler/sema/expressions.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

TypeId ExpressionChecker::narrowed(syntax::ExprId id, TypeId declared) {
  info(id).declared = declared;
  const auto path = path_of(id);
  if (!path) return declared;
  const Environment::Entry* entry = frame_.environment.find(*path);
  if (entry == nullptr) return declared;
  if (entry->statement != kNone && entry->statement != frame_.statement) frame_.depends.push_back(entry->statement);
  return entry->type;
}

TypeId ExpressionChecker::read_local(syntax::ExprId id, uint32_t index) {
  Local& local = program_.locals[index];
  local.used = true;
  info(id).ref = Ref::kLocal;
  info(id).index = index;
  effects_.lineage = analysis_.merge_lineages(effects_.lineage, local.lineage);
  effects_.labels = analysis_.merge_labels(effects_.labels, local.labels);
  frame_.reads.push_back(index);
  if (local.statement != kNone && local.statement != frame_.statement) frame_.depends.push_back(local.statement);
  return narrowed(id, local.type);
}

TypeId ExpressionChecker::read_source_field(uint32_t index, ExprInfo* about) {
  const SchemaField& field = program_.schemas[frame_.source_schema].fields[index];
  if (frame_.source_read != nullptr) (*frame_.source_read)[index] = true;
  effects_.lineage = analysis_.merge_lineages(effects_.lineage, analysis_.lineage_of(index));
  effects_.labels = analysis_.merge_labels(effects_.labels, analysis_.labels_of(field.labels));
  if (about != nullptr) {
    about->ref = Ref::kSourceField;
    about->index = index;
    about->declared = field.read;
  }
  return field.read;
}

TypeId ExpressionChecker::read_target_field(syntax::ExprId id, uint32_t index) {
  const SchemaField& field = program_.schemas[frame_.target_schema].fields[index];
  info(id).ref = Ref::kTargetField;
  info(id).index = index;
  effects_.labels = analysis_.merge_labels(effects_.labels, analysis_.labels_of(field.labels));
  info(id).declared = field.read;  // a kept field reads as null; whether it was kept is asked by `== keep`, in tests alone
  return field.read;
}

std::optional<TypeId> ExpressionChecker::resolve_variant(syntax::ExprId id, TypeId hint, const syntax::Name& name) {
  if (hint == kNoType || type(hint).kind != Kind::kEnum) return std::nullopt;
  const uint32_t index = type(hint).declaration;
  const auto& variants = program_.enums[index].variants;
  const auto it = std::find_if(variants.begin(), variants.end(), [&](const EnumVariant& v) { return v.name == name.text; });
  if (it == variants.end()) return std::nullopt;
  info(id).ref = Ref::kVariant;
  info(id).index = index;
  info(id).part = static_cast<uint32_t>(it - variants.begin());
  return with_keep(types(), types().non_null(hint), false);
}

TypeId ExpressionChecker::visit_name(syntax::ExprId id, TypeId hint) {
  const syntax::Name& name = expr(id).as<syntax::NameExpr>().name;
  if (!name.valid()) return error();
  if (const auto local = frame_.locals.find(name.text); local != frame_.locals.end()) {
    if (hint != kNoType && type(hint).kind == Kind::kEnum) {
      const TypeId own = program_.locals[local->second].type;
      const auto variant = resolve_variant(id, hint, name);
      info(id).ref = Ref::kNothing;
      if (variant && own != kNoType && type(own).kind != Kind::kEnum) {
        report(Code::E0108, name.span, "`" + name.text + "` names a local value and a variant of " + type(hint).name, "which one is meant?")
            .also(program_.locals[local->second].span, "the local value")
            .help(Applicability::choose, "for the variant write `" + type(hint).name + "." + name.text + "`",
                  {{name.span, type(hint).name + "." + name.text}});
        return error();
      }
    }
    return read_local(id, local->second);
  }
  if (const auto variant = resolve_variant(id, hint, name)) return *variant;
  if (!frame_.source_alias.empty() && name.text == frame_.source_alias && frame_.source_schema != kNone) {
    info(id).ref = Ref::kSourceRecord;
    if (!reads_the_world(frame_.kind)) {
      report(Code::E0201, name.span, "a record as a whole is not a value", "name one of its fields: `" + name.text + ".field`");
      return error();
    }
  }
  if (frame_.source_alias.empty() && frame_.source_schema != kNone) {
    const SchemaSymbol& schema = program_.schemas[frame_.source_schema];
    if (const auto it = schema.by_name.find(name.text); it != schema.by_name.end()) {
      const TypeId declared = read_source_field(it->second, &info(id));
      return narrowed(id, declared);
    }
  }
  if (frame_.target_alias.empty() && frame_.target_schema != kNone && frame_.kind == FrameKind::kDedupe) {
    const SchemaSymbol& schema = program_.schemas[frame_.target_schema];
    if (const auto it = schema.by_name.find(name.text); it != schema.by_name.end()) return read_target_field(id, it->second);
  }
  if (const auto fn = analysis_.find(NameKind::kFn, frame_.module, name.text)) {
    if (program_.fns[*fn].parameters.empty()) return CallChecker(*this).constant(id, *fn);
    program_.fns[*fn].used = true;
    report(Code::E0201, name.span, "`" + name.text + "` is a function and needs its arguments", "write `" + name.text + "(...)`");
    return error();
  }
  if (name.text == "unavailable" && frame_.kind == FrameKind::kTest) {
    info(id).ref = Ref::kUnavailable;
    return types().of(Kind::kNever);
  }
  if (reads_the_world(frame_.kind) || frame_.kind == FrameKind::kTest) {
    static constexpr std::pair<NameKind, Ref> kRelations[] = {{NameKind::kMap, Ref::kMap},       {NameKind::kSource, Ref::kSource},
                                                              {NameKind::kTarget, Ref::kTarget}, {NameKind::kReconcile, Ref::kReconcile},
                                                              {NameKind::kSync, Ref::kSync},     {NameKind::kStage, Ref::kStage},
                                                              {NameKind::kItem, Ref::kOther}};
    for (const auto& [kind, ref] : kRelations) {
      if (const auto found = analysis_.find(kind, frame_.module, name.text)) {
        info(id).ref = ref;
        info(id).index = *found;
        if (kind == NameKind::kSource) return types().list(CallChecker(*this).relation_record(program_.sources[*found].schema));
        if (kind == NameKind::kTarget) return types().list(CallChecker(*this).relation_record(program_.targets[*found].schema));
        return error();
      }
    }
  }
  return unknown_name(id, name, hint);
}

TypeId ExpressionChecker::unknown_name(syntax::ExprId, const syntax::Name& name, TypeId hint) {
  if (hint != kNoType && is_error(type(hint))) return error();  // perhaps a variant of what could not be resolved
  if (!analysis_.suggests()) {
    report(Code::E0101, name.span, "no name is called `" + name.text + "`", "not known here");
    return error();
  }
  std::vector<std::string_view> candidates;
  for (const auto& [local, index] : frame_.locals) candidates.push_back(local);
  std::sort(candidates.begin(), candidates.end());
  std::string kind = "name";
  if (hint != kNoType && type(hint).kind == Kind::kEnum) {
    kind = "variant of " + type(hint).name;
    for (const EnumVariant& variant : program_.enums[type(hint).declaration].variants) candidates.push_back(variant.name);
  }
  if (!frame_.source_alias.empty()) candidates.push_back(frame_.source_alias);
  for (const std::string_view fn : analysis_.names_of(NameKind::kFn, frame_.module)) candidates.push_back(fn);
  const uint32_t schema = frame_.source_alias.empty()         ? frame_.source_schema
                          : frame_.kind == FrameKind::kDedupe ? frame_.target_schema
                                                              : kNone;
  if (schema != kNone) {
    for (const SchemaField& field : program_.schemas[schema].fields) candidates.push_back(field.name);
  }
  Diagnostic& finding = report(Code::E0101, name.span, "no " + kind + " is called `" + name.text + "`", "not known here");
  analysis_.suggest(finding, name.text, name.span, candidates);
  // The field of the source record, or the variant of an enum, that was probably meant.
  if (!frame_.source_alias.empty() && frame_.source_schema != kNone &&
      program_.schemas[frame_.source_schema].by_name.count(name.text) != 0) {
    finding.help(Applicability::choose, "a source field is written with the source's name",
                 {{name.span.start(), frame_.source_alias + "."}});
  }
  for (size_t e = 0; e < program_.enums.size() && kind == "name"; ++e) {
    const auto& variants = program_.enums[e].variants;
    if (std::any_of(variants.begin(), variants.end(), [&](const EnumVariant& v) { return v.name == name.text; })) {
      finding.help(Applicability::choose, "nothing here expects " + program_.enums[e].name + "; write its name in front",
                   {{name.span.start(), program_.enums[e].name + "."}});
      break;
    }
  }
  if (analysis_.find(NameKind::kParam, frame_.module, name.text)) {
    finding.help(Applicability::choose, "a parameter is written with `param.`", {{name.span.start(), "param."}});
  }
  return error();
}

std::optional<TypeId> ExpressionChecker::resolve_reserved(syntax::ExprId id, std::string_view object, const syntax::Name& field) {
  const auto unknown = [&](std::vector<std::string_view> known) {
    Diagnostic& finding = report(Code::E0101, field.span, "`" + std::string(object) + "` has no `" + field.text + "`", "not known");
    analysis_.suggest(finding, field.text, field.span, known);
    return error();
  };
  const bool pure = frame_.kind == FrameKind::kFn || frame_.kind == FrameKind::kTable || frame_.kind == FrameKind::kRefinement ||
                    frame_.kind == FrameKind::kSetting || frame_.kind == FrameKind::kMask;
  if (object == "param") {
    const auto param = analysis_.find(NameKind::kParam, frame_.module, field.text);
    if (!param) return unknown(analysis_.names_of(NameKind::kParam, frame_.module));
    program_.params[*param].used = true;
    info(id).ref = Ref::kParam;
    info(id).index = *param;
    return narrowed(id, program_.params[*param].type);
  }
  if (object != "run" && object != "row") return std::nullopt;
  struct Offered {
    std::string_view name;
    Ref ref;
    Kind kind;
  };
  static constexpr Offered kRun[] = {{"now", Ref::kRunNow, Kind::kTimestamp}, {"id", Ref::kRunId, Kind::kString}};
  static constexpr Offered kRow[] = {
      {"position", Ref::kRowPosition, Kind::kPosition}, {"source", Ref::kRowSource, Kind::kString}, {"key", Ref::kRowKey, Kind::kString}};
  const auto look = [&](const auto& facts) -> TypeId {
    std::vector<std::string_view> known;
    for (const Offered& fact : facts) {
      known.push_back(fact.name);
      if (fact.name != field.text) continue;
      if (pure) {
        report(Code::E0801, expr(id).span, "a function or table cannot read `" + std::string(object) + "." + field.text + "`",
               "depends on more than its arguments")
            .help(Applicability::choose, "make it a parameter and pass `" + std::string(object) + "." + field.text + "` from the map");
        return error();
      }
      info(id).ref = fact.ref;
      if (fact.ref == Ref::kRowKey && frame_.source_schema != kNone) {
        const SchemaSymbol& schema = program_.schemas[frame_.source_schema];
        if (schema.key.empty()) {
          report(Code::E0101, field.span, "records of this source have no key", "no field of schema " + schema.name + " is a @key")
              .also(schema.span, "declared here");
          return error();
        }
        for (const uint32_t key : schema.key) read_source_field(key, nullptr);
      }
      return types().of(fact.kind);
    }
    return unknown(known);
  };
  return object == "run" ? look(kRun) : look(kRow);
}

bool ExpressionChecker::is_free_name(syntax::ExprId id, std::string_view text) {
  const auto* name = id.valid() ? expr(id).get_if<syntax::NameExpr>() : nullptr;
  return name != nullptr && name->name.text == text && frame_.locals.count(name->name.text) == 0;
}

std::optional<TypeId> ExpressionChecker::resolve_qualified(syntax::ExprId id) {
  // `Enum.variant`, `geo.constant`, `geo.Enum.variant`
  const auto& access = expr(id).as<syntax::FieldExpr>();
  const std::string path = dotted_name(tree(), id);
  if (path.empty()) return std::nullopt;
  const std::string first = path.substr(0, path.find('.'));
  if (frame_.locals.count(first) != 0) return std::nullopt;
  ModuleId owner = frame_.module;
  std::string_view rest(path);
  if (const auto imported = analysis_.find(NameKind::kModule, frame_.module, first)) {
    owner = *imported;
    rest.remove_prefix(first.size() + 1);
    if (rest.find('.') == std::string_view::npos) {
      if (const auto fn = analysis_.find(NameKind::kFn, owner, rest)) {
        if (program_.fns[*fn].parameters.empty()) return CallChecker(*this).constant(id, *fn);
        report(Code::E0201, access.field.span, "`" + path + "` is a function and needs its arguments", "write `" + path + "(...)`");
        return error();
      }
      if (analysis_.find(NameKind::kEnum, owner, rest)) return error();
      Diagnostic& finding = report(Code::E0101, access.field.span, "`" + first + "` declares no constant `" + std::string(rest) + "`",
                                   "not in " + program_.modules[owner].path);
      analysis_.suggest(finding, rest, access.field.span, analysis_.names_of(NameKind::kFn, owner));
      return error();
    }
  }
  const size_t dot = rest.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto enumeration = analysis_.find(NameKind::kEnum, owner, rest.substr(0, dot));
  if (!enumeration || rest.find('.', dot + 1) != std::string_view::npos) return std::nullopt;
  program_.enum_symbols[*enumeration].used = true;
  Type named;
  named.kind = Kind::kEnum;
  named.name = program_.enum_symbols[*enumeration].name;
  named.declaration = *enumeration;
  const TypeId enum_type = types().intern(std::move(named));
  if (const auto variant = resolve_variant(id, enum_type, access.field)) return *variant;
  Diagnostic& finding = report(Code::E0101, access.field.span,
                               "enum " + program_.enums[*enumeration].name + " has no variant `" + access.field.text + "`", "not declared");
  finding.also(program_.enum_symbols[*enumeration].span, "declared here");
  std::vector<std::string_view> variants;
  for (const EnumVariant& variant : program_.enums[*enumeration].variants) variants.push_back(variant.name);
  analysis_.suggest(finding, access.field.text, access.field.span, variants);
  return error();
}

}  // namespace mig::sema
