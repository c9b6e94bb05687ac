#include "runtime/engine/record_filter.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <xxhash.h>

#include "runtime/base/file.h"

namespace mig {
namespace {

constexpr uint64_t kBlock = 1 << 20;

bool is_masked(const rapidjson::Value& key) {
  for (const auto& member : key.GetObject()) {
    if (member.value.IsString() && std::string_view(member.value.GetString(), member.value.GetStringLength()).ends_with("***")) return true;
  }
  return false;
}

Result<void> read_entry(std::string& line, const std::string& path, RejectedRecords& found) {
  rapidjson::Document entry;
  const Error wrong{ErrorKind::kConfig, "'" + path + "' is not a reject log of migc", "give the NDJSON file that --rejects wrote"};
  entry.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size());
  if (entry.HasParseError() || !entry.IsObject()) return wrong;
  const auto map = entry.FindMember("map"), run = entry.FindMember("run"), record = entry.FindMember("record"),
             code = entry.FindMember("code");
  const auto end = entry.MemberEnd();
  if (map == end || run == end || record == end || code == end || !map->value.IsString() || !run->value.IsString() ||
      !record->value.IsUint64())
    return wrong;
  if (!found.run_id.empty() && found.run_id != run->value.GetString())
    return Error{ErrorKind::kConfig, "'" + path + "' holds entries of several runs", ""};
  found.run_id = run->value.GetString();
  ++found.entries;
  RecordFilter& filter = found.by_map[map->value.GetString()];
  const auto key = entry.FindMember("key");
  if (key == end || !key->value.IsObject() || is_masked(key->value)) {
    filter.add_record(record->value.GetUint64() - 1);
    return {};
  }
  // The key's text as the log wrote it, so that it compares with what the run renders.
  const std::string_view text(line);
  const size_t at = text.find("\"key\":{");
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  key->value.Accept(writer);
  std::string rendered(buffer.GetString(), buffer.GetSize());
  if (at != std::string_view::npos && text.substr(at + 6, rendered.size()) != rendered) {
    const size_t close = text.find("},\"", at);
    if (close != std::string_view::npos) rendered = text.substr(at + 6, close + 1 - at - 6);
  }
  filter.add_key(std::move(rendered));
  return {};
}

}  // namespace

bool RecordFilter::takes(const std::string& key, uint64_t ordinal) const {
  if (!part_) return (!key.empty() && has_key(key)) || has_record(ordinal);
  if (part_->first && ordinal >= *part_->first) return false;
  if (!part_->fraction) return true;
  const uint64_t hash = key.empty() ? XXH3_64bits(&ordinal, sizeof ordinal) : XXH3_64bits(key.data(), key.size());
  return static_cast<double>(hash >> 11) < *part_->fraction * 9007199254740992.0;  // 2^53
}

Result<RejectedRecords> read_rejected(const std::string& path) {
  auto file = File::open_read(path);
  if (!file) return file.error();
  RejectedRecords found;
  std::string buffer, line;
  uint64_t done = 0;
  while (true) {
    const size_t old = buffer.size();
    buffer.resize(old + kBlock);
    auto n = file->read_some(done, buffer.data() + old, kBlock);
    if (!n) return n.error();
    buffer.resize(old + *n);
    done += *n;
    size_t begin = 0;
    for (size_t end = buffer.find('\n', begin); end != std::string::npos; end = buffer.find('\n', begin)) {
      line.assign(buffer, begin, end - begin);
      begin = end + 1;
      if (line.empty()) continue;
      if (auto read = read_entry(line, path, found); !read) return read.error();
    }
    buffer.erase(0, begin);
    if (*n == 0) break;
  }
  if (!buffer.empty()) return Error{ErrorKind::kConfig, "'" + path + "' ends in the middle of an entry", "give the whole reject log"};
  return found;
}

}  // namespace mig
