#include "compiler/driver/sample_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/base/written_name.h"
#include "compiler/driver/test_run.h"
#include "compiler/schemas/shape_text.h"

namespace mig::driver {
namespace {

/// One test on its way to the text.
struct Draft {
  std::string title, map, given;
  std::vector<std::string> expects;
  bool dropped = false;
};

/// The spec with the drafts behind it, a line an expectation.
struct Appended {
  std::string text;
  std::map<uint32_t, std::pair<size_t, size_t>> lines;  // line -> draft, expectation; SIZE_MAX: the draft itself
};

class SampleWriter {
 public:
  SampleWriter(const Session& session, const std::vector<SampledRecord>& records) : session_(session) {
    std::map<uint32_t, size_t> numbers;
    for (const SampledRecord& record : records) {
      const std::string& map = session.checked.program->maps[record.map].name;
      std::string title;
      const auto taken = [&](const sema::TestSymbol& test) { return test.name == title; };
      const auto& tests = session.checked.program->tests;
      do {
        title = fmt::format("sample {} of {}", ++numbers[record.map], map);
      } while (std::any_of(tests.begin(), tests.end(), taken));
      drafts_.push_back({title, map, record.given, {}});
    }
  }

  Result<std::string> run() {
    // What no test can say is weeded out line by line; each round removes at least one.
    size_t rounds = 2;
    for (const Draft& draft : drafts_) rounds += 1 + draft.expects.size();
    bool expected = false;
    for (size_t round = 0; round < rounds + 1000; ++round) {
      const Appended whole = append();
      const auto session = session_of_text(session_.spec_file, whole.text);
      if (!check(*session, SIZE_MAX)) {
        if (!weed(*session, whole)) return Error{ErrorKind::kInternal, "tests made from a sample do not check", {}};
        continue;
      }
      auto ran = run_tests(*session, {});
      if (!ran) return ran.error();
      if (!expected) {
        expect(*session, *ran);
        expected = true;
        continue;
      }
      if (weed_failures(*session, *ran, whole)) continue;
      return tests_only();
    }
    return Error{ErrorKind::kInternal, "tests made from a sample do not settle", {}};
  }

 private:
  static std::string block(const Draft& draft) {
    std::string text = fmt::format("test {} for {} {{\n  given {}\n", schemas::quoted_text(draft.title), draft.map, draft.given);
    for (const std::string& line : draft.expects) text += "  " + line + "\n";
    return text + "}\n";
  }

  std::string tests_only() const {
    std::string text;
    for (const Draft& draft : drafts_) {
      if (!draft.dropped) text += (text.empty() ? "" : "\n") + block(draft);
    }
    return text;
  }

  Appended append() const {
    Appended whole;
    whole.text = std::string(session_.sources.text(session_.entry));
    if (!whole.text.ends_with('\n')) whole.text += '\n';
    auto line = static_cast<uint32_t>(std::count(whole.text.begin(), whole.text.end(), '\n') + 1);
    for (size_t i = 0; i < drafts_.size(); ++i) {
      if (drafts_[i].dropped) continue;
      whole.text += block(drafts_[i]);
      whole.lines[line] = whole.lines[line + 1] = {i, SIZE_MAX};
      line += 2;
      for (size_t e = 0; e < drafts_[i].expects.size(); ++e) whole.lines[line++] = {i, e};
      whole.lines[line++] = {i, SIZE_MAX};
    }
    return whole;
  }

  /// Takes away what the finding of that place is about; false when it lies outside the drafts.
  bool remove_at(const Session& session, const Appended& whole, Span span, std::vector<std::pair<size_t, size_t>>& gone) const {
    if (!span.valid() || span.file != session.entry) return false;
    const auto found = whole.lines.find(session.sources.position(span).line);
    if (found == whole.lines.end()) return false;
    gone.push_back(found->second);
    return true;
  }

  void remove(std::vector<std::pair<size_t, size_t>> gone) {
    std::sort(gone.rbegin(), gone.rend());
    gone.erase(std::unique(gone.begin(), gone.end()), gone.end());
    for (const auto& [draft, line] : gone) {
      if (line == SIZE_MAX) {
        drafts_[draft].dropped = true;
      } else {
        drafts_[draft].expects.erase(drafts_[draft].expects.begin() + static_cast<std::ptrdiff_t>(line));
      }
    }
  }

  bool weed(const Session& session, const Appended& whole) {
    std::vector<std::pair<size_t, size_t>> gone;
    for (const Diagnostic& finding : session.findings.all()) {
      if (finding.severity == Severity::error) remove_at(session, whole, finding.primary.span, gone);
    }
    remove(gone);
    return !gone.empty();
  }

  bool weed_failures(const Session& session, const TestRunResult& ran, const Appended& whole) {
    std::vector<std::pair<size_t, size_t>> gone;
    for (const TestResult& test : ran.tests) {
      for (const TestResult::Problem& problem : test.problems) remove_at(session, whole, problem.span, gone);
    }
    remove(gone);
    return !gone.empty();
  }

  void expect(const Session& session, const TestRunResult& ran) {
    const sema::Program& program = *session.checked.program;
    for (Draft& draft : drafts_) {
      const auto test = std::find_if(ran.tests.begin(), ran.tests.end(), [&](const TestResult& each) {
        return each.title == draft.title && each.subject == draft.map && each.outcome != TestOutcome::kCannotRun;
      });
      if (draft.dropped) continue;
      if (test == ran.tests.end()) {
        draft.dropped = true;
        continue;
      }
      for (const TestResult::Field& field : test->output) {
        if (field.literal) draft.expects.push_back(fmt::format("expect out.{} == {}", written_name(field.name), *field.literal));
      }
      std::vector<uint32_t> named;
      for (const uint32_t issue : test->raised) {
        if (std::find(named.begin(), named.end(), issue) != named.end()) continue;
        named.push_back(issue);
        draft.expects.push_back(fmt::format("expect issue {}", program.issues[issue].issue.code));
      }
    }
  }

  const Session& session_;
  std::vector<Draft> drafts_;
};

}  // namespace

Result<std::string> sample_tests(const Session& session, const std::vector<SampledRecord>& records) {
  return SampleWriter(session, records).run();
}

}  // namespace mig::driver
