// The first look at a file, before any token exists: encoding, limits, nesting, and what is never closed.
#pragma once

#include "compiler/syntax/reporter.h"

namespace mig::syntax {

// False when the file must not be lexed; a finding says why. Linear in the size of the file, at most kMaxFileBytes.
bool scan_bytes(std::string_view text, FileId file, Reporter& reporter);

}  // namespace mig::syntax
