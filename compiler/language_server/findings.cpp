// Findings as diagnostics, their helps as code actions, hints, and the layout.
#include <algorithm>
#include <map>

#include "compiler/format/format.h"
#include "compiler/language_server/answers.h"
#include "compiler/language_server/signature_text.h"

namespace mig::lsp {
namespace {

int severity_number(Severity severity) {
  switch (severity) {
    case Severity::error: return 1;
    case Severity::warning: return 2;
    case Severity::note: return 3;
  }
  return 1;
}

void write_diagnostic(JsonWriter& json, const Snapshot& snapshot, const Diagnostic& finding) {
  const SourceMap& sources = snapshot.sources();
  json.begin_object().key("range");
  write_range(json, sources, finding.primary.span);
  json.field("severity", severity_number(finding.severity)).field("code", code_text(finding.code)).field("source", "migc");
  std::string text = finding.message;
  if (!finding.primary.text.empty()) text += "\n" + finding.primary.text;
  for (const Note& note : finding.notes) text += "\n" + note.label + ": " + note.text;
  for (const std::string& remark : finding.remarks) text += "\nnote: " + remark;
  for (const Help& help : finding.helps) {
    if (help.edits.empty()) text += "\nhelp: " + help.text;
  }
  json.field("message", text);
  if (finding.code == Code::W0121 || finding.code == Code::W0122) json.key("tags").begin_array().number(1).end_array();
  if (!finding.secondary.empty()) {
    json.key("relatedInformation").begin_array();
    for (const Label& label : finding.secondary) {
      if (!label.span.valid()) continue;
      json.begin_object().key("location").begin_object().field("uri", uri_of(*snapshot.session, label.span.file)).key("range");
      write_range(json, sources, label.span);
      json.end_object().field("message", label.text.empty() ? "related" : label.text).end_object();
    }
    json.end_array();
  }
  json.end_object();
}

void write_edits(JsonWriter& json, const Snapshot& snapshot, const std::vector<Edit>& edits) {
  std::map<FileId, std::vector<const Edit*>> by_file;
  for (const Edit& edit : edits) by_file[edit.span.file].push_back(&edit);
  json.key("edit").begin_object().key("changes").begin_object();
  for (const auto& [file, of_file] : by_file) {
    json.key(uri_of(*snapshot.session, file)).begin_array();
    for (const Edit* edit : of_file) {
      json.begin_object().key("range");
      write_range(json, snapshot.sources(), edit->span);
      json.field("newText", edit->replacement).end_object();
    }
    json.end_array();
  }
  json.end_object().end_object();
}

bool overlaps(Span span, FileId file, std::uint32_t begin, std::uint32_t end) {
  return span.file == file && span.begin <= end && begin <= span.end;
}

bool collide(const Edit& a, const Edit& b) {
  return a.span.file == b.span.file && (a.span == b.span || (a.span.begin < b.span.end && b.span.begin < a.span.end));
}

}  // namespace

std::string diagnostics(const Snapshot& snapshot, FileId file) {
  JsonWriter json;
  json.begin_array();
  for (const Diagnostic& finding : snapshot.session->findings.all()) {
    if (finding.primary.span.file == file) write_diagnostic(json, snapshot, finding);
  }
  return json.end_array().text();
}

std::string code_actions(const Snapshot& snapshot, std::uint32_t begin, std::uint32_t end) {
  JsonWriter json;
  json.begin_array();
  std::vector<Edit> all;
  for (const Diagnostic& finding : snapshot.session->findings.all()) {
    for (const Help& help : finding.helps) {
      if (help.edits.empty()) continue;
      if (help.applicability == Applicability::automatic) {
        const bool free = std::none_of(help.edits.begin(), help.edits.end(), [&](const Edit& edit) {
          return edit.span.file != snapshot.file() ||
                 std::any_of(all.begin(), all.end(), [&](const Edit& other) { return collide(edit, other); });
        });
        if (free) all.insert(all.end(), help.edits.begin(), help.edits.end());
      }
      if (!overlaps(finding.primary.span, snapshot.file(), begin, end)) continue;
      json.begin_object().field("title", help.text).field("kind", "quickfix");
      json.key("diagnostics").begin_array();
      write_diagnostic(json, snapshot, finding);
      json.end_array();
      json.key("isPreferred").boolean(help.applicability == Applicability::automatic);
      write_edits(json, snapshot, help.edits);
      json.end_object();
    }
  }
  if (!all.empty()) {
    json.begin_object().field("title", "apply every fix that needs no decision").field("kind", "source.fixAll");
    write_edits(json, snapshot, all);
    json.end_object();
  }
  return json.end_array().text();
}

std::string inlay_hints(const Snapshot& snapshot, std::uint32_t begin, std::uint32_t end) {
  JsonWriter json;
  json.begin_array();
  const sema::Program& program = snapshot.program();
  const sema::ModuleId module = snapshot.symbols->module_of(snapshot.file());
  if (module < program.modules.size()) {
    const syntax::Module& tree = program.modules[module].tree;
    for (std::uint32_t i = 0; i < tree.stmts.size() && i < program.modules[module].stmts.size(); ++i) {
      const auto* let = tree.stmts[i].get_if<syntax::LetStmt>();
      const std::uint32_t local = program.modules[module].stmts[i].local;
      if (let == nullptr || let->type.valid() || local >= program.locals.size() || !overlaps(let->name.span, snapshot.file(), begin, end))
        continue;
      const std::string type = type_text(program, program.locals[local].type);
      if (type == "unknown") continue;
      const EditorPosition at = snapshot.sources().editor_position(let->name.span.file, let->name.span.end);
      json.begin_object().key("position").begin_object().field("line", at.line).field("character", at.character).end_object();
      json.field("label", ": " + type).field("kind", 1).key("paddingRight").boolean(true).end_object();
    }
  }
  return json.end_array().text();
}

std::string formatting(const Snapshot& snapshot) {
  DiagnosticSink ignored;
  const auto text = format::format(snapshot.sources(), snapshot.file(), ignored);
  const std::string_view before = snapshot.sources().text(snapshot.file());
  if (!text || *text == before) return "[]";
  // One edit over the lines that differ.
  const auto same_front =
      static_cast<std::size_t>(std::mismatch(before.begin(), before.end(), text->begin(), text->end()).first - before.begin());
  std::size_t front = same_front == 0 ? 0 : before.substr(0, same_front).rfind('\n') + 1;
  if (front == std::string_view::npos + 1) front = 0;
  std::size_t back = 0;
  while (back < before.size() - front && back < text->size() - front &&
         before[before.size() - 1 - back] == (*text)[text->size() - 1 - back])
    ++back;
  while (back > 0 && before[before.size() - back - 1] != '\n') --back;
  if (back > before.size() - front || back > text->size() - front) back = 0;
  JsonWriter json;
  json.begin_array().begin_object().key("range");
  write_range(json, snapshot.sources(),
              {snapshot.file(), static_cast<std::uint32_t>(front), static_cast<std::uint32_t>(before.size() - back)});
  json.field("newText", text->substr(front, text->size() - back - front)).end_object().end_array();
  return json.text();
}

}  // namespace mig::lsp
