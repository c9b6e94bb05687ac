// Types of schema files as types of the checker; enums and patterns are declared on the way.
#pragma once

#include "compiler/schemas/shape.h"
#include "compiler/sema/analysis.h"

namespace mig::sema {

class ImportedTypes {
 public:
  /// `schema` names what is imported into `module`; `file` is the schema file.
  ImportedTypes(Analysis& analysis, ModuleId module, std::string schema, FileId file)
      : analysis_(analysis), module_(module), schema_(std::move(schema)), file_(file) {}

  /// kNoType when the type has no counterpart. `span` is the field's, in the schema file.
  TypeId type_of(const schemas::ShapeType& type, const std::string& field, Span span);

 private:
  TypeId plain(const schemas::ShapeType& type, const std::string& field, Span span);
  TypeId text(const schemas::ShapeType& type, const std::string& field, Span span);
  TypeId enumeration(const schemas::ShapeType& type, const std::string& field, Span span);
  TypeId record(const schemas::ShapeType& type, const std::string& field, Span span);
  uint32_t pattern_type(const std::string& name, const std::string& pattern, const Type& base, Span span);
  bool is_taken(const std::string& name) const;

  Analysis& analysis_;
  ModuleId module_;
  std::string schema_;
  FileId file_;
};

}  // namespace mig::sema
