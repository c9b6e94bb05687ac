// Lookups in constant tables.
#include "stdlib/code_table.h"

#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

MIG_FUNCTION(code_table_find)(Context&, int64_t& result, const Text& text, const CodeTable& table) {
  return result = table.find(text), Status::kOk;
}
MIG_FUNCTION(text_in)(Context&, bool& result, const Text& text, const CodeTable& set) { return result = set.find(text) >= 0, Status::kOk; }
MIG_FUNCTION(parse_enum)(Context& context, int64_t& result, const Text& text, const CodeTable& variants) {
  result = variants.find(text);
  return result >= 0 ? Status::kOk : fail(context, "no variant of the enum has this wire value");
}
MIG_FUNCTION(enum_wire)(Context&, Text& result, const int64_t& variant, const CodeTable& variants) {
  const bool known = variant >= 0 && static_cast<uint64_t>(variant) < variants.size();
  return result = known ? as_text(variants.text(static_cast<uint64_t>(variant))) : Text{nullptr, 0}, Status::kOk;
}
MIG_FUNCTION(parse_bool)(Context& context, bool& result, const Text& text, const CodeTable& yes, const CodeTable& no) {
  result = yes.find(text) >= 0;
  if (result || no.find(text) >= 0) return Status::kOk;
  return fail(context, "neither one of the yes words nor one of the no words");
}

}  // namespace mig::stdlib
