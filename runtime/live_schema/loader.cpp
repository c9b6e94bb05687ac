#include "runtime/live_schema/loader.h"

#include <dlfcn.h>

#include <cstring>
#include <filesystem>

namespace mig::live_schema {

std::optional<std::string> pull(const Request& request, std::string& reason) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  std::filesystem::path file = folder / "libmigc_live_schema.so";
  if (!std::filesystem::exists(file, error)) file = folder.parent_path() / "lib" / "migc" / "libmigc_live_schema.so";
  void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const why = ::dlerror();
    reason = why == nullptr ? "libmigc_live_schema.so cannot be loaded" : why;
    return std::nullopt;
  }
  const auto version = static_cast<const char* const*>(::dlsym(library, kVersionSymbol));
  const auto function = reinterpret_cast<PullFunction*>(::dlsym(library, kPullSymbol));
  if (version == nullptr || function == nullptr || std::strcmp(*version, MIGC_VERSION) != 0) {
    reason = file.string() + " belongs to another version of migc";
    return std::nullopt;
  }
  std::string ddl;
  if (!function(request, ddl, reason)) return std::nullopt;
  return ddl;
}

}  // namespace mig::live_schema
