// PostgreSQL: its catalogs as the statements that pg_dump would write, read in one read-only transaction.
#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "runtime/live_schema/pull.h"

namespace mig::live_schema {

namespace {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

// Everything by its full name, as the empty search path makes the server write it.
const char* const kTypes =
    "SELECT format('%I.%I', n.nspname, t.typname), t.typtype, "
    "  CASE WHEN t.typtype = 'e' THEN (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE "
    "e.enumtypid = t.oid) "
    "       ELSE format_type(t.typbasetype, t.typtypmod) END, t.typnotnull, coalesce(t.typdefault, ''), "
    "  coalesce((SELECT string_agg(pg_get_constraintdef(c.oid), ' ' ORDER BY c.conname) FROM pg_constraint c WHERE c.contypid = t.oid AND "
    "c.contype = 'c'), '') "
    "FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "
    "WHERE t.typtype IN ('e', 'd') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' "
    "ORDER BY t.typtype DESC, t.oid";
const char* const kColumns =
    "SELECT c.oid::text, format('%I.%I', n.nspname, c.relname), format('%I', a.attname), format_type(a.atttypid, a.atttypmod), "
    "a.attnotnull, "
    "  coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attidentity, a.attgenerated "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
    "WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' "
    "ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\", a.attnum";
const char* const kConstraints =
    "SELECT format('%I.%I', n.nspname, c.relname), format('%I', k.conname), pg_get_constraintdef(k.oid) "
    "FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE k.contype IN ('p', 'u', 'f', 'c') AND c.relkind IN ('r', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') "
    "ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\", k.contype, k.conname COLLATE \"C\"";
const char* const kIndexes =
    "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = "
    "c.relnamespace "
    "WHERE i.indisunique AND c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE "
    "'pg\\_%' "
    "AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY 1";

// Messages of a server are text of unknown manners: one line, no control characters.
std::string plain(const char* message) {
  std::string text = message == nullptr ? "" : message;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

// The address with a connect timeout and, for another machine, a verified server, unless it says otherwise.
Connection connect(const std::string& address, std::string& reason) {
  char* error = nullptr;
  PQconninfoOption* const options = PQconninfoParse(address.c_str(), &error);
  if (options == nullptr) {
    reason = "the address is not one that libpq understands";
    PQfreemem(error);
    return {nullptr, &PQfinish};
  }
  std::vector<std::pair<std::string, std::string>> values;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val != nullptr) values.emplace_back(option->keyword, option->val);
  }
  PQconninfoFree(options);
  const auto value = [&](const std::string& key) {
    for (const auto& [name, text] : values) {
      if (name == key) return text;
    }
    return std::string();
  };
  const std::string host = value("host").empty() ? value("hostaddr") : value("host");
  const bool local = host.empty() || host[0] == '/' || host == "localhost" || host == "127.0.0.1" || host == "::1";
  if (!local && value("sslmode").empty()) values.emplace_back("sslmode", "verify-full");
  if (value("connect_timeout").empty()) values.emplace_back("connect_timeout", "10");
  values.emplace_back("client_encoding", "UTF8");
  values.emplace_back("fallback_application_name", "migc schema pull");
  std::vector<const char*> keys, texts;
  for (const auto& [key, text] : values) {
    keys.push_back(key.c_str());
    texts.push_back(text.c_str());
  }
  keys.push_back(nullptr);
  texts.push_back(nullptr);
  Connection connection(PQconnectdbParams(keys.data(), texts.data(), 0), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    reason = plain(PQerrorMessage(connection.get()));
    connection.reset();
  }
  return connection;
}

class Reader {
 public:
  Reader(PGconn* connection, std::string& reason) : connection_(connection), reason_(reason) {}

  bool ask(const char* query) {
    answer_.reset(PQexec(connection_, query));
    const ExecStatusType state = PQresultStatus(answer_.get());
    if (state == PGRES_TUPLES_OK || state == PGRES_COMMAND_OK) return true;
    reason_ = plain(PQerrorMessage(connection_));
    return false;
  }
  int rows() const { return PQntuples(answer_.get()); }
  std::string text(int row, int column) const { return PQgetvalue(answer_.get(), row, column); }
  bool flag(int row, int column) const { return text(row, column) == "t"; }

 private:
  PGconn* connection_;
  std::string& reason_;
  Answer answer_{nullptr, &PQclear};
};

void write_types(const Reader& reader, std::string& ddl) {
  for (int row = 0; row < reader.rows(); ++row) {
    if (reader.text(row, 1) == "e") {
      ddl += "CREATE TYPE " + reader.text(row, 0) + " AS ENUM (" + reader.text(row, 2) + ");\n";
      continue;
    }
    ddl += "CREATE DOMAIN " + reader.text(row, 0) + " AS " + reader.text(row, 2);
    if (!reader.text(row, 4).empty()) ddl += " DEFAULT " + reader.text(row, 4);
    if (reader.flag(row, 3)) ddl += " NOT NULL";
    if (!reader.text(row, 5).empty()) ddl += " " + reader.text(row, 5);
    ddl += ";\n";
  }
}

void write_tables(const Reader& reader, std::string& ddl) {
  std::string open;
  for (int row = 0; row < reader.rows(); ++row) {
    if (reader.text(row, 0) != open) {
      if (!open.empty()) ddl += "\n);\n";
      open = reader.text(row, 0);
      ddl += "\nCREATE TABLE " + reader.text(row, 1) + " (\n";
    } else {
      ddl += ",\n";
    }
    ddl += "    " + reader.text(row, 2) + " " + reader.text(row, 3);
    const std::string initial = reader.text(row, 5), identity = reader.text(row, 6);
    if (!reader.text(row, 7).empty())
      ddl += " GENERATED ALWAYS AS (" + initial + ") STORED";
    else if (!identity.empty())
      ddl += identity == "a" ? " GENERATED ALWAYS AS IDENTITY" : " GENERATED BY DEFAULT AS IDENTITY";
    else if (!initial.empty())
      ddl += " DEFAULT " + initial;
    if (reader.flag(row, 4)) ddl += " NOT NULL";
  }
  if (!open.empty()) ddl += "\n);\n";
}

}  // namespace

bool pull_postgres(const Request& request, std::string& ddl, std::string& reason) {
  const Connection connection = connect(request.address, reason);
  if (connection == nullptr) return false;
  Reader reader(connection.get(), reason);
  if (!reader.ask("SET statement_timeout = '60s'") || !reader.ask("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY") ||
      !reader.ask("SELECT pg_catalog.set_config('search_path', '', true)")) {
    return false;
  }
  ddl = "-- The schema of a PostgreSQL database, written by `migc schema pull`.\n";
  if (!reader.ask(kTypes)) return false;
  write_types(reader, ddl);
  if (!reader.ask(kColumns)) return false;
  write_tables(reader, ddl);
  if (!reader.ask(kConstraints)) return false;
  ddl += "\n";
  for (int row = 0; row < reader.rows(); ++row) {
    ddl += "ALTER TABLE ONLY " + reader.text(row, 0) + " ADD CONSTRAINT " + reader.text(row, 1) + " " + reader.text(row, 2) + ";\n";
  }
  if (!reader.ask(kIndexes)) return false;
  for (int row = 0; row < reader.rows(); ++row) ddl += reader.text(row, 0) + ";\n";
  return reader.ask("COMMIT");
}

}  // namespace mig::live_schema
