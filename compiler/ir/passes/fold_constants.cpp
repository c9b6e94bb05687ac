#include "compiler/ir/passes/passes.h"
#include "compiler/ir/passes/rewrite.h"
#include "runtime/records/arena.h"

namespace mig::ir {

namespace {

constexpr size_t kMaxFoldedText = 4096;  // bytes; a longer constant would only bloat the program

class Folder {
 public:
  Folder(Program& program, const PassFacts& facts) : program_(program), facts_(facts) {}

  void fold(NodeId id) {
    const Node node = program_.nodes[id];
    if (node.op == Op::kCall) return fold_call(id, node);
    if (node.op == Op::kIf && is_constant(node.a)) {
      replace(program_, id, value(node.a).boolean ? node.b : node.c);
    } else if (node.op == Op::kSwitch && is_constant(node.a)) {
      fold_switch(id, node);
    }
  }

 private:
  bool is_constant(NodeId id) const { return program_.nodes[id].op == Op::kConst; }
  Cell value(NodeId id) const { return constant_cell(program_.constants[program_.nodes[id].index], program_.types); }

  void fold_switch(NodeId id, const Node& node) {
    const int64_t chosen = value(node.a).integer;
    for (uint32_t i = 0; i < node.count; ++i) {
      const SwitchCase option = program_.cases[node.first + i];
      if (option.value == chosen) {
        replace(program_, id, option.body);
        return;
      }
    }
    if (node.c != kNone) replace(program_, id, node.c);
  }

  void fold_call(NodeId id, const Node& node) {
    const Type& type = program_.types[node.type];
    const Storage storage = storage_of(type.kind);
    if (storage == Storage::kList || storage == Storage::kMap) return;
    std::vector<Cell> cells;
    for (uint32_t i = 0; i < node.count; ++i) {
      const NodeId argument = program_.arguments[node.first + i];
      if (!is_constant(argument)) return;
      cells.push_back(value(argument));
    }
    std::vector<const void*> pointers;
    for (const Cell& cell : cells) pointers.push_back(&cell);
    Arena arena(4096);
    Context context{};
    arena.reset(context);
    const stdlib::Function& function = facts_.functions[node.index];
    Cell result{};
    if (function.invoke(context, &result, pointers.data()) != Status::kOk) return;
    if (function.result != stdlib::Shape::kCell || !has_presence(type)) result.state = Presence::kValue;
    std::string text;
    if (storage == Storage::kText || (type.kind == Kind::kScalar && result.kind == ScalarKind::kText)) {
      if (result.has_value()) text = std::string(result.text.view());
      if (text.size() > kMaxFoldedText) return;
      result.text = {};
    }
    program_.constants.push_back({node.type, result, std::move(text)});
    Node constant;
    constant.op = Op::kConst;
    constant.type = node.type;
    constant.index = static_cast<uint32_t>(program_.constants.size() - 1);
    program_.nodes[id] = constant;
  }

  Program& program_;
  const PassFacts& facts_;
};

}  // namespace

void fold_constants(Program& program, const PassFacts& facts) {
  Folder folder(program, facts);
  PostOrder(program, [&folder](NodeId id) { folder.fold(id); });
}

}  // namespace mig::ir
