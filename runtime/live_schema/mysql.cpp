// MySQL and MariaDB: the server writes its tables itself.
#include <mysql.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "runtime/live_schema/pull.h"

namespace mig::live_schema {

namespace {

struct Address {
  std::string user, password, host, database, socket;
  unsigned port = 3306;
};

std::string decoded(std::string_view text) {
  std::string out;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// mysql://USER:PASSWORD@HOST:PORT/DATABASE?socket=PATH
bool parse(std::string_view text, Address& address) {
  for (const std::string_view scheme : {"mysql://", "mariadb://"}) {
    if (!text.starts_with(scheme)) continue;
    text.remove_prefix(scheme.size());
    if (const size_t query = text.find('?'); query != std::string_view::npos) {
      const std::string_view rest = text.substr(query + 1);
      if (rest.starts_with("socket=")) address.socket = decoded(rest.substr(7));
      text = text.substr(0, query);
    }
    const size_t slash = text.rfind('/');
    if (slash == std::string_view::npos || slash + 1 == text.size()) return false;
    address.database = decoded(text.substr(slash + 1));
    std::string_view server = text.substr(0, slash);
    if (const size_t at = server.rfind('@'); at != std::string_view::npos) {
      const std::string_view user = server.substr(0, at);
      server.remove_prefix(at + 1);
      const size_t colon = user.find(':');
      address.user = decoded(user.substr(0, colon));
      if (colon != std::string_view::npos) address.password = decoded(user.substr(colon + 1));
    }
    if (const size_t colon = server.rfind(':'); colon != std::string_view::npos) {
      address.port = 0;
      for (const char c : server.substr(colon + 1)) {
        if (c < '0' || c > '9' || address.port > 65535) return false;
        address.port = address.port * 10 + static_cast<unsigned>(c - '0');
      }
      server = server.substr(0, colon);
    }
    address.host = decoded(server);
    return true;
  }
  return false;
}

using Connection = std::unique_ptr<MYSQL, decltype(&mysql_close)>;

class Reader {
 public:
  explicit Reader(MYSQL* connection) : connection_(connection) {}

  /// Rows of texts; false with an error on the connection.
  bool ask(const std::string& query, std::vector<std::vector<std::string>>& rows) {
    rows.clear();
    if (mysql_real_query(connection_, query.data(), query.size()) != 0) return false;
    MYSQL_RES* const result = mysql_store_result(connection_);
    if (result == nullptr) return mysql_field_count(connection_) == 0;
    while (MYSQL_ROW row = mysql_fetch_row(result)) {
      const unsigned long* const lengths = mysql_fetch_lengths(result);
      std::vector<std::string>& texts = rows.emplace_back();
      for (unsigned i = 0; i < mysql_num_fields(result); ++i)
        texts.emplace_back(row[i] == nullptr ? "" : row[i], row[i] == nullptr ? 0 : lengths[i]);
    }
    mysql_free_result(result);
    return true;
  }

 private:
  MYSQL* connection_;
};

std::string quoted(const std::string& name) {
  std::string out = "`";
  for (const char c : name) out += c == '`' ? std::string("``") : std::string(1, c);
  return out + "`";
}

}  // namespace

bool pull_mysql(const Request& request, std::string& ddl, std::string& reason) {
  Address address;
  if (!parse(request.address, address)) {
    reason = "the address is not mysql://USER:PASSWORD@HOST:PORT/DATABASE";
    return false;
  }
  const Connection connection(mysql_init(nullptr), &mysql_close);
  if (connection == nullptr) {
    reason = "out of memory";
    return false;
  }
  const unsigned seconds = 10, off = 0;
  mysql_options(connection.get(), MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
  mysql_options(connection.get(), MYSQL_OPT_LOCAL_INFILE, &off);
  mysql_options(connection.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
  const bool local = !address.socket.empty() || address.host.empty() || address.host == "localhost" || address.host == "127.0.0.1" ||
                     address.host == "::1";
  if (!local) {
    const my_bool on = 1;
    mysql_options(connection.get(), MYSQL_OPT_SSL_ENFORCE, &on);
    mysql_options(connection.get(), MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &on);
  }
  const auto fail = [&] {
    reason = mysql_error(connection.get());
    std::replace_if(reason.begin(), reason.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return false;
  };
  const bool connected = mysql_real_connect(connection.get(), address.host.empty() ? nullptr : address.host.c_str(), address.user.c_str(),
                                            address.password.c_str(), address.database.c_str(), address.port,
                                            address.socket.empty() ? nullptr : address.socket.c_str(), 0) != nullptr;
  if (!connected) return fail();
  Reader reader(connection.get());
  std::vector<std::vector<std::string>> rows, created;
  if (!reader.ask("SET SESSION sql_mode = '', sql_quote_show_create = 1", rows) || !reader.ask("START TRANSACTION READ ONLY", rows) ||
      !reader.ask("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'", rows)) {
    return fail();
  }
  std::sort(rows.begin(), rows.end());
  ddl = "-- The schema of a MySQL or MariaDB database, written by `migc schema pull`.\n";
  for (const auto& row : rows) {
    if (row.empty()) continue;
    if (!reader.ask("SHOW CREATE TABLE " + quoted(row[0]), created)) return fail();
    if (created.size() == 1 && created[0].size() > 1) ddl += "\n" + created[0][1] + ";\n";
  }
  return true;
}

}  // namespace mig::live_schema
