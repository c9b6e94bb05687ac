// The header of a CSV file, and for each column the narrowest type that all its cells at the beginning of the file have.
#include <algorithm>
#include <unordered_set>

#include "compiler/schemas/readers.h"

namespace mig::schemas {

namespace {

constexpr size_t kProfiledBytes = 16u << 20;
constexpr size_t kProfiledRecords = 200000;

struct Cell {
  std::string text;
  bool quoted = false;
  uint32_t begin = 0, end = 0;
};

class CsvCells {
 public:
  CsvCells(std::string_view text, size_t at) : text_(text), at_(at), delimiter_(delimiter()) {}

  /// False at the end; a record that the end cuts off, unquoted, still counts.
  bool record(std::vector<Cell>& cells) {
    cells.clear();
    if (at_ >= text_.size()) return false;
    while (true) {
      Cell cell;
      cell.begin = static_cast<uint32_t>(at_);
      if (at_ < text_.size() && text_[at_] == '"') {
        cell.quoted = true;
        opened_ = at_;
        for (++at_;; ++at_) {
          if (at_ >= text_.size()) {
            unclosed = true;
            return false;
          }
          if (text_[at_] == '"') {
            if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
            ++at_;
          }
          cell.text += text_[at_];
        }
        ++at_;
      }
      while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n') cell.text += text_[at_++];
      cell.end = static_cast<uint32_t>(at_);
      const bool more = at_ < text_.size() && text_[at_] == delimiter_;
      if (!more && !cell.quoted && !cell.text.empty() && cell.text.back() == '\r') cell.text.pop_back();
      cells.push_back(std::move(cell));
      if (cells.size() > kMaxFields) return true;
      if (at_ < text_.size()) ++at_;
      if (!more) return true;
    }
  }

  bool unclosed = false;
  size_t opened() const { return opened_; }

 private:
  // The most frequent of the usual ones in the first line, outside quotes.
  char delimiter() const {
    size_t best = 0;
    char chosen = ',';
    for (const char candidate : {',', ';', '\t', '|'}) {
      size_t count = 0;
      bool inside = false;
      for (size_t i = at_; i < text_.size() && (inside || text_[i] != '\n'); ++i) {
        if (text_[i] == '"') inside = !inside;
        if (!inside && text_[i] == candidate) ++count;
      }
      if (count > best) best = count, chosen = candidate;
    }
    return chosen;
  }

  std::string_view text_;
  size_t at_;
  size_t opened_ = 0;
  char delimiter_;
};

bool all_digits(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos; }

bool looks_like_date(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && all_digits(text.substr(0, 4)) && all_digits(text.substr(5, 2)) &&
         all_digits(text.substr(8)) && text.substr(5, 2) >= "01" && text.substr(5, 2) <= "12" && text.substr(8) >= "01" &&
         text.substr(8) <= "28";
}

// `2024-03-04T05:06:07Z`, with a fraction, or an offset.
bool looks_like_timestamp(std::string_view text) {
  if (text.size() < 20 || text[10] != 'T' || !looks_like_date(text.substr(0, 10))) return false;
  const std::string_view time = text.substr(11);
  if (!all_digits(time.substr(0, 2)) || time[2] != ':' || !all_digits(time.substr(3, 2)) || time[5] != ':' ||
      !all_digits(time.substr(6, 2)))
    return false;
  std::string_view rest = time.substr(8);
  if (!rest.empty() && rest[0] == '.') {
    const size_t end = rest.find_first_not_of("0123456789", 1);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  }
  return rest == "Z" || (rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':');
}

int64_t code_points(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

// What the cells of one column have in common.
struct Column {
  size_t filled = 0, empty = 0;
  bool whole = true, decimal = true, date = true, timestamp = true, boolean = true, unique = true;
  int64_t longest = 0;
  int digits = 0, scale = 0;
  std::unordered_set<std::string> seen;

  void add(const Cell& cell) {
    if (cell.text.empty()) {
      ++empty;
      return;
    }
    ++filled;
    longest = std::max(longest, code_points(cell.text));
    number(cell.text);
    date &= looks_like_date(cell.text);
    timestamp &= looks_like_timestamp(cell.text);
    boolean &= cell.text == "true" || cell.text == "false";
    if (unique && !seen.insert(cell.text).second) {
      unique = false;
      seen.clear();
    }
  }

  void number(std::string_view text) {
    if (!whole && !decimal) return;
    if (text[0] == '-') text.remove_prefix(1);
    const size_t point = text.find('.');
    const std::string_view before = text.substr(0, point),
                           behind = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
    // Leading zeros are digits that a number would lose: an identifier, not a number.
    const bool plain = all_digits(before) && (before.size() == 1 || before[0] != '0') && before.size() <= 18;
    whole &= plain && point == std::string_view::npos;
    decimal &= plain && (point == std::string_view::npos || (all_digits(behind) && behind.size() <= 12));
    digits = std::max(digits, static_cast<int>(before.size()));
    scale = std::max(scale, static_cast<int>(behind.size()));
  }

  ShapeType type() const {
    ShapeType result;
    result.nullable = empty > 0 || filled == 0;
    if (filled == 0) {
      result.kind = ShapeKind::kString;
    } else if (boolean) {
      result.kind = ShapeKind::kBool;
    } else if (whole) {
      result.kind = ShapeKind::kInt;
    } else if (decimal) {
      result.kind = ShapeKind::kDecimal;
      result.scale = scale;
      result.precision = std::min(38, std::max(18, digits + scale));
    } else if (date) {
      result.kind = ShapeKind::kDate;
    } else if (timestamp) {
      result.kind = ShapeKind::kTimestamp;
    } else {
      result.kind = ShapeKind::kString;
    }
    return result;
  }
};

}  // namespace

ReadResult read_csv(std::string_view text) {
  ReadResult result;
  const size_t start = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    result.problems.push_back({0, 2, "a CSV file in UTF-16 is not profiled", "convert it to UTF-8, or declare the schema by hand"});
    return result;
  }
  const bool whole_file = text.size() <= kProfiledBytes;
  CsvCells cells(text, start);
  std::vector<Cell> header, record;
  if (!cells.record(header)) {
    if (cells.unclosed)
      result.problems.push_back(
          {static_cast<uint32_t>(cells.opened()), static_cast<uint32_t>(cells.opened() + 1), "a quoted cell is not closed", "opened here"});
    else
      result.problems.push_back({0, 0, "the file is empty", "a header is expected here"});
    return result;
  }
  if (header.size() > kMaxFields) {
    result.problems.push_back({0, 1, "the header has more columns than migc reads", "begins here"});
    return result;
  }
  Shape shape;
  shape.begin = static_cast<uint32_t>(start);
  shape.end = header.back().end;
  for (const Cell& cell : header) {
    const auto same =
        std::find_if(shape.fields.begin(), shape.fields.end(), [&](const ShapeField& field) { return field.name == cell.text; });
    if (cell.text.empty() || same != shape.fields.end()) {
      result.problems.push_back(
          {cell.begin, cell.end,
           cell.text.empty() ? "a column without a name" : "the column `" + cell.text + "` stands twice in the header", "in the header"});
      continue;
    }
    ShapeField field;
    field.name = cell.text;
    field.begin = cell.begin;
    field.end = cell.end;
    shape.fields.push_back(std::move(field));
  }
  if (!result.problems.empty()) return result;
  std::vector<Column> columns(header.size());
  size_t records = 0;
  while (records < kProfiledRecords && cells.record(record)) {
    if (!whole_file && record.back().end > kProfiledBytes) break;
    if (record.size() == 1 && record[0].text.empty() && !record[0].quoted) continue;  // a blank line
    ++records;
    for (size_t i = 0; i < columns.size(); ++i) columns[i].add(i < record.size() ? record[i] : Cell{});
  }
  if (cells.unclosed && whole_file) {
    result.problems.push_back(
        {static_cast<uint32_t>(cells.opened()), static_cast<uint32_t>(cells.opened() + 1), "a quoted cell is not closed", "opened here"});
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    ShapeField& field = shape.fields[i];
    field.type = columns[i].type();
    field.optional = field.type.nullable;  // an empty cell is absent
    field.unique = records > 1 && columns[i].unique && columns[i].empty == 0;
  }
  // The first column that identifies every record is taken for the key.
  for (ShapeField& field : shape.fields) {
    const bool can_be_key = field.type.kind == ShapeKind::kInt || field.type.kind == ShapeKind::kString;
    if (!field.unique || !can_be_key) continue;
    field.key = true;
    break;
  }
  for (ShapeField& field : shape.fields) field.unique = false;  // seen in a sample, promised by nobody
  result.shapes.push_back(std::move(shape));
  return result;
}

}  // namespace mig::schemas
