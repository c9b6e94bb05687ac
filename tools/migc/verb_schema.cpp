// migc schema: shows, pins, compares and fetches the schemas of other systems.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <map>

#include "compiler/driver/schema_pins.h"
#include "compiler/schemas/shape_text.h"
#include "compiler/sema/pins.h"
#include "runtime/base/file.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/schema_location.h"
#include "tools/migc/schema_pull.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

constexpr size_t kMaxLockBytes = 64u << 20;

/// What the specs of one project take from elsewhere.
using Project = schemas::Lock;

std::string lock_path(const std::string& root) { return (std::filesystem::path(root) / schemas::kLockFile).string(); }

/// By project root; null after a finding that keeps a schema from being read.
std::optional<std::map<std::string, Project>> projects_of(const std::vector<std::string>& specs, int& exit) {
  std::map<std::string, Project> projects;
  for (const std::string& spec : specs) {
    auto loaded = driver::load(spec);
    if (!loaded) {
      print_error(stderr, loaded.error());
      exit = kUsage;
      return std::nullopt;
    }
    Project& project = projects[(*loaded)->root];
    schemas::Lock things = driver::things_to_pin(**loaded);
    for (schemas::PinnedFile& file : things.files) {
      if (project.find_file(file.kind, file.file) == nullptr) project.files.push_back(std::move(file));
    }
    for (schemas::LockEntry& entry : things.entries) {
      const auto same = [&](const schemas::LockEntry& other) { return other.same_place(entry); };
      if (std::none_of(project.entries.begin(), project.entries.end(), same)) project.entries.push_back(std::move(entry));
    }
    const auto& findings = (*loaded)->findings.all();
    const bool unreadable = std::any_of(findings.begin(), findings.end(), [](const Diagnostic& finding) {
      return finding.code == Code::E0131 || (finding.code < Code::E0101 && finding.severity == Severity::error);
    });
    if (unreadable) {
      print_findings(**loaded, stderr, true);
      exit = kFindings;
      return std::nullopt;
    }
  }
  return projects;
}

std::optional<schemas::Lock> read_lock(const std::string& root, bool forgive, int& exit) {
  schemas::Lock lock;
  std::error_code error;
  if (!std::filesystem::exists(lock_path(root), error)) return lock;
  const auto text = file_text(lock_path(root), kMaxLockBytes);
  std::optional<schemas::Problem> problem;
  if (text) lock = schemas::parse_lock(*text, problem);
  if (text && !problem) return lock;
  if (forgive) return schemas::Lock();
  fmt::print(stderr, "migc schema: {}: {}\n", lock_path(root), problem ? problem->message : "cannot be read");
  exit = kFindings;
  return std::nullopt;
}

void print_changes(const schemas::LockEntry& entry, const std::vector<schemas::Change>& changes) {
  const Style style = style_of(stdout);
  fmt::print("{}{} {}{}{}\n", style.bold, entry.format, entry.file, entry.selector.empty() ? "" : " " + entry.selector, style.plain);
  for (const schemas::Change& change : changes) {
    const char* mark = change.kind == schemas::Change::Kind::kAdded ? "+" : change.kind == schemas::Change::Kind::kRemoved ? "-" : "~";
    fmt::print("  {} {}\n", mark, schemas::change_text(change));
  }
}

/// 1 when the lock had something else.
size_t pin(schemas::Lock& lock, const schemas::PinnedFile& file) {
  for (schemas::PinnedFile& known : lock.files) {
    if (known.kind != file.kind || known.file != file.file) continue;
    if (known.digest == file.digest) return 0;
    fmt::print("{} {}: another content\n", file.kind, file.file);
    known.digest = file.digest;
    return 1;
  }
  fmt::print("pinned {} {}\n", file.kind, file.file);
  lock.files.push_back(file);
  return 1;
}

size_t pin(schemas::Lock& lock, const schemas::PinnedFact& fact) {
  for (schemas::PinnedFact& known : lock.facts) {
    if (known.name != fact.name) continue;
    if (known.version == fact.version) return 0;
    fmt::print("{}: was {}, is {}\n", fact.name, known.version, fact.version);
    known.version = fact.version;
    return 1;
  }
  lock.facts.push_back(fact);
  return 0;
}

int refresh(const std::vector<std::string>& specs) {
  int exit = kOk;
  auto projects = projects_of(specs, exit);
  if (!projects) return exit;
  for (auto& [root, project] : *projects) {
    auto lock = read_lock(root, true, exit);
    size_t changed = 0;
    for (schemas::LockEntry& entry : project.entries) {
      const auto same = [&](const schemas::LockEntry& other) { return other.same_place(entry); };
      const auto it = std::find_if(lock->entries.begin(), lock->entries.end(), same);
      if (it == lock->entries.end()) {
        lock->entries.push_back(entry);
        fmt::print("pinned {} {}{}\n", entry.format, entry.file, entry.selector.empty() ? "" : " " + entry.selector);
        ++changed;
      } else if (it->lines != entry.lines) {
        print_changes(entry, schemas::compare_lines(it->lines, entry.lines));
        it->lines = entry.lines;
        ++changed;
      }
    }
    for (const schemas::PinnedFile& file : project.files) changed += pin(*lock, file);
    for (const schemas::PinnedFact& fact : sema::facts_to_pin()) changed += pin(*lock, fact);
    const auto is_gone = [&](const auto& each) {
      std::error_code error;
      return !std::filesystem::exists(std::filesystem::path(root) / each.file, error);
    };
    changed += std::erase_if(lock->entries, is_gone) + std::erase_if(lock->files, is_gone);
    const std::string text = schemas::render_lock(*lock);
    if (file_text(lock_path(root), kMaxLockBytes) != text) {
      if (const auto written = write_whole(lock_path(root), text); !written) {
        print_error(stderr, written.error());
        return kUsage;
      }
    }
    const auto count = [](size_t number, const char* one, const char* many) {
      return fmt::format("{} {}", number, number == 1 ? one : many);
    };
    fmt::print("{}: {} and {} pinned, {} changed\n", lock_path(root), count(lock->entries.size(), "schema", "schemas"),
               count(lock->files.size(), "file", "files"), changed);
  }
  return kOk;
}

int drift_of_specs(const std::vector<std::string>& specs) {
  int exit = kOk;
  auto projects = projects_of(specs, exit);
  if (!projects) return exit;
  for (auto& [root, project] : *projects) {
    const auto lock = read_lock(root, false, exit);
    if (!lock) return exit;
    for (const schemas::LockEntry& entry : project.entries) {
      const schemas::LockEntry* pinned = lock->find(entry.format, entry.file, entry.selector);
      if (pinned == nullptr) {
        fmt::print("{} {}{}: not pinned\n", entry.format, entry.file, entry.selector.empty() ? "" : " " + entry.selector);
        exit = kFindings;
        continue;
      }
      const auto changes = schemas::compare_lines(pinned->lines, entry.lines);
      if (changes.empty()) continue;
      print_changes(entry, changes);
      exit = kFindings;
    }
    for (const schemas::PinnedFile& file : project.files) {
      const schemas::PinnedFile* pinned = lock->find_file(file.kind, file.file);
      if (pinned != nullptr && pinned->digest == file.digest) continue;
      fmt::print("{} {}: {}\n", file.kind, file.file, pinned == nullptr ? "not pinned" : "another content");
      exit = kFindings;
    }
    for (const schemas::PinnedFact& fact : sema::facts_to_pin()) {
      const schemas::PinnedFact* pinned = lock->find_fact(fact.name);
      if (pinned == nullptr || pinned->version == fact.version) continue;
      fmt::print("{}: was {}, is {}\n", fact.name, pinned->version, fact.version);
      exit = kFindings;
    }
  }
  if (exit == kOk) fmt::print("no drift\n");
  return exit;
}

int difference_of_files(const std::string& before, const std::string& after) {
  const auto old = read_location("schema", before);
  const auto now = old ? read_location("schema", after) : std::nullopt;
  if (!now) return kUsage;
  return print_difference(*old, *now) == 0 ? kOk : kFindings;
}

int show(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    const auto location = read_location("schema", word);
    if (!location) return kUsage;
    std::set<std::string> taken;
    if (!location->name.empty()) {
      const schemas::Shape* shape = shape_at(*location);
      if (shape == nullptr) return kUsage;
      fmt::print("{}", schemas::declarations(*shape, schemas::pascal_case(shape->name), taken));
      continue;
    }
    bool first = true;
    for (const schemas::Shape& shape : location->content.shapes) {
      const std::string name = shape.name.empty() ? schemas::pascal_case(std::filesystem::path(location->file).stem().string())
                                                  : schemas::pascal_case(shape.name);
      fmt::print("{}{}", first ? "" : "\n", schemas::declarations(shape, name, taken));
      first = false;
    }
  }
  return kOk;
}

int run_schema(const Arguments& arguments) {
  const auto& words = arguments.operands();
  if (words.empty()) return usage_error("schema", "what is to be done? One of: show, refresh, diff, pull");
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  if (words[0] == "pull") return pull_schema(arguments, rest);
  if (rest.empty()) return usage_error("schema", fmt::format("what is `{}` about? A spec, or FORMAT:FILE", words[0]));
  if (words[0] == "show") return show(rest);
  if (words[0] == "refresh") return refresh(rest);
  if (words[0] == "diff") {
    const bool files = rest.size() == 2 && !rest[0].ends_with(".mig") && !rest[1].ends_with(".mig");
    return files ? difference_of_files(rest[0], rest[1]) : drift_of_specs(rest);
  }
  return usage_error("schema", fmt::format("there is no `schema {}`; there are show, refresh, diff, pull", words[0]));
}

}  // namespace

Verb schema_verb() {
  return {.name = "schema",
          .summary = "shows, pins, compares and fetches the schemas of other systems",
          .operands = "show|refresh|diff|pull ...",
          .description =
              "  show FORMAT:FILE[#NAME]        a schema file in the language of specs\n"
              "  refresh SPEC.mig...            pin what the specs import in mig.lock\n"
              "  diff SPEC.mig...               what changed in the files since they were pinned\n"
              "  diff FORMAT:OLD FORMAT:NEW     what differs between two files\n"
              "  pull postgres|mysql|sqlite     write the schema of a live database to a file\n\n"
              "FORMAT is sqlite, postgres, mysql (dumps), json_schema, openapi, avro or csv. Only `pull` connects\n"
              "to anything. Address and password stand in the environment variable that --dsn-from names, never\n"
              "on the command line.\n",
          .options = {{.name = "out", .value = "FILE", .help = "pull: the file to write", .offer = Offer::kFile},
                      {.name = "check", .help = "pull: write nothing, compare the database with --out; exit 1 when they differ"},
                      {.name = "dsn-from",
                       .value = "NAME",
                       .help = "pull: environment variable with the address (postgres: a libpq string or URI; mysql: "
                               "mysql://USER:PASSWORD@HOST:PORT/DATABASE)"},
                      {.name = "database", .value = "FILE", .help = "pull sqlite: the database file", .offer = Offer::kFile}},
          .examples = {{"migc schema show postgres:crm.sql#crm.account", "what a spec would see of a table"},
                       {"migc schema refresh contacts.mig", "agree to the present schemas; commit mig.lock"},
                       {"migc schema diff contacts.mig", "exit 1 when a schema file changed since"},
                       {"CRM_DSN='host=db dbname=crm user=reader' migc schema pull postgres --dsn-from CRM_DSN --out schemas/crm.sql",
                        "fetch a live schema"}},
          .run = run_schema};
}

}  // namespace mig::cli
