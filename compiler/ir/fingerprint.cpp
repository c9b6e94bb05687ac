#include "compiler/ir/fingerprint.h"

#include <type_traits>

namespace mig::ir {

namespace {

/// Every part has a fixed size or stands behind its size, so that no two programs look alike.
class Writer {
 public:
  Writer(const Program& program, std::span<const stdlib::Function> functions) : program_(program), functions_(functions) {}

  std::string take() {
    types();
    number(program_.nodes.size());
    for (const Node& one : program_.nodes) node(one);
    numbers(program_.arguments);
    number(program_.cases.size());
    for (const SwitchCase& option : program_.cases) {
      number(option.value);
      number(option.body);
    }
    number(program_.constants.size());
    for (const Constant& one : program_.constants) constant(one);
    number(program_.functions.size());
    for (const Function& function : program_.functions) {
      number(function.parameters);
      numbers(function.locals);
      number(function.result);
      number(function.body);
      number(function.repeatable ? 1 : 0);
    }
    number(program_.maps.size());
    for (const MapProgram& map : program_.maps) {
      layout(map.input);
      layout(map.output);
      numbers(map.locals);
      steps(map.steps);
      number(map.poison_bits);
    }
    number(program_.sites.size());
    for (const Site& site : program_.sites) number(static_cast<uint8_t>(site.verb));
    return std::move(bytes_);
  }

 private:
  template <class Number>
  void number(Number value) {
    static_assert(std::is_integral_v<Number> || std::is_enum_v<Number>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class Number>
  void numbers(const std::vector<Number>& values) {
    number(values.size());
    for (const Number value : values) number(value);
  }
  void text(std::string_view value) {
    number(value.size());
    bytes_ += value;
  }

  void types() {
    number(program_.types.size());
    for (size_t i = 0; i < program_.types.size(); ++i) {
      const Type& type = program_.types[static_cast<TypeId>(i)];
      number(type.kind);
      number(uint8_t{type.nullable});
      number(uint8_t{type.may_keep});
    }
  }

  void node(const Node& one) {
    number(one.op);
    number(one.proof);
    number(one.type);
    if (one.op == Op::kCall) {
      text(functions_[one.index].name);
    } else {
      number(one.index);
    }
    for (const uint32_t part : {one.a, one.b, one.c, one.first, one.count, one.site}) number(part);
  }

  void constant(const Constant& one) {
    number(one.type);
    number(one.cell.state);
    number(one.cell.kind);
    number(one.cell.scale);
    number(one.cell.extra);
    text(one.text);
    // The payload of a text is the pointer to what stands above.
    const Storage storage = storage_of(program_.types[one.type].kind);
    const bool is_text = storage == Storage::kText || (storage == Storage::kScalar && one.cell.kind == ScalarKind::kText);
    if (is_text || storage == Storage::kList || storage == Storage::kMap) return;
    number(static_cast<uint64_t>(one.cell.decimal));
    number(static_cast<uint64_t>(one.cell.decimal >> 64));
  }

  void layout(const RecordLayout& record) {
    number(record.stride);
    number(record.fields.size());
    for (const FieldSlot& field : record.fields) {
      number(field.type);
      number(field.offset);
      number(field.storage);
      number(uint8_t{field.optional});
    }
  }

  void steps(const std::vector<Step>& list) {
    number(list.size());
    for (const Step& step : list) {
      number(step.what);
      number(step.node);
      number(step.index);
      number(step.poison);
      numbers(step.depends);
      steps(step.then);
      steps(step.otherwise);
    }
  }

  const Program& program_;
  std::span<const stdlib::Function> functions_;
  std::string bytes_;
};

}  // namespace

std::string fingerprint(const Program& program, std::span<const stdlib::Function> functions) { return Writer(program, functions).take(); }

}  // namespace mig::ir
