#include "compiler/ir/record_issues.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace mig::ir {

void raise_with(Context& context, uint32_t site, const Text& cause) {
  constexpr std::string_view kNulPicture = "\u2400";
  const std::string_view text(cause.data, cause.size);
  const auto nuls = static_cast<size_t>(std::count(text.begin(), text.end(), '\0'));
  auto* const copy = static_cast<char*>(arena_allocate(context, text.size() + nuls * (kNulPicture.size() - 1) + 1));
  char* at = copy;
  for (const char c : text) {
    if (c != '\0') {
      *at++ = c;
      continue;
    }
    std::memcpy(at, kNulPicture.data(), kNulPicture.size());
    at += kNulPicture.size();
  }
  *at = '\0';
  const char* const before = context.cause;
  context.cause = copy;
  raise(context, site);
  context.cause = before;
}

}  // namespace mig::ir
