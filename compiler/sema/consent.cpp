#include "compiler/sema/consent.h"

#include <algorithm>

#include "compiler/sema/literals.h"

namespace mig::sema {

namespace {

/// Words of `@consent` for the usual levels from `unsubscribed` on.
constexpr std::string_view kUsualWords[] = {"refused", "neutral", "asked", "given"};

std::vector<std::string> names_in(const syntax::Module& tree, syntax::ExprId value) {
  std::vector<std::string> names;
  const auto add = [&](syntax::ExprId each) {
    const auto text = literal_text(tree, each);
    names.push_back(text ? *text : dotted_name(tree, each));
  };
  if (!value.valid()) return names;
  if (const auto* list = tree[value].get_if<syntax::ListExpr>()) {
    for (const syntax::ExprId each : list->elements) add(each);
  } else {
    add(value);
  }
  return names;
}

// The exception without its span; `lacks` says what is missing.
DatedException read_exception(const syntax::Module& tree, const syntax::Attribute& attribute, std::string& lacks) {
  DatedException exception;
  bool dated = false;
  for (const syntax::Argument& argument : attribute.arguments) {
    bool invalid = false;
    if (argument.name.text == "from") exception.from = names_in(tree, argument.value);
    if (argument.name.text != "until") continue;
    const Constant until = literal_constant(tree, argument.value, invalid);
    dated = until.form == Constant::Form::kDate;
    exception.until = until.integer;
  }
  if (attribute.arguments.size() > 1) exception.reason = literal_text(tree, attribute.arguments[1].value).value_or("");
  if (!dated)
    lacks = "the day on which it ends";
  else if (exception.from.empty())
    lacks = "the statuses that it excuses";
  return exception;
}

}  // namespace

std::vector<std::string_view> ConsentLevels::words() const {
  std::vector<std::string_view> all(names.begin(), names.end());
  if (!declared) all.insert(all.end(), std::begin(kUsualWords), std::end(kUsualWords));
  return all;
}

uint32_t ConsentLevels::level_of(std::string_view word) const {
  const std::vector<std::string_view> all = words();
  const auto at = std::find(all.begin(), all.end(), word);
  if (at == all.end()) return kNone;
  const auto index = static_cast<size_t>(at - all.begin());
  return static_cast<uint32_t>(index < names.size() ? index : index - names.size() + 1);
}

ConsentLevels consent_levels(const Program& program) {
  ConsentLevels levels;
  for (const ModuleInfo& module : program.modules) {
    for (const syntax::Decl& decl : module.tree.decls) {
      const auto* written = decl.get_if<syntax::EnumDecl>();
      for (const syntax::Attribute& attribute : decl.attributes) {
        if (attribute.name.text != "consent_levels" || written == nullptr) continue;
        std::vector<std::string> names;
        for (const syntax::EnumVariant& variant : written->variants) names.push_back(variant.name.text);
        std::string neutral = "unknown";
        for (const syntax::Argument& argument : attribute.arguments) {
          if (argument.name.text == "neutral") neutral = dotted_name(module.tree, argument.value);
        }
        const auto at = std::find(names.begin(), names.end(), neutral);
        if (at == names.end()) continue;
        levels.neutral = static_cast<uint32_t>(at - names.begin());
        levels.names = std::move(names);
        levels.declared = true;
        return levels;
      }
    }
  }
  return levels;
}

uint32_t marked_level(const Program& program, const ConsentLevels& levels, uint32_t enumeration, uint32_t variant) {
  if (enumeration >= program.enum_symbols.size()) return kNone;
  const EnumSymbol& symbol = program.enum_symbols[enumeration];
  if (variant >= symbol.variant_spans.size() || symbol.module >= program.modules.size()) return kNone;
  const syntax::Module& tree = program.modules[symbol.module].tree;
  const auto* written = tree[symbol.decl].get_if<syntax::EnumDecl>();
  if (written == nullptr) return kNone;
  for (const syntax::EnumVariant& each : written->variants) {
    if (each.name.span != symbol.variant_spans[variant]) continue;
    for (const syntax::Attribute& attribute : each.attributes) {
      if (attribute.name.text == "consent" && attribute.arguments.size() == 1)
        return levels.level_of(dotted_name(tree, attribute.arguments[0].value));
    }
  }
  return kNone;
}

std::string exception_lacks(const syntax::Module& tree, const syntax::Attribute& attribute) {
  std::string lacks;
  read_exception(tree, attribute, lacks);
  return lacks;
}

std::vector<DatedException> dated_exceptions(const Program& program) {
  std::vector<DatedException> all;
  for (const ModuleInfo& module : program.modules) {
    const auto add = [&](const std::vector<syntax::Attribute>& attributes, Span covered) {
      for (const syntax::Attribute& attribute : attributes) {
        if (attribute.name.text != "allow" || attribute.arguments.size() < 2 ||
            dotted_name(module.tree, attribute.arguments[0].value) != "E0532")
          continue;
        std::string lacks;
        DatedException exception = read_exception(module.tree, attribute, lacks);
        exception.covered = covered;
        exception.span = attribute.span;
        if (lacks.empty()) all.push_back(std::move(exception));
      }
    };
    for (const syntax::Decl& decl : module.tree.decls) add(decl.attributes, decl.span);
    for (const syntax::Stmt& stmt : module.tree.stmts) add(stmt.attributes, stmt.span);
  }
  return all;
}

}  // namespace mig::sema
