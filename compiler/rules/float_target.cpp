// W0242: a float reaches a target.
#include <unordered_set>

#include "compiler/rules/rule_context.h"
#include "compiler/rules/target_writes.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

bool holds_float(const RuleContext& context, TypeId id, int depth = 0) {
  const Type& type = context.type(id);
  if (type.kind == Kind::kFloat) return true;
  if (depth > 8) return false;
  if ((type.kind == Kind::kList || type.kind == Kind::kSet || type.kind == Kind::kMap) && type.element != kNoType)
    return holds_float(context, type.element, depth + 1);
  if (type.kind != Kind::kRecord) return false;
  for (const RecordField& field : type.fields) {
    if (holds_float(context, field.type, depth + 1)) return true;
  }
  return false;
}

void report_float(RuleContext& context, Span place, const sema::SchemaField* field, const std::string& name, const std::string& map) {
  Diagnostic& finding = context.report(Code::W0242, place, "`" + name + "` is written as a float, which rounds decimal digits",
                                       "a float: 0.1 is not exactly 0.1");
  if (field != nullptr && field->span.valid()) finding.also(field->span, "declared here");
  finding.help(Applicability::choose, "declare the field as a decimal and convert once: `from_float(x, 12, 2, round: half_even)`");
  finding.about(name).in("map " + map);
}

// The digits of a float are those of its rounding, as text, too: in an f-string, by `to_text`, in a `let` or function on the way.
class TextOfFloats {
 public:
  TextOfFloats(RuleContext& context, std::string name, const std::string& map) : context_(context), name_(std::move(name)), map_(map) {}

  void look(ExprRef value) {
    if (!value.valid()) return;
    const syntax::Module& tree = context_.tree(value.module);
    walk(tree, value.id, [&](syntax::ExprId id) {
      if (const auto* text = tree[id].get_if<syntax::InterpolatedExpr>()) {
        for (const syntax::InterpolatedPiece& piece : text->pieces) {
          if (piece.hole.valid() && context_.type(ExprRef{value.module, piece.hole}).kind == Kind::kFloat) report(tree[piece.hole].span);
        }
      }
      const sema::ExprInfo& about = context_.info({value.module, id});
      if (about.ref == Ref::kLocal && about.index < context_.program.locals.size())
        follow(context_.let_value(value.module, context_.program.locals[about.index].span));
      if (about.call < context_.program.calls.size()) call(context_.program.calls[about.call], tree[id].span);
    });
  }

 private:
  void call(const sema::CallInfo& call, Span place) {
    if (call.callee == Ref::kFn && call.index < context_.program.fns.size()) {
      const sema::FnSymbol& fn = context_.program.fns[call.index];
      follow(fn.body);
      return;
    }
    if (call.declaration == nullptr || call.declaration->name != "to_text" || call.arguments.empty()) return;
    TypeId given = call.arguments[0].type;
    if (call.arguments[0].source == sema::BoundArgument::Source::kPiped) given = call.piped;
    if (context_.type(given).kind == Kind::kFloat) report(place);
  }
  void follow(ExprRef value) {
    if (value.valid() && seen_.insert((uint64_t{value.module} << 32) | value.id.value).second) look(value);
  }
  void report(Span place) {
    if (!places_.insert((uint64_t{place.file.value} << 32) | place.begin).second) return;
    Diagnostic& finding =
        context_.report(Code::W0242, place, "`" + name_ + "` gets the digits of a float, which rounds decimal digits", "a float as text");
    finding.help(Applicability::choose, "convert once to the digits that are meant: `from_float(x, 12, 2, round: half_even)`");
    finding.about(name_).in("map " + map_);
  }

  RuleContext& context_;
  std::string name_;
  const std::string& map_;
  std::unordered_set<uint64_t> seen_, places_;
};

}  // namespace

void check_float_target(RuleContext& context) {
  for (uint32_t m = 0; m < context.program.maps.size(); ++m) {
    const sema::MapSymbol& map = context.program.maps[m];
    const syntax::Module& tree = context.tree(map.module);
    for_each_write(context, m, [&](syntax::StmtId id, uint32_t target_index) {
      const sema::SchemaSymbol* schema = context.schema_of_target(target_index);
      const sema::StmtInfo& about = context.info(map.module, id);
      if (const auto* assign = tree[id].get_if<syntax::AssignStmt>();
          assign != nullptr && assign->target.valid() && assign->value.valid()) {
        if (context.type(ExprRef{map.module, assign->value}).kind == Kind::kNever) return;  // null and keep have no digits
        const bool target = about.target_type != kNoType && holds_float(context, about.target_type);
        const bool value = holds_float(context, context.info({map.module, assign->value}).type);
        if (!target && !value) return TextOfFloats(context, assign->target.last().text, map.name).look({map.module, assign->value});
        const sema::SchemaField* field = nullptr;
        if (schema != nullptr && !about.target_fields.empty() && about.target_fields[0] < schema->fields.size())
          field = &schema->fields[about.target_fields[0]];
        report_float(context, tree[assign->value].span, field, assign->target.last().text, map.name);
      } else if (const auto* copy = tree[id].get_if<syntax::CopyStmt>()) {
        for (size_t i = 0; i < about.copied.size() && i < copy->fields.size(); ++i) {
          if (!holds_float(context, about.copied[i].to)) continue;
          const sema::SchemaField* field = schema != nullptr && about.copied[i].target_field < schema->fields.size()
                                               ? &schema->fields[about.copied[i].target_field]
                                               : nullptr;
          report_float(context, copy->fields[i].span, field, field != nullptr ? field->name : copy->fields[i].text, map.name);
        }
      }
    });
  }
}

}  // namespace mig::rules
