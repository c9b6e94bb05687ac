// The types that programs carry for `decode`, and texts that are no JSON, damaged at every byte.
#include <gtest/gtest.h>

#include <string>

#include "stdlib/functions.h"
#include "stdlib/json_shape.h"
#include "tests/unit/prepared_objects.h"
#include "tests/unit/stdlib_arena.h"

namespace mig::stdlib {
namespace {

struct Document {
  TypeTable types;
  std::vector<EnumType> enums{{"Kind", false, {{"person", "P"}, {"company", "C:;"}}}};
  std::string code;

  Document() {
    Type kind;
    kind.kind = Kind::kEnum;
    kind.declaration = 0;
    Type line;
    line.kind = Kind::kRecord;
    line.fields = {{"n", types.integer(1, 9), false}, {"note", types.nullable(types.string(0, 5)), true}};
    Type record;
    record.kind = Kind::kRecord;
    record.fields = {{"kind", types.intern(kind), false},
                     {"amount", types.decimal(9, 2), false},
                     {"lines", types.list(types.intern(line)), false},
                     {"by name", types.map(types.of(Kind::kString), types.of(Kind::kBool)), false}};
    code = json_shape_code(types, enums, types.intern(record));
  }
};

std::shared_ptr<const JsonShape> shape_of(const Document& document) {
  std::string error;
  auto shape = JsonShape::build(document.code, error);
  EXPECT_NE(shape, nullptr) << error;
  return shape;
}

Status decoded(const JsonShape& shape, const std::string& text, TestArena& arena, Cell& cell) {
  arena.context.cause = nullptr;
  return mig_json_decode(arena.context, cell, {text.data(), text.size()}, shape);
}

const char* const kGood =
    "\n {\"kind\": \"C:;\", \"amount\": -1.5,\n \"lines\": [{\"n\": 9}, {\"n\": 1, \"note\": null}], \"by name\": {\"a\": true}} \t";

TEST(StdlibDecode, RecordsAreReadByTheirType) {
  const Document document;
  const auto shape = shape_of(document);
  TestArena arena;
  Cell cell{};
  ASSERT_EQ(decoded(*shape, kGood, arena, cell), Status::kOk) << arena.context.cause;
  ASSERT_EQ(cell.list.count, 4u);
  EXPECT_EQ(cell.list.items[0].integer, 1);
  EXPECT_EQ(cell.list.items[1].decimal, -150);
  ASSERT_EQ(cell.list.items[2].list.count, 2u);
  EXPECT_EQ(cell.list.items[2].list.items[0].list.items[0].integer, 9);
  EXPECT_EQ(cell.list.items[2].list.items[0].list.items[1].state, Presence::kAbsent);
  EXPECT_EQ(cell.list.items[2].list.items[1].list.items[1].state, Presence::kNull);
  ASSERT_EQ(cell.list.items[3].map.count, 1u);
  EXPECT_TRUE(cell.list.items[3].map.entries[0].value.boolean);
}

TEST(StdlibDecode, WhatDoesNotFitFailsAndSaysWhy) {
  const Document document;
  const auto shape = shape_of(document);
  for (const char* text : {"", " ", "null", "[]", "{}", "{\"kind\":\"P\"} {}", "{\"kind\":\"X\",\"amount\":1,\"lines\":[],\"by name\":{}}",
                           "{\"kind\":\"P\",\"amount\":1.505,\"lines\":[],\"by name\":{}}",
                           "{\"kind\":\"P\",\"amount\":1,\"lines\":[{\"n\":10}],\"by name\":{}}",
                           "{\"kind\":\"P\",\"amount\":1,\"lines\":[{\"n\":1,\"note\":\"sixsix\"}],\"by name\":{}}",
                           "{\"kind\":\"P\",\"amount\":1,\"lines\":[],\"by name\":{\"a\":null}}"}) {
    TestArena arena;
    Cell cell{};
    EXPECT_EQ(decoded(*shape, text, arena, cell), Status::kFail) << text;
    EXPECT_NE(arena.context.cause, nullptr) << text;
  }
}

// Each prefix, and each byte turned into another: an answer, and nothing read or written elsewhere (the arena's blocks are guarded).
TEST(StdlibDecode, DamagedTextsAreAnswered) {
  const Document document;
  const auto shape = shape_of(document);
  const std::string good = kGood;
  for (size_t i = 0; i < good.size(); ++i) {
    TestArena arena;
    Cell cell{};
    if (good.find_first_not_of(" \t", i) != std::string::npos) {
      EXPECT_EQ(decoded(*shape, good.substr(0, i), arena, cell), Status::kFail) << i;
    }
    for (const char other : {'"', '\\', '{', ']', '\0', '9', '\xC3'}) {
      std::string text = good;
      text[i] = other;
      const Status status = decoded(*shape, text, arena, cell);
      EXPECT_TRUE(status == Status::kOk || arena.context.cause != nullptr);
    }
  }
}

TEST(StdlibDecode, DamagedTypesAreRefused) {
  const Document document;
  for (size_t i = 0; i < document.code.size(); ++i)
    EXPECT_NE(refused(PreparedKind::kShape, {document.code.substr(0, i)}, "", kToBeDecoded), "") << document.code.substr(0, i);
  EXPECT_NE(refused(PreparedKind::kShape, {document.code + "0;"}, "", kToBeDecoded), "");
  EXPECT_NE(refused(PreparedKind::kShape, {}, "", kToBeDecoded), "");
  TypeTable types;
  EXPECT_FALSE(json_holds(types, types.list(types.of(Kind::kMoney))));
  EXPECT_NE(refused(PreparedKind::kShape, {json_shape_code(types, {}, types.of(Kind::kMoney))}, "", kToBeDecoded), "");
}

}  // namespace
}  // namespace mig::stdlib
