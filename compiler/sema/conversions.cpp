// Conversion of a value to the type that its place wants, and what is said when it does not fit.
#include <algorithm>
#include <array>

#include "compiler/sema/expressions.h"
#include "compiler/sema/constant_calls.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/type_relations.h"
#include "runtime/types/text.h"

namespace mig::sema {

// The smallest part of a value that does not fit: a branch of `if`, an arm of `match`, a side of `??` or `catch`.
syntax::ExprId ExpressionChecker::culprit(syntax::ExprId id, TypeId wanted) {
  while (id.valid()) {
    const syntax::Expr& node = expr(id);
    std::vector<syntax::ExprId> parts;
    switch (node.kind()) {
      case syntax::ExprKind::group: parts = {node.as<syntax::GroupExpr>().inner}; break;
      case syntax::ExprKind::conditional: parts = {node.as<syntax::IfExpr>().consequence, node.as<syntax::IfExpr>().otherwise}; break;
      case syntax::ExprKind::handle: parts = {node.as<syntax::CatchExpr>().value, node.as<syntax::CatchExpr>().handler}; break;
      case syntax::ExprKind::match:
        for (const syntax::MatchArm& arm : node.as<syntax::MatchExpr>().arms) parts.push_back(arm.value);
        break;
      case syntax::ExprKind::raise:
        if (node.as<syntax::RaiseExpr>().verb == syntax::RaiseVerb::warn) parts = {node.as<syntax::RaiseExpr>().replacement};
        break;
      case syntax::ExprKind::coalesce: {
        const auto& coalesce = node.as<syntax::CoalesceExpr>();
        if (coalesce.fallback.valid() && fit(types(), info(coalesce.fallback).type, wanted) != Fit::kYes)
          parts = {coalesce.fallback};
        else if (coalesce.value.valid() && fit(types(), types().non_null(info(coalesce.value).type), wanted) != Fit::kYes)
          return coalesce.value;
        break;
      }
      case syntax::ExprKind::error:
      case syntax::ExprKind::null:
      case syntax::ExprKind::boolean:
      case syntax::ExprKind::integer:
      case syntax::ExprKind::decimal:
      case syntax::ExprKind::floating:
      case syntax::ExprKind::percent:
      case syntax::ExprKind::duration:
      case syntax::ExprKind::date:
      case syntax::ExprKind::string:
      case syntax::ExprKind::interpolated:
      case syntax::ExprKind::keep:
      case syntax::ExprKind::name:
      case syntax::ExprKind::field:
      case syntax::ExprKind::call:
      case syntax::ExprKind::index:
      case syntax::ExprKind::list:
      case syntax::ExprKind::record:
      case syntax::ExprKind::negate:
      case syntax::ExprKind::logical_not:
      case syntax::ExprKind::arithmetic:
      case syntax::ExprKind::pipe:
      case syntax::ExprKind::compare:
      case syntax::ExprKind::logic:
      case syntax::ExprKind::lambda: break;
    }
    syntax::ExprId next;
    for (const syntax::ExprId part : parts) {
      if (!part.valid() || info(part).type == kNoType) continue;
      const Fit own = fit(types(), info(part).type, wanted);
      if (own == Fit::kYes) continue;
      if (next.valid()) return id;
      next = part;
    }
    if (!next.valid()) return id;
    id = next;
  }
  return id;
}

// A literal text may stand for a refined type when it is one of its values.
bool ExpressionChecker::literal_fits(syntax::ExprId id, TypeId wanted) {
  if (type(wanted).kind == Kind::kUuid) return false;
  return is_of_refinement(fold(id), type(wanted)).value_or(false);
}

std::optional<bool> ExpressionChecker::is_of_refinement(const Constant& constant, const Type& to) {
  if (to.name.empty() || constant.form != Constant::Form::kText) return std::nullopt;
  const std::string& text = constant.text;
  const auto all = [&](auto&& test) { return std::all_of(text.begin(), text.end(), test); };
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (to.name == "country_code") return text.size() == 2 && all(upper);
  if (to.name == "currency_code") return text.size() == 3 && all(upper);
  if (to.name == "email") return text.find('@') != std::string::npos && text.find(' ') == std::string::npos;
  if (to.name == "phone_e164") return text.size() > 3 && text[0] == '+' && text.find_first_not_of("0123456789", 1) == std::string::npos;
  if (to.name == "url") return text.find("://") != std::string::npos;
  return matches_refinement(to, constant);
}

// `type X = ... where value matches r"..."`; other conditions are not evaluated here.
std::optional<bool> ExpressionChecker::matches_refinement(const Type& to, const Constant& constant) {
  if (to.declaration >= program_.type_symbols.size()) return std::nullopt;
  const TypeSymbol& symbol = program_.type_symbols[to.declaration];
  if (!symbol.condition.valid()) return std::nullopt;
  const auto* compare = program_.tree(symbol.condition).get_if<syntax::CompareExpr>();
  const stdlib::Declaration* matches = stdlib::find_operator("text_matches");
  if (compare == nullptr || matches == nullptr || compare->op != syntax::CompareOp::matches) return std::nullopt;
  Constant pattern;
  pattern.form = Constant::Form::kText;
  const auto written = literal_text(program_.modules[symbol.module].tree, compare->right);
  if (!written) return std::nullopt;
  pattern.text = *written;
  const int64_t length = static_cast<int64_t>(code_point_count(constant.text));
  const std::array<Constant, 2> arguments{constant, pattern};
  std::optional<std::string> text;
  bool answer = false;
  if (evaluate_call(*matches, arguments, text, &answer) != Evaluated::kValue) return std::nullopt;
  return answer && length >= to.low && length <= to.high;
}

// "text from the source (schema Member, line 48)"
std::string ExpressionChecker::described_source(syntax::ExprId id) {
  if (!id.valid()) return {};
  const ExprInfo& about = info(id);
  if (about.ref == Ref::kSourceField && frame_.source_schema != kNone) {
    const SchemaSymbol& schema = program_.schemas[frame_.source_schema];
    const SchemaField& field = schema.fields[about.index];
    std::string text = "`" + field.name + "` ";
    if (field.optional && type(field.type).nullable)
      text += "may be absent or null";
    else if (field.optional)
      text += "may be absent";
    else if (type(field.type).nullable)
      text += "may be null";
    else
      text += "is " + analysis_.type_text(field.type);
    return text + " (schema " + schema.name + (field.span.valid() ? ", " + analysis_.place(field.span) : "") + ")";
  }
  if (about.ref == Ref::kLocal) {
    const Local& local = program_.locals[about.index];
    return "`" + local.name + "` is " + analysis_.type_text(local.type) + " (" + analysis_.place(local.span) + ")";
  }
  return {};
}

void ExpressionChecker::convert(syntax::ExprId id, const Want& want) {
  if (!id.valid() || want.type == kNoType) return;
  ExprInfo& about = info(id);
  Fit result = fit(types(), about.type, want.type);
  if (result == Fit::kDifferent) {
    const syntax::ExprId part = culprit(id, want.type);
    if (literal_fits(part, want.type)) {
      info(part).wanted = want.type;
      if (part != id) about.type = join(types(), want.type, about.type) == kNoType ? want.type : about.type;
      about.wanted = want.type;
      return;
    }
  }
  if (result == Fit::kYes) {
    about.wanted = want.type;
    return;
  }
  const syntax::ExprId part = culprit(id, want.type);
  const TypeId from = info(part).type;
  const Fit part_fit = fit(types(), from, want.type);
  if (part_fit != Fit::kYes) result = part_fit;
  const Span span = expr(part).span;
  const std::string subject = want.subject.empty() ? "this place" : want.subject;
  const Type& to = type(want.type);
  const std::string origin = want.origin.empty() ? std::string() : " (" + want.origin + ")";
  const auto declared = [&](Diagnostic& finding, std::string text) {
    if (want.declared.valid()) finding.also(want.declared, std::move(text));
  };
  switch (result) {
    case Fit::kYes: break;
    case Fit::kNull: {
      Diagnostic& finding = report(Code::E0311, span, subject + " needs a value, but this may be null",
                                   is_null(type(from)) ? "is null" : "may be null: " + analysis_.type_text(from));
      declared(finding, subject + " takes " + analysis_.type_text(want.type) + origin);
      const std::string source = described_source(part);
      if (!source.empty()) finding.note(source);
      if (!is_null(type(from))) {
        if (to.may_keep)
          finding.help(Applicability::choose, "leave the stored value alone when there is nothing to say", {{span.after(), " ?? keep"}});
        if (frame_.kind == FrameKind::kMap || frame_.kind == FrameKind::kFn) {
          finding.help(Applicability::sketch, "make a missing value a hard failure", {{span.after(), " ?? reject DECIDE"}});
        }
        finding.help(Applicability::sketch, "or say what to use instead", {{span.after(), " ?? DECIDE"}});
        const TypeId present = types().non_null(from);
        if (fit(types(), present, want.type) != Fit::kYes) {
          finding.remark("the value is also " + analysis_.type_text(present) + "; it still has to become " +
                         analysis_.type_text(want.type));
        }
      }
      break;
    }
    case Fit::kKeep: {
      Diagnostic& finding = report(Code::E0319, span, subject + " cannot be kept", "`keep` leaves a field alone");
      declared(finding, subject + " is required" + origin);
      finding.help(Applicability::choose, "give it a value, or make the target field optional");
      break;
    }
    case Fit::kNarrowing: {
      const std::string bounds = bounds_in_words(to);
      std::string have = bounds_in_words(type(from));
      const bool text = to.kind == Kind::kString;
      std::string header;
      if (text && type(from).kind == Kind::kString) {
        header = (have.empty() ? "text of any length" : "text of " + have) + " does not fit " + subject + ", which takes " + bounds;
      } else {
        header = (have.empty() ? std::string("the value") : have) + " may not fit " + subject +
                 (bounds.empty() ? "" : ", which takes " + bounds);
      }
      Diagnostic& finding = report(Code::E0221, span, header, analysis_.type_text(from));
      declared(finding, "takes " + (bounds.empty() ? analysis_.type_text(want.type) : bounds) + origin);
      if (text && to.high != kUnboundedHigh) {
        const std::string low = std::to_string(std::max<int64_t>(to.low, 0)), high = std::to_string(to.high);
        finding.help(Applicability::sketch, "reject what does not fit",
                     {{span.after(), " |> fit_length(" + low + ", " + high + ") catch reject DECIDE"}});
        if (std::max<int64_t>(to.low, 0) <= std::max<int64_t>(type(from).low, 0)) {
          finding.help(Applicability::choose, "or cut it, which loses text", {{span.after(), " |> truncate(" + high + ")"}});
        }
      } else if (text) {
        finding.help(Applicability::sketch, "say what happens to empty text", {{span.after(), " |> non_empty ?? reject DECIDE"}});
      } else if (to.kind == Kind::kInt) {
        const std::string low = to.low == kUnboundedLow ? "-9223372036854775808" : std::to_string(to.low);
        const std::string high = to.high == kUnboundedHigh ? "9223372036854775807" : std::to_string(to.high);
        finding.help(Applicability::sketch, "reject what does not fit",
                     {{span.after(), " |> fit_int(" + low + ", " + high + ") catch reject DECIDE"}});
        if (to.low == 0) finding.note("a negative number is possible here; nothing proves that it is not");
      } else if (to.kind == Kind::kDecimal) {
        const std::string form = std::to_string(to.precision) + ", " + std::to_string(to.scale);
        finding.help(Applicability::sketch, "reject what does not fit",
                     {{span.after(), " |> fit_decimal(" + form + ") catch reject DECIDE"}});
        if (type(from).kind == Kind::kDecimal && type(from).scale > to.scale) {
          finding.help(Applicability::choose, "or round it, which loses digits",
                       {{span.after(), " |> round_to(" + std::to_string(to.scale) + ")"}});
        }
      }
      const std::string source = described_source(part);
      if (!source.empty()) finding.note(source);
      break;
    }
    case Fit::kDifferent: {
      Diagnostic& finding =
          report(Code::E0201, span, subject + " takes " + kind_in_words(types(), want.type) + ", this is " + kind_in_words(types(), from),
                 analysis_.type_text(from));
      declared(finding, "takes " + analysis_.type_text(want.type) + origin);
      const std::string source = described_source(part);
      if (!source.empty()) finding.note(source);
      if (type(from).kind == Kind::kString) {
        const char* parser = nullptr;
        if (to.name == "email")
          parser = "parse_email";
        else if (to.name == "country_code")
          parser = "parse_country";
        else if (to.name == "url")
          parser = "parse_url";
        else if (to.name == "iban")
          parser = "parse_iban";
        else if (to.name == "ip")
          parser = "parse_ip";
        else if (to.name == "currency_code")
          parser = "parse_currency";
        else if (to.kind == Kind::kUuid)
          parser = "parse_uuid";
        else if (to.kind == Kind::kInt)
          parser = "parse_int";
        if (parser != nullptr)
          finding.help(Applicability::sketch, "read it", {{span.after(), std::string(" |> ") + parser + " catch reject DECIDE"}});
        if (to.kind == Kind::kDate)
          finding.help(Applicability::sketch, "read it", {{span.after(), " |> parse_date([\"%Y-%m-%d\"]) catch reject DECIDE"}});
        if (to.kind == Kind::kDecimal) {
          finding.help(Applicability::sketch, "read it",
                       {{span.after(),
                         " |> parse_decimal(" + std::to_string(to.precision) + ", " + std::to_string(to.scale) + ") catch reject DECIDE"}});
        }
        if (to.kind == Kind::kEnum)
          finding.help(Applicability::choose, "a `table` turns codes into " + to.name + ", `parse_enum` reads its wire values");
      } else if (to.kind == Kind::kString) {
        const Kind kind = type(from).kind;
        if (kind == Kind::kEnum)
          finding.help(Applicability::choose, "write its wire value", {{span.start(), "wire("}, {span.after(), ")"}});
        else if (kind == Kind::kInt || kind == Kind::kDecimal || kind == Kind::kUuid || kind == Kind::kDate || kind == Kind::kTimestamp ||
                 kind == Kind::kBool) {
          finding.help(Applicability::choose, "write it as text", {{span.start(), "to_text("}, {span.after(), ")"}});
        }
      }
      break;
    }
  }
  about.type = error();
}

void ExpressionChecker::report_failures(size_t first, const std::string& field, bool optional) {
  for (size_t i = first; i < frame_.failures.size(); ++i) {
    const Failure& failure = frame_.failures[i];
    if (failure.reported) continue;
    Diagnostic& finding = report(Code::E0301, failure.span, "this can fail and nothing says what happens to the record", failure.reason);
    if (failure.input.valid()) finding.also(failure.input, "what goes in");
    if (frame_.kind == FrameKind::kMap) {
      finding.help(Applicability::sketch, "the record is not migrated and goes to the reject log",
                   {{failure.span.after(), " catch reject DECIDE"}});
      if (optional) {
        finding.help(Applicability::sketch,
                     "the record is migrated without " + (field.empty() ? std::string("the value") : field) + " and listed as a warning",
                     {{failure.span.after(), " catch warn DECIDE use null"}});
      }
    } else {
      finding.help(Applicability::sketch, "say what to use instead", {{failure.span.after(), " catch DECIDE"}});
    }
  }
  frame_.failures.resize(first);
}

}  // namespace mig::sema
