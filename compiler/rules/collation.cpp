// W0653: the target compares the texts of a key without regard to case, and the deduplication, the map or a lookup does not.
#include <algorithm>

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
    for (uint32_t t = 0; t < program_.targets.size(); ++t) written_key(t);
    for (const CallSite& site : context_.calls()) lookup_key(site);
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

  // W0655 was found for the key: two records can share it whatever their case.
  bool shares_keys_anyway(Span field) const {
    const auto& found = context_.findings();
    return std::any_of(found.begin(), found.end(), [&](const Diagnostic& finding) {
      return finding.code == Code::W0655 &&
             std::any_of(finding.secondary.begin(), finding.secondary.end(), [&](const Label& label) { return label.span == field; });
    });
  }

  // Without a dedupe nothing decides between two records whose keys the target takes for one.
  void written_key(uint32_t index) {
    const sema::TargetSymbol& target = program_.targets[index];
    const sema::SchemaSymbol* schema = context_.schema_of_target(index);
    const auto deduped = [&](const sema::DedupeSymbol& dedupe) { return dedupe.target == index; };
    if (schema == nullptr || std::any_of(program_.dedupes.begin(), program_.dedupes.end(), deduped)) return;
    if (target.write != sema::Write::kUpsert && target.write != sema::Write::kInsert) return;
    for (const uint32_t f : target.by.empty() ? schema->key : target.by) {
      const sema::SchemaField& field = schema->fields[f];
      if (context_.type(field.type).kind != Kind::kString || collation_of(*schema, field) != "nocase") continue;
      const bool written =
          std::any_of(program_.maps.begin(), program_.maps.end(), [&](const sema::MapSymbol& m) { return m.target == index; });
      if (!written || is_written_folded(index, f) || shares_keys_anyway(field.span)) continue;
      context_
          .report(Code::W0653, field.span,
                  target.name + " holds \"Ann\" and \"ann\" for the same `" + field.name + "`, and here they are two",
                  "`@collation(nocase)`")
          .also(target.span, "the second one replaces the first, or is refused")
          .help(Applicability::choose, "write the key in one case in every map: `" + field.name + " = lower(...)`")
          .help(Applicability::choose, "or decide between them: `dedupe " + target.name + " by " + field.name + " { ... }`")
          .in("target " + target.name)
          .about(field.name);
    }
  }

  // The source takes "Ann" and "ann" for one, a lookup that compares exactly finds only one of them.
  void lookup_key(const CallSite& site) {
    if (site.call->callee != Ref::kLookup || site.call->index >= program_.lookups.size()) return;
    const sema::LookupSymbol& lookup = program_.lookups[site.call->index];
    const ExprRef key = context_.argument(site, 0);
    const uint32_t map = context_.map_around(site.expr);
    if (lookup.casefold || !key.valid() || map == kNone || is_folded(key)) return;
    const sema::SchemaSymbol* schema = context_.source_schema(map);
    const sema::ExprInfo& about = context_.info(key);
    if (schema == nullptr || about.lineage >= program_.lineages.size()) return;
    for (const uint32_t f : program_.lineages[about.lineage]) {
      if (f >= schema->fields.size() || collation_of(*schema, schema->fields[f]) != "nocase") continue;
      const sema::SchemaField& field = schema->fields[f];
      context_
          .report(Code::W0653, context_.expr(key).span,
                  "the source holds \"Ann\" and \"ann\" for the same `" + field.name + "`, and lookup " + lookup.name + " does not",
                  "looked up exactly")
          .also(field.span, "`@collation(nocase)`")
          .also(lookup.span, "compares exactly")
          .help(Applicability::choose, "compare without regard to case in the lookup: `compare = casefold`")
          .in("map " + program_.maps[map].name)
          .about(field.name);
      return;
    }
  }

  RuleContext& context_;
  const sema::Program& program_;
};

}  // namespace

void check_collation(RuleContext& context) { CollationChecker(context).run(); }

}  // namespace mig::rules
