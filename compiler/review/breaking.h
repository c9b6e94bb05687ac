// What a new version of a spec changes for others: found by comparing what two checked specs mean, never their text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/sema/program.h"

namespace mig::review {

/// By who is hurt: consumers of the target's data, a migration in flight, owners of source systems, risk owners, readers of the reject log.
enum class Category : uint8_t { kOutput, kResume, kSource, kPolicy, kLog };
std::string_view category_name(Category category);   // "OUTPUT"
std::string_view category_needs(Category category);  // what version it takes: "major" or "minor"

struct Change {
  std::string_view code;  // "B1101"
  Category category = Category::kOutput;
  std::string path;  // "contacts.status"
  std::string message;
  Span before, after;  // in the old and in the new version; either may be invalid
};

/// Level of the step between two semantic versions.
enum class Step : uint8_t { kNone, kPatch, kMinor, kMajor };
Step version_step(std::string_view before, std::string_view after);
/// The new version says enough: a major step covers everything, a minor one what is not OUTPUT or RESUME.
bool is_announced(Category category, Step step);

/// Both programs are checked without errors. In the order of categories, then of declarations.
std::vector<Change> compare(const sema::Program& before, const SourceMap& before_sources, const sema::Program& after,
                            const SourceMap& after_sources);

}  // namespace mig::review
