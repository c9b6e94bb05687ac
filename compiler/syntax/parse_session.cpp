#include "compiler/syntax/parse_session.h"

namespace mig::syntax {
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
    : source_(parser_tokens(list)), stream_(&source_), parser_(&stream_) {
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

}  // namespace mig::syntax
