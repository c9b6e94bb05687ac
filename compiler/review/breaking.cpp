#include "compiler/review/breaking.h"

#include <algorithm>
#include <set>

#include "compiler/review/policies.h"
#include "compiler/sema/consent.h"

namespace mig::review {

namespace {

template <class Symbol>
const Symbol* find(const std::vector<Symbol>& list, const std::string& name) {
  const auto it = std::find_if(list.begin(), list.end(), [&](const Symbol& each) { return each.name == name; });
  return it == list.end() ? nullptr : &*it;
}

class Comparison {
 public:
  Comparison(Version& before, Version& after) : old_(before), new_(after) {}

  std::vector<Change> run() {
    maps();
    targets();
    dedupes();
    sources();
    lookups();
    policies();
    stages();
    issues();
    std::stable_sort(changes_.begin(), changes_.end(), [](const Change& a, const Change& b) { return a.category < b.category; });
    return std::move(changes_);
  }

 private:
  void add(std::string_view code, Category category, std::string path, std::string message, Span before, Span after) {
    changes_.push_back({code, category, std::move(path), std::move(message), before, after});
  }

  void maps() {
    for (uint32_t m = 0; m < old_.program.maps.size(); ++m) {
      const sema::MapSymbol& was = old_.program.maps[m];
      const sema::MapSymbol* now = find(new_.program.maps, was.name);
      if (now == nullptr) {
        const sema::MapSymbol* heir = renamed(was);
        if (heir != nullptr) {
          add("B1201", Category::kResume, "map " + was.name,
              "map `" + was.name + "` is called `" + heir->name + "`: a run in flight does not find itself again", was.span, heir->span);
          compare_map(m, static_cast<uint32_t>(heir - new_.program.maps.data()));
        } else {
          add("B1105", Category::kOutput, "map " + was.name, "map `" + was.name + "` is gone, and with it everything it wrote", was.span,
              {});
        }
        continue;
      }
      compare_map(m, static_cast<uint32_t>(now - new_.program.maps.data()));
    }
    for (const sema::MapSymbol& now : new_.program.maps) {
      if (find(old_.program.maps, now.name) == nullptr && !heirs_.count(now.name)) {
        add("B1106", Category::kOutput, "map " + now.name, "map `" + now.name + "` is new: it writes records that were not there", {},
            now.span);
      }
    }
  }

  std::string name_of_source(const Version& version, const sema::MapSymbol& map) const {
    return map.source == kNone ? "" : version.program.sources[map.source].name;
  }
  std::string name_of_target(const Version& version, const sema::MapSymbol& map) const {
    return map.target == kNone ? "" : version.program.targets[map.target].name;
  }

  const sema::MapSymbol* renamed(const sema::MapSymbol& was) {
    for (const sema::MapSymbol& now : new_.program.maps) {
      if (find(old_.program.maps, now.name) != nullptr || heirs_.count(now.name)) continue;
      if (name_of_source(old_, was) != name_of_source(new_, now) || name_of_target(old_, was) != name_of_target(new_, now)) continue;
      heirs_.insert(now.name);
      return &now;
    }
    return nullptr;
  }

  void compare_map(uint32_t was, uint32_t now) {
    const sema::MapSymbol& before = old_.program.maps[was];
    const sema::MapSymbol& after = new_.program.maps[now];
    if (name_of_source(old_, before) != name_of_source(new_, after)) {
      add("B1202", Category::kResume, "map " + before.name,
          "map `" + before.name + "` reads `" + name_of_source(new_, after) + "` instead of `" + name_of_source(old_, before) + "`",
          before.span, after.span);
    }
    if (name_of_target(old_, before) != name_of_target(new_, after)) {
      add("B1107", Category::kOutput, "map " + before.name,
          "map `" + before.name + "` writes to `" + name_of_target(new_, after) + "` instead of `" + name_of_target(old_, before) + "`",
          before.span, after.span);
    }
    const MapMeaning meant = old_.canonical.map(was), means = new_.canonical.map(now);
    const sema::SchemaSymbol* schema = old_.context.target_schema(was);
    for (const auto& [field, part] : meant.fields) {
      const auto it = means.fields.find(field);
      const std::string path = before.name + "." + field;
      if (it == means.fields.end()) {
        add("B1102", Category::kOutput, path, "`" + path + "` is not written any more", part.span, after.span);
        continue;
      }
      if (it->second.text == part.text) continue;
      const auto index = schema == nullptr ? std::map<std::string, uint32_t, std::less<>>::const_iterator{} : schema->by_name.find(field);
      const bool key = schema != nullptr && index != schema->by_name.end() && schema->fields[index->second].key;
      if (key) {
        add("B1103", Category::kOutput, path, "the identity `" + path + "` is made in another way: every record can get another key",
            part.span, it->second.span);
      } else {
        add("B1101", Category::kOutput, path, "`" + path + "` gives different values", part.span, it->second.span);
      }
    }
    for (const auto& [field, part] : means.fields) {
      if (meant.fields.count(field) == 0)
        add("B1101", Category::kOutput, before.name + "." + field, "`" + before.name + "." + field + "` is written now", before.span,
            part.span);
    }
    filters(before, meant, means);
  }

  void filters(const sema::MapSymbol& map, const MapMeaning& meant, const MapMeaning& means) {
    std::multiset<std::string> left;
    for (const MeaningPart& part : means.filters) left.insert(part.text);
    for (const MeaningPart& part : meant.filters) {
      const auto it = left.find(part.text);
      if (it != left.end()) {
        left.erase(it);
      } else {
        add("B1104", Category::kOutput, "map " + map.name, "a condition on the records of `" + map.name + "` changed or is gone", part.span,
            {});
      }
    }
    for (const MeaningPart& part : means.filters) {
      const auto it = left.find(part.text);
      if (it == left.end()) continue;
      left.erase(it);
      add("B1104", Category::kOutput, "map " + map.name, "`" + map.name + "` has a condition on its records that was not there", {},
          part.span);
    }
  }

  void targets() {
    for (const sema::TargetSymbol& was : old_.program.targets) {
      const sema::TargetSymbol* now = find(new_.program.targets, was.name);
      if (now == nullptr) continue;  // its maps are reported
      if (was.connector != now->connector || arguments(old_, was.arguments) != arguments(new_, now->arguments)) {
        add("B1107", Category::kOutput, "target " + was.name, "target `" + was.name + "` is another place", was.connector_span,
            now->connector_span);
      }
      if (was.write != now->write || old_.canonical.settings(was.settings) != new_.canonical.settings(now->settings)) {
        add("B1108", Category::kOutput, "target " + was.name, "target `" + was.name + "` is written in another way", was.span, now->span);
      }
      if (was.schema == kNone || now->schema == kNone) continue;
      const sema::SchemaSymbol& schema = old_.program.schemas[was.schema];
      const sema::SchemaSymbol& other = new_.program.schemas[now->schema];
      for (const sema::SchemaField& field : schema.fields) {
        const auto it = other.by_name.find(field.name);
        const std::string path = was.name + "." + field.name;
        if (it == other.by_name.end()) {
          add("B1102", Category::kOutput, path, "target field `" + path + "` is gone", field.span, other.span);
          continue;
        }
        const sema::SchemaField& mate = other.fields[it->second];
        if (old_.type(field.type) != new_.type(mate.type) || field.wire_names.front() != mate.wire_names.front()) {
          add("B1109", Category::kOutput, path,
              "target field `" + path + "` is " + new_.type(mate.type) +
                  (field.wire_names.front() != mate.wire_names.front() ? " called \"" + mate.wire_names.front() + "\"" : "") + ", it was " +
                  old_.type(field.type),
              field.span, mate.span);
        }
      }
    }
  }

  std::string arguments(Version& version, const std::vector<sema::SettingValue>& values) const {
    std::string text;
    for (const sema::SettingValue& value : values) text += (value.expr.valid() ? version.canonical.expr(value.expr) : value.text) + ",";
    return text;
  }

  void dedupes() {
    for (const sema::DedupeSymbol& was : old_.program.dedupes) {
      const sema::DedupeSymbol* now = find(new_.program.dedupes, was.name);
      if (now == nullptr || meaning(old_, was) != meaning(new_, *now)) {
        add("B1110", Category::kOutput, "dedupe " + was.name,
            now == nullptr ? "`" + was.name + "` is not deduplicated any more"
                           : "duplicates of `" + was.name + "` are decided in another way",
            was.span, now == nullptr ? Span{} : now->span);
      }
    }
    for (const sema::DedupeSymbol& now : new_.program.dedupes) {
      if (find(old_.program.dedupes, now.name) == nullptr)
        add("B1110", Category::kOutput, "dedupe " + now.name, "`" + now.name + "` is deduplicated now", {}, now.span);
    }
  }
  std::string meaning(Version& version, const sema::DedupeSymbol& dedupe) const {
    std::string text;
    for (const ExprRef& key : dedupe.keys) text += version.canonical.expr(key) + ",";
    for (const auto& prefer : dedupe.prefers) text += version.canonical.expr(prefer.value) + (prefer.descending ? "<" : ">");
    for (const auto& merge : dedupe.merges) text += ";" + std::to_string(merge.field) + "=" + version.canonical.expr(merge.value);
    return text;
  }

  void sources() {
    for (const sema::SourceSymbol& was : old_.program.sources) {
      const sema::SourceSymbol* now = find(new_.program.sources, was.name);
      if (now == nullptr || was.schema == kNone || now->schema == kNone) continue;
      const sema::SchemaSymbol& schema = old_.program.schemas[was.schema];
      const sema::SchemaSymbol& other = new_.program.schemas[now->schema];
      if (was.connector != now->connector || arguments(old_, was.arguments) != arguments(new_, now->arguments) ||
          old_.canonical.settings(was.settings) != new_.canonical.settings(now->settings)) {
        add("B1202", Category::kResume, "source " + was.name, "source `" + was.name + "` is read from another place or in another way",
            was.connector_span, now->connector_span);
      }
      if (keys(schema) != keys(other))
        add("B1203", Category::kResume, "source " + was.name,
            "the key of `" + was.name + "` changed: keys of a run in flight mean other records", schema.span, other.span);
      for (const sema::SchemaField& field : other.fields) {
        const auto it = schema.by_name.find(field.name);
        const std::string path = was.name + "." + field.name;
        if (it == schema.by_name.end()) {
          if (!field.optional)
            add("B1301", Category::kSource, path, "source field `" + path + "` must be there now", schema.span, field.span);
          continue;
        }
        const sema::SchemaField& mate = schema.fields[it->second];
        if (mate.optional && !field.optional)
          add("B1301", Category::kSource, path, "source field `" + path + "` must be there now", mate.span, field.span);
        if (old_.type(mate.type) != new_.type(field.type)) {
          add("B1302", Category::kSource, path,
              "source field `" + path + "` is read as " + new_.type(field.type) + ", it was " + old_.type(mate.type), mate.span,
              field.span);
        }
      }
    }
    for (const sema::SourceSymbol& now : new_.program.sources) {
      if (find(old_.program.sources, now.name) == nullptr)
        add("B1303", Category::kSource, "source " + now.name, "source `" + now.name + "` is needed now", {}, now.span);
    }
  }
  std::vector<std::string> keys(const sema::SchemaSymbol& schema) const {
    std::vector<std::string> names;
    for (const uint32_t key : schema.key) names.push_back(schema.fields[key].name);
    return names;
  }

  void lookups() {
    for (const sema::LookupSymbol& now : new_.program.lookups) {
      const sema::LookupSymbol* was = find(old_.program.lookups, now.name);
      if (was == nullptr) {
        add("B1303", Category::kSource, "lookup " + now.name, "lookup `" + now.name + "` is needed now", {}, now.span);
      } else if (was->content_hash != now.content_hash || was->casefold != now.casefold) {
        add("B1304", Category::kSource, "lookup " + now.name, "lookup `" + now.name + "` has other content or compares differently",
            was->span, now.span);
      }
    }
  }

  void policies() {
    const auto added = [&](const std::map<std::string, Span>& was, const std::map<std::string, Span>& now, std::string_view code,
                           const std::string& text) {
      for (const auto& [name, span] : now) {
        if (was.count(name) == 0) add(code, Category::kPolicy, name, text + ": " + name, {}, span);
      }
    };
    added(clearances(old_), clearances(new_), "B1401", "personal data may go where it could not");
    for (const auto& [name, span] : masks(old_)) {
      if (masks(new_).count(name) == 0)
        add("B1402", Category::kPolicy, name, "a mask is gone or does something else: " + name.substr(0, name.find(" with ")), span, {});
    }
    added(allowances(old_), allowances(new_), "B1406", "a finding is silenced");
    for (const sema::DatedException& now : sema::dated_exceptions(new_.program)) {
      for (const sema::DatedException& was : sema::dated_exceptions(old_.program)) {
        if (was.reason == now.reason && was.until < now.until)
          add("B1407", Category::kPolicy, "exception", "an exception holds longer than before", was.span, now.span);
      }
    }
  }

  // Gates, checks, budgets and ways back, by what they mean.
  void stages() {
    for (const sema::StageSymbol& was : old_.program.stages) {
      const sema::StageSymbol* now = find(new_.program.stages, was.name);
      const auto& written = old_.context.decl(was).get_if<syntax::StageDecl>()->steps;
      const auto* other = now == nullptr ? nullptr : &new_.context.decl(*now).get_if<syntax::StageDecl>()->steps;
      std::multiset<std::string> left;
      for (size_t i = 0; other != nullptr && i < other->size(); ++i) left.insert(step(new_, now->module, (*other)[i]));
      for (const syntax::Step& each : written) {
        const auto it = left.find(step(old_, was.module, each));
        if (it != left.end()) {
          left.erase(it);
          continue;
        }
        if (each.kind() == syntax::StepKind::gate)
          add("B1403", Category::kPolicy, "stage " + was.name, "a gate of stage `" + was.name + "` changed or is gone", each.span,
              now == nullptr ? Span{} : now->span);
        else if (each.kind() == syntax::StepKind::run)
          add("B1404", Category::kPolicy, "stage " + was.name, "what stage `" + was.name + "` runs, or its budgets, changed", each.span,
              now == nullptr ? Span{} : now->span);
        else
          add("B1405", Category::kPolicy, "stage " + was.name, "a step of stage `" + was.name + "` changed or is gone", each.span,
              now == nullptr ? Span{} : now->span);
      }
    }
    blocks(old_.program.reconciles, new_.program.reconciles, "reconcile");
    blocks(old_.program.profiles, new_.program.profiles, "profile");
    blocks(old_.program.rollbacks, new_.program.rollbacks, "rollback");
  }
  template <class Symbol>
  void blocks(const std::vector<Symbol>& before, const std::vector<Symbol>& after, const std::string& kind) {
    for (const Symbol& was : before) {
      const Symbol* now = find(after, was.name);
      if (now != nullptr && words(old_, old_.context.decl(was).span) == words(new_, new_.context.decl(*now).span)) continue;
      add("B1405", Category::kPolicy, kind + " " + was.name, kind + " `" + was.name + "` " + (now == nullptr ? "is gone" : "changed"),
          was.span, now == nullptr ? Span{} : now->span);
    }
  }
  // The text without blanks: for what has no meaning of its own yet.
  std::string words(const Version& version, Span span) const {
    std::string text = version.context.text(span);
    text.erase(std::remove_if(text.begin(), text.end(), [](unsigned char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }),
               text.end());
    return text;
  }
  std::string step(Version& version, sema::ModuleId, const syntax::Step& written) const { return words(version, written.span); }

  void issues() {
    for (const sema::IssueSymbol& was : old_.program.issues) {
      if (was.builtin) continue;
      const sema::IssueSymbol* now = find(new_.program.issues, was.name);
      if (now == nullptr) {
        add("B1501", Category::kLog, "issue " + was.name, "issue " + was.name + " is gone; logs and dashboards still know it", was.span,
            {});
      } else if (was.issue.verb != now->issue.verb && was.verb_known && now->verb_known) {
        add("B1502", Category::kLog, "issue " + was.name, "issue " + was.name + " has another verb", was.span, now->span);
      } else if (was.issue.message != now->issue.message) {
        add("B1503", Category::kLog, "issue " + was.name, "issue " + was.name + " says something else", was.span, now->span);
      }
    }
  }

  Version& old_;
  Version& new_;
  std::vector<Change> changes_;
  std::set<std::string> heirs_;
};

}  // namespace

std::vector<Change> compare(const sema::Program& before, const SourceMap& before_sources, const sema::Program& after,
                            const SourceMap& after_sources) {
  Version was(before, before_sources), now(after, after_sources);
  return Comparison(was, now).run();
}

}  // namespace mig::review
