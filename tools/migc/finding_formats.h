// The formats in which findings and test results are printed for other programs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mig::cli {

enum class FindingFormat : unsigned char { kHuman, kJson, kSarif, kGithub, kGitlab, kJunit };

/// Names of the formats, for the table of options.
inline constexpr std::string_view kFindingFormats = "human json sarif github gitlab junit";
inline constexpr std::string_view kFindingFormatsHelp = "human|json|sarif|github|gitlab|junit";

/// The format of that name; human when none is given. Other names were refused with the options.
inline FindingFormat finding_format(const std::optional<std::string>& name) {
  if (name == "json") return FindingFormat::kJson;
  if (name == "sarif") return FindingFormat::kSarif;
  if (name == "github") return FindingFormat::kGithub;
  if (name == "gitlab") return FindingFormat::kGitlab;
  if (name == "junit") return FindingFormat::kJunit;
  return FindingFormat::kHuman;
}

}  // namespace mig::cli
