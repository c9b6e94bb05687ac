// mig.lock: what everything outside the specs was when they were last agreed on: imported schemas, lookups, imported specs, data of
// functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/schemas/shape.h"

namespace mig::schemas {

/// One imported shape. `lines` are its fields as shape_text.h writes them.
struct LockEntry {
  std::string format;    // as the spec names it: "postgres"
  std::string file;      // below the project root, forward slashes
  std::string selector;  // table, component, ...; may be empty
  std::vector<std::string> lines;
  uint32_t begin = 0, end = 0;  // bytes of its first line in mig.lock

  bool same_place(const LockEntry& other) const { return format == other.format && file == other.file && selector == other.selector; }
};

/// A file whose bytes count: a lookup, or an imported spec.
struct PinnedFile {
  std::string kind;    // "lookup", "import"
  std::string file;    // below the project root, forward slashes
  std::string digest;  // content_digest
  auto operator<=>(const PinnedFile&) const = default;
};

/// A version of what functions read: "tzdb" "2025b".
struct PinnedFact {
  std::string name, version;
  auto operator<=>(const PinnedFact&) const = default;
};

struct Lock {
  std::vector<LockEntry> entries;
  std::vector<PinnedFile> files;
  std::vector<PinnedFact> facts;
  const PinnedFile* find_file(std::string_view kind, std::string_view file) const;
  const PinnedFact* find_fact(std::string_view name) const;
  const LockEntry* find(std::string_view format, std::string_view file, std::string_view selector) const;
};

constexpr std::string_view kLockFile = "mig.lock";
/// "sha256:..." of the bytes.
std::string content_digest(std::string_view bytes);

/// Reads mig.lock; `problem` says why it cannot be used: conflict marks, lines that do not belong there, a digest that does not fit.
Lock parse_lock(std::string_view text, std::optional<Problem>& problem);
/// Sorted by file, selector and format, then by kind, file and name, so that two branches merge line by line.
std::string render_lock(Lock lock);

/// One difference between two versions of a shape, by field.
struct Change {
  enum class Kind : uint8_t { kAdded, kRemoved, kChanged };
  Kind kind = Kind::kChanged;
  std::string field;          // as written in a line: bare or in backticks
  std::string before, after;  // whole lines; empty when added, removed
};
/// In the order of the new version; removed fields last. The order of fields is no difference.
std::vector<Change> compare_lines(const std::vector<std::string>& before, const std::vector<std::string>& after);
/// "`email` was `string(..100)?`, is `string(..80)?`"
std::string change_text(const Change& change);

}  // namespace mig::schemas
