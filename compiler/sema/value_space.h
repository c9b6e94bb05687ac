// Which values of a type patterns cover: what is missing, and what can never match.
#pragma once

#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "compiler/sema/program.h"

namespace mig::sema {

class ValueSpace {
 public:
  ValueSpace(const Program& program, TypeId subject);

  /// Whether every value that the pattern matches is covered already.
  bool covers(const PatternInfo& pattern, const syntax::Module& tree, const std::vector<PatternInfo>& patterns, syntax::PatternId id) const;
  void add(const PatternInfo& pattern, const syntax::Module& tree, const std::vector<PatternInfo>& patterns, syntax::PatternId id);

  bool complete() const;
  bool unknown() const { return unknown_; }
  bool null_covered() const { return !nullable_ || null_; }
  /// What is missing, as patterns to write; at most `limit`, then "...".
  std::vector<std::string> missing(size_t limit) const;
  /// Variants not covered, by name.
  std::vector<std::string> missing_variants() const;

 private:
  bool covers_one(const PatternInfo& pattern) const;
  void add_one(const PatternInfo& pattern);
  bool covers_interval(int128 low, int128 high) const;
  void add_interval(int128 low, int128 high);
  std::string value_text(int128 value) const;
  bool values_complete() const;

  const Program& program_;
  const Type& subject_;
  bool nullable_ = false, null_ = false, all_ = false;
  bool unknown_ = false;  // a pattern was wrong: nothing is said about what is missing or covered
  bool is_enum_ = false, is_bool_ = false, is_ordered_ = false, is_scalar_ = false, open_ = false, other_ = false;
  std::vector<bool> variants_;
  bool booleans_[2] = {false, false};
  bool scalars_[4] = {false, false, false, false};
  std::unordered_set<std::string> texts_;
  std::map<int128, int128> intervals_;  // disjoint, not adjacent: low to high
  int128 low_ = 0, high_ = 0;           // the whole space
};

}  // namespace mig::sema
