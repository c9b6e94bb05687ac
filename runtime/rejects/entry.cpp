#include "runtime/rejects/entry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

#include "runtime/types/text.h"

namespace mig {
namespace {

constexpr size_t kMaxIssues = 20;  // of one record, in one entry
constexpr size_t kShownStart = 3;  // code points of a masked text that stay
constexpr size_t kMaxOriginal = 64 << 10;

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out += ",\"";
  out += name;
  out += "\":";
  append_json_text(out, text);
}

void append_number(std::string& out, uint64_t number) {
  char text[20];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

const char* verb_name(Verb verb) {
  switch (verb) {
    case Verb::kReject: return "reject";
    case Verb::kSkip: return "skip";
    case Verb::kWarn: return "warn";
    case Verb::kFail: return "fail";
  }
  return "reject";
}

// `json` is a JSON value; texts keep their start, everything else goes.
void append_masked(std::string& out, std::string_view json) {
  if (json == "null") {
    out += json;
    return;
  }
  if (json.empty() || json.front() != '"') {
    out += "\"***\"";
    return;
  }
  const std::string_view inside = json.substr(1, json.size() - 2);
  if (inside.find('\\') != std::string_view::npos || code_point_count(inside) <= 2 * kShownStart) {
    out += "\"***\"";
    return;
  }
  out += '"';
  out += inside.substr(0, bytes_of_code_points(inside, kShownStart));
  out += "***\"";
}

}  // namespace

void append_guarded_cell(std::string& out, std::string_view text) {
  static constexpr auto kSpecial = [] {
    std::array<bool, 256> special{};
    for (const unsigned char c : {',', ';', '"', '\r', '\n', '\t'}) special[c] = true;
    return special;
  }();
  const bool formula = !text.empty() && std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos;
  const bool quote = std::any_of(text.begin(), text.end(), [](char c) { return kSpecial[static_cast<unsigned char>(c)]; });
  if (quote) out += '"';
  if (formula) out += '\'';
  if (!quote) {
    out += text;
    return;
  }
  while (!text.empty()) {
    const size_t end = std::min(text.find('"'), text.size());
    out += text.substr(0, end);
    text.remove_prefix(end);
    if (text.empty()) break;
    out += "\"\"";
    text.remove_prefix(1);
  }
  out += '"';
}

EntryWriter::EntryWriter(const Plan& plan, uint32_t map, const std::vector<std::string>& files, std::string run_id, bool keep_original)
    : plan_(plan),
      map_(plan.maps[map]),
      source_(plan.sources[plan.maps[map].source]),
      keep_original_(keep_original),
      sites_(plan.sites.size()),
      fields_(source_.fields.size()) {
  begin_ = "\"map\":";
  append_json_text(begin_, map_.name);
  append_member(begin_, "run", run_id);
  append_guarded_cell(csv_map_, map_.name);
  for (const std::string& file : files) {
    std::string& member = file_members_.emplace_back();
    append_member(member, "file", file);
    member += ",\"begin\":";
  }
}

const EntryWriter::SiteText& EntryWriter::text_of(uint32_t index) {
  std::unique_ptr<SiteText>& made = sites_[index];
  if (made != nullptr) return *made;
  made = std::make_unique<SiteText>();
  const Site& site = plan_.sites[index];
  const Issue& issue = plan_.issues[site.issue];
  made->code = issue.code;
  made->head = "\"code\":";
  append_json_text(made->head, issue.code);
  append_member(made->head, "verb", verb_name(site.verb));
  append_member(made->head, "message", issue.message);
  if (!issue.fix.empty()) append_member(made->tail, "fix", issue.fix);
  if (!site.expression.empty()) append_member(made->tail, "expression", site.expression);
  if (!site.file.empty()) append_member(made->tail, "at", fmt::format("{}:{}:{}", site.file, site.line, site.column));
  append_guarded_cell(made->csv_head, issue.code);
  made->csv_head += ',';
  append_guarded_cell(made->csv_head, issue.message);
  append_guarded_cell(made->csv_fix, issue.fix);
  return *made;
}

LoggedField& EntryWriter::field_of(uint32_t index) {
  std::unique_ptr<LoggedField>& made = fields_[index];
  if (made != nullptr) return *made;
  made = std::make_unique<LoggedField>();
  const FieldDecode& decode = source_.fields[index];
  made->path = decode.wire_names.empty() ? source_.layout.fields[index].name : decode.wire_names.front();
  made->personal = decode.personal;
  made->hidden = decode.hidden;
  if (auto json = FieldJson::make(source_.layout, index, plan_.types, plan_.enums))
    made->json = std::make_unique<FieldJson>(std::move(*json));
  return *made;
}

void EntryWriter::append_value(LoggedField& field, const uint8_t* frame, std::string& out, bool mask) {
  if (frame == nullptr || field.json == nullptr) {
    out += "null";
    return;
  }
  if (!mask) {
    field.json->append(frame, out);
    return;
  }
  scratch_.clear();
  field.json->append(frame, scratch_);
  if (field.hidden && scratch_ != "null")
    out += "\"***\"";
  else
    append_masked(out, scratch_);
}

void EntryWriter::append_key_value(uint32_t field, const uint8_t* frame, std::string& out, bool mask) {
  LoggedField& logged = field_of(source_.key[field]);
  append_value(logged, frame, out, mask && logged.personal);
}

void EntryWriter::append_key(const uint8_t* frame, std::string& out, bool mask) {
  if (source_.key.empty() || frame == nullptr) return;
  out += '{';
  for (uint32_t i = 0; i < source_.key.size(); ++i) {
    if (i > 0) out += ',';
    append_json_text(out, field_of(source_.key[i]).path);
    out += ':';
    append_key_value(i, frame, out, mask);
  }
  out += '}';
}

const std::string& EntryWriter::field_name(const IssueHit& hit) const {
  const Site& site = plan_.sites[hit.site];
  return site.field.empty() && hit.step < map_.steps.size() ? map_.steps[hit.step].field : site.field;
}

const std::vector<uint32_t>& EntryWriter::fields_of(const IssueHit& hit) const {
  const Site& site = plan_.sites[hit.site];
  return site.source_fields.empty() && hit.step < map_.steps.size() ? map_.steps[hit.step].source_fields : site.source_fields;
}

const EntryWriter::RaisedText& EntryWriter::raised_text(const IssueHit& hit) {
  const auto [at, is_new] = raised_.try_emplace(uint64_t{hit.site} << 32 | hit.step);
  RaisedText& made = at->second;
  if (!is_new) return made;
  const SiteText& site = text_of(hit.site);
  made.head = site.head;
  append_member(made.head, "field", field_name(hit));
  made.csv_head = csv_map_ + ',' + site.csv_head + ',';
  append_guarded_cell(made.csv_head, field_name(hit));
  made.csv_head += ',';
  for (const uint32_t index : fields_of(hit)) {
    RaisedText::Value& value = made.values.emplace_back();
    value.field = &field_of(index);
    value.before = made.values.size() == 1 ? "{\"path\":" : ",{\"path\":";
    append_json_text(value.before, value.field->path);
    value.before += ",\"value\":";
  }
  return made;
}

// code, verb, message, field, cause, source, fix, expression, at
void EntryWriter::append_issue(const IssueHit& hit, const uint8_t* frame, std::string_view message, std::string& out) {
  const RaisedText& raised = raised_text(hit);
  out += raised.head;
  if (!message.empty())
    append_member(out, "cause", message);
  else if (hit.cause != nullptr)
    append_member(out, "cause", hit.cause);
  out += ",\"source\":[";
  for (const RaisedText::Value& value : raised.values) {
    out += value.before;
    append_value(*value.field, frame, out, value.field->personal);
    out += value.field->personal ? ",\"masked\":true}" : ",\"masked\":false}";
  }
  out += ']';
  out += text_of(hit.site).tail;
}

void EntryWriter::append_place(const Origin& origin, std::string& out) const {
  if (origin.file < file_members_.size())
    out += file_members_[origin.file];
  else
    out += ",\"begin\":";
  append_number(out, origin.begin);
  out += ",\"size\":";
  append_number(out, origin.size);
}

void EntryWriter::add(LogEntries& log, const Origin& origin, const uint8_t* frame, const IssueHit* hits, size_t count,
                      const DecodeFailure* failure, bool warning, std::string_view message) {
  // The first reject of a rejected record is its primary issue: warnings that came before it stand behind.
  const IssueHit* primary = hits;
  if (!warning) {
    const IssueHit* const found =
        std::find_if(hits, hits + count, [&](const IssueHit& hit) { return plan_.sites[hit.site].verb == Verb::kReject; });
    if (found != hits + count) primary = found;
  }
  LogEntry& entry = log.entries.emplace_back();
  entry.record = origin.ordinal;
  entry.line = origin.line;
  entry.warning = warning;
  entry.issue = plan_.sites[primary->site].issue;
  entry.json_begin = log.json.size();
  std::string& out = log.json;
  out += begin_;
  out += ',';
  append_issue(*primary, frame, message, out);
  if (failure != nullptr && failure->field >= 0 && failure->field < static_cast<int32_t>(fields_.size())) {
    append_member(out, "source_field", field_of(static_cast<uint32_t>(failure->field)).path);
  }
  if (failure != nullptr) {
    out += ",\"column\":";
    append_number(out, uint64_t{failure->column} + 1);
  }
  if (frame != nullptr && !source_.key.empty()) {
    out += ",\"key\":";
    append_key(frame, out, true);
  }
  append_place(origin, out);
  if (primary->step < map_.steps.size() && !map_.steps[primary->step].field.empty())
    append_member(out, "step", map_.steps[primary->step].field);
  if (keep_original_ && !warning && origin.text != nullptr) {
    std::string_view original(origin.text, std::min<size_t>(origin.size, kMaxOriginal));
    while (!original.empty() && (original.back() == '\n' || original.back() == '\r')) original.remove_suffix(1);
    append_member(out, "original", original);
  }
  if (count > 1) {
    out += ",\"issues\":[";
    out += '{';
    append_issue(*primary, frame, message, out);
    out += '}';
    size_t written = 1;
    for (const IssueHit* hit = hits; hit != hits + count && written < kMaxIssues; ++hit) {
      if (hit == primary) continue;
      out += ",{";
      append_issue(*hit, frame, {}, out);
      out += '}';
      ++written;
    }
    out += ']';
  }
  out += "}\n";
  entry.json_size = log.json.size() - entry.json_begin;
  if (warning) return;
  entry.csv_begin = log.csv.size();
  const RaisedText& raised = raised_text(*primary);
  if (failure != nullptr && failure->field >= 0) {
    log.csv += csv_map_;
    log.csv += ',';
    log.csv += text_of(primary->site).csv_head;
    log.csv += ',';
    append_guarded_cell(log.csv, field_of(static_cast<uint32_t>(failure->field)).path);
    log.csv += ',';
  } else {
    log.csv += raised.csv_head;
  }
  cell_.clear();
  for (const RaisedText::Value& value : raised.values) {
    if (!cell_.empty()) cell_ += ' ';
    append_value(*value.field, frame, cell_, value.field->personal);
  }
  append_guarded_cell(log.csv, cell_);
  log.csv += ',';
  append_guarded_cell(log.csv, !message.empty()            ? message
                               : primary->cause != nullptr ? std::string_view(primary->cause)
                                                           : std::string_view());
  log.csv += ',';
  log.csv += text_of(primary->site).csv_fix;
  log.csv += ',';
  cell_.clear();
  append_key(frame, cell_, true);
  append_guarded_cell(log.csv, cell_);
  log.csv += '\n';
  entry.csv_size = log.csv.size() - entry.csv_begin;
}

void EntryWriter::add_plain(LogEntries& log, const Origin& origin, uint32_t site_index, std::string_view key, std::string_view extra,
                            bool warning, std::string_view message) {
  const Site& site = plan_.sites[site_index];
  const SiteText& text = text_of(site_index);
  LogEntry& entry = log.entries.emplace_back();
  entry.record = origin.ordinal;
  entry.line = origin.line;
  entry.warning = warning;
  entry.issue = site.issue;
  entry.json_begin = log.json.size();
  std::string& out = log.json;
  out += begin_;
  out += ',';
  out += text.head;
  append_member(out, "field", site.field);
  if (!message.empty()) append_member(out, "cause", message);
  out += text.tail;
  if (!key.empty()) {
    out += ",\"key\":";
    out += key;
  }
  out += extra;
  append_place(origin, out);
  out += "}\n";
  entry.json_size = out.size() - entry.json_begin;
  if (warning) return;
  entry.csv_begin = log.csv.size();
  log.csv += csv_map_;
  log.csv += ',';
  log.csv += text.csv_head;
  log.csv += ',';
  append_guarded_cell(log.csv, site.field);
  log.csv += ",,";
  append_guarded_cell(log.csv, message);
  log.csv += ',';
  log.csv += text.csv_fix;
  log.csv += ',';
  append_guarded_cell(log.csv, key);
  log.csv += '\n';
  entry.csv_size = log.csv.size() - entry.csv_begin;
}

}  // namespace mig
