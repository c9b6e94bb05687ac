// The manifest as Markdown, JSON and a page of HTML.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/base/json_writer.h"
#include "compiler/review/manifest.h"

namespace mig::review {

namespace {

using Row = std::vector<std::string>;

std::string joined(const std::vector<std::string>& names, std::string_view between = ", ") {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : std::string(between)) + name;
  return text;
}

std::string replaced(std::string text, char wanted, std::string_view with) {
  for (size_t at = 0; (at = text.find(wanted, at)) != std::string::npos; at += with.size()) text.replace(at, 1, with);
  return text;
}

/// A manifest is headings, paragraphs and tables, whatever it is written as.
class Page {
 public:
  virtual ~Page() = default;
  virtual void heading(int level, const std::string& text) = 0;
  virtual void paragraph(const std::string& text) = 0;
  virtual void table(const Row& head, const std::vector<Row>& rows) = 0;
  virtual void picture(const ManifestMap&) {}
};

class MarkdownPage : public Page {
 public:
  void heading(int level, const std::string& text) override {
    out += fmt::format("{} {}\n\n", std::string(static_cast<size_t>(level), '#'), cell(text));
  }
  void paragraph(const std::string& text) override { out += cell(text) + "\n\n"; }
  void table(const Row& head, const std::vector<Row>& rows) override {
    line(head);
    out += "|";
    for (size_t i = 0; i < head.size(); ++i) out += "---|";
    out += "\n";
    for (const Row& row : rows) line(row);
    out += "\n";
  }
  std::string out;

 private:
  static std::string cell(const std::string& text) { return replaced(replaced(text, '|', "\\|"), '<', "&lt;"); }
  void line(const Row& row) {
    out += "|";
    for (const std::string& each : row) out += " " + cell(each) + " |";
    out += "\n";
  }
};

class HtmlPage : public Page {
 public:
  void heading(int level, const std::string& text) override {
    if (level == 1) {
      title = "<h1>" + escaped(text) + "</h1>\n";
      return;
    }
    std::string mark;
    if (level == 2) {
      mark = fmt::format(" id=\"part{}\"", ++parts);
      contents += fmt::format("<li><a href=\"#part{}\">{}</a></li>\n", parts, escaped(text));
    }
    out += fmt::format("<h{0}{2}>{1}</h{0}>\n", level, escaped(text), mark);
  }
  void paragraph(const std::string& text) override { out += "<p>" + escaped(text) + "</p>\n"; }
  // A column in which no row says anything is left out.
  void table(const Row& head, const std::vector<Row>& rows) override {
    std::vector<size_t> columns;
    for (size_t i = 0; i < head.size(); ++i) {
      if (std::any_of(rows.begin(), rows.end(), [i](const Row& row) { return i < row.size() && !row[i].empty(); })) columns.push_back(i);
    }
    out += "<div class=\"wide\"><table><thead><tr>";
    for (const size_t i : columns) out += "<th>" + escaped(head[i]) + "</th>";
    out += "</tr></thead><tbody>\n";
    for (const Row& row : rows) {
      out += "<tr>";
      for (const size_t i : columns) out += "<td" + std::string(look_of(head[i])) + ">" + breakable(row[i]) + "</td>";
      out += "</tr>\n";
    }
    out += "</tbody></table></div>\n";
  }
  // Source fields on the left, target fields on the right, a line for every field that a rule reads.
  void picture(const ManifestMap& map) override {
    constexpr int kRow = 22, kLeft = 250, kRight = 520, kWidth = 780, kTop = 34;
    std::map<std::string, int> left;
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
      if (left.emplace(name, static_cast<int>(names.size())).second) names.push_back(name);
    };
    for (const ManifestField& field : map.fields) {
      for (const std::string& each : field.sources) add(each);
    }
    const size_t read = names.size();
    for (const ManifestIgnored& each : map.ignored) add(each.field);
    for (const std::string& each : map.unread) add(each);
    const int height = kTop + kRow * static_cast<int>(std::max(names.size(), map.fields.size())) + 10;
    const auto y = [&](int row) { return kTop + kRow * row + kRow / 2; };
    out += fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"where the fields of {} come from\">\n", kWidth, height,
                       escaped(map.name));
    out += fmt::format("<text class=\"end head\" x=\"{}\" y=\"18\">{}</text><text class=\"head\" x=\"{}\" y=\"18\">{}</text>\n", kLeft - 10,
                       escaped(map.source), kRight + 10, escaped(map.target));
    for (size_t f = 0; f < map.fields.size(); ++f) {
      for (const std::string& each : map.fields[f].sources) {
        const int from = y(left[each]), to = y(static_cast<int>(f));
        out += fmt::format("<path class=\"{}\" d=\"M{} {} C{} {} {} {} {} {}\"><title>{} to {}</title></path>\n",
                           map.fields[f].labels.empty() ? "flow" : "flow personal", kLeft, from, (kLeft + kRight) / 2, from,
                           (kLeft + kRight) / 2, to, kRight, to, escaped(each), escaped(map.fields[f].target));
      }
    }
    for (size_t i = 0; i < names.size(); ++i) {
      out += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"3\"/><text class=\"end{}\" x=\"{}\" y=\"{}\">{}</text>\n", kLeft,
                         y(static_cast<int>(i)), i < read ? "" : " quiet", kLeft - 10, y(static_cast<int>(i)) + 4, escaped(names[i]));
    }
    bool personal = false, alone = false;
    for (size_t f = 0; f < map.fields.size(); ++f) {
      const ManifestField& field = map.fields[f];
      personal = personal || !field.labels.empty();
      alone = alone || field.sources.empty();
      out += fmt::format("<circle{} cx=\"{}\" cy=\"{}\" r=\"3.5\"/><text class=\"{}\" x=\"{}\" y=\"{}\">{}<title>{}</title></text>\n",
                         field.sources.empty() ? " class=\"alone\"" : "", kRight, y(static_cast<int>(f)), field.rule.empty() ? "quiet" : "",
                         kRight + 10, y(static_cast<int>(f)) + 4, escaped(field.target),
                         escaped(field.rule.empty() ? "nothing writes it" : field.rule));
    }
    out += "</svg>\n";
    Row legend = {"a line: the rule of the target field reads the source field"};
    if (personal) legend.push_back("orange: personal data");
    if (read < names.size()) legend.push_back("pale on the left: stays behind");
    if (alone) legend.push_back("an empty circle: a constant, or nothing writes it");
    out += "<p class=\"legend\">" + escaped(joined(legend, "; ")) + ".</p>\n";
  }
  std::string title, contents, out;
  int parts = 0;

  /// What a column of that name holds, as the page shows it.
  static std::string_view look_of(const std::string& head) {
    if (head == "rule" || head == "condition" || head == "type" || head == "mask") return " class=\"code\"";
    if (head == "issues" || head == "issue" || head == "code" || head == "finding" || head == "item") return " class=\"whole\"";
    return head == "at" ? " class=\"place\"" : "";
  }
  /// Names and paths may be broken behind `_`, `/` and `.`, and nowhere else.
  static std::string breakable(const std::string& text) {
    std::string broken;
    for (const char c : escaped(text)) {
      broken += c;
      if (c == '_' || c == '/' || c == '.') broken += "<wbr/>";
    }
    return broken;
  }
  static std::string escaped(const std::string& text) {
    return replaced(replaced(replaced(replaced(valid_utf8(text), '&', "&amp;"), '<', "&lt;"), '>', "&gt;"), '"', "&quot;");
  }
};

void write_map(const ManifestMap& map, Page& page) {
  page.heading(2, fmt::format("{}: {} to {}", map.name, map.source, map.target));
  if (!map.doc.empty()) page.paragraph(map.doc);
  page.paragraph(fmt::format("From {} into {}{}.", map.source_connector, map.target_connector, map.write.empty() ? "" : ", " + map.write));
  page.picture(map);
  std::vector<Row> rows;
  for (const ManifestField& field : map.fields) {
    std::vector<std::string> notes = field.losses;
    if (!field.labels.empty()) notes.push_back("personal: " + joined(field.labels));
    rows.push_back({field.target + (field.required ? "" : "?"), field.type, joined(field.sources),
                    field.rule.empty() ? "nothing writes it" : field.rule, joined(field.issues), joined(notes, "; "), field.place});
  }
  page.table({"target field", "type", "from", "rule", "issues", "notes", "at"}, rows);
  if (!map.conditions.empty()) {
    rows.clear();
    for (const ManifestCondition& each : map.conditions) rows.push_back({each.verb, each.rule, each.issue, each.place});
    page.heading(3, "Which records");
    page.table({"", "condition", "issue", "at"}, rows);
  }
  if (!map.ignored.empty() || !map.unread.empty()) {
    rows.clear();
    for (const ManifestIgnored& each : map.ignored) rows.push_back({each.field, each.reason});
    for (const std::string& each : map.unread) rows.push_back({each, "no decision"});
    page.heading(3, "What stays behind");
    page.table({"source field", "why"}, rows);
  }
}

void write(const Manifest& manifest, Page& page) {
  page.heading(1, manifest.migration + " " + manifest.version);
  std::vector<Row> rows;
  for (const auto& [name, value] : manifest.header) rows.push_back({name, value});
  if (!rows.empty()) page.table({"setting", "value"}, rows);
  for (const ManifestMap& map : manifest.maps) write_map(map, page);
  const auto section = [&](const std::string& title, const Row& head, const std::vector<Row>& lines) {
    if (lines.empty()) return;
    page.heading(2, title);
    page.table(head, lines);
  };
  rows.clear();
  for (const ManifestIssue& each : manifest.issues) rows.push_back({each.code, each.verb, each.message, each.fix});
  section("Issues", {"code", "what happens", "message", "what to do"}, rows);
  rows.clear();
  for (const ManifestClearance& each : manifest.clearances) rows.push_back({each.labels, each.targets, each.reason});
  section("Personal data: what may go where", {"class", "target", "why"}, rows);
  rows.clear();
  for (const ManifestClearance& each : manifest.masks) rows.push_back({each.labels, each.targets, each.reason});
  section("Personal data: masks", {"class", "environment", "mask"}, rows);
  rows.clear();
  for (const ManifestBinding& each : manifest.bindings) rows.push_back({each.environment, each.subject, each.instead});
  section("Environments", {"environment", "what", "there"}, rows);
  rows.clear();
  for (const ManifestDecision& each : manifest.decisions) rows.push_back({each.code, each.reason, each.until, each.place});
  section("Findings that somebody answers for", {"finding", "reason", "until", "at"}, rows);
  rows.clear();
  for (const ManifestItem& each : manifest.items) {
    std::map<std::string, std::string> settings(each.settings.begin(), each.settings.end());
    rows.push_back({each.code, each.title, settings["kind"], settings["owner"], settings["due"], settings["evidence"]});
  }
  section("What people do", {"item", "what", "kind", "owner", "due", "evidence"}, rows);
}

constexpr std::string_view kStyle = R"(:root{color-scheme:light dark;--line:#8884;--flow:#3b7dd8;--personal:#c2410c}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem}h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}
table{border-collapse:collapse;width:100%;margin:1rem 0;font-size:.87rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line)}
th{font-weight:600}th,.whole{white-space:nowrap}.code{font-family:ui-monospace,monospace;font-size:.8rem;overflow-wrap:break-word}
.place{font-size:.78rem;opacity:.75}.wide{overflow-x:auto}.legend{font-size:.8rem;opacity:.75}nav ul{columns:2;padding-left:1.2rem}
nav a{color:inherit}svg{width:100%;max-width:60rem;font:13px system-ui,sans-serif}
svg text{fill:currentColor}svg .end{text-anchor:end}svg .head{font-weight:600}svg .quiet{opacity:.45}
svg circle{fill:currentColor}svg .alone{fill:none;stroke:currentColor}svg .flow{fill:none;stroke:var(--flow);stroke-width:1.5;opacity:.7}svg .personal{stroke:var(--personal)}
)";

void write_names(JsonWriter& json, std::string_view key, const std::vector<std::string>& names) {
  json.key(key).begin_array();
  for (const std::string& name : names) json.string(name);
  json.end_array();
}

}  // namespace

std::string manifest_markdown(const Manifest& manifest) {
  MarkdownPage page;
  write(manifest, page);
  while (page.out.ends_with("\n\n")) page.out.pop_back();
  return page.out;
}

std::string manifest_html(const Manifest& manifest) {
  HtmlPage page;
  write(manifest, page);
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\">\n<title>{} {}</title>\n<style>{}</style></head>\n<body>\n{}{}{}</body></html>\n",
      HtmlPage::escaped(manifest.migration), HtmlPage::escaped(manifest.version), kStyle, page.title,
      page.parts > 1 ? "<nav><ul>\n" + page.contents + "</ul></nav>\n" : std::string(), page.out);
}

std::string manifest_json(const Manifest& manifest) {
  JsonWriter json;
  json.begin_object().field("migration", manifest.migration).field("version", manifest.version).key("header").begin_object();
  for (const auto& [name, value] : manifest.header) json.field(name, value);
  json.end_object().key("maps").begin_array();
  for (const ManifestMap& map : manifest.maps) {
    json.begin_object()
        .field("name", map.name)
        .field("source", map.source)
        .field("from", map.source_connector)
        .field("target", map.target)
        .field("into", map.target_connector)
        .field("write", map.write);
    json.key("fields").begin_array();
    for (const ManifestField& field : map.fields) {
      json.begin_object().field("target", field.target).field("type", field.type).key("required").boolean(field.required);
      write_names(json, "sources", field.sources);
      json.field("rule", field.rule).field("at", field.place);
      write_names(json, "issues", field.issues);
      write_names(json, "labels", field.labels);
      write_names(json, "losses", field.losses);
      json.end_object();
    }
    json.end_array().key("conditions").begin_array();
    for (const ManifestCondition& each : map.conditions)
      json.begin_object().field("verb", each.verb).field("issue", each.issue).field("rule", each.rule).field("at", each.place).end_object();
    json.end_array().key("ignored").begin_array();
    for (const ManifestIgnored& each : map.ignored)
      json.begin_object().field("field", each.field).field("reason", each.reason).end_object();
    json.end_array();
    write_names(json, "unread", map.unread);
    json.end_object();
  }
  json.end_array().key("issues").begin_array();
  for (const ManifestIssue& each : manifest.issues)
    json.begin_object()
        .field("code", each.code)
        .field("verb", each.verb)
        .field("message", each.message)
        .field("fix", each.fix)
        .end_object();
  json.end_array().key("clearances").begin_array();
  for (const ManifestClearance& each : manifest.clearances)
    json.begin_object().field("classes", each.labels).field("targets", each.targets).field("reason", each.reason).end_object();
  json.end_array().key("masks").begin_array();
  for (const ManifestClearance& each : manifest.masks)
    json.begin_object().field("classes", each.labels).field("environments", each.targets).field("mask", each.reason).end_object();
  json.end_array().key("bindings").begin_array();
  for (const ManifestBinding& each : manifest.bindings)
    json.begin_object().field("environment", each.environment).field("what", each.subject).field("there", each.instead).end_object();
  json.end_array().key("decisions").begin_array();
  for (const ManifestDecision& each : manifest.decisions)
    json.begin_object()
        .field("code", each.code)
        .field("reason", each.reason)
        .field("until", each.until)
        .field("at", each.place)
        .end_object();
  json.end_array().key("items").begin_array();
  for (const ManifestItem& each : manifest.items) {
    json.begin_object().field("item", each.code).field("title", each.title);
    for (const auto& [name, value] : each.settings) json.field(name, value);
    json.end_object();
  }
  return json.end_array().end_object().text() + "\n";
}

}  // namespace mig::review
