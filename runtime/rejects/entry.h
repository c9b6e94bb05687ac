// Entries of the reject log: what a record's issues look like to the people who repair them. specs/formats/rejects.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/connectors/sink_field.h"
#include "runtime/plan/plan.h"
#include "runtime/records/batch.h"
#include "runtime/types/context.h"

namespace mig {

/// An entry without its beginning, which names line and record and is written when their numbers are known. Offsets into LogEntries.
struct LogEntry {
  uint64_t record = 0;   // in the chunk, from 0
  uint64_t line = 0;     // in the chunk, from 1; 0: the source has no lines
  bool warning = false;  // of a record that was written
  uint32_t issue = 0;    // index in the plan's issues: the primary one
  uint64_t json_begin = 0, json_size = 0;
  uint64_t csv_begin = 0, csv_size = 0;  // rejects only
};

/// Entries of one chunk, ascending by record.
struct LogEntries {
  std::string json, csv;
  std::vector<LogEntry> entries;
  void clear() {
    json.clear();
    csv.clear();
    entries.clear();
  }
};

/// How the values of one source field get into the log.
struct LoggedField {
  std::string path;
  bool personal = false;
  bool hidden = false;
  std::unique_ptr<FieldJson> json;  // null: cannot be shown
};

/// Writes the entries of one map. One a worker.
class EntryWriter {
 public:
  /// `files`: names by Origin::file. `keep_original`: put the record's bytes into the entry. All outlive the writer.
  EntryWriter(const Plan& plan, uint32_t map, const std::vector<std::string>& files, std::string run_id, bool keep_original);

  /// One entry for the record. `hits`: its issues in the order raised, at least one; frame null when it did not decode (`failure` says
  /// why). `message`: the target's, for refused rows; else empty.
  void add(LogEntries& log, const Origin& origin, const uint8_t* frame, const IssueHit* hits, size_t count, const DecodeFailure* failure,
           bool warning, std::string_view message);
  /// An entry of a record whose bytes are not at hand. `key`: JSON object or empty; `extra`: further members, beginning with a comma.
  void add_plain(LogEntries& log, const Origin& origin, uint32_t site, std::string_view key, std::string_view extra, bool warning,
                 std::string_view message);
  /// The record's key as a JSON object, masked where personal; empty when the source has none.
  void append_key(const uint8_t* frame, std::string& out, bool mask);
  /// One key value, masked where personal. `field` counts the key's fields from 0.
  void append_key_value(uint32_t field, const uint8_t* frame, std::string& out, bool mask);

 private:
  struct SiteText {
    std::string code, head, tail;  // JSON members around those that depend on the record
    std::string csv_head, csv_fix;
  };
  /// An issue where a step raised it: what does not depend on the record.
  struct RaisedText {
    std::string head;  // up to the field
    struct Value {
      std::string before;  // path and the name of the value
      LoggedField* field = nullptr;
    };
    std::vector<Value> values;  // of the source
    std::string csv_head;       // cells up to the field's, with the comma behind it
  };
  const SiteText& text_of(uint32_t site);
  const RaisedText& raised_text(const IssueHit& hit);
  LoggedField& field_of(uint32_t field);
  void append_value(LoggedField& field, const uint8_t* frame, std::string& out, bool mask);
  void append_issue(const IssueHit& hit, const uint8_t* frame, std::string_view message, std::string& out);
  void append_place(const Origin& origin, std::string& out) const;
  const std::string& field_name(const IssueHit& hit) const;
  const std::vector<uint32_t>& fields_of(const IssueHit& hit) const;

  const Plan& plan_;
  const MapPlan& map_;
  const SourcePlan& source_;
  std::vector<std::string> file_members_;  // by Origin::file, up to the number of its first byte
  std::string begin_;                      // members that all entries of the map begin with
  std::string csv_map_;
  bool keep_original_;
  std::vector<std::unique_ptr<SiteText>> sites_;
  std::vector<std::unique_ptr<LoggedField>> fields_;
  std::unordered_map<uint64_t, RaisedText> raised_;  // by site and step
  std::string scratch_, cell_;
};

/// Appends a CSV cell: quoted where needed, and with a leading apostrophe when a spreadsheet would run it as a formula.
void append_guarded_cell(std::string& out, std::string_view text);

}  // namespace mig
