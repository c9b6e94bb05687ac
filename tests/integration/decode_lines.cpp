// Shows what the decoders make of standard input, for comparison with other programs.
//   decode_lines json   each line {"v": ...} with v: json; prints `ok <value>` or `no <cause>`
//   decode_lines csv    a CSV with header; prints each record as a JSON object of texts, or `no <cause>`
#include <cstdio>
#include <cstring>
#include <iostream>
#include <iterator>

#include "runtime/formats/csv/csv_record.h"
#include "tests/unit/formats_reading.h"

using namespace mig;

namespace {

void show(const std::vector<std::string>& records, const std::string& before) {
  for (const std::string& record : records) {
    const std::string text = record.substr(record.find(' ') + 1);
    if (text[0] == '!') {
      std::printf("no %s\n", text.c_str() + 1);
    } else {
      std::printf("%s%s\n", before.c_str(), text.c_str());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string text((std::istreambuf_iterator<char>(std::cin)), {});
  test::FormatSetting setting;
  if (argc == 2 && std::strcmp(argv[1], "json") == 0) {
    setting.add("v", setting.types.of(Kind::kJson), false);
    setting.layout.finish();
    show(test::read_ndjson(setting, text), "ok ");
    return 0;
  }
  if (argc == 2 && std::strcmp(argv[1], "csv") == 0) {
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    const CsvRecordEnd header = read_csv_record({}, text.data(), text.data() + text.size(), nullptr);
    const Result<std::vector<std::string>> names =
        read_csv_header({}, std::string_view(text.data(), static_cast<size_t>(header.next - text.data())));
    if (!names.ok()) return 1;
    for (const std::string& name : *names) setting.add(name, setting.maybe(setting.types.of(Kind::kString)));
    setting.layout.finish();
    show(test::read_csv(setting, text.substr(static_cast<size_t>(header.next - text.data()))), "");
    return 0;
  }
  return 2;
}
