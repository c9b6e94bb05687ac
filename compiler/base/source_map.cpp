#include "compiler/base/source_map.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace mig {
namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u; }

}  // namespace

Span Span::join(Span a, Span b) {
  if (!a.valid()) return b;
  if (!b.valid()) return a;
  return {a.file, std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

FileId SourceMap::add(std::string name, std::string text) {
  File file{std::move(name), std::move(text), {0}};
  for (std::size_t i = 0; i < file.text.size(); ++i) {
    if (file.text[i] == '\n') file.line_starts.push_back(static_cast<std::uint32_t>(i + 1));
  }
  files_.push_back(std::move(file));
  return FileId{static_cast<std::uint32_t>(files_.size() - 1)};
}

std::optional<FileId> SourceMap::find(std::string_view name) const {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (files_[i].name == name) return FileId{static_cast<std::uint32_t>(i)};
  }
  return std::nullopt;
}

const SourceMap::File& SourceMap::at(FileId file) const {
  if (file.value >= files_.size()) std::abort();  // a FileId of another map: a bug of the caller
  return files_[file.value];
}

std::string_view SourceMap::name(FileId file) const { return at(file).name; }
std::string_view SourceMap::text(FileId file) const { return at(file).text; }

std::string_view SourceMap::text(Span span) const {
  const std::string_view all = text(span.file);
  const std::size_t begin = std::min<std::size_t>(span.begin, all.size());
  const std::size_t end = std::clamp<std::size_t>(span.end, begin, all.size());
  return all.substr(begin, end - begin);
}

Span SourceMap::whole(FileId file) const { return {file, 0, static_cast<std::uint32_t>(text(file).size())}; }

std::uint32_t SourceMap::line_count(FileId file) const { return static_cast<std::uint32_t>(at(file).line_starts.size()); }

std::uint32_t SourceMap::line_begin(FileId file, std::uint32_t line) const {
  const File& entry = at(file);
  if (line == 0) return 0;
  if (line > entry.line_starts.size()) return static_cast<std::uint32_t>(entry.text.size());
  return entry.line_starts[line - 1];
}

std::string_view SourceMap::line_text(FileId file, std::uint32_t line) const {
  const File& entry = at(file);
  if (line == 0 || line > entry.line_starts.size()) return {};
  const std::uint32_t begin = entry.line_starts[line - 1];
  std::size_t end = entry.text.find('\n', begin);
  if (end == std::string::npos) end = entry.text.size();
  if (end > begin && entry.text[end - 1] == '\r') --end;
  return std::string_view(entry.text).substr(begin, end - begin);
}

LineColumn SourceMap::position(FileId file, std::uint32_t offset) const {
  const File& entry = at(file);
  offset = std::min(offset, static_cast<std::uint32_t>(entry.text.size()));
  const auto next = std::upper_bound(entry.line_starts.begin(), entry.line_starts.end(), offset);
  const auto line = static_cast<std::uint32_t>(next - entry.line_starts.begin());
  std::uint32_t column = 1;
  for (std::uint32_t i = entry.line_starts[line - 1]; i < offset; ++i) {
    if (!is_continuation(entry.text[i])) ++column;
  }
  return {line, column};
}

EditorPosition SourceMap::editor_position(FileId file, std::uint32_t offset) const {
  const File& entry = at(file);
  offset = std::min(offset, static_cast<std::uint32_t>(entry.text.size()));
  const std::uint32_t line = position(file, offset).line;
  std::uint32_t units = 0;
  for (std::uint32_t i = entry.line_starts[line - 1]; i < offset; ++i) {
    if (is_continuation(entry.text[i])) continue;
    units += static_cast<unsigned char>(entry.text[i]) >= 0xF0u ? 2 : 1;
  }
  return {line - 1, units};
}

std::uint32_t SourceMap::offset(FileId file, EditorPosition position) const {
  const File& entry = at(file);
  if (position.line >= entry.line_starts.size()) return static_cast<std::uint32_t>(entry.text.size());
  std::uint32_t at_byte = entry.line_starts[position.line];
  const auto line_end = static_cast<std::uint32_t>(at_byte + line_text(file, position.line + 1).size());
  std::uint32_t units = 0;
  while (at_byte < line_end && units < position.character) {
    units += static_cast<unsigned char>(entry.text[at_byte]) >= 0xF0u ? 2 : 1;
    do ++at_byte;
    while (at_byte < line_end && is_continuation(entry.text[at_byte]));
  }
  return at_byte;
}

}  // namespace mig
