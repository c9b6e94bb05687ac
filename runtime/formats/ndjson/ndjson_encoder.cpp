#include "runtime/formats/ndjson/ndjson_encoder.h"

#include "runtime/formats/values/write_value.h"

namespace mig {
namespace {

struct FieldWriter {
  PaddedText key;  // `,"name":`
  const WriteShape* shape;
  uint32_t field;
  uint32_t offset;
};

class NdjsonEncoder final : public RecordEncoder {
 public:
  NdjsonEncoder(const TypeTable& types, const std::vector<EnumType>& enums) : shapes_(types, enums) {}

  Result<void> prepare(const TargetPlan& target) {
    for (uint32_t i = 0; i < target.layout.fields.size(); ++i) {
      const FieldSlot& slot = target.layout.fields[i];
      Result<const WriteShape*> shape = shapes_.add(slot.type);
      if (!shape.ok()) return Error{shape.error().kind, "field " + slot.name + ": " + shape.error().message, shape.error().remedy};
      writers_.push_back({PaddedText(json_key(target.fields[i].wire_name)), *shape, i, slot.offset});
    }
    return {};
  }

  void encode(const uint8_t* frame, std::string& out) override {
    buffer_.clear();
    uint32_t comma = 1;  // bytes of the next key to leave out
    buffer_.need(1);
    buffer_.put('{');
    for (const FieldWriter& writer : writers_) {
      const Presence state = presence(frame, writer.field);
      switch (state) {
        case Presence::kAbsent:
        case Presence::kKeep:
        case Presence::kUnavailable: continue;
        case Presence::kValue:
        case Presence::kNull: break;
      }
      buffer_.put_behind(writer.key, comma);
      comma = 0;
      if (state == Presence::kNull) {
        buffer_.need(4);
        buffer_.put("null", 4);
      } else {
        write_json(buffer_, *writer.shape, frame + writer.offset);
      }
    }
    buffer_.need(2);
    buffer_.put("}\n", 2);
    out.append(buffer_.data(), buffer_.size());
  }

  void header(std::string&) const override {}

 private:
  WriteShapes shapes_;
  std::vector<FieldWriter> writers_;
  OutBuffer buffer_;
};

}  // namespace

Result<std::unique_ptr<RecordEncoder>> make_ndjson_encoder(const TargetPlan& target, const TypeTable& types,
                                                           const std::vector<EnumType>& enums) {
  auto encoder = std::make_unique<NdjsonEncoder>(types, enums);
  if (Result<void> prepared = encoder->prepare(target); !prepared.ok()) return prepared.error();
  return std::unique_ptr<RecordEncoder>(std::move(encoder));
}

}  // namespace mig
