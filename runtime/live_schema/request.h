// What is asked of the library that reads the schemas of live databases, and how it is called.
#pragma once

#include <cstdint>
#include <string>

namespace mig::live_schema {

enum class Database : uint8_t { kSqlite, kPostgres, kMysql };

struct Request {
  Database database = Database::kSqlite;
  std::string address;  // sqlite: a file; postgres: a libpq string or URI; mysql: mysql://USER:PASSWORD@HOST:PORT/DATABASE
};

/// The whole schema as the statements that create it, in the database's dialect and in a fixed order; false with `reason` set when the
/// database cannot be reached or read. `reason` never holds the address.
using PullFunction = bool(const Request& request, std::string& ddl, std::string& reason);
constexpr const char* kPullSymbol = "migc_live_schema_pull";
constexpr const char* kVersionSymbol = "migc_live_schema_version";

}  // namespace mig::live_schema
