#include "runtime/connectors/sink_field.h"

#include <cstring>

#include "runtime/types/text.h"

namespace mig {

Result<FieldJson> FieldJson::make(const RecordLayout& layout, uint32_t field, const TypeTable& types, const std::vector<EnumType>& enums) {
  FieldJson made;
  const FieldSlot& slot = layout.fields[field];
  made.target_ = std::make_unique<TargetPlan>();
  made.target_->connector = "ndjson";
  made.target_->layout.add("v", slot.type, types, true);
  made.target_->layout.finish();
  made.target_->fields.push_back({"v", false});
  Result<std::unique_ptr<RecordEncoder>> encoder = make_encoder(*made.target_, types, enums);
  if (!encoder) return encoder.error();
  made.encoder_ = std::move(*encoder);
  made.scratch_ = std::make_unique<Cell[]>(made.target_->layout.stride / sizeof(Cell) + 1);
  made.frame_ = reinterpret_cast<uint8_t*>(made.scratch_.get());
  made.source_field_ = field;
  made.source_offset_ = slot.offset;
  made.size_ = storage_size(slot.storage);
  return made;
}

void FieldJson::append(const uint8_t* frame, std::string& out) {
  if (presence(frame, source_field_) != Presence::kValue) {
    out += "null";
    return;
  }
  frame_[0] = static_cast<uint8_t>(Presence::kValue);
  std::memcpy(frame_ + target_->layout.fields[0].offset, frame + source_offset_, size_);
  line_.clear();
  encoder_->encode(frame_, line_);
  constexpr size_t kBefore = 5;  // {"v":
  size_t end = line_.size();
  while (end > 0 && line_[end - 1] != '}') --end;
  if (end > kBefore)
    out.append(line_, kBefore, end - 1 - kBefore);
  else
    out += "null";
}

void append_json_text(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  const bool whole = is_valid_utf8(text);
  const auto is_plain = [whole](unsigned char c) { return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f && (c < 0x80 || whole); };
  out += '"';
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && is_plain(static_cast<unsigned char>(text[end]))) ++end;
    out.append(text, i, end - i);
    i = end;
    if (i == text.size()) break;
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      const CodePoint point = code_point_at(text, i);
      char bytes[4];
      out.append(bytes, static_cast<size_t>(write_code_point(point.value, bytes)));
      i += point.size;
      continue;
    }
    ++i;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        out += "\\u00";
        out += kHex[c >> 4];
        out += kHex[c & 15];
    }
  }
  out += '"';
}

}  // namespace mig
