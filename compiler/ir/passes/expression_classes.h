// Which expressions are equal and may be computed once in the place of several. Private to the passes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/ir/passes/passes.h"
#include "compiler/ir/steps.h"

namespace mig::ir {

/// By index in Program::functions: always gives a value, raises nothing, and depends on its arguments alone.
std::vector<bool> pure_functions(const Program& program, const PassFacts& facts);

/// Numbers expressions so that equal numbers mean equal values wherever the same locals hold the same. 0: may fail, raise, or not be moved.
class ExpressionClasses {
 public:
  static constexpr uint32_t kNotShareable = 0;

  ExpressionClasses(const Program& program, const PassFacts& facts, const std::vector<bool>& pure)
      : program_(program), facts_(facts), pure_(pure) {}

  /// Forgets everything. `steady` holds the locals that keep their value in the region at hand; others make an expression not shareable.
  void begin(std::vector<bool> steady);
  uint32_t class_of(NodeId id);
  uint32_t size() const { return size_; }  // classes are below it
  bool known(NodeId id) const { return id < classes_.size() && classes_[id] != kUnseen; }

 private:
  static constexpr uint32_t kUnseen = kNone;

  const Program& program_;
  const PassFacts& facts_;
  const std::vector<bool>& pure_;
  std::vector<bool> steady_;
  std::vector<uint32_t> classes_;  // by NodeId
  std::map<std::string, uint32_t> by_key_;
  uint32_t size_ = 1;
};

}  // namespace mig::ir
