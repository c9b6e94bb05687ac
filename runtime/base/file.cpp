#include "runtime/base/file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runtime/base/failpoint.h"

namespace mig {

namespace {

constexpr size_t kMostPieces = 256;  // of one system call

}  // namespace

Error system_error(int number, std::string_view doing, const std::string& path) {
  Error error;
  error.message = "cannot " + std::string(doing) + " '" + path + "': " + std::strerror(number);
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      error.kind = ErrorKind::kNoSpace;
      error.remedy = "make room and run again: the run continues where it stopped";
      break;
    case EIO:
    case ENXIO:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
      error.kind = ErrorKind::kUnavailable;
      error.remedy = "run again when the device is well: the run continues where it stopped";
      break;
    default: error.kind = ErrorKind::kConfig;
  }
  return error;
}

File::~File() { close(); }

void File::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

Result<File> File::open_read(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_error(errno, "open", path);
  return File(descriptor, path, 0);
}

Result<File> File::create_private(const std::string& path) {
  const int fault = failpoint("create");
  const int descriptor = fault != 0 ? -1 : ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_error(fault != 0 ? fault : errno, "create", path);
  trace_file("create", descriptor, 0, path);
  return File(descriptor, path, 0);
}

Result<File> File::open_update(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return system_error(errno, "open", path);
  File file(descriptor, path, 0);
  struct stat status = {};
  if (fstat(descriptor, &status) != 0) return system_error(errno, "examine", path);
  if (!S_ISREG(status.st_mode)) return Error{ErrorKind::kConflict, "'" + path + "' is not a regular file any more", ""};
  file.end_ = static_cast<uint64_t>(status.st_size);
  return file;
}

Result<File> File::create_unnamed(const std::string& directory) {
  int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    std::string name = directory + "/.migc-spool-XXXXXX";
    descriptor = mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) return system_error(errno, "create a temporary file in", directory);
    ::unlink(name.c_str());
  }
  return File(descriptor, directory + "/(temporary)", 0);
}

Result<uint64_t> File::size() const {
  struct stat status = {};
  if (fstat(descriptor_, &status) != 0) return system_error(errno, "examine", path_);
  return static_cast<uint64_t>(status.st_size);
}

Result<void> File::append(const char* bytes, uint64_t size) {
  while (size > 0) {
    const int fault = failpoint("write");
    const ssize_t n = fault != 0 ? -1 : ::pwrite(descriptor_, bytes, size, static_cast<off_t>(end_));
    if (n < 0) {
      const int number = fault != 0 ? fault : errno;
      if (number == EINTR) continue;
      return system_error(number, "write", path_);
    }
    bytes += n;
    size -= static_cast<uint64_t>(n);
    end_ += static_cast<uint64_t>(n);
    trace_file("write", descriptor_, end_, {});
  }
  return {};
}

Result<void> File::append(std::span<const std::string_view> pieces) {
  if (pieces.size() == 1) return append(pieces[0].data(), pieces[0].size());
  std::array<iovec, kMostPieces> vectors;
  while (!pieces.empty()) {
    const size_t count = std::min(pieces.size(), vectors.size());
    for (size_t i = 0; i < count; ++i) vectors[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
    const int fault = failpoint("write");
    const ssize_t n = fault != 0 ? -1 : ::pwritev(descriptor_, vectors.data(), static_cast<int>(count), static_cast<off_t>(end_));
    if (n < 0) {
      const int number = fault != 0 ? fault : errno;
      if (number == EINTR) continue;
      return system_error(number, "write", path_);
    }
    end_ += static_cast<uint64_t>(n);
    trace_file("write", descriptor_, end_, {});
    auto left = static_cast<uint64_t>(n);
    while (!pieces.empty() && pieces[0].size() <= left) {
      left -= pieces[0].size();
      pieces = pieces.subspan(1);
    }
    if (left == 0) continue;
    // A piece of which only the beginning was written.
    if (auto rest = append(pieces[0].data() + left, pieces[0].size() - left); !rest) return rest;
    pieces = pieces.subspan(1);
  }
  return {};
}

Result<uint64_t> File::read_some(uint64_t offset, char* bytes, uint64_t size) const {
  while (true) {
    if (const int fault = failpoint("read"); fault != 0) return system_error(fault, "read", path_);
    const ssize_t n = ::pread(descriptor_, bytes, size, static_cast<off_t>(offset));
    if (n >= 0) return static_cast<uint64_t>(n);
    if (errno != EINTR) return system_error(errno, "read", path_);
  }
}

Result<void> File::read_at(uint64_t offset, char* bytes, uint64_t size) const {
  while (size > 0) {
    Result<uint64_t> n = read_some(offset, bytes, size);
    if (!n) return n.error();
    if (*n == 0) return Error{ErrorKind::kCorrupt, "'" + path_ + "' is shorter than what was written to it", ""};
    bytes += *n;
    offset += *n;
    size -= *n;
  }
  return {};
}

Result<void> File::truncate(uint64_t size) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return system_error(errno, "cut", path_);
  end_ = size;
  trace_file("cut", descriptor_, size, {});
  return {};
}

Result<void> File::sync_data() const {
  if (mutant("NO_FSYNC")) return {};
  const int fault = failpoint("fdatasync");
  if (fault != 0 || ::fdatasync(descriptor_) != 0) return system_error(fault != 0 ? fault : errno, "make durable", path_);
  trace_file("sync", descriptor_, end_, {});
  return {};
}

void File::discard(uint64_t offset, uint64_t size) const {
  (void)::fallocate(descriptor_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset), static_cast<off_t>(size));
}

void File::begin_write_back(uint64_t offset, uint64_t size) const {
  ::sync_file_range(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(size), SYNC_FILE_RANGE_WRITE);
}

Result<bool> File::try_lock() const {
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return system_error(errno, "lock", path_);
}

bool path_exists(const std::string& path) {
  struct stat status = {};
  return ::lstat(path.c_str(), &status) == 0;
}

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

Result<std::string> canonical_target(const std::string& path) {
  const std::string directory = directory_of(path);
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(directory.c_str(), nullptr), std::free);
  if (real == nullptr) return system_error(errno, "find the directory", directory);
  const std::string name = name_of(path);
  if (name.empty() || name == "." || name == "..") return Error{ErrorKind::kConfig, "'" + path + "' names no file", ""};
  const std::string base = real.get();
  return base == "/" ? base + name : base + "/" + name;
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  DIR* const open = ::opendir(directory.c_str());
  if (open == nullptr) return names;
  while (const dirent* entry = ::readdir(open)) names.emplace_back(entry->d_name);
  ::closedir(open);
  return names;
}

Result<void> make_directories(const std::string& path, bool is_private) {
  if (path.empty() || path == "/" || path == ".") return {};
  // Without its name in the parent a directory is lost at a power cut, with all that was made durable in it.
  const auto make = [&] { return ::mkdir(path.c_str(), is_private ? 0700 : 0777) == 0; };
  const auto keep = [&] {
    trace_io("mkdir", 0, path);
    return sync_directory(directory_of(path));
  };
  if (make()) return keep();
  if (errno == ENOENT) {
    if (auto made = make_directories(directory_of(path), is_private); !made) return made;
    if (make()) return keep();
  }
  if (errno != EEXIST) return system_error(errno, "create the directory", path);
  struct stat status = {};
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return system_error(ENOTDIR, "use the directory", path);
}

Result<void> sync_directory(const std::string& path) {
  if (mutant("NO_DIRECTORY_SYNC")) return {};
  const int fault = failpoint("sync_directory");
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_error(errno, "open the directory", path);
  const bool done = fault == 0 && ::fsync(descriptor) == 0;
  const int number = fault != 0 ? fault : errno;
  ::close(descriptor);
  if (!done) return system_error(number, "make durable the directory", path);
  trace_io("sync_directory", 0, path);
  return {};
}

Result<void> rename_exclusive(const std::string& from, const std::string& to) {
  const int fault = failpoint("rename");
  if (fault == 0 && ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
    trace_io("rename", from.size(), from + to);
    return {};
  }
  int number = fault != 0 ? fault : errno;
  if (number == EINVAL || number == ENOSYS) {  // a file system without the flag: the name is claimed by a link, which never replaces
    if (::link(from.c_str(), to.c_str()) == 0) return remove_file(from);
    number = errno;
  }
  if (number == EEXIST) return Error{ErrorKind::kConflict, "'" + to + "' exists already", ""};
  return system_error(number, "rename to", to);
}

Result<void> rename_over(const std::string& from, const std::string& to) {
  const int fault = failpoint("rename");
  if (fault == 0 && ::rename(from.c_str(), to.c_str()) == 0) {
    trace_io("rename", from.size(), from + to);
    return {};
  }
  return system_error(fault != 0 ? fault : errno, "rename to", to);
}

Result<void> add_name(const std::string& existing, const std::string& name) {
  if (::link(existing.c_str(), name.c_str()) != 0) return system_error(errno, "give the second name", name);
  trace_io("link", existing.size(), existing + name);
  return {};
}

Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return system_error(errno, "remove", path);
}

Result<void> copy_prefix(const File& from, uint64_t size, File& to) {
  constexpr uint64_t kBlock = 1 << 20;
  const auto block = std::make_unique_for_overwrite<char[]>(kBlock);
  for (uint64_t done = 0; done < size;) {
    const uint64_t n = size - done < kBlock ? size - done : kBlock;
    if (auto read = from.read_at(done, block.get(), n); !read) return read;
    if (auto written = to.append(block.get(), n); !written) return written;
    done += n;
  }
  return {};
}

Result<std::string> read_whole(const std::string& path, uint64_t limit) {
  Result<File> file = File::open_read(path);
  if (!file) return file.error();
  Result<uint64_t> size = file->size();
  if (!size) return size.error();
  if (*size > limit) return Error{ErrorKind::kConfig, "'" + path + "' is larger than expected", ""};
  std::string text(*size, '\0');
  if (auto read = file->read_at(0, text.data(), text.size()); !read) return read.error();
  return text;
}

Result<void> write_whole(const std::string& path, std::string_view text) {
  const std::string beside = directory_of(path) + "/." + name_of(path) + ".migc.tmp";
  if (auto removed = remove_file(beside); !removed) return removed;
  Result<File> file = File::create_private(beside);
  if (!file) return file.error();
  auto done = file->append(text.data(), text.size());
  if (done) done = rename_over(beside, path);
  if (!done) (void)remove_file(beside);
  return done;
}

}  // namespace mig
