// Text to syntax tree: the only door to the grammar.
#pragma once

#include "compiler/base/diagnostic.h"
#include "compiler/syntax/ast.h"

namespace mig::syntax {

// What migc accepts at most; beyond it a file is refused before it is parsed (E0016, E0017).
inline constexpr std::size_t kMaxFileBytes = 1u << 20;
inline constexpr std::size_t kMaxTokens = 200'000;
inline constexpr std::size_t kMaxNesting = 256;  // brackets and prefix forms that are open at the same place
inline constexpr std::size_t kMaxIdentifierBytes = 255;
inline constexpr std::size_t kMaxLiteralBytes = 64u << 10;
inline constexpr std::size_t kMaxSyntaxErrors = 20;  // reported per file

struct ParseResult {
  Module module;
  bool ok = false;  // no syntax error was found; warnings do not count
};

// Parses one file of `sources`. Never throws. Errors go to `sink`; the module then holds what could be read.
ParseResult parse_file(const SourceMap& sources, FileId file, DiagnosticSink& sink);

// For tests of the grammar: parses with exact LL prediction on a cleared cache and tells every decision that needs more
// than local context, in words. Empty for every file that keeps the grammar's rules. Not to be run beside another
// parse.
std::vector<std::string> grammar_conflicts(const SourceMap& sources, FileId file);

// For tests of the grammar: a file read by the hand-written lexer and parser and by the generated ones, which decide what is right.
struct ReadingComparison {
  bool lexed = false;      // by hand; else only the generated lexer could
  bool repaired = false;   // the tokens had errors, which the parsers do not see
  bool parsed = false;     // by hand
  bool valid = false;      // to the generated parser
  std::string difference;  // in words; "" when both agree in everything they both read
};
ReadingComparison compare_readings(const SourceMap& sources, FileId file);

}  // namespace mig::syntax
