#include "compiler/sema/pins.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/sema/imported_schemas.h"
#include "compiler/sema/phases.h"

namespace mig::sema {

namespace {

constexpr std::string_view kZones = "tzdb", kLetters = "unicode", kPhones = "phone_numbers";

std::string zone_database_version() {
  // The table of all zones begins with "# version 2025b".
  std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
  std::string hash, word, version;
  file >> hash >> word >> version;
  return hash == "#" && word == "version" && !version.empty() ? version : "unknown";
}

/// Which data a call of the standard library reads; empty: none that changes.
std::string_view data_behind(const CallInfo& call) {
  const stdlib::Declaration& function = *call.declaration;
  static constexpr std::string_view kCases[] = {"lower", "upper", "casefold", "title_case", "nfc", "strip_accents", "slugify"};
  if (std::find(std::begin(kCases), std::end(kCases), function.name) != std::end(kCases)) return kLetters;
  if (function.name == "parse_phone" || function.name == "format_phone") return kPhones;
  for (size_t i = 0; i < function.parameters.size() && i < call.arguments.size(); ++i) {
    if (function.parameters[i].name == "zone" && call.arguments[i].expr.valid()) return kZones;
  }
  return {};
}

std::string_view in_words(std::string_view fact) {
  return fact == kZones ? "the rules of time zones" : fact == kLetters ? "the Unicode tables" : "the numbering plans of telephones";
}

class PinChecker {
 public:
  explicit PinChecker(Analysis& analysis) : analysis_(analysis), program_(*analysis.program) {}

  void run() {
    lock_ = project_lock(analysis_);
    const bool damaged = lock_ == nullptr && analysis_.sources.find(schemas::kLockFile).has_value();
    if (damaged) return;
    for (const LookupSymbol& lookup : program_.lookups) {
      if (!lookup.file.empty() && !is_broken(lookup)) file("lookup", lookup.file, lookup.span, "lookup " + lookup.name);
    }
    for (const EnvironmentSymbol& environment : program_.environments) {
      for (const EnvironmentBinding& binding : environment.bindings) {
        if (!binding.file.name.empty())
          file("lookup", binding.file.name, binding.span, "lookup " + program_.lookups[binding.subject].name + " in " + environment.name);
      }
    }
    if (lock_ == nullptr) return;
    for (ModuleId module = 0; module < program_.modules.size(); ++module) {
      for (const syntax::Decl& decl : analysis_.tree(module).decls) {
        const auto* import = decl.get_if<syntax::ImportDecl>();
        if (import == nullptr || !import->path.present()) continue;
        const std::string path = path_of(module, import->path.value);
        if (!path.empty()) file("import", path, import->path.span, "import " + path);
      }
    }
    facts();
  }

 private:
  bool is_broken(const LookupSymbol& lookup) const {
    const Span whole = analysis_.tree(lookup.module)[lookup.decl].span;
    return std::any_of(analysis_.findings.begin(), analysis_.findings.end(), [&](const Diagnostic& finding) {
      return finding.severity == Severity::error && finding.primary.span.file == whole.file && whole.contains(finding.primary.span.begin);
    });
  }

  /// The name below the root of an imported spec that was loaded.
  std::string path_of(ModuleId from, const std::string& written) const {
    const auto folder = std::filesystem::path(program_.modules[from].path).parent_path();
    const std::string path = (folder / written).lexically_normal().generic_string();
    const auto loaded = [&](const ModuleInfo& module) { return module.path == path; };
    return std::any_of(program_.modules.begin(), program_.modules.end(), loaded) ? path : std::string();
  }

  void file(std::string_view kind, const std::string& path, Span span, const std::string& what) {
    const bool is_lookup = kind == "lookup";
    const schemas::PinnedFile* pinned = lock_ == nullptr ? nullptr : lock_->find_file(kind, path);
    if (pinned == nullptr) {
      analysis_
          .report(is_lookup ? Code::W0805 : Code::W0134, span, what + " is not pinned in mig.lock",
                  "`" + path + "` may be another at the next run, and nobody would notice")
          .help(Applicability::choose, "pin what the specs were checked against: `migc schema refresh SPEC` writes mig.lock; commit it");
      return;
    }
    const auto text = read_root_file(analysis_, path);
    if (!text || schemas::content_digest(*text) == pinned->digest) return;
    Diagnostic& finding = is_lookup
                              ? analysis_.report(Code::E0133, span, what + " is not the one that was pinned", "`" + path + "` has changed")
                              : analysis_.report(Code::W0136, span, what + " is not the one that was pinned", "has changed since");
    finding.help(Applicability::choose, "when the change is wanted, pin it: `migc schema refresh SPEC`");
  }

  void facts() {
    std::vector<std::string_view> told;
    const std::vector<schemas::PinnedFact> now = facts_to_pin();
    for (ModuleId module = 0; module < program_.modules.size(); ++module) {
      const ModuleInfo& known = program_.modules[module];
      for (size_t e = 0; e < known.exprs.size(); ++e) {
        if (known.exprs[e].call == kNone || program_.calls[known.exprs[e].call].declaration == nullptr) continue;
        const std::string_view data = data_behind(program_.calls[known.exprs[e].call]);
        if (data.empty() || std::find(told.begin(), told.end(), data) != told.end()) continue;
        const schemas::PinnedFact* pinned = lock_->find_fact(data);
        const auto current = std::find_if(now.begin(), now.end(), [&](const schemas::PinnedFact& fact) { return fact.name == data; });
        if (pinned == nullptr || current == now.end() || pinned->version == current->version) continue;
        told.push_back(data);
        analysis_
            .report(Code::W0136, known.tree.exprs[e].span,
                    std::string(in_words(data)) + " are of version " + current->version + ", pinned was " + pinned->version,
                    "may give another result than it did")
            .help(Applicability::choose, "run the tests, then pin the present version: `migc schema refresh SPEC`");
      }
    }
  }

  Analysis& analysis_;
  Program& program_;
  const schemas::Lock* lock_ = nullptr;
};

}  // namespace

const schemas::Lock* project_lock(Analysis& analysis) {
  ImportedSchemas& known = *analysis.imported_schemas;
  if (known.lock_loaded) return known.lock_usable ? &known.lock : nullptr;
  known.lock_loaded = true;
  const std::string name(schemas::kLockFile);
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::path(analysis.options.root) / name, error)) return nullptr;
  const auto text = read_root_file(analysis, name);
  const FileId file = analysis.sources.find(name) ? *analysis.sources.find(name) : analysis.sources.add(name, text.value_or(""));
  if (!text) {
    analysis.report(Code::E0135, {file, 0, 0}, "mig.lock cannot be read", "is it a file of at most 64 MiB below the project folder?");
    return nullptr;
  }
  std::optional<schemas::Problem> problem;
  known.lock = schemas::parse_lock(*text, problem);
  if (problem) {
    analysis.report(Code::E0135, {file, problem->begin, problem->end}, problem->message, problem->label)
        .help(Applicability::choose, "write it anew from the schema files, after a look at them: `migc schema refresh SPEC`");
    return nullptr;
  }
  known.lock_usable = true;
  return &known.lock;
}

void check_pins(Analysis& analysis) {
  if (!analysis.options.ignore_lock) PinChecker(analysis).run();
}

std::vector<schemas::PinnedFile> files_to_pin(const Program& program, const SourceMap& sources, const std::string& root) {
  std::vector<schemas::PinnedFile> files;
  const auto pin = [&](const std::string& name) {
    if (name.empty()) return;
    std::ifstream stream(std::filesystem::path(root) / name, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (stream) files.push_back({"lookup", name, schemas::content_digest(text.str())});
  };
  for (const LookupSymbol& lookup : program.lookups) pin(lookup.file);
  for (const EnvironmentSymbol& environment : program.environments) {
    for (const EnvironmentBinding& binding : environment.bindings) pin(binding.file.name);
  }
  for (size_t module = 1; module < program.modules.size(); ++module) {
    files.push_back({"import", program.modules[module].path, schemas::content_digest(sources.text(program.modules[module].file))});
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

std::vector<schemas::PinnedFact> facts_to_pin() {
  return {{"edition", "2026"},
          {std::string(kZones), zone_database_version()},
          {std::string(kLetters), U_UNICODE_VERSION},
          {std::string(kPhones), MIGC_PHONE_NUMBERS_VERSION}};
}

}  // namespace mig::sema
