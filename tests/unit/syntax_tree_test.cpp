// The shape of the syntax tree: precedence, flat chains, documentation, decoded literals, and what remains of broken
// text.
#include <gtest/gtest.h>

#include "compiler/syntax/parse.h"

namespace mig::syntax {
namespace {

struct Parsed {
  SourceMap sources;
  DiagnosticSink sink;
  Module module;
  bool ok = false;
};

std::unique_ptr<Parsed> parse(std::string text) {
  auto parsed = std::make_unique<Parsed>();
  const FileId file = parsed->sources.add("t.mig", std::move(text));
  ParseResult result = parse_file(parsed->sources, file, parsed->sink);
  parsed->module = std::move(result.module);
  parsed->ok = result.ok;
  return parsed;
}

// Prefix notation, for comparing.
std::string show(const Module& m, ExprId id);
std::string show_all(const Module& m, const std::vector<ExprId>& ids) {
  std::string out;
  for (const ExprId id : ids) out += " " + show(m, id);
  return out;
}
std::string show(const Module& m, ExprId id) {
  if (!id.valid()) return "-";
  const Expr& e = m[id];
  switch (e.kind()) {
    case ExprKind::error: return "<error>";
    case ExprKind::null: return "null";
    case ExprKind::boolean: return e.as<BoolExpr>().value ? "true" : "false";
    case ExprKind::integer: return e.as<IntExpr>().digits;
    case ExprKind::decimal: return e.as<DecimalExpr>().text;
    case ExprKind::floating: return e.as<FloatExpr>().text + "f";
    case ExprKind::percent: return e.as<PercentExpr>().text + "%";
    case ExprKind::duration: return e.as<DurationExpr>().digits + "u" + std::to_string(static_cast<int>(e.as<DurationExpr>().unit));
    case ExprKind::date: return "@" + e.as<DateExpr>().text + "/" + std::to_string(static_cast<int>(e.as<DateExpr>().form));
    case ExprKind::string: return "'" + e.as<StringExpr>().value + "'";
    case ExprKind::interpolated: {
      std::string out = "(f";
      for (const InterpolatedPiece& piece : e.as<InterpolatedExpr>().pieces) {
        out += " " + (piece.hole.valid() ? show(m, piece.hole) : "'" + piece.text + "'");
      }
      return out + ")";
    }
    case ExprKind::keep: return "keep";
    case ExprKind::name: return e.as<NameExpr>().name.text;
    case ExprKind::field:
      return "(" + std::string(e.as<FieldExpr>().null_safe ? "?." : ".") + " " + show(m, e.as<FieldExpr>().object) + " " +
             e.as<FieldExpr>().field.text + ")";
    case ExprKind::call: {
      std::string out = "(call " + show(m, e.as<CallExpr>().callee);
      for (const Argument& a : e.as<CallExpr>().arguments) out += " " + (a.name.valid() ? a.name.text + ":" : "") + show(m, a.value);
      return out + ")";
    }
    case ExprKind::index: return "(at " + show(m, e.as<IndexExpr>().object) + " " + show(m, e.as<IndexExpr>().index) + ")";
    case ExprKind::list: return "[" + show_all(m, e.as<ListExpr>().elements) + " ]";
    case ExprKind::record: {
      std::string out = "{";
      for (const RecordEntry& entry : e.as<RecordExpr>().entries) out += " " + entry.key.text + "=" + show(m, entry.value);
      return out + " }";
    }
    case ExprKind::group: return "(" + show(m, e.as<GroupExpr>().inner) + ")";
    case ExprKind::negate: return "(neg " + show(m, e.as<NegateExpr>().operand) + ")";
    case ExprKind::logical_not: return "(not " + show(m, e.as<NotExpr>().operand) + ")";
    case ExprKind::arithmetic: {
      const auto& a = e.as<ArithmeticExpr>();
      std::string out = "(" + show(m, a.operands[0]);
      for (std::size_t i = 0; i < a.operators.size(); ++i)
        out += std::string(" ") + "+-*/"[static_cast<int>(a.operators[i].op)] + " " + show(m, a.operands[i + 1]);
      return out + ")";
    }
    case ExprKind::pipe: {
      std::string out = "(pipe " + show(m, e.as<PipeExpr>().head);
      for (const PipeStage& stage : e.as<PipeExpr>().stages) out += (stage.null_safe ? " ?>" : " >") + show(m, stage.callee);
      return out + ")";
    }
    case ExprKind::coalesce: return "(?? " + show(m, e.as<CoalesceExpr>().value) + " " + show(m, e.as<CoalesceExpr>().fallback) + ")";
    case ExprKind::compare:
      return "(cmp" + std::to_string(static_cast<int>(e.as<CompareExpr>().op)) + " " + show(m, e.as<CompareExpr>().left) + " " +
             show(m, e.as<CompareExpr>().right) + ")";
    case ExprKind::logic:
      return std::string(e.as<LogicExpr>().op == LogicOp::conjunction ? "(and" : "(or") + show_all(m, e.as<LogicExpr>().operands) + ")";
    case ExprKind::handle: return "(catch " + show(m, e.as<CatchExpr>().value) + " " + show(m, e.as<CatchExpr>().handler) + ")";
    case ExprKind::conditional:
      return "(if " + show(m, e.as<IfExpr>().condition) + " " + show(m, e.as<IfExpr>().consequence) + " " +
             show(m, e.as<IfExpr>().otherwise) + ")";
    case ExprKind::match: return "(match " + show(m, e.as<MatchExpr>().subject) + " " + std::to_string(e.as<MatchExpr>().arms.size()) + ")";
    case ExprKind::lambda:
      return "(fn" + std::to_string(e.as<LambdaExpr>().parameters.size()) + " " + show(m, e.as<LambdaExpr>().body) + ")";
    case ExprKind::raise:
      return "(raise" + std::to_string(static_cast<int>(e.as<RaiseExpr>().verb)) + " " + e.as<RaiseExpr>().code.text() + " " +
             show(m, e.as<RaiseExpr>().detail) + " " + show(m, e.as<RaiseExpr>().replacement) + ")";
  }
  return "?";
}

std::string expression(const std::string& text) {
  const auto parsed = parse("param x: int = " + text);
  if (!parsed->ok) return "error: " + parsed->sink.all().at(0).message;
  return show(parsed->module, parsed->module.decls.at(0).as<ParamDecl>().value);
}

TEST(SyntaxTree, PrecedenceFollowsTheTable) {
  EXPECT_EQ(expression("-a.b(c)[0]"), "(neg (at (call (. a b) c) 0))");
  EXPECT_EQ(expression("a + b * c - d"), "(a + (b * c) - d)");
  EXPECT_EQ(expression("a * -b / c"), "(a * (neg b) / c)");
  EXPECT_EQ(expression("a + b |> f(c) |?> g ?? d"), "(?? (pipe (a + b) >(call f c) ?>g) d)");
  EXPECT_EQ(expression("a ?? b ?? c"), "(?? a (?? b c))");
  EXPECT_EQ(expression("a ?? b == c ?? d"), "(cmp0 (?? a b) (?? c d))");
  EXPECT_EQ(expression("not a == b and c or d and e"), "(or (and (not (cmp0 a b)) c) (and d e))");
  EXPECT_EQ(expression("a not in [1] or b matches r\"\\d\""), "(or (cmp7 a [ 1 ]) (cmp8 b '\\d'))");
  EXPECT_EQ(expression("a or b catch c catch d"), "(catch (catch (or a b) c) d)");
  EXPECT_EQ(expression("a catch warn X1 use b catch c"), "(catch a (raise2 X1 - (catch b c)))");
  EXPECT_EQ(expression("1 + if a then b else c + 2"), "(1 + (if a b (c + 2)))");
  EXPECT_EQ(expression("f(x -> x + 1, (a, b) -> a)"), "(call f (fn1 (x + 1)) (fn2 a))");
  EXPECT_EQ(expression("a ?? reject geo.X1 catch b"), "(catch (?? a (raise0 geo.X1 - -)) b)");
  EXPECT_EQ(expression("reject X1 with f\"a\""), "(raise0 X1 (f 'a') -)");
  EXPECT_EQ(expression("(a < b) == (c < d)"), "(cmp0 ((cmp2 a b)) ((cmp2 c d)))");
  EXPECT_EQ(expression("a?.b.c"), "(. (?. a b) c)");
  EXPECT_EQ(expression("a - b - c"), "(a - b - c)");
  EXPECT_EQ(expression("(a - b) - c"), "(((a - b)) - c)");
}

TEST(SyntaxTree, LiteralsAreDecoded) {
  EXPECT_EQ(expression("[1_000, 12.50, 1e6, 5%, 0.01%, 250ms, 3mo]"), "[ 1000 12.50 1e6f 5% 0.01% 250u0 3u6 ]");
  EXPECT_EQ(expression("[@2025-10-25, @2025-10-25T08:00, @2025-10-25T08:00:00Z, @2025-10-25T08:00:00-05:00, @08:30]"),
            "[ @2025-10-25/0 @2025-10-25T08:00/1 @2025-10-25T08:00:00Z/2 @2025-10-25T08:00:00-05:00/2 @08:30/3 ]");
  EXPECT_EQ(expression("\"a\\n\\t\\\"\\\\\\u{1F600}\""), "'a\n\t\"\\\U0001F600'");
  EXPECT_EQ(expression("r\"\\d{2}\""), "'\\d{2}'");
  EXPECT_EQ(expression("\"\"\"\n    one\n      two\n    \"\"\""), "'one\n  two'");
  EXPECT_EQ(expression("\"\"\"one\n   two\"\"\""), "'one\ntwo'");
  EXPECT_EQ(expression("f\"a{x.y}{{b}}{ {k: 1} }\\n\""), "(f 'a' (. x y) '{b}' { k=1 } '\n')");
  EXPECT_EQ(expression("\"{not a hole}\""), "'{not a hole}'");
}

TEST(SyntaxTree, DocumentationStandsOnTheLinesAbove) {
  const auto parsed = parse(
      "/// First.\n/// Second.\n@allow(W0411)\nschema S {\n  a: int  /// not for b\n  /// For c.\n  c: int\n}\n\n/// "
      "Not attached.\n\nenum E { x }\n");
  ASSERT_TRUE(parsed->ok);
  EXPECT_EQ(parsed->module.decls[0].doc, "First.\nSecond.\n");
  EXPECT_EQ(parsed->module.decls[0].attributes.size(), 1u);
  const auto& schema = parsed->module.decls[0].as<SchemaDecl>();
  EXPECT_EQ(schema.fields[0].doc, "");
  EXPECT_EQ(schema.fields[1].doc, "For c.\n");
  EXPECT_EQ(parsed->module.decls[1].doc, "");
  EXPECT_EQ(parsed->module.comments.size(), 5u);
}

TEST(SyntaxTree, AnyWordIsAFieldName) {
  const auto parsed = parse("schema S { match: int when?: string `a b`: int }\nmap m: s as a -> t { match = a.when  out.not = a.`a b` }\n");
  ASSERT_TRUE(parsed->ok);
  EXPECT_EQ(parsed->module.decls[0].as<SchemaDecl>().fields[2].name.text, "a b");
  const auto& body = parsed->module.decls[1].as<MapDecl>().body;
  EXPECT_EQ(parsed->module[body.statements[0]].as<AssignStmt>().target.text(), "match");
  EXPECT_EQ(parsed->module[body.statements[1]].as<AssignStmt>().target.text(), "out.not");
}

TEST(SyntaxTree, BrokenPartsAreLeftOutAndTheRestStays) {
  const auto parsed = parse(
      "map m: s as a -> t as b {\n  x = 1\n  y = = 2\n  z = 3\n}\nschema S {\n  a int\n  b: int\n}\nfn f( -> int = "
      "1\ntype T = int\n");
  EXPECT_FALSE(parsed->ok);
  ASSERT_EQ(parsed->module.decls.size(), 4u);
  const Decl& map = parsed->module.decls[0];
  EXPECT_EQ(map.as<MapDecl>().body.statements.size(), 2u);
  EXPECT_TRUE(map.incomplete);
  EXPECT_EQ(map.as<MapDecl>().source_alias.text, "a");
  EXPECT_EQ(map.as<MapDecl>().target_alias.text, "b");
  EXPECT_EQ(parsed->module.decls[1].as<SchemaDecl>().fields.size(), 1u);
  EXPECT_EQ(parsed->module.decls[2].kind(), DeclKind::error);
  EXPECT_EQ(parsed->module.decls[2].name.text, "f");
  EXPECT_FALSE(parsed->module.decls[3].incomplete);
}

TEST(SyntaxTree, FixesThatApplyThemselvesLeadToTextThatParses) {
  std::string text =
      "map a: b -> c {\n  x := 1;\n  y = p && q\n  z = 'one'\n  when p { u = 1 } else if q { u = 2 }\n  v = { k = 1 "
      "}\n  w = r is not null\n";
  for (int round = 0; round < 10; ++round) {
    const auto parsed = parse(text);
    if (parsed->ok) return;
    std::vector<Edit> edits;
    for (const Diagnostic& finding : parsed->sink.all()) {
      for (const Help& help : finding.helps) {
        if (help.applicability == Applicability::automatic) edits.insert(edits.end(), help.edits.begin(), help.edits.end());
      }
    }
    ASSERT_FALSE(edits.empty()) << parsed->sink.all().at(0).message << "\n" << text;
    text = apply_edits(text, FileId{0}, edits);
  }
  FAIL() << text;
}

}  // namespace
}  // namespace mig::syntax
