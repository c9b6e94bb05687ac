#include <algorithm>
#include <numeric>

#include "runtime/formats/csv/csv_decoder.h"
#include "runtime/formats/csv/csv_record.h"
#include "runtime/formats/values/similar_name.h"

namespace mig {

CsvColumns csv_columns_in_order(const RecordLayout& layout) {
  CsvColumns columns;
  columns.count = static_cast<uint32_t>(layout.fields.size());
  columns.column_of_field.resize(columns.count);
  std::iota(columns.column_of_field.begin(), columns.column_of_field.end(), 0);
  return columns;
}

Result<CsvColumns> match_csv_columns(const std::vector<std::string>& names, const RecordLayout& layout,
                                     const std::vector<FieldDecode>& fields) {
  CsvColumns columns;
  columns.count = static_cast<uint32_t>(names.size());
  columns.column_of_field.assign(layout.fields.size(), -1);
  // By name, of equal names the first column first: a header of thousands of columns is looked up as often.
  std::vector<uint32_t> by_name(names.size());
  std::iota(by_name.begin(), by_name.end(), 0);
  std::stable_sort(by_name.begin(), by_name.end(), [&](uint32_t a, uint32_t b) { return names[a] < names[b]; });
  for (size_t i = 0; i < layout.fields.size(); ++i) {
    for (const std::string& wanted : fields[i].wire_names) {
      const auto found = std::lower_bound(by_name.begin(), by_name.end(), wanted,
                                          [&](uint32_t column, const std::string& name) { return names[column] < name; });
      if (found == by_name.end() || names[*found] != wanted) continue;
      if (fields[i].needed && found + 1 != by_name.end() && names[found[1]] == wanted) {
        return Error{ErrorKind::kConfig, "the header names column \"" + wanted + "\" twice", "give the columns different names"};
      }
      columns.column_of_field[i] = static_cast<int32_t>(*found);
      break;
    }
    if (columns.column_of_field[i] < 0 && fields[i].needed && !layout.fields[i].optional) {
      const std::string& wanted = fields[i].wire_names.front();
      return Error{ErrorKind::kConfig, "the header has no column \"" + wanted + "\"; it has " + list_names(names),
                   did_you_mean(wanted, names)};
    }
  }
  return columns;
}

Result<std::vector<std::string>> read_csv_header(const CsvDialect& dialect, std::string_view line) {
  std::vector<CsvCell> cells;
  const CsvRecordEnd record = read_csv_record(dialect, line.data(), line.data() + line.size(), &cells);
  if (record.cause != nullptr)
    return Error{ErrorKind::kConfig, std::string("the header is malformed: ") + record.cause, "correct the first line of the file"};
  std::vector<std::string> names;
  for (const CsvCell& cell : cells) {
    std::string& name = names.emplace_back(cell.begin, cell.end);
    if (cell.escaped) name.resize(unescape_csv(dialect, cell.begin, cell.end, name.data()));
  }
  return names;
}

}  // namespace mig
