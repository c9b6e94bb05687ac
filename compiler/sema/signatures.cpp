// Signatures of functions and tables, and the order in which bodies can be checked.
#include <algorithm>

#include "compiler/sema/phases.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

void read_fn(Analysis& analysis, FnSymbol& fn) {
  Program& program = *analysis.program;
  const auto& written = analysis.tree(fn.module)[fn.decl].as<syntax::FnDecl>();
  fn.signature = written.signature;
  for (const syntax::FnParameter& parameter : written.parameters) {
    Local local;
    local.name = parameter.name.text;
    local.span = parameter.name.span;
    local.kind = LocalKind::kParameter;
    local.type = resolve_type(analysis, fn.module, parameter.type);
    for (const uint32_t other : fn.parameters) {
      if (program.locals[other].name == local.name)
        analysis.report(Code::E0108, parameter.name.span, "two parameters are called `" + local.name + "`", "already taken")
            .also(program.locals[other].span, "the other one");
    }
    if (parameter.variadic)
      analysis.report(Code::E0014, parameter.span, "only the standard library has functions with any number of arguments", "take a list");
    fn.parameters.push_back(static_cast<uint32_t>(program.locals.size()));
    fn.defaults.push_back({fn.module, parameter.default_value});
    program.locals.push_back(std::move(local));
  }
  if (!written.type_parameters.empty())
    analysis.report(Code::E0014, fn.span, "only the standard library has type parameters", "name the type");
  if (written.result.valid()) {
    fn.result = resolve_type(analysis, fn.module, written.result, &fn.may_fail);
  } else {
    fn.result = analysis.types().of(Kind::kError);
  }
  for (const syntax::Path& code : written.raises) {
    const auto issue = analysis.resolve(NameKind::kIssue, fn.module, code, true);
    if (!issue) {
      analysis.report_undeclared_issue(fn.module, code);
      continue;
    }
    fn.raises.push_back(*issue);
  }
  if (written.body.valid()) fn.body = {fn.module, written.body};
  if (written.block) {
    fn.block = &*written.block;
    for (const syntax::StmtId id : written.block->statements) {
      if (const auto* give = analysis.tree(fn.module)[id].get_if<syntax::ReturnStmt>()) fn.body = {fn.module, give->value};
    }
  }
  if (!written.body.valid() && !written.block)
    analysis.report(Code::E0002, fn.span, "the function `" + fn.name + "` has no body", "write `= expression`");
}

void read_table(Analysis& analysis, TableSymbol& table) {
  Program& program = *analysis.program;
  const auto& written = analysis.tree(table.module)[table.decl].as<syntax::TableDecl>();
  table.key = resolve_type(analysis, table.module, written.key);
  table.value = resolve_type(analysis, table.module, written.value);
  TypeId normalised = table.key;
  for (const syntax::Path& path : written.via) {
    TableSymbol::Via via;
    via.span = path.span;
    if (const auto fn = analysis.resolve(NameKind::kFn, table.module, path, true)) {
      const FnSymbol& symbol = program.fns[*fn];
      symbol.used = true;
      via.fn = *fn;
      if (symbol.parameters.size() != 1 || symbol.may_fail || !symbol.raises.empty()) {
        analysis
            .report(Code::E0201, path.span, "`" + path.text() + "` cannot prepare keys",
                    "takes one value and neither fails nor raises issues")
            .also(symbol.span, "declared here");
        continue;
      }
      if (fit(analysis.types(), normalised, program.locals[symbol.parameters[0]].type) != Fit::kYes) {
        analysis.report(Code::E0201, path.span, "`" + path.text() + "` does not take " + kind_in_words(analysis.types(), normalised),
                        analysis.type_text(normalised));
      }
      normalised = symbol.result;
    } else {
      const auto overloads = path.parts.size() == 1 ? stdlib::overloads(path.text()) : std::span<const stdlib::Declaration* const>();
      for (const stdlib::Declaration* declaration : overloads) {
        const bool takes_text = !declaration->parameters.empty() && declaration->parameters[0].type.kind == Kind::kString;
        const bool alone = declaration->parameters.size() == 1 ||
                           (declaration->parameters.size() > 1 && declaration->parameters[1].fallback.form != stdlib::Literal::Form::kNone);
        if (takes_text && alone && !declaration->may_fail && declaration->result.kind == Kind::kString && !declaration->result.nullable)
          via.function = declaration;
      }
      if (via.function == nullptr) {
        Diagnostic& finding =
            analysis.report(overloads.empty() ? Code::E0101 : Code::E0201, path.span,
                            overloads.empty() ? "no function is called `" + path.text() + "`" : "`" + path.text() + "` cannot prepare keys",
                            "takes one text and gives one text");
        std::vector<std::string_view> candidates = analysis.names_of(NameKind::kFn, table.module);
        for (const std::string_view name : stdlib::callable_names()) candidates.push_back(name);
        if (overloads.empty()) analysis.suggest(finding, path.text(), path.span, candidates);
        continue;
      }
      if (analysis.type(normalised).kind != Kind::kString && !is_error(analysis.type(normalised))) {
        analysis.report(Code::E0201, path.span,
                        "`" + path.text() + "` takes text, the key is " + kind_in_words(analysis.types(), normalised),
                        analysis.type_text(normalised));
        continue;
      }
      normalised = analysis.types().of(Kind::kString);
    }
    table.via.push_back(via);
  }
  table.normalised = normalised;
  if (analysis.type(table.key).nullable) {
    analysis
        .report(Code::E0311, analysis.tree(table.module)[written.key].span, "the key of a table is never null",
                analysis.type_text(table.key))
        .help(Applicability::choose, "call it with `|?>`: null passes by the table");
  }
}

}  // namespace

void resolve_signatures(Analysis& analysis) {
  Program& program = *analysis.program;
  for (FnSymbol& fn : program.fns) read_fn(analysis, fn);
  for (TableSymbol& table : program.tables) read_table(analysis, table);
}

namespace {

// Nodes: functions, then tables. An edge for every name of one inside another.
std::vector<std::vector<uint32_t>> call_graph(Analysis& analysis) {
  Program& program = *analysis.program;
  const uint32_t fns = static_cast<uint32_t>(program.fns.size());
  std::vector<std::vector<uint32_t>> edges(fns + program.tables.size());
  std::vector<NameUses> uses;
  for (ModuleId module = 0; module < program.modules.size(); ++module) uses.emplace_back(analysis.tree(module));
  for (uint32_t node = 0; node < edges.size(); ++node) {
    const Origin& origin = node < fns ? static_cast<const Origin&>(program.fns[node]) : program.tables[node - fns];
    const auto add = [&](std::string_view qualifier, std::string_view name) {
      ModuleId owner = origin.module;
      if (!qualifier.empty()) {
        const auto imported = analysis.find(NameKind::kModule, origin.module, qualifier);
        if (!imported) return;
        owner = *imported;
      }
      if (const auto fn = analysis.find(NameKind::kFn, owner, name)) edges[node].push_back(*fn);
      if (const auto table = analysis.find(NameKind::kTable, owner, name)) edges[node].push_back(fns + *table);
    };
    uses[origin.module].in_expressions(analysis.tree(origin.module)[origin.decl].span, [&](const NameUses::Use& use) {
      if (node < fns && use.qualifier.empty()) {
        for (const uint32_t parameter : program.fns[node].parameters) {
          if (program.locals[parameter].name == use.name) return;
        }
      }
      add(use.qualifier, use.name);
    });
    if (node >= fns) {
      for (const TableSymbol::Via& via : program.tables[node - fns].via) {
        if (via.fn != kNone) edges[node].push_back(via.fn);
      }
    }
  }
  return edges;
}

}  // namespace

std::vector<uint32_t> order_bodies(Analysis& analysis) {
  Program& program = *analysis.program;
  const uint32_t fns = static_cast<uint32_t>(program.fns.size());
  const DependencyOrder order = order_by_dependencies(call_graph(analysis));
  const auto origin = [&](uint32_t node) -> const Origin& {
    return node < fns ? static_cast<const Origin&>(program.fns[node]) : program.tables[node - fns];
  };
  for (const auto& cycle : order.cycles) {
    std::string path;
    for (const uint32_t node : cycle) path += origin(node).name + " -> ";
    analysis
        .report(Code::E0341, origin(cycle.front()).span, "`" + origin(cycle.front()).name + "` calls itself",
                cycle.size() == 1 ? "recursion" : "recursion through other functions")
        .note_as("cycle", path + origin(cycle.front()).name)
        .help(Applicability::choose, "use `map`, `filter` or `fold` over a list: they always end");
  }
  return order.order;
}

}  // namespace mig::sema
