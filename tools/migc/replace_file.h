// Rewriting a file of the user's: whole or not at all, with the permissions it had.
#pragma once

#include <string>
#include <string_view>

#include "runtime/base/result.h"

namespace mig::cli {

/// Writes beside `path`, syncs and renames over it; a link stays a link to the same file. kConfig when that is not allowed.
Result<void> replace_file(const std::string& path, std::string_view text);

}  // namespace mig::cli
