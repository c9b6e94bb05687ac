// A layout with its decoders' surroundings, for tests of formats and sources: types, enums, fields, context, arena.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/formats/decoder.h"
#include "runtime/records/arena.h"

namespace mig::test {

struct FormatSetting {
  TypeTable types;
  std::vector<EnumType> enums;
  RecordLayout layout;
  std::vector<FieldDecode> fields;
  Arena arena;
  Context context{};

  FormatSetting() { arena.reset(context); }

  void add(std::string name, TypeId type, bool optional = true, bool needed = true, DecodeMode mode = DecodeMode::kPlain,
           std::vector<std::string> wire_names = {}) {
    if (wire_names.empty()) wire_names.push_back(name);
    layout.add(std::move(name), type, types, optional);
    FieldDecode field;
    field.wire_names = std::move(wire_names);
    field.needed = needed;
    field.mode = mode;
    fields.push_back(std::move(field));
  }
  TypeId maybe(TypeId id) { return types.nullable(id); }
  DecoderOptions options() const {
    DecoderOptions o;
    o.layout = &layout;
    o.fields = &fields;
    o.types = &types;
    o.enums = &enums;
    return o;
  }
  SourcePlan plan(std::string connector, std::vector<std::string> arguments, Settings settings = {}) const {
    SourcePlan p;
    p.name = "s";
    p.connector = std::move(connector);
    p.arguments = std::move(arguments);
    p.settings = std::move(settings);
    p.layout = layout;
    p.fields = fields;
    return p;
  }
};

/// The contacts of the benchmarks; CSV has its own columns for the custom fields.
inline std::unique_ptr<FormatSetting> contacts_setting(bool csv) {
  auto s = std::make_unique<FormatSetting>();
  const TypeId text = s->maybe(s->types.of(Kind::kString));
  const TypeId count = s->maybe(s->types.integer(0, kUnboundedHigh));
  s->add("id", s->types.of(Kind::kString), false);
  s->add("email_address", text);
  s->add("first_name", text);
  s->add("last_name", text);
  s->add("status", text);
  s->add("subscription_date", text);
  s->add("unsubscribe_date", text, true, false);
  s->add("last_activity", text);
  s->add("last_engagement", text, true, false);
  s->add("lifecycle_stage", text, true, false);
  s->add("recent_opens", count);
  s->add("recent_clicks", count);
  s->add("avg_open_rate", s->maybe(s->types.decimal(5, 4)));
  s->add("tags", s->maybe(s->types.list(s->types.of(Kind::kString))), true, true, DecodeMode::kListOrCsv);
  if (csv) {
    s->add("segments", text, true, false);
    for (const char* column : {"Company Name", "phone-number", "Zip Code", "Job Title", "VIP"}) s->add(column, text);
  } else {
    s->add("segments", s->maybe(s->types.list(s->types.of(Kind::kString))), true, false);
    s->add("custom_fields", s->maybe(s->types.map(s->types.of(Kind::kString), s->maybe(s->types.of(Kind::kScalar)))));
  }
  s->layout.finish();
  return s;
}

}  // namespace mig::test
