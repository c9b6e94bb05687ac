#include "runtime/engine/engine_state.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace mig {
namespace {

constexpr uint64_t kFormat = 1;

struct Number {
  const char* name;
  uint64_t Counts::* member;
};
constexpr Number kNumbers[] = {{"read", &Counts::read},         {"written", &Counts::written},   {"merged", &Counts::merged},
                               {"skipped", &Counts::skipped},   {"rejected", &Counts::rejected}, {"warned", &Counts::warned},
                               {"inserted", &Counts::inserted}, {"updated", &Counts::updated},   {"unchanged", &Counts::unchanged},
                               {"pending", &Counts::pending}};

uint64_t number(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  return found != object.MemberEnd() && found->value.IsUint64() ? found->value.GetUint64() : 0;
}

std::string text(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  return found != object.MemberEnd() && found->value.IsString() ? std::string(found->value.GetString(), found->value.GetStringLength())
                                                                : std::string();
}

}  // namespace

std::string write_state(const EngineState& state, const std::vector<Issue>& issues) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto put = [&](const char* name, uint64_t value) {
    json.Key(name);
    json.Uint64(value);
  };
  json.StartObject();
  put("format", kFormat);
  json.Key("phase");
  json.String(state.phase == Phase::kMap ? "map" : "write");
  put("map", state.map_place);
  if (state.has_position) {
    json.Key("position");
    json.String(state.position.data(), static_cast<rapidjson::SizeType>(state.position.size()));
  }
  put("ordinal", state.ordinal);
  put("line", state.line);
  put("file", state.file);
  put("decided", state.decided);
  put("input_bytes", state.input_bytes);
  json.Key("counts");
  json.StartObject();
  for (const Number& entry : kNumbers) put(entry.name, state.counts.*entry.member);
  json.EndObject();
  json.Key("issues");
  json.StartObject();
  for (size_t i = 0; i < issues.size() && i < state.counts.issues.size(); ++i) {
    const IssueTally& tally = state.counts.issues[i];
    if (tally == IssueTally{}) continue;
    json.Key(issues[i].code.data(), static_cast<rapidjson::SizeType>(issues[i].code.size()));
    json.StartArray();
    json.Uint64(tally.records);
    json.Uint64(tally.hits);
    json.EndArray();
  }
  json.EndObject();
  json.Key("logs");
  json.StartArray();
  for (const uint64_t length : state.logs) json.Uint64(length);
  json.EndArray();
  json.Key("log_suffix");
  json.String(state.log_suffix.data(), static_cast<rapidjson::SizeType>(state.log_suffix.size()));
  json.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

Result<EngineState> read_state(const std::string& source, const std::vector<Issue>& issues) {
  EngineState state;
  state.counts.issues.resize(issues.size());
  if (source.empty()) return state;
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(source.data(), source.size());
  if (document.HasParseError() || !document.IsObject() || number(document, "format") != kFormat) {
    return Error{ErrorKind::kCorrupt, "the checkpoint cannot be read", "start anew with --new"};
  }
  state.phase = text(document, "phase") == "write" ? Phase::kWrite : Phase::kMap;
  state.map_place = static_cast<uint32_t>(number(document, "map"));
  state.has_position = document.HasMember("position");
  state.position = text(document, "position");
  state.ordinal = number(document, "ordinal");
  state.line = number(document, "line");
  state.file = static_cast<uint32_t>(number(document, "file"));
  state.decided = number(document, "decided");
  state.input_bytes = number(document, "input_bytes");
  state.log_suffix = text(document, "log_suffix");
  if (const auto counts = document.FindMember("counts"); counts != document.MemberEnd() && counts->value.IsObject()) {
    for (const Number& entry : kNumbers) state.counts.*entry.member = number(counts->value, entry.name);
  }
  if (const auto found = document.FindMember("issues"); found != document.MemberEnd() && found->value.IsObject()) {
    for (size_t i = 0; i < issues.size(); ++i) {
      const auto entry = found->value.FindMember(issues[i].code.c_str());
      if (entry == found->value.MemberEnd() || !entry->value.IsArray() || entry->value.Size() != 2) continue;
      state.counts.issues[i] = {entry->value[0].GetUint64(), entry->value[1].GetUint64()};
    }
  }
  if (const auto logs = document.FindMember("logs");
      logs != document.MemberEnd() && logs->value.IsArray() && logs->value.Size() == kLogSpools) {
    for (rapidjson::SizeType i = 0; i < kLogSpools; ++i) state.logs[i] = logs->value[i].GetUint64();
  }
  return state;
}

}  // namespace mig
