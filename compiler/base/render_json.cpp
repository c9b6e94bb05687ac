#include "compiler/base/render_json.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace mig {
namespace {

// RapidJSON's writer replaces nothing: bytes that are not UTF-8 would make the line invalid.
std::string valid_utf8(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    std::size_t bytes = first < 0x80                    ? 1
                        : first >= 0xC2 && first < 0xE0 ? 2
                        : first >= 0xE0 && first < 0xF0 ? 3
                        : first >= 0xF0 && first < 0xF5 ? 4
                                                        : 0;
    for (std::size_t i = 1; i < bytes; ++i) {
      if (at + i >= text.size() || (static_cast<unsigned char>(text[at + i]) & 0xC0u) != 0x80u) bytes = 0;
    }
    if (bytes == 0) {
      out += "\xEF\xBF\xBD";
      ++at;
    } else {
      out += text.substr(at, bytes);
      at += bytes;
    }
  }
  return out;
}

class JsonRenderer {
 public:
  explicit JsonRenderer(const SourceMap& sources) : sources_(sources), writer_(buffer_) {}

  std::string render(const Diagnostic& diagnostic) {
    writer_.StartObject();
    field("code", code_text(diagnostic.code));
    field("name", code_name(diagnostic.code));
    field("severity", severity_text(diagnostic.severity));
    field("message", diagnostic.message);
    key("primary");
    label(diagnostic.primary);
    key("secondary");
    writer_.StartArray();
    for (const Label& secondary : diagnostic.secondary) label(secondary);
    writer_.EndArray();
    key("notes");
    writer_.StartArray();
    for (const Note& note : diagnostic.notes) {
      writer_.StartObject();
      field("label", note.label);
      field("text", note.text);
      writer_.EndObject();
    }
    for (const std::string& remark : diagnostic.remarks) {
      writer_.StartObject();
      field("label", "note");
      field("text", remark);
      writer_.EndObject();
    }
    writer_.EndArray();
    key("helps");
    writer_.StartArray();
    for (const Help& one : diagnostic.helps) help(one);
    writer_.EndArray();
    if (!diagnostic.data_path.empty()) field("data_path", diagnostic.data_path);
    if (!diagnostic.declaration_path.empty()) field("declaration", diagnostic.declaration_path);
    field("fingerprint", fingerprint(diagnostic, sources_));
    writer_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

 private:
  void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void text(std::string_view value) {
    const std::string valid = valid_utf8(value);
    writer_.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
  }
  void field(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  void number(std::string_view name, std::uint32_t value) {
    key(name);
    writer_.Uint(value);
  }
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
    writer_.StartObject();
    place(value.span);
    field("text", value.text);
    writer_.EndObject();
  }
  void help(const Help& value) {
    writer_.StartObject();
    field("text", value.text);
    field("applicability", applicability_text(value.applicability));
    key("edits");
    writer_.StartArray();
    for (const Edit& edit : value.edits) {
      writer_.StartObject();
      place(edit.span);
      field("replacement", edit.replacement);
      writer_.EndObject();
    }
    writer_.EndArray();
    writer_.EndObject();
  }

  const SourceMap& sources_;
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace

std::string render_json(const Diagnostic& diagnostic, const SourceMap& sources) {
  return JsonRenderer(sources).render(diagnostic);
}

std::string render_json_lines(const std::vector<Diagnostic>& diagnostics, const SourceMap& sources) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) out += render_json(diagnostic, sources) + "\n";
  return out;
}

}  // namespace mig
