#include "tools/migc/output_difference.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <fstream>

namespace mig::cli {
namespace {

constexpr size_t kExamples = 3;

std::string json_of(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

bool read_records(const std::string& file, const std::vector<std::string>& key, Records& records) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return false;
  std::string line;
  for (uint64_t number = 1; std::getline(stream, line); ++number) {
    if (line.empty()) continue;
    rapidjson::Document document;
    // Numbers stay the texts that they are: digits beyond a double's count.
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag>(line.data(), line.size());
    if (document.HasParseError() || !document.IsObject()) return false;
    std::string name;
    for (const std::string& member : key) {
      const auto it = document.FindMember(member.c_str());
      name += (name.empty() ? "" : ", ") + (it == document.MemberEnd() ? std::string("null") : json_of(it->value));
    }
    if (key.empty()) name = "line " + std::to_string(number);
    auto& record = records[name];
    for (const auto& member : document.GetObject())
      record[{member.name.GetString(), member.name.GetStringLength()}] = json_of(member.value);
  }
  return true;
}

Difference compare_records(const Records& before, const Records& after) {
  Difference difference;
  for (const auto& [key, was] : before) {
    ++difference.compared;
    const auto it = after.find(key);
    if (it == after.end()) {
      difference.removed.push_back(key);
      difference.again.push_back(key);
      continue;
    }
    bool same = true;
    const auto differs = [&](const std::string& field, const std::string& old_value, const std::string& new_value) {
      same = false;
      FieldDifference& found = difference.fields[field];
      ++found.records;
      if (found.examples.size() < kExamples) found.examples.push_back({key, old_value, new_value});
    };
    const auto& now = it->second;
    for (const auto& [field, value] : was) {
      const auto mate = now.find(field);
      if (mate == now.end())
        differs(field, value, "(kept)");
      else if (mate->second != value)
        differs(field, value, mate->second);
    }
    for (const auto& [field, value] : now) {
      if (was.count(field) == 0) differs(field, "(kept)", value);
    }
    if (!same) difference.again.push_back(key);
  }
  for (const auto& [key, now] : after) {
    if (before.count(key) != 0) continue;
    ++difference.compared;
    difference.added.push_back(key);
    difference.again.push_back(key);
  }
  return difference;
}

}  // namespace mig::cli
