// A first spec from two shapes: fields of the same or nearly the same name mapped, everything else listed for a decision.
#pragma once

#include <string>
#include <vector>

#include "compiler/schemas/shape.h"

namespace mig::schemas {

/// One end of the migration.
struct SpecEnd {
  const FormatInfo* format = nullptr;  // not owned
  std::string path;                    // of the schema file, as the spec names it
  std::string selector;                // table, component, ...; may be empty
  Shape shape;
  std::string fallback_name;  // where the shape has none: the file's stem
};

class FirstSpec {
 public:
  FirstSpec(SpecEnd from, SpecEnd to);

  /// The spec as text; the same for the same ends and the same weakenings.
  std::string text() const;
  /// The mapping on that line (from 1) of `text()` does not check: take the next way to write it, or leave the field for a decision.
  /// False when no mapping stands there.
  bool weaken(uint32_t line);

  size_t mapped() const;
  /// Fields of the target that a person must decide about, and fields of the source that go nowhere.
  std::vector<std::string> open_targets() const;
  std::vector<std::string> unused_sources() const;

 private:
  struct Mapping {
    const ShapeField* target = nullptr;
    const ShapeField* source = nullptr;  // null: nothing has a name like it
    bool near = false;                   // not the same name
    std::vector<std::string> ways;       // expressions, best first
    size_t way = 0;
    bool decided() const { return source != nullptr && way < ways.size(); }
  };
  void pair_fields();
  std::vector<std::string> ways_to(const ShapeField& source, const ShapeField& target) const;
  std::string schema_text(const SpecEnd& end, const std::string& name) const;
  std::string connector_text(const SpecEnd& end, bool source) const;

  SpecEnd from_, to_;
  std::string from_schema_, to_schema_, from_name_, to_name_;
  std::vector<Mapping> mappings_;
};

}  // namespace mig::schemas
