// The least that a loader of SQLite must do: insert values that are ready with one prepared statement. The yardstick of contacts-sqlite.
//   sqlite_insert VALUES DATABASE TABLE ROWS_PER_EPOCH 'CREATE TABLE ...'
// As durable as migc: WAL, synchronous = FULL, one transaction an epoch; closing folds the WAL into the database.
// VALUES: u32 columns; then for every cell a tag byte: 'n' null, 'i' + int64, 't' + u32 length + UTF-8. Little endian, row by row.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

sqlite3* database = nullptr;

void need(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "sqlite_insert: %s: %s\n", what, database ? sqlite3_errmsg(database) : "");
  std::exit(1);
}

void execute(const std::string& sql) { need(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, sql.c_str()); }

template <class T>
T take(const char*& p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  p += sizeof value;
  return value;
}

/// Binds one cell; the text stays in the mapped file, so SQLite need not copy it.
void bind(sqlite3_stmt* statement, int column, const char*& p) {
  switch (*p++) {
    case 'i': sqlite3_bind_int64(statement, column, take<int64_t>(p)); break;
    case 't': {
      const uint32_t length = take<uint32_t>(p);
      sqlite3_bind_text(statement, column, p, static_cast<int>(length), SQLITE_STATIC);
      p += length;
      break;
    }
    default: sqlite3_bind_null(statement, column);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: sqlite_insert VALUES DATABASE TABLE ROWS_PER_EPOCH 'CREATE TABLE ...'\n");
    return 2;
  }
  const int fd = open(argv[1], O_RDONLY);
  struct stat info{};
  need(fd >= 0 && fstat(fd, &info) == 0, argv[1]);
  const size_t size = static_cast<size_t>(info.st_size);
  const char* p = static_cast<const char*>(mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0));
  need(p != MAP_FAILED && size >= 4, "mmap");
  const char* end = p + size;
  const int columns = static_cast<int>(take<uint32_t>(p));
  const uint64_t per_epoch = std::strtoull(argv[4], nullptr, 10);

  need(sqlite3_open(argv[2], &database) == SQLITE_OK, argv[2]);
  execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  execute(argv[5]);
  std::string sql = "INSERT INTO \"" + std::string(argv[3]) + "\" VALUES (?";
  for (int i = 1; i < columns; ++i) sql += ", ?";
  sqlite3_stmt* insert = nullptr;
  need(sqlite3_prepare_v2(database, (sql + ")").c_str(), -1, &insert, nullptr) == SQLITE_OK, "prepare");
  uint64_t rows = 0;
  execute("BEGIN");
  while (p < end) {
    if (rows && rows % per_epoch == 0) execute("COMMIT; BEGIN");
    for (int i = 1; i <= columns; ++i) bind(insert, i, p);
    need(sqlite3_step(insert) == SQLITE_DONE, "insert");
    sqlite3_reset(insert);
    ++rows;
  }
  execute("COMMIT");
  sqlite3_finalize(insert);
  need(sqlite3_close(database) == SQLITE_OK, "close");
  std::printf("%llu rows, SQLite %s\n", static_cast<unsigned long long>(rows), sqlite3_libversion());
  return 0;
}
