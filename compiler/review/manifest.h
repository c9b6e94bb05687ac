// The migration manifest: what becomes of every field, by which rule, what is left behind and why, and what people still have to do.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compiler/sema/program.h"

namespace mig::review {

struct ManifestField {
  std::string target, type;
  std::vector<std::string> sources;  // fields of the map's source
  std::string rule;                  // as written, one line; "" when nothing writes it
  std::string place;                 // "contacts.mig:164"
  std::vector<std::string> issues;   // codes that the rule itself raises
  std::vector<std::string> labels;   // privacy classes that it carries
  std::vector<std::string> losses;   // declared ones (N0961)
  std::string doc;
  bool required = false;
};
struct ManifestIgnored {
  std::string field, reason;
};
struct ManifestCondition {
  std::string verb, issue, rule, place;
};
struct ManifestMap {
  std::string name, source, source_connector, target, target_connector, write, doc;
  std::vector<ManifestField> fields;  // every field of the target's schema, in its order
  std::vector<ManifestIgnored> ignored;
  std::vector<std::string> unread;  // source fields that nothing reads and nothing ignores
  std::vector<ManifestCondition> conditions;
};
struct ManifestIssue {
  std::string code, verb, message, fix;
};
struct ManifestDecision {
  std::string code, reason, until, place;
};  // `@allow`
struct ManifestClearance {
  std::string labels, targets, reason;
};
struct ManifestBinding {
  std::string environment, subject, instead;
};  // "secret A", "target t"; what holds there
struct ManifestItem {
  std::string code, title;
  std::vector<std::pair<std::string, std::string>> settings;
};  // kind, owner, due, evidence

struct Manifest {
  std::string migration, version;
  std::vector<std::pair<std::string, std::string>> header;
  std::vector<ManifestMap> maps;
  std::vector<ManifestIssue> issues;
  std::vector<ManifestDecision> decisions;
  std::vector<ManifestClearance> clearances, masks;  // of masks: targets are environments, reason is the mask
  std::vector<ManifestBinding> bindings;
  std::vector<ManifestItem> items;
};

/// Of a program that checks; `findings` are those of the check.
Manifest make_manifest(const sema::Program& program, const SourceMap& sources, const DiagnosticSink& findings);

std::string manifest_markdown(const Manifest& manifest);
std::string manifest_json(const Manifest& manifest);
/// One page without anything from elsewhere: style and the picture of where fields come from are inside.
std::string manifest_html(const Manifest& manifest);

}  // namespace mig::review
