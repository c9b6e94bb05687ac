#include "runtime/formats/csv/csv_cells.h"

#include <algorithm>

#include "runtime/formats/values/text_value.h"
#include "runtime/types/decimal.h"
#include "runtime/types/digits.h"

namespace mig {

/// An int or decimal of at most 18 digits, `[-]digits[.digits]`, into the slot. False: anything else.
bool CsvCells::short_number(const CsvColumnReader& reader, std::string_view cell, void* slot, const char*& why) {
  const char* p = cell.data();
  const char* const end = p + cell.size();
  const bool minus = *p == '-';
  p += minus;
  if (end - p > 18 || p == end || !is_digit(*p)) return false;
  uint64_t digits = 0;
  while (p != end && is_digit(*p)) digits = digits * 10 + static_cast<uint8_t>(*p++ - '0');
  if (reader.op == ShapeOp::kInt) {
    if (p != end) return false;
    const int64_t number = minus ? -static_cast<int64_t>(digits) : static_cast<int64_t>(digits);
    std::memcpy(slot, &number, sizeof number);
    if (number < reader.shape->low || number > reader.shape->high) why = cause::kIntRange;
    return true;
  }
  int missing = reader.shape->scale;
  if (p != end) {
    if (*p++ != '.' || p == end) return false;
    missing -= static_cast<int>(end - p);
    while (p != end && is_digit(*p)) digits = digits * 10 + static_cast<uint8_t>(*p++ - '0');
    if (p != end) return false;
  }
  if (missing < 0 || missing > 18) return false;
  if (digits < 1'000'000'000 && missing <= 9) [[likely]] {  // no product above 18 digits
    const auto scaled = static_cast<int64_t>(digits * static_cast<uint64_t>(power_of_ten(missing)));
    if (reader.shape->precision < 18 && scaled >= static_cast<int64_t>(power_of_ten(reader.shape->precision))) return false;
    const int128 number = minus ? -scaled : scaled;
    std::memcpy(slot, &number, sizeof number);
    return true;
  }
  const int128 scaled = static_cast<int128>(digits) * power_of_ten(missing);
  if (scaled >= power_of_ten(reader.shape->precision)) return false;
  const int128 number = minus ? -scaled : scaled;
  std::memcpy(slot, &number, sizeof number);
  return true;
}

Result<void> CsvCells::prepare(const DecoderOptions& options, const CsvColumns& columns) {
  const bool as_they_are = !dialect_.trim && dialect_.null_tokens.empty();
  const std::vector<FieldSlot>& slots = options.layout->fields;
  for (uint32_t i = 0; i < slots.size(); ++i) {
    const FieldDecode& field = (*options.fields)[i];
    if (!field.needed || columns.column_of_field[i] < 0) continue;
    Result<const Shape*> shape = shapes_.add(slots[i].type, field.mode);
    if (!shape.ok()) return Error{shape.error().kind, "field " + slots[i].name + ": " + shape.error().message, shape.error().remedy};
    const Shape& s = **shape;
    const bool lists = s.op == ShapeOp::kList || s.op == ShapeOp::kSet;
    if ((lists && s.mode != DecodeMode::kListOrCsv) || s.op == ShapeOp::kMap || s.op == ShapeOp::kRecord) {
      return Error{ErrorKind::kConfig, "field " + slots[i].name + ": a CSV cell cannot hold " + options.types->text(slots[i].type),
                   lists ? "write @decode(list_or_csv) behind the field, or read it as string" : "read it as string or json"};
    }
    const auto column = static_cast<uint32_t>(columns.column_of_field[i]);
    const Presence when_empty = slots[i].optional ? Presence::kAbsent : s.nullable ? Presence::kNull : Presence::kUnavailable;
    const Presence when_null = s.nullable ? Presence::kNull : slots[i].optional ? Presence::kAbsent : Presence::kUnavailable;
    const bool as_it_is = as_they_are && s.op == ShapeOp::kText && !s.bounded && when_empty != Presence::kUnavailable;
    const bool plain_number = as_they_are && (s.op == ShapeOp::kInt || s.op == ShapeOp::kDecimal);
    readers_.push_back(
        {&s, column, column - 1, column, slots[i].offset, static_cast<int32_t>(i), s.op, as_it_is, plain_number, when_empty, when_null});
  }
  std::sort(readers_.begin(), readers_.end(), [](const CsvColumnReader& a, const CsvColumnReader& b) {
    return a.column != b.column ? a.column < b.column : a.field < b.field;
  });
  return {};
}

void CsvCells::part(uint32_t columns, bool with_texts) {
  for (uint32_t i = 0; i < readers_.size(); ++i) {
    const CsvColumnReader& reader = readers_[i];
    const bool last = reader.column + 1 == columns;
    if (with_texts && reader.taken_as_it_is && !last)
      plain_texts_.push_back({reader.column, reader.offset, reader.field, reader.when_empty});
    else if (reader.plain_number && reader.op == ShapeOp::kInt && reader.column != 0 && !last)
      plain_ints_.push_back(
          {reader.begin_at, reader.end_at, reader.offset, reader.field, reader.shape->low, reader.shape->high, i, reader.when_empty});
    else
      others_.push_back(reader);
  }
}

const char* CsvCells::convert(const CsvColumnReader& reader, std::string_view cell, bool quoted, uint8_t* frame, Context& context) const {
  if (dialect_.trim && !quoted) {
    while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
    while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  }
  Presence state = Presence::kValue;
  for (const std::string& token : dialect_.null_tokens) {
    if (cell == token) {
      state = reader.when_null;
      break;
    }
  }
  if (state == Presence::kValue && cell.empty() && !(quoted && reader.op == ShapeOp::kText)) state = reader.when_empty;
  if (state != Presence::kValue) {
    if (state == Presence::kUnavailable) return cause::kMissing;
    frame[reader.field] = static_cast<uint8_t>(state);
    return nullptr;
  }
  frame[reader.field] = static_cast<uint8_t>(Presence::kValue);
  void* const slot = frame + reader.offset;
  const char* why = nullptr;
  const bool number = reader.op == ShapeOp::kInt || reader.op == ShapeOp::kDecimal;
  if (number && !reader.plain_number && short_number(reader, cell, slot, why)) return why;
  return cell_value(*reader.shape, cell, slot, context);
}

}  // namespace mig
