// Loads the imports of a spec and the other files it names, all below the project root.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compiler/sema/phases.h"
#include "compiler/syntax/parse.h"

namespace mig::sema {

namespace {

constexpr uintmax_t kMaxProjectFile = 64u << 20;  // bytes
constexpr size_t kMaxModules = 1000;              // files that a spec imports, and their imports
constexpr size_t kMaxModuleBytes = 16u << 20;     // of all of them

std::string fnv_hex(std::string_view text) {
  // Two independent 64-bit FNV-1a passes: tells versions apart, promises no more.
  uint64_t a = 14695981039346656037u, b = 0x9E3779B97F4A7C15u;
  for (const char c : text) {
    a = (a ^ static_cast<unsigned char>(c)) * 1099511628211u;
    b = (b ^ (static_cast<unsigned char>(c) + 0x51u)) * 0x100000001B3u + (a >> 7);
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const uint64_t word : {a, b}) {
    for (int shift = 60; shift >= 0; shift -= 4) hex += kDigits[word >> shift & 15];
  }
  return hex;
}

// The path of `path` as seen from the file `from`, below the root; empty when it leaves the root.
std::string below_root(std::string_view from, std::string_view path) {
  const std::filesystem::path given(path);
  if (given.is_absolute() || path.empty()) return {};
  const std::string joined = (std::filesystem::path(from).parent_path() / given).lexically_normal().generic_string();
  if (joined == ".." || joined.compare(0, 3, "../") == 0) return {};
  return joined;
}

std::optional<std::string> read_below(const std::string& root, const std::string& path) {
  std::error_code error;
  const std::filesystem::path base = std::filesystem::weakly_canonical(root, error);
  if (error) return std::nullopt;
  const std::filesystem::path file = std::filesystem::weakly_canonical(base / path, error);
  if (error || !std::filesystem::is_regular_file(file, error)) return std::nullopt;
  const std::string relative = file.lexically_relative(base).generic_string();
  if (relative == ".." || relative.compare(0, 3, "../") == 0) return std::nullopt;
  if (std::filesystem::file_size(file, error) > kMaxProjectFile || error) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return std::nullopt;
  return text.str();
}

ModuleId add_module(Analysis& analysis, FileId file, DiagnosticSink& sink) {
  ModuleInfo info;
  info.file = file;
  info.path = analysis.sources.name(file);
  info.content_hash = fnv_hex(analysis.sources.text(file));
  info.tree = syntax::parse_file(analysis.sources, file, sink).module;
  info.exprs.resize(info.tree.exprs.size());
  info.patterns.resize(info.tree.patterns.size());
  info.stmts.resize(info.tree.stmts.size());
  info.types.resize(info.tree.types.size(), kNoType);
  analysis.program->modules.push_back(std::move(info));
  analysis.names.emplace_back();
  return static_cast<ModuleId>(analysis.program->modules.size() - 1);
}

std::string stem_of(std::string_view path) { return std::filesystem::path(path).stem().generic_string(); }

void report_cycles(Analysis& analysis, const std::vector<std::vector<uint32_t>>& edges, const std::vector<std::vector<Span>>& spans) {
  for (const auto& cycle : order_by_dependencies(edges).cycles) {
    std::string path;
    for (const uint32_t module : cycle) path += analysis.program->modules[module].path + " -> ";
    path += analysis.program->modules[cycle.front()].path;
    Span span = spans[cycle.front()].front();
    for (size_t i = 0; i < edges[cycle.front()].size(); ++i) {
      if (std::find(cycle.begin(), cycle.end(), edges[cycle.front()][i]) != cycle.end()) span = spans[cycle.front()][i];
    }
    analysis.report(Code::E0341, span, "files import each other in a circle", "this import closes the circle").note_as("cycle", path);
  }
}

}  // namespace

std::optional<std::string> read_project_file(Analysis& analysis, ModuleId from, std::string_view path, Span span, std::string& resolved) {
  resolved = below_root(analysis.program->modules[from].path, path);
  if (resolved.empty()) {
    analysis.report(Code::E0101, span, "the file `" + std::string(path) + "` lies outside the project",
                    "only files below the project folder are read");
    return std::nullopt;
  }
  if (const auto known = analysis.sources.find(resolved)) return std::string(analysis.sources.text(*known));
  auto text = read_below(analysis.options.root, resolved);
  if (!text) analysis.report(Code::E0101, span, "the file `" + resolved + "` cannot be read", "no such file below the project folder");
  return text;
}

std::optional<std::string> read_root_file(Analysis& analysis, const std::string& name) {
  if (const auto known = analysis.sources.find(name)) return std::string(analysis.sources.text(*known));
  return read_below(analysis.options.root, name);
}

std::string content_hash(std::string_view text) { return fnv_hex(text); }

void load_modules(Analysis& analysis, FileId entry, DiagnosticSink& sink) {
  std::unordered_map<std::string, ModuleId> by_path;
  std::vector<std::vector<uint32_t>> edges;
  std::vector<std::vector<Span>> spans;
  by_path[std::string(analysis.sources.name(entry))] = add_module(analysis, entry, sink);
  for (ModuleId module = 0; module < analysis.program->modules.size(); ++module) {
    edges.emplace_back();
    spans.emplace_back();
    for (size_t d = 0; d < analysis.tree(module).decls.size(); ++d) {
      const syntax::Decl& decl = analysis.tree(module).decls[d];
      const auto* import = decl.get_if<syntax::ImportDecl>();
      if (import == nullptr || !import->path.present()) continue;
      const std::string written = import->path.value;
      const Span span = import->path.span;
      const std::string alias = decl.name.valid() ? decl.name.text : stem_of(written);
      const Span alias_span = decl.name.valid() ? decl.name.span : span;
      std::string path;
      const auto text = read_project_file(analysis, module, written, span, path);
      if (!text) continue;
      size_t bytes = text->size();
      for (const ModuleInfo& each : analysis.program->modules) bytes += analysis.sources.text(each.file).size();
      if (by_path.count(path) == 0 && (by_path.size() >= kMaxModules || bytes > kMaxModuleBytes)) {
        analysis.report(Code::E0016, span, "a spec has at most 1000 files with 16 MiB together", "one too many");
        return;
      }
      ModuleId target;
      if (const auto it = by_path.find(path); it != by_path.end()) {
        target = it->second;
      } else {
        const auto known = analysis.sources.find(path);
        const FileId file = known ? *known : analysis.sources.add(path, *text);
        target = add_module(analysis, file, sink);
        by_path[path] = target;
      }
      edges[module].push_back(target);
      spans[module].push_back(span);
      auto& aliases = analysis.names[module][static_cast<size_t>(NameKind::kModule)];
      if (!aliases.emplace(alias, target).second) {
        analysis.report(Code::E0108, alias_span, "two imports are called `" + alias + "`", "already taken")
            .help(Applicability::choose, "give this import its own name: `import \"" + written + "\" as other_name`");
      }
    }
  }
  report_cycles(analysis, edges, spans);
}

}  // namespace mig::sema
