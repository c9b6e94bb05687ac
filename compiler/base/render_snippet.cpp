#include "compiler/base/render_snippet.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "compiler/base/display_text.h"

namespace mig {
namespace {

constexpr std::uint32_t kNearLines = 40;   // labels closer than this share one snippet
constexpr std::uint32_t kLineCells = 160;  // longer lines are cut around their marks

struct Mark {
  std::uint32_t begin = 0;  // cells
  std::uint32_t end = 0;    // at least begin + 1
  std::string text;
  bool primary = false;
};

struct Line {
  std::uint32_t number = 0;
  std::vector<Mark> marks;
};

// Puts `text` at a column of a row, which grows as needed. Rows are plain ASCII before the text.
void put(std::string& row, std::size_t column, std::string_view text) {
  if (row.size() < column) row.append(column - row.size(), ' ');
  row.replace(column, std::min(text.size(), row.size() - column), text);
}

std::string mark_paint(const Mark& mark, std::string_view text, const SnippetStyle& style) {
  return painted(text, mark.primary ? style.primary : Paint::secondary, style.colours);
}

// The rows under a source line. The text of the rightmost mark stands behind it, the others hang below.
std::string mark_rows(std::vector<Mark> marks, const SnippetStyle& style) {
  std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.begin < b.begin; });
  std::string row;
  std::uint32_t column = 0;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const Mark& mark = marks[i];
    if (mark.begin < column && i > 0) continue;  // overlaps the one before: only its text is shown
    row += std::string(mark.begin - column, ' ');
    std::uint32_t end = mark.end;
    if (i + 1 < marks.size()) end = std::max(mark.begin + 1, std::min(end, marks[i + 1].begin));
    row += mark_paint(mark, std::string(end - mark.begin, mark.primary ? '^' : '-'), style);
    column = end;
  }
  std::vector<const Mark*> hanging;
  for (const Mark& mark : marks) {
    if (!mark.text.empty()) hanging.push_back(&mark);
  }
  if (!hanging.empty() && hanging.back() == &marks.back()) {
    row += " " + mark_paint(*hanging.back(), hanging.back()->text, style);
    hanging.pop_back();
  }
  std::string rows = gutter_line(style, row);
  while (!hanging.empty()) {
    std::string bars;
    for (const Mark* mark : hanging) put(bars, mark->begin, "|");
    rows += gutter_line(style, bars);
    std::string texts;
    for (std::size_t i = 0; i + 1 < hanging.size(); ++i) put(texts, hanging[i]->begin, "|");
    const Mark& last = *hanging.back();
    if (texts.size() < last.begin) texts.append(last.begin - texts.size(), ' ');
    rows += gutter_line(style, texts + mark_paint(last, last.text, style));
    hanging.pop_back();
  }
  return rows;
}

std::string render_line(const Line& line, FileId file, const SourceMap& sources, const SnippetStyle& style) {
  DisplayLine shown = display_line(sources.line_text(file, line.number));
  const std::uint32_t line_begin = sources.line_begin(file, line.number);
  std::vector<Mark> marks = line.marks;  // still in bytes of the file
  const std::size_t last = shown.columns.size() - 1;
  for (Mark& mark : marks) {
    const std::uint32_t begin = shown.columns[std::min<std::size_t>(mark.begin - line_begin, last)];
    const std::uint32_t end = shown.columns[std::min<std::size_t>(mark.end - line_begin, last)];
    mark.begin = begin;
    mark.end = std::max(begin + 1, end);
  }
  if (shown.columns.back() > kLineCells && !marks.empty()) {
    const std::uint32_t first =
        std::min_element(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.begin < b.begin; })->begin;
    const std::uint32_t from = first > 40 ? first - 40 : 0;
    const auto at = [&](std::uint32_t cell) {
      const auto found = std::lower_bound(shown.columns.begin(), shown.columns.end(), cell);
      return static_cast<std::size_t>(std::min(found, shown.columns.end() - 1) - shown.columns.begin());
    };
    const std::size_t cut_from = at(from);
    const std::size_t cut_to = at(from + kLineCells - 10);
    const std::uint32_t shift = shown.columns[cut_from];
    const std::string_view before = shift > 0 ? "..." : "";
    const std::uint32_t limit = shown.columns[cut_to] - shift + 3;
    std::string cut(before);
    cut += shown.text.substr(shown.offsets[cut_from], shown.offsets[cut_to] - shown.offsets[cut_from]);
    if (cut_to < last) cut += "...";
    shown.text = cut;
    for (Mark& mark : marks) {
      mark.begin = std::min(mark.begin - std::min(mark.begin, shift) + static_cast<std::uint32_t>(before.size()), limit);
      mark.end = std::clamp(mark.end - std::min(mark.end, shift) + static_cast<std::uint32_t>(before.size()), mark.begin + 1, limit + 3);
    }
  }
  return source_line(style, line.number, '|', shown.text) + mark_rows(std::move(marks), style);
}

void add_mark(std::map<std::uint32_t, Line>& lines, const Label& label, bool primary, const SourceMap& sources) {
  const std::uint32_t number = sources.position(label.span).line;
  const std::uint32_t line_end =
      sources.line_begin(label.span.file, number) + static_cast<std::uint32_t>(sources.line_text(label.span.file, number).size());
  Line& line = lines[number];
  line.number = number;
  const std::uint32_t end = std::max(label.span.begin, std::min(label.span.end, line_end));
  line.marks.push_back({label.span.begin, end, display_text(label.text), primary});
}

std::string render_lines(const std::map<std::uint32_t, Line>& lines, FileId file, const SourceMap& sources, const SnippetStyle& style) {
  std::string out = gutter_line(style, "");
  std::uint32_t before = 0;
  for (const auto& [number, line] : lines) {
    if (before != 0 && number > before + 1) out += painted("...", Paint::gutter, style.colours) + "\n";
    out += render_line(line, file, sources, style);
    before = number;
  }
  return out;
}

// Text of the lines that hold the span, and where they begin.
struct Lines {
  std::uint32_t first = 1;
  std::uint32_t begin = 0;
  std::string_view text;
};
Lines lines_of(Span span, const SourceMap& sources) {
  Lines lines;
  lines.first = sources.position(span).line;
  lines.begin = sources.line_begin(span.file, lines.first);
  const std::uint32_t last = sources.position(span.file, span.end).line;
  const std::uint32_t end = sources.line_begin(span.file, last) + static_cast<std::uint32_t>(sources.line_text(span.file, last).size());
  lines.text = sources.text(Span{span.file, lines.begin, end});
  return lines;
}

}  // namespace

std::string painted(std::string_view text, Paint paint, bool colours) {
  if (!colours || text.empty()) return std::string(text);
  std::string_view code = "34";
  switch (paint) {
    case Paint::error: code = "1;31"; break;
    case Paint::warning: code = "1;33"; break;
    case Paint::note: code = "1;36"; break;
    case Paint::gutter: code = "34"; break;
    case Paint::secondary: code = "1;34"; break;
    case Paint::added: code = "32"; break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string gutter_line(const SnippetStyle& style, std::string_view text) {
  const std::string bar = painted(std::string(style.gutter + 1, ' ') + "|", Paint::gutter, style.colours);
  return text.empty() ? bar + "\n" : fmt::format("{} {}\n", bar, text);
}

std::string source_line(const SnippetStyle& style, std::uint32_t line, char sign, std::string_view text) {
  const std::string head =
      painted(fmt::format("{:>{}} {}", line, style.gutter, sign), sign == '+' ? Paint::added : Paint::gutter, style.colours);
  return text.empty() ? head + "\n" : fmt::format("{} {}\n", head, text);
}

std::string render_snippets(const Diagnostic& diagnostic, const SourceMap& sources, const SnippetStyle& style) {
  const Span primary = diagnostic.primary.span;
  if (!primary.valid()) return {};
  const std::uint32_t primary_line = sources.position(primary).line;
  std::map<std::uint32_t, Line> lines;
  add_mark(lines, diagnostic.primary, true, sources);
  std::vector<const Label*> far;
  for (const Label& label : diagnostic.secondary) {
    if (!label.span.valid()) continue;
    const std::uint32_t line = sources.position(label.span).line;
    const std::uint32_t distance = line > primary_line ? line - primary_line : primary_line - line;
    if (label.span.file == primary.file && distance <= kNearLines) {
      add_mark(lines, label, false, sources);
    } else {
      far.push_back(&label);
    }
  }
  std::string out = render_lines(lines, primary.file, sources, style);
  for (const Label* label : far) {
    out += gutter_line(style, "");
    out += painted(std::string(style.gutter, ' ') + ":::", Paint::gutter, style.colours);
    out += fmt::format(" {}:{}\n", display_text(sources.name(label->span.file)), sources.position(label->span).line);
    std::map<std::uint32_t, Line> one;
    add_mark(one, *label, false, sources);
    out += render_lines(one, label->span.file, sources, style);
  }
  return out;
}

std::string render_edits(const std::vector<Edit>& edits, const SourceMap& sources, const SnippetStyle& style) {
  constexpr std::size_t kShown = 3;  // lines of one help
  std::map<std::pair<FileId, std::uint32_t>, std::vector<Edit>> by_line;
  for (const Edit& edit : edits) by_line[{edit.span.file, sources.position(edit.span).line}].push_back(edit);
  std::string out;
  std::size_t shown = 0;
  for (auto& [place, group] : by_line) {
    if (++shown > kShown) {
      out += gutter_line(style, fmt::format("... and {} more lines", by_line.size() - kShown));
      break;
    }
    std::sort(group.begin(), group.end(), [](const Edit& a, const Edit& b) { return a.span.begin < b.span.begin; });
    Span whole = group.front().span;
    for (const Edit& edit : group) whole = Span::join(whole, edit.span);
    const Lines lines = lines_of(whole, sources);
    std::string text;
    std::vector<std::pair<std::size_t, std::size_t>> added;  // byte ranges of `text`
    std::uint32_t done = 0;
    for (const Edit& edit : group) {
      const std::uint32_t begin = edit.span.begin - lines.begin;
      if (begin < done) continue;
      text += lines.text.substr(done, begin - done);
      added.emplace_back(text.size(), text.size() + edit.replacement.size());
      text += edit.replacement;
      done = edit.span.end - lines.begin;
    }
    text += lines.text.substr(done);
    const bool new_lines = group.size() == 1 && group[0].replacement.starts_with('\n');
    std::uint32_t number = lines.first;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (i < text.size() && text[i] != '\n') continue;
      const bool fresh = number > lines.first && begin >= added.front().first && begin <= added.back().second;
      if (!(new_lines && !fresh)) {
        const DisplayLine line = display_line(std::string_view(text).substr(begin, i - begin));
        out += source_line(style, number, fresh ? '+' : '|', line.text);
        std::string marks;
        for (const auto& [from, to] : added) {
          if (fresh || from < begin || to > i || from == to) continue;
          put(marks, line.columns[from - begin], std::string(line.columns[to - begin] - line.columns[from - begin], '+'));
        }
        if (!marks.empty()) out += gutter_line(style, painted(marks, Paint::added, style.colours));
      }
      begin = i + 1;
      ++number;
    }
  }
  return out;
}

}  // namespace mig
