#include "runtime/connectors/sqlite/sink_row.h"

#include <cstring>

#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"
#include "runtime/types/uuid.h"
#include "runtime/types/zoned.h"

namespace mig {
namespace {

template <class T>
void put(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof bytes);
}

void put_text(std::string& out, SqlTag tag, std::string_view text) {
  out += static_cast<char>(tag);
  put(out, static_cast<uint32_t>(text.size()));
  out.append(text);
}

void put_integer(std::string& out, int64_t value) {
  out += static_cast<char>(SqlTag::kInteger);
  put(out, value);
}

template <class T>
T load(const uint8_t* slot) {
  T value;
  std::memcpy(&value, slot, sizeof value);
  return value;
}

}  // namespace

SqlTag sql_storage(const Type& type) {
  switch (type.kind) {
    case Kind::kBool:
    case Kind::kInt: return SqlTag::kInteger;
    case Kind::kFloat: return SqlTag::kReal;
    case Kind::kBytes: return SqlTag::kBlob;
    case Kind::kDecimal:
    case Kind::kPercent:
    case Kind::kMoney:
    case Kind::kString:
    case Kind::kUuid:
    case Kind::kJson:
    case Kind::kScalar:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDatetime:
    case Kind::kTimestamp:
    case Kind::kZoned:
    case Kind::kDuration:
    case Kind::kPeriod:
    case Kind::kEnum:
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap:
    case Kind::kRecord:
    case Kind::kPosition:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: return SqlTag::kText;
  }
  return SqlTag::kText;
}

Result<std::unique_ptr<RecordEncoder>> RowPacker::make(const TargetPlan& plan, const TypeTable& types, const std::vector<EnumType>& enums) {
  std::unique_ptr<RowPacker> packer(new RowPacker(plan, enums));
  for (uint32_t i = 0; i < plan.layout.fields.size(); ++i) {
    const Type& type = types[plan.layout.fields[i].type];
    packer->field_types_.push_back(&type);
    std::unique_ptr<FieldJson>& json = packer->json_.emplace_back();
    const bool nested =
        storage_of(type.kind) == Storage::kList || storage_of(type.kind) == Storage::kMap || storage_of(type.kind) == Storage::kScalar;
    if (!nested || type.kind == Kind::kScalar) continue;
    Result<FieldJson> made = FieldJson::make(plan.layout, i, types, enums);
    if (!made) return made.error();
    json = std::make_unique<FieldJson>(std::move(*made));
  }
  return std::unique_ptr<RecordEncoder>(std::move(packer));
}

void RowPacker::encode(const uint8_t* frame, std::string& out) {
  for (uint32_t i = 0; i < field_types_.size(); ++i) {
    switch (presence(frame, i)) {
      case Presence::kValue: pack_value(frame, i, out); break;
      case Presence::kNull: out += static_cast<char>(SqlTag::kNull); break;
      case Presence::kAbsent:
      case Presence::kKeep:
      case Presence::kUnavailable: out += static_cast<char>(SqlTag::kKeep); break;
    }
  }
}

void RowPacker::pack_json(const uint8_t* frame, uint32_t field, std::string& out) {
  scratch_.clear();
  json_[field]->append(frame, scratch_);
  std::string_view text = scratch_;
  // Money and periods are written as one JSON string without escapes.
  if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
  put_text(out, SqlTag::kText, text);
}

void RowPacker::pack_value(const uint8_t* frame, uint32_t field, std::string& out) {
  const Type& type = *field_types_[field];
  const uint8_t* slot = frame + plan_.layout.fields[field].offset;
  char buffer[kZonedTextSize];
  static_assert(sizeof buffer >= kTimeTextSize && sizeof buffer >= kDecimalTextSize);
  const auto text_of_size = [&](int size) { put_text(out, SqlTag::kText, {buffer, static_cast<size_t>(size)}); };
  switch (type.kind) {
    case Kind::kBool: put_integer(out, *slot != 0); return;
    case Kind::kInt: put_integer(out, load<int64_t>(slot)); return;
    case Kind::kFloat:
      out += static_cast<char>(SqlTag::kReal);
      put(out, load<double>(slot));
      return;
    case Kind::kDecimal:
    case Kind::kPercent: text_of_size(write_decimal(load<int128>(slot), type.scale, buffer)); return;
    case Kind::kUuid: text_of_size(write_uuid(load<int128>(slot), buffer)); return;
    case Kind::kDate: text_of_size(write_date(load<int64_t>(slot), buffer)); return;
    case Kind::kTime: text_of_size(write_time(load<int64_t>(slot), buffer)); return;
    case Kind::kDatetime: text_of_size(write_datetime(load<int64_t>(slot), buffer)); return;
    case Kind::kTimestamp: text_of_size(write_timestamp(load<int64_t>(slot), buffer)); return;
    case Kind::kZoned: text_of_size(write_zoned(unpack_zoned(load<Text>(slot).view()), buffer)); return;
    case Kind::kDuration: text_of_size(write_duration(load<int64_t>(slot), buffer)); return;
    case Kind::kEnum: {
      const auto& variants = enums_[type.declaration].variants;
      const auto index = static_cast<size_t>(load<int64_t>(slot));
      put_text(out, SqlTag::kText, index < variants.size() ? std::string_view(variants[index].wire) : std::string_view());
      return;
    }
    case Kind::kString:
    case Kind::kJson:
    case Kind::kPosition: put_text(out, SqlTag::kText, load<Text>(slot).view()); return;
    case Kind::kBytes: put_text(out, SqlTag::kBlob, load<Text>(slot).view()); return;
    case Kind::kScalar: {
      const Cell cell = load<Cell>(slot);
      switch (cell.kind) {
        case ScalarKind::kBool: put_integer(out, cell.boolean); return;
        case ScalarKind::kInt: put_integer(out, cell.integer); return;
        case ScalarKind::kDecimal: text_of_size(write_decimal(cell.decimal, cell.scale, buffer)); return;
        case ScalarKind::kText: put_text(out, SqlTag::kText, cell.text.view()); return;
      }
      return;
    }
    case Kind::kMoney:
    case Kind::kPeriod:
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap:
    case Kind::kRecord: pack_json(frame, field, out); return;
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: out += static_cast<char>(SqlTag::kNull); return;
  }
}

}  // namespace mig
