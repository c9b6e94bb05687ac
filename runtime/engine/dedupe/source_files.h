// The files of a source, opened when a record of them is wanted.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/result.h"

namespace mig {

/// A record is not what it was when it was read first.
inline Error source_changed() {
  return {ErrorKind::kSourceChanged, "the source changed while the run went on", "restore it, or say --new"};
}

/// Keeps a bounded number of them open. Single-threaded.
class SourceFiles {
 public:
  /// `names` stay with the caller.
  explicit SourceFiles(const std::vector<std::string>& names) : names_(names) {}
  /// Valid until the next call.
  Result<const File*> file(uint32_t number) {
    const auto known = open_.find(number);
    if (known != open_.end()) return &known->second;
    if (open_.size() == kMostOpen) open_.erase(open_.begin());
    auto file = File::open_read(names_[number]);
    if (!file) return file.error();
    return &open_.emplace(number, std::move(*file)).first->second;
  }

 private:
  static constexpr size_t kMostOpen = 32;

  const std::vector<std::string>& names_;
  std::map<uint32_t, File> open_;
};

}  // namespace mig
