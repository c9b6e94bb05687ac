// What is known about paths at a place in the program: narrowing by conditions.
#pragma once

#include <unordered_map>
#include <vector>

#include "compiler/sema/annotations.h"

namespace mig::sema {

struct Fact {
  PathKey path;
  TypeId type = kNoType;
};
/// What a condition says about paths when it holds, and when it does not.
struct Facts {
  std::vector<Fact> when_true, when_false;
};

struct PathHash {
  size_t operator()(const PathKey& path) const {
    size_t hash = static_cast<size_t>(path.root) * 31 + path.index;
    for (const uint32_t field : path.fields) hash = hash * 1000003u + field + 1;
    return hash;
  }
};

/// Types of paths narrower than declared. Scopes are undone in the order opposite to their opening.
class Environment {
 public:
  struct Entry {
    TypeId type = kNoType;
    uint32_t statement = kNone;  // the statement of the map that says so; kNone inside an expression
  };
  const Entry* find(const PathKey& path) const {
    const auto it = entries_.find(path);
    return it == entries_.end() ? nullptr : &it->second;
  }
  void assume(const PathKey& path, TypeId type, uint32_t statement) {
    const auto it = entries_.find(path);
    undo_.push_back({path, it == entries_.end() ? Entry{} : it->second});
    entries_[path] = {type, statement};
  }
  size_t mark() const { return undo_.size(); }
  void restore(size_t mark) {
    while (undo_.size() > mark) {
      Undo& last = undo_.back();
      if (last.before.type == kNoType) {
        entries_.erase(last.path);
      } else {
        entries_[last.path] = last.before;
      }
      undo_.pop_back();
    }
  }

 private:
  struct Undo {
    PathKey path;
    Entry before;
  };
  std::unordered_map<PathKey, Entry, PathHash> entries_;
  std::vector<Undo> undo_;
};

}  // namespace mig::sema
