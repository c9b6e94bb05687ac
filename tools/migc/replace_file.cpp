#include "tools/migc/replace_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "runtime/base/file.h"

namespace mig::cli {

namespace fs = std::filesystem;

Result<void> replace_file(const std::string& path, std::string_view text) {
  std::error_code error;
  const std::string target = fs::canonical(path, error).string();
  if (error) return Error{ErrorKind::kConfig, fmt::format("{} cannot be resolved: {}", path, error.message()), ""};
  const fs::perms permissions = fs::status(target, error).permissions();
  const std::string beside = fmt::format("{}/.{}.{}.tmp", directory_of(target), name_of(target), getpid());
  (void)remove_file(beside);
  const auto written = [&]() -> Result<void> {
    auto file = File::create_private(beside);
    if (!file) return file.error();
    if (auto done = file->append(text.data(), text.size()); !done) return done;
    if (auto done = file->sync_data(); !done) return done;
    fs::permissions(beside, permissions, error);
    return rename_over(beside, target);
  }();
  if (!written) (void)remove_file(beside);
  return written;
}

}  // namespace mig::cli
