// Lists, records, maps written as literals, and `x[i]`.
#include <algorithm>
#include <unordered_set>

#include "compiler/sema/expressions.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

TypeId ExpressionChecker::visit_index(syntax::ExprId id) {
  const auto& node = expr(id).as<syntax::IndexExpr>();
  if (!node.object.valid() || !node.index.valid()) return error();
  infer(node.object);
  require_value(node.object, "`[...]`");
  infer(node.index);
  require_value(node.index, "`[...]`");
  const Type& object = type(info(node.object).type);
  if (is_error(object)) return error();
  if (object.kind == Kind::kList) {
    convert(node.index, {types().of(Kind::kInt), "the position in a list", {}, {}});
    return types().nullable(object.element);
  }
  if (object.kind == Kind::kMap) {
    convert(node.index, {object.key, "a key of this map", {}, {}});
    return types().nullable(object.element);
  }
  report(Code::E0201, expr(node.object).span, kind_in_words(types(), info(node.object).type) + " has no elements",
         analysis_.type_text(info(node.object).type));
  return error();
}

TypeId ExpressionChecker::visit_list(syntax::ExprId id, TypeId hint) {
  const auto& list = expr(id).as<syntax::ListExpr>();
  const bool hinted = hint != kNoType && (type(hint).kind == Kind::kList || type(hint).kind == Kind::kSet);
  const TypeId element_hint = hinted ? type(hint).element : kNoType;
  TypeId element = types().of(Kind::kNever);
  Span first;
  bool failed = false;
  for (const syntax::ExprId item : list.elements) {
    if (!item.valid()) continue;
    const TypeId own = infer(item, element_hint != kNoType ? element_hint : hint_of(element));
    if (is_error(type(own))) {
      failed = true;
      continue;
    }
    if (type(own).may_keep) {
      report(Code::E0319, expr(item).span, "`keep` cannot stand in a list", "not a value");
      failed = true;
      continue;
    }
    if (!first.valid()) first = expr(item).span;
    if (branches_differ(element, first, own, expr(item).span, "a list")) {
      failed = true;
      continue;
    }
    element = join(types(), element, own);
  }
  if (failed) return error();
  if (list.elements.empty() && element_hint != kNoType) element = element_hint;
  for (const syntax::ExprId item : list.elements) {
    if (item.valid()) info(item).wanted = element;
  }
  Type result;
  result.kind = hinted ? type(hint).kind : Kind::kList;
  result.element = element;
  const int64_t count = static_cast<int64_t>(list.elements.size());
  result.low = count == 0 || result.kind == Kind::kSet ? kUnboundedLow : count;
  result.high = count;
  return types().intern(std::move(result));
}

TypeId ExpressionChecker::visit_map_literal(syntax::ExprId id, TypeId hint) {
  const auto& record = expr(id).as<syntax::RecordExpr>();
  const Want want{type(hint).element, "a value of this map", {}, {}};
  for (const syntax::RecordEntry& entry : record.entries) {
    if (entry.value.valid()) check(entry.value, want);
  }
  return types().map(type(hint).key, type(hint).element);
}

TypeId ExpressionChecker::visit_record(syntax::ExprId id, TypeId hint) {
  const auto& record = expr(id).as<syntax::RecordExpr>();
  std::unordered_set<std::string> seen;
  for (const syntax::RecordEntry& entry : record.entries) {
    if (!seen.insert(entry.key.text).second)
      report(Code::E0403, entry.key.span, "the field `" + entry.key.text + "` is given twice", "given again here");
  }
  if (hint != kNoType && type(hint).kind == Kind::kMap) return visit_map_literal(id, hint);
  if (hint == kNoType || type(hint).kind != Kind::kRecord) {
    Type result;
    result.kind = Kind::kRecord;
    bool failed = false;
    for (const syntax::RecordEntry& entry : record.entries) {
      TypeId own = infer(entry.value);
      if (is_error(type(own))) failed = true;
      if (type(own).may_keep) {
        report(Code::E0319, expr(entry.value).span, "`keep` cannot stand in a record", "keeps whole target fields only");
        failed = true;
      }
      result.fields.push_back({entry.key.text, own, false});
    }
    return failed ? error() : types().intern(std::move(result));
  }
  const Type wanted = type(hint);
  bool failed = false;
  for (const syntax::RecordEntry& entry : record.entries) {
    const auto it =
        std::find_if(wanted.fields.begin(), wanted.fields.end(), [&](const RecordField& f) { return f.name == entry.key.text; });
    if (it == wanted.fields.end()) {
      if (entry.value.valid()) infer(entry.value);
      Diagnostic& finding = report(Code::E0101, entry.key.span, "this record has no field `" + entry.key.text + "`",
                                   "not in " + analysis_.type_text(types().non_null(hint)));
      std::vector<std::string_view> names;
      for (const RecordField& field : wanted.fields) names.push_back(field.name);
      analysis_.suggest(finding, entry.key.text, entry.key.span, names);
      failed = true;
      continue;
    }
    Want want{it->type, "`" + it->name + "`", {}, {}};
    if (entry.value.valid() && is_error(type(check(entry.value, want)))) failed = true;
  }
  std::string missing;
  for (const RecordField& field : wanted.fields) {
    if (!field.optional && seen.count(field.name) == 0) missing += (missing.empty() ? "`" : ", `") + field.name + "`";
  }
  if (!missing.empty() && !failed) {
    report(Code::E0401, expr(id).span, "this record lacks " + missing, "required in " + analysis_.type_text(types().non_null(hint)));
    return error();
  }
  if (failed) return error();
  return with_keep(types(), types().non_null(hint), false);
}

}  // namespace mig::sema
