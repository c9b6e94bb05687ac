#include <sqlite3.h>

#include <cstring>

#include "runtime/connectors/sqlite/source_rows.h"

namespace mig {
namespace {

constexpr uint64_t kPadding = 64;

std::string quoted_name(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

/// Position: sqlite1:<fingerprint>:<rowid> with a rowid; else sqlite1:<fingerprint>:<values of the key>, each i<integer>, r<bits in hex>,
/// t<hex> or b<hex>, joined with '.'.
class SqliteChunkReader final : public ChunkReader {
 public:
  SqliteChunkReader(const SqliteTable& table, uint64_t chunk_bytes, uint64_t max_record_bytes)
      : table_(table), chunk_bytes_(chunk_bytes), max_record_bytes_(max_record_bytes) {}
  ~SqliteChunkReader() override { sqlite3_finalize(statement_); }

  Result<void> begin(const Position* from) {
    Result<SqliteReading> database = SqliteReading::open(table_.path);
    if (!database.ok()) return database.error();
    database_ = std::make_unique<SqliteReading>(std::move(*database));
    if (sqlite3_exec(database_->handle(), "BEGIN", nullptr, nullptr, nullptr) != SQLITE_OK) return database_->error("cannot begin reading");

    std::vector<std::string> key = table_.key;
    if (table_.has_rowid) key = {"rowid"};
    auto key_text = [&](const std::string& name) { return table_.has_rowid ? std::string("rowid") : quoted_name(name); };
    std::string keys, marks, select;
    for (size_t i = 0; i < key.size(); ++i) {
      const std::string comma = i == 0 ? "" : ", ";
      keys += comma + key_text(key[i]);
      marks += comma + "?" + std::to_string(i + 1);
    }
    select = keys;
    for (const std::string& column : table_.columns) select += (select.empty() ? "" : ", ") + quoted_name(column);
    if (select.empty()) select = "1";
    key_columns_ = static_cast<int>(key.size());
    std::string sql = "SELECT " + select + " FROM " + quoted_name(table_.name);
    if (from != nullptr) sql += " WHERE (" + keys + ") > (" + marks + ")";
    if (!keys.empty()) sql += " ORDER BY " + keys;
    if (from != nullptr && key.empty())
      return Error{ErrorKind::kConfig, table_.name + " has no key, so reading cannot go on in the middle", "begin a new run"};
    if (sqlite3_prepare_v2(database_->handle(), sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK)
      return database_->error("cannot read " + table_.name);
    if (from != nullptr) return go_behind(from->text);
    return {};
  }

  Result<bool> next(Chunk& chunk) override {
    if (ended_) return false;
    chunk.begin = rows_;
    chunk.file = 0;
    chunk.first_of_file = rows_ == 0;
    chunk.size = 0;
    if (chunk.bytes.size() < chunk_bytes_ + kPadding) chunk.bytes.resize(chunk_bytes_ + kPadding);
    while (chunk.size < chunk_bytes_) {
      const int status = sqlite3_step(statement_);
      if (status == SQLITE_DONE) {
        ended_ = true;
        break;
      }
      if (status != SQLITE_ROW) return database_->error("cannot read " + table_.name);
      add_row(chunk);
      remember_key();
      ++rows_;
    }
    chunk.last_of_file = ended_;
    if (chunk.size == 0) return false;
    if (chunk.bytes.size() < chunk.size + kPadding) chunk.bytes.resize(chunk.size + kPadding);
    std::memset(chunk.bytes.data() + chunk.size, 0, kPadding);
    chunk.after.text = "sqlite1:" + table_.fingerprint + ":" + last_key_;
    read_bytes_ += chunk.size;
    return true;
  }
  uint64_t total_bytes() const override { return 0; }
  uint64_t read_bytes() const override { return read_bytes_; }

 private:
  template <class T>
  void put(Chunk& chunk, T value) {
    put(chunk, &value, sizeof value);
  }
  void put(Chunk& chunk, const void* bytes, uint64_t size) {
    if (chunk.bytes.size() < chunk.size + size + kPadding) chunk.bytes.resize((chunk.size + size) * 2 + kPadding);
    if (size != 0) std::memcpy(chunk.bytes.data() + chunk.size, bytes, size);
    chunk.size += size;
  }

  void add_row(Chunk& chunk) {
    const uint64_t start = chunk.size;
    put(chunk, uint32_t{0});
    put(chunk, table_.has_rowid ? sqlite3_column_int64(statement_, 0) : static_cast<int64_t>(rows_));
    uint64_t size = 0;
    const int count = key_columns_ + static_cast<int>(table_.columns.size());
    for (int c = key_columns_; c < count; ++c) size += static_cast<uint64_t>(sqlite3_column_bytes(statement_, c));
    const bool overlong = size > max_record_bytes_ || size > 0xFFFF0000u;
    put(chunk, overlong ? RowForm::kOverlong : RowForm::kWhole);
    for (int c = key_columns_; c < count && !overlong; ++c) {
      switch (sqlite3_column_type(statement_, c)) {
        case SQLITE_INTEGER:
          put(chunk, ColumnType::kInteger);
          put(chunk, static_cast<int64_t>(sqlite3_column_int64(statement_, c)));
          break;
        case SQLITE_FLOAT:
          put(chunk, ColumnType::kReal);
          put(chunk, sqlite3_column_double(statement_, c));
          break;
        case SQLITE_TEXT: {
          put(chunk, ColumnType::kText);
          const auto* text = sqlite3_column_text(statement_, c);
          const auto bytes = static_cast<uint32_t>(sqlite3_column_bytes(statement_, c));
          put(chunk, bytes);
          put(chunk, text, bytes);
          break;
        }
        case SQLITE_BLOB: {
          put(chunk, ColumnType::kBlob);
          const void* blob = sqlite3_column_blob(statement_, c);
          const auto bytes = static_cast<uint32_t>(sqlite3_column_bytes(statement_, c));
          put(chunk, bytes);
          put(chunk, blob, bytes);
          break;
        }
        default: put(chunk, ColumnType::kNull); break;
      }
    }
    const auto row_size = static_cast<uint32_t>(chunk.size - start - sizeof(uint32_t));
    std::memcpy(chunk.bytes.data() + start, &row_size, sizeof row_size);
  }

  static std::string hex(const void* bytes, uint64_t size) {
    constexpr char kHex[] = "0123456789abcdef";
    std::string text;
    for (uint64_t i = 0; i < size; ++i) {
      const auto c = static_cast<const uint8_t*>(bytes)[i];
      text += kHex[c >> 4];
      text += kHex[c & 15];
    }
    return text;
  }

  void remember_key() {
    last_key_.clear();
    for (int c = 0; c < key_columns_; ++c) {
      if (c != 0) last_key_ += '.';
      switch (sqlite3_column_type(statement_, c)) {
        case SQLITE_INTEGER: last_key_ += "i" + std::to_string(sqlite3_column_int64(statement_, c)); break;
        case SQLITE_FLOAT: {
          const double value = sqlite3_column_double(statement_, c);
          last_key_ += "r" + hex(&value, sizeof value);
          break;
        }
        case SQLITE_TEXT: {
          const auto* text = sqlite3_column_text(statement_, c);
          last_key_ += "t" + hex(text, static_cast<uint64_t>(sqlite3_column_bytes(statement_, c)));
          break;
        }
        default: {
          const void* blob = sqlite3_column_blob(statement_, c);
          last_key_ += "b" + hex(blob, static_cast<uint64_t>(sqlite3_column_bytes(statement_, c)));
          break;
        }
      }
    }
  }

  Result<void> go_behind(std::string_view position) {
    const Error unreadable{ErrorKind::kCorrupt, "the saved position \"" + std::string(position) + "\" cannot be read", "begin a new run"};
    constexpr std::string_view kVersion = "sqlite1:";
    if (!position.starts_with(kVersion)) return unreadable;
    position.remove_prefix(kVersion.size());
    const size_t colon = position.find(':');
    if (colon == std::string_view::npos) return unreadable;
    if (position.substr(0, colon) != table_.fingerprint) {
      return Error{ErrorKind::kSourceChanged,
                   "the schema of table \"" + table_.name + "\" in " + table_.path + " has changed since the run began", "begin a new run"};
    }
    position.remove_prefix(colon + 1);
    last_key_ = position;
    rows_ = 1;  // not the first of the table
    int parameter = 0;
    while (!position.empty()) {
      const size_t dot = position.find('.');
      const std::string_view value = position.substr(1, dot == std::string_view::npos ? dot : dot - 1);
      ++parameter;
      if (position[0] == 'i') {
        sqlite3_bind_int64(statement_, parameter, std::strtoll(std::string(value).c_str(), nullptr, 10));
      } else {
        std::string bytes;
        for (size_t i = 0; i + 1 < value.size(); i += 2)
          bytes += static_cast<char>(std::stoi(std::string(value.substr(i, 2)), nullptr, 16));
        if (position[0] == 'r' && bytes.size() == sizeof(double)) {
          double real = 0;
          std::memcpy(&real, bytes.data(), sizeof real);
          sqlite3_bind_double(statement_, parameter, real);
        } else if (position[0] == 't') {
          sqlite3_bind_text(statement_, parameter, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
        } else if (position[0] == 'b') {
          sqlite3_bind_blob(statement_, parameter, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
        } else {
          return unreadable;
        }
      }
      position.remove_prefix(dot == std::string_view::npos ? position.size() : dot + 1);
    }
    if (parameter != key_columns_) return unreadable;
    return {};
  }

  SqliteTable table_;
  uint64_t chunk_bytes_;
  uint64_t max_record_bytes_;
  std::unique_ptr<SqliteReading> database_;
  sqlite3_stmt* statement_ = nullptr;
  int key_columns_ = 0;  // stand before the selected columns
  uint64_t rows_ = 0;
  uint64_t read_bytes_ = 0;
  bool ended_ = false;
  std::string last_key_;
};

}  // namespace

Result<std::unique_ptr<ChunkReader>> make_sqlite_reader(const SqliteTable& table, const Position* from, uint64_t chunk_bytes,
                                                        uint64_t max_record_bytes) {
  auto reader = std::make_unique<SqliteChunkReader>(table, chunk_bytes, max_record_bytes);
  if (Result<void> begun = reader->begin(from); !begun.ok()) return begun.error();
  return std::unique_ptr<ChunkReader>(std::move(reader));
}

}  // namespace mig
