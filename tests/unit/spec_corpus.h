// The specs of the repository, as tests of the syntax read them.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace mig {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// `folder`: of the repository.
inline std::vector<std::filesystem::path> specs_under(const char* folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(MIGC_SOURCE_DIR) / folder)) {
    if (entry.path().extension() == ".mig") paths.push_back(entry.path());
  }
  return paths;
}

}  // namespace mig
