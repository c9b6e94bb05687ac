#include "compiler/codegen/module_emitter.h"

#include "compiler/codegen/function_emitter.h"
#include "compiler/codegen/kept_results.h"
#include "compiler/codegen/map_emitter.h"

namespace mig::codegen {

namespace {
constexpr size_t kMaxInlinedNodes = 12;
}

ModuleEmitter::ModuleEmitter(llvm::LLVMContext& context, const Request& request, Bodies* bodies)
    : shapes(context),
      request_(request),
      bodies_(bodies),
      module_(std::make_unique<llvm::Module>("mig", context)),
      user_functions_(request.program->functions.size(), nullptr),
      keeps_results_(request.program->functions.size()) {
  const TypeTable& types = request.program->types;
  for (size_t i = 0; i < types.size(); ++i) {
    const Type& type = types[static_cast<TypeId>(i)];
    facts_.push_back({storage_of(type.kind), ir::has_presence(type), type.kind == Kind::kNever});
  }
}

llvm::Function* ModuleEmitter::internal_function(llvm::FunctionType* type, const std::string& name) {
  llvm::Function* const function = llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, name, *module_);
  function->setUWTableKind(llvm::UWTableKind::Async);  // a record that needs too much memory unwinds through it
  if (request_.for_profilers) function->addFnAttr("frame-pointer", "all");
  return function;
}

bool ModuleEmitter::may_inline(stdlib::FunctionId id) { return bodies_ != nullptr && bodies_->inlinable(request_.functions[id].symbol); }

llvm::Function* ModuleEmitter::standard_function(stdlib::FunctionId id) {
  const stdlib::Function& function = request_.functions[id];
  if (llvm::Function* const known = module_->getFunction(function.symbol)) return known;
  llvm::SmallVector<llvm::Type*, 8> parameters(function.parameters.size() + 2, shapes.pointer);
  auto* const type = llvm::FunctionType::get(shapes.i8, parameters, false);
  llvm::Function* const declared = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, function.symbol, *module_);
  return declared;
}

llvm::FunctionCallee ModuleEmitter::runtime_function(const char* symbol) {
  if (llvm::Function* const known = module_->getFunction(symbol)) return known;
  const llvm::StringRef name(symbol);
  llvm::Type* const nothing = llvm::Type::getVoidTy(module_->getContext());
  llvm::FunctionType* type = llvm::FunctionType::get(nothing, {shapes.pointer, shapes.i32}, false);
  if (name == kRaiseWithSymbol) type = llvm::FunctionType::get(nothing, {shapes.pointer, shapes.i32, shapes.pointer}, false);
  if (name == kAllocateSymbol) type = llvm::FunctionType::get(shapes.pointer, {shapes.pointer, shapes.i64}, false);
  if (name == kRecallSymbol) {
    type =
        llvm::FunctionType::get(shapes.i8, {shapes.pointer, shapes.pointer, shapes.pointer, shapes.i64, shapes.i32, shapes.pointer}, false);
  }
  if (name == kPositionSymbol) type = llvm::FunctionType::get(nothing, {shapes.pointer, shapes.pointer}, false);
  llvm::Function* const declared = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, *module_);
  if (name == kRaiseSymbol || name == kRaiseWithSymbol) declared->addFnAttr(llvm::Attribute::Cold);
  return declared;
}

llvm::Constant* ModuleEmitter::constant(llvm::Constant* value) {
  llvm::GlobalVariable*& variable = constants_[value];
  if (variable == nullptr) {
    variable = new llvm::GlobalVariable(*module_, value->getType(), true, llvm::GlobalValue::PrivateLinkage, value, "constant");
    variable->setAlignment(llvm::Align(16));
  }
  return variable;
}

llvm::Constant* ModuleEmitter::text(std::string_view bytes) {
  if (const auto known = texts_.find(bytes); known != texts_.end()) return known->second;
  llvm::Constant* const data = llvm::ConstantDataArray::getString(module_->getContext(), llvm::StringRef(bytes.data(), bytes.size()), true);
  auto* const variable = new llvm::GlobalVariable(*module_, data->getType(), true, llvm::GlobalValue::PrivateLinkage, data, "text");
  variable->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  variable->setAlignment(llvm::Align(1));
  texts_.emplace(bytes, variable);
  return variable;
}

llvm::Function* ModuleEmitter::user_function(uint32_t index) {
  if (user_functions_[index] != nullptr) return user_functions_[index];
  const ir::Function& function = program().functions[index];
  llvm::SmallVector<llvm::Type*, 8> parameters{shapes.pointer, shapes.pointer};
  for (uint32_t i = 0; i < function.parameters; ++i) {
    if (has_presence(function.locals[i])) parameters.push_back(shapes.i8);
    for (llvm::Type* part : shapes.parts(storage(function.locals[i]))) parameters.push_back(part);
  }
  auto* const type = llvm::FunctionType::get(shapes.i8, parameters, false);
  user_functions_[index] = internal_function(type, "fn_" + (request_.for_profilers ? function.name : std::to_string(index)));
  wanted_.push_back(index);
  return user_functions_[index];
}

bool ModuleEmitter::keeps_results(uint32_t function) {
  std::optional<bool>& known = keeps_results_[function];
  if (!known) known = is_worth_keeping(program(), program().functions[function], [this](stdlib::FunctionId id) { return may_inline(id); });
  return *known;
}

void ModuleEmitter::emit_user_function(uint32_t index) {
  const ir::Function& callee = program().functions[index];
  llvm::Function* const function = user_functions_[index];
  FunctionEmitter emitter(*this, function, callee.locals, nullptr, function->getArg(0), nullptr);
  unsigned at = 2;
  for (uint32_t i = 0; i < callee.parameters; ++i) {
    Value value;
    if (has_presence(callee.locals[i])) value.presence = function->getArg(at++);
    for (size_t part = shapes.parts(storage(callee.locals[i])).size(); part > 0; --part) value.parts.push_back(function->getArg(at++));
    emitter.bind(i, std::move(value));
  }
  emitter.emit_body(callee.body, [&](const Value& value) {
    Value result = value;
    if (has_presence(callee.result)) {
      shapes.store_cell(emitter.builder, storage(callee.result), result, function->getArg(1));
    } else {
      shapes.store(emitter.builder, storage(callee.result), result, function->getArg(1));
    }
  });
  if (request_.level != 0 && !keeps_results(index) && function->getInstructionCount() <= kMaxInlinedNodes)
    function->addFnAttr(llvm::Attribute::AlwaysInline);
}

void ModuleEmitter::finish() {
  while (!wanted_.empty()) {
    const uint32_t index = wanted_.back();
    wanted_.pop_back();
    emit_user_function(index);
  }
}

void ModuleEmitter::emit_map(uint32_t map) {
  llvm::Function* const record = MapEmitter(*this, program().maps[map], map).emit();
  emit_batch_loop(*this, program().maps[map], record, kernel_symbol(map));
}

}  // namespace mig::codegen
