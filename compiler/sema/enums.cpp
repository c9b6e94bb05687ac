// Enums with their wire values and consent levels, privacy classes, and the order in which declarations are resolved.
#include <algorithm>

#include "compiler/sema/attributes.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/phases.h"

namespace mig::sema {

Consent consent_by_name(std::string_view name) {
  constexpr std::string_view refused[] = {"complained", "suppressed", "unsubscribed", "opted_out", "opt_out",
                                          "blocked",    "spam",       "refused",      "revoked",   "withdrawn"};
  constexpr std::string_view asked[] = {"pending", "unconfirmed", "invited", "opt_in_pending"};
  constexpr std::string_view given[] = {"subscribed", "opted_in", "opt_in", "confirmed", "consented", "resubscribed"};
  const auto among = [&](const auto& names) { return std::find(std::begin(names), std::end(names), name) != std::end(names); };
  if (among(refused)) return Consent::kRefused;
  if (among(asked)) return Consent::kAsked;
  if (among(given)) return Consent::kGiven;
  return Consent::kUnknown;
}

void resolve_enums(Analysis& analysis) {
  Program& program = *analysis.program;
  for (EnumSymbol& symbol : program.enum_symbols) {
    const auto& written = analysis.tree(symbol.module)[symbol.decl].as<syntax::EnumDecl>();
    EnumType type;
    type.name = symbol.name;
    type.open = written.open;
    std::unordered_map<std::string, Span> names, wires;
    for (const syntax::EnumVariant& variant : written.variants) {
      if (!variant.name.valid()) continue;
      std::string wire = variant.name.text;
      Span wire_span = variant.name.span;
      if (variant.wire.valid()) {
        wire_span = analysis.tree(symbol.module)[variant.wire].span;
        if (const auto text = literal_text(analysis.tree(symbol.module), variant.wire)) {
          wire = *text;
        } else if (const auto number = literal_int(analysis.tree(symbol.module), variant.wire)) {
          wire = std::to_string(*number);
        } else {
          analysis.report(Code::E0201, wire_span, "the value of a variant is a text or a whole number", "neither of them");
        }
      }
      if (const auto [it, added] = names.emplace(variant.name.text, variant.name.span); !added) {
        analysis
            .report(Code::E0108, variant.name.span, "enum " + symbol.name + " has `" + variant.name.text + "` twice", "declared again here")
            .also(it->second, "first declared here");
        continue;
      }
      if (const auto [it, added] = wires.emplace(wire, wire_span); !added) {
        analysis
            .report(Code::E0108, wire_span, "two variants of " + symbol.name + " are written as \"" + wire + "\"",
                    "reading could not tell them apart")
            .also(it->second, "the other one");
      }
      Consent consent = consent_by_name(variant.name.text);
      std::string deprecated;
      read_variant_attributes(analysis, symbol.module, variant.attributes, consent, deprecated);
      type.variants.push_back({variant.name.text, std::move(wire)});
      symbol.variant_spans.push_back(variant.name.span);
      symbol.consent.push_back(consent);
      symbol.deprecated.push_back(std::move(deprecated));
    }
    if (type.variants.empty())
      analysis.report(Code::E0002, symbol.span, "enum " + symbol.name + " has no variants", "nothing can have this type");
    program.enums.push_back(std::move(type));
  }
}

void resolve_privacy(Analysis& analysis) {
  Program& program = *analysis.program;
  const auto visit = [&](auto&& each) {
    for (ModuleId module = 0; module < program.modules.size(); ++module) {
      for (const syntax::Decl& decl : analysis.tree(module).decls) {
        if (const auto* privacy = decl.get_if<syntax::PrivacyDecl>()) each(module, *privacy);
      }
    }
  };
  visit([&](ModuleId, const syntax::PrivacyDecl& privacy) {
    for (const syntax::PrivacyClass& written : privacy.classes) {
      const std::string name = written.path.text();
      const auto same = [&](const PrivacyClass& c) { return c.name == name; };
      if (std::any_of(program.classes.begin(), program.classes.end(), same)) {
        analysis.report(Code::E0108, written.span, "the privacy class `" + name + "` is declared twice", "declared again here");
        continue;
      }
      program.classes.push_back({name, written.path.span});
    }
  });
  const auto classes_of = [&](const std::vector<syntax::LabelPattern>& patterns) {
    std::vector<uint32_t> classes;
    for (const syntax::LabelPattern& pattern : patterns) {
      const std::string name = pattern.path.text();
      const size_t before = classes.size();
      for (uint32_t i = 0; i < program.classes.size(); ++i) {
        const std::string& declared = program.classes[i].name;
        const bool inside = declared.size() > name.size() && declared.compare(0, name.size(), name) == 0 && declared[name.size()] == '.';
        if (declared == name || inside) classes.push_back(i);
      }
      if (classes.size() == before) {
        Diagnostic& finding = analysis.report(
            Code::E0701, pattern.span, "no privacy class matches `" + name + (pattern.wildcard ? ".*`" : "`"), "used here, not declared");
        std::vector<std::string_view> known;
        for (const PrivacyClass& each : program.classes) known.push_back(each.name);
        analysis.suggest(finding, name, pattern.path.span, known);
      }
    }
    return classes;
  };
  visit([&](ModuleId module, const syntax::PrivacyDecl& privacy) {
    for (const syntax::PrivacyAllow& written : privacy.allows) {
      PrivacyAllow allow;
      allow.classes = classes_of(written.classes);
      allow.span = written.span;
      for (const syntax::Name& target : written.targets) {
        if (const auto index = analysis.resolve(NameKind::kTarget, module, target)) allow.targets.push_back(*index);
      }
      program.allows.push_back(std::move(allow));
    }
    for (const syntax::PrivacyMask& written : privacy.masks) {
      PrivacyMask mask;
      for (const syntax::LabelPattern& pattern : written.classes) mask.patterns.push_back({pattern.path.text(), classes_of({pattern})});
      for (const syntax::Name& environment : written.environments) mask.environments.push_back(environment.text);
      mask.mask = {module, written.mask};
      mask.span = written.span;
      program.masks.push_back(std::move(mask));
    }
  });
}

void resolve_declarations(Analysis& analysis) {
  resolve_enums(analysis);
  resolve_privacy(analysis);
  resolve_schemas(analysis);
  check_allowances(analysis);
}

}  // namespace mig::sema
