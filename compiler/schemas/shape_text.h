// Shapes as text: one canonical line a field for mig.lock and for comparisons, and declarations in the language.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/schemas/shape.h"

namespace mig::schemas {

/// `email?: string(..254)? @unique`: everything that the field's type says, in one line; equal lines mean equal fields.
std::string field_line(const ShapeField& field);
std::vector<std::string> shape_lines(const Shape& shape);

/// A text as a string literal, with its quotes.
std::string quoted_text(std::string_view text);
/// `crm.sales_order` -> `SalesOrder`: the last part in PascalCase, always a usable name.
std::string pascal_case(std::string_view name);
/// `crm.sales_order` -> `sales_order`: the last part in snake_case, always a usable name.
std::string snake_case(std::string_view name);
/// A variant's name for a wire value, different from all in `taken`, to which it is added.
std::string variant_name(std::string_view wire, std::set<std::string>& taken);
/// What an imported enum is called: by its own name in the file, else by its schema and field.
std::string enum_name(const ShapeType& type, std::string_view schema, std::string_view field);
/// What an imported pattern's type is called.
std::string pattern_name(std::string_view schema, std::string_view field);

/// The shape as declarations: its enums, its types with patterns, then `schema NAME { ... }`. Fields whose type is not known are left out
/// with a comment. Names in `taken` are not declared again; new ones are added.
std::string declarations(const Shape& shape, const std::string& schema_name, std::set<std::string>& taken);

}  // namespace mig::schemas
