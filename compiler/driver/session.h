// One compilation: a spec is loaded, checked, planned, and turned into kernels of the engine that was asked for.
#pragma once

#include <memory>
#include <string>

#include "compiler/base/diagnostic.h"
#include "compiler/ir/values.h"
#include "compiler/planner/planner.h"
#include "compiler/sema/program.h"
#include "runtime/base/result.h"
#include "runtime/plan/kernel_set.h"

namespace mig::driver {

/// A spec with its findings. Files are read below the project root: the nearest folder above the spec that holds `mig.lock` or `.git`,
/// else the spec's own folder.
struct Session {
  std::string spec_file;        // as given
  std::string root;
  SourceMap sources;
  FileId entry;
  DiagnosticSink findings;
  sema::SemaResult checked;     // program is null until `check` ran
};

/// Reads the spec; an Error when the file cannot be read.
Result<std::unique_ptr<Session>> load(const std::string& spec_file);
/// Checks it; false when an error was found. Findings stand in the session.
bool check(Session& session, size_t max_errors);

enum class Engine : uint8_t {
  kAuto,     // the JIT, or the interpreter for inputs that are read before it could have compiled
  kInterp,
  kJit,      // optimised
  kJitFast,  // compiles fast, runs slower
};

/// Kernels with what they borrow.
class Kernels {
 public:
  const KernelSet& set() const { return *set_; }
  const std::string& note() const { return note_; }  // why another engine than wanted is used; else empty

 private:
  friend Result<std::unique_ptr<Kernels>> make_kernels(const ir::Program&, Engine);
  std::shared_ptr<const ir::PreparedObjects> prepared_;
  std::unique_ptr<KernelSet> set_;
  std::string note_;
};

/// `program` must outlive the kernels. With kAuto a missing code generator means the interpreter; with kJit it is an Error.
Result<std::unique_ptr<Kernels>> make_kernels(const ir::Program& program, Engine engine);

/// What kAuto means for this plan: by the size of the input files.
Engine choose_engine(const Plan& plan);

}  // namespace mig::driver
