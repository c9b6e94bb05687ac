#include "compiler/ir/passes/passes.h"

namespace mig::ir {

std::span<const Pass> passes() {
  static constexpr Pass kPasses[] = {
      {"fold_constants", &fold_constants},   {"drop_presence_tests", &drop_presence_tests}, {"share_expressions", &share_expressions},
      {"share_in_bodies", &share_in_bodies}, {"narrow_decimals", &narrow_decimals},         {"fuse_text_steps", &fuse_text_steps},
      {"mark_repeatable", &mark_repeatable},
  };
  return kPasses;
}

void run_passes(Program& program, const PassFacts& facts) {
  for (const Pass& pass : passes()) pass.run(program, facts);
}

}  // namespace mig::ir
