// The file target between two processes: continuing, fencing, tampering, publishing, compression.
#include <gtest/gtest.h>

#include <csignal>
#include <sys/resource.h>
#include <zlib.h>

#include "runtime/base/file.h"
#include "runtime/connectors/sink.h"
#include "runtime/state/ledger.h"
#include "tests/unit/engine_program.h"

namespace mig::test {
namespace {

std::string unpack(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  std::string out;
  char block[1 << 16];
  for (int n; (n = gzread(file, block, sizeof block)) > 0;) out.append(block, static_cast<size_t>(n));
  gzclose(file);
  return out;
}

class FileSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Ledger::open(folder_ / "state");
    ASSERT_TRUE(opened.ok());
    ledger_ = std::move(*opened);
    RunRecord record;
    record.migration = "people";
    if (!run_.empty()) {
      ASSERT_TRUE(ledger_->abandon(run_).ok());
    }
    auto run = ledger_->begin(record);
    ASSERT_TRUE(run.ok());
    run_ = *run;
  }
  std::unique_ptr<Sink> sink(const std::string& name) {
    if (plan_ == nullptr) plan_ = people_plan("unused", folder_ / name, "ndjson");
    auto opened = open_sink(plan_->targets[0], plan_->types, plan_->enums);
    return opened ? std::move(*opened) : nullptr;
  }
  Result<Checkpoint> claim(Sink& sink, bool fresh, bool sole = true) {
    auto fence = ledger_->take_over(run_);
    TargetClaim claim;
    claim.run_id = run_;
    claim.migration = "people";
    claim.fence = *fence;
    claim.fresh = fresh;
    claim.sole_owner = sole;
    claim.ledger = ledger_.get();
    return sink.claim(claim);
  }
  static bool write(Sink& sink, const std::string& text) {
    const uint32_t size = static_cast<uint32_t>(text.size());
    const std::string_view piece = text;
    WriteResult result;
    return sink.write({{&piece, 1}, &size, 1}, result).ok();
  }
  static bool commit(Sink& sink, uint64_t sequence, bool complete) {
    return sink.seal({sequence, complete, "s" + std::to_string(sequence)}).ok() && sink.harden().ok();
  }
  std::string hidden() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path)) {
      if (entry.path().extension() == ".tmp") return entry.path().string();
    }
    return {};
  }

  Folder folder_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Plan> plan_;
  std::string run_;
};

TEST_F(FileSinkTest, PiecesAreWrittenOneBehindTheOther) {
  for (const char* name : {"out.ndjson", "out.ndjson.gz"}) {
    SetUp();
    plan_ = nullptr;
    auto target = sink(name);
    ASSERT_TRUE(claim(*target, true).ok());
    std::vector<std::string> lines;
    std::string expected;
    std::vector<uint32_t> sizes;
    for (size_t i = 0; i < 2000; ++i) {
      lines.push_back(i % 7 == 0 ? "" : std::string(i % 100 * 90, 'x') + "\n");
      expected += lines.back();
      if (!lines.back().empty()) sizes.push_back(static_cast<uint32_t>(lines.back().size()));
    }
    const std::vector<std::string_view> pieces(lines.begin(), lines.end());
    WriteResult result;
    ASSERT_TRUE(target->write({pieces, sizes.data(), static_cast<uint32_t>(sizes.size())}, result).ok());
    ASSERT_TRUE(commit(*target, 1, true) && target->publish(false).ok());
    EXPECT_TRUE(unpack(folder_ / name) == expected) << name;  // which leaves other files as they are
  }
}

// A call of the system may write a part of what it is given.
TEST_F(FileSinkTest, PiecesThatFindNoRoomLeaveTheirBeginning) {
  struct Limit {
    rlimit before = {};
    explicit Limit(uint64_t bytes) {
      std::signal(SIGXFSZ, SIG_IGN);
      getrlimit(RLIMIT_FSIZE, &before);
      const rlimit now = {bytes, before.rlim_max};
      setrlimit(RLIMIT_FSIZE, &now);
    }
    ~Limit() { setrlimit(RLIMIT_FSIZE, &before); }
  };
  auto file = File::create_unnamed(folder_.path);
  ASSERT_TRUE(file.ok());
  const std::vector<std::string_view> pieces = {"one,", "", "two,", "three,", "four"};
  std::string read(13, '\0');
  {
    const Limit limit(13);
    const auto written = file->append(pieces);
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().kind, ErrorKind::kNoSpace);
  }
  EXPECT_EQ(file->append_position(), 13u);
  ASSERT_TRUE(file->read_at(0, read.data(), read.size()).ok());
  EXPECT_EQ(read, "one,two,three");
}

TEST_F(FileSinkTest, ContinuesBehindTheLastEpoch) {
  auto first = sink("out.ndjson");
  ASSERT_TRUE(claim(*first, true).ok());
  ASSERT_TRUE(write(*first, "one\n") && commit(*first, 1, false) && write(*first, "lost\n"));
  first->release();
  auto second = sink("out.ndjson");
  auto checkpoint = claim(*second, false);
  ASSERT_TRUE(checkpoint.ok());
  EXPECT_EQ(checkpoint->state, "s1");
  ASSERT_TRUE(write(*second, "two\n") && commit(*second, 2, true));
  EXPECT_FALSE(path_exists(folder_ / "out.ndjson"));
  ASSERT_TRUE(second->publish(false).ok());
  EXPECT_EQ(slurp(folder_ / "out.ndjson"), "one\ntwo\n");
  EXPECT_EQ(hidden(), "");
}

TEST_F(FileSinkTest, GoesOnInACopyWhileAnotherProcessMayStillWrite) {
  auto zombie = sink("out.ndjson");
  ASSERT_TRUE(claim(*zombie, true).ok());
  ASSERT_TRUE(write(*zombie, "one\n") && commit(*zombie, 1, false));
  auto second = sink("out.ndjson");
  ASSERT_TRUE(claim(*second, false, false).ok());
  ASSERT_TRUE(write(*zombie, "from the grave\n"));
  ASSERT_TRUE(write(*second, "two\n") && commit(*second, 2, true) && second->publish(false).ok());
  ASSERT_TRUE(zombie->seal({2, false, "z"}).ok());
  const auto fenced = zombie->harden();
  ASSERT_FALSE(fenced.ok());
  EXPECT_EQ(fenced.error().kind, ErrorKind::kFenced);
  EXPECT_EQ(slurp(folder_ / "out.ndjson"), "one\ntwo\n");
}

TEST_F(FileSinkTest, NoticesThatTheHiddenFileWasChanged) {
  for (const int how : {0, 1, 2}) {
    SetUp();
    auto first = sink("out.ndjson");
    ASSERT_TRUE(claim(*first, true).ok());
    ASSERT_TRUE(write(*first, "one\n") && commit(*first, 1, false));
    first->release();
    const std::string name = hidden();
    if (how == 0) std::filesystem::resize_file(name, 2);
    if (how == 1) std::ofstream(name, std::ios::in | std::ios::out) << "X";
    if (how == 2) std::filesystem::remove(name);
    auto second = sink("out.ndjson");
    const auto checkpoint = claim(*second, false);
    ASSERT_FALSE(checkpoint.ok());
    EXPECT_EQ(checkpoint.error().kind, ErrorKind::kConflict);
    std::filesystem::remove(name);
  }
}

TEST_F(FileSinkTest, FindsItsOwnPublishedFile) {
  auto first = sink("out.ndjson");
  ASSERT_TRUE(claim(*first, true).ok());
  ASSERT_TRUE(write(*first, "one\n") && commit(*first, 1, true));
  // Renamed, but the journal does not know: what a crash between the two leaves.
  std::filesystem::rename(hidden(), folder_ / "out.ndjson");
  first->release();
  auto second = sink("out.ndjson");
  auto checkpoint = claim(*second, false);
  ASSERT_TRUE(checkpoint.ok());
  EXPECT_TRUE(checkpoint->complete);
  EXPECT_TRUE(second->publish(false).ok());
  EXPECT_EQ(slurp(folder_ / "out.ndjson"), "one\n");
}

TEST_F(FileSinkTest, DoesNotOverwriteAFileThatAppearedMeanwhile) {
  auto first = sink("out.ndjson");
  plan_->targets[0].write = WriteMode::kInsert;
  ASSERT_TRUE(claim(*first, true).ok());
  ASSERT_TRUE(write(*first, "one\n") && commit(*first, 1, true));
  std::ofstream(folder_ / "out.ndjson") << "somebody's\n";
  const auto published = first->publish(false);
  ASSERT_FALSE(published.ok());
  EXPECT_EQ(published.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(slurp(folder_ / "out.ndjson"), "somebody's\n");
}

TEST_F(FileSinkTest, CompressedBytesDoNotDependOnEpochs) {
  const std::string row(1000, 'x');
  std::string all;
  auto first = sink("out.ndjson.gz");
  ASSERT_TRUE(claim(*first, true).ok());
  uint64_t sequence = 0;
  for (int i = 0; i < 9000; ++i) {
    const std::string text = row + std::to_string(i) + "\n";
    all += text;
    ASSERT_TRUE(write(*first, text));
    if (i % 2500 == 2499) {
      ASSERT_TRUE(commit(*first, ++sequence, false));
      ASSERT_TRUE(write(*first, "lost\n"));
      first->release();
      first = sink("");
      auto checkpoint = claim(*first, false);
      ASSERT_TRUE(checkpoint.ok()) << checkpoint.error().message;
    }
  }
  ASSERT_TRUE(commit(*first, ++sequence, true) && first->publish(false).ok());
  EXPECT_EQ(unpack(folder_ / "out.ndjson.gz"), all);
  const std::string packed = slurp(folder_ / "out.ndjson.gz");
  SetUp();
  plan_ = people_plan("unused", folder_ / "again.ndjson.gz", "ndjson");
  auto whole = sink("");
  ASSERT_TRUE(claim(*whole, true).ok());
  ASSERT_TRUE(write(*whole, all) && commit(*whole, 1, true) && whole->publish(false).ok());
  EXPECT_EQ(slurp(folder_ / "again.ndjson.gz"), packed);
}

}  // namespace
}  // namespace mig::test
