// Dispatch over the kinds of expressions, literals, f-strings, and the bookkeeping of effects and lineage.
#include "compiler/sema/expressions.h"

#include <algorithm>

#include "compiler/sema/calls.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/match.h"
#include "compiler/sema/type_relations.h"
#include "runtime/types/text.h"
#include "runtime/types/zoned.h"

namespace mig::sema {

TypeId ExpressionChecker::infer(syntax::ExprId id, TypeId hint) {
  if (!id.valid()) return error();
  const Effects before = effects_;
  effects_ = {};
  const size_t failures = frame_.failures.size();
  const TypeId result = visit(id, hint);
  ExprInfo& about = info(id);
  about.type = result;
  about.lineage = effects_.lineage;
  about.labels = effects_.labels;
  about.may_reject = effects_.may_reject;
  about.may_fail = frame_.failures.size() > failures;
  effects_.lineage = analysis_.merge_lineages(before.lineage, effects_.lineage);
  effects_.labels = analysis_.merge_labels(before.labels, effects_.labels);
  effects_.may_reject = before.may_reject || effects_.may_reject;
  return result;
}

TypeId ExpressionChecker::check(syntax::ExprId id, const Want& want) {
  if (!id.valid()) return error();
  infer(id, want.type);
  convert(id, want);
  return info(id).type;
}

void ExpressionChecker::check_condition(syntax::ExprId id, std::string_view what) {
  if (!id.valid()) return;
  const TypeId boolean = types().of(Kind::kBool);
  infer(id, boolean);
  const Type& actual = type(info(id).type);
  if (is_error(actual) || is_never(actual)) return;
  if (actual.kind != Kind::kBool) {
    Diagnostic& finding =
        report(Code::E0201, expr(id).span, std::string(what) + " is true or false, this is " + kind_in_words(types(), info(id).type),
               analysis_.type_text(info(id).type));
    if (actual.nullable) finding.help(Applicability::choose, "ask whether it has a value", {{expr(id).span.after(), " != null"}});
    info(id).type = error();
    return;
  }
  if (actual.nullable) {
    report(Code::E0311, expr(id).span, std::string(what) + " may be null", "bool?, and null is neither true nor false")
        .help(Applicability::choose, "say what null means", {{expr(id).span.after(), " ?? false"}});
    info(id).type = error();
  }
}

void ExpressionChecker::require_value(syntax::ExprId id, std::string_view what) {
  const Type& actual = type(info(id).type);
  if (is_error(actual)) return;
  if (actual.may_keep) {
    report(Code::E0319, expr(id).span, "`keep` cannot be used in " + std::string(what), "may be `keep`");
    info(id).type = error();
  } else if (actual.nullable) {
    Diagnostic& finding = report(Code::E0311, expr(id).span, std::string(what) + " needs a value, but this may be null",
                                 is_null(actual) ? "is null" : analysis_.type_text(info(id).type));
    const std::string source = described_source(id);
    if (!source.empty()) finding.note(source);
    if (!is_null(actual)) {
      finding.help(Applicability::sketch, "say what to use instead of null", {{expr(id).span.after(), " ?? DECIDE"}});
    }
    info(id).type = error();
  }
}

uint32_t ExpressionChecker::add_local(const syntax::Name& name, LocalKind kind, TypeId local_type) {
  Local local;
  local.name = name.text;
  local.span = name.span;
  local.kind = kind;
  local.type = local_type;
  local.statement = frame_.statement;
  const uint32_t index = static_cast<uint32_t>(program_.locals.size());
  if (!name.valid() || name.text == "_") {
    local.used = true;
    program_.locals.push_back(std::move(local));
    return index;
  }
  if (const auto taken = frame_.locals.find(name.text); taken != frame_.locals.end()) {
    report(Code::E0108, name.span, "the name `" + name.text + "` is already taken", "no name may hide another")
        .also(program_.locals[taken->second].span, "first declared here");
    local.used = true;
    program_.locals.push_back(std::move(local));
    return index;
  }
  if (name.text == frame_.source_alias || name.text == frame_.target_alias) {
    report(Code::E0108, name.span,
           "`" + name.text + "` already names the " + (name.text == frame_.source_alias ? "source" : "target") + " record",
           "choose another name");
  }
  program_.locals.push_back(std::move(local));
  frame_.locals.emplace(name.text, index);
  frame_.scope.push_back(name.text);
  return index;
}

void ExpressionChecker::close_scope(size_t mark) {
  while (frame_.scope.size() > mark) {
    frame_.locals.erase(frame_.scope.back());
    frame_.scope.pop_back();
  }
}

TypeId ExpressionChecker::visit(syntax::ExprId id, TypeId hint) {
  const syntax::Expr& node = expr(id);
  switch (node.kind()) {
    case syntax::ExprKind::error: return error();
    case syntax::ExprKind::null: return null_type(types());
    case syntax::ExprKind::boolean:
    case syntax::ExprKind::integer:
    case syntax::ExprKind::decimal:
    case syntax::ExprKind::floating:
    case syntax::ExprKind::percent:
    case syntax::ExprKind::duration:
    case syntax::ExprKind::date:
    case syntax::ExprKind::string: return visit_literal(id);
    case syntax::ExprKind::interpolated: return visit_interpolated(id);
    case syntax::ExprKind::keep: return keep_type(types());
    case syntax::ExprKind::name: return visit_name(id, hint);
    case syntax::ExprKind::field: return visit_field(id);
    case syntax::ExprKind::call: return CallChecker(*this).call(id, hint);
    case syntax::ExprKind::index: return visit_index(id);
    case syntax::ExprKind::list: return visit_list(id, hint);
    case syntax::ExprKind::record: return visit_record(id, hint);
    case syntax::ExprKind::group: {
      const syntax::ExprId inner = node.as<syntax::GroupExpr>().inner;
      const TypeId result = infer(inner, hint);
      if (inner.valid()) {
        info(id).ref = info(inner).ref;
        info(id).index = info(inner).index;
        info(id).part = info(inner).part;
        info(id).truth = info(inner).truth;
      }
      return result;
    }
    case syntax::ExprKind::negate: return visit_negate(id);
    case syntax::ExprKind::logical_not: {
      const syntax::ExprId operand = node.as<syntax::NotExpr>().operand;
      check_condition(operand, "the operand of `not`");
      if (operand.valid() && info(operand).truth >= 0) info(id).truth = info(operand).truth == 1 ? 0 : 1;
      return types().of(Kind::kBool);
    }
    case syntax::ExprKind::arithmetic: return visit_arithmetic(id);
    case syntax::ExprKind::pipe: return visit_pipe(id, hint);
    case syntax::ExprKind::coalesce: return visit_coalesce(id, hint);
    case syntax::ExprKind::compare: return visit_compare(id);
    case syntax::ExprKind::logic: return visit_logic(id);
    case syntax::ExprKind::handle: return visit_catch(id, hint);
    case syntax::ExprKind::conditional: return visit_if(id, hint);
    case syntax::ExprKind::match: return MatchChecker(*this).match(id, hint);
    case syntax::ExprKind::lambda:
      report(Code::E0201, node.span, "a function value may stand only as an argument", "nothing here takes a function");
      return error();
    case syntax::ExprKind::raise: return visit_raise(id, hint);
  }
  return error();
}

TypeId ExpressionChecker::visit_literal(syntax::ExprId id) {
  bool invalid = false;
  const Constant value = literal_constant(tree(), id, invalid);
  const auto decimal = [&](Interval interval) {
    const auto* written = expr(id).get_if<syntax::DecimalExpr>();
    const DecimalText text = read_decimal_text(written->text);
    return decimal_within(types(), std::max(text.precision, 1), text.scale, interval);
  };
  if (invalid && expr(id).kind() == syntax::ExprKind::percent) {
    report(Code::E0241, expr(id).span, "a percentage has at most 6 digits behind the point", "too fine");
    return error();
  }
  if (invalid) {
    const bool number = expr(id).kind() == syntax::ExprKind::integer || expr(id).kind() == syntax::ExprKind::decimal;
    report(number ? Code::E0241 : Code::E0006, expr(id).span,
           number ? "a number has at most 38 digits, a whole number at most 19" : "there is no such date or time",
           number ? "too large" : "not in the calendar");
    return error();
  }
  switch (value.form) {
    case Constant::Form::kBool: info(id).truth = value.boolean ? 1 : 0; return types().of(Kind::kBool);
    case Constant::Form::kInt: return types().integer(value.integer, value.integer);
    case Constant::Form::kDecimal: return decimal({true, true, value.decimal, value.decimal});
    case Constant::Form::kFloat: return types().of(Kind::kFloat);
    case Constant::Form::kPercent: return types().of(Kind::kPercent);
    case Constant::Form::kDuration: return types().of(Kind::kDuration);
    case Constant::Form::kPeriod: return types().of(Kind::kPeriod);
    case Constant::Form::kDate: return types().of(Kind::kDate);
    case Constant::Form::kTime: return types().of(Kind::kTime);
    case Constant::Form::kDatetime: return types().of(Kind::kDatetime);
    case Constant::Form::kTimestamp: return types().of(Kind::kTimestamp);
    case Constant::Form::kText: {
      const int64_t length = static_cast<int64_t>(code_point_count(value.text));
      return types().string(length == 0 ? kUnboundedLow : length, length);
    }
    case Constant::Form::kNull:
    case Constant::Form::kTexts:
    case Constant::Form::kVariant:
    case Constant::Form::kUnknown: return error();
  }
  return error();
}

namespace {

/// Least and greatest number of characters of a value in an f-string; false when the type cannot stand there.
bool text_length(const TypeTable& types, TypeId id, int64_t& low, int64_t& high) {
  const Type& type = types[id];
  low = 1;
  high = kUnboundedHigh;
  switch (type.kind) {
    case Kind::kString:
      low = std::max<int64_t>(type.low, 0);
      high = type.unit == LengthUnit::kCodePoints ? type.high : type.high;
      return true;
    case Kind::kBool: low = 4, high = 5; return true;
    case Kind::kInt: high = digits_of(interval_of(type)) + (type.low < 0 ? 1 : 0); return true;
    case Kind::kDecimal: high = (type.precision == 0 ? 38 : type.precision) + 3; return true;
    case Kind::kUuid: low = high = 36; return true;
    case Kind::kDate: low = high = 10; return true;
    case Kind::kTime: low = 8, high = 15; return true;
    case Kind::kDatetime: low = 19, high = 26; return true;
    case Kind::kTimestamp: low = 20, high = 27; return true;
    case Kind::kZoned: low = 23, high = kZonedTextSize; return true;
    case Kind::kDuration: low = 3, high = 40; return true;
    case Kind::kScalar: low = 0; return true;
    case Kind::kEnum:
    case Kind::kPosition:
    case Kind::kFloat:
    case Kind::kPeriod:
    case Kind::kError:
    case Kind::kNever: low = 0; return true;
    case Kind::kPercent:
    case Kind::kMoney:
    case Kind::kBytes:
    case Kind::kJson:
    case Kind::kList:
    case Kind::kSet:
    case Kind::kMap:
    case Kind::kRecord:
    case Kind::kFunction:
    case Kind::kTypeVariable: return false;
  }
  return false;
}

int64_t add_lengths(int64_t a, int64_t b) { return a == kUnboundedHigh || b == kUnboundedHigh ? kUnboundedHigh : a + b; }

}  // namespace

TypeId ExpressionChecker::visit_interpolated(syntax::ExprId id) {
  int64_t low = 0, high = 0;
  for (const syntax::InterpolatedPiece& piece : expr(id).as<syntax::InterpolatedExpr>().pieces) {
    if (!piece.hole.valid()) {
      const int64_t count = static_cast<int64_t>(code_point_count(piece.text));
      low += count;
      high = add_lengths(high, count);
      continue;
    }
    infer(piece.hole);
    require_value(piece.hole, "an f-string");
    int64_t least = 0, most = kUnboundedHigh;
    if (!text_length(types(), info(piece.hole).type, least, most)) {
      report(Code::E0201, expr(piece.hole).span, kind_in_words(types(), info(piece.hole).type) + " cannot stand in an f-string",
             analysis_.type_text(info(piece.hole).type));
      info(piece.hole).type = error();
    }
    low += least;
    high = add_lengths(high, most);
  }
  return types().string(low == 0 ? kUnboundedLow : low, high);
}

uint32_t ExpressionChecker::use_issue(const syntax::Path& code, Verb verb) {
  if (!code.valid() || !code.last().valid()) return kNone;
  const auto found = analysis_.resolve(NameKind::kIssue, frame_.module, code, true);
  if (!found) {
    analysis_.report_undeclared_issue(frame_.module, code);
    return kNone;
  }
  IssueSymbol& issue = program_.issues[*found];
  issue.used = true;
  const auto word = [](Verb v) {
    switch (v) {
      case Verb::kReject: return "reject";
      case Verb::kSkip: return "skip";
      case Verb::kWarn: return "warn";
      case Verb::kFail: return "fail";
    }
    return "reject";
  };
  if (!issue.verb_known) {
    issue.verb_known = true;
    issue.issue.verb = verb;
    issue.first_use = code.span;
  } else if (issue.issue.verb != verb && !issue.builtin) {
    report(Code::E0503, code.span, "issue " + issue.name + " is used with two verbs", std::string("`") + word(verb) + "` here")
        .also(issue.first_use, std::string("`") + word(issue.issue.verb) + "` here")
        .help(Applicability::choose, "declare a second issue: one code says one thing about a record");
  }
  frame_.raised.push_back({*found, verb, code.span});
  return *found;
}

TypeId ExpressionChecker::visit_raise(syntax::ExprId id, TypeId hint) {
  const auto& raise = expr(id).as<syntax::RaiseExpr>();
  const bool allowed = frame_.kind == FrameKind::kMap || frame_.kind == FrameKind::kFn || frame_.kind == FrameKind::kTable;
  if (!allowed) report(Code::E0014, expr(id).span, "an issue cannot be raised here", "only maps, functions and tables raise issues");
  const Verb verb = raise.verb == syntax::RaiseVerb::reject ? Verb::kReject
                    : raise.verb == syntax::RaiseVerb::skip ? Verb::kSkip
                                                            : Verb::kWarn;
  info(id).issue = use_issue(raise.code, verb);
  if (raise.detail.valid()) {
    // The log's text says nothing about the value.
    const Effects before = effects_;
    check(raise.detail, {types().of(Kind::kString), "the text behind `with`", {}, {}});
    effects_ = before;
  }
  if (verb == Verb::kWarn) return infer(raise.replacement, hint);
  effects_.may_reject = true;
  return types().of(Kind::kNever);
}

}  // namespace mig::sema
