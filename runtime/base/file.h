// Files and directories whose failures are Errors: what the engine writes is created privately, synced on purpose and renamed atomically.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/result.h"

namespace mig {

/// Turns an errno into an Error by its meaning: disk full kNoSpace, I/O error kUnavailable, missing or forbidden kConfig.
Error system_error(int number, std::string_view doing, const std::string& path);

/// An open file. Movable; closes itself. `append` and `append_position` belong to one thread, `sync_data` may run in another.
class File {
 public:
  File() = default;
  File(File&& other) noexcept { swap(other); }
  File& operator=(File&& other) noexcept {
    swap(other);
    return *this;
  }
  ~File();

  static Result<File> open_read(const std::string& path);
  /// New, 0600, for reading and writing; fails when the name exists, be it a link.
  static Result<File> create_private(const std::string& path);
  /// Existing regular file for reading and writing, no link; appends go to its end.
  static Result<File> open_update(const std::string& path);
  /// Has no name: gone when closed, also after a crash.
  static Result<File> create_unnamed(const std::string& directory);

  bool is_open() const { return descriptor_ >= 0; }
  const std::string& path() const { return path_; }
  Result<uint64_t> size() const;

  Result<void> append(const char* bytes, uint64_t size);
  Result<void> append(std::span<const std::string_view> pieces);  // one behind the other
  uint64_t append_position() const { return end_; }
  /// Exactly `size` bytes; fewer is kCorrupt.
  Result<void> read_at(uint64_t offset, char* bytes, uint64_t size) const;
  /// Up to `size` bytes; 0 at the end.
  Result<uint64_t> read_some(uint64_t offset, char* bytes, uint64_t size) const;
  /// Cuts behind `size` bytes; appends go on there.
  Result<void> truncate(uint64_t size);
  /// Data is on the disk after this. A failure must be treated as a crash: never retried.
  Result<void> sync_data() const;
  /// Gives back the disk and memory of a range that is never read again; no promise, no error.
  void discard(uint64_t offset, uint64_t size) const;
  /// Asks the system to begin writing to the disk; no promise, no error.
  void begin_write_back(uint64_t offset, uint64_t size) const;
  /// Exclusive lock that goes with the process; false when another process holds it.
  Result<bool> try_lock() const;
  void close();

 private:
  File(int descriptor, std::string path, uint64_t end) : descriptor_(descriptor), path_(std::move(path)), end_(end) {}
  void swap(File& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(path_, other.path_);
    std::swap(end_, other.end_);
  }

  int descriptor_ = -1;
  std::string path_;
  uint64_t end_ = 0;
};

bool path_exists(const std::string& path);          // a dangling link exists
std::string directory_of(const std::string& path);  // "." when there is none
std::string name_of(const std::string& path);
/// Absolute, links of the directory resolved; the last part need not exist.
Result<std::string> canonical_target(const std::string& path);
/// Names in a directory, unsorted; none when it cannot be read.
std::vector<std::string> names_in(const std::string& directory);
/// Parents too; each new name is durable.
Result<void> make_directories(const std::string& path, bool is_private);
Result<void> sync_directory(const std::string& path);
/// kConflict when `to` exists.
Result<void> rename_exclusive(const std::string& from, const std::string& to);
Result<void> rename_over(const std::string& from, const std::string& to);
/// A second name for the same file; both must lie in one file system.
Result<void> add_name(const std::string& existing, const std::string& name);
/// No error when there is none.
Result<void> remove_file(const std::string& path);
/// Copies the first `size` bytes of an open file into a new private file.
Result<void> copy_prefix(const File& from, uint64_t size, File& to);
Result<std::string> read_whole(const std::string& path, uint64_t limit);
/// Written beside and renamed over `path`; not synced.
Result<void> write_whole(const std::string& path, std::string_view text);

}  // namespace mig
