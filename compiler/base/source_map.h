// Spec files in memory, byte spans into them, and lines and columns for people and editors.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mig {

// Names one file of a SourceMap; the default value names no file.
struct FileId {
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;
  std::uint32_t value = kNone;

  bool valid() const { return value != kNone; }
  auto operator<=>(const FileId&) const = default;
};

// Bytes [begin, end) of a file. An empty span names the place before byte `begin`.
struct Span {
  FileId file;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  std::uint32_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
  bool valid() const { return file.valid(); }
  bool contains(std::uint32_t offset) const { return begin <= offset && offset < end; }
  auto operator<=>(const Span&) const = default;

  // The smallest span over both; both must be of one file, an invalid one is ignored.
  static Span join(Span a, Span b);
  // The empty span at its first or behind its last byte: where an edit inserts.
  Span start() const { return {file, begin, begin}; }
  Span after() const { return {file, end, end}; }
};

// Line and column count from 1; the column counts code points.
struct LineColumn {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  auto operator<=>(const LineColumn&) const = default;
};

// As editors count (LSP): both from 0, the character in UTF-16 code units.
struct EditorPosition {
  std::uint32_t line = 0;
  std::uint32_t character = 0;
  auto operator<=>(const EditorPosition&) const = default;
};

// Owns the text of every file of one compilation. Views it returns stay valid as long as it lives.
class SourceMap {
 public:
  // `name` is what findings print: a path relative to the spec's root, with forward slashes.
  FileId add(std::string name, std::string text);
  // The file of that name, if one was added.
  std::optional<FileId> find(std::string_view name) const;

  std::size_t file_count() const { return files_.size(); }
  std::string_view name(FileId file) const;
  std::string_view text(FileId file) const;
  std::string_view text(Span span) const;
  Span whole(FileId file) const;

  std::uint32_t line_count(FileId file) const;
  // Text of a line (from 1) without its line break.
  std::string_view line_text(FileId file, std::uint32_t line) const;
  // Byte offset of the first byte of a line (from 1).
  std::uint32_t line_begin(FileId file, std::uint32_t line) const;

  LineColumn position(FileId file, std::uint32_t offset) const;
  LineColumn position(Span span) const { return position(span.file, span.begin); }
  EditorPosition editor_position(FileId file, std::uint32_t offset) const;
  // Byte offset of an editor's position, clamped to the line and the file.
  std::uint32_t offset(FileId file, EditorPosition position) const;

 private:
  struct File {
    std::string name;
    std::string text;
    std::vector<std::uint32_t> line_starts;  // byte offsets, one a line, the first is 0
  };
  const File& at(FileId file) const;
  std::deque<File> files_;  // a deque, so that views survive another add
};

}  // namespace mig
