// W0431: entries of a map whose keys become equal, where one value silently replaces the other.
#include <algorithm>
#include <set>

#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

/// Functions that give the same result for different texts, each with two such texts.
struct Normaliser {
  std::string_view function, one, other;
};
constexpr Normaliser kNormalisers[] = {
    {"lower", "Name", "name"},
    {"upper", "Name", "name"},
    {"casefold", "Name", "name"},
    {"title_case", "name", "Name"},
    {"trim", "name", " name"},
    {"trim_start", "name", " name"},
    {"trim_end", "name", "name "},
    {"collapse_spaces", "first name", "first  name"},
    {"replace", "first name", "first_name"},
    {"replace_re", "a-b", "a b"},
    {"remove", "a-b", "ab"},
    {"slugify", "First Name", "first-name"},
    {"strip_accents", "é", "e"},
    {"nfc", "e\u0301", "\u00e9"},
    {"truncate", "name1", "name2"},
    {"slice", "name1", "name2"},
    {"before", "a.b", "a.c"},
    {"after", "a.c", "b.c"},
    {"strip_prefix", "x_a", "a"},
    {"strip_suffix", "a_x", "a"},
};

class KeyFunction {
 public:
  explicit KeyFunction(const RuleContext& context) : context_(context) {}

  void expression(ExprRef root) {
    if (!root.valid()) return;
    walk(context_.tree(root.module), root.id, [&](syntax::ExprId id) {
      const sema::ExprInfo& about = context_.info({root.module, id});
      if (about.call >= context_.program.calls.size() || !calls_.insert(about.call).second) return;
      const sema::CallInfo& call = context_.program.calls[about.call];
      if (call.declaration != nullptr) {
        function(call.declaration->name);
      } else if (call.callee == Ref::kFn) {
        fn(call.index);
      } else if (call.callee == Ref::kTable) {
        table(call.index);
      }
    });
  }

  const std::vector<std::string>& names() const { return names_; }
  const std::string& witness() const { return witness_; }

 private:
  void name(std::string text) {
    if (std::find(names_.begin(), names_.end(), text) == names_.end()) names_.push_back(std::move(text));
  }

  void function(std::string_view function) {
    for (const Normaliser& known : kNormalisers) {
      if (known.function != function) continue;
      name(std::string(function));
      if (fallback_witness_.empty())
        fallback_witness_ = "\"" + std::string(known.one) + "\" and \"" + std::string(known.other) + "\" can become one key (`" +
                            std::string(function) + "`)";
      if (witness_.empty()) witness_ = fallback_witness_;
    }
  }

  void fn(uint32_t index) {
    if (index >= context_.program.fns.size() || !fns_.insert(index).second) return;
    const sema::FnSymbol& symbol = context_.program.fns[index];
    for_each_root(context_.tree(symbol.module), context_.decl(symbol), [&](syntax::ExprId root) { expression({symbol.module, root}); });
  }

  void table(uint32_t index) {
    if (index >= context_.program.tables.size() || !tables_.insert(index).second) return;
    const sema::TableSymbol& symbol = context_.program.tables[index];
    for (const sema::TableSymbol::Via& via : symbol.via) {
      if (via.function != nullptr)
        function(via.function->name);
      else
        fn(via.fn);
    }
    std::vector<std::pair<std::string, std::string>> rows;  // result, key
    for (const sema::TableRow& row : symbol.rows) {
      if (!row.value.valid()) continue;
      const auto* text = context_.expr(row.value).get_if<syntax::StringExpr>();
      for (const std::string& key : row.keys) {
        if (text != nullptr) rows.emplace_back(text->value, key);
      }
    }
    std::string found;
    if (symbol.otherwise.valid()) {
      expression(symbol.otherwise);
      const sema::ExprInfo& about = context_.info(symbol.otherwise);
      const bool keeps = about.ref == Ref::kLocal && about.index == symbol.key_local;
      for (const auto& [result, key] : rows) {
        const bool is_key = std::any_of(rows.begin(), rows.end(), [&, wanted = &result](const auto& row) { return row.second == *wanted; });
        if (keeps && !is_key && result != key && found.empty())
          found = "\"" + key + "\" and \"" + result + "\" both become \"" + result + "\" (table " + symbol.name + ")";
      }
    }
    std::sort(rows.begin(), rows.end());
    for (size_t i = 1; i < rows.size() && found.empty(); ++i) {
      if (rows[i].first == rows[i - 1].first)
        found = "\"" + rows[i - 1].second + "\" and \"" + rows[i].second + "\" both become \"" + rows[i].first + "\" (table " +
                symbol.name + ")";
    }
    if (found.empty()) return;
    name(symbol.name);
    if (!certain_) witness_ = found;
    certain_ = true;
  }

  const RuleContext& context_;
  std::vector<std::string> names_;
  std::string witness_, fallback_witness_;
  bool certain_ = false;
  std::set<uint32_t> calls_, fns_, tables_;
};

// The `key` that a lambda of map_entries gives; the whole result of map_keys.
ExprRef key_expression(const RuleContext& context, ExprRef lambda, bool entries) {
  const syntax::Module& tree = context.tree(lambda.module);
  const auto* written = tree[without_groups(tree, lambda.id)].get_if<syntax::LambdaExpr>();
  if (written == nullptr) return {};
  if (!entries) return {lambda.module, written->body};
  const syntax::ExprId body = without_groups(tree, written->body);
  const auto* record = body.valid() ? tree[body].get_if<syntax::RecordExpr>() : nullptr;
  if (record == nullptr) return {};
  for (const syntax::RecordEntry& entry : record->entries) {
    if (entry.key.text == "key") return {lambda.module, entry.value};
  }
  return {};
}

}  // namespace

void check_merged_keys(RuleContext& context) {
  for (const CallSite& site : context.calls()) {
    const bool entries = site.function() == "map_entries";
    if (!entries && site.function() != "map_keys") continue;
    const auto& parameters = site.call->declaration->parameters;
    std::string word;
    ExprRef key;
    for (size_t i = 0; i < parameters.size() && i < site.call->arguments.size(); ++i) {
      const sema::BoundArgument& bound = site.call->arguments[i];
      if (parameters[i].name == "on_duplicate" && bound.constant.form == sema::Constant::Form::kInt && bound.constant.integer >= 0 &&
          static_cast<size_t>(bound.constant.integer) < parameters[i].type.words.size()) {
        word = parameters[i].type.words[static_cast<size_t>(bound.constant.integer)];
      }
      if (bound.source == sema::BoundArgument::Source::kExpr && context.expr(bound.expr).kind() == syntax::ExprKind::lambda)
        key = key_expression(context, bound.expr, entries);
    }
    if ((word != "last_wins" && word != "first_wins") || !key.valid()) continue;
    KeyFunction function(context);
    function.expression(key);
    if (function.names().empty()) continue;
    Span place = context.expr(site.expr).span;
    if (const auto* call = context.expr(site.expr).get_if<syntax::CallExpr>()) {
      for (const syntax::Argument& argument : call->arguments) {
        if (argument.name.text == "on_duplicate") place = argument.span;
      }
    }
    Diagnostic& finding =
        context.report(Code::W0431, place,
                       "two fields of one record can become one, and the " + std::string(word == "last_wins" ? "first" : "second") +
                           " value is dropped without anybody being told",
                       word == "last_wins" ? "the last one replaces the others" : "the first one hides the others");
    finding.also(context.expr(key).span, "made equal by " + listed(function.names()));
    finding.note(function.witness());
    finding.help(Applicability::choose,
                 "let the record say so: `on_duplicate: fail` and `catch reject CODE`, or `catch warn CODE use ...`");
    finding.help(Applicability::choose, "or, if the values are known to be equal, allow it: `@allow(W0431, \"why\")`");
  }
}

}  // namespace mig::rules
