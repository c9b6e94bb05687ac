// Params, sources, targets and lookups with their settings.
#include <algorithm>
#include <unordered_set>

#include "compiler/sema/attributes.h"
#include "compiler/sema/calls.h"
#include "compiler/sema/connector_traits.h"
#include "compiler/sema/expressions.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/secret_text.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

class ConnectionReader {
 public:
  explicit ConnectionReader(Analysis& analysis) : analysis_(analysis), program_(*analysis.program) {}

  void run() {
    for (ParamSymbol& param : program_.params) read_param(param);
    for (SourceSymbol& source : program_.sources) read_source(source);
    for (TargetSymbol& target : program_.targets) read_target(target);
    for (LookupSymbol& lookup : program_.lookups) read_lookup_symbol(lookup);
    read_header();
  }

 private:
  void read_header() {
    for (const syntax::Decl& decl : analysis_.tree(0).decls) {
      const auto* header = decl.get_if<syntax::HeaderDecl>();
      if (header == nullptr) continue;
      program_.header = check_settings(analysis_, 0, header->settings, "the header",
                                       {"edition", "owner", "change", "mode", "retention", "experiment", "reserved", "description",
                                        "ticket", "tags", "approvers", "contact"});
      const auto edition = program_.header.find("edition");
      if (edition != program_.header.end() && edition->second.integer != 2026) {
        analysis_.report(Code::E0101, edition->second.span, "there is no such edition of the language", "editions: 2026");
      }
      const auto mode = program_.header.find("mode");
      if (mode != program_.header.end() && mode->second.text != "one_time" && mode->second.text != "recurring") {
        analysis_.report(Code::E0101, mode->second.span, "`mode` is `one_time` or `recurring`", "neither of them");
      }
      if (mode != program_.header.end() && mode->second.text == "recurring" && program_.header.count("retention") == 0) {
        analysis_
            .report(Code::E0906, mode->second.span, "a recurring migration needs `retention` for its reject log",
                    "runs for ever, and so would its log")
            .help(Applicability::choose, "say how long rejected records are kept", {{mode->second.span.after(), "\n  retention = 400d"}});
      }
      if (const auto reserved = program_.header.find("reserved"); reserved != program_.header.end()) {
        for (const std::string& code : reserved->second.texts) {
          for (const IssueSymbol& issue : program_.issues) {
            if (issue.builtin || issue.issue.code != code) continue;
            analysis_.report(Code::E0505, issue.span, "issue " + code + " uses a code that is reserved", "declared here")
                .also(reserved->second.span, "reserved: an earlier version used it for something else");
          }
        }
      }
    }
  }

  void read_param(ParamSymbol& param) {
    const auto& written = analysis_.tree(param.module)[param.decl].as<syntax::ParamDecl>();
    param.type = resolve_type(analysis_, param.module, written.type);
    const Kind kind = analysis_.type(param.type).kind;
    if (kind == Kind::kList || kind == Kind::kMap || kind == Kind::kRecord || kind == Kind::kSet || kind == Kind::kJson) {
      analysis_.report(Code::E0201, param.span, "a param is one plain value", analysis_.type_text(param.type));
    }
    if (!written.value.valid()) return;
    param.default_value = {param.module, written.value};
    Frame frame;
    frame.kind = FrameKind::kSetting;
    frame.module = param.module;
    ExpressionChecker checker(analysis_, frame);
    checker.check(
        written.value,
        {param.type, "`" + param.name + "`", written.type.valid() ? analysis_.tree(param.module)[written.type].span : Span(), {}});
    checker.report_failures(0, {}, false);
    param.constant = checker.fold(written.value);
    if (!param.constant.known() && !is_error(analysis_.type(program_.info(param.default_value).type))) {
      analysis_.report(Code::E0201, analysis_.tree(param.module)[written.value].span, "the default of a param has to be a constant",
                       "not known before the run");
    }
  }

  uint32_t schema_of(ModuleId module, syntax::TypeExprId id, bool* changes, std::string_view what) {
    const TypeId type = resolve_type(analysis_, module, id);
    if (is_error(analysis_.type(type))) return kNone;
    const Type& record = analysis_.type(type);
    std::string name = record.name;
    if (changes != nullptr && name.compare(0, 7, "change<") == 0) {
      *changes = true;
      name = name.substr(7, name.size() - 8);
    }
    if (record.kind == Kind::kRecord && !record.nullable) {
      for (uint32_t i = 0; i < program_.schemas.size(); ++i) {
        if (program_.schemas[i].name == name && (program_.schemas[i].type == type || (changes != nullptr && *changes))) return i;
      }
    }
    analysis_.report(Code::E0201, analysis_.tree(module)[id].span, "a " + std::string(what) + " has the type of a schema",
                     analysis_.type_text(type));
    return kNone;
  }

  void read_arguments(ModuleId module, const syntax::ConnectorCall& call, const ConnectorTraits* traits,
                      std::vector<SettingValue>& positional, CheckedSettings& named) {
    for (const syntax::Argument& argument : call.arguments) {
      if (!argument.value.valid()) continue;
      if (!argument.name.valid()) {
        positional.push_back(setting_value(analysis_, module, argument.value));
        check_connector_value(positional.back(), "the argument of `" + call.name.text + "`");
        continue;
      }
      if (traits != nullptr && !traits->any_setting &&
          std::find(traits->arguments.begin(), traits->arguments.end(), argument.name.text) == traits->arguments.end()) {
        Diagnostic& finding = analysis_.report(Code::E0101, argument.name.span,
                                               "`" + call.name.text + "` has no argument `" + argument.name.text + "`", "not known");
        analysis_.suggest(finding, argument.name.text, argument.name.span, traits->arguments);
        continue;
      }
      named.emplace(argument.name.text, setting_value(analysis_, module, argument.value));
    }
    if (traits != nullptr && traits->runnable && positional.empty()) {
      analysis_.report(Code::E0201, call.span, "`" + call.name.text + "` needs a file",
                       "write `" + call.name.text + "(\"path\")` or `" + call.name.text + "(param.name)`");
    }
  }

  void check_connector_value(const SettingValue& value, const std::string& what) {
    if (value.form != SettingValue::Form::kParam) return;
    const Type& type = analysis_.type(program_.params[value.param].type);
    if (type.kind != Kind::kString && type.kind != Kind::kError) {
      analysis_
          .report(Code::E0201, value.span,
                  what + " is text, the param is " + kind_in_words(program_.types, program_.params[value.param].type),
                  "param " + program_.params[value.param].name)
          .also(program_.params[value.param].span, "declared here");
    }
  }

  const ConnectorTraits* connector(const syntax::ConnectorCall& call) {
    const ConnectorTraits* traits = find_connector(call.name.text);
    if (traits == nullptr && call.name.valid()) {
      Diagnostic& finding = analysis_.report(Code::E0101, call.name.span, "no connector is called `" + call.name.text + "`", "not known");
      analysis_.suggest(finding, call.name.text, call.name.span, connector_names());
    }
    return traits;
  }

  // A literal that looks like a credential, anywhere in a connection.
  void look_for_secrets(const SettingValue& value, std::string_view key) {
    for (const SettingValue& inner : value.arguments) look_for_secrets(inner, key);
    if (value.form != SettingValue::Form::kText) return;
    const std::string& text = value.text;
    const SecretName named = names_a_secret(key);
    const bool keyed = (named == SecretName::kYes && !text.empty()) || (named == SecretName::kMaybe && looks_generated(text));
    const bool in_url = has_password_in_address(text);
    if (!keyed && !in_url) return;
    analysis_
        .report(Code::E0804, value.span, in_url ? "a password stands in this address" : "a secret stands in the spec",
                "readable by everyone who can read the spec")
        .help(Applicability::choose, "name it and keep it outside: `secret(\"NAME\")`");
  }

  void read_source(SourceSymbol& source) {
    const auto& written = analysis_.tree(source.module)[source.decl].as<syntax::SourceDecl>();
    source.schema = schema_of(source.module, written.type, &source.changes, "source");
    if (source.schema != kNone) program_.schemas[source.schema].used = true;
    source.connector = written.from.name.text;
    source.connector_span = written.from.name.span;
    const ConnectorTraits* traits = connector(written.from);
    source.runnable = traits != nullptr && traits->runnable;
    read_arguments(source.module, written.from, traits, source.arguments, source.settings);
    const bool known = traits != nullptr && !traits->any_setting;
    CheckedSettings block = check_settings(analysis_, source.module, written.settings, "a " + source.connector + " source",
                                           known ? traits->source_settings : std::vector<std::string_view>());
    source.settings.merge(block);
    for (const SettingValue& argument : source.arguments) look_for_secrets(argument, "");
    for (const auto& [key, value] : source.settings) look_for_secrets(value, key);
    const auto filter = source.settings.find("filter");
    if (filter != source.settings.end()) check_filter(source, filter->second);
  }

  void check_filter(SourceSymbol& source, const SettingValue& value) {
    const syntax::Expr& node = program_.tree(value.expr);
    if (node.kind() != syntax::ExprKind::lambda) {
      analysis_.report(Code::E0201, value.span, "a filter is a function over the record", "write `r -> r.deleted == 0`");
      return;
    }
    if (source.schema == kNone) return;
    Frame frame;
    frame.kind = FrameKind::kSetting;
    frame.module = source.module;
    ExpressionChecker checker(analysis_, frame);
    checker.check_filter(value.expr.id, CallChecker(checker).relation_record(source.schema));
    checker.report_failures(0, {}, false);
    // Fields that the filter reads count as read by every map of the source.
    const std::string& parameter =
        node.as<syntax::LambdaExpr>().parameters.empty() ? source.name : node.as<syntax::LambdaExpr>().parameters[0].text;
    const SchemaSymbol& schema = program_.schemas[source.schema];
    for (const syntax::Expr& each : analysis_.tree(source.module).exprs) {
      if (each.span.begin < node.span.begin || each.span.end > node.span.end) continue;
      const auto* field = each.get_if<syntax::FieldExpr>();
      if (field == nullptr || !field->object.valid()) continue;
      const auto* object = analysis_.tree(source.module)[field->object].get_if<syntax::NameExpr>();
      if (object == nullptr || object->name.text != parameter) continue;
      if (const auto it = schema.by_name.find(field->field.text); it != schema.by_name.end()) source.filter_reads.push_back(it->second);
    }
  }

  void read_target(TargetSymbol& target) {
    const auto& written = analysis_.tree(target.module)[target.decl].as<syntax::TargetDecl>();
    target.schema = schema_of(target.module, written.type, nullptr, "target");
    if (target.schema != kNone) program_.schemas[target.schema].used = true;
    target.connector = written.into.name.text;
    target.connector_span = written.into.name.span;
    const ConnectorTraits* traits = connector(written.into);
    target.runnable = traits != nullptr && traits->runnable;
    read_arguments(target.module, written.into, traits, target.arguments, target.settings);
    const bool known = traits != nullptr && !traits->any_setting;
    CheckedSettings block = check_settings(analysis_, target.module, written.settings, "a " + target.connector + " target",
                                           known ? traits->target_settings : std::vector<std::string_view>());
    target.settings.merge(block);
    for (const SettingValue& argument : target.arguments) look_for_secrets(argument, "");
    for (const auto& [key, value] : target.settings) look_for_secrets(value, key);
    target.write_span = target.connector_span;
    if (const auto clears = target.settings.find("clears_with_null");
        clears != target.settings.end() && clears->second.form == SettingValue::Form::kBool) {
      target.clears_with_null = clears->second.boolean;
    }
    const auto write = target.settings.find("write");
    if (write == target.settings.end()) return;
    target.write_given = true;
    target.write_span = write->second.span;
    static constexpr std::pair<std::string_view, Write> kModes[] = {
        {"append", Write::kAppend}, {"replace", Write::kReplace}, {"insert", Write::kInsert}, {"upsert", Write::kUpsert},
        {"update", Write::kUpdate}, {"patch", Write::kPatch},     {"delete", Write::kDelete}};
    bool found = false;
    std::vector<std::string_view> modes;
    for (const auto& [name, mode] : kModes) {
      modes.push_back(name);
      if (write->second.text != name ||
          (write->second.form != SettingValue::Form::kWord && write->second.form != SettingValue::Form::kCall))
        continue;
      found = true;
      target.write = mode;
    }
    if (!found) {
      Diagnostic& finding =
          analysis_.report(Code::E0101, write->second.span, "there is no way to write called `" + write->second.text + "`",
                           "append, replace, insert, upsert(by:), update(by:), patch(by:), delete(by:)");
      analysis_.suggest(finding, write->second.text, write->second.span, modes);
      return;
    }
    read_key(target, write->second);
  }

  void read_key(TargetSymbol& target, const SettingValue& write) {
    if (target.schema == kNone) return;
    const SchemaSymbol& schema = program_.schemas[target.schema];
    for (const SettingValue& argument : write.arguments) {
      for (const SettingValue& field : argument.arguments) {
        const auto it = schema.by_name.find(field.text);
        if (it == schema.by_name.end()) {
          Diagnostic& finding =
              analysis_.report(Code::E0101, field.span, "the target has no field `" + field.text + "`", "not in schema " + schema.name);
          std::vector<std::string_view> names;
          for (const SchemaField& each : schema.fields) names.push_back(each.name);
          analysis_.suggest(finding, field.text, field.span, names);
          continue;
        }
        target.by.push_back(it->second);
        const SchemaField& key = schema.fields[it->second];
        if (key.optional || program_.types[key.type].nullable) {
          analysis_.report(Code::E0311, field.span, "`" + key.name + "` finds the stored record and may be missing", "null finds nothing")
              .also(key.span, "declared here");
        }
      }
    }
    const bool keyed =
        target.write == Write::kUpsert || target.write == Write::kUpdate || target.write == Write::kPatch || target.write == Write::kDelete;
    if (keyed && target.by.empty()) target.by = schema.key;
    if (keyed && target.by.empty()) {
      analysis_
          .report(Code::E0652, write.span, "nothing says which stored record `" + write.text + "` means",
                  "needs `by: [field]`, or a @key in the schema")
          .also(schema.span, "has no @key");
    }
  }

  void read_lookup_symbol(LookupSymbol& lookup) {
    const auto& written = analysis_.tree(lookup.module)[lookup.decl].as<syntax::LookupDecl>();
    lookup.key = resolve_type(analysis_, lookup.module, written.key);
    lookup.value = resolve_type(analysis_, lookup.module, written.value);
    const CheckedSettings settings =
        check_settings(analysis_, lookup.module, written.settings, "a lookup", {"key", "value", "compare", "header"});
    if (!is_error(analysis_.type(lookup.key)) && analysis_.type(lookup.key).kind != Kind::kString) {
      analysis_.report(Code::E0201, analysis_.tree(lookup.module)[written.key].span, "the key of a lookup is text",
                       analysis_.type_text(lookup.key));
      return;
    }
    if (written.from.name.text != "csv") {
      if (connector(written.from) != nullptr)
        analysis_.report(Code::E0101, written.from.name.span, "lookups can be read from `csv` files only", "not yet");
      return;
    }
    std::vector<SettingValue> arguments;
    CheckedSettings named;
    for (const syntax::Argument& argument : written.from.arguments)
      arguments.push_back(setting_value(analysis_, lookup.module, argument.value));
    if (arguments.empty() || arguments[0].form != SettingValue::Form::kText) {
      analysis_.report(Code::E0201, written.from.span, "a lookup names its file as text", "it is read and pinned before the run");
      return;
    }
    std::string key = "key", value = "value";
    if (const auto it = settings.find("key"); it != settings.end()) key = it->second.text;
    if (const auto it = settings.find("value"); it != settings.end()) value = it->second.text;
    if (const auto it = settings.find("compare"); it != settings.end()) {
      if (it->second.text == "casefold")
        lookup.casefold = true;
      else if (it->second.text != "exact")
        analysis_.report(Code::E0101, it->second.span, "`compare` is `exact` or `casefold`", "neither of them");
    }
    lookup.key_column = key;
    lookup.value_column = value;
    LookupFile file;
    if (!read_lookup_file(analysis_, lookup, lookup.module, arguments[0], key, value, file)) return;
    lookup.file = std::move(file.name);
    lookup.content_hash = std::move(file.content_hash);
    lookup.entries = std::move(file.entries);
  }

  Analysis& analysis_;
  Program& program_;
};

}  // namespace

void resolve_connections(Analysis& analysis) {
  ConnectionReader(analysis).run();
  resolve_references(analysis);
}

}  // namespace mig::sema
