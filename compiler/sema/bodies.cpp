// Bodies of functions, tables and refined types.
#include <algorithm>

#include "compiler/sema/added_arms.h"
#include "compiler/sema/constant_calls.h"
#include "compiler/sema/match.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/statements.h"
#include "compiler/sema/type_relations.h"
#include "compiler/sema/value_space.h"

namespace mig::sema {

namespace {

std::vector<uint32_t> distinct_issues(const std::vector<Raised>& raised) {
  std::vector<uint32_t> issues;
  for (const Raised& each : raised) {
    if (std::find(issues.begin(), issues.end(), each.issue) == issues.end()) issues.push_back(each.issue);
  }
  return issues;
}

bool rejects(const Program& program, const std::vector<uint32_t>& issues) {
  return std::any_of(issues.begin(), issues.end(), [&](uint32_t i) {
    return program.issues[i].issue.verb == Verb::kReject || program.issues[i].issue.verb == Verb::kSkip;
  });
}

// What the body can do against what the signature says; both ways round.
void compare_effects(Analysis& analysis, FnSymbol& fn, const Frame& frame) {
  Program& program = *analysis.program;
  const auto& written = analysis.tree(fn.module)[fn.decl].as<syntax::FnDecl>();
  const Span result = written.result.valid() ? analysis.tree(fn.module)[written.result].span : fn.span;
  if (!frame.failures.empty() && !fn.may_fail) {
    Diagnostic& finding =
        analysis.report(Code::E0331, result, "`" + fn.name + "` can fail, and its signature does not say so", "needs `!`");
    finding.also(frame.failures[0].span, frame.failures[0].reason);
    finding.help(Applicability::automatic, "let the callers decide", {{result.after(), "!"}});
    finding.help(Applicability::sketch, "or handle it here", {{frame.failures[0].span.after(), " catch DECIDE"}});
  }
  const TypeId body_type = fn.body.valid() ? program.info(fn.body).type : kNoType;
  const bool broken = body_type == kNoType || is_error(analysis.type(body_type));
  if (frame.failures.empty() && fn.may_fail && !broken && !is_error(analysis.type(fn.result))) {
    const Span mark{result.file, result.end - 1, result.end};
    analysis.report(Code::W0332, mark, "`" + fn.name + "` cannot fail", "`!` says that it can")
        .help(Applicability::automatic, "remove it", {{mark, ""}});
  }
  const std::vector<uint32_t> inferred = distinct_issues(frame.raised);
  for (const uint32_t issue : inferred) {
    if (std::find(fn.raises.begin(), fn.raises.end(), issue) != fn.raises.end()) continue;
    const auto use = std::find_if(frame.raised.begin(), frame.raised.end(), [&](const Raised& r) { return r.issue == issue; });
    const std::string& code = program.issues[issue].name;
    Diagnostic& finding = analysis.report(Code::E0331, fn.span, "`" + fn.name + "` raises " + code + ", and its signature does not say so",
                                          "needs `raises " + code + "`");
    finding.also(use->span, "raised here");
    const Span at = written.raises.empty() ? result.after() : written.raises.back().span.after();
    finding.help(Applicability::automatic, "say so", {{at, (written.raises.empty() ? " raises " : ", ") + code}});
    fn.raises.push_back(issue);
  }
  for (size_t i = 0; i < written.raises.size(); ++i) {
    const auto issue = analysis.resolve(NameKind::kIssue, fn.module, written.raises[i], true);
    if (!issue || broken || std::find(inferred.begin(), inferred.end(), *issue) != inferred.end()) continue;
    Diagnostic& finding = analysis.report(Code::W0332, written.raises[i].span,
                                          "`" + fn.name + "` never raises " + program.issues[*issue].name, "superfluous");
    Span cut = written.raises[i].span;
    if (written.raises.size() == 1)
      cut.begin = result.end;
    else if (i > 0)
      cut.begin = written.raises[i - 1].span.end;
    else
      cut.end = written.raises[1].span.begin;
    finding.help(Applicability::automatic, "remove it", {{cut, ""}});
  }
  fn.may_reject = rejects(program, fn.raises);
}

void check_fn(Analysis& analysis, FnSymbol& fn) {
  Program& program = *analysis.program;
  Frame frame;
  frame.kind = FrameKind::kFn;
  frame.module = fn.module;
  frame.subject = "fn " + fn.name;
  StatementChecker statements(analysis, frame);
  ExpressionChecker& checker = statements.expressions();
  const auto& written = analysis.tree(fn.module)[fn.decl].as<syntax::FnDecl>();
  for (size_t i = 0; i < fn.parameters.size(); ++i) {
    const Local parameter = program.locals[fn.parameters[i]];  // a copy: checking may add locals
    if (fn.defaults[i].valid()) {
      checker.check(fn.defaults[i].id, {parameter.type, "`" + parameter.name + "`", parameter.span, {}});
      checker.report_failures(0, {}, false);
    }
  }
  for (const uint32_t parameter : fn.parameters) frame.locals.emplace(program.locals[parameter].name, parameter);
  Want want;
  want.type = fn.result;
  want.subject = "the result of `" + fn.name + "`";
  want.declared = written.result.valid() ? analysis.tree(fn.module)[written.result].span : Span();
  if (fn.block == nullptr) {
    if (fn.body.valid()) checker.check(fn.body.id, want);
  } else {
    Assignments assigned;
    bool returned = false;
    for (size_t i = 0; i < fn.block->statements.size(); ++i) {
      const syntax::StmtId id = fn.block->statements[i];
      const syntax::Stmt& node = analysis.tree(fn.module)[id];
      if (const auto* give = node.get_if<syntax::ReturnStmt>()) {
        if (i + 1 != fn.block->statements.size())
          analysis.report(Code::E0515, analysis.tree(fn.module)[fn.block->statements[i + 1]].span,
                          "nothing behind `return` is ever reached", "never reached");
        checker.check(give->value, want);
        returned = true;
        break;
      }
      statements.check_block({{id}, node.span}, assigned);
    }
    if (!returned && !analysis.tree(fn.module).has_errors) {
      analysis.report(Code::E0002, fn.block->span, "the function `" + fn.name + "` returns nothing", "its block has no `return`")
          .help(Applicability::sketch, "end it with `return ...`");
    }
  }
  compare_effects(analysis, fn, frame);
}

class TableChecker {
 public:
  TableChecker(Analysis& analysis, TableSymbol& table)
      : analysis_(analysis),
        program_(*analysis.program),
        table_(table),
        written_(analysis.tree(table.module)[table.decl].as<syntax::TableDecl>()),
        checker_(analysis, frame_),
        space_(program_, table.normalised) {
    frame_.kind = FrameKind::kTable;
    frame_.module = table.module;
    frame_.subject = "table " + table.name;
  }

  void run() {
    const Want want{
        table_.value, "the value of table `" + table_.name + "`", written_.value.valid() ? tree()[written_.value].span : Span(), {}};
    for (const syntax::TableRow& row : written_.rows) {
      if (!row.key.valid()) continue;
      if (tree()[row.key].kind() == syntax::PatternKind::otherwise) {
        check_otherwise(row, want);
        continue;
      }
      TableRow result;
      result.value = {table_.module, row.value};
      check_key(row, result);
      if (row.value.valid()) checker_.check(row.value, want);
      table_.rows.push_back(std::move(result));
    }
    finish();
  }

 private:
  const syntax::Module& tree() { return analysis_.tree(table_.module); }

  void check_otherwise(const syntax::TableRow& row, const Want& want) {
    if (table_.otherwise.valid()) {
      analysis_.report(Code::E0515, tree()[row.key].span, "a table has one `else`", "never reached");
      return;
    }
    otherwise_span_ = tree()[row.key].span;
    table_.otherwise = {table_.module, row.value};
    const size_t scope = frame_.scope.size();
    table_.key_local = checker_.add_local({"key", otherwise_span_}, LocalKind::kTableKey, table_.normalised);
    program_.locals[table_.key_local].used = true;
    if (row.value.valid()) checker_.check(row.value, want);
    checker_.close_scope(scope);
  }

  void check_key(const syntax::TableRow& row, TableRow& result) {
    MatchChecker matcher(checker_);
    matcher.resolve(row.key, table_.normalised);
    const auto& patterns = program_.modules[table_.module].patterns;
    std::vector<syntax::PatternId> parts{row.key};
    if (const auto* alternatives = tree()[row.key].get_if<syntax::AlternativesPattern>()) parts = alternatives->alternatives;
    for (const syntax::PatternId part : parts) {
      const PatternInfo& about = patterns[part.value];
      result.patterns.push_back(part);
      if (about.form == PatternForm::kAny) {
        analysis_.report(Code::E0515, tree()[part].span, "in a table the rest is `else`", "not a key")
            .help(Applicability::choose, "write `else`", {{tree()[part].span, "else"}});
        continue;
      }
      if (about.form == PatternForm::kConstant && about.constant.form == Constant::Form::kText) {
        result.keys.push_back(about.constant.text);
        check_fixed_point(about.constant.text, tree()[part].span);
        const auto [it, added] = keys_.emplace(about.constant.text, tree()[part].span);
        if (!added) {
          analysis_
              .report(Code::E0515, tree()[part].span, "the key \"" + about.constant.text + "\" stands in two rows",
                      "this row is never reached")
              .also(it->second, "the first one");
          continue;
        }
      } else if (space_.covers(about, tree(), patterns, part)) {
        analysis_.report(Code::E0515, tree()[part].span, "this row can never be reached", "the rows above cover it");
        continue;
      }
      space_.add(about, tree(), patterns, part);
    }
  }

  void check_fixed_point(const std::string& key, Span span) {
    if (table_.via.empty()) return;
    const auto normalised = normalised_key(program_, table_, key);
    if (!normalised || *normalised == key) return;
    std::string names;
    for (const TableSymbol::Via& via : table_.via)
      names += (names.empty() ? "`" : ", `") + std::string(analysis_.sources.text(via.span)) + "`";
    Diagnostic& finding =
        analysis_.report(Code::E0515, span, "this row is never reached: " + names + " turns \"" + key + "\" into \"" + *normalised + "\"",
                         "no prepared key is equal to it");
    finding.also(table_.via[0].span, "keys are prepared here first");
    finding.help(Applicability::choose, "write the prepared key", {{span, "\"" + *normalised + "\""}});
  }

  void finish() {
    if (!space_.complete() && !table_.otherwise.valid()) {
      const std::vector<std::string> missing = space_.missing(6);
      std::string names;
      for (const std::string& name : missing) names += (names.empty() ? "`" : ", `") + (name == "_" ? std::string("else") : name) + "`";
      Diagnostic& finding =
          analysis_.report(Code::E0513, table_.span, "table `" + table_.name + "` does not cover every key", "missing: " + names);
      std::vector<std::string> rows;
      for (const std::string& name : missing) {
        if (name != "...") rows.push_back((name == "_" ? std::string("else") : name) + " => DECIDE");
      }
      if (written_.body.valid() && written_.body.end > written_.body.begin) {
        const Span last = written_.rows.empty() ? Span{} : written_.rows.back().span;
        const Span close{written_.body.file, written_.body.end - 1, written_.body.end};
        finding.help(Applicability::sketch, "add the missing rows", {added_arms(analysis_.sources, last, close, rows)});
      }
    }
    if (space_.complete() && !space_.unknown() && table_.otherwise.valid() && !is_error(analysis_.type(table_.normalised))) {
      analysis_.report(Code::E0515, otherwise_span_, "`else` is never reached", "the rows above cover every key");
    } else if (table_.otherwise.valid() && analysis_.type(table_.normalised).kind == Kind::kEnum) {
      std::string names;
      for (const std::string& name : space_.missing_variants()) names += (names.empty() ? "`" : ", `") + name + "`";
      analysis_.report(Code::W0514, otherwise_span_, "`else` hides variants of " + analysis_.type_text(table_.normalised),
                       "stands for " + names + ", and for every variant added later");
    }
    table_.may_fail = !frame_.failures.empty();
    table_.raises = distinct_issues(frame_.raised);
    table_.may_reject = rejects(program_, table_.raises);
  }

  Analysis& analysis_;
  Program& program_;
  TableSymbol& table_;
  const syntax::TableDecl& written_;
  Frame frame_;
  ExpressionChecker checker_;
  ValueSpace space_;
  std::unordered_map<std::string, Span> keys_;
  Span otherwise_span_;
};

void check_refinement(Analysis& analysis, TypeSymbol& symbol) {
  if (!symbol.condition.valid()) return;
  Frame frame;
  frame.kind = FrameKind::kRefinement;
  frame.module = symbol.module;
  frame.locals.emplace("value", symbol.value);
  ExpressionChecker checker(analysis, frame);
  checker.check_condition(symbol.condition.id, "the condition of a type");
  checker.report_failures(0, {}, false);
}

}  // namespace

void check_bodies(Analysis& analysis) {
  Program& program = *analysis.program;
  const uint32_t fns = static_cast<uint32_t>(program.fns.size());
  for (TypeSymbol& symbol : program.type_symbols) check_refinement(analysis, symbol);
  for (const uint32_t node : order_bodies(analysis)) {
    if (node < fns)
      check_fn(analysis, program.fns[node]);
    else
      TableChecker(analysis, program.tables[node - fns]).run();
  }
}

}  // namespace mig::sema
