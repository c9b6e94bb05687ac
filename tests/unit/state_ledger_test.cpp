// The run ledger: ids, what is unfinished, fences, journal rows.
#include <gtest/gtest.h>

#include <sys/stat.h>

#include "runtime/state/ledger.h"
#include "tests/unit/engine_program.h"

namespace mig::test {
namespace {

RunRecord run_of(const std::string& migration) {
  RunRecord run;
  run.migration = migration;
  run.spec_hash = "h";
  run.started = 1'772'330'400'000'000;  // 2026-03-01T02:00:00Z
  run.run_now = 7;
  return run;
}

TEST(Ledger, RemembersRuns) {
  const Folder folder;
  EXPECT_FALSE(Ledger::open_existing(folder / "state").ok());
  auto ledger = Ledger::open(folder / "state");
  ASSERT_TRUE(ledger.ok());
  struct stat status = {};
  ASSERT_EQ(::stat((folder / "state").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  auto first = (*ledger)->begin(run_of("a"));
  auto second = (*ledger)->begin(run_of("b"));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*first, "20260301T020000Z-1");
  EXPECT_EQ(*second, "20260301T020000Z-2");
  EXPECT_EQ((*ledger)->begin(run_of("a")).error().kind, ErrorKind::kUnavailable);
  auto open = (*ledger)->unfinished("a", "");
  ASSERT_TRUE(open.ok() && open->has_value());
  EXPECT_EQ((*open)->run_id, *first);
  EXPECT_EQ((*open)->run_now, 7);
  EXPECT_FALSE((*(*ledger)->unfinished("a", "stage")).has_value());
  auto fence = (*ledger)->take_over(*first);
  ASSERT_TRUE(fence.ok());
  RunRecord record = **open;
  record.status = "finished";
  record.read = 12;
  ASSERT_TRUE((*ledger)->update(record, *fence).ok());
  EXPECT_FALSE((*(*ledger)->unfinished("a", "")).has_value());
  auto existing = Ledger::open_existing(folder / "state");
  ASSERT_TRUE(existing.ok());
  auto history = (*existing)->history(0);
  ASSERT_TRUE(history.ok());
  ASSERT_EQ(history->size(), 2u);
  EXPECT_EQ((*history)[0].run_id, *second);
  EXPECT_EQ((*history)[1].read, 12u);
  EXPECT_EQ((*history)[1].attempts, 2u);
}

TEST(Ledger, FencesOlderProcesses) {
  const Folder folder;
  auto ledger = Ledger::open(folder / "state");
  ASSERT_TRUE(ledger.ok());
  auto run = (*ledger)->begin(run_of("a"));
  ASSERT_TRUE(run.ok());
  auto older = (*ledger)->take_over(*run);
  ASSERT_TRUE(older.ok());
  JournalRow row;
  row.sequence = 3;
  row.phase = "open";
  row.tail = std::string("a\0b", 3);
  EXPECT_TRUE((*ledger)->write_journal(*run, "out", *older, row).ok());
  auto newer = (*ledger)->take_over(*run);
  ASSERT_TRUE(newer.ok());
  EXPECT_GT(*newer, *older);
  row.sequence = 4;
  const auto late = (*ledger)->write_journal(*run, "out", *older, row);
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().kind, ErrorKind::kFenced);
  auto found = (*ledger)->journal(*run, "out");
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->sequence, 3u);
  EXPECT_EQ((*found)->tail, std::string("a\0b", 3));
  RunRecord record = **(*ledger)->find(*run);
  EXPECT_EQ((*ledger)->update(record, *older).error().kind, ErrorKind::kFenced);
  ASSERT_TRUE((*ledger)->abandon(*run).ok());
  EXPECT_EQ((*ledger)->update(record, *newer).error().kind, ErrorKind::kFenced);
}

}  // namespace
}  // namespace mig::test
