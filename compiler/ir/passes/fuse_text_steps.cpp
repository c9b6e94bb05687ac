#include "compiler/ir/passes/passes.h"
#include "compiler/ir/passes/rewrite.h"
#include "stdlib/text_chain.h"

namespace mig::ir {

namespace {

using stdlib::TextChain;

class Fuser {
 public:
  Fuser(Program& program, const PassFacts& facts) : program_(program) {
    const auto find = [&facts](std::string_view name) {
      for (uint32_t id = 0; id < facts.functions.size(); ++id) {
        if (facts.functions[id].name == name) return id;
      }
      return kNone;
    };
    trim_ = find("text_trim");
    lower_ = find("text_lower");
    upper_ = find("text_upper");
    replace_ = find("text_replace");
    chain_ = find("text_chain");
  }

  /// Operands come first, so below this call stands at most one chain or one single step.
  void fuse(NodeId id) {
    const Node node = program_.nodes[id];
    TextChain last;
    if (node.op != Op::kCall || chain_ == kNone || node.index == chain_ || !read(node, last)) return;
    const NodeId below = program_.arguments[node.first];
    const Node inner = program_.nodes[below];
    TextChain chain;
    if (inner.op != Op::kCall || !read(inner, chain) || (last.trims() && chain.replaces())) return;
    chain.append(last);
    Constant steps;
    steps.type = program_.types.of(Kind::kString);
    steps.cell.state = Presence::kValue;
    steps.text = chain.text();
    program_.constants.push_back(std::move(steps));
    Node constant;
    constant.op = Op::kConst;
    constant.type = program_.constants.back().type;
    constant.index = static_cast<uint32_t>(program_.constants.size() - 1);
    program_.nodes.push_back(constant);
    Node& fused = program_.nodes[id];
    fused.index = chain_;
    fused.first = static_cast<uint32_t>(program_.arguments.size());
    fused.count = 2;
    const NodeId leaf = program_.arguments[inner.first];
    program_.arguments.push_back(leaf);
    program_.arguments.push_back(static_cast<NodeId>(program_.nodes.size() - 1));
  }

 private:
  /// The constant text of an argument, or null.
  const std::string* text(const Node& node, uint32_t argument) const {
    const Node& one = program_.nodes[program_.arguments[node.first + argument]];
    if (one.op != Op::kConst || has_presence(program_.types[one.type])) return nullptr;
    return &program_.constants[one.index].text;
  }

  /// What the call does to its first argument, when a chain can do it.
  bool read(const Node& node, TextChain& chain) const {
    if (node.index == trim_) return chain.trim(), true;
    if (node.index == lower_) return chain.lower(), true;
    if (node.index == upper_) return chain.upper(), true;
    if (node.index == chain_) {
      const std::string* const steps = text(node, 1);
      return steps != nullptr && TextChain::read(*steps, chain);
    }
    if (node.index != replace_) return false;
    const std::string *const from = text(node, 1), *const to = text(node, 2);
    const auto ascii = [](const std::string* one) {
      return one != nullptr && one->size() == 1 && static_cast<unsigned char>((*one)[0]) < 0x80;
    };
    if (!ascii(from) || !ascii(to)) return false;
    return chain.replace((*from)[0], (*to)[0]), true;
  }

  Program& program_;
  uint32_t trim_, lower_, upper_, replace_, chain_;
};

}  // namespace

void fuse_text_steps(Program& program, const PassFacts& facts) {
  Fuser fuser(program, facts);
  PostOrder(program, [&fuser](NodeId id) { fuser.fuse(id); });
}

}  // namespace mig::ir
