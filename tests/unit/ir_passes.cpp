#include <gtest/gtest.h>

#include <sstream>

#include "compiler/ir/dump.h"
#include "compiler/ir/passes/passes.h"
#include "compiler/ir/validate.h"
#include "tests/unit/engine_pair_program.h"
#include "tests/unit/engine_pair_stubs.h"

namespace mig::testing {
namespace {

using ir::kNone;
using ir::NodeId;
using ir::Op;
using ir::Step;
using ir::Verb;

class IrPasses : public ::testing::Test {
 protected:
  ProgramBuilder b;

  TypeId integer() { return b.type(Kind::kInt); }
  TypeId text() { return b.type(Kind::kString); }

  static ir::PassFacts facts() {
    ir::PassFacts facts{stub_functions(), std::vector<bool>(stub_functions().size())};
    for (const uint32_t id : {kUpper, kLess, kFirst, kNamed}) facts.total[id] = true;
    return facts;
  }
  /// The steps of the map, without its head.
  std::string steps() const {
    const std::string all = ir::dump(b.program, stub_functions());
    return all.substr(all.find("  step 0"));
  }
  void run(void (*pass)(ir::Program&, const ir::PassFacts&)) {
    b.finish();
    EXPECT_TRUE(ir::validate(b.program, stub_functions()).empty());
    pass(b.program, facts());
    for (const std::string& problem : ir::validate(b.program, stub_functions())) ADD_FAILURE() << problem;
  }
};

TEST_F(IrPasses, FoldConstantsComputesCallsAndChoosesBranches) {
  const uint32_t overflow = b.site(Verb::kReject, "MIG001");
  b.assign("sum", b.call(kAdd, integer(), {b.integer(2), b.call(kAdd, integer(), {b.integer(3), b.integer(4)}, overflow)}, overflow));
  b.assign("over", b.call(kAdd, integer(), {b.integer(INT64_MAX), b.integer(1)}, overflow));
  b.assign("upper", b.call(kUpper, text(), {b.text("abc")}));
  const NodeId less = b.call(kLess, b.type(Kind::kBool), {b.integer(1), b.integer(2)});
  b.assign("branch", b.node(Op::kIf, integer(), kNone, less, b.integer(10), b.integer(20)));
  b.assign("case", b.choose(b.integer(3), integer(), {{1, b.integer(11)}, {3, b.integer(13)}}, b.integer(0)));
  run(&ir::fold_constants);
  EXPECT_EQ(steps(),
            "  step 0\n    v0 = const 9: int\n    out 0 = v0\n"
            "  step 1\n    v1 = const 9223372036854775807: int\n    v2 = const 1: int\n    v3 = call add at #0 v1 v2: int\n    out 1 = v3\n"
            "  step 2\n    v4 = const \"ABC\": string\n    out 2 = v4\n"
            "  step 3\n    v5 = const 10: int\n    out 3 = v5\n"
            "  step 4\n    v6 = const 13: int\n    out 4 = v6\n");
}

TEST_F(IrPasses, DropPresenceTestsOfWhatIsKnown) {
  const TypeId maybe = b.types().nullable(text());
  const uint32_t s = b.input("s", text());
  const uint32_t n = b.input("n", maybe);
  b.assign("wrapped", b.node(Op::kCoalesce, text(), kNone, b.node(Op::kWrap, maybe, kNone, b.field(s)), b.text("x")));
  b.assign("null", b.node(Op::kCoalesce, text(), kNone, b.null(maybe), b.text("y")));
  const NodeId test = b.node(Op::kIsNull, b.type(Kind::kBool), kNone, b.node(Op::kWrap, maybe, kNone, b.field(s)));
  b.assign("branch", b.node(Op::kIf, text(), kNone, test, b.text("none"), b.field(s)));
  b.assign("kept", b.node(Op::kCoalesce, text(), kNone, b.field(n), b.text("z")));
  run(&ir::drop_presence_tests);
  EXPECT_EQ(steps(),
            "  step 0\n    v0 = field 0: string\n    out 0 = v0\n"
            "  step 1\n    v1 = const \"y\": string\n    out 1 = v1\n"
            "  step 2\n    v2 = field 0: string\n    out 2 = v2\n"
            "  step 3\n    v3 = field 1: string?\n      v4 = const \"z\": string\n    v5 = coalesce v3 v4: string\n    out 3 = v5\n");
}

TEST_F(IrPasses, ShareExpressionsOfSeveralSteps) {
  const uint32_t s = b.input("s", text());
  const auto upper = [&] { return b.call(kUpper, text(), {b.call(kUpper, text(), {b.field(s)})}); };
  b.assign("a", b.field(s));
  b.assign("b", upper());
  b.assign("c", b.call(kUpper, text(), {upper()}));
  b.assign("parsed", b.call(kParse, integer(), {b.field(s)}));
  b.assign("again", b.call(kParse, integer(), {b.field(s)}));
  run(&ir::share_expressions);
  EXPECT_EQ(steps(),
            "  step 0\n    v0 = field 0: string\n    out 0 = v0\n"
            "  step 1\n    v1 = field 0: string\n    v2 = call upper v1: string\n    v3 = call upper v2: string\n    local 0 = v3\n"
            "  step 2\n    v4 = local 0: string\n    out 1 = v4\n"
            "  step 3\n    v5 = local 0: string\n    v6 = call upper v5: string\n    out 2 = v6\n"
            "  step 4\n    v7 = field 0: string\n    v8 = call parse v7: int\n    out 3 = v8\n"
            "  step 5\n    v9 = field 0: string\n    v10 = call parse v9: int\n    out 4 = v10\n");
}

TEST_F(IrPasses, ShareExpressionsKnowsThatAPureFunctionCannotFail) {
  // Its declaration says that it may fail, and its body, once constants are folded, no longer can.
  ir::Function shout;
  shout.name = "shout";
  shout.parameters = 1;
  shout.locals = {text()};
  shout.result = text();
  shout.body = b.call(kUpper, text(), {b.node(Op::kLocal, text(), 0)});
  shout.may_fail = shout.may_reject = true;
  b.program.functions.push_back(shout);
  const uint32_t s = b.input("s", text());
  const auto call = [&] { return b.with_arguments(Op::kCallFunction, text(), 0, {b.field(s)}); };
  b.assign("a", call());
  b.assign("b", call());
  run(&ir::share_expressions);
  EXPECT_FALSE(b.program.functions[0].may_fail || b.program.functions[0].may_reject);
  EXPECT_NE(steps().find("out 1 = "), std::string::npos);
  EXPECT_NE(steps().find("local 0: string"), std::string::npos);
}

TEST_F(IrPasses, ShareExpressionsLeavesWhatOnlyBranchesCompute) {
  const uint32_t s = b.input("s", text());
  const uint32_t n = b.input("n", b.types().nullable(text()));
  const auto rare = [&] { return b.node(Op::kCoalesce, text(), kNone, b.field(n), b.call(kUpper, text(), {b.field(s)})); };
  b.assign("a", rare());
  b.assign("b", rare());
  b.finish();
  const std::string before = steps();
  run(&ir::share_expressions);
  EXPECT_EQ(steps(), before);
}

TEST_F(IrPasses, ShareInBodiesOfLambdas) {
  const uint32_t l = b.input("l", b.types().list(text()));
  const uint32_t item = b.local(text());
  const auto upper = [&] { return b.call(kUpper, text(), {b.node(Op::kLocal, text(), item)}); };
  const auto rare = [&] {
    return b.node(Op::kCoalesce, text(), kNone, b.node(Op::kWrap, b.types().nullable(text()), kNone, upper()),
                  b.call(kUpper, text(), {b.text("x")}));
  };
  b.assign("lists", b.call(kMapList, b.types().list(text()), {b.field(l), b.lambda({item}, b.call(kUpper, text(), {rare()}))}));
  const uint32_t other = b.local(text());
  const NodeId twice = b.call(kLess, b.type(Kind::kBool),
                              {b.call(kParse, integer(), {b.call(kUpper, text(), {b.node(Op::kLocal, text(), other)})}),
                               b.call(kParse, integer(), {b.call(kUpper, text(), {b.node(Op::kLocal, text(), other)})})});
  b.assign("less", b.call(kMapList, b.types().list(b.type(Kind::kBool)), {b.field(l), b.lambda({other}, twice)}));
  run(&ir::share_in_bodies);
  const std::string all = steps();
  EXPECT_EQ(all.substr(all.find("  step 1")),
            "  step 1\n"
            "    v10 = field 0: list<string>\n"
            "      v11 = local 1: string\n"
            "      v12 = call upper v11: string\n"
            "      v13 = local 2: string\n"
            "      v14 = call parse v13: int\n"
            "      v15 = local 2: string\n"
            "      v16 = call parse v15: int\n"
            "      v17 = call less v14 v16: bool\n"
            "      v18 = let 2 v12 v17: bool\n"
            "    v19 = lambda 1 -> v18: () -> ?\n"
            "    v20 = call map v10 v19: list<bool>\n"
            "    out 1 = v20\n");
}

TEST_F(IrPasses, FuseTextStepsOfOneText) {
  // The functions that the pass looks for, by name; it calls none of them.
  std::vector<stdlib::Function> functions(stub_functions().begin(), stub_functions().end());
  const auto function = [&functions](const char* name, std::span<const stdlib::Shape> shapes) {
    functions.push_back(functions[kUpper]);
    functions.back().name = name;
    functions.back().parameters = shapes;
    return static_cast<uint32_t>(functions.size() - 1);
  };
  static constexpr stdlib::Shape kTexts[] = {stdlib::Shape::kText, stdlib::Shape::kText, stdlib::Shape::kText};
  const uint32_t trim = function("text_trim", {kTexts, 1}), lower = function("text_lower", {kTexts, 1}),
                 replace = function("text_replace", {kTexts, 3});
  function("text_chain", {kTexts, 2});
  const uint32_t s = b.input("s", text());
  const auto replaced = [&](NodeId of, const char* from, const char* to) {
    return b.call(replace, text(), {of, b.text(from), b.text(to)});
  };
  b.assign("key", replaced(replaced(b.call(trim, text(), {b.call(lower, text(), {b.field(s)})}), " ", "_"), "-", "_"));
  b.assign("alone", b.call(trim, text(), {b.field(s)}));
  b.assign("longer", replaced(b.call(trim, text(), {b.field(s)}), "ab", "c"));
  b.assign("behind", b.call(trim, text(), {replaced(b.field(s), "_", " ")}));
  b.finish();
  ir::fuse_text_steps(b.program, {functions, std::vector<bool>(functions.size(), true)});
  for (const std::string& problem : ir::validate(b.program, functions)) ADD_FAILURE() << problem;
  const std::string all = ir::dump(b.program, functions);
  EXPECT_EQ(all.substr(all.find("  step 0")),
            "  step 0\n    v0 = field 0: string\n    v1 = const steps \"ltr _r-_\": string\n    v2 = call text_chain v0 v1: string\n    "
            "out 0 = v2\n"
            "  step 1\n    v3 = field 0: string\n    v4 = call text_trim v3: string\n    out 1 = v4\n"
            "  step 2\n    v5 = field 0: string\n    v6 = call text_trim v5: string\n    v7 = const \"ab\": string\n    v8 = const \"c\": "
            "string\n"
            "    v9 = call text_replace v6 v7 v8: string\n    out 2 = v9\n"
            "  step 3\n    v10 = field 0: string\n    v11 = const \"_\": string\n    v12 = const \" \": string\n"
            "    v13 = call text_replace v10 v11 v12: string\n    v14 = call text_trim v13: string\n    out 3 = v14\n");
}

TEST_F(IrPasses, MarkRepeatableWhatDependsOnItsTextAlone) {
  const uint32_t s = b.input("s", text());
  const auto function = [&](const char* name, NodeId body) {
    ir::Function made;
    made.name = name;
    made.parameters = 1;
    made.locals = {text()};
    made.result = text();
    made.body = body;
    b.program.functions.push_back(made);
    return static_cast<uint32_t>(b.program.functions.size() - 1);
  };
  const auto parameter = [&] { return b.node(Op::kLocal, text(), 0); };
  const uint32_t clean = function("clean", b.call(kUpper, text(), {b.call(kUpper, text(), {parameter()})}));
  function("calls", b.with_arguments(Op::kCallFunction, text(), clean, {parameter()}, kNone));
  function("reads", b.call(kUpper, text(), {b.field(s)}));
  function("reads_through", b.with_arguments(Op::kCallFunction, text(), 2, {parameter()}, kNone));
  b.assign("key", b.with_arguments(Op::kCallFunction, text(), clean, {b.field(s)}, kNone));
  b.finish();
  const auto heads = [&] {
    std::string found;
    std::istringstream lines(ir::dump(b.program, stub_functions()));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("function ")) found += line + "\n";
    }
    return found;
  };
  EXPECT_EQ(heads(),
            "function 0 clean(0: string) -> string\nfunction 1 calls(0: string) -> string\nfunction 2 reads(0: string) -> string\n"
            "function 3 reads_through(0: string) -> string\n");
  ir::mark_repeatable(b.program, facts());
  EXPECT_EQ(heads(),
            "function 0 clean(0: string) -> string repeatable\nfunction 1 calls(0: string) -> string repeatable\n"
            "function 2 reads(0: string) -> string\nfunction 3 reads_through(0: string) -> string\n");
}

TEST_F(IrPasses, NarrowDecimalsMarksWhatCannotOverflow) {
  std::vector<stdlib::Function> functions(stub_functions().begin(), stub_functions().end());
  static constexpr stdlib::Shape kDecimals[] = {stdlib::Shape::kDecimal, stdlib::Shape::kDecimal};
  static constexpr stdlib::Shape kIntInt[] = {stdlib::Shape::kInt, stdlib::Shape::kInt};
  const auto function = [&functions](const char* name, std::span<const stdlib::Shape> shapes) {
    functions.push_back(functions[kMultiply]);
    functions.back().name = name;
    functions.back().parameters = shapes;
    return static_cast<uint32_t>(functions.size() - 1);
  };
  const uint32_t add = function("decimal_add", kDecimals), mul = function("decimal_mul", kDecimals),
                 min = function("decimal_min", kDecimals), from_int = function("decimal_from_int", kIntInt);
  const TypeId small = b.types().decimal(9, 2), large = b.types().decimal(30, 2), result = b.types().decimal(38, 4);
  const uint32_t overflow = b.site(Verb::kReject, "MIG001");
  const uint32_t s = b.input("s", small), l = b.input("l", large), n = b.input("n", b.types().integer(0, INT64_MAX));
  const auto whole = [&] { return b.call(from_int, b.types().decimal(19, 0), {b.field(n), b.integer(0)}); };
  b.assign("narrow", b.call(mul, result, {b.field(s), b.field(s)}, overflow));
  b.assign("in range", b.call(add, result, {b.field(l), b.field(s)}, overflow));
  b.assign("unknown", b.call(mul, result, {b.field(l), b.field(s)}, overflow));
  b.assign("bounded",
           b.call(add, result, {b.call(min, large, {b.call(mul, large, {whole(), whole()}, overflow), b.field(s)}), b.field(s)}, overflow));
  b.finish();
  ir::narrow_decimals(b.program, {functions, std::vector<bool>(functions.size())});
  for (const std::string& problem : ir::validate(b.program, functions)) ADD_FAILURE() << problem;
  const std::string all = ir::dump(b.program, functions);
  EXPECT_EQ(
      all.substr(all.find("  step 0")),
      "  step 0\n    v0 = field 0: decimal(9, 2)\n    v1 = field 0: decimal(9, 2)\n    v2 = call decimal_mul (64 bits) v0 v1: decimal(38, "
      "4)\n    out 0 = v2\n"
      "  step 1\n    v3 = field 1: decimal(30, 2)\n    v4 = field 0: decimal(9, 2)\n    v5 = call decimal_add (in range) v3 v4: "
      "decimal(38, 4)\n"
      "    out 1 = v5\n"
      "  step 2\n    v6 = field 1: decimal(30, 2)\n    v7 = field 0: decimal(9, 2)\n    v8 = call decimal_mul at #0 v6 v7: decimal(38, "
      "4)\n    out 2 = v8\n"
      "  step 3\n    v9 = field 2: int(0..)\n    v10 = const 0: int\n    v11 = call decimal_from_int (64 bits) v9 v10: decimal(19, 0)\n"
      "    v12 = field 2: int(0..)\n    v13 = const 0: int\n    v14 = call decimal_from_int (64 bits) v12 v13: decimal(19, 0)\n"
      "    v15 = call decimal_mul (in range) v11 v14: decimal(30, 2)\n    v16 = field 0: decimal(9, 2)\n"
      "    v17 = call decimal_min v15 v16: decimal(30, 2)\n    v18 = field 0: decimal(9, 2)\n"
      "    v19 = call decimal_add (64 bits) v17 v18: decimal(38, 4)\n    out 3 = v19\n");
}

TEST_F(IrPasses, HashIgnoresNumberingButNotMeaning) {
  const auto make = [](bool other, int64_t number) {
    ProgramBuilder p;
    if (other) p.integer(99);  // a node that nothing reaches
    p.assign("n", p.integer(number));
    p.finish();
    return ir::canonical_hash(p.program, stub_functions());
  };
  EXPECT_EQ(make(false, 1), make(true, 1));
  EXPECT_NE(make(false, 1), make(false, 2));
}

TEST_F(IrPasses, ValidateFindsBrokenPrograms) {
  const auto problems = [](auto&& build) {
    ProgramBuilder p;
    build(p);
    p.finish();
    return ir::validate(p.program, stub_functions()).size();
  };
  const auto number = [](ProgramBuilder& p) { return p.type(Kind::kInt); };
  EXPECT_EQ(problems([&](ProgramBuilder& p) { p.assign("n", p.integer(1)); }), 0u);
  EXPECT_NE(problems([&](ProgramBuilder& p) { p.assign("n", p.node(Op::kLocal, number(p), p.local(number(p)))); }), 0u) << "unset local";
  EXPECT_NE(problems([&](ProgramBuilder& p) { p.assign("n", p.call(kAdd, number(p), {p.integer(1)})); }), 0u) << "argument count";
  EXPECT_NE(problems([&](ProgramBuilder& p) { p.assign("n", p.call(kUpper, p.type(Kind::kString), {p.integer(1)})); }), 0u) << "storage";
  EXPECT_NE(
      problems([&](ProgramBuilder& p) { p.assign("n", p.call(kAdd, number(p), {p.integer(1), p.null(p.types().nullable(number(p)))})); }),
      0u)
      << "nullable argument";
  EXPECT_NE(problems([&](ProgramBuilder& p) {
              const NodeId loop = p.node(Op::kWarn, number(p), p.site(Verb::kWarn, "W"), 0);
              p.program.nodes[loop].a = loop;
              p.assign("n", loop);
            }),
            0u)
      << "cycle";
  EXPECT_NE(problems([&](ProgramBuilder& p) {
              const uint32_t local = p.local(number(p));
              p.step(Step::What::kLet,
                     p.node(Op::kIf, number(p), kNone, p.boolean(true), p.integer(1), p.reject(p.site(Verb::kReject, "R"))), local)
                  .poison = p.poison();
              p.assign("n", p.node(Op::kLocal, number(p), local));
            }),
            0u)
      << "reader without its bit";
  EXPECT_NE(problems([&](ProgramBuilder& p) {
              ir::Function f;
              f.name = "f";
              f.result = number(p);
              p.program.functions.push_back(f);
              p.program.functions[0].body = p.with_arguments(Op::kCallFunction, f.result, 0, {});
              p.assign("n", p.integer(1));
            }),
            0u)
      << "recursion";
}

}  // namespace
}  // namespace mig::testing
