#include <gtest/gtest.h>

#include <cstring>

#include "runtime/records/arena.h"
#include "runtime/records/batch.h"
#include "runtime/records/layout.h"

namespace mig {
namespace {

TEST(RecordLayout, PlacesSlotsBehindPresenceBytesAligned) {
  TypeTable types;
  RecordLayout layout;
  layout.add("flag", types.of(Kind::kBool), types, false);
  layout.add("count", types.of(Kind::kInt), types, true);
  layout.add("name", types.of(Kind::kString), types, true);
  layout.add("any", types.of(Kind::kScalar), types, true);
  layout.finish();
  EXPECT_EQ(layout.stride % 16, 0u);
  std::vector<bool> taken(layout.stride);
  for (uint32_t i = 0; i < layout.fields.size(); ++i) taken[i] = true;
  for (const FieldSlot& field : layout.fields) {
    const uint32_t size = storage_size(field.storage);
    EXPECT_EQ(field.offset % std::min(size, 16u), 0u) << field.name;
    for (uint32_t i = field.offset; i < field.offset + size; ++i) {
      ASSERT_LT(i, layout.stride);
      EXPECT_FALSE(taken[i]) << field.name;
      taken[i] = true;
    }
  }
  EXPECT_EQ(layout.find("name"), 2);
  EXPECT_EQ(layout.find("other"), -1);
}

TEST(RecordLayout, CellsRoundTrip) {
  TypeTable types;
  RecordLayout layout;
  layout.add("d", types.decimal(38, 2), types, true);
  layout.add("s", types.of(Kind::kScalar), types, true);
  layout.add("t", types.of(Kind::kString), types, true);
  layout.finish();
  RecordBatch batch(layout, 3);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(batch.frame(1)) % 16, 0u);
  uint8_t* frame = batch.frame(2);
  EXPECT_EQ(presence(frame, 0), Presence::kAbsent);
  Cell cell{};
  cell.state = Presence::kValue;
  cell.decimal = -(int128{1} << 100);
  store_cell(frame, layout, 0, cell);
  EXPECT_TRUE(load_cell(frame, layout, 0).decimal == -(int128{1} << 100));
  cell = Cell{};
  cell.state = Presence::kValue;
  cell.integer = 42;
  cell.kind = ScalarKind::kDecimal;
  cell.scale = 1;
  store_cell(frame, layout, 1, cell);
  EXPECT_EQ(load_cell(frame, layout, 1).kind, ScalarKind::kDecimal);
  EXPECT_EQ(load_cell(frame, layout, 1).scale, 1);
  cell.state = Presence::kNull;
  store_cell(frame, layout, 2, cell);
  EXPECT_EQ(load_cell(frame, layout, 2).state, Presence::kNull);
}

TEST(Arena, GivesDistinctAlignedMemoryAndReusesItAfterReset) {
  Arena arena(256, 4096);
  Context context{};
  arena.reset(context);
  std::vector<std::pair<char*, size_t>> given;
  for (const size_t size : {1u, 100u, 300u, 16u, 500u, 200u, 200u, 0u, 256u, 128u}) {
    char* memory = static_cast<char*>(arena_allocate(context, size));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % 16, 0u);
    std::memset(memory, static_cast<int>(given.size() + 1), size);
    given.emplace_back(memory, size);
  }
  for (size_t i = 0; i < given.size(); ++i) {
    for (size_t k = 0; k < given[i].second; ++k) ASSERT_EQ(given[i].first[k], static_cast<char>(i + 1));
  }
  EXPECT_FALSE(arena.exhausted());
  for (int i = 0; i < 100; ++i) arena_allocate(context, 100);
  EXPECT_TRUE(arena.exhausted());
  arena.reset(context);
  EXPECT_FALSE(arena.exhausted());
  EXPECT_EQ(arena_allocate(context, 8), given[0].first);
}

TEST(Arena, ThatRefusesGivesNothingBeyondItsLimit) {
  Arena arena(256, 4096, true);
  Context context{};
  arena.reset(context);
  EXPECT_THROW(arena_allocate(context, 5000), ArenaExhausted);
  EXPECT_THROW(arena_allocate(context, ~uint64_t{0} - 64), ArenaExhausted);
  arena.reset(context);
  EXPECT_THROW(for (int i = 0; i < 100; ++i) arena_allocate(context, 100), ArenaExhausted);
  EXPECT_LE(arena.used(), 4096u);
  arena.reset(context);
  EXPECT_NO_THROW(arena_allocate(context, 3000));
}

}  // namespace
}  // namespace mig
