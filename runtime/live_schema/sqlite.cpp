// SQLite keeps the statements that created its tables.
#include <sqlite3.h>

#include "runtime/live_schema/pull.h"

namespace mig::live_schema {

bool pull_sqlite(const Request& request, std::string& ddl, std::string& reason) {
  sqlite3* database = nullptr;
  int state = sqlite3_open_v2(request.address.c_str(), &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW, nullptr);
  sqlite3_stmt* statement = nullptr;
  if (state == SQLITE_OK) {
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_busy_timeout(database, 5000);
    static const char kQuery[] =
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "ORDER BY type DESC, name";
    state = sqlite3_prepare_v2(database, kQuery, -1, &statement, nullptr);
  }
  if (state == SQLITE_OK) {
    ddl = "-- The schema of a SQLite database, written by `migc schema pull`.\n";
    while ((state = sqlite3_step(statement)) == SQLITE_ROW)
      ddl += std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0))) + ";\n";
  }
  if (state != SQLITE_DONE) reason = database == nullptr ? "out of memory" : sqlite3_errmsg(database);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return state == SQLITE_DONE;
}

}  // namespace mig::live_schema
