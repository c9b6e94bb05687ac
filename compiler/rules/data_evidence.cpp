// What a profile of the data says about findings: how many values are null, fail, are too long, or stand in no row of a table.
#include <algorithm>
#include <set>

#include "compiler/rules/profile.h"
#include "compiler/rules/rule_context.h"
#include "compiler/rules/tree_walk.h"
#include "compiler/sema/constant_calls.h"

namespace mig::rules {

namespace {

using sema::Constant;

std::string percent(uint64_t part, uint64_t whole) {
  const uint64_t tenths = (part * 1000 + whole / 2) / whole;
  if (tenths == 0) return "less than 0.1%";
  return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + "%";
}

std::string of_records(uint64_t part, uint64_t whole) {
  return std::to_string(part) + " of " + std::to_string(whole) + " profiled records (" + percent(part, whole) + ")";
}

/// A source field with its counts.
struct Profiled {
  const sema::SchemaField* field = nullptr;  // not owned
  const ProfiledField* counts = nullptr;
  uint64_t records = 0;
};

class Evidence {
 public:
  Evidence(const RuleContext& context, const Profile& profile, Diagnostic& finding)
      : context_(context), program_(context.program), profile_(profile), finding_(finding) {}

  void add() {
    if (finding_.code == Code::E0301) failing();
    if (finding_.code == Code::E0311) nulls();
    if (finding_.code == Code::E0221) lengths();
    if (finding_.code == Code::W0411) unread();
    if (finding_.code == Code::E0513 || finding_.code == Code::E0531) rows();
  }

 private:
  void note(std::string text) { finding_.note_as("evidence", std::move(text)); }

  Profiled profiled(uint32_t source, uint32_t field_index) const {
    const sema::SchemaSymbol* schema = context_.schema_of_source(source);
    if (schema == nullptr || field_index >= schema->fields.size()) return {};
    const auto counts = profile_.sources.find(program_.sources[source].name);
    if (counts == profile_.sources.end() || counts->second.records == 0) return {};
    const auto of_field = counts->second.fields.find(schema->fields[field_index].name);
    if (of_field == counts->second.fields.end()) return {};
    return {&schema->fields[field_index], &of_field->second, counts->second.records};
  }

  /// The fields that the value at a place is made of.
  std::vector<Profiled> fields_of(ExprRef ref) const {
    std::vector<Profiled> found;
    const uint32_t map = context_.map_around(ref), lineage = context_.info(ref).lineage;
    if (map == kNone || program_.maps[map].source == kNone || lineage >= program_.lineages.size()) return found;
    for (const uint32_t field : program_.lineages[lineage]) {
      const Profiled each = profiled(program_.maps[map].source, field);
      if (each.field != nullptr) found.push_back(each);
    }
    return found;
  }

  /// The outermost expression that stands exactly there.
  ExprRef expression_at(Span place) const {
    for (ModuleId module = 0; module < program_.modules.size(); ++module) {
      const syntax::Module& tree = context_.tree(module);
      for (uint32_t e = static_cast<uint32_t>(tree.exprs.size()); e-- > 0;) {
        if (tree.exprs[e].span == place) return {module, syntax::ExprId{e}};
      }
    }
    return {};
  }

  void nulls() {
    const ExprRef at = expression_at(finding_.primary.span);
    if (!at.valid()) return;
    for (const Profiled& each : fields_of(at)) {
      const std::string& name = each.field->name;
      note("`" + name + "` is " +
           (each.counts->null == 0 ? "never null in " + std::to_string(each.records) + " profiled records"
                                   : "null in " + of_records(each.counts->null, each.records)));
    }
  }

  void lengths() {
    const ExprRef at = expression_at(finding_.primary.span);
    if (!at.valid()) return;
    for (const Profiled& each : fields_of(at)) {
      if (each.counts->longest > 0)
        note("the longest `" + each.field->name + "` of the profile has " + std::to_string(each.counts->longest) + " characters");
    }
  }

  void unread() {
    for (uint32_t s = 0; s < program_.sources.size(); ++s) {
      const sema::SchemaSymbol* schema = context_.schema_of_source(s);
      for (uint32_t f = 0; schema != nullptr && f < schema->fields.size(); ++f) {
        const Span declared = schema->fields[f].span;
        const bool meant = declared.valid() &&
                           (declared == finding_.primary.span || std::any_of(finding_.secondary.begin(), finding_.secondary.end(),
                                                                             [&](const Label& label) { return label.span == declared; }));
        const Profiled each = meant ? profiled(s, f) : Profiled{};
        if (each.field == nullptr || each.counts->null > each.records) continue;
        note("`" + each.field->name + "` has a value in " + of_records(each.records - each.counts->null, each.records));
      }
    }
  }

  /// "38 of 10000 profiled records do ..., for example `x`, `y`"
  void examples(const Profiled& of, const std::string& what, const std::vector<std::pair<std::string, uint64_t>>& values) {
    uint64_t records = 0;
    std::vector<std::pair<std::string, uint64_t>> most = values;
    for (const auto& [value, count] : values) records += count;
    if (records == 0) return;
    std::stable_sort(most.begin(), most.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string text = of_records(records, of.records) + " " + what;
    // Values of people stay out of reports.
    for (size_t i = 0; of.field->labels.empty() && i < most.size() && i < 3; ++i)
      text += (i == 0 ? ": `" : ", `") + most[i].first + "` (" + std::to_string(most[i].second) + ")";
    if (of.field->labels.empty() && most.size() > 3) text += " and " + std::to_string(most.size() - 3) + " more values";
    note(std::move(text));
  }

  void failing() {
    const ExprRef at = expression_at(finding_.primary.span);
    if (!at.valid()) return;
    const std::vector<Profiled> fields = fields_of(at);
    if (fields.size() != 1 || fields[0].counts->values.empty()) return;
    std::vector<std::pair<std::string, uint64_t>> bad;
    for (const auto& [value, count] : fields[0].counts->values) {
      if (outcome(at, value, 0).second == sema::Evaluated::kFails) bad.emplace_back(value, count);
    }
    examples(fields[0], "hold a `" + fields[0].field->name + "` that fails here", bad);
  }

  using Outcome = std::pair<std::optional<std::string>, sema::Evaluated>;
  static Outcome unknown() { return {std::nullopt, sema::Evaluated::kUnknown}; }

  /// What an expression gives when its one source field holds this text: a text, a failure, or something that is not known here.
  Outcome outcome(ExprRef ref, const std::string& field_value, int depth) const {
    if (!ref.valid() || depth > 32) return unknown();
    const syntax::Module& tree = context_.tree(ref.module);
    const sema::ExprInfo& about = context_.info(ref);
    if (about.ref == Ref::kSourceField) return {field_value, sema::Evaluated::kValue};
    if (about.ref == Ref::kLocal && about.index < program_.locals.size())
      return outcome(context_.let_value(ref.module, program_.locals[about.index].span), field_value, depth + 1);
    const ExprRef parent = context_.parent(ref);
    const auto* around = parent.valid() ? context_.expr(parent).get_if<syntax::PipeExpr>() : nullptr;
    if (around != nullptr && ref.id != around->head) {
      Outcome given = outcome({ref.module, around->head}, field_value, depth + 1);
      for (const syntax::PipeStage& stage : around->stages) {
        if (!given.first) return given;
        given = called({ref.module, stage.callee}, given.first, field_value, depth);
        if (stage.callee == ref.id) return given;
      }
      return unknown();
    }
    const syntax::Expr& expr = tree[ref.id];
    if (const auto* group = expr.get_if<syntax::GroupExpr>()) return outcome({ref.module, group->inner}, field_value, depth + 1);
    if (const auto* pipe = expr.get_if<syntax::PipeExpr>(); pipe != nullptr && !pipe->stages.empty())
      return outcome({ref.module, pipe->stages.back().callee}, field_value, depth + 1);
    if (about.call != kNone) return called(ref, std::nullopt, field_value, depth);
    return unknown();
  }

  Outcome called(ExprRef ref, const std::optional<std::string>& piped, const std::string& field_value, int depth) const {
    const uint32_t index = context_.info(ref).call;
    if (index >= program_.calls.size()) return unknown();
    const sema::CallInfo& call = program_.calls[index];
    std::vector<Constant> arguments;
    for (const sema::BoundArgument& bound : call.arguments) {
      Constant argument;
      if (bound.source == sema::BoundArgument::Source::kConstant) {
        argument = bound.constant;
      } else {
        const Outcome own = bound.source == sema::BoundArgument::Source::kPiped  ? Outcome{piped, sema::Evaluated::kValue}
                            : bound.source == sema::BoundArgument::Source::kExpr ? outcome(bound.expr, field_value, depth + 1)
                                                                                 : unknown();
        if (!own.first) return own.second == sema::Evaluated::kFails ? own : unknown();
        argument.form = Constant::Form::kText;
        argument.text = *own.first;
      }
      arguments.push_back(std::move(argument));
    }
    std::optional<std::string> text;
    if (call.callee == Ref::kFn && arguments.size() == 1 && arguments[0].form == Constant::Form::kText) {
      text = sema::evaluate_text_fn(program_, call.index, arguments[0].text);
      return text ? Outcome{text, sema::Evaluated::kValue} : unknown();
    }
    if (call.callee != Ref::kStdlib || call.declaration == nullptr) return unknown();
    const sema::Evaluated result = sema::evaluate_call(*call.declaration, arguments, text);
    return {text, result};
  }

  // Values of the fields that go into a table and that no row of it lists.
  void rows() {
    for (uint32_t t = 0; t < program_.tables.size(); ++t) {
      const sema::TableSymbol& table = program_.tables[t];
      const Span whole = context_.decl(table).span;
      const bool meant = whole.file == finding_.primary.span.file && whole.contains(finding_.primary.span.begin);
      if (!meant || context_.type(table.key).kind != Kind::kString) continue;
      std::set<std::string> keys;
      for (const sema::TableRow& row : table.rows) keys.insert(row.keys.begin(), row.keys.end());
      std::set<const ProfiledField*> told;
      for (const CallSite& site : context_.calls()) {
        if (site.call->callee != Ref::kTable || site.call->index != t) continue;
        const std::vector<Profiled> fields = fields_of(site.expr);
        if (fields.size() != 1 || !told.insert(fields[0].counts).second) continue;
        std::vector<std::pair<std::string, uint64_t>> unlisted;
        for (const auto& [value, count] : fields[0].counts->values) {
          const auto key = sema::normalised_key(program_, table, value);
          if (key && keys.count(*key) == 0) unlisted.emplace_back(value, count);
        }
        examples(fields[0], "hold a `" + fields[0].field->name + "` that is in no row of " + table.name, unlisted);
      }
    }
  }

  const RuleContext& context_;
  const sema::Program& program_;
  const Profile& profile_;
  Diagnostic& finding_;
};

}  // namespace

void add_data_evidence(const RuleContext& context, const Profile& profile, Diagnostic& finding) {
  Evidence(context, profile, finding).add();
}

}  // namespace mig::rules
