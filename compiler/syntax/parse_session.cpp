#include "compiler/syntax/parse_session.h"

#include <algorithm>

namespace mig::syntax {

using grammar::MigParser;

namespace {

// The parser's own tokens: start and stop index are byte offsets.
std::vector<std::unique_ptr<antlr4::Token>> parser_tokens(const TokenList& list) {
  std::vector<std::unique_ptr<antlr4::Token>> tokens;
  tokens.reserve(list.tokens.size());
  for (const Token& token : list.tokens) {
    auto made = std::make_unique<antlr4::CommonToken>(token.type);
    made->setStartIndex(token.begin);
    made->setStopIndex(static_cast<std::size_t>(token.end) - 1);  // wraps for an empty file; span() adds the 1 again
    made->setLine(token.line);
    made->setCharPositionInLine(token.column);
    tokens.push_back(std::move(made));
  }
  return tokens;
}

}  // namespace

ParseSession::ParseSession(const TokenList& list, Reporter& reporter, antlr4::ANTLRErrorListener* listener)
    : list_(list), source_(parser_tokens(list)), stream_(&source_), parser_(&stream_) {
  parser_.removeErrorListeners();
  parser_.setErrorHandler(std::make_shared<ErrorStrategy>(list, reporter));
  auto* interpreter = parser_.getInterpreter<antlr4::atn::ParserATNSimulator>();
  if (listener == nullptr) {
    interpreter->setPredictionMode(antlr4::atn::PredictionMode::SLL);
  } else {
    interpreter->setPredictionMode(antlr4::atn::PredictionMode::LL_EXACT_AMBIG_DETECTION);
    interpreter->clearDFA();
    parser_.addErrorListener(listener);
  }
}

const ParseNode* ParseSession::read(std::size_t rule, ParseTree& tree) {
  if (rule == MigParser::RuleFile) return taken_over(parser_.file(), tree);
  return taken_over(parser_.hole(), tree);
}

const Token* ParseSession::of(const antlr4::Token* token) const {
  return token == nullptr ? nullptr : &list_.tokens[std::min(token->getTokenIndex(), list_.tokens.size() - 1)];
}

// A chain of operators is a tree as deep as it is long, to the left: it is walked in a loop.
const ParseNode* ParseSession::taken_over(antlr4::ParserRuleContext* root, ParseTree& tree) const {
  if (root == nullptr) return nullptr;
  std::vector<antlr4::ParserRuleContext*> spine;
  for (auto* at = root; at != nullptr;) {
    spine.push_back(at);
    const bool chain = at->getRuleIndex() == MigParser::RuleExpr && !at->children.empty();
    at = chain ? dynamic_cast<MigParser::ExprContext*>(at->children.front()) : nullptr;
  }
  const ParseNode* node = nullptr;
  for (; !spine.empty(); spine.pop_back()) node = taken_over(spine.back(), node, tree);
  return node;
}

// `left` is the node of the first child where that is an expression of an expression.
ParseNode* ParseSession::taken_over(antlr4::ParserRuleContext* context, const ParseNode* left, ParseTree& tree) const {
  std::vector<ParseChild> children;
  if (left != nullptr) children.emplace_back(left);
  for (std::size_t i = children.size(); i < context->children.size() && !is_leaf(context->getRuleIndex()); ++i) {
    if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(context->children[i])) {
      children.emplace_back(of(terminal->getSymbol()));
    } else {
      children.emplace_back(taken_over(dynamic_cast<antlr4::ParserRuleContext*>(context->children[i]), tree));
    }
  }
  ParseNode* node = tree.add(context->getRuleIndex(), children);
  node->start = of(context->start);
  node->stop = of(context->stop);
  node->failed = context->exception != nullptr;
  if (auto* expr = dynamic_cast<MigParser::ExprContext*>(context)) node->op = of(expr->op);
  return node;
}

}  // namespace mig::syntax
