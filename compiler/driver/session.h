// One compilation: a spec is loaded and checked.
#pragma once

#include <memory>
#include <string>

#include "compiler/base/diagnostic.h"
#include "compiler/planner/planner.h"
#include "compiler/sema/program.h"
#include "runtime/base/result.h"

namespace mig::rules {
struct Profile;
}

namespace mig::driver {

/// A spec with its findings. Files are read below the project root: the nearest folder above the spec that holds `mig.lock` or `.git`,
/// else the spec's own folder.
struct Session {
  std::string spec_file;  // as given
  std::string root;
  SourceMap sources;
  FileId entry;
  DiagnosticSink findings;
  sema::SemaResult checked;  // program is null until `check` ran
};

/// The project folder of a spec (above); an absolute path without links. The spec itself, which need not exist, is not followed when it is
/// a link.
std::string project_root(const std::string& spec_file);
/// The name of a file below a root, as findings print it.
std::string project_name(const std::string& file, const std::string& root);
/// A spec whose text is at hand, as an editor has it. Files added to `sources` under their project names are read from there.
std::unique_ptr<Session> session_of_text(const std::string& spec_file, std::string text);
/// Reads the spec; an Error when it leads out of its project (a link), is no ordinary file, or cannot be read.
Result<std::unique_ptr<Session>> load(const std::string& spec_file);
/// Checks it; false when an error was found. Findings stand in the session. `profile`: counts of the data as evidence; may be null.
bool check(Session& session, size_t max_errors, const rules::Profile* profile = nullptr);

}  // namespace mig::driver
