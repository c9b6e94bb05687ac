// `test` blocks: subjects, given records and arguments, expectations.
#include "compiler/sema/expressions.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {

namespace {

class TestChecker {
 public:
  TestChecker(Analysis& analysis, TestSymbol& test)
      : analysis_(analysis),
        program_(*analysis.program),
        test_(test),
        written_(analysis.tree(test.module)[test.decl].as<syntax::TestDecl>()),
        checker_(analysis, frame_) {
    frame_.kind = FrameKind::kTest;
    frame_.module = test.module;
  }

  void run() {
    for (const syntax::Name& name : written_.subjects) test_.subjects.push_back(resolve_subject(name));
    for (const syntax::TestItem& item : written_.items) {
      if (const auto* assume = std::get_if<syntax::TestAssume>(&item))
        check_assume(*assume);
      else if (const auto* given = std::get_if<syntax::TestGiven>(&item))
        check_given(*given);
      else if (const auto* expect = std::get_if<syntax::TestExpect>(&item))
        check_expect(*expect);
      else if (const auto* issue = std::get_if<syntax::TestExpectIssue>(&item))
        check_issue(*issue);
    }
    frame_.failures.clear();
  }

 private:
  TestSymbol::Subject resolve_subject(const syntax::Name& name) {
    TestSymbol::Subject subject;
    if (const auto map = analysis_.find(NameKind::kMap, test_.module, name.text)) {
      subject = {TestSubject::kMap, *map};
      const MapSymbol& symbol = program_.maps[*map];
      if (symbol.source != kNone) given_schema_ = program_.sources[symbol.source].schema;
      if (symbol.target != kNone) frame_.target_schema = program_.targets[symbol.target].schema;
      frame_.target_alias = "out";
    } else if (const auto fn = analysis_.find(NameKind::kFn, test_.module, name.text)) {
      subject = {TestSubject::kFn, *fn};
      program_.fns[*fn].used = true;
      for (const uint32_t parameter : program_.fns[*fn].parameters) argument_types_.push_back(program_.locals[parameter].type);
      result_ = program_.fns[*fn].result;
    } else if (const auto table = analysis_.find(NameKind::kTable, test_.module, name.text)) {
      subject = {TestSubject::kTable, *table};
      program_.tables[*table].used = true;
      argument_types_ = {program_.tables[*table].key};
      result_ = program_.tables[*table].value;
    } else if (const auto lookup = analysis_.find(NameKind::kLookup, test_.module, name.text)) {
      argument_types_ = {program_.lookups[*lookup].key};
      result_ = program_.lookups[*lookup].value;
    } else if (const auto reconcile = analysis_.find(NameKind::kReconcile, test_.module, name.text)) {
      subject = {TestSubject::kReconcile, *reconcile};
      give_counted_records(program_.reconciles[*reconcile]);
    } else if (const auto target = analysis_.find(NameKind::kTarget, test_.module, name.text)) {
      for (uint32_t i = 0; i < program_.dedupes.size(); ++i) {
        if (program_.dedupes[i].target == *target) subject = {TestSubject::kDedupe, i};
      }
      frame_.target_schema = program_.targets[*target].schema;
      frame_.target_alias = "out";
      given_schema_ = frame_.target_schema;
    }
    if (subject.kind == TestSubject::kUnknown && argument_types_.empty()) {
      Diagnostic& finding = analysis_.report(Code::E0101, name.span, "there is nothing called `" + name.text + "` to test",
                                             "no map, function, table, dedupe or reconcile block");
      std::vector<std::string_view> candidates;
      for (const NameKind kind : {NameKind::kMap, NameKind::kFn, NameKind::kTable, NameKind::kTarget, NameKind::kReconcile}) {
        for (const std::string_view candidate : analysis_.names_of(kind, test_.module)) candidates.push_back(candidate);
      }
      analysis_.suggest(finding, name.text, name.span, candidates);
    }
    if (result_ != kNoType) {
      Local out;
      out.name = "out";
      out.span = name.span;
      out.kind = LocalKind::kCheck;
      out.type = result_;
      out.used = true;
      frame_.locals["out"] = static_cast<uint32_t>(program_.locals.size());
      program_.locals.push_back(std::move(out));
    }
    return subject;
  }

  void check_assume(const syntax::TestAssume& assume) {
    if (!assume.subject.valid()) return;
    const std::string name = assume.subject.text();
    if (name == "run.now") {
      checker_.check(assume.value, {program_.types.of(Kind::kTimestamp), "`run.now`", {}, {}});
      return;
    }
    const syntax::Name& first = assume.subject.parts[0];
    if (first.text == "param" && assume.subject.parts.size() == 2) {
      const auto param = analysis_.resolve(NameKind::kParam, test_.module, assume.subject.parts[1]);
      if (param)
        checker_.check(assume.value,
                       {program_.params[*param].type, "`param." + program_.params[*param].name + "`", program_.params[*param].span, {}});
      return;
    }
    const bool known = analysis_.find(NameKind::kLookup, test_.module, first.text) ||
                       analysis_.find(NameKind::kMap, test_.module, first.text) ||
                       analysis_.find(NameKind::kTarget, test_.module, first.text);
    if (!known && name != "row.position" && name != "row.source" && name != "run.id") {
      analysis_.report(Code::E0101, assume.subject.span, "a test cannot assume `" + name + "`", "`run.now`, a param, a lookup or a map");
      return;
    }
    if (const auto lookup = analysis_.find(NameKind::kLookup, test_.module, first.text)) return check_lookup_rows(assume.value, *lookup);
    infer_quietly(assume.value);
  }

  /// `[{ key: "Germany", value: "DE" }]`
  void check_lookup_rows(syntax::ExprId rows, uint32_t lookup) {
    if (!rows.valid()) return;
    const syntax::Module& tree = analysis_.tree(test_.module);
    const LookupSymbol& symbol = program_.lookups[lookup];
    const auto refuse = [&](Span span) {
      analysis_.report(Code::E0201, span, "rows of a lookup are records with a key and a value",
                       "write `assume " + symbol.name + " = [{ key: ..., value: ... }]`");
    };
    const auto* list = tree[rows].get_if<syntax::ListExpr>();
    if (list == nullptr) return refuse(tree[rows].span);
    for (const syntax::ExprId row : list->elements) {
      const auto* record = row.valid() ? tree[row].get_if<syntax::RecordExpr>() : nullptr;
      bool key = false, value = false;
      for (size_t i = 0; record != nullptr && i < record->entries.size(); ++i) {
        const syntax::RecordEntry& entry = record->entries[i];
        key = key || entry.key.text == "key";
        value = value || entry.key.text == "value";
        if (entry.key.text != "key" && entry.key.text != "value") return refuse(entry.key.span);
        check_wire(entry.value, entry.key.text == "key" ? symbol.key : symbol.value, "`" + entry.key.text + "` of " + symbol.name);
      }
      if (!key || !value) return refuse(row.valid() ? tree[row].span : tree[rows].span);
    }
  }

  /// The source of the first map that a reconcile block names.
  void give_counted_records(const CheckBlock& block) {
    const syntax::Module& tree = analysis_.tree(block.module);
    const Span whole = tree[block.decl].span;
    for (uint32_t e = 0; e < tree.exprs.size() && given_schema_ == kNone; ++e) {
      const auto* name = tree.exprs[e].get_if<syntax::NameExpr>();
      if (name == nullptr || !whole.contains(tree.exprs[e].span.begin)) continue;
      const auto map = analysis_.find(NameKind::kMap, block.module, name->name.text);
      if (map && program_.maps[*map].source != kNone) given_schema_ = program_.sources[program_.maps[*map].source].schema;
    }
  }

  // Wire values: text stands for dates, uuids and enums, so that a test reads like the data.
  void check_given(const syntax::TestGiven& given) {
    if (given_schema_ != kNone) {
      for (const syntax::ExprId value : given.values) check_record(value, program_.schemas[given_schema_]);
      return;
    }
    for (size_t i = 0; i < given.values.size(); ++i) {
      if (i < argument_types_.size())
        check_wire(given.values[i], argument_types_[i], "argument " + std::to_string(i + 1));
      else
        infer_quietly(given.values[i]);
    }
    if (!argument_types_.empty() && given.values.size() > argument_types_.size()) {
      analysis_.report(
          Code::E0201, given.span,
          "the subject takes " + std::to_string(argument_types_.size()) + " values, " + std::to_string(given.values.size()) + " are given",
          "too many");
    }
  }

  void check_record(syntax::ExprId id, const SchemaSymbol& schema) {
    const auto* record = id.valid() ? analysis_.tree(test_.module)[id].get_if<syntax::RecordExpr>() : nullptr;
    if (record == nullptr) {
      if (id.valid())
        analysis_.report(Code::E0201, analysis_.tree(test_.module)[id].span, "a source record is written with braces",
                         "write `given { field: value }`");
      return;
    }
    std::vector<bool> seen(schema.fields.size());
    for (const syntax::RecordEntry& entry : record->entries) {
      const auto it = schema.by_name.find(entry.key.text);
      if (it == schema.by_name.end()) {
        Diagnostic& finding = analysis_.report(Code::E0101, entry.key.span, "the source has no field `" + entry.key.text + "`",
                                               "not in schema " + schema.name);
        finding.also(schema.span, "declared here");
        std::vector<std::string_view> names;
        for (const SchemaField& field : schema.fields) names.push_back(field.name);
        analysis_.suggest(finding, entry.key.text, entry.key.span, names);
        continue;
      }
      seen[it->second] = true;
      const SchemaField& field = schema.fields[it->second];
      if (field.decode == Decode::kPlain)
        check_wire(entry.value, field.type, "`" + field.name + "`");
      else
        infer_quietly(entry.value);
    }
    program_.modules[test_.module].exprs[id.value].type = schema.type;
  }

  void check_wire(syntax::ExprId id, TypeId wanted, const std::string& subject) {
    if (!id.valid()) return;
    const Type& to = analysis_.type(wanted);
    const bool opaque = to.kind == Kind::kScalar || to.kind == Kind::kJson || to.kind == Kind::kMap || to.kind == Kind::kRecord ||
                        to.kind == Kind::kList || to.kind == Kind::kFloat;
    const TypeId given = checker_.infer(id, opaque ? kNoType : wanted);
    const Type& from = analysis_.type(given);
    if (is_error(from) || is_error(to)) return;
    const bool text = from.kind == Kind::kString;
    const bool number = (from.kind == Kind::kDecimal || from.kind == Kind::kInt) && (to.kind == Kind::kDecimal || to.kind == Kind::kInt);
    if (text || opaque || number) return;
    checker_.convert(id, {wanted, subject, {}, {}});
  }

  void infer_quietly(syntax::ExprId id) {
    if (!id.valid()) return;
    const syntax::ExprKind kind = analysis_.tree(test_.module)[id].kind();
    if (kind == syntax::ExprKind::name) return;
    const size_t findings = analysis_.findings.size();
    checker_.infer(id);
    while (analysis_.findings.size() > findings) analysis_.findings.pop_back();
  }

  void check_expect(const syntax::TestExpect& expect) {
    checker_.check_condition(expect.condition, "an expectation");
    if (expect.tolerance.valid()) checker_.infer(expect.tolerance);
  }

  void check_issue(const syntax::TestExpectIssue& expect) {
    const auto issue = analysis_.resolve(NameKind::kIssue, test_.module, expect.code, true);
    uint32_t index = kNone;
    if (issue) {
      index = *issue;
    } else {
      for (uint32_t i = 0; i < program_.issues.size(); ++i) {
        if (program_.issues[i].name == expect.code.last().text && (program_.issues[i].builtin || expect.code.parts.size() == 1)) index = i;
      }
    }
    if (index == kNone) {
      Diagnostic& finding =
          analysis_.report(Code::E0501, expect.code.span, "the issue `" + expect.code.text() + "` is not declared", "expected here");
      analysis_.suggest(finding, expect.code.last().text, expect.code.last().span, analysis_.names_of(NameKind::kIssue, test_.module));
    }
    test_.issues.push_back(index);
  }

  Analysis& analysis_;
  Program& program_;
  TestSymbol& test_;
  const syntax::TestDecl& written_;
  Frame frame_;
  ExpressionChecker checker_;
  uint32_t given_schema_ = kNone;
  std::vector<TypeId> argument_types_;
  TypeId result_ = kNoType;
};

}  // namespace

void check_tests(Analysis& analysis) {
  for (TestSymbol& test : analysis.program->tests) TestChecker(analysis, test).run();
}

}  // namespace mig::sema
