// Rows for SQLite as bytes: made by workers, bound by the committer, spooled by a dedupe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connectors/sink_field.h"
#include "runtime/formats/encoder.h"
#include "runtime/plan/plan.h"

namespace mig {

/// Each value of a row is a tag, then its payload.
enum class SqlTag : uint8_t {
  kKeep = 0,  // not assigned: column default, or what is stored
  kNull = 1,
  kInteger = 2,  // 8 bytes, native
  kReal = 3,     // 8 bytes, native
  kText = 4,     // 4 bytes size, then the text
  kBlob = 5,     // as text
};

/// How values of a type are stored: decimals, dates and times as exact text, nested values as JSON text.
SqlTag sql_storage(const Type& type);

class RowPacker : public RecordEncoder {
 public:
  static Result<std::unique_ptr<RecordEncoder>> make(const TargetPlan& plan, const TypeTable& types, const std::vector<EnumType>& enums);
  void encode(const uint8_t* frame, std::string& out) override;
  void header(std::string&) const override {}

 private:
  RowPacker(const TargetPlan& plan, const std::vector<EnumType>& enums) : plan_(plan), enums_(enums) {}
  void pack_value(const uint8_t* frame, uint32_t field, std::string& out);
  void pack_json(const uint8_t* frame, uint32_t field, std::string& out);

  const TargetPlan& plan_;              // not owned
  const std::vector<EnumType>& enums_;  // not owned
  std::vector<const Type*> field_types_;
  std::vector<std::unique_ptr<FieldJson>> json_;  // one a field; null where not needed
  std::string scratch_;
};

}  // namespace mig
