// The files that a source's path stands for.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/result.h"

namespace mig {

/// Each argument is a file, a directory (its regular files, hidden ones left out, not those of subfolders) or a glob; the files of one
/// argument in bytewise order of their names. kConfig when an argument stands for no file.
Result<std::vector<std::string>> input_files(const std::vector<std::string>& arguments);

}  // namespace mig
