#include "compiler/codegen/profiler_map.h"

#include <fcntl.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <string>

namespace mig::codegen {

void write_profiler_map(const CodeImage& image) {
  const std::string path = "/tmp/perf-" + std::to_string(::getpid()) + ".map";
  // The name can be foreseen: never through a link that somebody else laid there.
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  std::FILE* const file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "a");
  if (file == nullptr) return;
  for (const CodeImage::Function& function : image.functions()) {
    std::fprintf(file, "%" PRIxPTR " %" PRIx64 " %s\n", reinterpret_cast<uintptr_t>(function.address), function.size,
                 function.name.c_str());
  }
  std::fclose(file);
}

}  // namespace mig::codegen
