// W0653: the target compares the texts of a key without regard to case, and the deduplication does not.
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

bool ignores_case_by_default(const std::string& connector) {
  return connector == "mysql" || connector == "mariadb" || connector == "sqlserver";
}

class CollationChecker {
 public:
  explicit CollationChecker(RuleContext& context) : context_(context), program_(context.program) {}

  void run() {
    for (const sema::DedupeSymbol& dedupe : program_.dedupes) {
      if (dedupe.target == kNone || context_.schema_of_target(dedupe.target) == nullptr) continue;
      for (const ExprRef& key : dedupe.keys) key_of(dedupe, key);
    }
  }

 private:
  // `@collation(nocase)` of the field; empty when it says nothing.
  std::string collation_of(const sema::SchemaSymbol& schema, const sema::SchemaField& field) const {
    const auto* written = context_.decl(schema).get_if<syntax::SchemaDecl>();
    for (size_t i = 0; written != nullptr && i < written->fields.size(); ++i) {
      if (written->fields[i].name.text != field.name) continue;
      for (const syntax::Attribute& attribute : written->fields[i].attributes) {
        if (attribute.name.text == "collation" && attribute.arguments.size() == 1) return context_.text(attribute.arguments[0].span);
      }
    }
    return {};
  }

  // `lower(...)`, `x |> casefold` somewhere in the expression.
  bool is_folded(ExprRef ref) const {
    bool folded = false;
    walk(context_.tree(ref.module), ref.id, [&](syntax::ExprId id) {
      const sema::ExprInfo& about = context_.info(ExprRef{ref.module, id});
      if (about.call >= program_.calls.size()) return;
      const auto* function = program_.calls[about.call].declaration;
      folded |= function != nullptr &&
                (function->name == "lower" || function->name == "upper" || function->name == "casefold" || function->name == "parse_email");
      if (program_.calls[about.call].callee == Ref::kFn) folded |= is_folded_fn(program_.calls[about.call].index);
    });
    const sema::ExprInfo& about = context_.info(ref);
    if (!folded && about.ref == Ref::kLocal && about.index < program_.locals.size()) {
      const ExprRef value = context_.let_value(ref.module, program_.locals[about.index].span);
      if (value.valid() && value.id.value != ref.id.value) return is_folded(value);
    }
    return folded;
  }
  bool is_folded_fn(uint32_t fn) const {
    const sema::FnSymbol& symbol = program_.fns[fn];
    return symbol.body.valid() && symbol.block == nullptr && is_folded(symbol.body);
  }

  // Every map writes the field in one case.
  bool is_written_folded(uint32_t target, uint32_t field) const {
    bool any = false, all = true;
    for (const sema::MapSymbol& map : program_.maps) {
      const auto* written = context_.decl(map).get_if<syntax::MapDecl>();
      if (map.target != target || written == nullptr) continue;
      for_each_statement(context_.tree(map.module), written->body, [&](syntax::StmtId id) {
        const sema::StmtInfo& about = context_.info(map.module, id);
        const syntax::Stmt& stmt = context_.tree(map.module)[id];
        if (const auto* assign = stmt.get_if<syntax::AssignStmt>();
            assign != nullptr && about.target_fields.size() == 1 && about.target_fields[0] == field) {
          any = true;
          all = all && assign->value.valid() && is_folded({map.module, assign->value});
        }
        for (const sema::CopiedField& copied : about.copied) all = all && copied.target_field != field;
      });
    }
    return any && all;
  }

  void key_of(const sema::DedupeSymbol& dedupe, ExprRef key) {
    const sema::TargetSymbol& target = program_.targets[dedupe.target];
    const sema::SchemaSymbol& schema = *context_.schema_of_target(dedupe.target);
    const sema::ExprInfo& about = context_.info(key);
    if (about.ref != Ref::kTargetField || about.index >= schema.fields.size()) return;
    const sema::SchemaField& field = schema.fields[about.index];
    const Kind kind = context_.type(field.type).kind;
    const std::string collation = collation_of(schema, field);
    if (kind != Kind::kString || collation == "binary") return;
    if (collation.empty() && !ignores_case_by_default(target.connector)) return;
    if (is_written_folded(dedupe.target, about.index)) return;
    Diagnostic& finding = context_.report(
        Code::W0653, context_.tree(key.module)[key.id].span,
        target.name + " holds \"Ann\" and \"ann\" for the same `" + field.name + "`, and this dedupe does not", "compares texts exactly");
    finding.also(field.span, collation == "nocase" ? "`@collation(nocase)`"
                                                   : "a text column of " + target.connector + " ignores case unless it says otherwise");
    finding.help(Applicability::choose, "write the key in one case in every map: `" + field.name + " = lower(...)`");
    finding.help(Applicability::choose, "or, if the column compares exactly, say so: `@collation(binary)`",
                 {{field.whole.after(), " @collation(binary)"}});
    finding.in("dedupe " + target.name).about(field.name);
  }

  RuleContext& context_;
  const sema::Program& program_;
};

}  // namespace

void check_collation(RuleContext& context) { CollationChecker(context).run(); }

}  // namespace mig::rules
