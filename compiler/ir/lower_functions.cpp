// Functions of the spec, tables as functions, lookups.
#include <fmt/format.h>

#include "compiler/ir/lowering.h"
#include "compiler/sema/masks.h"
#include "stdlib/function.h"

namespace mig::ir {

uint32_t Lowering::function_of_fn(uint32_t fn) {
  if (const auto found = fn_functions_.find(fn); found != fn_functions_.end()) return found->second;
  const auto index = static_cast<uint32_t>(out_.functions.size());
  fn_functions_.emplace(fn, index);
  out_.functions.emplace_back();
  build_fn(fn, index);
  return index;
}

uint32_t Lowering::function_of_table(uint32_t table) {
  if (const auto found = table_functions_.find(table); found != table_functions_.end()) return found->second;
  const auto index = static_cast<uint32_t>(out_.functions.size());
  table_functions_.emplace(table, index);
  out_.functions.emplace_back();
  build_table(table, index);
  return index;
}

void Lowering::build_fn(uint32_t fn, uint32_t index) {
  const sema::FnSymbol& symbol = in_.fns[fn];
  Body body;
  Body* const outer = body_;
  const auto blamed = blamed_;
  blamed_.reset();
  body_ = &body;
  for (const uint32_t parameter : symbol.parameters) body.numbers[parameter] = temporary(in_.locals[parameter].type);
  const NodeId result =
      symbol.block != nullptr ? block_from(symbol.module, *symbol.block, 0, symbol) : expression_as(symbol.body, symbol.result);
  Function function;
  function.name = symbol.name;
  function.parameters = static_cast<uint32_t>(symbol.parameters.size());
  function.locals = std::move(body.locals);
  function.result = symbol.result;
  function.body = result;
  function.may_fail = symbol.may_fail;
  function.may_reject = symbol.may_reject;
  out_.functions[index] = std::move(function);
  body_ = outer;
  blamed_ = blamed;
}

NodeId Lowering::block_from(sema::ModuleId module, const syntax::Block& block, size_t statement, const sema::FnSymbol& fn) {
  if (statement == block.statements.size()) return unsupported(fn.signature, "a function whose block does not return");
  const syntax::StmtId id = block.statements[statement];
  const syntax::Stmt& stmt = in_.modules[module].tree[id];
  const sema::StmtInfo& known = in_.info(module, id);
  if (const auto* give_back = stmt.get_if<syntax::ReturnStmt>()) return expression_as({module, give_back->value}, fn.result);
  if (const auto* let = stmt.get_if<syntax::LetStmt>()) {
    const NodeId value = expression_as({module, let->value}, in_.locals[known.local].type);
    const LocalId local = temporary(in_.locals[known.local].type);
    body_->numbers[known.local] = local;
    return bind(local, value, block_from(module, block, statement + 1, fn));
  }
  ExprRef condition;
  bool when_true = true;
  if (const auto* require = stmt.get_if<syntax::RequireStmt>()) {
    condition = {module, require->condition};
    when_true = false;
  } else if (const auto* raise = stmt.get_if<syntax::RaiseStmt>()) {
    condition = {module, raise->condition};
  } else {
    return unsupported(stmt.span, "this statement in a function");
  }
  const auto* rule = stmt.get_if<syntax::RequireStmt>();
  const ExprRef about{module, rule != nullptr ? rule->detail : stmt.as<syntax::RaiseStmt>().detail};
  const uint32_t place = site(known.issue, known.verb, tree(condition).span, info(condition).lineage);
  const NodeId test = expression_as(condition, bool_type());
  const NodeId problem = raised(known.verb, place, about);
  if (known.verb == Verb::kWarn) {
    const LocalId ignored = temporary(bool_type());
    const NodeId effect =
        when_true ? make(Op::kIf, bool_type(), test, problem, boolean(true)) : make(Op::kIf, bool_type(), test, boolean(true), problem);
    return bind(ignored, effect, block_from(module, block, statement + 1, fn));
  }
  const NodeId rest = block_from(module, block, statement + 1, fn);
  return when_true ? make(Op::kIf, fn.result, test, problem, rest) : make(Op::kIf, fn.result, test, rest, problem);
}

void Lowering::build_table(uint32_t table, uint32_t index) {
  const sema::TableSymbol& symbol = in_.tables[table];
  Body body;
  Body* const outer = body_;
  const auto blamed = blamed_;
  blamed_.reset();
  body_ = &body;
  const LocalId parameter = temporary(symbol.key);
  NodeId key = read_local(parameter);
  for (const sema::TableSymbol::Via& via : symbol.via) {
    if (via.function != nullptr) {
      std::vector<NodeId> arguments;
      for (const stdlib::IntrinsicArgument& from : via.function->intrinsic_arguments) {
        arguments.push_back(from.source == stdlib::IntrinsicArgument::Source::kNumber ? number(from.number) : key);
      }
      key = call(via.function->intrinsic, out_.nodes[key].type, arguments);
    } else {
      const sema::FnSymbol& fn = in_.fns[via.fn];
      key = make_with(Op::kCallFunction, fn.result, {convert(key, in_.locals[fn.parameters[0]].type, via.span)}, function_of_fn(via.fn));
    }
  }
  const TypeId normalised = symbol.normalised != kNoType ? symbol.normalised : out_.nodes[key].type;
  const LocalId subject = temporary(normalised);
  if (symbol.key_local != sema::kNone) body.numbers[symbol.key_local] = subject;
  std::vector<Arm> arms;
  for (const sema::TableRow& row : symbol.rows) {
    Arm arm;
    arm.module = symbol.module;
    for (const syntax::PatternId pattern : row.patterns) flatten(symbol.module, pattern, arm.patterns);
    arm.value = row.value;
    arms.push_back(std::move(arm));
  }
  if (symbol.otherwise.valid()) {
    Arm arm;
    arm.module = symbol.module;
    arm.value = symbol.otherwise;
    arms.push_back(std::move(arm));
  }
  const NodeId chosen = match_arms(subject, arms, symbol.value, symbol.span);
  Function function;
  function.name = symbol.name;
  function.parameters = 1;
  function.body = bind(subject, convert(key, normalised, symbol.span), chosen);
  function.locals = std::move(body.locals);
  function.result = symbol.value;
  function.may_fail = symbol.may_fail;
  function.may_reject = symbol.may_reject;
  out_.functions[index] = std::move(function);
  body_ = outer;
  blamed_ = blamed;
}

NodeId Lowering::lookup(uint32_t lookup, NodeId key, Span span) {
  const sema::LookupSymbol& symbol = in_.lookups[lookup];
  stdlib::PreparedSpec spec;
  spec.kind = stdlib::PreparedKind::kLookup;
  spec.name = symbol.name;
  const auto assumed = assumed_lookups_.find(lookup);
  const auto* entries = assumed != assumed_lookups_.end() ? &assumed->second : &symbol.entries;
  const sema::EnvironmentSymbol* const environment = environment_.empty() ? nullptr : sema::find_environment(in_, environment_);
  for (size_t i = 0; environment != nullptr && i < environment->bindings.size(); ++i) {
    const sema::EnvironmentBinding& binding = environment->bindings[i];
    if (binding.kind == syntax::BindingKind::lookup && binding.subject == lookup) entries = &binding.file.entries;
  }
  for (const auto& [from, to] : *entries) {
    spec.texts.push_back(from);
    spec.values.push_back(to);
  }
  spec.option = symbol.casefold ? 1 : 0;
  NodeId text_key = key;
  if (storage_of(type_of(key).kind) != Storage::kText || type_of(key).kind == Kind::kZoned) text_key = as_text(key, span);
  const NodeId found = call("lookup_find", text_type(), {text_key, prepared(std::move(spec))});
  return parse_wire(found, symbol.value, span);
}

/// A wire text as a value of `to`; fails when it is not one.
NodeId Lowering::parse_wire(NodeId value, TypeId to, Span span) {
  const Type wanted = type(to);
  if (has_presence(to)) return convert(parse_wire(value, payload(to), span), to, span);
  switch (wanted.kind) {
    case Kind::kString:
    case Kind::kPosition: return convert(value, to, span);
    case Kind::kInt: return call("parse_int", to, {value});
    case Kind::kUuid: return call("parse_uuid", to, {value});
    case Kind::kScalar: return convert(value, to, span);
    case Kind::kDecimal:
      return call("parse_decimal", to,
                  {value, number(wanted.precision == 0 ? 38 : wanted.precision), number(wanted.scale), text(""), text(".")});
    case Kind::kBool: {
      stdlib::PreparedSpec yes, no;
      yes.kind = no.kind = stdlib::PreparedKind::kTextSet;
      yes.texts = {"true", "1"};
      no.texts = {"false", "0"};
      return call("parse_bool", to, {value, prepared(std::move(yes)), prepared(std::move(no))});
    }
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDatetime:
    case Kind::kTimestamp: {
      stdlib::PreparedSpec spec;
      spec.kind = stdlib::PreparedKind::kDateFormats;
      if (wanted.kind == Kind::kDate) {
        spec.texts = {"%Y-%m-%d"};
        spec.flag = 0;
      } else if (wanted.kind == Kind::kTime) {
        spec.texts = {"%H:%M:%S", "%H:%M"};
        spec.flag = 1;
      } else if (wanted.kind == Kind::kDatetime) {
        spec.texts = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"};
        spec.flag = 2;
      } else {
        spec.texts = {"%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"};
        spec.flag = 3;
      }
      static const char* const kParsers[] = {"parse_date", "parse_time", "parse_datetime", "parse_timestamp"};
      const char* const parser = kParsers[spec.flag];
      return call(parser, to, {value, prepared(std::move(spec))});
    }
    case Kind::kEnum: {
      stdlib::PreparedSpec spec;
      spec.kind = stdlib::PreparedKind::kCodeTable;
      for (const EnumVariant& variant : out_.enums[wanted.declaration].variants) spec.texts.push_back(variant.wire);
      return call("parse_enum", to, {value, prepared(std::move(spec))});
    }
    case Kind::kFloat: return call("parse_float", to, {value});
    case Kind::kDuration: return call("parse_duration", to, {value});
    case Kind::kZoned: return call("parse_zoned", to, {value});
    case Kind::kPercent:
    case Kind::kMoney:
    case Kind::kBytes:
    case Kind::kJson:
    case Kind::kPeriod:
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap:
    case Kind::kRecord:
    case Kind::kNever:
    case Kind::kError:
    case Kind::kFunction:
    case Kind::kTypeVariable: break;
  }
  return unsupported(span, fmt::format("reading {} from text", out_.types.text(to)));
}

}  // namespace mig::ir
