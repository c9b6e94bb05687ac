// Two outputs of one sample, compared record by record and field by field.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mig::cli {

/// The records of one target, or the rejects of a run: by key (JSON), each with its members as JSON texts.
using Records = std::map<std::string, std::map<std::string, std::string>>;

/// Reads NDJSON; `key`: the members that name a record (the place in the file when it is empty). False when the file cannot be read.
bool read_records(const std::string& file, const std::vector<std::string>& key, Records& records);

struct FieldDifference {
  uint64_t records = 0;  // in which the field is another
  struct Example {
    std::string key, before, after;
  };
  std::vector<Example> examples;  // at most three
};

struct Difference {
  uint64_t compared = 0;                    // records on either side
  std::vector<std::string> added, removed;  // keys
  std::map<std::string, FieldDifference> fields;
  std::vector<std::string> again;  // keys of all records that differ, in order
};

Difference compare_records(const Records& before, const Records& after);

}  // namespace mig::cli
