// Prints the shapes of a schema file, or of a live database, one canonical line a field, tables by name:
//   schema_lines FORMAT FILE
//   schema_lines live postgres|mysql|sqlite ADDRESS
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "compiler/schemas/shape_text.h"
#include "runtime/live_schema/loader.h"

int main(int count, char** words) {
  using namespace mig;
  const bool live = count == 4 && std::string(words[1]) == "live";
  const schemas::FormatInfo* format = count >= 3 ? schemas::find_format(live ? words[2] : words[1]) : nullptr;
  if (format == nullptr || (!live && count != 3)) {
    std::fputs("schema_lines FORMAT FILE | schema_lines live DATABASE ADDRESS\n", stderr);
    return 2;
  }
  std::string text;
  if (live) {
    const auto database = format->format == schemas::Format::kSqlite  ? live_schema::Database::kSqlite
                          : format->format == schemas::Format::kMysql ? live_schema::Database::kMysql
                                                                      : live_schema::Database::kPostgres;
    std::string reason;
    const auto pulled = live_schema::pull({database, words[3]}, reason);
    if (!pulled) {
      std::fprintf(stderr, "%s\n", reason.c_str());
      return 1;
    }
    text = *pulled;
  } else {
    std::ifstream stream(words[2], std::ios::binary);
    std::ostringstream all;
    all << stream.rdbuf();
    text = all.str();
  }
  schemas::ReadResult result = schemas::read_schema(format->format, text);
  for (const schemas::Problem& problem : result.problems) std::fprintf(stderr, "%u: %s\n", problem.begin, problem.message.c_str());
  std::sort(result.shapes.begin(), result.shapes.end(), [](const schemas::Shape& a, const schemas::Shape& b) { return a.name < b.name; });
  for (const schemas::Shape& shape : result.shapes) {
    std::printf("%s\n", shape.name.c_str());
    for (const std::string& line : schemas::shape_lines(shape)) std::printf("  %s\n", line.c_str());
  }
  return result.problems.empty() ? 0 : 1;
}
