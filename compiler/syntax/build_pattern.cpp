// Patterns and types.
#include <fmt/format.h>

#include "compiler/syntax/tree_builder.h"

namespace mig::syntax {

PatternId TreeBuilder::pattern(MigParser::PatternContext* context) {
  const Span where = span(context);
  if (broken(context)) return module_.add(Pattern{where, ErrorPattern{}});
  const std::vector<MigParser::PatternPartContext*> parts = context->patternPart();
  if (parts.size() == 1) return pattern_part(parts[0]);
  AlternativesPattern node;
  for (MigParser::PatternPartContext* part : parts) node.alternatives.push_back(pattern_part(part));
  return module_.add(Pattern{where, std::move(node)});
}

PatternId TreeBuilder::pattern_part(MigParser::PatternPartContext* context) {
  const Span where = span(context);
  if (broken(context)) return module_.add(Pattern{where, ErrorPattern{}});
  const std::vector<MigParser::ConstantContext*> constants = context->constant();
  if (context->T_RANGE() != nullptr) {
    RangePattern range;
    const bool open_low = context->start->getType() == MigParser::T_RANGE;
    if (!open_low) range.low = constant(constants[0]);
    if (constants.size() > (open_low ? 0u : 1u)) range.high = constant(constants.back());
    return module_.add(Pattern{where, range});
  }
  if (!constants.empty()) return module_.add(Pattern{where, ConstantPattern{constant(constants[0])}});
  const std::vector<MigParser::NameContext*> written = context->name();
  if (context->start->getType() == MigParser::T_IDENT && slice(where) == "_") return module_.add(Pattern{where, WildcardPattern{}});
  VariantPattern node;
  node.variant.parts.push_back(name(written[0]));
  node.variant.span = node.variant.parts[0].span;
  for (MigParser::WordContext* part : context->word()) {
    node.variant.parts.push_back(name(part));
    node.variant.span = Span::join(node.variant.span, span(part));
  }
  if (written.size() > 1) {
    node.has_binding = true;
    node.binding = name(written[1]);
  }
  return module_.add(Pattern{where, std::move(node)});
}

ExprId TreeBuilder::constant(MigParser::ConstantContext* context) {
  if (broken(context)) return error_expr(span(context));
  if (context->T_MINUS() == nullptr) return literal(context->start);
  return add(span(context), NegateExpr{literal(context->stop)});
}

TypeExprId TreeBuilder::type(MigParser::TypeExprContext* context, bool fallible) {
  const Span where = span(context);
  if (broken(context)) return module_.add(TypeExpr{where, ErrorType{}});
  if (context->T_ARROW() != nullptr) {
    FunctionType node;
    const std::vector<MigParser::TypeExprContext*> parts = context->typeExpr();
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) node.parameters.push_back(type(parts[i]));
    node.result = type(parts.back(), true);
    return module_.add(TypeExpr{where, std::move(node)});
  }
  TypeExprId result = type_primary(context->typePrimary());
  bool nullable = false;
  bool may_fail = false;
  for (antlr4::tree::ParseTree* child : context->children) {
    auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(child);
    if (terminal == nullptr) continue;
    const Span sign = span(terminal);
    const Span so_far{file_, where.begin, sign.end};
    if (terminal->getSymbol()->getType() == MigParser::T_QUESTION) {
      if (nullable || may_fail) {
        finding(Code::E0018, sign, may_fail ? "`?` stands before `!`" : "`?` stands once");
        continue;
      }
      nullable = true;
      result = module_.add(TypeExpr{so_far, NullableType{result}});
    } else if (may_fail) {
      finding(Code::E0018, sign, "`!` stands once");
    } else if (!fallible) {
      may_fail = true;
      finding(Code::E0014, sign, "`!` stands only behind the result of a function", "a value has failed or it is there")
          .help(Applicability::automatic, "remove it", {{sign, ""}});
    } else {
      may_fail = true;
      result = module_.add(TypeExpr{so_far, FallibleType{result}});
    }
  }
  return result;
}

TypeExprId TreeBuilder::type_primary(MigParser::TypePrimaryContext* context) {
  const Span where = span(context);
  if (broken(context)) return module_.add(TypeExpr{where, ErrorType{}});
  if (context->name() == nullptr) {
    RecordType node;
    for (MigParser::TypeFieldContext* field : context->typeField()) {
      RecordTypeField built;
      built.name = name(field->word());
      built.optional = field->T_QUESTION() != nullptr;
      built.type = type(field->typeExpr());
      built.attributes = attributes(field->attribute());
      built.span = span(field);
      node.fields.push_back(std::move(built));
    }
    return module_.add(TypeExpr{where, std::move(node)});
  }
  NamedType node;
  node.name.parts.push_back(name(context->name()));
  node.name.span = node.name.parts[0].span;
  for (MigParser::WordContext* part : context->word()) {
    node.name.parts.push_back(name(part));
    node.name.span = Span::join(node.name.span, span(part));
  }
  for (MigParser::TypeExprContext* parameter : context->typeExpr()) node.parameters.push_back(type(parameter));
  for (MigParser::TypeArgumentContext* argument : context->typeArgument()) node.arguments.push_back(type_argument(argument));
  return module_.add(TypeExpr{where, std::move(node)});
}

TypeArgument TreeBuilder::type_argument(MigParser::TypeArgumentContext* context) {
  TypeArgument result;
  result.span = span(context);
  if (broken(context)) return result;
  const std::vector<MigParser::ExprContext*> parts = context->expr();
  result.is_range = context->T_RANGE() != nullptr;
  const bool open_low = result.is_range && context->start->getType() == MigParser::T_RANGE;
  if (!open_low) result.low = expr(parts[0]);
  if (result.is_range && parts.size() > (open_low ? 0u : 1u)) result.high = expr(parts.back());
  return result;
}

}  // namespace mig::syntax
