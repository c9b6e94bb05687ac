// What JSON text is decoded into by `decode(json, S)`: the type S as text, which programs carry, and the decoder made from it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/types/context.h"
#include "runtime/types/type.h"

namespace mig::stdlib {

/// Whether JSON holds values of the type: not money, periods or functions, anywhere in it.
bool json_holds(const TypeTable& types, TypeId type);

/// PreparedSpec::flag (and IntrinsicArgument::number) of a PreparedKind::kShape whose object is a JsonShape, made from a json_shape_code.
constexpr int64_t kToBeDecoded = 1;

/// Everything about a type that decoding asks for: kinds, bounds, scales, names of fields and wire names of enums.
std::string json_shape_code(const TypeTable& types, const std::vector<EnumType>& enums, TypeId type);

/// Immutable; shared by threads.
class JsonShape {
 public:
  /// From a json_shape_code; on another text returns null and sets `error`.
  static std::shared_ptr<const JsonShape> build(const std::string& code, std::string& error);
  ~JsonShape();

  /// Reads one JSON value, blanks around it included, by the rules of a source with this type. kFail when it is not one: no JSON, or a
  /// value that does not fit. Texts lie in the arena.
  Status read(Context& context, const Text& text, Cell& result) const;

 private:
  struct Parts;
  JsonShape();
  std::unique_ptr<Parts> parts_;
};

}  // namespace mig::stdlib
