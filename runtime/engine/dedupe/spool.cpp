#include "runtime/engine/dedupe/spool.h"

#include <algorithm>

namespace mig {

Result<Spool> Spool::create(const std::string& directory) {
  Spool spool;
  auto rows = File::create_unnamed(directory);
  if (!rows) return rows.error();
  auto side = File::create_unnamed(directory);
  if (!side) return side.error();
  spool.rows_file_ = std::move(*rows);
  spool.side_file_ = std::move(*side);
  return spool;
}

Result<void> Spool::append(const WorkItem& item, uint32_t map_place, uint64_t ordinal, uint64_t line) {
  if (item.spool_rows.empty()) return {};
  SpoolChunk& chunk = chunks_.emplace_back();
  chunk.first_row = rows_;
  chunk.rows_at = rows_file_.append_position();
  chunk.rows_size = item.rows.size();
  chunk.side_at = side_file_.append_position();
  chunk.frames_size = item.frames.size();
  chunk.keys_size = item.keys.size();
  chunk.count = static_cast<uint32_t>(item.spool_rows.size());
  chunk.map_place = map_place;
  chunk.file = item.chunk.file;
  chunk.ordinal = ordinal;
  chunk.line = line;
  rows_ += chunk.count;
  if (auto done = rows_file_.append(item.rows.data(), item.rows.size()); !done) return done;
  if (auto done = side_file_.append(reinterpret_cast<const char*>(item.spool_rows.data()), item.spool_rows.size() * sizeof(SpoolRow));
      !done)
    return done;
  if (auto done = side_file_.append(item.frames.data(), item.frames.size()); !done) return done;
  return side_file_.append(item.keys.data(), item.keys.size());
}

Result<void> Spool::load(const SpoolChunk& chunk, Loaded& loaded) const {
  loaded.index.resize(chunk.count);
  const uint64_t index_size = chunk.count * sizeof(SpoolRow);
  if (auto read = side_file_.read_at(chunk.side_at, reinterpret_cast<char*>(loaded.index.data()), index_size); !read) return read;
  loaded.rows.resize(chunk.rows_size);
  if (auto read = rows_file_.read_at(chunk.rows_at, loaded.rows.data(), chunk.rows_size); !read) return read;
  loaded.keys.resize(chunk.keys_size);
  if (chunk.keys_size == 0) return {};
  return side_file_.read_at(chunk.side_at + index_size + chunk.frames_size, loaded.keys.data(), chunk.keys_size);
}

Result<void> Spool::find(uint64_t row, Member& member) const {
  const auto after = std::upper_bound(chunks_.begin(), chunks_.end(), row,
                                      [](uint64_t value, const SpoolChunk& chunk) { return value < chunk.first_row; });
  const SpoolChunk& chunk = *(after - 1);
  member.chunk = &chunk;
  return side_file_.read_at(chunk.side_at + (row - chunk.first_row) * sizeof(SpoolRow), reinterpret_cast<char*>(&member.row),
                            sizeof(SpoolRow));
}

Result<void> Spool::load_frame(const Member& member, std::vector<Cell>& frame) const {
  frame.resize(member.row.frame / sizeof(Cell) + 1);
  const uint64_t at = member.chunk->side_at + member.chunk->count * sizeof(SpoolRow) + member.row.frame_at;
  return side_file_.read_at(at, reinterpret_cast<char*>(frame.data()), member.row.frame);
}

}  // namespace mig
