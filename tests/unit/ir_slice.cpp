// The part of a map that some of its output fields need: which steps stay, what they read, and whether the same records are refused.
#include <gtest/gtest.h>

#include "compiler/ir/dump.h"
#include "compiler/ir/op_class.h"
#include "compiler/ir/slice.h"
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

class IrSlice : public ::testing::Test {
 protected:
  ProgramBuilder b;

  TypeId integer() { return b.type(Kind::kInt); }
  TypeId text() { return b.type(Kind::kString); }
  NodeId upper(NodeId value) { return b.call(kUpper, text(), {value}); }

  ir::Slice slice(const std::vector<bool>& outputs) {
    b.finish();
    const ir::Slice made = ir::add_slice(b.program, 0, outputs);
    for (const std::string& problem : ir::validate(b.program, stub_functions())) ADD_FAILURE() << problem;
    EXPECT_EQ(made.map, 1u);
    return made;
  }
  const ir::MapProgram& part() const { return b.program.maps[1]; }
  /// What the steps of the slice are, with their targets: "let 0", "out 1", "effect", "group(...)".
  static std::string shape(const std::vector<Step>& steps) {
    std::string all;
    for (const Step& step : steps) {
      if (!all.empty()) all += " ";
      switch (step.what) {
        case Step::What::kLet: all += "let " + std::to_string(step.index); break;
        case Step::What::kAssign: all += "out " + std::to_string(step.index); break;
        case Step::What::kEffect: all += "effect"; break;
        case Step::What::kGroup: all += "group(" + shape(step.then) + " | " + shape(step.otherwise) + ")"; break;
      }
    }
    return all;
  }
};

TEST_F(IrSlice, KeepsWhatTheFieldNeedsAndReadsNothingElse) {
  const uint32_t mail = b.input("mail", text()), name = b.input("name", text()), unused = b.input("unused", text());
  const uint32_t lowered = b.local(text()), other = b.local(text());
  b.step(Step::What::kLet, upper(b.field(mail)), lowered);
  b.step(Step::What::kLet, upper(b.field(name)), other);
  b.assign("mail", b.node(Op::kLocal, text(), lowered));
  b.assign("name", b.node(Op::kLocal, text(), other));
  b.assign("copied", b.field(unused));
  const ir::Slice made = slice({true, false, false});
  EXPECT_EQ(shape(part().steps), "let 0 out 0");
  EXPECT_EQ(made.reads, (std::vector<bool>{true, false, false}));
  EXPECT_FALSE(made.refuses_alike) << "a call was left out, which may run out of memory";
  EXPECT_EQ(shape(b.program.maps[0].steps), "let 0 let 1 out 0 out 1 out 2") << "the map itself stays as it was";
}

TEST_F(IrSlice, RefusesAlikeWhenOnlyCopiesAreLeftOut) {
  const uint32_t mail = b.input("mail", text()), name = b.input("name", b.types().nullable(text()));
  b.assign("mail", upper(b.field(mail)));
  b.assign("name", b.field(name));
  b.assign("or", b.node(Op::kCoalesce, text(), kNone, b.field(name), b.text("x")));
  const ir::Slice made = slice({true, false, false});
  EXPECT_TRUE(made.refuses_alike);
  EXPECT_EQ(made.reads, (std::vector<bool>{true, false}));
}

TEST_F(IrSlice, LeavingOutARejectWritesMore) {
  const uint32_t mail = b.input("mail", text()), age = b.input("age", b.types().nullable(integer()));
  b.assign("mail", b.field(mail));
  b.assign("age", b.node(Op::kCoalesce, integer(), kNone, b.field(age), b.reject(b.site(Verb::kReject, "XX101"))));
  const ir::Slice made = slice({true, false});
  EXPECT_EQ(shape(part().steps), "out 0");
  EXPECT_FALSE(made.refuses_alike);
}

TEST_F(IrSlice, KeepsTheRejectThatPoisonsWhatIsKept) {
  const uint32_t mail = b.input("mail", b.types().nullable(text())), age = b.input("age", b.types().nullable(integer()));
  const uint32_t address = b.local(text());
  const uint32_t poisoned = b.poison();
  b.step(Step::What::kLet, b.node(Op::kCoalesce, text(), kNone, b.field(mail), b.reject(b.site(Verb::kReject, "XX101"))), address).poison =
      poisoned;
  b.step(Step::What::kEffect, b.node(Op::kCoalesce, integer(), kNone, b.field(age), b.reject(b.site(Verb::kReject, "XX102"))));
  b.assign("mail", b.node(Op::kLocal, text(), address)).depends = {poisoned};
  const ir::Slice made = slice({true});
  EXPECT_EQ(shape(part().steps), "let 0 out 0");
  EXPECT_EQ(part().steps[1].depends, (std::vector<uint32_t>{poisoned}));
  EXPECT_EQ(made.reads, (std::vector<bool>{true, false}));
}

TEST_F(IrSlice, KeepsOneBranchOfAGroupWithItsCondition) {
  const uint32_t flag = b.input("flag", b.type(Kind::kBool)), mail = b.input("mail", text()), name = b.input("name", text());
  std::vector<Step> then, otherwise;
  b.assign("mail", b.field(mail), &then);
  b.assign("name", b.field(name), &otherwise);
  Step& group = b.step(Step::What::kGroup, b.field(flag));
  group.then = then;
  group.otherwise = otherwise;
  const ir::Slice made = slice({true, false});
  EXPECT_EQ(shape(part().steps), "group(out 0 | )");
  EXPECT_EQ(made.reads, (std::vector<bool>{true, true, false}));
}

TEST_F(IrSlice, FieldsReadForOneOutput) {
  const uint32_t a = b.input("a", text()), c = b.input("c", text());
  b.assign("first", upper(b.field(a)));
  b.assign("second", upper(b.field(c)));
  b.finish();
  EXPECT_EQ(ir::input_fields_read(b.program, b.program.maps[0]), (std::vector<bool>{true, true}));
  EXPECT_EQ(ir::input_fields_read_for(b.program, b.program.maps[0], 1), (std::vector<bool>{false, true}));
}

// What a slice may leave out silently, and what a pure function may hold, is decided by these classes.
TEST(IrOpClass, OnlyWhatRaisesHandlesCallsOrBuildsIsMoreThanACopy) {
  using ir::OpClass;
  for (const Op op : {Op::kConst, Op::kNull, Op::kKeep, Op::kField, Op::kFieldPresent, Op::kFieldUnavailable, Op::kLocal, Op::kRunNow,
                      Op::kRunId, Op::kParameter, Op::kRowSource})
    EXPECT_EQ(ir::class_of(op), OpClass::kReads);
  for (const Op op : {Op::kLet, Op::kIf, Op::kSwitch, Op::kCoalesce, Op::kIsNull, Op::kUnwrap, Op::kWrap, Op::kGetField})
    EXPECT_EQ(ir::class_of(op), OpClass::kChooses);
  for (const Op op : {Op::kReject, Op::kSkip, Op::kWarn, Op::kFail}) EXPECT_EQ(ir::class_of(op), OpClass::kRaises);
  for (const Op op : {Op::kCall, Op::kCallFunction}) EXPECT_EQ(ir::class_of(op), OpClass::kCalls);
  EXPECT_EQ(ir::class_of(Op::kCatch), OpClass::kHandles);
}

}  // namespace
}  // namespace mig::testing
