#include "compiler/driver/session.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/driver/declaration_path.h"
#include "compiler/rules/rules.h"
#include "compiler/syntax/parse.h"

namespace mig::driver {
namespace fs = std::filesystem;

std::string project_root(const std::string& spec_file) {
  std::error_code error;
  const fs::path folder = fs::weakly_canonical(fs::absolute(spec_file, error).parent_path(), error);
  for (fs::path at = folder; !at.empty(); at = at.parent_path()) {
    if (fs::exists(at / "mig.lock", error) || fs::exists(at / ".git", error)) return at.generic_string();
    if (at == at.root_path()) break;
  }
  return folder.generic_string();
}

std::string project_name(const std::string& file, const std::string& root) {
  std::error_code error;
  const fs::path path(fs::absolute(file, error));
  return (fs::weakly_canonical(path.parent_path(), error) / path.filename()).lexically_relative(root).generic_string();
}

std::unique_ptr<Session> session_of_text(const std::string& spec_file, std::string text) {
  auto session = std::make_unique<Session>();
  session->spec_file = spec_file;
  session->root = project_root(spec_file);
  session->entry = session->sources.add(project_name(spec_file, session->root), std::move(text));
  return session;
}

Result<std::unique_ptr<Session>> load(const std::string& spec_file) {
  std::error_code error;
  const fs::path path(spec_file);
  if (!fs::exists(path, error))
    return Error{ErrorKind::kConfig, fmt::format("there is no file {}", spec_file), "name the spec, for example migc check contacts.mig"};
  if (fs::is_directory(path, error)) return Error{ErrorKind::kConfig, fmt::format("{} is a folder", spec_file), "name a .mig file in it"};
  if (!fs::is_regular_file(path, error))
    return Error{ErrorKind::kConfig, fmt::format("{} is no ordinary file", spec_file), "name a .mig file"};
  const std::string root = project_root(spec_file);
  const std::string name = fs::weakly_canonical(path, error).lexically_relative(root).generic_string();  // where a link leads
  if (error || name == ".." || name.starts_with("../")) {
    return Error{ErrorKind::kConfig, fmt::format("{} leads out of its project folder {}", spec_file, root),
                 "name the file itself, not a link to it"};
  }
  if (const uintmax_t size = fs::file_size(path, error); !error && size > syntax::kMaxFileBytes) {
    return Error{ErrorKind::kConfig, fmt::format("{} has {} bytes; a spec has at most {}", spec_file, size, syntax::kMaxFileBytes), ""};
  }
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return Error{ErrorKind::kConfig, fmt::format("{} cannot be read", spec_file), "check its permissions"};
  return session_of_text(spec_file, text.str());
}

bool check(Session& session, size_t max_errors, const rules::Profile* profile) {
  sema::CheckOptions options;
  options.root = session.root;
  options.max_errors = max_errors;
  session.checked = sema::check(session.sources, session.entry, options, session.findings);
  const bool clean = rules::run_rules(*session.checked.program, session.sources, session.findings, profile);
  std::vector<Diagnostic> findings = session.findings.take();
  for (Diagnostic& finding : findings) {
    if (finding.declaration_path.empty()) finding.declaration_path = declaration_path(*session.checked.program, finding.primary.span);
    session.findings.report(std::move(finding));
  }
  for (SuppressedFinding& each : session.findings.take_suppressed()) {
    if (each.finding.declaration_path.empty())
      each.finding.declaration_path = declaration_path(*session.checked.program, each.finding.primary.span);
    session.findings.suppress(std::move(each));
  }
  return session.checked.ok && clean;
}

}  // namespace mig::driver
