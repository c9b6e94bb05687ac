// libFuzzer: any bytes as a file, compressed or not, in any encoding: reading ends, by records or by an Error; chunk sizes do not matter.
#include <cstdlib>

#include "tests/unit/source_reading.h"

using namespace mig;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const test::TemporaryFolder folder;
  static test::FormatSetting setting;
  if (setting.layout.fields.empty()) {
    setting.add("a", setting.maybe(setting.types.of(Kind::kString)));
    setting.add("b", setting.maybe(setting.types.of(Kind::kInt)));
    setting.layout.finish();
  }
  if (size < 2) return 0;
  const char* const encodings[] = {"auto", "utf-8", "utf-16le", "utf-16be", "cp1252", "latin1"};
  const std::string path = folder.write("x", std::string(reinterpret_cast<const char*>(data) + 2, size - 2));
  const SourcePlan plan =
      setting.plan(data[0] % 2 ? "csv" : "ndjson", {path}, {{"header", false}, {"encoding", std::string(encodings[data[0] / 2 % 6])}});
  const auto large = test::read_source(setting, plan, 1 << 16, 1000);
  const auto small = test::read_source(setting, plan, 16 + data[1], 1000);
  // Damage may come before or behind a chunk that was already handed out.
  if (large.error.empty() != small.error.empty() || (large.error.empty() && large.records.size() != small.records.size())) std::abort();
  return 0;
}
