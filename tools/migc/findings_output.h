// Prints findings: for people with the line they are about, for programs as JSON lines.
#pragma once

#include <cstdio>

#include "compiler/driver/session.h"

namespace mig::cli {

/// In order; a summary line ("2 errors, 1 warning") at the end when `summary`.
void print_findings(const driver::Session& session, std::FILE* stream, bool summary);
void print_findings_json(const driver::Session& session, std::FILE* stream);
void print_error(std::FILE* stream, const Error& error);

/// Loads and checks the spec named by the verb's only operand; prints what was found to stderr. Null when it cannot go on: `exit` says why.
std::unique_ptr<driver::Session> checked_spec(std::string_view verb, const std::vector<std::string>& operands, bool json, int& exit);

}  // namespace mig::cli
