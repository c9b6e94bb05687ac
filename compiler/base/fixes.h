// The fixes of findings that need no decision, as new texts of the files they are about.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"

namespace mig {

struct FixedFiles {
  std::map<FileId, std::string> texts;  // only of files that change
  std::size_t fixes = 0;                // applied
  std::size_t left = 0;                 // `auto` as well, but they touch text that another one changes: for another pass
};

// Applies the helps with applicability `auto`, and no others; of one finding the first. A help is applied whole or not at all.
FixedFiles apply_automatic_fixes(const std::vector<Diagnostic>& findings, const SourceMap& sources);

// The lines that differ, as `diff -u` shows them; empty for equal texts. `name` stands in the header.
std::string unified_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace mig
