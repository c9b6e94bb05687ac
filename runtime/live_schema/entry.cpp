// What the loader asks the library for.
#include "runtime/live_schema/pull.h"

extern "C" {

__attribute__((visibility("default"))) extern const char* const migc_live_schema_version;
const char* const migc_live_schema_version = MIGC_VERSION;

__attribute__((visibility("default"))) bool migc_live_schema_pull(const mig::live_schema::Request& request, std::string& ddl,
                                                                  std::string& reason);

bool migc_live_schema_pull(const mig::live_schema::Request& request, std::string& ddl, std::string& reason) {
  using mig::live_schema::Database;
  switch (request.database) {
    case Database::kSqlite: return mig::live_schema::pull_sqlite(request, ddl, reason);
    case Database::kPostgres: return mig::live_schema::pull_postgres(request, ddl, reason);
    case Database::kMysql: return mig::live_schema::pull_mysql(request, ddl, reason);
  }
  return false;
}

}  // extern "C"
