// Which fields inside the nested records, lists of records and maps of records of a source are read, and which are ignored.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/rules/rule_context.h"

namespace mig::rules {

/// A source field, or a field of a record in it. Lists, sets and maps stand for their elements.
struct RecordPart {
  uint32_t parent = kNone;         // RecordParts::parts; none for a field of the source itself
  std::string name;                // of the field
  TypeId record = kNoType;         // the record in it; kNoType when it has no fields of its own
  Span read;                       // the first place that asks for it
  Span whole;                      // the first place that takes all of it
  Span ignored;                    // where an `ignore` names it
  std::vector<uint32_t> children;  // by field of `record`; filled when something names one of them
};

class RecordParts {
 public:
  /// Parts of a source's schema; the first ones are its fields, by index. Nothing is read yet.
  RecordParts(const RuleContext& context, const sema::SchemaSymbol& schema);

  /// What the statements of a map over this source read and ignore.
  void add_map(const sema::MapSymbol& map);
  /// Something outside of maps reads the field.
  void take_whole(uint32_t field, Span place) { take(field, place); }

  /// A part with fields below it that nobody takes whole: the paths of what is never read and not ignored, outermost first.
  std::vector<uint32_t> unread_below(uint32_t part);
  /// "address.street"
  std::string path(uint32_t part) const;
  /// As a spec writes it.
  std::string written_path(uint32_t part) const;
  /// The field of the source that it is, or is in.
  uint32_t field_around(uint32_t part) const;
  /// Where the part is declared; the place of the field around it when it has none of its own.
  Span declared_at(uint32_t part) const;
  /// Some part of it is ignored.
  bool any_ignored_below(uint32_t part) const;
  /// The place that reads an ignored part, itself or with the record around it; invalid when none does.
  Span contradiction(uint32_t part) const;

  const std::vector<RecordPart>& parts() const { return parts_; }

 private:
  using Places = std::vector<uint32_t>;
  struct Reading;  // the walk over one map

  uint32_t child(uint32_t part, const std::string& name);
  void take(uint32_t part, Span place);
  void ask(uint32_t part, Span place);
  /// The record type inside lists, sets and maps; kNoType for anything else.
  TypeId record_in(TypeId type) const;
  void collect_unread(uint32_t part, std::vector<uint32_t>& unread);

  const RuleContext& context_;
  const sema::SchemaSymbol& schema_;
  std::vector<RecordPart> parts_;
};

}  // namespace mig::rules
