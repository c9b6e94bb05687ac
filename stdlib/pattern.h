// A compiled regular expression (RE2): linear time, at most 8 MiB a pattern, patterns of at most 4 KiB.
#pragma once

#include <re2/re2.h>

#include <string>

#include "runtime/types/value.h"

namespace mig::stdlib {

class Pattern {
 public:
  explicit Pattern(const std::string& text);
  bool ok() const { return expression_.ok() && text_size_ok_; }
  std::string error() const;
  /// The whole text matches.
  bool matches(const Text& text) const;
  const re2::RE2& expression() const { return expression_; }

 private:
  bool text_size_ok_;
  re2::RE2 expression_;
};

}  // namespace mig::stdlib
