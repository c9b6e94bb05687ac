#include "compiler/base/render_json.h"

#include "compiler/base/json_writer.h"

namespace mig {
namespace {

class JsonRenderer {
 public:
  explicit JsonRenderer(const SourceMap& sources) : sources_(sources) {}

  std::string render(const Diagnostic& diagnostic) {
    writer_.begin_object();
    field("code", code_text(diagnostic.code));
    field("name", code_name(diagnostic.code));
    field("severity", severity_text(diagnostic.severity));
    field("message", diagnostic.message);
    key("primary");
    label(diagnostic.primary);
    key("secondary");
    writer_.begin_array();
    for (const Label& secondary : diagnostic.secondary) label(secondary);
    writer_.end_array();
    key("notes");
    writer_.begin_array();
    for (const Note& note : diagnostic.notes) {
      writer_.begin_object();
      field("label", note.label);
      field("text", note.text);
      writer_.end_object();
    }
    for (const std::string& remark : diagnostic.remarks) {
      writer_.begin_object();
      field("label", "note");
      field("text", remark);
      writer_.end_object();
    }
    writer_.end_array();
    if (!diagnostic.flow.empty()) {
      key("flow");
      writer_.begin_array();
      for (const Label& step : diagnostic.flow) label(step);
      writer_.end_array();
    }
    key("helps");
    writer_.begin_array();
    for (const Help& one : diagnostic.helps) help(one);
    writer_.end_array();
    if (!diagnostic.data_path.empty()) field("data_path", diagnostic.data_path);
    if (!diagnostic.declaration_path.empty()) field("declaration", diagnostic.declaration_path);
    field("fingerprint", fingerprint(diagnostic, sources_));
    writer_.end_object();
    return writer_.text();
  }

 private:
  void key(std::string_view name) { writer_.key(name); }
  void field(std::string_view name, std::string_view value) { writer_.field(name, value); }
  void number(std::string_view name, std::uint32_t value) { writer_.field(name, static_cast<std::int64_t>(value)); }
  void place(Span span) {
    if (!span.valid()) return;
    const LineColumn begin = sources_.position(span);
    const LineColumn end = sources_.position(span.file, span.end);
    field("file", sources_.name(span.file));
    number("line", begin.line);
    number("column", begin.column);
    number("end_line", end.line);
    number("end_column", end.column);
    number("begin", span.begin);
    number("end", span.end);
  }
  void label(const Label& value) {
    writer_.begin_object();
    place(value.span);
    field("text", value.text);
    writer_.end_object();
  }
  void help(const Help& value) {
    writer_.begin_object();
    field("text", value.text);
    field("applicability", applicability_text(value.applicability));
    key("edits");
    writer_.begin_array();
    for (const Edit& edit : value.edits) {
      writer_.begin_object();
      place(edit.span);
      field("replacement", edit.replacement);
      writer_.end_object();
    }
    writer_.end_array();
    writer_.end_object();
  }

  const SourceMap& sources_;
  JsonWriter writer_;
};

}  // namespace

std::string render_json(const Diagnostic& diagnostic, const SourceMap& sources) { return JsonRenderer(sources).render(diagnostic); }

std::string render_json_lines(const std::vector<Diagnostic>& diagnostics, const SourceMap& sources) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) out += render_json(diagnostic, sources) + "\n";
  return out;
}

}  // namespace mig
