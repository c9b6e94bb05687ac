// Hostile and oversized input: answered with a finding or a tree, never with a crash. Times are printed, not asserted.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>

#include <fmt/format.h>

#include "compiler/syntax/parse.h"

namespace mig {
namespace {

struct Outcome {
  bool ok = false;
  std::vector<Diagnostic> findings;
  syntax::Module module;

  bool has(Code code) const {
    return std::any_of(findings.begin(), findings.end(), [&](const Diagnostic& d) { return d.code == code; });
  }
};

Outcome parse(const std::string& text) {
  SourceMap sources;
  const FileId file = sources.add("hostile.mig", text);
  DiagnosticSink sink;
  syntax::ParseResult result = syntax::parse_file(sources, file, sink);
  return {result.ok, sink.take(), std::move(result.module)};
}

std::string repeat(std::string_view text, std::size_t count) {
  std::string result;
  result.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

struct Shape {
  std::string name;
  std::function<std::string(std::size_t)> make;
  std::size_t valid_up_to = 0;  // accepted without a finding up to that size
};

std::vector<Shape> shapes() {
  const auto expression = [](std::string head, std::string_view part, std::string tail) {
    return [=](std::size_t n) { return "param x: int = " + head + repeat(part, n) + tail; };
  };
  return {
      {"open_parentheses", expression("", "(", ""), 0},
      {"nested_parentheses", [](std::size_t n) { return "param x: int = " + repeat("(", n) + "1" + repeat(")", n); }, 100},
      {"open_brackets", expression("", "[", ""), 0},
      {"open_records", expression("", "{a:", ""), 0},
      {"open_blocks", [](std::size_t n) { return "map a: b -> c " + repeat("{ when x ", n); }, 0},
      {"minus", expression("", "- ", "1"), 100},
      {"not", expression("", "not ", "a"), 100},
      {"coalesce", expression("", "a ?? ", "1"), 100},
      {"if", expression("", "if a then b else ", "1"), 100},
      {"lambda", expression("", "x -> ", "1"), 100},
      {"reject_with", expression("", "reject A with ", "1"), 100},
      {"warn_use", expression("", "warn A use ", "1"), 100},
      {"open_match", expression("", "match a { _ => ", ""), 0},
      {"else_when", [](std::size_t n) { return "map a: b -> c { when x { } " + repeat("else when y { } ", n) + "}"; }, 100},
      {"open_emit", [](std::size_t n) { return "map a: b -> c { " + repeat("emit t { ", n); }, 0},
      {"type_angles", [](std::size_t n) { return "param x: " + repeat("list<", n) + "int" + repeat(">", n); }, 100},
      {"type_maps", [](std::size_t n) { return "param x: " + repeat("map<string, ", n); }, 0},
      {"type_functions", [](std::size_t n) { return "fn f(a: " + repeat("(int) -> ", n) + "int) -> int"; }, 100},
      {"type_questions", [](std::size_t n) { return "param x: int" + repeat("? ", n); }, 0},
      {"field_chain", expression("a", ".b", ""), 100},
      {"call_chain", expression("f", "()", ""), 100},
      {"index_chain", expression("f", "[0]", ""), 100},
      {"sum", expression("1", " + 1", ""), 10'000},
      {"conjunction", expression("a", " and a", ""), 10'000},
      {"pipe", expression("a", " |> f", ""), 10'000},
      {"catch", expression("a", " catch b", ""), 100},
      {"comparison", expression("a", " < b", ""), 0},
      {"quotes", [](std::size_t n) { return repeat("\"", n); }, 0},
      {"words", [](std::size_t n) { return repeat("a ", n); }, 0},
      {"declaration_words", [](std::size_t n) { return repeat("map ", n); }, 0},
      {"closers", [](std::size_t n) { return repeat(")", n); }, 0},
      {"mixed_openers", [](std::size_t n) { return repeat("([{", n); }, 0},
      {"mixed_brackets", [](std::size_t n) { return repeat("(]", n); }, 0},
      {"attributes", [](std::size_t n) { return repeat("@a ", n); }, 0},
      {"attribute_calls", [](std::size_t n) { return repeat("@a(", n); }, 0},
      {"backslashes", [](std::size_t n) { return "\"" + repeat("\\", n); }, 0},
      {"block_comments", [](std::size_t n) { return repeat("/*", n); }, 0},
      {"digits", expression("", "1", ""), 10'000},
      {"long_name", [](std::size_t n) { return "param " + repeat("x", n) + ": int"; }, 100},
      {"interpolation_braces", [](std::size_t n) { return "param x: string = f\"" + repeat("{", n) + "\""; }, 10'000},
      {"interpolation_holes", [](std::size_t n) { return "param x: string = f\"" + repeat("{a}", n) + "\""; }, 10'000},
      {"statements", [](std::size_t n) { return "map a: b -> c {\n" + repeat("x = 1\n", n) + "}"; }, 10'000},
      {"broken_statements", [](std::size_t n) { return "map a: b -> c {\n" + repeat("x y\n", n) + "}"; }, 0},
      {"semicolons", [](std::size_t n) { return repeat(";", n); }, 0},
      {"rows_without_commas", [](std::size_t n) { return "table a: int -> int {\n" + repeat("1 => 2\n", n) + "}"; }, 0},
      {"alternatives", [](std::size_t n) { return "table a: int -> int { " + repeat("1 | ", n) + "2 => 3 }"; }, 10'000},
      {"extra_braces", [](std::size_t n) { return "map a: b -> c {\n" + repeat("}\n", n); }, 0},
      {"calls_never_closed", [](std::size_t n) { return "map a: b -> c {\n" + repeat("x = f(1\n", n) + "}"; }, 0},
      {"stray_signs", [](std::size_t n) { return repeat("$", n); }, 0},
      {"letters_beyond_ascii", [](std::size_t n) { return repeat("\u00e9 ", n); }, 0},
      {"triple_quotes", [](std::size_t n) { return repeat("\"\"\"", n); }, 0},
  };
}

TEST(SyntaxLimits, HostileShapesAreAnswered) {
  double worst = 0;
  std::string worst_name;
  for (const Shape& shape : shapes()) {
    for (const std::size_t size : {100u, 1'000u, 10'000u, 100'000u, 1'000'000u}) {
      const std::string text = shape.make(size);
      const auto begin = std::chrono::steady_clock::now();
      const Outcome outcome = parse(text);
      const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
      if (ms > worst) {
        worst = ms;
        worst_name = fmt::format("{} x {}", shape.name, size);
      }
      if (ms > 200) fmt::print("{} x {}: {:.0f} ms\n", shape.name, size, ms);
      EXPECT_LE(outcome.findings.size(), syntax::kMaxSyntaxErrors + 1) << shape.name << " x " << size;
      for (const Diagnostic& finding : outcome.findings) {
        EXPECT_EQ(finding.message.find("bug in migc"), std::string::npos) << shape.name << " x " << size << ": " << finding.primary.text;
      }
      if (size <= shape.valid_up_to) {
        EXPECT_TRUE(outcome.ok) << shape.name << " x " << size << ": " << (outcome.findings.empty() ? "" : outcome.findings[0].message);
      } else {
        EXPECT_EQ(outcome.ok, outcome.findings.empty()) << shape.name << " x " << size;
      }
    }
  }
  fmt::print("slowest: {}, {:.0f} ms\n", worst_name, worst);
}

TEST(SyntaxLimits, SizesAndDepthsHaveTheirCodes) {
  EXPECT_TRUE(parse(repeat(" ", syntax::kMaxFileBytes + 1)).has(Code::E0016));
  EXPECT_TRUE(parse(repeat("a ", syntax::kMaxTokens + 1)).has(Code::E0016));
  EXPECT_TRUE(parse("param " + repeat("x", syntax::kMaxIdentifierBytes + 1) + ": int").has(Code::E0016));
  EXPECT_TRUE(parse("param x: string = \"" + repeat("x", syntax::kMaxLiteralBytes) + "\"").has(Code::E0016));
  EXPECT_TRUE(parse("param x: int = " + repeat("(", 257) + "1" + repeat(")", 257)).has(Code::E0017));
  EXPECT_TRUE(parse("param x: int = " + repeat("(", 256) + "1" + repeat(")", 256)).ok);
  EXPECT_TRUE(parse("param x: int = a" + repeat(".b", 300)).has(Code::E0017));
  EXPECT_TRUE(parse("param x: int = a" + repeat(" < b and a", 300) + " == c").ok);
}

TEST(SyntaxLimits, EncodingIsChecked) {
  EXPECT_TRUE(parse("param x: string = \"\xFF\"").has(Code::E0013));
  EXPECT_TRUE(parse("param x: string = \"\xC0\xAF\"").has(Code::E0013));      // overlong
  EXPECT_TRUE(parse("param x: string = \"\xED\xA0\x80\"").has(Code::E0013));  // surrogate
  EXPECT_TRUE(parse("param x: string = \"a\x01\"").has(Code::E0013));
  EXPECT_TRUE(parse(std::string("param x: int = 1\0", 17)).has(Code::E0013));
  EXPECT_TRUE(parse("param x: string = \"\u202E\"").has(Code::E0012));
  EXPECT_TRUE(parse("// \u2066 comment\n").has(Code::E0012));
  EXPECT_TRUE(parse("param x: string = \"\xC3\xBC\u4E2D\U0001F600\" // \u4E2D\n").ok);

  const Outcome marked = parse("\xEF\xBB\xBFparam x: int = 1");
  EXPECT_TRUE(marked.has(Code::E0013));
  EXPECT_EQ(marked.module.decls.size(), 1u);  // it is read all the same
  EXPECT_TRUE(parse("").ok);
  EXPECT_TRUE(parse("// nothing").ok);
}

TEST(SyntaxLimits, AtMostTwentyErrorsAFile) {
  const Outcome outcome = parse("map a: b -> c {\n" + repeat("  x y\n", 50) + "}\n");
  EXPECT_EQ(outcome.findings.size(), syntax::kMaxSyntaxErrors);
}

}  // namespace
}  // namespace mig
