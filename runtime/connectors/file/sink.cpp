#include "runtime/connectors/file/sink.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "runtime/base/failpoint.h"
#include "runtime/base/signals.h"
#include "runtime/state/ledger.h"

namespace mig {
namespace {

constexpr uint64_t kReadBlock = 1 << 20;

template <class T>
Result<T> setting(const TargetPlan& plan, const char* name, T otherwise) {
  const auto found = plan.settings.find(name);
  if (found == plan.settings.end()) return otherwise;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  return Error{ErrorKind::kConfig, fmt::format("target {}: setting '{}' has the wrong type", plan.name, name), ""};
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string temporary_prefix(const std::string& path, const std::string& run_id) {
  return directory_of(path) + "/." + name_of(path) + ".migc-" + run_id + ".";
}

/// Removes the hidden files of a run whose fence is below the given one. By name and not by the journal: a process that died, or was
/// overtaken, before its first journal row left a file too. A newer process may be writing the file of a higher fence.
void remove_hidden(const std::string& path, const std::string& run_id, uint64_t below) {
  constexpr std::string_view kEnd = ".tmp";
  const std::string prefix = name_of(temporary_prefix(path, run_id)), directory = directory_of(path);
  for (const std::string& name : names_in(directory)) {
    if (!name.starts_with(prefix) || !name.ends_with(kEnd)) continue;
    const char *first = name.data() + prefix.size(), *last = name.data() + name.size() - kEnd.size();
    uint64_t fence = 0;
    if (first < last && std::from_chars(first, last, fence).ptr == last && fence < below) (void)remove_file(directory + "/" + name);
  }
}

}  // namespace

Result<std::unique_ptr<Sink>> FileSink::open(const TargetPlan& plan, const TypeTable& types, const std::vector<EnumType>& enums) {
  if (plan.arguments.size() != 1 || plan.arguments[0].empty()) {
    return Error{ErrorKind::kConfig, "target " + plan.name + " needs one file name", ""};
  }
  if (plan.write != WriteMode::kInsert && plan.write != WriteMode::kAppend && plan.write != WriteMode::kReplace) {
    return Error{ErrorKind::kConfig, "target " + plan.name + ": a file is written as a whole",
                 "leave `write` out, or use `write = replace`"};
  }
  std::unique_ptr<FileSink> sink(new FileSink(plan, types, enums));
  sink->path_ = plan.arguments[0];
  auto compression = setting<std::string>(plan, "compression",
                                          ends_with(sink->path_, ".gz")    ? "gzip"
                                          : ends_with(sink->path_, ".zst") ? "zstd"
                                                                           : "none");
  auto level = setting<int64_t>(plan, "compression_level", 0);
  auto backup = setting<bool>(plan, "backup", true);
  auto allow_empty = setting<bool>(plan, "allow_empty", false);
  if (!compression) return compression.error();
  if (!level) return level.error();
  if (!backup) return backup.error();
  if (!allow_empty) return allow_empty.error();
  if (*compression == "gzip")
    sink->compression_ = Compression::kGzip;
  else if (*compression == "zstd")
    sink->compression_ = Compression::kZstd;
  else if (*compression != "none")
    return Error{ErrorKind::kConfig, "target " + plan.name + ": unknown compression '" + *compression + "'", "use none, gzip or zstd"};
  if (*level < 0 || *level > (sink->compression_ == Compression::kGzip ? 9 : 19)) {
    return Error{ErrorKind::kConfig, "target " + plan.name + ": compression_level is out of range", "gzip: 1 to 9, zstd: 1 to 19"};
  }
  sink->level_ = static_cast<int>(*level);
  sink->backup_ = *backup;
  sink->allow_empty_ = *allow_empty;
  // Checks the encoder's settings before anything is touched.
  if (auto encoder = make_encoder(plan, types, enums); !encoder) return encoder.error();
  if (auto absolute = canonical_target(sink->path_); absolute) sink->path_ = *absolute;
  return std::unique_ptr<Sink>(std::move(sink));
}

SinkTraits FileSink::traits() const {
  SinkTraits traits;
  traits.publishes_whole = true;
  traits.hardens_apart = true;
  traits.guarantee = "exactly-once: hidden until complete, resumable, then published by one rename";
  return traits;
}

Result<std::unique_ptr<RecordEncoder>> FileSink::encoder() const { return make_encoder(plan_, types_, enums_); }

Result<void> FileSink::check() {
  if (path_exists(path_) && plan_.write != WriteMode::kReplace) {
    return Error{ErrorKind::kConfig, "the output '" + path_ + "' exists already",
                 "remove it, name another file, or say `write = replace` in the target"};
  }
  return {};
}

std::string FileSink::detail_of(const Hidden& hidden) { return fmt::format("file1 {} {} {}", hidden.size, hidden.hash, hidden.path); }

Result<FileSink::Hidden> FileSink::hidden_of(const std::string& detail) {
  Hidden hidden;
  char hash[40] = {};
  int used = 0;
  unsigned long long size = 0;
  if (std::sscanf(detail.c_str(), "file1 %llu %39s %n", &size, hash, &used) != 2 || used == 0) {
    return Error{ErrorKind::kCorrupt, "the journal of the file target cannot be read", "start anew with --new"};
  }
  hidden.size = size;
  hidden.hash = hash;
  hidden.path = detail.substr(static_cast<size_t>(used));
  return hidden;
}

std::string FileSink::hidden_name() const { return temporary_prefix(path_, claim_.run_id) + std::to_string(claim_.fence) + ".tmp"; }

Result<void> FileSink::journal(const std::string& phase, const Checkpoint& checkpoint, const Hidden& hidden, const std::string& tail) {
  JournalRow row;
  row.sequence = checkpoint.sequence;
  row.phase = phase;
  row.state = checkpoint.state;
  row.detail = detail_of(hidden);
  row.tail = tail;
  auto written = claim_.ledger->write_journal(claim_.run_id, plan_.name, claim_.fence, row);
  if (written) is_journalled_ = true;
  return written;
}

Result<Checkpoint> FileSink::claim(const TargetClaim& claim) {
  claim_ = claim;
  stream_.configure(compression_, level_);
  auto row = claim.ledger->journal(claim.run_id, plan_.name);
  if (!row) return row.error();
  if (!row->has_value()) {
    // No epoch is durable yet: whatever an earlier process of the run left is of no use.
    remove_hidden(path_, claim_.run_id, claim_.fence);
    if (auto started = start_fresh(); !started) return started.error();
    return Checkpoint{};
  }
  Checkpoint checkpoint;
  checkpoint.sequence = (*row)->sequence;
  checkpoint.state = (*row)->state;
  checkpoint.complete = (*row)->phase != "open";
  phase_ = (*row)->phase;
  if (phase_ == "published") return checkpoint;
  auto hidden = hidden_of((*row)->detail);
  if (!hidden) return hidden.error();
  if (phase_ == "ready") {
    auto published = is_already_published(*hidden);
    if (!published) return published.error();
    if (*published) {
      phase_ = "published";
      if (auto done = journal(phase_, checkpoint, *hidden, ""); !done) return done.error();
      return checkpoint;
    }
  }
  if (auto continued = continue_hidden(*hidden, (*row)->tail); !continued) return continued.error();
  sealed_hidden_.path = file_.path();
  sealed_hidden_.size = hidden->size;
  sealed_hidden_.hash = hidden->hash;
  sealed_ = checkpoint;
  (void)failpoint("file_before_taking");
  // From here on the older processes of the run find a journal that is not theirs.
  if (auto done = journal(phase_, checkpoint, sealed_hidden_, (*row)->tail); !done) return done.error();
  if (file_.path() != hidden->path) (void)remove_file(hidden->path);
  return checkpoint;
}

Result<void> FileSink::start_fresh() {
  if (auto allowed = check(); !allowed) return allowed;
  if (auto made = make_directories(directory_of(path_), false); !made) return made;
  auto absolute = canonical_target(path_);
  if (!absolute) return absolute.error();
  path_ = *absolute;
  auto file = File::create_private(hidden_name());
  if (!file) return file.error();
  file_ = std::move(*file);
  directory_synced_ = false;
  phase_ = "open";
  auto encoder = make_encoder(plan_, types_, enums_);
  if (!encoder) return encoder.error();
  std::string header;
  (*encoder)->header(header);
  bytes_ += header.size();
  const std::string_view line = header;
  return stream_.write(file_, {&line, 1});
}

Result<void> FileSink::continue_hidden(const Hidden& hidden, const std::string& tail) {
  const Error gone{ErrorKind::kConflict, "the hidden output '" + hidden.path + "' of the unfinished run is gone", "start anew with --new"};
  if (!path_exists(hidden.path)) return gone;
  auto old = File::open_update(hidden.path);
  if (!old) return old.error();
  auto size = old->size();
  if (!size) return size.error();
  const Error changed{ErrorKind::kConflict, "the hidden output '" + hidden.path + "' was changed by something else",
                      "start anew with --new"};
  if (*size < hidden.size) return changed;
  stream_.reset_hash();
  std::string block(kReadBlock, '\0');
  for (uint64_t done = 0; done < hidden.size;) {
    if (stop_requested()) return stopped_by_signal();
    const uint64_t n = std::min<uint64_t>(block.size(), hidden.size - done);
    if (auto read = old->read_at(done, block.data(), n); !read) return read;
    stream_.feed_hash(block.data(), n);
    done += n;
  }
  if (stream_.hash() != hidden.hash) return changed;
  stream_.set_tail(tail);
  if (claim_.sole_owner) {
    if (auto cut = old->truncate(hidden.size); !cut) return cut;
    file_ = std::move(*old);
    return {};
  }
  // Another process may still hold the file and write to it: go on in a copy that it cannot reach.
  (void)remove_file(hidden_name());
  auto copy = File::create_private(hidden_name());
  if (!copy) return copy.error();
  if (auto copied = copy_prefix(*old, hidden.size, *copy); !copied) return copied;
  if (auto synced = copy->sync_data(); !synced) return synced;
  if (auto synced = sync_directory(directory_of(path_)); !synced) return synced;
  file_ = std::move(*copy);
  return {};
}

Result<bool> FileSink::is_already_published(const Hidden& hidden) {
  if (path_exists(hidden.path) || !path_exists(path_)) return false;
  auto file = File::open_read(path_);
  if (!file) return file.error();
  auto size = file->size();
  if (!size) return size.error();
  if (*size != hidden.size) return false;
  OutputStream stream;
  std::string block(kReadBlock, '\0');
  for (uint64_t done = 0; done < hidden.size;) {
    auto n = file->read_some(done, block.data(), block.size());
    if (!n) return n.error();
    if (*n == 0) return false;
    stream.feed_hash(block.data(), *n);
    done += *n;
  }
  return stream.hash() == hidden.hash;
}

Result<void> FileSink::write(const Rows& rows, WriteResult& result) {
  result.inserted = result.updated = result.unchanged = 0;
  result.refusals.clear();
  result.existing.clear();
  for (const std::string_view piece : rows.pieces) bytes_ += piece.size();
  return stream_.write(file_, rows.pieces);
}

Result<void> FileSink::seal(const Checkpoint& checkpoint) {
  if (checkpoint.complete) {
    if (auto finished = stream_.finish(file_); !finished) return finished;
  }
  const std::lock_guard lock(sealed_mutex_);
  has_sealed_ = true;
  sealed_ = checkpoint;
  sealed_hidden_ = {file_.path(), file_.append_position(), stream_.hash()};
  sealed_tail_ = stream_.tail();
  return {};
}

Result<void> FileSink::harden() {
  Checkpoint checkpoint;
  Hidden hidden;
  std::string tail;
  {
    const std::lock_guard lock(sealed_mutex_);
    if (!has_sealed_) return {};
    has_sealed_ = false;
    checkpoint = sealed_;
    hidden = sealed_hidden_;
    tail = sealed_tail_;
  }
  (void)failpoint("file_before_sync");
  const std::string phase = checkpoint.complete ? "ready" : "open";
  if (mutant("CKPT_BEFORE_DATA")) {
    // The defect: the journal speaks of bytes that are not there yet.
    hidden.size += 1;
    if (auto done = journal(phase, checkpoint, hidden, tail); !done) return done;
    (void)failpoint("file_before_journal");
    hidden.size -= 1;
  }
  if (auto synced = file_.sync_data(); !synced) return synced;
  if (!directory_synced_) {
    if (auto synced = sync_directory(directory_of(path_)); !synced) return synced;
    directory_synced_ = true;
  }
  (void)failpoint("file_before_journal");
  if (auto done = journal(phase, checkpoint, hidden, tail); !done) return done;
  (void)failpoint("file_after_journal");
  phase_ = phase;
  return {};
}

Result<void> FileSink::publish(bool empty) {
  if (phase_ == "published") {
    remove_hidden(path_, claim_.run_id, claim_.fence);
    return {};
  }
  const bool replaces = path_exists(path_);
  if (empty && replaces && !allow_empty_) {
    return Error{ErrorKind::kConflict, "the source had no record, so the existing '" + path_ + "' stays",
                 "if that is right, say `allow_empty = true` in the target"};
  }
  // Last look at the fence: a process that slept since its last epoch must not rename what another one works on.
  if (auto mine = claim_.ledger->verify(claim_.run_id, claim_.fence); !mine) return mine;
  (void)failpoint("publish_before_rename");
  if (replaces && plan_.write != WriteMode::kReplace) {
    return Error{ErrorKind::kConflict, "'" + path_ + "' appeared while the run went on",
                 "move it away and run again: the run only has to publish"};
  }
  if (replaces && backup_) {
    // The old file gets a second name first, so that the final name always stands for a whole file.
    const std::string backup = path_ + ".bak-" + claim_.run_id;
    if (!path_exists(backup)) {
      if (auto kept = add_name(path_, backup); !kept) return kept;
    }
    (void)failpoint("publish_after_backup");
  }
  auto renamed = replaces ? rename_over(file_.path(), path_) : rename_exclusive(file_.path(), path_);
  if (!renamed) return renamed;
  (void)failpoint("publish_after_rename");
  if (auto synced = sync_directory(directory_of(path_)); !synced) return synced;
  (void)failpoint("publish_before_journal");
  phase_ = "published";
  if (auto done = journal(phase_, sealed_, sealed_hidden_, ""); !done) return done;
  remove_hidden(path_, claim_.run_id, claim_.fence);
  return {};
}

void FileSink::release() {
  // A file that no journal row names is known to this process alone; when a newer one has taken the run over, nobody will want it.
  const bool unknown = file_.is_open() && !is_journalled_ && file_.path() == hidden_name();
  file_.close();
  if (!unknown) return;
  const auto mine = claim_.ledger->verify(claim_.run_id, claim_.fence);
  if (!mine && mine.error().kind == ErrorKind::kFenced) (void)remove_file(hidden_name());
}

void FileSink::discard(Ledger& ledger, const std::string& run_id) {
  auto row = ledger.journal(run_id, plan_.name);
  if (row && row->has_value() && (*row)->phase == "published") return;
  remove_hidden(path_, run_id, std::numeric_limits<uint64_t>::max());
}

}  // namespace mig
