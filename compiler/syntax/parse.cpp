#include "compiler/syntax/parse.h"

#include <new>

#include "compiler/syntax/byte_scan.h"
#include "compiler/syntax/parse_session.h"
#include "compiler/syntax/tree_builder.h"
#include "compiler/syntax/unicode.h"

namespace mig::syntax {
namespace {

// Counts what an SLL-clean grammar never reports.
class ConflictListener : public antlr4::BaseErrorListener {
 public:
  explicit ConflictListener(std::vector<std::string>& conflicts) : conflicts_(conflicts) {}

  void reportAmbiguity(antlr4::Parser* parser, const antlr4::dfa::DFA& dfa, std::size_t start, std::size_t stop, bool,
                       const antlrcpp::BitSet&, antlr4::atn::ATNConfigSet*) override {
    add("ambiguity", parser, dfa, start, stop);
  }
  void reportAttemptingFullContext(antlr4::Parser* parser, const antlr4::dfa::DFA& dfa, std::size_t start, std::size_t stop,
                                   const antlrcpp::BitSet&, antlr4::atn::ATNConfigSet*) override {
    add("full context", parser, dfa, start, stop);
  }
  void reportContextSensitivity(antlr4::Parser* parser, const antlr4::dfa::DFA& dfa, std::size_t start, std::size_t stop, std::size_t,
                                antlr4::atn::ATNConfigSet*) override {
    add("context sensitivity", parser, dfa, start, stop);
  }

 private:
  void add(const char* what, antlr4::Parser* parser, const antlr4::dfa::DFA& dfa, std::size_t start, std::size_t stop) {
    const antlr4::Token* first = parser->getTokenStream()->get(start);
    conflicts_.push_back(std::string(what) + " in rule " + parser->getRuleNames()[dfa.atnStartState->ruleIndex] + ", line " +
                         std::to_string(first->getLine()) + ", over " + std::to_string(stop - start + 1) + " tokens");
  }
  std::vector<std::string>& conflicts_;
};

void internal_error(FileId file, std::string_view what, Reporter& reporter) {
  reporter.report(Diagnostic::make(Code::E0001, {file, 0, 0}, "the parser failed on this file: this is a bug in migc", std::string(what)));
}

ParseResult parse(const SourceMap& sources, FileId file, DiagnosticSink& sink, antlr4::ANTLRErrorListener* listener) {
  Reporter reporter(sink);
  const std::string_view text = sources.text(file);
  ParseResult result;
  result.module.file = file;
  result.module.has_errors = true;
  try {
    if (!scan_bytes(text, file, reporter)) return result;
    const std::uint32_t begin = text.starts_with(kByteOrderMark) ? 3 : 0;
    TokenList list = lex(text, file, begin, static_cast<std::uint32_t>(text.size()));
    ParseTree tree;
    const ParseNode* root = nullptr;
    const std::size_t rule = grammar::MigParser::RuleFile;
    if (listener == nullptr) {
      root = read_tree(list, rule, reporter, tree);
    } else {
      repair_tokens(list, reporter);
      root = ParseSession(list, reporter, listener).read(rule, tree);
    }
    result.module = TreeBuilder(text, file, reporter).build(root, std::move(list.comments));
  } catch (const std::exception& error) {
    internal_error(file, error.what(), reporter);
  } catch (const char* error) {  // the parser runtime throws these too
    internal_error(file, error, reporter);
  } catch (...) {
    internal_error(file, "unknown exception", reporter);
  }
  result.ok = reporter.errors() == 0;
  result.module.has_errors = !result.ok;
  return result;
}

}  // namespace

ParseResult parse_file(const SourceMap& sources, FileId file, DiagnosticSink& sink) { return parse(sources, file, sink, nullptr); }

std::vector<std::string> grammar_conflicts(const SourceMap& sources, FileId file) {
  std::vector<std::string> conflicts;
  ConflictListener listener(conflicts);
  DiagnosticSink ignored;
  parse(sources, file, ignored, &listener);
  return conflicts;
}

}  // namespace mig::syntax
