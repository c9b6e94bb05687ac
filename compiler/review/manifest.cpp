#include "compiler/review/manifest.h"

#include <algorithm>
#include <set>

#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::review {

namespace {

using rules::RuleContext;
using sema::kNone;
using sema::ModuleId;

std::string one_line(std::string_view text) {
  std::string out;
  bool blank = false;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      blank = !out.empty();
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    out += c;
  }
  return out;
}

std::string without_marks(std::string text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  if (!text.empty() && text.front() == '@') return text.substr(1);
  return text;
}

class ManifestMaker {
 public:
  ManifestMaker(const sema::Program& program, const SourceMap& sources, const DiagnosticSink& findings)
      : program_(program), findings_(findings), context_(program, sources, none_) {}

  Manifest run() {
    Manifest out;
    out.migration = program_.migration;
    out.version = program_.version;
    for (const syntax::Decl& decl : context_.tree(0).decls) {
      if (const auto* header = decl.get_if<syntax::HeaderDecl>()) out.header = settings(0, header->settings);
    }
    for (uint32_t m = 0; m < program_.maps.size(); ++m) out.maps.push_back(map(m));
    for (const sema::IssueSymbol& issue : program_.issues) {
      if (!issue.builtin && issue.verb_known)
        out.issues.push_back({issue.issue.code, verb(issue.issue.verb), issue.issue.message, issue.issue.fix});
    }
    for (ModuleId module = 0; module < program_.modules.size(); ++module) declarations(module, out);
    return out;
  }

 private:
  static std::string verb(Verb verb) {
    switch (verb) {
      case Verb::kReject: return "reject";
      case Verb::kSkip: return "skip";
      case Verb::kWarn: return "warn";
      case Verb::kFail: return "fail";
    }
    return "";
  }
  std::string place(Span span) const {
    return span.valid() ? std::string(context_.sources.name(span.file)) + ":" + std::to_string(context_.sources.position(span).line)
                        : std::string();
  }
  std::vector<std::pair<std::string, std::string>> settings(ModuleId module, const syntax::Settings& written) const {
    std::vector<std::pair<std::string, std::string>> out;
    for (const syntax::Setting& setting : written.entries) {
      if (setting.value.valid())
        out.emplace_back(setting.key.text, without_marks(one_line(context_.text(context_.tree(module)[setting.value].span))));
    }
    return out;
  }

  ManifestMap map(uint32_t index) const {
    const sema::MapSymbol& symbol = program_.maps[index];
    const syntax::Decl& decl = context_.decl(symbol);
    ManifestMap out;
    out.name = symbol.name;
    out.doc = one_line(decl.doc);
    const sema::SchemaSymbol* source = context_.source_schema(index);
    const sema::SchemaSymbol* target = context_.target_schema(index);
    if (symbol.source != kNone)
      out.source = program_.sources[symbol.source].name,
      out.source_connector = one_line(context_.text(program_.sources[symbol.source].connector_span));
    if (symbol.target != kNone) {
      const sema::TargetSymbol& written = program_.targets[symbol.target];
      out.target = written.name;
      out.target_connector = one_line(context_.text(written.connector_span));
      const auto it = written.settings.find("write");
      if (it != written.settings.end() && it->second.expr.valid()) out.write = one_line(context_.text(context_.expr(it->second.expr).span));
    }
    if (target != nullptr) {
      for (const sema::SchemaField& field : target->fields) {
        ManifestField row;
        row.target = field.name;
        row.type = program_.types.text(field.type);
        row.required = !field.optional;
        for (const uint32_t label : field.labels) row.labels.push_back(program_.classes[label].name);
        out.fields.push_back(std::move(row));
      }
    }
    const auto* written = decl.get_if<syntax::MapDecl>();
    if (written == nullptr) return out;
    rules::for_each_statement(context_.tree(symbol.module), written->body,
                              [&](syntax::StmtId id) { statement(symbol.module, id, source, target, out); });
    for (uint32_t f = 0; source != nullptr && f < source->fields.size(); ++f) {
      const bool read = source->fields[f].key || (f < symbol.read.size() && symbol.read[f]);  // a key names the record in logs and state
      const bool ignored = f < symbol.ignored.size() && symbol.ignored[f];
      if (!read && !ignored) out.unread.push_back(source->fields[f].name);
    }
    return out;
  }

  void statement(ModuleId module, syntax::StmtId id, const sema::SchemaSymbol* source, const sema::SchemaSymbol* target,
                 ManifestMap& out) const {
    const syntax::Module& tree = context_.tree(module);
    const syntax::Stmt& stmt = tree[id];
    const sema::StmtInfo& about = context_.info(module, id);
    if (const auto* assign = stmt.get_if<syntax::AssignStmt>()) {
      if (about.target_fields.empty() || about.target_fields[0] >= out.fields.size() || !assign->value.valid()) return;
      ManifestField& field = out.fields[about.target_fields[0]];
      const Span span = tree[assign->value].span;
      field.rule += (field.rule.empty() ? "" : "; ") + one_line(context_.text(span));
      if (field.place.empty()) field.place = place(span);
      const uint32_t lineage = context_.info(sema::ExprRef{module, assign->value}).lineage;
      add_sources(lineage, source, field);
      rules::walk(tree, assign->value, [&](syntax::ExprId each) {
        if (const auto* raise = tree[each].get_if<syntax::RaiseExpr>()) add(field.issues, raise->code.last().text);
        const sema::ExprInfo& info = context_.info(sema::ExprRef{module, each});
        if (info.call >= program_.calls.size()) return;
        const sema::CallInfo& call = program_.calls[info.call];
        if (call.callee != sema::Ref::kFn || call.index >= program_.fns.size()) return;
        for (const uint32_t issue : program_.fns[call.index].raises) add(field.issues, program_.issues[issue].issue.code);
      });
      for (const Diagnostic& finding : findings_.all()) {
        const Span at = finding.primary.span;
        if (finding.code == Code::N0961 && at.file == span.file && span.begin <= at.begin && at.end <= span.end)
          add(field.losses, finding.message);
      }
    } else if (stmt.get_if<syntax::CopyStmt>() != nullptr) {
      for (const sema::CopiedField& copied : about.copied) {
        if (source == nullptr || target == nullptr || copied.source_field >= source->fields.size() ||
            copied.target_field >= out.fields.size())
          continue;
        ManifestField& field = out.fields[copied.target_field];
        field.rule = "copied";
        field.place = place(stmt.span);
        add(field.sources, source->fields[copied.source_field].name);
      }
    } else if (const auto* ignore = stmt.get_if<syntax::IgnoreStmt>()) {
      for (const syntax::Path& path : ignore->fields) {
        std::string name;
        for (size_t i = path.parts.size() > 1 ? 1 : 0; i < path.parts.size(); ++i) name += (name.empty() ? "" : ".") + path.parts[i].text;
        out.ignored.push_back({name, ignore->reason.value});
      }
    } else if (const auto* require = stmt.get_if<syntax::RequireStmt>()) {
      if (!require->condition.valid()) return;
      out.conditions.push_back({verb_of(require->verb) + " unless", require->code.last().text,
                                one_line(context_.text(tree[require->condition].span)), place(stmt.span)});
    } else if (const auto* raise = stmt.get_if<syntax::RaiseStmt>()) {
      if (!raise->condition.valid()) return;
      out.conditions.push_back({verb_of(raise->verb) + " when", raise->code.last().text,
                                one_line(context_.text(tree[raise->condition].span)), place(stmt.span)});
    }
  }
  static std::string verb_of(syntax::RaiseVerb verb) {
    return verb == syntax::RaiseVerb::reject ? "reject" : verb == syntax::RaiseVerb::skip ? "skip" : "warn";
  }
  static void add(std::vector<std::string>& list, const std::string& text) {
    if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
  }
  void add_sources(uint32_t lineage, const sema::SchemaSymbol* source, ManifestField& field) const {
    if (source == nullptr || lineage >= program_.lineages.size()) return;
    for (const uint32_t each : program_.lineages[lineage]) {
      if (each < source->fields.size()) add(field.sources, source->fields[each].name);
    }
  }

  void declarations(ModuleId module, Manifest& out) const {
    const syntax::Module& tree = context_.tree(module);
    const auto decisions = [&](const std::vector<syntax::Attribute>& attributes) {
      for (const syntax::Attribute& attribute : attributes) {
        if (attribute.name.text != "allow" || attribute.arguments.size() < 2) continue;
        std::string until;
        for (const syntax::Argument& argument : attribute.arguments) {
          if (argument.name.text == "until" && argument.value.valid()) until = without_marks(context_.text(tree[argument.value].span));
        }
        out.decisions.push_back({context_.text(attribute.arguments[0].span),
                                 without_marks(one_line(context_.text(attribute.arguments[1].span))), until, place(attribute.span)});
      }
    };
    for (const syntax::Stmt& stmt : tree.stmts) decisions(stmt.attributes);
    for (const syntax::Decl& decl : tree.decls) {
      decisions(decl.attributes);
      if (const auto* schema = decl.get_if<syntax::SchemaDecl>()) {
        for (const syntax::SchemaField& field : schema->fields) decisions(field.attributes);
      } else if (const auto* item = decl.get_if<syntax::ItemDecl>()) {
        out.items.push_back({decl.name.text, item->title.value, settings(module, item->settings)});
      } else if (const auto* environment = decl.get_if<syntax::EnvironmentDecl>()) {
        const auto text = [&](syntax::ExprId id) { return id.valid() ? one_line(context_.text(tree[id].span)) : std::string(); };
        for (const syntax::EnvironmentSecret& secret : environment->secrets)
          out.bindings.push_back({decl.name.text, "secret " + secret.name.text, text(secret.value)});
        for (const syntax::EnvironmentBinding& binding : environment->bindings) {
          constexpr std::string_view kKinds[] = {"source ", "target ", "lookup "};
          std::string instead;
          for (const syntax::Setting& setting : binding.settings.entries)
            instead += (instead.empty() ? "" : ", ") + setting.key.text + " = " + text(setting.value);
          out.bindings.push_back({decl.name.text, std::string(kKinds[static_cast<size_t>(binding.kind)]) + binding.name.text, instead});
        }
      } else if (const auto* privacy = decl.get_if<syntax::PrivacyDecl>()) {
        for (const syntax::PrivacyAllow& allow : privacy->allows) {
          std::vector<std::string> targets;
          for (const syntax::Name& each : allow.targets) targets.push_back(each.text);
          out.clearances.push_back({labels(allow.classes), joined(targets), allow.reason.value});
        }
        for (const syntax::PrivacyMask& mask : privacy->masks) {
          std::vector<std::string> environments;
          for (const syntax::Name& each : mask.environments) environments.push_back(each.text);
          out.masks.push_back(
              {labels(mask.classes), joined(environments), mask.mask.valid() ? one_line(context_.text(tree[mask.mask].span)) : ""});
        }
      }
    }
  }
  static std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
  }
  static std::string labels(const std::vector<syntax::LabelPattern>& patterns) {
    std::vector<std::string> names;
    for (const syntax::LabelPattern& pattern : patterns) names.push_back(pattern.path.text() + (pattern.wildcard ? ".*" : ""));
    return joined(names);
  }

  const sema::Program& program_;
  const DiagnosticSink& findings_;
  DiagnosticSink none_;
  RuleContext context_;
};

}  // namespace

Manifest make_manifest(const sema::Program& program, const SourceMap& sources, const DiagnosticSink& findings) {
  return ManifestMaker(program, sources, findings).run();
}

}  // namespace mig::review
