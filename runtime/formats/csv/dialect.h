// How a CSV file is written: what the settings of a csv source or target say.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/plan/plan.h"

namespace mig {

struct CsvDialect {
  char delimiter = ',';
  char quote = '"';                      // 0: no quoting
  char escape = 0;                       // 0: a quote inside quotes is doubled; else the character before it
  bool header = true;                    // the first record names the columns
  bool crlf = false;                     // output only
  bool trim = false;                     // blanks around unquoted cells do not count
  bool bare_quotes = false;              // a quote inside an unquoted cell is a character of it, instead of a fault
  std::vector<std::string> names;        // of the columns, when the setting `header` lists them
  std::vector<std::string> null_tokens;  // a cell with one of these texts, quoted or not, is null
};

/// Settings: delimiter (one ASCII character or "tab"), quote ("" for none), escape, header (true, false or names), null_tokens, trim,
/// bare_quotes, line_end ("lf", "crlf"). Others are left to the connector. kConfig for values that make no sense.
Result<CsvDialect> csv_dialect(const Settings& settings);

}  // namespace mig
