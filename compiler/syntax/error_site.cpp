// The words for what the parser would have accepted.
#include "compiler/syntax/error_site.h"

#include <fmt/format.h>

#include "MigParser.h"

namespace mig::syntax {
namespace {

using grammar::MigParser;

struct SignText {
  std::size_t type;
  std::string_view text;
};
constexpr SignText kSigns[] = {
    {MigParser::T_ASSIGN, "`=`"},
    {MigParser::T_COLON, "`:`"},
    {MigParser::T_ARROW, "`->`"},
    {MigParser::T_FAT_ARROW, "`=>`"},
    {MigParser::T_RPAREN, "`)`"},
    {MigParser::T_RBRACKET, "`]`"},
    {MigParser::T_RBRACE, "`}`"},
    {MigParser::T_LBRACE, "`{`"},
    {MigParser::T_COMMA, "`,`"},
    {MigParser::T_GT, "`>`"},
    {MigParser::T_STRING, "a text in double quotes"},
};

}  // namespace

bool ErrorSite::inside(std::size_t rule) const {
  for (antlr4::ParserRuleContext* at_rule = context; at_rule != nullptr;
       at_rule = dynamic_cast<antlr4::ParserRuleContext*>(at_rule->parent)) {
    if (at_rule->getRuleIndex() == rule) return true;
    if (at_rule->getStart() != nullptr && at_rule->getStart()->getTokenIndex() < item_begin) return false;
  }
  return false;
}

bool ErrorSite::after_expression() const {
  antlr4::tree::ParseTree* last = context;
  while (last != nullptr && !last->children.empty()) {
    last = last->children.back();
    if (dynamic_cast<MigParser::ExprContext*>(last) != nullptr) return after_operand();
  }
  return false;
}

std::string expected_text(const ErrorSite& site) {
  std::vector<std::string> parts;
  const bool value = site.expects(MigParser::T_INT) && site.expects(MigParser::T_LBRACKET);
  const bool name = site.expects(MigParser::T_IDENT);
  const bool operators = site.after_expression() && !value;
  if (value) {
    parts.emplace_back("a value");
  } else if (name) {
    parts.emplace_back("a name");
  }
  for (const SignText& sign : kSigns) {
    if (sign.type == MigParser::T_STRING && value) continue;
    if (site.expects(sign.type)) parts.emplace_back(sign.text);
  }
  if (!name && !value) {
    for (const WordEntry& word : word_table()) {
      const bool is_operator = word.type == MigParser::K_AND || word.type == MigParser::K_OR || word.type == MigParser::K_IN ||
                               word.type == MigParser::K_NOT || word.type == MigParser::K_MATCHES || word.type == MigParser::K_CATCH;
      if (site.expects(word.type) && !(operators && is_operator)) parts.push_back(fmt::format("`{}`", word.text));
    }
  }
  if (operators) parts.emplace_back("an operator");
  if (parts.empty()) return "nothing more";
  if (parts.size() > 4) {
    parts.resize(3);
    parts.emplace_back("something else of that sort");
  }
  std::string joined = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) joined += (i + 1 == parts.size() ? " or " : ", ") + parts[i];
  return joined;
}

}  // namespace mig::syntax
