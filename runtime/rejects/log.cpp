#include "runtime/rejects/log.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace mig {
namespace {

constexpr size_t kRejects = 0, kCsv = 1, kWarnings = 2, kKinds = 3;
constexpr uint64_t kFlushBytes = 1 << 20;
constexpr std::array<const char*, kLogSpools> kNames = {"rejects.ndjson",  "rejects.csv",  "warnings.ndjson",
                                                        "rejects2.ndjson", "rejects2.csv", "warnings2.ndjson"};
constexpr std::string_view kCsvHeader = "line,record,map,code,message,field,value,cause,fix,key\n";

std::string spool_path(const std::string& directory, size_t kind, const std::string& suffix) {
  return directory + "/" + kNames[kind] + suffix;
}

// Reads lines of a spool one after the other. A CSV row may hold line feeds inside quotes.
class LineReader {
 public:
  LineReader(const File& file, uint64_t size, bool quoted) : file_(file), size_(size), quoted_(quoted) {}
  // False at the end.
  Result<bool> next(std::string_view& line) {
    size_t scanned = begin_;
    bool inside = false;
    while (true) {
      if (!quoted_) scanned = std::min(buffer_.find('\n', scanned), buffer_.size());
      for (; scanned < buffer_.size(); ++scanned) {
        if (quoted_ && buffer_[scanned] == '"') inside = !inside;
        if (buffer_[scanned] == '\n' && !inside) {
          line = std::string_view(buffer_).substr(begin_, scanned + 1 - begin_);
          begin_ = scanned + 1;
          return true;
        }
      }
      if (read_ == size_) return false;
      buffer_.erase(0, begin_);
      scanned -= begin_;
      begin_ = 0;
      const size_t old = buffer_.size();
      const uint64_t n = std::min<uint64_t>(size_ - read_, kFlushBytes);
      buffer_.resize(old + n);
      if (auto done = file_.read_at(read_, buffer_.data() + old, n); !done) return done.error();
      read_ += n;
    }
  }

 private:
  const File& file_;
  uint64_t size_, read_ = 0;
  bool quoted_;
  std::string buffer_;
  size_t begin_ = 0;
};

void append_number(std::string& out, uint64_t number) {
  char text[20];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

uint64_t number_at(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Where an entry belongs: (place of its map, record). Both forms begin with line, record and map.
std::pair<size_t, uint64_t> place_of(std::string_view line, bool csv, const std::vector<std::string>& maps_as_written) {
  uint64_t record = 0;
  std::string_view rest = line;
  if (csv) {
    rest.remove_prefix(std::min(rest.size(), rest.find(',') + 1));
    record = number_at(rest);
    rest.remove_prefix(std::min(rest.size(), rest.find(',') + 1));
  } else {
    const size_t at = rest.find("\"record\":");
    if (at != std::string_view::npos) rest.remove_prefix(at + 9);
    record = number_at(rest);
    const size_t map = rest.find("\"map\":");
    if (map != std::string_view::npos) rest.remove_prefix(map + 6);
  }
  for (size_t i = 0; i < maps_as_written.size(); ++i) {
    if (rest.starts_with(maps_as_written[i])) return {i, record};
  }
  return {maps_as_written.size(), record};
}

}  // namespace

Result<RejectLog> RejectLog::open(const std::string& directory, const LogLengths& lengths, uint64_t fence, bool in_place,
                                  const std::string& suffix) {
  RejectLog log;
  log.directory_ = directory;
  log.suffix_ = in_place ? suffix : fmt::format(".{}", fence);
  log.lengths_ = log.marked_ = log.synced_ = lengths;
  for (size_t i = 0; i < kLogSpools; ++i) {
    const std::string old = spool_path(directory, i, suffix);
    const std::string path = spool_path(directory, i, log.suffix_);
    if (lengths[i] == 0 || !in_place) (void)remove_file(path);
    if (in_place && lengths[i] > 0) {
      auto file = File::open_update(path);
      if (!file) return Error{ErrorKind::kConflict, "the reject log '" + path + "' of the unfinished run is gone", "start anew with --new"};
      auto size = file->size();
      if (!size) return size.error();
      if (*size < lengths[i]) return Error{ErrorKind::kConflict, "the reject log '" + path + "' was shortened", "start anew with --new"};
      if (auto cut = file->truncate(lengths[i]); !cut) return cut.error();
      log.files_[i] = std::move(*file);
    } else if (lengths[i] > 0) {
      auto file = File::create_private(path);
      if (!file) return file.error();
      auto from = File::open_read(old);
      if (!from) return from.error();
      if (auto copied = copy_prefix(*from, lengths[i], *file); !copied) return copied.error();
      if (auto synced = file->sync_data(); !synced) return synced.error();
      log.files_[i] = std::move(*file);
    }
  }
  return log;
}

void RejectLog::append(const LogEntries& entries, const LogEntry& entry, uint64_t record, uint64_t line, bool second) {
  const size_t offset = second ? kKinds : 0;
  const size_t kind = (entry.warning ? kWarnings : kRejects) + offset;
  std::string& out = buffers_[kind];
  const size_t before = out.size();
  out += "{\"line\":";
  if (line > 0)
    append_number(out, line);
  else
    out += "null";
  out += ",\"record\":";
  append_number(out, record);
  out += ',';
  out.append(entries.json, entry.json_begin, entry.json_size);
  lengths_[kind] += out.size() - before;
  if (entry.warning) return;
  std::string& csv = buffers_[kCsv + offset];
  const size_t csv_before = csv.size();
  if (!second && lengths_[kCsv] == 0) csv += kCsvHeader;
  if (line > 0) append_number(csv, line);
  csv += ',';
  append_number(csv, record);
  csv += ',';
  csv.append(entries.csv, entry.csv_begin, entry.csv_size);
  lengths_[kCsv + offset] += csv.size() - csv_before;
}

Result<void> RejectLog::flush() {
  for (size_t i = 0; i < kLogSpools; ++i) {
    if (buffers_[i].empty()) continue;
    if (!files_[i].is_open()) {
      auto file = File::create_private(spool_path(directory_, i, suffix_));
      if (!file) return file.error();
      files_[i] = std::move(*file);
      if (auto synced = sync_directory(directory_); !synced) return synced;
    }
    if (auto written = files_[i].append(buffers_[i].data(), buffers_[i].size()); !written) return written;
    buffers_[i].clear();
    if (buffers_[i].capacity() > 4 * kFlushBytes) buffers_[i].shrink_to_fit();
  }
  return {};
}

Result<void> RejectLog::flush_if_large() {
  uint64_t buffered = 0;
  for (const std::string& buffer : buffers_) buffered += buffer.size();
  return buffered < kFlushBytes ? Result<void>() : flush();
}

void RejectLog::mark_for_sync() {
  for (size_t i = 0; i < kLogSpools; ++i) marked_[i] = files_[i].is_open() ? files_[i].append_position() : 0;
}

Result<void> RejectLog::sync() {
  for (size_t i = 0; i < kLogSpools; ++i) {
    if (marked_[i] == synced_[i]) continue;
    synced_[i] = marked_[i];
    if (auto synced = files_[i].sync_data(); !synced) return synced;
  }
  return {};
}

Result<void> RejectLog::cut(const LogLengths& lengths) {
  for (size_t i = 0; i < kLogSpools; ++i) {
    buffers_[i].clear();
    lengths_[i] = lengths[i];
    if (!files_[i].is_open()) continue;
    marked_[i] = synced_[i] = std::min(synced_[i], lengths[i]);
    if (auto done = files_[i].truncate(lengths[i]); !done) return done;
  }
  return {};
}

void RejectLog::remove_spools() {
  for (File& file : files_) {
    if (file.is_open()) (void)remove_file(file.path());
    file.close();
  }
}

LogPaths RejectLog::paths() const {
  LogPaths paths;
  if (files_[kRejects].is_open()) paths.rejects = files_[kRejects].path();
  if (files_[kCsv].is_open()) paths.csv = files_[kCsv].path();
  if (files_[kWarnings].is_open()) paths.warnings = files_[kWarnings].path();
  return paths;
}

Result<void> RejectLog::export_one(size_t first, size_t second, const std::string& path, const std::vector<std::string>& maps, bool final) {
  const std::string beside = fmt::format("{}/.{}.migc.tmp", directory_of(path), name_of(path));
  (void)remove_file(beside);
  const uint64_t first_size = lengths_[first], second_size = lengths_[second];
  if (final && first_size > 0 && second_size == 0 && add_name(files_[first].path(), beside)) {
    // The spool is complete and durable: it becomes the file. Renaming a file over itself does nothing, so the other name goes by itself.
    auto renamed = rename_over(beside, path);
    (void)remove_file(beside);
    return renamed;
  }
  auto file = File::create_private(beside);
  if (!file) return file.error();
  Result<void> done;
  if (first == kCsv && first_size == 0) done = file->append(kCsvHeader.data(), kCsvHeader.size());
  if (done && second_size == 0 && first_size > 0) {
    done = copy_prefix(files_[first], first_size, *file);
  } else if (done && second_size > 0) {
    const bool csv = first == kCsv;
    std::vector<std::string> written;
    for (const std::string& map : maps) {
      std::string& text = written.emplace_back();
      if (csv)
        append_guarded_cell(text, map);
      else
        append_json_text(text, map);
      if (csv) text += ',';
    }
    LineReader a(files_[first], first_size, csv), b(files_[second], second_size, csv);
    std::string_view line_a, line_b;
    Result<bool> has_a = first_size > 0 ? a.next(line_a) : Result<bool>(false);
    Result<bool> has_b = b.next(line_b);
    std::string out;
    if (csv && has_a && *has_a) {
      out += line_a;
      has_a = a.next(line_a);
    }
    while (done && has_a && has_b && (*has_a || *has_b)) {
      const bool take_a = *has_a && (!*has_b || place_of(line_a, csv, written) <= place_of(line_b, csv, written));
      out += take_a ? line_a : line_b;
      if (take_a)
        has_a = a.next(line_a);
      else
        has_b = b.next(line_b);
      if (out.size() < kFlushBytes) continue;
      done = file->append(out.data(), out.size());
      out.clear();
    }
    if (!has_a)
      done = has_a.error();
    else if (!has_b)
      done = has_b.error();
    if (done) done = file->append(out.data(), out.size());
  }
  if (done && first_size + second_size > 0) done = file->sync_data();
  if (done) done = rename_over(beside, path);
  if (!done) (void)remove_file(beside);
  return done;
}

Result<LogPaths> RejectLog::export_to(const std::string& file, const std::vector<std::string>& maps, bool final) {
  if (auto flushed = flush(); !flushed) return flushed.error();
  std::string stem = file;
  for (const std::string_view ending : {".ndjson", ".jsonl", ".json"}) {
    if (stem.size() > ending.size() && stem.ends_with(ending)) {
      stem.resize(stem.size() - ending.size());
      break;
    }
  }
  if (auto made = make_directories(directory_of(file), false); !made) return made.error();
  LogPaths paths{file, stem + ".csv", stem + ".warnings.ndjson"};
  if (auto done = export_one(kRejects, kRejects + kKinds, paths.rejects, maps, final); !done) return done.error();
  if (auto done = export_one(kCsv, kCsv + kKinds, paths.csv, maps, final); !done) return done.error();
  if (lengths_[kWarnings] + lengths_[kWarnings + kKinds] > 0) {
    if (auto done = export_one(kWarnings, kWarnings + kKinds, paths.warnings, maps, final); !done) return done.error();
  } else {
    // A file of an earlier run must not be taken for this one's.
    if (auto removed = remove_file(paths.warnings); !removed) return removed.error();
    paths.warnings.clear();
  }
  // The run is about to be called finished, and its spools are removed then.
  if (final) {
    if (auto synced = sync_directory(directory_of(file)); !synced) return synced.error();
  }
  return paths;
}

}  // namespace mig
