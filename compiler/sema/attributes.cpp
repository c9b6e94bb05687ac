#include "compiler/sema/attributes.h"

#include <algorithm>

#include "compiler/sema/consent.h"
#include "compiler/sema/imported_schemas.h"
#include "compiler/sema/literals.h"

namespace mig::sema {

namespace {

constexpr std::string_view kFieldAttributes[] = {"key",  "unique",    "references",         "pii",        "name",  "decode",
                                                 "unit", "monotonic", "may_be_unavailable", "deprecated", "allow", "collation"};

void report_unknown(Analysis& analysis, const syntax::Attribute& attribute, std::vector<std::string_view> known) {
  Diagnostic& finding =
      analysis.report(Code::E0101, attribute.name.span, "no attribute is called `@" + attribute.name.text + "`", "not known here");
  analysis.suggest(finding, attribute.name.text, attribute.name.span, known);
}

void check_allowance(Analysis& analysis, ModuleId module, const syntax::Attribute& attribute) {
  const syntax::Module& tree = analysis.tree(module);
  if (attribute.arguments.empty()) {
    analysis.report(Code::E0201, attribute.span, "`@allow` takes a code and a reason", "write `@allow(W0411, \"why\")`");
    return;
  }
  const std::string text = dotted_name(tree, attribute.arguments[0].value);
  const auto code = find_code(text);
  if (!code) {
    analysis.report(Code::E0101, attribute.arguments[0].span, "no finding has the code `" + text + "`", "not a code");
    return;
  }
  if (default_severity(*code) == Severity::error && *code != Code::E0532) {
    analysis.report(Code::E0014, attribute.arguments[0].span, "errors cannot be allowed", text + " is an error");
    return;
  }
  if (attribute.arguments.size() < 2 || !literal_text(tree, attribute.arguments[1].value).has_value()) {
    analysis.report(Code::E0201, attribute.span, "`@allow` needs a reason", "write `@allow(" + text + ", \"why\")`");
    return;
  }
  // Reported as an error that somebody may answer for, until a day and for statuses that are named.
  if (*code == Code::E0532) {
    if (const std::string lacks = exception_lacks(tree, attribute); !lacks.empty()) {
      analysis.report(Code::E0014, attribute.span, "an exception from E0532 needs " + lacks, "does not say it")
          .help(Applicability::sketch,
                "say what somebody answers for, and until when: `@allow(E0532, \"who decided, and why\", until: @2026-12-31, from: "
                "[complained])`");
    }
  }
}

std::vector<std::string> texts_of(Analysis& analysis, ModuleId module, const syntax::Attribute& attribute) {
  std::vector<std::string> texts;
  for (const syntax::Argument& argument : attribute.arguments) {
    const auto text = literal_text(analysis.tree(module), argument.value);
    if (text && !text->empty()) {
      texts.push_back(*text);
    } else {
      analysis.report(Code::E0201, argument.span, "`@" + attribute.name.text + "` takes names in quotes", "not a text");
    }
  }
  if (texts.empty())
    analysis.report(Code::E0201, attribute.span, "`@" + attribute.name.text + "` takes at least one name in quotes", "no name");
  return texts;
}

std::string word_of(Analysis& analysis, ModuleId module, const syntax::Attribute& attribute, const std::vector<std::string_view>& words) {
  const std::string word =
      attribute.arguments.size() == 1 ? dotted_name(analysis.tree(module), attribute.arguments[0].value) : std::string();
  if (std::find(words.begin(), words.end(), word) != words.end()) return word;
  std::string known;
  for (const std::string_view each : words) known += (known.empty() ? "`" : ", `") + std::string(each) + "`";
  Diagnostic& finding =
      analysis.report(Code::E0101, attribute.span, "`@" + attribute.name.text + "` takes one of " + known, "not one of them");
  if (!word.empty()) analysis.suggest(finding, word, attribute.arguments[0].span, words);
  return {};
}

void set_unit(Analysis& analysis, SchemaField& field, const std::string& word, Span span) {
  if (word.empty() || field.type == kNoType) return;
  Type type = analysis.type(field.type);
  if (type.kind == Kind::kError) return;
  if (type.kind != Kind::kString) {
    analysis.report(Code::E0201, span, "`@unit` says what the length of a text counts",
                    "`" + field.name + "` is " + analysis.type_text(field.type));
    return;
  }
  type.unit = word == "utf16" ? LengthUnit::kUtf16 : word == "bytes" ? LengthUnit::kBytes : LengthUnit::kCodePoints;
  field.type = analysis.types().intern(std::move(type));
}

void add_label(Analysis& analysis, ModuleId module, const syntax::Attribute& attribute, SchemaField& field) {
  for (const syntax::Argument& argument : attribute.arguments) {
    const std::string name = dotted_name(analysis.tree(module), argument.value);
    auto& classes = analysis.program->classes;
    const auto it = std::find_if(classes.begin(), classes.end(), [&](const PrivacyClass& c) { return c.name == name; });
    if (it == classes.end()) {
      Diagnostic& finding = analysis.report(Code::E0701, argument.span, "the privacy class `" + name + "` is not declared", "used here");
      std::vector<std::string_view> known;
      for (const PrivacyClass& each : classes) known.push_back(each.name);
      analysis.suggest(finding, name, argument.span, known);
      finding.help(Applicability::sketch, "declare it: `privacy { class " + name + " }`");
      continue;
    }
    it->used = true;
    field.labels.push_back(static_cast<uint32_t>(it - classes.begin()));
  }
  if (attribute.arguments.empty())
    analysis.report(Code::E0201, attribute.span, "`@pii` names a privacy class", "write `@pii(contact.email)`");
}

}  // namespace

void read_field_attributes(Analysis& analysis, ModuleId module, const std::vector<syntax::Attribute>& attributes, SchemaField& field) {
  for (const syntax::Attribute& attribute : attributes) {
    const std::string& name = attribute.name.text;
    if (name == "key") {
      field.key = true;
    } else if (name == "unique") {
      field.unique = true;
    } else if (name == "monotonic") {
      field.monotonic = true;
    } else if (name == "may_be_unavailable") {
      field.may_be_unavailable = true;
    } else if (name == "name") {
      field.wire_names = texts_of(analysis, module, attribute);
    } else if (name == "decode") {
      const std::string mode = word_of(analysis, module, attribute, {"list_or_csv", "list_or_keys"});
      if (mode == "list_or_csv") field.decode = Decode::kListOrCsv;
      if (mode == "list_or_keys") field.decode = Decode::kListOrKeys;
      if (!mode.empty() && field.type != kNoType && analysis.type(field.type).kind != Kind::kList &&
          analysis.type(field.type).kind != Kind::kError) {
        analysis.report(Code::E0201, attribute.span, "`@decode(" + mode + ")` reads a list",
                        "`" + field.name + "` is " + analysis.type_text(field.type));
      }
    } else if (name == "unit") {
      set_unit(analysis, field, word_of(analysis, module, attribute, {"code_points", "utf16", "bytes"}), attribute.span);
    } else if (name == "collation") {
      word_of(analysis, module, attribute, {"binary", "nocase"});
    } else if (name == "pii") {
      add_label(analysis, module, attribute, field);
    } else if (name == "references") {
      field.reference_span = attribute.span;
    } else if (name == "allow") {
      check_allowance(analysis, module, attribute);
    } else if (name != "deprecated") {
      report_unknown(analysis, attribute, {std::begin(kFieldAttributes), std::end(kFieldAttributes)});
    }
  }
}

void read_variant_attributes(Analysis& analysis, ModuleId module, const std::vector<syntax::Attribute>& attributes, Consent&,
                             std::string& deprecated) {
  for (const syntax::Attribute& attribute : attributes) {
    if (attribute.name.text == "deprecated") {
      deprecated = attribute.arguments.empty() ? "" : literal_text(analysis.tree(module), attribute.arguments[0].value).value_or("");
      if (deprecated.empty()) deprecated = "deprecated";
    } else if (attribute.name.text == "consent") {
      word_of(analysis, module, attribute, consent_levels(*analysis.program).words());
    } else {
      report_unknown(analysis, attribute, {"deprecated", "consent"});
    }
  }
}

void check_allowances(Analysis& analysis) {
  for (ModuleId module = 0; module < analysis.program->modules.size(); ++module) {
    const syntax::Module& tree = analysis.tree(module);
    const auto read = [&](const std::vector<syntax::Attribute>& attributes, bool deprecated, bool enumeration) {
      for (const syntax::Attribute& attribute : attributes) {
        if (enumeration && attribute.name.text == "consent_levels") {
          if (!consent_levels(*analysis.program).declared) {
            analysis.report(Code::E0101, attribute.span, "no level says that nothing is known", "which one is it?")
                .help(Applicability::sketch, "name it: `@consent_levels(neutral: ...)`");
          }
          continue;
        }
        if (attribute.name.text == "allow") {
          check_allowance(analysis, module, attribute);
        } else if (!deprecated || attribute.name.text != "deprecated") {
          report_unknown(analysis, attribute, {"allow", "deprecated"});
        }
      }
    };
    for (const syntax::Decl& decl : tree.decls) read(decl.attributes, true, decl.kind() == syntax::DeclKind::enumeration);
    for (const syntax::Stmt& stmt : tree.stmts) read(stmt.attributes, false, false);
  }
}

void resolve_references(Analysis& analysis) {
  Program& program = *analysis.program;
  for (SchemaSymbol& schema : program.schemas) {
    const auto& written = analysis.tree(schema.module)[schema.decl].as<syntax::SchemaDecl>();
    for (const syntax::SchemaField& field_written : written.fields) {
      const auto it = schema.by_name.find(field_written.name.text);
      if (it == schema.by_name.end()) continue;
      SchemaField& field = schema.fields[it->second];
      for (const syntax::Attribute& attribute : field_written.attributes) {
        if (attribute.name.text != "references") continue;
        for (const syntax::Argument& argument : attribute.arguments) {
          bool invalid = false;
          if (argument.name.text == "deferred")
            field.deferred = literal_constant(analysis.tree(schema.module), argument.value, invalid).boolean;
        }
        const std::string path =
            attribute.arguments.empty() ? std::string() : dotted_name(analysis.tree(schema.module), attribute.arguments[0].value);
        const size_t dot = path.find('.');
        if (dot == std::string::npos) {
          analysis.report(Code::E0201, attribute.span, "`@references` names a target and its field", "write `@references(accounts.id)`");
          continue;
        }
        const Span span = attribute.arguments[0].span;
        const auto target = analysis.find(NameKind::kTarget, schema.module, path.substr(0, dot));
        if (!target) {
          Diagnostic& finding = analysis.report(Code::E0101, span, "no target is called `" + path.substr(0, dot) + "`", "not declared");
          analysis.suggest(finding, path.substr(0, dot), span, analysis.names_of(NameKind::kTarget, schema.module));
          continue;
        }
        const uint32_t parent = program.targets[*target].schema;
        if (parent == kNone) continue;
        const auto key = program.schemas[parent].by_name.find(path.substr(dot + 1));
        if (key == program.schemas[parent].by_name.end()) {
          analysis
              .report(Code::E0101, span, "target `" + path.substr(0, dot) + "` has no field `" + path.substr(dot + 1) + "`",
                      "not in schema " + program.schemas[parent].name)
              .also(program.schemas[parent].span, "declared here");
          continue;
        }
        field.reference_target = *target;
        field.reference_field = key->second;
      }
    }
  }
  resolve_foreign_keys(analysis);
}

}  // namespace mig::sema
