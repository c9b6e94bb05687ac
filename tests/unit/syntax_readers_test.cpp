// The hand-written lexer and parser read what the generated ones read, into the same tokens and the same tree. Oracle: the grammar.
#include <gtest/gtest.h>

#include <random>

#include "compiler/syntax/lexemes.h"
#include "compiler/syntax/parse.h"
#include "tests/unit/spec_corpus.h"

namespace mig {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> corpus() {
  std::vector<std::string> texts;
  for (const char* folder : {"specs", "tests"}) {
    for (const std::filesystem::path& path : specs_under(folder)) {
      if (std::filesystem::file_size(path) < 60'000) texts.push_back(read_text(path));
    }
  }
  return texts;
}

syntax::ReadingComparison compare(const std::string& text) {
  SourceMap sources;
  return syntax::compare_readings(sources, sources.add("text.mig", text));
}

// A text without errors is read by hand alone: that is what makes a start fast.
void expect_read(const std::string& text) {
  const syntax::ReadingComparison both = compare(text);
  EXPECT_EQ(both.difference, "") << text;
  EXPECT_TRUE(both.lexed) << text;
  EXPECT_EQ(both.parsed, both.valid) << text;
}

TEST(SyntaxReaders, AgreeOnEverySpecOfTheRepository) {
  std::size_t valid = 0;
  for (const std::string& text : corpus()) {
    const syntax::ReadingComparison both = compare(text);
    EXPECT_EQ(both.difference, "") << text;
    if (!both.valid || both.repaired) continue;
    ++valid;
    EXPECT_TRUE(both.lexed && both.parsed) << text;
  }
  EXPECT_GT(valid, 100u);
}

// Where one word could be a name, the key of a setting or the target of an assignment.
TEST(SyntaxReaders, AgreeWhereAWordCanBeTwoThings) {
  const std::vector<std::string> statements = {
      "x = a and = b or.y = c",
      "x = a ?? reject X1 with = 1 with.y = 2",
      "x = a ?? reject X1.Y1 with f\"{a}\" y = 1",
      "x = reject A.B.C",
      "require a else reject X1 with = 1",
      "require a else reject X1 with b with = 1",
      "reject X1 with reject X2 with c when d",
      "when a { } else = 1",
      "when a { } else when b { } else { y = 1 } else.z = 1",
      "ignore a because = 1",
      "ignore a, b.c because \"d\" because = 1",
      "let = 1 let.a = 2 let a: int? = 3 return.b = 4 copy.c = 5 copy a.b.{ c, not, } emit = 1 when = 2 skip = 3",
      "x = a not in [b] not = 1",
      "x = a in = 1",
      "x = (a, b) -> a + b y = (a) z = (a) -> a u = () -> 1 v = ((a, b) -> a)(1, 2)",
      "x = if a then b else c + d catch e y = not a in b == c",
      "x = - a * b - - c.d[1](2, not: 3,) ?? e ?? f |> g |?> h(i)",
      "x = warn X1 with a use b catch warn X.Y use c",
      "x = match a { 1 .. => b, .. -1 => c, \"d\" | e.not(f) if g => h, _ => { \"i\": 1, in: 2, } }",
      "@in(not: 1) @x let a = [1, 2,] emit b for c in d { e = f }",
  };
  for (const std::string& each : statements) expect_read("map m: a as b -> c as d { " + each + " }\nfn f() -> int { " + each + " }");
  const std::vector<std::string> declarations = {
      "param p: (int, list<string?>?) -> map<string, decimal(9, 2)>! = 1",
      "type t = { a: int, b?: string(1..) @c(d) not: x.y(..3, 4..5), } where a",
      "open enum e { in = \"a\" @b, c = -1, d = r\"e\", } enum f { }",
      "schema s { a?: int @key, in: string } schema t from u(\"v\", w: 1) { x: int } schema y from z",
      "source s: t from csv(a) { header = true, in = 1 not = 2 } target t: u into v lookup l: a -> b from c { d = e }",
      "table t: string -> e via a.b, lower { \"a\" | \"b\" => c, 1..2 => d, else => f, } table u: a -> b { }",
      "fn f<a, b>(c: a, d: b... = 1,) -> a! raises X1, X2.Y = c fn g() -> int",
      "issue X1 \"a\" fix r\"b\" { c = d } item i \"a\" { }",
      "privacy { class a.b \"c\" class d mask e.*, f in g, h with i allow j.k to l because \"m\" allow n to o }",
      "dedupe d by a, lower(b) { prefer c desc prefer e merge f.g = h warn X1.Y prefer i asc }",
      "profile p { let a: int = 1 expect b tolerance 1% else fail X1 expect c } reconcile r { expect a == b else warn X2 }",
      "sync s: a -> map b { on insert, in do fail on delete do skip X1 on c do fail X2 do = 1 on = 2 on d do fail e = 1 on f do g { h = 1 "
      "} }",
      "stage s after a, b { @x run c { d = e } run = 1 profile p reconcile r sync s compare a with b route \"x\" to y gate g { require a "
      "for 1h "
      "else fail X1 approve \"b\" within 2h } on failure rollback(c) on a b notify \"d\" manual \"e\" in = 2 }",
      "rollback r within 24h { undo a, b { } notify \"c\" }",
      "test \"t\" for a, b { assume x.y = 1 given z = { a: 1 } given b, c expect issue X1 expect not issue X.Y expect issue == 1 "
      "expect not issue expect d tolerance 0.1 }",
      "environment e { secret a = b secret = 1 source s { } target = 2 target t { in = 1 } lookup l { } }",
      "migration \"m\" version \"1\" { owner = \"a\" } import \"b.mig\" as c import \"d.mig\"",
  };
  for (const std::string& each : declarations) expect_read(each);
}

TEST(SyntaxReaders, AgreeOnTokens) {
  const std::vector<std::string> values = {
      "1_000 1_ 1__0 1.5 1.5e3 1e+5 1e5x 1.e 1..2 1...2 5% 1.5% 3ms 3mo 3m 1_0h 7d_ 1e 1E-3 1e-x 08 0x1",
      "@2025-10-25 @2025-10-25T08:30 @2025-10-25T08:30:01.5Z @2025-10-25T08:30+02:00 @08:30 @08:30:00.123 @2025-1-1 @8:30 @2025-10-25T @1",
      "\"\" \"a\\\"b\" r\"\\d\" f\"{a}\" r\"a\\\" r x\"a\" \"\"\"a\"\"\" \"\"\"a\\\"\"\"b\"\"\"\"\" \"\"\"\"\"\"",
      "`a b` `` a_1 _ `x",
      "|> |?> | |? ?? ?. ? == = => != ! <= < >= > + - -> * / ... .. . ( ) [ ] { } , : @",
      "&& || := <> === !== ; % += -= *= /= 'a' $ # ~ ^ \\ ??. ?.. ..... =>= ->> <=>",
      "a//b\n///c\n////d\n/*e*/ /**/ f /* g \n * h */ i",
      "\xC3\xA4 a\xC3\xA4 \"\xC3\xA4\xE2\x82\xAC\" b // \xC3\xA4\n c \"\xF0\x9F\x98\x80\" d 1\xC3\xA4 @08:30\xC3\xA4 5%\xC3\xA4",
      "a\r\nb\r c\t\"d\"\r\n",
  };
  for (const std::string& each : values) {
    for (std::size_t begin = 0; begin < each.size(); ++begin) {  // so that every token comes alone, first and last
      EXPECT_EQ(compare(each.substr(begin)).difference, "") << each.substr(begin);
      EXPECT_EQ(compare(each.substr(0, begin)).difference, "") << each.substr(0, begin);
    }
  }
}

// Tokens of real specs left out, doubled, exchanged and put elsewhere: what both read is the same, and what the grammar accepts is read by
// hand.
TEST(SyntaxReaders, AgreeOnSpecsWithMistakes) {
  std::mt19937 random(20);
  std::vector<std::string> texts = corpus();
  std::erase_if(texts, [](const std::string& text) { return text.size() > 6'000 || text.size() < 200; });
  std::size_t accepted = 0, refused = 0;
  for (int round = 0; round < 1'500; ++round) {
    const std::string& text = texts[random() % texts.size()];
    SourceMap sources;
    const FileId file = sources.add("text.mig", text);
    const std::vector<syntax::Lexeme> lexemes = syntax::lexemes(sources, file);
    if (lexemes.size() < 10) continue;
    std::vector<std::string> words;
    for (const syntax::Lexeme& lexeme : lexemes)
      words.push_back(text.substr(lexeme.span.begin, lexeme.span.end - lexeme.span.begin) + (is_comment(lexeme.kind) ? "\n" : ""));
    for (std::size_t changes = 1 + random() % 2; changes > 0; --changes) {
      const std::size_t at = random() % (words.size() - 1), other = random() % words.size();
      switch (random() % 4) {
        case 0: words.erase(words.begin() + static_cast<std::ptrdiff_t>(at)); break;
        case 1: words.insert(words.begin() + static_cast<std::ptrdiff_t>(at), words[other]); break;
        case 2: std::swap(words[at], words[at + 1]); break;
        default: words[at] = words[other]; break;
      }
    }
    std::string changed;
    for (const std::string& word : words) changed += word + (random() % 8 == 0 ? "\n" : " ");
    const syntax::ReadingComparison both = compare(changed);
    ASSERT_EQ(both.difference, "") << changed;
    ASSERT_EQ(both.parsed, both.valid) << changed;
    (both.valid ? accepted : refused) += 1;
  }
  RecordProperty("accepted", static_cast<int>(accepted));
  EXPECT_GT(accepted, 50u);
  EXPECT_GT(refused, 50u);
}

}  // namespace
}  // namespace mig
