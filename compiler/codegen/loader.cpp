#include "compiler/codegen/loader.h"

#include <dlfcn.h>

#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>

#include "compiler/codegen/build_mark.h"

namespace mig::codegen {

std::string default_library_path() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  const std::filesystem::path beside = folder / "libmigc_jit.so";
  if (std::filesystem::exists(beside, error)) return beside.string();
  return (folder.parent_path() / "lib" / "migc" / "libmigc_jit.so").string();
}

const Library* Library::open(const std::string& path, std::string& error) {
  static std::mutex mutex;
  static std::map<std::string, Library> opened;
  const std::lock_guard lock(mutex);
  if (const auto found = opened.find(path); found != opened.end()) return &found->second;
  void* const handle = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = ::dlerror();
    error = reason == nullptr ? "cannot be loaded" : reason;
    return nullptr;
  }
  const auto build = static_cast<const char* const*>(::dlsym(handle, kBuildSymbol));
  void* const create = ::dlsym(handle, kCreateSymbol);
  void* const target = ::dlsym(handle, kTargetSymbol);
  if (build == nullptr || create == nullptr || target == nullptr || std::strcmp(*build, kBuildMark) != 0) {
    error = path + " belongs to another build of migc (" + (build == nullptr ? "it does not say which" : *build) + "; this is " +
            kBuildMark + ")";
    ::dlclose(handle);
    return nullptr;
  }
  Library library;
  library.create_ = reinterpret_cast<CreateFunction*>(create);
  library.target_ = reinterpret_cast<TargetFunction*>(target);
  return &opened.emplace(path, library).first->second;
}

std::unique_ptr<KernelSet> Library::compile(const Request& request, Timings& timings, std::string& error) const {
  return std::unique_ptr<KernelSet>(create_(request, timings, error));
}

std::string Library::target() const {
  std::string description;
  target_(description);
  return description;
}

}  // namespace mig::codegen
