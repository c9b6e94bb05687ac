#include "compiler/sema/constant_calls.h"

#include <cstring>
#include <deque>
#include <memory>
#include <unordered_map>

#include "compiler/sema/literals.h"
#include "compiler/sema/program.h"
#include "runtime/types/context.h"
#include "stdlib/function.h"

namespace mig::sema {

namespace {

constexpr int kMaxDepth = 16;

// Memory for the results of one evaluation.
struct Scratch {
  ArenaSource source{&Scratch::more};
  std::deque<std::unique_ptr<char[]>> blocks;
  Context context{};

  Scratch() {
    context.arena = &source;
    current = this;
  }
  static char* more(ArenaSource*, Context*, uint64_t size) {
    current->blocks.push_back(std::make_unique<char[]>(size + 16));
    char* block = current->blocks.back().get();
    const uintptr_t address = reinterpret_cast<uintptr_t>(block);
    return block + (16 - address % 16) % 16;
  }
  static thread_local Scratch* current;
};
thread_local Scratch* Scratch::current = nullptr;

bool to_cell(const Constant& constant, stdlib::Shape shape, Cell& cell) {
  cell = {};
  cell.state = Presence::kValue;
  switch (shape) {
    case stdlib::Shape::kBool: cell.boolean = constant.boolean; return constant.form == Constant::Form::kBool;
    case stdlib::Shape::kInt:
      cell.integer = constant.form == Constant::Form::kBool ? (constant.boolean ? 1 : 0) : constant.integer;
      return constant.form == Constant::Form::kInt || constant.form == Constant::Form::kDate ||
             constant.form == Constant::Form::kTimestamp || constant.form == Constant::Form::kDuration;
    case stdlib::Shape::kDecimal: cell.decimal = constant.decimal; return constant.form == Constant::Form::kDecimal;
    case stdlib::Shape::kText: cell.text = {constant.text.data(), constant.text.size()}; return constant.form == Constant::Form::kText;
    case stdlib::Shape::kReal:
    case stdlib::Shape::kList:
    case stdlib::Shape::kMap:
    case stdlib::Shape::kCell:
    case stdlib::Shape::kClosure:
    case stdlib::Shape::kPrepared: return false;
  }
  return false;
}

std::shared_ptr<const void> prepare_argument(const stdlib::IntrinsicArgument& made, std::span<const Constant> arguments) {
  stdlib::PreparedSpec spec;
  spec.kind = made.prepared;
  const auto part = [&](size_t i) -> const Constant* {
    if (i >= made.parts.size() || made.parts[i] < 0 || static_cast<size_t>(made.parts[i]) >= arguments.size()) return nullptr;
    return &arguments[static_cast<size_t>(made.parts[i])];
  };
  if (part(0) == nullptr) return nullptr;
  switch (made.prepared) {
    case stdlib::PreparedKind::kPattern:
    case stdlib::PreparedKind::kText: spec.texts = {part(0)->text}; break;
    case stdlib::PreparedKind::kTextSet: spec.texts = part(0)->texts; break;
    case stdlib::PreparedKind::kZone:
      spec.name = part(0)->text;
      if (part(1) != nullptr) spec.option = part(1)->integer;
      break;
    case stdlib::PreparedKind::kDateFormats:
      spec.texts = part(0)->form == Constant::Form::kText ? std::vector<std::string>{part(0)->text} : part(0)->texts;
      if (part(1) != nullptr) spec.name = part(1)->text;
      if (part(2) != nullptr) spec.option = part(2)->integer;
      spec.values = {part(3) != nullptr && part(3)->form == Constant::Form::kInt ? std::to_string(part(3)->integer) : std::string(),
                     part(4) != nullptr ? part(4)->text : std::string()};
      spec.flag = made.number;
      break;
    case stdlib::PreparedKind::kShape:
    case stdlib::PreparedKind::kCodeTable:
    case stdlib::PreparedKind::kLookup: return nullptr;
  }
  std::string error;
  return stdlib::prepare(spec, error);
}

}  // namespace

Evaluated evaluate_call(const stdlib::Declaration& declaration, std::span<const Constant> arguments, std::optional<std::string>& text,
                        bool* answer) {
  const int64_t id = stdlib::find_function(declaration.intrinsic);
  if (id < 0) return Evaluated::kUnknown;
  const stdlib::Function& function = stdlib::functions()[static_cast<size_t>(id)];
  if (function.invoke == nullptr || function.parameters.size() != declaration.intrinsic_arguments.size()) return Evaluated::kUnknown;
  Scratch scratch;
  std::deque<Cell> cells;
  std::vector<std::shared_ptr<const void>> prepared;
  std::vector<const void*> pointers;
  for (size_t i = 0; i < function.parameters.size(); ++i) {
    const stdlib::IntrinsicArgument& made = declaration.intrinsic_arguments[i];
    if (made.source == stdlib::IntrinsicArgument::Source::kPrepared) {
      prepared.push_back(prepare_argument(made, arguments));
      if (prepared.back() == nullptr) return Evaluated::kUnknown;
      pointers.push_back(prepared.back().get());
      continue;
    }
    cells.emplace_back();
    if (made.source == stdlib::IntrinsicArgument::Source::kNumber) {
      cells.back() = {};
      cells.back().integer = made.number;
    } else {
      const size_t from = static_cast<size_t>(made.parameter);
      if (made.source != stdlib::IntrinsicArgument::Source::kParameter || made.parameter < 0 || from >= arguments.size())
        return Evaluated::kUnknown;
      if (!to_cell(arguments[from], function.parameters[i], cells.back())) return Evaluated::kUnknown;
    }
    pointers.push_back(&cells.back());
  }
  Cell result{};
  const Status status = function.invoke(scratch.context, &result, pointers.data());
  if (status == Status::kFail) return Evaluated::kFails;
  if (status != Status::kOk) return Evaluated::kUnknown;
  if (function.result == stdlib::Shape::kText) text = std::string(result.text.view());
  if (function.result == stdlib::Shape::kBool && answer != nullptr) *answer = result.boolean;
  return Evaluated::kValue;
}

namespace {

class TextEvaluator {
 public:
  TextEvaluator(const Program& program, const FnSymbol& fn, int depth) : program_(program), fn_(fn), depth_(depth) {}

  std::optional<std::string> run(const std::string& argument) {
    if (fn_.parameters.size() != 1 || fn_.block != nullptr || !fn_.body.valid()) return std::nullopt;
    Constant value;
    value.form = Constant::Form::kText;
    value.text = argument;
    locals_[fn_.parameters[0]] = value;
    const Constant result = evaluate(fn_.body.id);
    if (result.form != Constant::Form::kText) return std::nullopt;
    return result.text;
  }

 private:
  const syntax::Module& tree() const { return program_.modules[fn_.module].tree; }

  Constant evaluate(syntax::ExprId id) {
    bool invalid = false;
    Constant constant = literal_constant(tree(), id, invalid);
    if (constant.known()) return constant;
    const syntax::Expr& node = tree()[id];
    if (const auto* group = node.get_if<syntax::GroupExpr>()) return evaluate(group->inner);
    const ExprInfo& about = program_.modules[fn_.module].exprs[id.value];
    if (about.ref == Ref::kLocal && node.kind() == syntax::ExprKind::name) {
      const auto it = locals_.find(about.index);
      return it == locals_.end() ? Constant() : it->second;
    }
    if (const auto* pipe = node.get_if<syntax::PipeExpr>()) {
      Constant current = evaluate(pipe->head);
      for (const syntax::PipeStage& stage : pipe->stages) current = call(stage.callee, &current);
      return current;
    }
    if (node.kind() == syntax::ExprKind::call) return call(id, nullptr);
    return {};
  }

  Constant call(syntax::ExprId id, const Constant* piped) {
    if (depth_ > kMaxDepth || (piped != nullptr && !piped->known())) return {};
    const ExprInfo& about = program_.modules[fn_.module].exprs[id.value];
    if (about.call == kNone) return {};
    const CallInfo& info = program_.calls[about.call];
    std::vector<Constant> arguments;
    for (const BoundArgument& bound : info.arguments) {
      switch (bound.source) {
        case BoundArgument::Source::kPiped: arguments.push_back(piped == nullptr ? Constant() : *piped); break;
        case BoundArgument::Source::kConstant: arguments.push_back(bound.constant); break;
        case BoundArgument::Source::kExpr: arguments.push_back(evaluate(bound.expr.id)); break;
        case BoundArgument::Source::kMissing:
        case BoundArgument::Source::kSecret:
        case BoundArgument::Source::kVariadic: return {};
      }
    }
    std::optional<std::string> text;
    if (info.callee == Ref::kStdlib && info.declaration != nullptr) {
      if (evaluate_call(*info.declaration, arguments, text) != Evaluated::kValue) return {};
    } else if (info.callee == Ref::kFn && arguments.size() == 1 && arguments[0].form == Constant::Form::kText) {
      text = evaluate_text_fn(program_, info.index, arguments[0].text, depth_ + 1);
    }
    Constant result;
    if (!text) return result;
    result.form = Constant::Form::kText;
    result.text = std::move(*text);
    return result;
  }

  const Program& program_;
  const FnSymbol& fn_;
  int depth_;
  std::unordered_map<uint32_t, Constant> locals_;
};

}  // namespace

std::optional<std::string> evaluate_text_fn(const Program& program, uint32_t fn, const std::string& argument, int depth) {
  if (depth > kMaxDepth || fn >= program.fns.size()) return std::nullopt;
  return TextEvaluator(program, program.fns[fn], depth).run(argument);
}

std::optional<std::string> normalised_key(const Program& program, const TableSymbol& table, std::string key) {
  for (const TableSymbol::Via& via : table.via) {
    std::optional<std::string> next;
    if (via.fn != kNone) {
      next = evaluate_text_fn(program, via.fn, key);
    } else if (via.function != nullptr) {
      Constant argument;
      argument.form = Constant::Form::kText;
      argument.text = key;
      evaluate_call(*via.function, {&argument, 1}, next);
    }
    if (!next) return std::nullopt;
    key = std::move(*next);
  }
  return key;
}

}  // namespace mig::sema
