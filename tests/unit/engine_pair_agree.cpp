#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "compiler/interp/standalone_context.h"
#include "compiler/ir/validate.h"
#include "tests/unit/engine_pair_program.h"
#include "tests/unit/engine_pair_run.h"
#include "tests/unit/engine_pair_stubs.h"

namespace mig::testing {
namespace {

using ir::kNone;
using ir::Op;
using ir::Step;
using ir::Verb;

class EnginePair : public ::testing::Test {
 protected:
  ProgramBuilder b;
  Environment environment{1234567, {"run-1", 5}, nullptr};

  TypeId integer() { return b.type(Kind::kInt); }
  TypeId text() { return b.type(Kind::kString); }
  TypeId maybe(Kind kind) { return b.type(kind, true); }

  static Cell value(int64_t number) {
    Cell cell{};
    cell.integer = number;
    cell.state = Presence::kValue;
    return cell;
  }
  static Cell value(std::string_view words) {
    Cell cell{};
    cell.text = {words.data(), words.size()};
    cell.state = Presence::kValue;
    return cell;
  }
  static Cell none(Presence state = Presence::kNull) {
    Cell cell{};
    cell.state = state;
    return cell;
  }

  /// Runs all engines over the records; they must agree. Answers what the interpreter did, shown by record.
  std::vector<std::string> run(const std::vector<std::vector<Cell>>& records) {
    b.finish();
    const std::vector<std::string> problems = ir::validate(b.program, stub_functions());
    for (const std::string& problem : problems) ADD_FAILURE() << problem;
    if (!problems.empty()) return {};
    RecordBatch input(b.map().input, static_cast<uint32_t>(records.size()));
    input.count = static_cast<uint32_t>(records.size());
    for (uint32_t i = 0; i < records.size(); ++i) {
      for (uint32_t k = 0; k < records[i].size(); ++k) store_cell(input.frame(i), b.map().input, k, records[i][k]);
    }
    const Engines engines = make_engines(b.program, stub_functions(), stub_prepared());
    EXPECT_EQ(engines.error, "");
    std::vector<std::string> shown;
    std::vector<RunResult> results;
    for (const auto& set : engines.sets) results.push_back(run_engine(*set, b.program, 0, input, environment));
    for (uint32_t i = 0; i < records.size(); ++i) shown.push_back(show_record(b.program, 0, results[0], i));
    for (size_t k = 1; k < results.size(); ++k) {
      const int64_t different = first_difference(b.program, 0, results[0], results[k]);
      if (different >= 0) {
        ADD_FAILURE() << results[k].engine << "\n"
                      << show_record(b.program, 0, results[k], static_cast<uint32_t>(different)) << "interp\n"
                      << shown[static_cast<size_t>(different)];
      }
    }
    return shown;
  }
};

TEST_F(EnginePair, FieldsConstantsAndCalls) {
  const uint32_t n = b.input("n", integer());
  const uint32_t s = b.input("s", maybe(Kind::kString));
  const uint32_t overflow = b.site(Verb::kReject, "MIG001");
  b.assign("sum", b.call(kAdd, integer(), {b.field(n), b.integer(5)}, overflow));
  b.assign("s", b.node(Op::kCoalesce, text(), kNone, b.field(s), b.text("none")));
  b.assign("same", b.field(s));
  b.assign("has", b.node(Op::kFieldPresent, b.type(Kind::kBool), s));
  b.assign("gone", b.node(Op::kFieldUnavailable, b.type(Kind::kBool), s));
  b.assign("null", b.node(Op::kIsNull, b.type(Kind::kBool), kNone, b.field(s)));
  b.assign("named", b.call(kNamed, text(), {b.node(Op::kPrepared, text(), 0)}));
  b.program.prepared.push_back({});
  b.assign("now", b.node(Op::kRunNow, b.type(Kind::kTimestamp)));
  b.assign("run", b.node(Op::kRunId, text()));
  b.assign("position", b.node(Op::kRowPosition, b.type(Kind::kPosition)));
  b.assign("source", b.node(Op::kRowSource, text()));
  b.assign("kept", b.node(Op::kKeep, b.keepable(integer())));
  const auto shown = run(
      {{value(1), value("a")}, {value(INT64_MAX), none()}, {value(-7), none(Presence::kAbsent)}, {value(0), none(Presence::kUnavailable)}});
  ASSERT_EQ(shown.size(), 4u);
  EXPECT_EQ(shown[0],
            "written\nsum = 6\ns = \"a\"\nsame = \"a\"\nhas = true\ngone = false\nnull = false\nnamed = \"prepared\"\nnow = 1234567\n"
            "run = \"run-1\"\nposition = \"00000000000000001000\"\nsource = \"source\"\nkept = keep\n");
  EXPECT_NE(shown[1].find("rejected\nsum = absent\ns = \"none\"\nsame = null\nhas = true"), std::string::npos) << shown[1];
  EXPECT_NE(shown[1].find("issue site 0 step 0\n"), std::string::npos);
  EXPECT_NE(shown[2].find("has = false\ngone = false\nnull = true"), std::string::npos);
  EXPECT_NE(shown[3].find("has = false\ngone = true\nnull = true"), std::string::npos);
}

TEST_F(EnginePair, CatchRejectWarnSkipAndPoison) {
  const uint32_t s = b.input("s", text());
  const uint32_t bad = b.site(Verb::kReject, "R1");
  const uint32_t odd = b.site(Verb::kWarn, "W1");
  const uint32_t out = b.site(Verb::kSkip, "S1");
  const auto parsed = [&] { return b.call(kParse, integer(), {b.field(s)}); };
  const uint32_t x = b.local(integer());
  Step& let = b.step(Step::What::kLet, b.node(Op::kCatch, integer(), kNone, parsed(), b.reject(bad)), x);
  const uint32_t bit = let.poison = b.poison();
  b.assign("x", b.node(Op::kLocal, integer(), x)).depends = {bit};
  b.assign("w", b.node(Op::kCatch, integer(), kNone, parsed(), b.node(Op::kWarn, integer(), odd, b.integer(-1))));
  const auto big = b.call(kLess, b.type(Kind::kBool), {b.integer(100), b.node(Op::kLocal, integer(), x)});
  Step& skip = b.step(Step::What::kEffect, b.node(Op::kIf, b.type(Kind::kBool), kNone, big, b.skip(out), b.boolean(true)));
  skip.depends = {bit};
  const auto empty =
      b.node(Op::kCatch, b.type(Kind::kBool), kNone, b.call(kLess, b.type(Kind::kBool), {b.integer(-1), parsed()}), b.skip(out));
  b.step(Step::What::kEffect, empty);
  b.assign("last", b.call(kUpper, text(), {b.field(s)}));
  const auto shown = run({{value("12")}, {value("x1")}, {value("")}, {value("101")}});
  ASSERT_EQ(shown.size(), 4u);
  EXPECT_EQ(shown[0], "written\nx = 12\nw = 12\nlast = \"12\"\n");
  EXPECT_EQ(shown[1],
            "rejected\nx = absent\nw = -1\nlast = \"X1\"\nissue site 0 step 0 cause not a digit\nissue site 1 step 2 cause not a digit\n");
  EXPECT_EQ(shown[2], "rejected\nx = absent\nw = -1\nlast = \"\"\nissue site 0 step 0 cause empty\nissue site 1 step 2 cause empty\n");
  EXPECT_EQ(shown[3], "skipped\nx = 101\nw = 101\nlast = absent\nissue site 2 step 3\n");
}

TEST_F(EnginePair, GroupsSwitchesAndStepNumbers) {
  const uint32_t n = b.input("n", integer());
  const uint32_t bad = b.site(Verb::kReject, "R1");
  const uint32_t worse = b.site(Verb::kReject, "R2");
  const auto condition = b.node(Op::kIf, b.type(Kind::kBool), kNone, b.call(kLess, b.type(Kind::kBool), {b.integer(1000), b.field(n)}),
                                b.reject(bad), b.call(kLess, b.type(Kind::kBool), {b.field(n), b.integer(10)}));
  Step group;
  group.what = Step::What::kGroup;
  group.node = condition;
  const uint32_t x = b.local(integer());
  b.map().output.add("out", integer(), b.types(), true);
  const uint32_t bit = b.poison();
  const auto kind = b.choose(b.field(n), integer(), {{1, b.integer(100)}, {2, b.reject(worse)}, {3, b.integer(300)}}, b.integer(-1));
  b.step(Step::What::kLet, kind, x, &group.then).poison = bit;
  b.step(Step::What::kAssign, b.node(Op::kLocal, integer(), x), 0, &group.then).depends = {bit};
  b.step(Step::What::kAssign, b.field(n), 0, &group.otherwise);
  b.map().steps.push_back(group);
  const uint32_t enough = b.poison();
  b.map().steps.back().poison = enough;
  b.assign("behind", b.integer(1)).depends = {enough};
  b.assign("exhaustive", b.choose(b.field(n), integer(), {{1, b.integer(1)}, {2, b.integer(2)}}));
  const auto shown = run({{value(1)}, {value(2)}, {value(3)}, {value(9)}, {value(10)}, {value(1001)}});
  ASSERT_EQ(shown.size(), 6u);
  EXPECT_EQ(shown[0], "written\nout = 100\nbehind = 1\nexhaustive = 1\n");
  EXPECT_EQ(shown[1], "rejected\nout = absent\nbehind = 1\nexhaustive = 2\nissue site 1 step 1\n");
  EXPECT_EQ(shown[2], "rejected\nout = 300\nbehind = 1\nexhaustive = absent\nissue site -1 step 5\n");
  EXPECT_EQ(shown[4], "rejected\nout = 10\nbehind = 1\nexhaustive = absent\nissue site -1 step 5\n");
  EXPECT_EQ(shown[5], "rejected\nout = absent\nbehind = absent\nexhaustive = absent\nissue site 0 step 0\nissue site -1 step 5\n");
}

TEST_F(EnginePair, LambdasCaptureAndPropagate) {
  const TypeId list = b.types().list(maybe(Kind::kInt));
  const TypeId texts = b.types().list(text());
  const uint32_t l = b.input("l", list);
  const uint32_t n = b.input("n", integer());
  const uint32_t bad = b.site(Verb::kReject, "R1");
  const uint32_t overflow = b.site(Verb::kReject, "MIG001");
  const uint32_t base = b.local(integer());
  b.step(Step::What::kLet, b.call(kAdd, integer(), {b.field(n), b.integer(1)}, overflow), base).poison = b.poison();
  const uint32_t item = b.local(maybe(Kind::kInt));
  const auto sum = b.call(kAdd, integer(),
                          {b.node(Op::kCoalesce, integer(), kNone, b.node(Op::kLocal, maybe(Kind::kInt), item), b.field(n)),
                           b.node(Op::kLocal, integer(), base)},
                          overflow);
  const auto checked = b.node(Op::kIf, integer(), kNone, b.call(kLess, b.type(Kind::kBool), {b.integer(50), sum}), b.reject(bad), sum);
  b.assign("mapped", b.call(kMapList, b.types().list(integer()), {b.field(l), b.lambda({item}, checked)})).depends = {0};
  const uint32_t total = b.local(integer());
  const uint32_t each = b.local(maybe(Kind::kInt));
  const auto more = b.call(kAdd, integer(),
                           {b.node(Op::kLocal, integer(), total),
                            b.node(Op::kCoalesce, integer(), kNone, b.node(Op::kLocal, maybe(Kind::kInt), each), b.integer(0))},
                           overflow);
  b.assign("total", b.call(kFold, integer(), {b.field(l), b.integer(0), b.lambda({total, each}, more)}));
  b.assign("first", b.call(kFirst, maybe(Kind::kInt), {b.field(l)}));
  b.assign("scalar", b.call(kScalarOf, b.type(Kind::kScalar), {b.call(kFirst, maybe(Kind::kInt), {b.field(l)})}));
  const auto made = b.with_arguments(Op::kMakeList, texts, kNone, {b.text("a"), b.call(kUpper, text(), {b.text("b")})});
  b.assign("made", made);
  Cell items[3] = {value(1), none(), value(3)};
  Cell filled = none(Presence::kValue), empty = none(Presence::kValue);
  filled.list = {items, 3};
  empty.list = {nullptr, 0};
  const auto shown = run({{filled, value(4)}, {filled, value(40)}, {empty, value(1)}, {filled, value(INT64_MAX)}});
  ASSERT_EQ(shown.size(), 4u);
  EXPECT_EQ(shown[0], "written\nmapped = [6, 9, 8]\ntotal = 4\nfirst = 1\nscalar = scalar 1\nmade = [\"a\", \"B\"]\n");
  EXPECT_EQ(shown[1], "rejected\nmapped = absent\ntotal = 4\nfirst = 1\nscalar = scalar 1\nmade = [\"a\", \"B\"]\nissue site 0 step 1\n");
  EXPECT_EQ(shown[2], "written\nmapped = []\ntotal = 0\nfirst = null\nscalar = scalar false\nmade = [\"a\", \"B\"]\n");
}

TEST_F(EnginePair, UserFunctionsRecordsAndLet) {
  const uint32_t s = b.input("s", maybe(Kind::kString));
  const uint32_t bad = b.site(Verb::kReject, "R1");
  // fn f(t: string?) -> int! = parse(t ?? reject R1)
  ir::Function f;
  f.name = "f";
  f.parameters = 1;
  f.locals = {maybe(Kind::kString), text()};
  f.result = integer();
  f.body = b.node(Op::kLet, integer(), 1, b.node(Op::kCoalesce, text(), kNone, b.node(Op::kLocal, f.locals[0], 0), b.reject(bad)),
                  b.call(kParse, integer(), {b.node(Op::kLocal, text(), 1)}));
  b.program.functions.push_back(f);
  const auto call = b.with_arguments(Op::kCallFunction, integer(), 0, {b.field(s)});
  b.assign("n", b.node(Op::kCatch, integer(), kNone, call, b.integer(-1)));
  Type record;
  record.kind = Kind::kRecord;
  record.fields = {{"a", integer(), false}, {"b", maybe(Kind::kString), true}};
  const TypeId pair = b.types().intern(record);
  const uint32_t r = b.local(pair);
  b.step(Step::What::kLet, b.with_arguments(Op::kMakeRecord, pair, kNone, {b.integer(7), b.field(s)}), r);
  b.assign("r", b.node(Op::kLocal, pair, r));
  b.assign("a", b.node(Op::kGetField, integer(), 0, b.node(Op::kLocal, pair, r)));
  b.assign("b", b.node(Op::kGetField, maybe(Kind::kString), 1, b.node(Op::kLocal, pair, r)));
  Cell cause{};
  const uint32_t why = b.constant(text(), cause, "because");
  b.assign("failed", b.node(Op::kCatch, integer(), kNone, b.node(Op::kFail, b.type(Kind::kNever), why), b.reject(bad)));
  const auto shown = run({{value("12")}, {value("z")}, {none()}});
  ASSERT_EQ(shown.size(), 3u);
  EXPECT_EQ(shown[0], "rejected\nn = 12\nr = [7, \"12\"]\na = 7\nb = \"12\"\nfailed = absent\nissue site 0 step 5 cause because\n");
  EXPECT_EQ(shown[1], "rejected\nn = -1\nr = [7, \"z\"]\na = 7\nb = \"z\"\nfailed = absent\nissue site 0 step 5 cause because\n");
  EXPECT_EQ(
      shown[2],
      "rejected\nn = absent\nr = [7, null]\na = 7\nb = null\nfailed = absent\nissue site 0 step 0\nissue site 0 step 5 cause because\n");
}

TEST_F(EnginePair, LongMapsAreSplitAndKeepTheirStateAndAtMostTwentyIssues) {
  const uint32_t n = b.input("n", integer());
  const uint32_t bad = b.site(Verb::kReject, "R1");
  std::vector<uint32_t> locals;
  for (int i = 0; i < 120; ++i) {
    const uint32_t x = b.local(i % 2 == 0 ? integer() : maybe(Kind::kInt));
    const auto limit = b.call(kLess, b.type(Kind::kBool), {b.integer(i), b.field(n)});
    Step& step = b.step(
        Step::What::kLet,
        b.node(Op::kIf, b.map().locals[x], kNone, limit, b.reject(bad), b.node(Op::kWrap, b.map().locals[x], kNone, b.integer(i))), x);
    step.poison = b.poison();
    locals.push_back(x);
  }
  for (uint32_t i = 0; i < locals.size(); ++i) {
    b.assign("f" + std::to_string(i), b.node(Op::kLocal, b.map().locals[locals[i]], locals[i])).depends = {i, (i + 60) % 120};
  }
  const auto shown = run({{value(0)}, {value(5)}, {value(200)}});
  ASSERT_EQ(shown.size(), 3u);
  EXPECT_EQ(std::count(shown[1].begin(), shown[1].end(), 'i'), 5 * 2);  // `issue site`
  EXPECT_EQ(std::count(shown[2].begin(), shown[2].end(), 'i'), 20 * 2);
  EXPECT_NE(shown[1].find("f64 = absent\nf65 = 65"), std::string::npos);
}

TEST_F(EnginePair, LeavesRejectedRecordsAloneAndNeverHasWritableCode) {
  const uint32_t n = b.input("n", integer());
  b.assign("n", b.field(n));
  b.finish();
  const Engines engines = make_engines(b.program, stub_functions(), stub_prepared());
  ASSERT_EQ(engines.error, "");
  RecordBatch input(b.map().input, 2);
  input.count = 2;
  store_cell(input.frame(0), b.map().input, 0, value(3));
  store_cell(input.frame(1), b.map().input, 0, value(4));
  input.failures.push_back({0, -1, "bad", 0});
  for (const auto& set : engines.sets) {
    const RunResult result = run_engine(*set, b.program, 0, input, environment);
    EXPECT_EQ(show_record(b.program, 0, result, 0), "rejected\nn = absent\n");
    EXPECT_EQ(show_record(b.program, 0, result, 1), "written\nn = 4\n");
  }
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) EXPECT_EQ(line.find("rwx"), std::string::npos) << line;
}

TEST_F(EnginePair, OneKernelServesSeveralThreads) {
  const uint32_t s = b.input("s", text());
  const uint32_t bad = b.site(Verb::kReject, "R1");
  b.assign("upper", b.call(kUpper, text(), {b.field(s)}));
  b.assign("n", b.node(Op::kCatch, integer(), kNone, b.call(kParse, integer(), {b.field(s)}), b.reject(bad)));
  b.finish();
  RecordBatch input(b.map().input, 200);
  input.count = 200;
  for (uint32_t i = 0; i < input.count; ++i) store_cell(input.frame(i), b.map().input, 0, value(i % 3 == 0 ? "x1" : "12"));
  const Engines engines = make_engines(b.program, stub_functions(), stub_prepared());
  ASSERT_EQ(engines.error, "");
  const RunResult expected = run_engine(*engines.sets[0], b.program, 0, input, environment);
  for (const auto& set : engines.sets) {
    std::atomic<int> differences{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 50; ++round) {
          if (first_difference(b.program, 0, expected, run_engine(*set, b.program, 0, input, environment)) >= 0) ++differences;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(differences, 0) << set->engine();
  }
}

TEST_F(EnginePair, FunctionsCanBeCalledAlone) {
  // fn f(a: int, t: string) = a + parse(t)
  ir::Function f;
  f.name = "f";
  f.parameters = 2;
  f.locals = {integer(), text()};
  f.result = integer();
  const uint32_t overflow = b.site(Verb::kReject, "MIG001");
  f.body =
      b.call(kAdd, integer(), {b.node(Op::kLocal, integer(), 0), b.call(kParse, integer(), {b.node(Op::kLocal, text(), 1)})}, overflow);
  b.program.functions.push_back(f);
  const interp::Interpreter interpreter(b.program, stub_functions(), stub_prepared());
  interp::StandaloneContext alone(interpreter.prepared());
  Cell result{};
  const Cell good[] = {value(5), value("37")};
  ASSERT_EQ(interpreter.call(alone.context, 0, good, result), Status::kOk);
  EXPECT_EQ(result.integer, 42);
  const Cell unparsable[] = {value(5), value("x")};
  EXPECT_EQ(interpreter.call(alone.context, 0, unparsable, result), Status::kFail);
  EXPECT_STREQ(alone.context.cause, "not a digit");
  const Cell large[] = {value(INT64_MAX), value("1")};
  EXPECT_EQ(interpreter.call(alone.context, 0, large, result), Status::kPoison);
  ASSERT_EQ(alone.hits.size(), 1u);
  EXPECT_EQ(alone.hits[0].site, overflow);
}

}  // namespace
}  // namespace mig::testing
