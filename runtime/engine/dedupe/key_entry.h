// Dedupe keys as bytes: a hash that names the group, then what orders its members under memcmp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/plan.h"

namespace mig {

/// Appends a form of the value in which equal values have equal bytes and smaller ones sort first. `state` other than kValue: nothing
/// appended.
void append_ordered(std::string& out, const Cell& cell, TypeId type, const TypeTable& types);
/// The value that append_ordered wrote for a bool, int, date, time, enum, decimal, uuid or text; texts are put into `text`. Advances
/// `bytes`.
bool read_ordered(std::string_view& bytes, Cell& cell, TypeId type, const TypeTable& types, std::string& text);

/// Head of an entry in WorkItem::dedupe_keys and in the key store; `order` + `source_key` bytes follow.
struct KeyEntryHead {
  uint64_t hash_high, hash_low;
  uint64_t row;              // WorkItem: index of the row in the item; store: number of the mapped record in the target
  uint32_t order_size;       // bytes of the prefer values
  uint32_t source_key_size;  // bytes of the source key
};

/// Makes entries from the key kernel's frames; one a worker.
class KeyEntryMaker {
 public:
  KeyEntryMaker(const DedupePlan& dedupe, const SourcePlan& source, const TypeTable& types);
  /// Appends the entry; nothing when the key is null.
  void append(const uint8_t* key_frame, const uint8_t* source_frame, uint64_t row, std::string& out);
  /// A short hash of the key alone; false when the key is null.
  bool hash(const uint8_t* key_frame, uint64_t& hash);

 private:
  const DedupePlan& dedupe_;
  const SourcePlan& source_;
  const TypeTable& types_;
  bool text_key_;  // the key is a text, which is hashed as it is
  std::string key_;
};

/// The source key as a JSON object from its ordered bytes; empty when there is none or it cannot be shown. Personal parts are masked whole.
class SourceKeyText {
 public:
  SourceKeyText(const SourcePlan& source, const TypeTable& types, const std::vector<EnumType>& enums);
  std::string json(std::string_view bytes) const;

 private:
  const SourcePlan& source_;
  const TypeTable& types_;
  const std::vector<EnumType>& enums_;
};

}  // namespace mig
