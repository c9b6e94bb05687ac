// Golden findings: a `.mig` file carries what it expects in comments, on the line it concerns or below it:
//
//     x = a +                       //~ E0002 "a value is missing"
//     //~^ W0121 "never used"       (the line above; `//~^^` is two lines above, and so on)
//
// The quoted text, if any, must occur in the finding's message, labels, notes or helps. Findings and expectations are
// matched one to one by file, line and code: an expectation without a finding fails, and so does a finding without an
// expectation.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"

namespace mig::test {

struct Expectation {
  FileId file;
  std::uint32_t line = 0;  // that the finding's primary label begins on
  std::string code;
  std::string text;  // may be empty
};

std::vector<Expectation> read_expectations(const SourceMap& sources, FileId file);

// One golden case: a file, or a directory whose `main.mig` imports the others.
struct GoldenCase {
  std::string name;                          // for the test's name: letters, digits and `_`
  std::vector<std::filesystem::path> files;  // the main file first

  friend void PrintTo(const GoldenCase& golden, std::ostream* out) { *out << golden.name; }
};
// Every `.mig` file directly in `directory`, and every directory in it that has a `main.mig`; sorted by name.
std::vector<GoldenCase> find_golden_cases(const std::filesystem::path& directory);

// Adds the files of a case to `sources` under their names relative to the main file's directory; the main file first.
std::vector<FileId> load_golden_case(const GoldenCase& golden, SourceMap& sources);

// What does not match, in words; empty when everything does. With MIG_UPDATE_GOLDEN=1 in the environment the
// expectations of a case that does not match are rewritten from the findings (review the diff), and the result is still
// what did not match.
std::vector<std::string> match_findings(const GoldenCase& golden, const SourceMap& sources, const std::vector<FileId>& files,
                                        const std::vector<Diagnostic>& findings);

}  // namespace mig::test
