// What a spec allows: personal data in targets, masks, silenced findings.
#pragma once

#include <map>
#include <string>

#include "compiler/review/version.h"

namespace mig::review {

/// "CLASS to TARGET" of every target that may hold a class of personal data, and where that is said.
std::map<std::string, Span> clearances(const Version& version);

/// "CLASS in ENVIRONMENT with MASK" of every mask.
std::map<std::string, Span> masks(Version& version);

/// "CODE of DECLARATION" or "CODE at STATEMENT" of every @allow.
std::map<std::string, Span> allowances(const Version& version);

}  // namespace mig::review
