// Formatting changes blanks and line breaks and nothing else, and does it once: over every spec of the repository.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "compiler/format/format.h"
#include "compiler/syntax/lexemes.h"
#include "compiler/syntax/parse.h"

namespace mig {
namespace {

std::vector<std::filesystem::path> all_specs() {
  std::vector<std::filesystem::path> specs;
  for (const char* top : {"specs", "stdlib", "tests"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(MIGC_SOURCE_DIR) / top)) {
      if (entry.path().extension() == ".mig") specs.push_back(entry.path());
    }
  }
  std::sort(specs.begin(), specs.end());
  return specs;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

struct Parsed {
  explicit Parsed(const std::string& text) : file(sources.add("a.mig", text)), result(syntax::parse_file(sources, file, findings)) {}
  SourceMap sources;
  FileId file;
  DiagnosticSink findings;
  syntax::ParseResult result;
};

/// A node's text without blanks and comments: blanks inside strings are kept, so this asks the lexer.
std::string squeezed(const Parsed& parsed, const std::vector<syntax::Lexeme>& lexemes, Span span) {
  std::string text;
  for (const syntax::Lexeme& lexeme : lexemes) {
    if (syntax::is_comment(lexeme.kind) || lexeme.span.end <= span.begin || lexeme.span.begin >= span.end) continue;
    // A hole of an f-string stands inside one token.
    text += parsed.sources.text({span.file, std::max(lexeme.span.begin, span.begin), std::min(lexeme.span.end, span.end)});
    text += '\x1F';
  }
  return text;
}

/// Every node of the tree in its order: kind and text. Two trees that agree in this are equal but for places.
std::vector<std::string> outline(const Parsed& parsed) {
  std::vector<std::string> nodes;
  const auto lexemes = syntax::lexemes(parsed.sources, parsed.file);
  const auto add = [&](char sort, size_t kind, Span span) {
    nodes.push_back(sort + std::to_string(kind) + ":" + squeezed(parsed, lexemes, span));
  };
  const syntax::Module& tree = parsed.result.module;
  for (const auto& node : tree.exprs) add('e', node.node.index(), node.span);
  for (const auto& node : tree.patterns) add('p', node.node.index(), node.span);
  for (const auto& node : tree.types) add('t', node.node.index(), node.span);
  for (const auto& node : tree.stmts) add('s', node.node.index(), node.span);
  for (const auto& decl : tree.decls) {
    add('d', decl.node.index(), decl.span);
    nodes.push_back("doc:" + decl.doc);
    if (const auto* schema = decl.get_if<syntax::SchemaDecl>()) {
      for (const auto& field : schema->fields) nodes.push_back("doc:" + field.doc);
    }
    if (const auto* table = decl.get_if<syntax::TableDecl>()) {
      for (const auto& row : table->rows) nodes.push_back("doc:" + row.doc);
    }
  }
  return nodes;
}

/// Each comment, and how many tokens stand before it.
std::vector<std::string> comments(const Parsed& parsed) {
  std::vector<std::string> all;
  size_t tokens = 0;
  for (const syntax::Lexeme& lexeme : syntax::lexemes(parsed.sources, parsed.file)) {
    if (!syntax::is_comment(lexeme.kind)) {
      ++tokens;
      continue;
    }
    std::string text(parsed.sources.text(lexeme.span));
    text.erase(text.find_last_not_of(" \t\r") + 1);
    all.push_back(std::to_string(tokens) + " " + text);
  }
  return all;
}

std::optional<std::string> formatted(const std::string& text) {
  SourceMap sources;
  DiagnosticSink findings;
  return format::format(sources, sources.add("a.mig", text), findings);
}

size_t longest_line(const std::string& text) {
  size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

void expect_good_layout(const std::string& text, const std::string& name) {
  const Parsed before(text);
  ASSERT_TRUE(before.result.ok) << name;
  const auto once = formatted(text);
  ASSERT_TRUE(once.has_value()) << name;
  const Parsed after(*once);
  ASSERT_TRUE(after.result.ok) << name << "\n" << *once;
  EXPECT_EQ(outline(before), outline(after)) << name;
  EXPECT_EQ(comments(before), comments(after)) << name;
  EXPECT_EQ(formatted(*once), once) << name;
  EXPECT_EQ(once->find(" \n"), std::string::npos) << name;
  EXPECT_EQ(once->find("\n\n\n"), std::string::npos) << name;
}

TEST(Format, EverySpecOfTheRepository) {
  size_t good = 0, broken = 0;
  for (const auto& path : all_specs()) {
    const std::string text = read(path);
    if (!Parsed(text).result.ok) {
      EXPECT_EQ(formatted(text), std::nullopt) << path;
      ++broken;
      continue;
    }
    ++good;
    if (text.find("\n\n\n") == std::string::npos && text.find(" \n") == std::string::npos) expect_good_layout(text, path.string());
  }
  EXPECT_GT(good, 50u);
  EXPECT_GT(broken, 0u);
}

// What is shipped to be read is laid out as `migc fmt` lays it out.
TEST(Format, ShippedProgramsAreInTheLayout) {
  size_t seen = 0;
  for (const auto& path : all_specs()) {
    if (path.string().find("/specs/programs/") == std::string::npos) continue;
    const std::string text = read(path);
    const auto laid_out = formatted(text);
    ASSERT_TRUE(laid_out.has_value()) << path;
    EXPECT_TRUE(*laid_out == text) << path << " is not formatted: migc fmt " << path.filename();
    ++seen;
  }
  EXPECT_GE(seen, 14u);
}

// The same tokens with line breaks taken away and added at random: whatever the author wrote, one pass settles it.
TEST(Format, ScrambledLineBreaks) {
  std::mt19937 random(20260817);
  for (const auto& path : all_specs()) {
    const std::string text = read(path);
    const Parsed parsed(text);
    if (!parsed.result.ok || text.size() > 40000) continue;
    std::string scrambled;
    bool forced = false;
    for (const syntax::Lexeme& lexeme : syntax::lexemes(parsed.sources, parsed.file)) {
      const auto draw = random() % 10;
      scrambled += forced || draw < 2 ? "\n" : draw == 2 ? "\n\n   " : draw == 3 ? "\n\t\n\n" : " ";
      scrambled += parsed.sources.text(lexeme.span);
      forced = lexeme.kind == syntax::LexemeKind::line_comment || lexeme.kind == syntax::LexemeKind::doc_comment;
    }
    const Parsed other(scrambled);
    if (!other.result.ok) continue;  // documentation in another place may be misplaced
    const auto once = formatted(scrambled);
    ASSERT_TRUE(once.has_value()) << path << "\n" << scrambled;
    const Parsed after(*once);
    ASSERT_TRUE(after.result.ok) << path << ": " << after.findings.all()[0].message << " at line "
                                 << after.sources.position(after.findings.all()[0].primary.span).line << "\n"
                                 << *once;
    EXPECT_EQ(formatted(*once), once) << path;
    const auto one = outline(other), two = outline(after);
    const auto differs = std::mismatch(one.begin(), one.end(), two.begin(), two.end());
    EXPECT_TRUE(differs.first == one.end() && differs.second == two.end())
        << path << ": " << (differs.first == one.end() ? "" : *differs.first) << " became "
        << (differs.second == two.end() ? "" : *differs.second);
    EXPECT_EQ(comments(other), comments(after)) << path;
  }
}

TEST(Format, LayoutOfTheMainShapes) {
  const std::string text =
      "migration \"m\" version \"1.0.0\" { edition = 2026\nowner=\"me\" } \n\n\n"
      "map   a:b as m->c as out{ let x=m.`Order ID`|>trim // why\nlet longer = -x-1\n"
      "id=if (x<3)then {k:1,}.k else f(x , [1,2] )[0]\n\n/* whole */\nwhen x==1{ y=1 }else when x == 2 {\ny=2 } else { y = match x "
      "{null=>1,\n..6=>2, 7 .. 9 => 3} }\ncopy m.{ a,b }\n}\n"
      "fn g < T > (a:list < T >?,b:int( 0 .. )) -> string ! raises A1 = reject A1\n";
  const std::string expected =
      "migration \"m\" version \"1.0.0\" {\n  edition = 2026\n  owner   = \"me\"\n}\n\n"
      "map a: b as m -> c as out {\n  let x      = m.`Order ID` |> trim  // why\n  let longer = -x - 1\n"
      "  id         = if (x < 3) then { k: 1, }.k else f(x, [1, 2])[0]\n\n  /* whole */\n  when x == 1 { y = 1 } else when x == 2 {\n    y "
      "= 2\n  } else {\n"
      "    y = match x {\n      null => 1,\n      ..6  => 2,\n      7..9 => 3\n    }\n  }\n  copy m.{a, b}\n}\n"
      "fn g<T>(a: list<T>?, b: int(0..)) -> string! raises A1 = reject A1\n";
  EXPECT_EQ(formatted(text), expected);
}

TEST(Format, AListThatEndsACallIsIndentedFromItsLine) {
  const std::string text = "fn f(s: string) -> timestamp! =\n  parse_timestamp(trim(s), zone: \"UTC\", formats: [\n\"%Y\",\n\"%m\",\n])\n";
  const std::string expected =
      "fn f(s: string) -> timestamp! =\n  parse_timestamp(trim(s), zone: \"UTC\", formats: [\n    \"%Y\",\n    \"%m\",\n  ])\n";
  EXPECT_EQ(formatted(text), expected);
  EXPECT_EQ(formatted(expected), expected);
}

TEST(Format, LinesAreBrokenWhereTheyCan) {
  std::string text = "map a: b -> c {\n  x = m.f";
  for (int i = 0; i < 30; ++i) text += " |> step_number(" + std::to_string(i) + ")";
  text += "\n}\n";
  const auto once = formatted(text);
  ASSERT_TRUE(once.has_value());
  EXPECT_LE(longest_line(*once), format::kLineWidth);
}

TEST(Format, SyntaxErrorsAreReported) {
  SourceMap sources;
  DiagnosticSink findings;
  EXPECT_EQ(format::format(sources, sources.add("a.mig", "map a: b -> c { x = = 1 }\n"), findings), std::nullopt);
  EXPECT_TRUE(findings.has_errors());
}

TEST(Format, EmptyAndCommentsOnly) {
  EXPECT_EQ(formatted(""), "");
  EXPECT_EQ(formatted("\n\n"), "");
  EXPECT_EQ(formatted("\n\n  // a  \n\n\n /// b\n\t/* c\n    d */"), "// a\n\n/// b\n/* c\n    d */\n");
}

}  // namespace
}  // namespace mig
