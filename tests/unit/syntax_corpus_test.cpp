// Every spec in the repository: parses, and keeps the grammar free of decisions that need more than local context.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "compiler/syntax/parse.h"
#include "tests/unit/spec_corpus.h"

namespace mig {
namespace {

namespace fs = std::filesystem;

TEST(SyntaxCorpus, GrammarIsFreeOfConflicts) {
  std::size_t checked = 0;
  for (const char* folder : {"specs", "tests"}) {
    for (const fs::path& path : specs_under(folder)) {
      SourceMap sources;
      const FileId file = sources.add(path.filename().string(), read_text(path));
      for (const std::string& conflict : syntax::grammar_conflicts(sources, file)) ADD_FAILURE() << path << ": " << conflict;
      ++checked;
    }
  }
  EXPECT_GT(checked, 4u);
}

TEST(SyntaxCorpus, SpecsParse) {
  for (const fs::path& path : specs_under("specs")) {
    SourceMap sources;
    const FileId file = sources.add(path.filename().string(), read_text(path));
    DiagnosticSink sink;
    const syntax::ParseResult result = syntax::parse_file(sources, file, sink);
    EXPECT_TRUE(result.ok) << path << ": " << (sink.all().empty() ? "" : sink.all()[0].message);
    EXPECT_FALSE(result.module.decls.empty()) << path;
  }
}

TEST(SyntaxCorpus, WholeLanguageParsesIntoEveryNode) {
  SourceMap sources;
  const FileId file = sources.add("whole_language.mig", read_text(fs::path(MIGC_SOURCE_DIR) / "tests/golden/syntax/whole_language.mig"));
  DiagnosticSink sink;
  const syntax::ParseResult result = syntax::parse_file(sources, file, sink);
  for (const Diagnostic& finding : sink.all()) ADD_FAILURE() << sources.position(finding.primary.span).line << ": " << finding.message;

  std::set<std::size_t> exprs, patterns, types, stmts, decls;
  for (const syntax::Expr& node : result.module.exprs) exprs.insert(node.node.index());
  for (const syntax::Pattern& node : result.module.patterns) patterns.insert(node.node.index());
  for (const syntax::TypeExpr& node : result.module.types) types.insert(node.node.index());
  for (const syntax::Stmt& node : result.module.stmts) stmts.insert(node.node.index());
  for (const syntax::Decl& node : result.module.decls) decls.insert(node.node.index());
  // Every kind but the first of each list, which stands for what could not be read.
  EXPECT_EQ(exprs.size(), std::variant_size_v<syntax::ExprNode> - 1);
  EXPECT_EQ(patterns.size(), std::variant_size_v<syntax::PatternNode> - 1);
  EXPECT_EQ(types.size(), std::variant_size_v<syntax::TypeNode> - 1);
  EXPECT_EQ(stmts.size(), std::variant_size_v<syntax::StmtNode> - 1);
  EXPECT_EQ(decls.size(), std::variant_size_v<syntax::DeclNode> - 1);
}

TEST(SyntaxCorpus, SpansLieInsideTheFileAndNest) {
  for (const fs::path& path : specs_under("specs")) {
    SourceMap sources;
    const FileId file = sources.add(path.filename().string(), read_text(path));
    DiagnosticSink sink;
    const syntax::Module module = syntax::parse_file(sources, file, sink).module;
    const Span whole = sources.whole(file);
    for (const syntax::Expr& node : module.exprs) {
      EXPECT_LE(node.span.begin, node.span.end);
      EXPECT_LE(node.span.end, whole.end);
      EXPECT_FALSE(node.span.empty()) << path;
    }
    std::uint32_t end = 0;
    for (const syntax::Decl& node : module.decls) {
      EXPECT_GE(node.span.begin, end);
      end = node.span.end;
    }
  }
}

// Words: grammar/tokens.def, the lexer and the rules `softWord` and `hardWord` agree.
TEST(SyntaxWords, TokenTableMatchesTheGrammar) {
  struct Word {
    std::string token, text, role;
  };
  const std::vector<Word> words = {
#define MIG_WORD(token, text, role) {#token, text, #role},
#include "grammar/tokens.def"
#undef MIG_WORD
  };
  const std::string lexer = read_text(fs::path(MIGC_SOURCE_DIR) / "grammar/MigLexer.g4");
  const std::string parser = read_text(fs::path(MIGC_SOURCE_DIR) / "grammar/MigParser.g4");
  const std::string hard = parser.substr(parser.find("\nhardWord\n"), parser.find("\nsoftWord\n") - parser.find("\nhardWord\n"));
  const std::string soft = parser.substr(parser.find("\nsoftWord\n"));
  const auto has_token = [](const std::string& rule, const std::string& token) {
    for (std::size_t at = rule.find(token); at != std::string::npos; at = rule.find(token, at + 1)) {
      const char next = at + token.size() < rule.size() ? rule[at + token.size()] : ' ';
      if (next == ' ' || next == ';' || next == '\n') return true;
    }
    return false;
  };
  std::size_t hard_count = 0;
  for (const Word& word : words) {
    EXPECT_NE(lexer.find("\n" + word.token + ": '" + word.text + "';"), std::string::npos) << word.token;
    EXPECT_EQ(has_token(hard, word.token), word.role == "hard") << word.token;
    EXPECT_EQ(has_token(soft, word.token), word.role != "hard") << word.token;
    hard_count += word.role == "hard" ? 1 : 0;
  }
  std::size_t lexer_words = 0;
  for (std::size_t at = lexer.find("\nK_"); at != std::string::npos; at = lexer.find("\nK_", at + 1)) ++lexer_words;
  EXPECT_EQ(lexer_words, words.size());
  EXPECT_EQ(hard_count, 21u);
  EXPECT_EQ(words.size() - hard_count, 66u);
}

}  // namespace
}  // namespace mig
