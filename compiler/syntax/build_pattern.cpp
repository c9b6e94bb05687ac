// Patterns and types.
#include <fmt/format.h>

#include "compiler/syntax/tree_builder.h"

namespace mig::syntax {

PatternId TreeBuilder::pattern(const ParseNode* context) {
  const Span where = span(context);
  if (broken(context)) return module_.add(Pattern{where, ErrorPattern{}});
  const std::vector<const ParseNode*> parts = context->all_pattern_part();
  if (parts.size() == 1) return pattern_part(parts[0]);
  AlternativesPattern node;
  for (const ParseNode* part : parts) node.alternatives.push_back(pattern_part(part));
  return module_.add(Pattern{where, std::move(node)});
}

PatternId TreeBuilder::pattern_part(const ParseNode* context) {
  const Span where = span(context);
  if (broken(context)) return module_.add(Pattern{where, ErrorPattern{}});
  const std::vector<const ParseNode*> constants = context->all_constant();
  if (context->token(MigParser::T_RANGE) != nullptr) {
    RangePattern range;
    const bool open_low = context->start->type == MigParser::T_RANGE;
    if (!open_low) range.low = constant(constants[0]);
    if (constants.size() > (open_low ? 0u : 1u)) range.high = constant(constants.back());
    return module_.add(Pattern{where, range});
  }
  if (!constants.empty()) return module_.add(Pattern{where, ConstantPattern{constant(constants[0])}});
  const std::vector<const ParseNode*> written = context->all_name();
  if (context->start->type == MigParser::T_IDENT && slice(where) == "_") return module_.add(Pattern{where, WildcardPattern{}});
  VariantPattern node;
  node.variant.parts.push_back(name(written[0]));
  node.variant.span = node.variant.parts[0].span;
  for (const ParseNode* part : context->all_word()) {
    node.variant.parts.push_back(name(part));
    node.variant.span = Span::join(node.variant.span, span(part));
  }
  if (written.size() > 1) {
    node.has_binding = true;
    node.binding = name(written[1]);
  }
  return module_.add(Pattern{where, std::move(node)});
}

ExprId TreeBuilder::constant(const ParseNode* context) {
  if (broken(context)) return error_expr(span(context));
  if (context->token(MigParser::T_MINUS) == nullptr) return literal(context->start);
  return add(span(context), NegateExpr{literal(context->stop)});
}

TypeExprId TreeBuilder::type(const ParseNode* context, bool fallible) {
  const Span where = span(context);
  if (broken(context)) return module_.add(TypeExpr{where, ErrorType{}});
  if (context->token(MigParser::T_ARROW) != nullptr) {
    FunctionType node;
    const std::vector<const ParseNode*> parts = context->all_type_expr();
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) node.parameters.push_back(type(parts[i]));
    node.result = type(parts.back(), true);
    return module_.add(TypeExpr{where, std::move(node)});
  }
  TypeExprId result = type_primary(context->type_primary());
  bool nullable = false;
  bool may_fail = false;
  for (const ParseChild child : context->children()) {
    if (child.token() == nullptr) continue;
    const Span sign = span(child.token());
    const Span so_far{file_, where.begin, sign.end};
    if (child.token()->type == MigParser::T_QUESTION) {
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

TypeExprId TreeBuilder::type_primary(const ParseNode* context) {
  const Span where = span(context);
  if (broken(context)) return module_.add(TypeExpr{where, ErrorType{}});
  if (context->name() == nullptr) {
    RecordType node;
    for (const ParseNode* field : context->all_type_field()) {
      RecordTypeField built;
      built.name = name(field->word());
      built.optional = field->token(MigParser::T_QUESTION) != nullptr;
      built.type = type(field->type_expr());
      built.attributes = attributes(field);
      built.span = span(field);
      node.fields.push_back(std::move(built));
    }
    return module_.add(TypeExpr{where, std::move(node)});
  }
  NamedType node;
  node.name.parts.push_back(name(context->name()));
  node.name.span = node.name.parts[0].span;
  for (const ParseNode* part : context->all_word()) {
    node.name.parts.push_back(name(part));
    node.name.span = Span::join(node.name.span, span(part));
  }
  for (const ParseNode* parameter : context->all_type_expr()) node.parameters.push_back(type(parameter));
  for (const ParseNode* argument : context->all_type_argument()) node.arguments.push_back(type_argument(argument));
  return module_.add(TypeExpr{where, std::move(node)});
}

TypeArgument TreeBuilder::type_argument(const ParseNode* context) {
  TypeArgument result;
  result.span = span(context);
  if (broken(context)) return result;
  const std::vector<const ParseNode*> parts = context->all_expr();
  result.is_range = context->token(MigParser::T_RANGE) != nullptr;
  const bool open_low = result.is_range && context->start->type == MigParser::T_RANGE;
  if (!open_low) result.low = expr(parts[0]);
  if (result.is_range && parts.size() > (open_low ? 0u : 1u)) result.high = expr(parts.back());
  return result;
}

}  // namespace mig::syntax
