#include "compiler/sema/added_arms.h"

namespace mig::sema {

Edit added_arms(const SourceMap& sources, Span last, Span close, const std::vector<std::string>& arms) {
  std::string text;
  if (!last.valid()) {
    for (const std::string& arm : arms) text += "  " + arm + ",\n";
    return {close.start(), text};
  }
  // In front of whatever stands behind the last arm: a comma there ends the last of these.
  std::string line = " ";
  if (sources.text({last.file, last.end, close.begin}).find('\n') != std::string_view::npos) {
    const std::string_view before = sources.text({last.file, 0, last.begin});
    const std::string_view own = before.substr(before.rfind('\n') + 1);
    line = "\n" + std::string(own.substr(0, own.find_first_not_of(" \t")));
  }
  for (const std::string& arm : arms) text += "," + line + arm;
  return {last.after(), text};
}

}  // namespace mig::sema
