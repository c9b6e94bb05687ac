#include "tests/harness/finding_expectations.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace mig::test {
namespace {

constexpr std::string_view kMarker = "//~";

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string all_text(const Diagnostic& finding) {
  std::string text = finding.message + "\n" + finding.primary.text;
  for (const Label& label : finding.secondary) text += "\n" + label.text;
  for (const Note& note : finding.notes) text += "\n" + note.text;
  for (const Help& help : finding.helps) text += "\n" + help.text;
  for (const std::string& remark : finding.remarks) text += "\n" + remark;
  return text;
}

// A file without its expectations, and one for each finding on the line below it.
std::string rewritten(const SourceMap& sources, FileId file, const std::vector<Diagnostic>& findings) {
  std::string out;
  for (std::uint32_t line = 1; line <= sources.line_count(file); ++line) {
    std::string_view text = sources.line_text(file, line);
    const std::size_t marker = text.find(kMarker);
    const bool only_marker = marker != std::string_view::npos && text.find_first_not_of(" \t") == marker;
    if (!only_marker) {
      if (marker != std::string_view::npos) text = text.substr(0, text.find_last_not_of(" \t", marker - 1) + 1);
      if (line < sources.line_count(file) || !text.empty()) out += std::string(text) + "\n";
    }
    std::size_t above = 0;
    for (const Diagnostic& finding : findings) {
      if (finding.primary.span.file != file || sources.position(finding.primary.span).line != line) continue;
      out += fmt::format("//~{} {} \"{}\"\n", std::string(++above, '^'), code_text(finding.code), finding.message);
    }
  }
  return out;
}

}  // namespace

std::vector<Expectation> read_expectations(const SourceMap& sources, FileId file) {
  std::vector<Expectation> expectations;
  for (std::uint32_t line = 1; line <= sources.line_count(file); ++line) {
    std::string_view text = sources.line_text(file, line);
    for (std::size_t at = text.find(kMarker); at != std::string_view::npos; at = text.find(kMarker)) {
      text.remove_prefix(at + kMarker.size());
      Expectation expectation{file, line, {}, {}};
      while (text.starts_with('^')) {
        --expectation.line;
        text.remove_prefix(1);
      }
      std::istringstream words{std::string(text)};
      words >> expectation.code;
      const std::string_view own = text.substr(0, std::min(text.find(kMarker), text.size()));
      const std::size_t open = own.find('"');
      const std::size_t close = own.rfind('"');
      if (open != std::string_view::npos && close > open) expectation.text = own.substr(open + 1, close - open - 1);
      expectations.push_back(std::move(expectation));
    }
  }
  return expectations;
}

std::vector<GoldenCase> find_golden_cases(const std::filesystem::path& directory) {
  std::vector<GoldenCase> cases;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    GoldenCase golden;
    golden.name = entry.path().stem().string();
    if (entry.is_directory()) {
      if (!std::filesystem::exists(entry.path() / "main.mig")) continue;
      golden.files.push_back(entry.path() / "main.mig");
      for (const auto& part : std::filesystem::recursive_directory_iterator(entry.path())) {
        if (part.path().extension() == ".mig" && part.path() != golden.files.front()) golden.files.push_back(part.path());
      }
      std::sort(golden.files.begin() + 1, golden.files.end());
    } else if (entry.path().extension() == ".mig") {
      golden.files.push_back(entry.path());
    } else {
      continue;
    }
    std::replace_if(golden.name.begin(), golden.name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    cases.push_back(std::move(golden));
  }
  std::sort(cases.begin(), cases.end(), [](const GoldenCase& a, const GoldenCase& b) { return a.name < b.name; });
  return cases;
}

std::vector<FileId> load_golden_case(const GoldenCase& golden, SourceMap& sources) {
  std::vector<FileId> files;
  const std::filesystem::path root = golden.files.front().parent_path();
  for (const std::filesystem::path& path : golden.files) {
    files.push_back(sources.add(path.lexically_relative(root).generic_string(), read_text(path)));
  }
  return files;
}

std::vector<std::string> match_findings(const GoldenCase& golden, const SourceMap& sources, const std::vector<FileId>& files,
                                        const std::vector<Diagnostic>& findings) {
  std::vector<Expectation> open;
  for (const FileId file : files) {
    for (Expectation& expectation : read_expectations(sources, file)) open.push_back(std::move(expectation));
  }
  std::vector<std::string> failures;
  for (const Diagnostic& finding : findings) {
    const Span span = finding.primary.span;
    const std::uint32_t line = span.valid() ? sources.position(span).line : 0;
    const auto found = std::find_if(open.begin(), open.end(), [&](const Expectation& e) {
      return e.file == span.file && e.line == line && e.code == code_text(finding.code) &&
             all_text(finding).find(e.text) != std::string::npos;
    });
    if (found != open.end()) {
      open.erase(found);
      continue;
    }
    failures.push_back(fmt::format("{}:{}: unexpected: //~ {} \"{}\"  [{}]", span.valid() ? sources.name(span.file) : "-", line,
                                   code_text(finding.code), finding.message, finding.primary.text));
  }
  for (const Expectation& expectation : open) {
    failures.push_back(
        fmt::format("{}:{}: missing: {} \"{}\"", sources.name(expectation.file), expectation.line, expectation.code, expectation.text));
  }
  const char* update = std::getenv("MIG_UPDATE_GOLDEN");
  if (!failures.empty() && update != nullptr && std::string_view(update) == "1") {
    for (std::size_t i = 0; i < files.size(); ++i) {
      std::ofstream(golden.files[i], std::ios::binary) << rewritten(sources, files[i], findings);
    }
  }
  return failures;
}

}  // namespace mig::test
