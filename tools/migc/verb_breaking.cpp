// migc breaking: what a new version of a spec changes, and for whom.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "compiler/base/json_writer.h"
#include "compiler/review/breaking.h"
#include "tools/migc/confinement.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/terminal.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

namespace fs = std::filesystem;

/// A folder that goes away with the process.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (fs::temp_directory_path() / "migc-breaking-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~ScratchFolder() { remove(); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }
  void remove() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
    path_.clear();
  }

 private:
  std::string path_;
};

/// Runs a program without a shell; its output goes to `output` (a path), or nowhere. True when it ended well.
bool run_program(const std::vector<std::string>& words, const std::string& output) {
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) {
    const int out = open(output.empty() ? "/dev/null" : output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const int none = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (out < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(none, STDERR_FILENO) < 0) _exit(127);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Puts the project's files of a git revision into `folder`; false when git does not know it. Nothing of the repository's settings runs.
bool export_revision(const std::string& root, const std::string& revision, const std::string& folder) {
  std::error_code error;
  fs::create_directory(folder + "/.git", error);  // the project's folder, so that imports from beside the spec are found
  const std::string archive = folder + "/.archive.tar";
  return run_program({"git", "-C", root, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c",
                      "core.attributesFile=/dev/null", "archive", "--format=tar", revision, "--", "."},
                     archive) &&
         run_program({"tar", "-xf", archive, "-C", folder, "--no-same-owner", "--no-same-permissions"}, "");
}

std::string place(const SourceMap& sources, Span span) {
  if (!span.valid()) return "";
  const LineColumn at = sources.position(span);
  return fmt::format("{}:{}:{}", sources.name(span.file), at.line, at.column);
}

std::string line_of(const SourceMap& sources, Span span) {
  if (!span.valid()) return "";
  std::string line(sources.line_text(span.file, sources.position(span).line));
  const size_t begin = line.find_first_not_of(" \t");
  return begin == std::string::npos ? "" : line.substr(begin);
}

void print_json(const driver::Session& before, const driver::Session& after, const std::vector<review::Change>& changes,
                review::Step step) {
  JsonWriter json;
  json.begin_object()
      .field("before", before.checked.program->version)
      .field("after", after.checked.program->version)
      .key("changes")
      .begin_array();
  for (const review::Change& change : changes) {
    json.begin_object()
        .field("code", change.code)
        .field("category", review::category_name(change.category))
        .field("path", change.path)
        .field("message", change.message);
    json.field("before", place(before.sources, change.before))
        .field("after", place(after.sources, change.after))
        .field("needs", review::category_needs(change.category));
    json.key("announced").boolean(review::is_announced(change.category, step)).end_object();
  }
  json.end_array().end_object();
  fmt::print("{}\n", json.text());
}

void print_text(const driver::Session& before, const driver::Session& after, const std::vector<review::Change>& changes, review::Step step,
                bool markdown) {
  const Style style = markdown ? Style{} : style_of(stdout);
  std::string_view heading;
  for (const review::Change& change : changes) {
    if (review::category_name(change.category) != heading) {
      heading = review::category_name(change.category);
      const bool announced = review::is_announced(change.category, step);
      fmt::print("{}{}{}{}: needs a {} version{}\n", markdown ? "\n### " : "", style.bold, heading, style.plain,
                 review::category_needs(change.category), announced ? ", which this is" : "");
      if (markdown) fmt::print("\n| code | what | was | is |\n|---|---|---|---|\n");
    }
    const std::string was = line_of(before.sources, change.before), now = line_of(after.sources, change.after);
    if (markdown) {
      const auto cell = [](std::string text) {
        for (size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.replace(at, 1, "\\|");
        return text.empty() ? text : "`" + text + "`";
      };
      fmt::print("| {} | {} | {} | {} |\n", change.code, change.message, cell(was), cell(now));
    } else {
      fmt::print("  {}{}{} {}\n", review::is_announced(change.category, step) ? style.warning : style.error, change.code, style.plain,
                 change.message);
      if (!was.empty()) fmt::print("      was {}  {}{}{}\n", was, style.dim, place(before.sources, change.before), style.plain);
      if (!now.empty()) fmt::print("      is  {}  {}{}{}\n", now, style.dim, place(after.sources, change.after), style.plain);
    }
  }
}

int run_breaking(const Arguments& arguments) {
  if (arguments.operands().size() != 1)
    return usage_error("breaking", "which spec? For example: migc breaking --against origin/main contacts.mig");
  const auto against = arguments.value("against");
  if (!against)
    return usage_error("breaking", "against what? --against names a git revision, or a folder or file that holds the old version");
  const std::string spec = arguments.operands()[0];
  const std::string root = driver::project_root(spec);
  std::error_code error;
  const std::string relative = fs::weakly_canonical(fs::absolute(spec, error), error).lexically_relative(root).generic_string();
  ScratchFolder scratch;
  std::string old_spec;
  if (fs::is_regular_file(*against, error)) {
    old_spec = *against;
  } else if (fs::is_directory(*against, error)) {
    old_spec = (fs::path(*against) / relative).generic_string();
  } else if (!scratch.path().empty() && against->front() != '-' && export_revision(root, *against, scratch.path())) {
    old_spec = scratch.path() + "/" + relative;
  } else {
    return usage_error("breaking", fmt::format("`{}` is no file or folder, and git has no such revision in {}", *against, root));
  }
  if (!fs::exists(old_spec, error)) return usage_error("breaking", fmt::format("there was no {} in {}", relative, *against));
  if (!fs::exists(spec, error)) return usage_error("breaking", fmt::format("there is no file {}", spec));
  // The child is confined and compares; this process only takes the old files away again.
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child > 0) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : kInternal;
  }
  if (child < 0) return usage_error("breaking", "no process can be started");
  const auto answer = [&]() -> int {
    confine_to_projects({spec, old_spec});
    int exit = kOk;
    const auto before = checked_spec("breaking", {old_spec}, false, exit);
    if (before == nullptr) return exit;
    const auto after = checked_spec("breaking", {spec}, false, exit);
    if (after == nullptr) return exit;
    const auto changes = review::compare(*before->checked.program, before->sources, *after->checked.program, after->sources);
    const std::string &was = before->checked.program->version, &now = after->checked.program->version;
    const review::Step step = review::version_step(was, now);
    const auto unannounced = std::count_if(changes.begin(), changes.end(),
                                           [&](const review::Change& change) { return !review::is_announced(change.category, step); });
    const std::string format = arguments.value("format").value_or("human");
    if (format == "json") {
      print_json(*before, *after, changes, step);
    } else {
      print_text(*before, *after, changes, step, format == "markdown");
      fmt::print("{}{} changes from {} to {}, {} of them not announced by the version\n",
                 changes.empty() || format != "markdown" ? "" : "\n", changes.size(), was, now, unannounced);
    }
    return unannounced != 0 ? kFindings : kOk;
  };
  const int code = answer();
  std::fflush(nullptr);
  _exit(code);
}

}  // namespace

Verb breaking_verb() {
  return {.name = "breaking",
          .summary = "what a new version of a spec changes, and for whom",
          .operands = "SPEC.mig",
          .description =
              "Compares what the spec means with what an older version meant: names, order, layout and comments do not\n"
              "count. Changes are grouped by who is hurt. OUTPUT (consumers of the data) and RESUME (a migration in\n"
              "flight) need a major version; SOURCE, POLICY and LOG a minor one. Exit 1 when the version in the header\n"
              "does not announce a change. Both versions are read as confined as by `migc check`.\n",
          .options = {{.name = "against", .value = "REV", .help = "a git revision, or a folder or file that holds the old version"},
                      {.name = "format",
                       .value = "human|markdown|json",
                       .help = "markdown: for a pull request",
                       .offer = Offer::kChoices,
                       .choices = "human markdown json"}},
          .examples = {{"migc breaking --against origin/main contacts.mig", "for continuous integration"},
                       {"migc breaking --against v1.4.0 --format=markdown contacts.mig", "for a pull request"}},
          .run = run_breaking};
}

}  // namespace mig::cli
