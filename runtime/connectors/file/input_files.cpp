#include "runtime/connectors/file/input_files.h"

#include <dirent.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "runtime/base/file.h"

namespace mig {
namespace {

bool is_regular(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

Result<std::vector<std::string>> files_of_directory(const std::string& path) {
  DIR* directory = ::opendir(path.c_str());
  if (directory == nullptr) return system_error(errno, "read directory", path);
  std::vector<std::string> files;
  const std::string prefix = path.ends_with('/') ? path : path + "/";
  while (const dirent* entry = ::readdir(directory)) {
    if (entry->d_name[0] != '.' && is_regular(prefix + entry->d_name)) files.push_back(prefix + entry->d_name);
  }
  ::closedir(directory);
  return files;
}

std::vector<std::string> files_of_glob(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> files;
  if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
    for (size_t i = 0; i < found.gl_pathc; ++i) {
      if (is_regular(found.gl_pathv[i])) files.emplace_back(found.gl_pathv[i]);
    }
  }
  ::globfree(&found);
  return files;
}

}  // namespace

Result<std::vector<std::string>> input_files(const std::vector<std::string>& arguments) {
  std::vector<std::string> all;
  for (const std::string& argument : arguments) {
    std::vector<std::string> files;
    struct stat status;
    if (::stat(argument.c_str(), &status) == 0) {
      if (S_ISDIR(status.st_mode)) {
        Result<std::vector<std::string>> inside = files_of_directory(argument);
        if (!inside.ok()) return inside;
        files = std::move(*inside);
        if (files.empty())
          return Error{ErrorKind::kConfig, "directory " + argument + " holds no files", "name a file, a directory with files, or a glob"};
      } else {
        files.push_back(argument);
      }
    } else if (argument.find_first_of("*?[") != std::string::npos) {
      files = files_of_glob(argument);
      if (files.empty())
        return Error{ErrorKind::kConfig, "no file matches " + argument, "name a file, a directory, or a glob that matches"};
    } else {
      return system_error(errno, "read", argument);
    }
    std::sort(files.begin(), files.end());
    all.insert(all.end(), files.begin(), files.end());
  }
  return all;
}

}  // namespace mig
