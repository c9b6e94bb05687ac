#include "compiler/sema/masks.h"

#include <algorithm>
#include <set>

#include "compiler/sema/calls.h"
#include "compiler/sema/connector_traits.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

// Functions of the standard library that give different values for different values (hashes of 64 bits and more).
constexpr std::string_view kKeepsApart[] = {"hmac_token", "mask_email", "sha256", "uuid_v5"};

bool about(const PrivacyMask& mask, std::string_view environment) {
  return std::find(mask.environments.begin(), mask.environments.end(), environment) != mask.environments.end();
}

class MaskChecker {
 public:
  explicit MaskChecker(Analysis& analysis) : analysis_(analysis), program_(*analysis.program) {}

  void run() {
    for (const std::string& environment : environment_names(program_)) {
      for (uint32_t target = 0; target < program_.targets.size(); ++target) {
        if (program_.targets[target].schema != kNone) check_target(target, environment);
      }
    }
  }

 private:
  void check_target(uint32_t index, const std::string& environment) {
    const TargetSymbol& target = program_.targets[index];
    const SchemaSymbol& schema = program_.schemas[target.schema];
    for (uint32_t field = 0; field < schema.fields.size(); ++field) {
      const SchemaField& known = schema.fields[field];
      const auto mask = mask_of(program_, known.labels, environment);
      if (mask) {
        check_overlap(known, *mask, environment);
        if (check_value(*mask, known.type, target, known)) check_key(*mask, field, target, known);
      }
      check_reference(mask, target, known, environment);
    }
  }

  // Two patterns that are equally narrow leave it to the order of lines what becomes of a value.
  void check_overlap(const SchemaField& field, uint32_t chosen, const std::string& environment) {
    for (uint32_t other = chosen + 1; other < program_.masks.size(); ++other) {
      if (!about(program_.masks[other], environment) || width(chosen, field.labels) != width(other, field.labels)) continue;
      if (!once(chosen, "overlap" + std::to_string(other))) continue;
      analysis_.report(Code::E0018, program_.masks[other].span, "two masks are about the same data in " + environment, "masks it again")
          .also(program_.masks[chosen].span, "masked here")
          .also(field.span, "this field, for one");
    }
  }

 public:
  /// How narrow the mask's narrowest pattern about one of the classes is; 0: it is about none.
  static size_t width_of(const PrivacyMask& mask, const std::vector<uint32_t>& labels) {
    size_t most = 0;
    for (const PrivacyMask::Pattern& pattern : mask.patterns) {
      const bool covers = std::any_of(labels.begin(), labels.end(), [&](uint32_t label) {
        return std::find(pattern.classes.begin(), pattern.classes.end(), label) != pattern.classes.end();
      });
      if (covers) most = std::max(most, pattern.path.size());
    }
    return most;
  }

 private:
  size_t width(uint32_t mask, const std::vector<uint32_t>& labels) const { return width_of(program_.masks[mask], labels); }
  bool once(uint32_t mask, const std::string& what) { return said_.insert({mask, what}).second; }

  /// Value by value: elements of lists, values of maps, fields of records. False after a finding.
  bool check_value(uint32_t mask, TypeId id, const TargetSymbol& target, const SchemaField& field) {
    const TypeId bare = program_.types.non_null(id);
    const Type type = program_.types[bare];
    if (type.kind == Kind::kError) return false;
    if (type.kind == Kind::kList || type.kind == Kind::kMap) return check_value(mask, type.element, target, field);
    if (type.kind == Kind::kRecord) {
      return std::all_of(type.fields.begin(), type.fields.end(),
                         [&](const RecordField& part) { return check_value(mask, part.type, target, field); });
    }
    if (type.kind != Kind::kJson && type.kind != Kind::kSet) return check_leaf(mask, bare, target, field);
    if (once(mask, analysis_.type_text(bare))) {
      refuse(mask, target, field, "a mask cannot look into " + analysis_.type_text(bare),
             type.kind == Kind::kSet ? "masked values may be equal, and a set would lose some: make it a list"
                                     : "give the field a schema: a record or a map");
    }
    return false;
  }

  bool check_leaf(uint32_t index, TypeId leaf, const TargetSymbol& target, const SchemaField& field) {
    const auto& known = program_.masks[index].types;
    if (std::any_of(known.begin(), known.end(), [&](const MaskedType& each) { return each.type == leaf; })) return true;
    if (!once(index, analysis_.type_text(leaf))) return false;
    const ExprRef mask = program_.masks[index].mask;
    if (!mask.valid()) return false;
    MaskedType masked;
    masked.type = leaf;
    masked.passed = program_.types[leaf].kind == Kind::kScalar ? program_.types.of(Kind::kString) : leaf;
    if (program_.tree(mask).kind() == syntax::ExprKind::lambda && !known.empty()) {
      refuse(index, target, field, "this mask is written for one type of value, and the fields have several",
             "make it a `fn`, or several masks");
      return false;
    }
    Frame frame;
    frame.kind = FrameKind::kMask;
    frame.module = mask.module;
    ExpressionChecker checker(analysis_, frame);
    const size_t findings = analysis_.findings.size();
    Piped piped;
    piped.type = masked.passed;
    piped.span = field.span;
    const TypeId result = CallChecker(checker).stage(mask.id, piped, masked.passed);
    masked.call = program_.info(mask).call;
    if (masked.call == kNone || is_error(program_.types[result])) {
      for (size_t i = findings; i < analysis_.findings.size(); ++i) {
        if (analysis_.findings[i].primary.span == field.span) analysis_.findings[i].primary.span = program_.tree(mask).span;
        analysis_.findings[i].also(field.span, target.name + "." + field.name + " is masked by it");
      }
      return false;
    }
    if (!frame.failures.empty() || !frame.raised.empty() || program_.calls[masked.call].may_overflow) {
      refuse(index, target, field, "a mask may not fail", "a value that it cannot mask would reach the target as it is, or not at all",
             "fails for some values");
      return false;
    }
    if (!keeps(masked, result)) {
      refuse(index, target, field,
             target.name + "." + field.name + " holds " + analysis_.type_text(leaf) + ", and the mask makes " +
                 analysis_.type_text(result) + " of it",
             "name a narrower class with a mask of its own: the narrowest pattern counts", "gives " + analysis_.type_text(result));
      return false;
    }
    program_.masks[index].types.push_back(masked);
    return true;
  }

  bool keeps(const MaskedType& masked, TypeId result) const {
    if (fit(program_.types, result, masked.passed) == Fit::kYes) return true;
    // Digits become other digits: what stands for a number still does.
    const CallInfo& call = program_.calls[masked.call];
    return call.declaration != nullptr && call.declaration->name == "mask_phone" && program_.types[masked.type].name == "phone_e164";
  }

  void refuse(uint32_t mask, const TargetSymbol& target, const SchemaField& field, std::string message, std::string note,
              std::string label = "cannot mask it") {
    const ExprRef expr = program_.masks[mask].mask;
    Diagnostic& finding = analysis_.report(Code::E0706, expr.valid() ? program_.tree(expr).span : program_.masks[mask].span,
                                           std::move(message), std::move(label));
    finding.also(field.span, target.name + "." + field.name);
    finding.note(std::move(note));
  }

  void check_key(uint32_t index, uint32_t field, const TargetSymbol& target, const SchemaField& known) {
    const bool by = std::find(target.by.begin(), target.by.end(), field) != target.by.end();
    if (!by && !known.key && !known.unique) return;
    for (const MaskedType& masked : program_.masks[index].types) {
      const CallInfo& call = program_.calls[masked.call];
      const bool apart = call.declaration != nullptr &&
                         std::find(std::begin(kKeepsApart), std::end(kKeepsApart), call.declaration->name) != std::end(kKeepsApart);
      if (apart || masked.type != program_.types.non_null(known.type) || !once(index, "key " + target.name)) continue;
      analysis_
          .report(Code::E0707, program_.tree(program_.masks[index].mask).span,
                  "records of " + target.name + " would get the same " + known.name, "two values can become one")
          .also(known.span, by || known.key ? "records are known by it" : "must be unique")
          .help(Applicability::choose, "keep them apart: `hmac_token(secret(\"...\"))`, or `mask_email` for addresses");
    }
  }

  // Both sides of a reference become the same, or neither is masked.
  void check_reference(std::optional<uint32_t> mask, const TargetSymbol& target, const SchemaField& field, const std::string& environment) {
    if (field.reference_target == kNone || field.reference_field == kNone) return;
    const TargetSymbol& parent = program_.targets[field.reference_target];
    if (parent.schema == kNone) return;
    const SchemaField& key = program_.schemas[parent.schema].fields[field.reference_field];
    const auto other = mask_of(program_, key.labels, environment);
    if (mask == other) return;
    const uint32_t at = mask ? *mask : *other;
    if (!once(at, "reference " + target.name + "." + field.name)) return;
    analysis_
        .report(Code::E0707, program_.masks[at].span,
                target.name + "." + field.name + " would not find its " + parent.name + "." + key.name + " in " + environment,
                "only one of the two becomes this")
        .also(field.span, "refers to it")
        .also(key.span, "what is referred to")
        .help(Applicability::choose, "give both fields the same class");
  }

  Analysis& analysis_;
  Program& program_;
  std::set<std::pair<uint32_t, std::string>> said_;
};

class EnvironmentChecker {
 public:
  explicit EnvironmentChecker(Analysis& analysis) : analysis_(analysis), program_(*analysis.program) {}

  void run() {
    for (EnvironmentSymbol& environment : program_.environments) {
      const syntax::Module& tree = analysis_.tree(environment.module);
      const auto* written = tree[environment.decl].get_if<syntax::EnvironmentDecl>();
      if (written == nullptr) continue;
      for (const syntax::EnvironmentSecret& secret : written->secrets) check_secret(environment, secret);
      for (const syntax::EnvironmentBinding& binding : written->bindings) check_binding(environment, binding);
      for (const syntax::Setting& setting : written->settings) {
        if (!setting.key.valid()) continue;
        analysis_.report(Code::E0101, setting.key.span, "an environment has no setting `" + setting.key.text + "`", "not known")
            .note(
                "it has secrets (`secret NAME = \"VARIABLE\"`) and settings of sources, targets and lookups (`target t { table = \"x\" "
                "}`)");
      }
    }
  }

 private:
  void check_secret(EnvironmentSymbol& environment, const syntax::EnvironmentSecret& written) {
    if (!written.name.valid() || !written.value.valid()) return;
    const auto variable = literal_text(analysis_.tree(environment.module), written.value);
    if (!variable || variable->empty()) {
      analysis_.report(Code::E0201, analysis_.tree(environment.module)[written.value].span,
                       "a secret is bound to the name of an environment variable, as text",
                       "write `secret " + written.name.text + " = \"NAME\"`");
      return;
    }
    for (const EnvironmentSecret& other : environment.secrets) {
      if (other.name != written.name.text) continue;
      analysis_.report(Code::E0018, written.name.span, "the secret `" + written.name.text + "` is bound twice", "bound again here")
          .also(other.span, "bound here");
      return;
    }
    environment.secrets.push_back({written.name.text, *variable, written.name.span});
  }

  void check_binding(EnvironmentSymbol& environment, const syntax::EnvironmentBinding& written) {
    const NameKind kind = written.kind == syntax::BindingKind::source   ? NameKind::kSource
                          : written.kind == syntax::BindingKind::target ? NameKind::kTarget
                                                                        : NameKind::kLookup;
    const auto subject = analysis_.resolve(kind, environment.module, written.name);
    if (!subject) return;
    for (const EnvironmentBinding& other : environment.bindings) {
      if (other.kind != written.kind || other.subject != *subject) continue;
      analysis_.report(Code::E0018, written.name.span, "`" + written.name.text + "` is bound twice", "bound again here")
          .also(other.span, "bound here");
      return;
    }
    EnvironmentBinding binding;
    binding.kind = written.kind;
    binding.subject = *subject;
    binding.span = written.name.span;
    std::vector<std::string_view> known = known_settings(written.kind, *subject);
    binding.settings = check_settings(analysis_, environment.module, written.settings, "the binding of `" + written.name.text + "`", known);
    if (kind == NameKind::kLookup && !read_lookup_binding(environment, written, binding)) return;
    environment.bindings.push_back(std::move(binding));
  }

  /// What is read instead of the lookup's own file; the columns are the same unless they are given.
  bool read_lookup_binding(const EnvironmentSymbol& environment, const syntax::EnvironmentBinding& written, EnvironmentBinding& binding) {
    const LookupSymbol& lookup = program_.lookups[binding.subject];
    const auto path = binding.settings.find("path");
    if (path == binding.settings.end() || path->second.form != SettingValue::Form::kText) {
      analysis_.report(Code::E0201, written.span.valid() ? written.span : written.name.span,
                       "the binding of a lookup names its file as text", "write `lookup " + lookup.name + " { path = \"FILE\" }`");
      return false;
    }
    const auto column = [&](const char* name, const std::string& own) {
      const auto given = binding.settings.find(name);
      return given == binding.settings.end() ? own : given->second.text;
    };
    return read_lookup_file(analysis_, lookup, environment.module, path->second, column("key", lookup.key_column),
                            column("value", lookup.value_column), binding.file);
  }

  // How records are written is part of the spec that is checked, not of where it runs.
  std::vector<std::string_view> known_settings(syntax::BindingKind kind, uint32_t subject) const {
    if (kind == syntax::BindingKind::lookup) return {"path", "key", "value"};
    const bool source = kind == syntax::BindingKind::source;
    const ConnectorTraits* traits = find_connector(source ? program_.sources[subject].connector : program_.targets[subject].connector);
    if (traits == nullptr || traits->any_setting) return {};
    std::vector<std::string_view> known = source ? traits->source_settings : traits->target_settings;
    std::erase_if(known, [](std::string_view name) {
      return name == "write" || name == "filter" || name == "clears_with_null" || name == "delivery" || name == "on_existing";
    });
    for (const std::string_view argument : traits->arguments) {
      if (std::find(known.begin(), known.end(), argument) == known.end()) known.push_back(argument);
    }
    known.push_back("path");
    return known;
  }

  Analysis& analysis_;
  Program& program_;
};

}  // namespace

std::optional<uint32_t> mask_of(const Program& program, const std::vector<uint32_t>& labels, std::string_view environment) {
  std::optional<uint32_t> found;
  size_t narrowest = 0;
  for (uint32_t i = 0; i < program.masks.size(); ++i) {
    if (!about(program.masks[i], environment)) continue;
    const size_t width = MaskChecker::width_of(program.masks[i], labels);
    if (width > narrowest) found = i;
    narrowest = std::max(narrowest, width);
  }
  return found;
}

std::vector<std::string> environment_names(const Program& program) {
  std::set<std::string> names;
  for (const EnvironmentSymbol& environment : program.environments) names.insert(environment.name);
  for (const StageSymbol& stage : program.stages) names.insert(stage.environment);
  for (const PrivacyMask& mask : program.masks) names.insert(mask.environments.begin(), mask.environments.end());
  names.erase("");
  return {names.begin(), names.end()};
}

const EnvironmentSymbol* find_environment(const Program& program, std::string_view name) {
  for (const EnvironmentSymbol& environment : program.environments) {
    if (environment.name == name) return &environment;
  }
  return nullptr;
}

void check_environments(Analysis& analysis) {
  EnvironmentChecker(analysis).run();
  MaskChecker(analysis).run();
}

}  // namespace mig::sema
