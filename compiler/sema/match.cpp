#include "compiler/sema/match.h"

#include <algorithm>

#include "compiler/sema/added_arms.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/type_relations.h"
#include "compiler/sema/value_space.h"
#include "runtime/types/decimal.h"
#include "runtime/types/text.h"

namespace mig::sema {

namespace {

bool suits(Constant::Form form, Kind kind) {
  switch (form) {
    case Constant::Form::kBool: return kind == Kind::kBool || kind == Kind::kScalar;
    case Constant::Form::kInt: return kind == Kind::kInt || kind == Kind::kDecimal || kind == Kind::kScalar;
    case Constant::Form::kDecimal: return kind == Kind::kDecimal || kind == Kind::kScalar;
    case Constant::Form::kText: return kind == Kind::kString || kind == Kind::kScalar;
    case Constant::Form::kDuration: return kind == Kind::kDuration;
    case Constant::Form::kDate: return kind == Kind::kDate;
    case Constant::Form::kTime: return kind == Kind::kTime;
    case Constant::Form::kDatetime: return kind == Kind::kDatetime;
    case Constant::Form::kTimestamp: return kind == Kind::kTimestamp;
    case Constant::Form::kPercent: return kind == Kind::kPercent;
    case Constant::Form::kUnknown:
    case Constant::Form::kNull:
    case Constant::Form::kFloat:
    case Constant::Form::kTexts:
    case Constant::Form::kPeriod:
    case Constant::Form::kVariant: return false;
  }
  return false;
}

int128 number_of(const Constant& constant) {
  return constant.form == Constant::Form::kDecimal || constant.form == Constant::Form::kPercent ? constant.decimal
                                                                                                : int128{constant.integer};
}

}  // namespace

bool MatchChecker::adapt(Constant& constant, TypeId subject, Span span) {
  const Type& wanted = type(subject);
  if (!suits(constant.form, wanted.kind)) {
    checker_.report(Code::E0201, span, "this pattern is not " + kind_in_words(program_.types, program_.types.non_null(subject)),
                    "compared with " + checker_.analysis_.type_text(subject));
    return false;
  }
  if (wanted.kind != Kind::kDecimal) return true;
  const int given = constant.form == Constant::Form::kInt ? 0 : constant.scale;
  int128 value = constant.form == Constant::Form::kInt ? constant.integer : constant.decimal;
  if (wanted.precision == 0) return true;
  if (given > wanted.scale) {
    checker_.report(Code::E0515, span,
                    "this pattern can never match: the value has " + std::to_string(wanted.scale) + " digits behind the point",
                    "more digits");
    return false;
  }
  if (!decimal_rescale(value, given, wanted.scale, Rounding::kDown, value)) return false;
  constant.form = Constant::Form::kDecimal;
  constant.decimal = value;
  constant.scale = wanted.scale;
  return true;
}

bool MatchChecker::is_out_of_range(int128 low, int128 high, TypeId subject, Span span) {
  const Interval whole = interval_of(type(subject));
  if ((!whole.has_low || high >= whole.low) && (!whole.has_high || low <= whole.high)) return false;
  checker_.report(Code::E0515, span, "this can never match: the value is " + checker_.analysis_.type_text(program_.types.non_null(subject)),
                  "out of its range");
  return true;
}

bool MatchChecker::is_impossible(const Constant& constant, TypeId subject, Span span) {
  const Type& whole = type(subject);
  if (whole.kind == Kind::kInt || whole.kind == Kind::kDecimal)
    return is_out_of_range(number_of(constant), number_of(constant), subject, span);
  if (whole.kind != Kind::kString || constant.form != Constant::Form::kText) return false;
  const int64_t length = whole.unit == LengthUnit::kBytes   ? static_cast<int64_t>(constant.text.size())
                         : whole.unit == LengthUnit::kUtf16 ? static_cast<int64_t>(utf16_length(constant.text))
                                                            : static_cast<int64_t>(code_point_count(constant.text));
  if (length < whole.low || length > whole.high) {
    checker_.report(Code::E0515, span,
                    "this can never match: the text has " + std::to_string(length) + (length == 1 ? " character" : " characters") +
                        ", the value " +
                        (length < whole.low ? "at least " + std::to_string(whole.low) : "at most " + std::to_string(whole.high)),
                    checker_.analysis_.type_text(program_.types.non_null(subject)));
    return true;
  }
  if (checker_.is_of_refinement(constant, whole).value_or(true)) return false;
  checker_.report(Code::E0515, span, "this can never match: it is no " + whole.name, "not one of its values");
  return true;
}

void MatchChecker::resolve_constant(syntax::PatternId id, TypeId subject) {
  PatternInfo& about = info(id);
  bool invalid = false;
  Constant constant = literal_constant(checker_.tree(), pattern(id).as<syntax::ConstantPattern>().value, invalid);
  if (constant.form == Constant::Form::kNull) {
    about.form = PatternForm::kNull;
    return;
  }
  if (is_error(type(subject)) || !constant.known()) {
    if (invalid) checker_.report(Code::E0006, pattern(id).span, "this value does not exist", "not in range");
    return;
  }
  if (!adapt(constant, subject, pattern(id).span) || is_impossible(constant, subject, pattern(id).span)) return;
  about.form = PatternForm::kConstant;
  about.constant = std::move(constant);
}

void MatchChecker::resolve_range(syntax::PatternId id, TypeId subject) {
  PatternInfo& about = info(id);
  const auto& range = pattern(id).as<syntax::RangePattern>();
  if (is_error(type(subject))) return;
  bool ok = true;
  const auto end = [&](syntax::ExprId written, bool& has, int128& value) {
    if (!written.valid()) return;
    bool invalid = false;
    Constant constant = literal_constant(checker_.tree(), written, invalid);
    if (type(subject).kind == Kind::kScalar || type(subject).kind == Kind::kString || type(subject).kind == Kind::kBool ||
        !constant.known()) {
      checker_.report(Code::E0201, pattern(id).span, "a range needs numbers, dates or durations",
                      "compared with " + checker_.analysis_.type_text(subject));
      ok = false;
      return;
    }
    if (!adapt(constant, subject, checker_.expr(written).span)) {
      ok = false;
      return;
    }
    has = true;
    value = number_of(constant);
  };
  end(range.low, about.has_low, about.low);
  if (ok) end(range.high, about.has_high, about.high);
  if (!ok) return;
  if (about.has_low && about.has_high && about.low > about.high) {
    checker_.report(Code::E0515, pattern(id).span, "this range is empty", "the lower end is above the upper end");
    return;
  }
  const Type& whole = type(subject);
  if (whole.kind == Kind::kInt || whole.kind == Kind::kDecimal) {
    const Interval interval = interval_of(whole);
    if (is_out_of_range(about.has_low ? about.low : interval.low, about.has_high ? about.high : interval.high, subject, pattern(id).span))
      return;
  }
  about.form = PatternForm::kRange;
}

void MatchChecker::resolve_variant(syntax::PatternId id, TypeId subject) {
  PatternInfo& about = info(id);
  const auto& written = pattern(id).as<syntax::VariantPattern>();
  if (!written.variant.valid() || is_error(type(subject))) {
    if (written.has_binding) about.local = checker_.add_local(written.binding, LocalKind::kBinding, checker_.error());
    return;
  }
  const Type& wanted = type(subject);
  const syntax::Name& name = written.variant.last();
  TypeId bound = checker_.error();
  if (wanted.kind == Kind::kScalar) {
    static constexpr std::pair<std::string_view, ScalarKind> kKinds[] = {
        {"bool", ScalarKind::kBool}, {"int", ScalarKind::kInt}, {"decimal", ScalarKind::kDecimal}, {"text", ScalarKind::kText}};
    for (const auto& [text, kind] : kKinds) {
      if (name.text != text) continue;
      about.form = PatternForm::kScalarKind;
      about.scalar = kind;
      if (kind == ScalarKind::kBool) bound = program_.types.of(Kind::kBool);
      if (kind == ScalarKind::kInt) bound = program_.types.of(Kind::kInt);
      if (kind == ScalarKind::kText) bound = program_.types.of(Kind::kString);
      if (kind == ScalarKind::kDecimal && written.has_binding && written.binding.text != "_") {
        checker_.report(Code::E0201, written.binding.span, "the decimal of a scalar has no fixed number of digits", "cannot be bound")
            .help(Applicability::choose, "take it as text: `to_text(v)`, then `parse_decimal`");
      }
    }
    if (about.form == PatternForm::kError) {
      Diagnostic& finding = checker_.report(Code::E0101, name.span, "a scalar has no alternative `" + name.text + "`",
                                            "it is `bool`, `int`, `decimal` or `text`");
      checker_.analysis_.suggest(finding, name.text, name.span, {"bool", "int", "decimal", "text"});
    }
  } else if (wanted.kind == Kind::kEnum) {
    const EnumType& declared = program_.enums[wanted.declaration];
    const auto it =
        std::find_if(declared.variants.begin(), declared.variants.end(), [&](const EnumVariant& v) { return v.name == name.text; });
    if (it != declared.variants.end()) {
      about.form = PatternForm::kVariant;
      about.enumeration = wanted.declaration;
      about.variant = static_cast<uint32_t>(it - declared.variants.begin());
      if (written.has_binding) checker_.report(Code::E0201, pattern(id).span, "`" + name.text + "` holds no value", "nothing to bind");
    } else if (declared.open && name.text == "other") {
      about.form = PatternForm::kOtherText;
      about.enumeration = wanted.declaration;
      bound = program_.types.of(Kind::kString);
    } else {
      Diagnostic& finding = checker_.report(Code::E0101, name.span, "enum " + declared.name + " has no variant `" + name.text + "`",
                                            "a bare name in a pattern is always a variant");
      finding.also(program_.enum_symbols[wanted.declaration].span, "declared here");
      std::vector<std::string_view> names;
      for (const EnumVariant& variant : declared.variants) names.push_back(variant.name);
      checker_.analysis_.suggest(finding, name.text, name.span, names);
    }
  } else {
    checker_
        .report(Code::E0201, pattern(id).span,
                "a bare name in a pattern is a variant of an enum, and this is " +
                    kind_in_words(program_.types, program_.types.non_null(subject)),
                "compared with " + checker_.analysis_.type_text(subject))
        .help(Applicability::choose, "for a text write \"" + name.text + "\" in quotes, for anything else `_`");
  }
  if (written.has_binding) about.local = checker_.add_local(written.binding, LocalKind::kBinding, bound);
}

void MatchChecker::resolve(syntax::PatternId id, TypeId subject) {
  if (!id.valid()) return;
  const TypeId plain = program_.types.non_null(subject);
  PatternInfo& about = info(id);
  about = {};
  switch (pattern(id).kind()) {
    case syntax::PatternKind::error: break;
    case syntax::PatternKind::wildcard:
    case syntax::PatternKind::otherwise: about.form = PatternForm::kAny; break;
    case syntax::PatternKind::constant: resolve_constant(id, plain); break;
    case syntax::PatternKind::range: resolve_range(id, plain); break;
    case syntax::PatternKind::variant: resolve_variant(id, plain); break;
    case syntax::PatternKind::alternatives: {
      bool known = true;
      for (const syntax::PatternId part : pattern(id).as<syntax::AlternativesPattern>().alternatives) {
        resolve(part, subject);
        if (info(part).form == PatternForm::kError) known = false;
        if (info(part).local != kNone && program_.locals[info(part).local].name != "_") {
          checker_.report(Code::E0201, pattern(part).span, "alternatives cannot bind a value", "would be unknown in the other alternative");
        }
      }
      info(id).form = known ? PatternForm::kAlternatives : PatternForm::kError;
      break;
    }
  }
  if (about.form == PatternForm::kNull && !type(subject).nullable && !is_error(type(subject))) {
    checker_.report(Code::E0515, pattern(id).span, "this arm can never match: the value is never null",
                    checker_.analysis_.type_text(subject));
    about.form = PatternForm::kError;
  }
}

void MatchChecker::assume_pattern(syntax::ExprId subject, TypeId subject_type, const PatternInfo& pattern_info, bool null_handled) {
  const auto path = checker_.path_of(subject);
  if (!path || is_error(type(subject_type))) return;
  TypeId narrowed = subject_type;
  switch (pattern_info.form) {
    case PatternForm::kError:
    case PatternForm::kAlternatives: return;
    case PatternForm::kNull: narrowed = null_type(program_.types); break;
    case PatternForm::kAny:
      if (null_handled) narrowed = program_.types.non_null(subject_type);
      break;
    case PatternForm::kVariant:
    case PatternForm::kOtherText:
    case PatternForm::kScalarKind: narrowed = program_.types.non_null(subject_type); break;
    case PatternForm::kConstant:
    case PatternForm::kRange: {
      narrowed = program_.types.non_null(subject_type);
      Type own = type(narrowed);
      if (own.kind != Kind::kInt && own.kind != Kind::kDecimal) break;
      const bool constant = pattern_info.form == PatternForm::kConstant;
      const int128 low = constant ? number_of(pattern_info.constant) : pattern_info.low;
      const int128 high = constant ? number_of(pattern_info.constant) : pattern_info.high;
      if ((constant || pattern_info.has_low) && low == static_cast<int64_t>(low)) own.low = std::max(own.low, static_cast<int64_t>(low));
      if ((constant || pattern_info.has_high) && high == static_cast<int64_t>(high))
        own.high = std::min(own.high, static_cast<int64_t>(high));
      if (own.low <= own.high) narrowed = program_.types.intern(std::move(own));
      break;
    }
  }
  if (narrowed != subject_type) frame_.environment.assume(*path, narrowed, kNone);
}

TypeId MatchChecker::match(syntax::ExprId id, TypeId hint) {
  const auto& node = checker_.expr(id).as<syntax::MatchExpr>();
  const TypeId subject = checker_.infer(node.subject);
  const bool known = node.subject.valid() && !is_error(type(subject));
  if (known && type(subject).may_keep)
    checker_.report(Code::E0319, checker_.expr(node.subject).span, "`keep` cannot be matched", "may be `keep`");
  ValueSpace space(program_, known ? subject : program_.types.of(Kind::kError));
  TypeId result = program_.types.of(Kind::kNever);
  Span first;
  bool failed = !known;
  const auto& annotations = program_.modules[frame_.module].patterns;
  for (const syntax::MatchArm& arm : node.arms) {
    if (!arm.pattern.valid() || !arm.value.valid()) continue;
    const size_t scope = frame_.scope.size();
    const bool null_before = known && space.null_covered();
    resolve(arm.pattern, subject);
    const PatternInfo& about = info(arm.pattern);
    if (about.form == PatternForm::kError) failed = failed || checker_.analysis_.findings.size() > 0;
    if (known && about.form != PatternForm::kError && space.covers(about, checker_.tree(), annotations, arm.pattern)) {
      checker_.report(Code::E0515, pattern(arm.pattern).span, "this arm can never match", "the arms above cover it");
    } else if (known && about.form == PatternForm::kAny && type(subject).kind == Kind::kEnum && !arm.guard.valid()) {
      const std::vector<std::string> hidden = space.missing_variants();
      std::string names;
      for (const std::string& name : hidden) names += (names.empty() ? "`" : ", `") + name + "`";
      Diagnostic& finding = checker_.report(Code::W0514, pattern(arm.pattern).span, "`_` hides variants of " + type(subject).name,
                                            "stands for " + names + ", and for every variant added later");
      finding.also(program_.enum_symbols[type(subject).declaration].span, "declared here");
      std::string pattern_text;
      for (const std::string& name : hidden) pattern_text += (pattern_text.empty() ? "" : " | ") + name;
      if (!hidden.empty() && (null_before || !type(subject).nullable))
        finding.help(Applicability::choose, "name them", {{pattern(arm.pattern).span, pattern_text}});
    }
    const size_t mark = frame_.environment.mark();
    if (known) assume_pattern(node.subject, subject, about, null_before);
    if (arm.guard.valid()) {
      checker_.check_condition(arm.guard, "a guard");
      checker_.assume(checker_.facts_of(arm.guard).when_true);
    }
    const TypeId own = checker_.infer(arm.value, hint != kNoType ? hint : checker_.hint_of(result));
    frame_.environment.restore(mark);
    checker_.close_scope(scope);
    if (known && !arm.guard.valid()) space.add(about, checker_.tree(), annotations, arm.pattern);
    if (is_error(type(own))) {
      failed = true;
      continue;
    }
    if (!first.valid()) first = checker_.expr(arm.value).span;
    if (checker_.branches_differ(result, first, own, checker_.expr(arm.value).span, "`match`")) {
      failed = true;
      continue;
    }
    result = join(program_.types, result, own);
  }
  if (known && !space.complete()) {
    const std::vector<std::string> missing = space.missing(6);
    std::string names;
    for (const std::string& name : missing) names += (names.empty() ? "`" : ", `") + name + "`";
    const bool enumeration = type(subject).kind == Kind::kEnum;
    Diagnostic& finding = checker_.report(
        Code::E0513, node.keyword, enumeration ? "match does not cover every " + type(subject).name : "match does not cover every value",
        "missing: " + names);
    if (enumeration)
      finding.also(program_.enum_symbols[type(subject).declaration].span,
                   std::to_string(program_.enums[type(subject).declaration].variants.size()) + " variants");
    else
      finding.also(checker_.expr(node.subject).span, checker_.analysis_.type_text(subject));
    std::vector<std::string> arms;
    for (const std::string& name : missing) {
      if (name != "...") arms.push_back(name + " => DECIDE");
    }
    const Span last = node.arms.empty() ? Span{} : node.arms.back().span;
    if (node.close.valid())
      finding.help(Applicability::sketch, "add the missing arms", {added_arms(checker_.analysis_.sources, last, node.close, arms)});
    if (enumeration) finding.remark("`_` would also compile, but would hide the next variant that is added (W0514)");
    return checker_.error();
  }
  if (failed) return checker_.error();
  for (const syntax::MatchArm& arm : node.arms) {
    if (arm.value.valid()) checker_.info(arm.value).wanted = result;
  }
  return result;
}

}  // namespace mig::sema
