#include "compiler/schemas/lock.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "compiler/schemas/shape_text.h"
#include "runtime/base/sha256.h"

namespace mig::schemas {

std::string content_digest(std::string_view content) { return "sha256:" + hex_text(Sha256::of(content)); }

namespace {

std::string digest_of(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return content_digest(all);
}

// The next string literal of a line; nothing when it is not one.
std::optional<std::string> take_text(std::string_view& line) {
  while (line.starts_with(' ')) line.remove_prefix(1);
  if (!line.starts_with('"')) return std::nullopt;
  std::string out;
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '"') {
      line.remove_prefix(i + 1);
      return out;
    }
    if (line[i] == '\\' && i + 1 < line.size()) ++i;
    out += line[i];
  }
  return std::nullopt;
}

std::string_view take_word(std::string_view& line) {
  while (line.starts_with(' ')) line.remove_prefix(1);
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

// The field's name at the beginning of a line, without `?`.
std::string field_of(const std::string& line) {
  size_t end = 0;
  if (line.starts_with('`')) {
    end = line.find('`', 1);
    end = end == std::string::npos ? line.size() : end + 1;
  } else {
    end = std::min(line.find_first_of("?:"), line.size());
  }
  return line.substr(0, end);
}

std::string without_name(const std::string& line) {
  std::string rest = line.substr(std::min(line.size(), field_of(line).size()));
  if (rest.starts_with("?: ")) return rest.substr(3) + ", may be absent";
  if (rest.starts_with(": ")) return rest.substr(2);
  return rest;
}

}  // namespace

const LockEntry* Lock::find(std::string_view format, std::string_view file, std::string_view selector) const {
  for (const LockEntry& entry : entries) {
    if (entry.format == format && entry.file == file && entry.selector == selector) return &entry;
  }
  return nullptr;
}

const PinnedFile* Lock::find_file(std::string_view kind, std::string_view file) const {
  for (const PinnedFile& each : files) {
    if (each.kind == kind && each.file == file) return &each;
  }
  return nullptr;
}

const PinnedFact* Lock::find_fact(std::string_view name) const {
  for (const PinnedFact& each : facts) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

Lock parse_lock(std::string_view text, std::optional<Problem>& problem) {
  Lock lock;
  std::vector<std::string> digests;
  const auto refuse = [&](size_t begin, size_t end, std::string message, std::string label) {
    if (!problem) problem = Problem{static_cast<uint32_t>(begin), static_cast<uint32_t>(end), std::move(message), std::move(label)};
  };
  for (size_t begin = 0; begin < text.size() && !problem;) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#') || line == "version 1" || line == "version 2") {
      // nothing to keep
    } else if (line.starts_with("version ")) {
      refuse(begin, end, "mig.lock was written by another version of migc", "versions 1 and 2 are known");
    } else if (line.starts_with("<<<<<<<") || line.starts_with(">>>>>>>") || line.starts_with("=======")) {
      refuse(begin, end, "mig.lock holds an unresolved merge conflict", "resolve it, or run `migc schema refresh`");
    } else if (line.starts_with("  ") && !lock.entries.empty()) {
      lock.entries.back().lines.emplace_back(line.substr(2));
    } else if (line.starts_with("schema ")) {
      std::string_view rest = line.substr(7);
      LockEntry entry;
      entry.format = std::string(take_word(rest));
      const auto file = take_text(rest), selector = take_text(rest);
      const std::string_view digest = take_word(rest);
      if (!file || !selector || digest.empty()) {
        refuse(begin, end, "a line of mig.lock cannot be read", "`schema FORMAT \"FILE\" \"NAME\" DIGEST` is expected");
        break;
      }
      entry.file = *file;
      entry.selector = *selector;
      entry.begin = static_cast<uint32_t>(begin);
      entry.end = static_cast<uint32_t>(end);
      lock.entries.push_back(std::move(entry));
      digests.emplace_back(digest);
    } else if (line.starts_with("lookup ") || line.starts_with("import ")) {
      std::string_view rest = line.substr(7);
      const auto file = take_text(rest);
      const std::string_view digest = take_word(rest);
      if (!file || digest.empty()) {
        refuse(begin, end, "a line of mig.lock cannot be read", "`lookup \"FILE\" DIGEST` is expected");
        break;
      }
      lock.files.push_back({std::string(line.substr(0, 6)), *file, std::string(digest)});
    } else if (line.starts_with("fact ")) {
      std::string_view rest = line.substr(5);
      const std::string name(take_word(rest));
      const auto version = take_text(rest);
      if (name.empty() || !version) {
        refuse(begin, end, "a line of mig.lock cannot be read", "`fact NAME \"VERSION\"` is expected");
        break;
      }
      lock.facts.push_back({name, *version});
    } else {
      refuse(begin, end, "a line of mig.lock cannot be read", "does not belong here");
    }
    begin = end + 1;
  }
  for (size_t i = 0; i < lock.entries.size() && i < digests.size() && !problem; ++i) {
    if (digest_of(lock.entries[i].lines) != digests[i]) {
      refuse(lock.entries[i].begin, lock.entries[i].end, "mig.lock was changed by hand or by a merge",
             "the digest does not fit the fields below");
    }
  }
  return lock;
}

std::string render_lock(Lock lock) {
  std::sort(lock.entries.begin(), lock.entries.end(), [](const LockEntry& a, const LockEntry& b) {
    return std::tie(a.file, a.selector, a.format) < std::tie(b.file, b.selector, b.format);
  });
  std::sort(lock.files.begin(), lock.files.end());
  std::sort(lock.facts.begin(), lock.facts.end());
  std::string out = "# What the specs of this project were checked against. Written by `migc schema refresh`; commit it.\n";
  // An older migc reads what holds nothing but schemas.
  out += lock.files.empty() && lock.facts.empty() ? "version 1\n" : "version 2\n";
  for (const LockEntry& entry : lock.entries) {
    out += "\nschema " + entry.format + " " + quoted_text(entry.file) + " " + quoted_text(entry.selector) + " " + digest_of(entry.lines) +
           "\n";
    for (const std::string& line : entry.lines) out += "  " + line + "\n";
  }
  if (!lock.files.empty()) out += "\n";
  for (const PinnedFile& each : lock.files) out += each.kind + " " + quoted_text(each.file) + " " + each.digest + "\n";
  if (!lock.facts.empty()) out += "\n";
  for (const PinnedFact& each : lock.facts) out += "fact " + each.name + " " + quoted_text(each.version) + "\n";
  return out;
}

std::vector<Change> compare_lines(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  std::map<std::string, const std::string*> old;
  for (const std::string& line : before) old.emplace(field_of(line), &line);
  std::vector<Change> changes;
  for (const std::string& line : after) {
    const std::string field = field_of(line);
    const auto it = old.find(field);
    if (it == old.end()) {
      changes.push_back({Change::Kind::kAdded, field, {}, line});
      continue;
    }
    if (*it->second != line) changes.push_back({Change::Kind::kChanged, field, *it->second, line});
    old.erase(it);
  }
  for (const std::string& line : before) {
    const auto it = old.find(field_of(line));
    if (it != old.end() && it->second == &line) changes.push_back({Change::Kind::kRemoved, it->first, line, {}});
  }
  return changes;
}

std::string change_text(const Change& change) {
  const std::string name = change.field.starts_with('`') ? change.field : "`" + change.field + "`";
  switch (change.kind) {
    case Change::Kind::kAdded: return name + " is new: " + without_name(change.after);
    case Change::Kind::kRemoved: return name + " is gone; it was " + without_name(change.before);
    case Change::Kind::kChanged: return name + " was " + without_name(change.before) + ", is " + without_name(change.after);
  }
  return {};
}

}  // namespace mig::schemas
