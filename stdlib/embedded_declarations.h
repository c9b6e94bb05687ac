// The texts of stdlib/*.mig inside the program.
#pragma once

#include <string_view>

namespace mig::stdlib {

struct EmbeddedFile {
  std::string_view group;  // "text" for text.mig
  std::string_view text;
};

extern const EmbeddedFile kEmbeddedFiles[];
extern const unsigned kEmbeddedFileCount;

}  // namespace mig::stdlib
