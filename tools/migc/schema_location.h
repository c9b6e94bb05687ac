// `FORMAT:FILE[#NAME]` on the command line: a schema file and, where it holds several, the one that is meant.
#pragma once

#include <optional>
#include <string>

#include "compiler/schemas/shape.h"

namespace mig::cli {

struct SchemaLocation {
  const schemas::FormatInfo* format = nullptr;  // never null
  std::string file, name;                       // the name may be empty
  schemas::ReadResult content;
};

/// Reads the file; prints what is wrong with the words or the file, with line and column, and gives null.
std::optional<SchemaLocation> read_location(std::string_view verb, const std::string& words);
/// The shape that the location names; prints why there is none.
const schemas::Shape* shape_at(const SchemaLocation& location);
/// The whole file; null when it cannot be read or has more than `most` bytes.
std::optional<std::string> file_text(const std::string& path, size_t most);

}  // namespace mig::cli
