// Whole runs over a hand-written program: output, rejects, counts and reports, for every number of workers, batch and chunk size.
#include <gtest/gtest.h>

#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <map>

#include "tests/unit/engine_program.h"

namespace mig::test {
namespace {

struct Expected {
  std::string output;
  std::vector<std::pair<uint64_t, std::string>> rejects;  // line, code
  uint64_t written = 0, merged = 0, skipped = 0, rejected = 0, warned = 0;
};

Expected expected_of(const std::vector<Person>& all, bool dedupe, bool merge) {
  Expected expected;
  std::vector<size_t> good;
  for (size_t i = 0; i < all.size(); ++i) {
    const Person& p = all[i];
    if (p.broken || !p.has_email) {
      expected.rejects.emplace_back(i + 1, p.broken ? "MIG002" : "P101");
    } else if (p.has_number && p.number == 7) {
      ++expected.skipped;
    } else {
      good.push_back(i);
    }
  }
  expected.rejected = expected.rejects.size();
  std::map<std::string, std::vector<size_t>> groups;
  for (const size_t i : good) groups[dedupe ? all[i].email : std::to_string(i)].push_back(i);
  std::map<size_t, std::vector<std::string>> winners;
  const auto better = [&](size_t a, size_t b) {
    const Person &x = all[a], &y = all[b];
    if (x.has_number != y.has_number) return x.has_number;
    if (x.has_number && x.number != y.number) return x.number > y.number;
    return x.id < y.id;
  };
  for (auto& [key, members] : groups) {
    const size_t winner = *std::min_element(members.begin(), members.end(), better);
    std::vector<size_t> order = members;
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return all[a].id < all[b].id; });
    std::vector<std::string> tags = all[winner].tags;
    if (merge && members.size() > 1) {
      tags.clear();
      order.erase(std::find(order.begin(), order.end(), winner));
      order.insert(order.begin(), winner);
      for (const size_t i : order) {
        for (const std::string& tag : all[i].tags) {
          if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
        }
      }
    }
    winners[winner] = tags;
    expected.merged += members.size() - 1;
    for (const size_t i : members) expected.warned += i != winner || (all[i].has_number && all[i].number < 0) ? 1 : 0;
  }
  for (const auto& [i, tags] : winners) expected.output += person_json(all[i], tags) + "\n";
  expected.written = winners.size();
  return expected;
}

std::vector<std::pair<uint64_t, std::string>> logged(const std::string& path) {
  std::vector<std::pair<uint64_t, std::string>> found;
  std::istringstream lines(slurp(path));
  for (std::string line; std::getline(lines, line);) {
    const uint64_t number = std::strtoull(line.c_str() + line.find("\"line\":") + 7, nullptr, 10);
    const size_t code = line.find("\"code\":\"") + 8;
    found.emplace_back(number, line.substr(code, line.find('"', code) - code));
  }
  return found;
}

struct Variant {
  uint32_t workers, batch;
  uint64_t chunk, memory;
};

class EngineRuns : public testing::TestWithParam<Variant> {};

RunOptions options_of(const Folder& folder, const Variant& variant) {
  RunOptions options;
  options.workers = variant.workers;
  options.batch_records = variant.batch;
  options.chunk_bytes = variant.chunk;
  options.memory_bytes = variant.memory;
  options.state_directory = folder / "state";
  options.rejects_file = folder / "rejects.ndjson";
  options.report_file = folder / "report.json";
  return options;
}

void expect_run(const RunReport& report, const Expected& expected, size_t read) {
  ASSERT_FALSE(report.error.has_value()) << report.error->message;
  EXPECT_EQ(report.status, RunStatus::kFinished);
  EXPECT_EQ(report.read, read);
  EXPECT_EQ(report.written, expected.written);
  EXPECT_EQ(report.merged, expected.merged);
  EXPECT_EQ(report.skipped, expected.skipped);
  EXPECT_EQ(report.rejected, expected.rejected);
  EXPECT_EQ(report.warned, expected.warned);
}

TEST_P(EngineRuns, StreamsIntoAFile) {
  const Folder folder;
  const std::vector<Person> all = people(5000, 1);
  write_people(folder / "in.ndjson", all);
  const auto plan = people_plan(folder / "in.ndjson", folder / "out.ndjson", "ndjson");
  const PeopleKernels kernels(*plan);
  const RunReport report = run(*plan, kernels, options_of(folder, GetParam()));
  const Expected expected = expected_of(all, false, false);
  expect_run(report, expected, all.size());
  EXPECT_EQ(slurp(folder / "out.ndjson"), expected.output);
  EXPECT_EQ(logged(folder / "rejects.ndjson"), expected.rejects);
  const std::string csv = slurp(folder / "rejects.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), static_cast<ptrdiff_t>(expected.rejected + 1));
  EXPECT_NE(slurp(folder / "report.json").find("\"P101\""), std::string::npos);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path))
    EXPECT_EQ(entry.path().filename().string().find(".tmp"), std::string::npos);
}

TEST_P(EngineRuns, KeepsTheWinnersOfADedupe) {
  using Design = std::tuple<bool, bool, bool>;
  for (const auto& [merge, twice, exact] : {Design{false, false, false}, Design{true, false, false}, Design{false, true, false},
                                            Design{true, true, false}, Design{false, true, true}, Design{true, true, true}}) {
    const Folder folder;
    const std::vector<Person> all = people(6000, 2);
    write_people(folder / "in.ndjson", all);
    const auto plan = people_plan(folder / "in.ndjson", folder / "out.ndjson", "ndjson");
    add_dedupe(*plan, merge, twice);
    plan->maps[0].key_slice_exact = exact;
    const PeopleKernels kernels(*plan);
    const RunReport report = run(*plan, kernels, options_of(folder, GetParam()));
    const Expected expected = expected_of(all, true, merge);
    expect_run(report, expected, all.size());
    EXPECT_EQ(slurp(folder / "out.ndjson"), expected.output);
    EXPECT_EQ(logged(folder / "rejects.ndjson"), expected.rejects);
    const auto warnings = logged(folder / "rejects.warnings.ndjson");
    EXPECT_TRUE(std::is_sorted(warnings.begin(), warnings.end(), [](const auto& a, const auto& b) { return a.first < b.first; }));
    EXPECT_EQ(static_cast<uint64_t>(std::count_if(warnings.begin(), warnings.end(), [](const auto& w) { return w.second == "P401"; })),
              expected.merged);
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, EngineRuns,
                         testing::Values(Variant{1, 0, 0, 256 << 20}, Variant{1, 1, 4096, 256 << 20}, Variant{2, 7, 8192, 256 << 20},
                                         Variant{4, 0, 4096, 256 << 10}, Variant{3, 64, 20000, 64 << 10}));

TEST(EngineRun, MergesRecordsOfACompressedSource) {
  const Folder folder;
  const std::vector<Person> all = people(4000, 12);
  write_people(folder / "in.ndjson", all);
  const std::string text = slurp(folder / "in.ndjson");
  gzFile packed = gzopen((folder / "in.ndjson.gz").c_str(), "wb");
  ASSERT_EQ(gzwrite(packed, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
  gzclose(packed);
  const auto plan = people_plan(folder / "in.ndjson.gz", folder / "out.ndjson", "ndjson");
  add_dedupe(*plan, true, true);
  const PeopleKernels kernels(*plan);
  const RunReport report = run(*plan, kernels, options_of(folder, {2, 0, 10000, 256 << 20}));
  const Expected expected = expected_of(all, true, true);
  expect_run(report, expected, all.size());
  EXPECT_EQ(slurp(folder / "out.ndjson"), expected.output);
}

TEST(EngineRun, RefusesAnOutputThatExists) {
  const Folder folder;
  write_people(folder / "in.ndjson", people(10, 3));
  std::ofstream(folder / "out.ndjson") << "mine\n";
  const auto plan = people_plan(folder / "in.ndjson", folder / "out.ndjson", "ndjson");
  plan->targets[0].write = WriteMode::kInsert;
  const PeopleKernels kernels(*plan);
  const RunReport report = run(*plan, kernels, options_of(folder, {1, 0, 0, 256 << 20}));
  ASSERT_TRUE(report.error.has_value());
  EXPECT_EQ(exit_code(report), 2);
  EXPECT_EQ(slurp(folder / "out.ndjson"), "mine\n");
}

TEST(EngineRun, KeepsTheReplacedFileAndRefusesToReplaceItByNothing) {
  const Folder folder;
  write_people(folder / "in.ndjson", people(10, 3));
  std::ofstream(folder / "out.ndjson") << "mine\n";
  const auto plan = people_plan(folder / "in.ndjson", folder / "out.ndjson", "ndjson");
  const PeopleKernels kernels(*plan);
  const RunReport report = run(*plan, kernels, options_of(folder, {1, 0, 0, 256 << 20}));
  EXPECT_FALSE(report.error.has_value());
  EXPECT_EQ(slurp(folder / ("out.ndjson.bak-" + report.run_id)), "mine\n");
  const std::string before = slurp(folder / "out.ndjson");
  write_people(folder / "in.ndjson", {});
  const RunReport empty = run(*plan, kernels, options_of(folder, {1, 0, 0, 256 << 20}));
  EXPECT_EQ(exit_code(empty), 7);
  EXPECT_EQ(slurp(folder / "out.ndjson"), before);
}

TEST(EngineRun, StopsAtTheRecordThatExceedsABudget) {
  for (const uint32_t workers : {1u, 3u}) {
    const Folder folder;
    const std::vector<Person> all = people(5000, 4);
    write_people(folder / "in.ndjson", all);
    const auto plan = people_plan(folder / "in.ndjson", folder / "out.ndjson", "ndjson");
    plan->budgets.max_rejected = 50;
    const PeopleKernels kernels(*plan);
    const RunReport stopped = run(*plan, kernels, options_of(folder, {workers, 0, 4096, 256 << 20}));
    EXPECT_EQ(exit_code(stopped), 3);
    const Expected expected = expected_of(all, false, false);
    EXPECT_EQ(stopped.rejected, 51u);
    EXPECT_EQ(stopped.read, expected.rejects[50].first);
    const auto rejects = logged(folder / "rejects.ndjson");
    EXPECT_EQ(rejects, std::vector(expected.rejects.begin(), expected.rejects.begin() + 51));
    EXPECT_FALSE(std::filesystem::exists(folder / "out.ndjson"));
    plan->budgets.max_rejected = 5000;
    const RunReport finished = run(*plan, kernels, options_of(folder, {workers, 0, 4096, 256 << 20}));
    EXPECT_TRUE(finished.resumed);
    EXPECT_EQ(finished.run_id, stopped.run_id);
    expect_run(finished, expected, all.size());
    EXPECT_EQ(slurp(folder / "out.ndjson"), expected.output);
    EXPECT_EQ(logged(folder / "rejects.ndjson"), expected.rejects);
  }
}

TEST(EngineRun, ContinuesAfterASignal) {
  for (const auto& [dedupe, twice] : {std::pair(false, false), {true, false}, {true, true}}) {
    for (const char* name : {"out.ndjson", "out.ndjson.gz", "out.db"}) {
      const Folder folder;
      const std::vector<Person> all = people(4000, 5);
      write_people(folder / "in.ndjson", all);
      const std::string connector = std::string(name) == "out.db" ? "sqlite" : "ndjson";
      const auto plan = people_plan(folder / "in.ndjson", folder / name, connector);
      const auto whole = people_plan(folder / "in.ndjson", folder / (std::string("whole-") + name), connector);
      if (dedupe) {
        add_dedupe(*plan, true, twice);
        add_dedupe(*whole, true, !twice);
      }
      const PeopleKernels kernels(*plan), whole_kernels(*whole);
      std::atomic<int> stop{0};
      uint64_t seen = 0, limit = 0;
      RunOptions options = options_of(folder, {1, 0, 4096, 256 << 20});
      options.epoch.records = 1;
      options.stop = &stop;
      int attempts = 0;
      options.progress =
          [&](const Progress& progress) {  // the first attempt is stopped at its first sign of life, however quick the machine
            if (attempts == 0 || progress.written + progress.rejected > limit) stop = 2;
            ++seen;
          };
      RunReport report;
      for (; attempts < 100; ++attempts) {
        stop = 0;
        report = run(*plan, kernels, options);
        limit = report.written + report.rejected + 500;
        if (!report.error) break;
        EXPECT_EQ(exit_code(report), 4) << report.error->message;
        if (exit_code(report) != 4) break;
        EXPECT_FALSE(connector == "ndjson" && std::filesystem::exists(folder / name));
      }
      EXPECT_GT(attempts, 0);
      ASSERT_FALSE(report.error.has_value()) << report.error->message;
      RunOptions plain = options_of(folder, {2, 0, 10000, 256 << 20});
      plain.state_directory = folder / "state2";
      plain.rejects_file = folder / "rejects2.ndjson";
      const RunReport other = run(*whole, whole_kernels, plain);
      ASSERT_FALSE(other.error.has_value()) << other.error->message;
      EXPECT_EQ(report.written, other.written);
      EXPECT_EQ(report.rejected, other.rejected);
      EXPECT_EQ(report.merged, other.merged);
      EXPECT_EQ(report.warned, other.warned);
      EXPECT_EQ(logged(folder / "rejects.ndjson"), logged(folder / "rejects2.ndjson"));
      EXPECT_EQ(logged(folder / "rejects.warnings.ndjson"), logged(folder / "rejects2.warnings.ndjson"));
      if (connector != "ndjson") continue;
      EXPECT_EQ(slurp(folder / name), slurp(folder / (std::string("whole-") + name)));
    }
  }
}

TEST(EngineRun, RefusesToContinueWithSomethingElse) {
  const Folder folder;
  write_people(folder / "in.ndjson", people(3000, 8));
  const auto plan = people_plan(folder / "in.ndjson", folder / "out.ndjson", "ndjson");
  const PeopleKernels kernels(*plan);
  RunOptions options = options_of(folder, {1, 0, 4096, 256 << 20});
  options.epoch.records = 1;
  std::atomic<int> stop{0};
  options.stop = &stop;
  options.progress = [&](const Progress&) { stop = 15; };
  ASSERT_EQ(exit_code(run(*plan, kernels, options)), 4);
  stop = 0;
  options.progress = nullptr;
  const auto code_with = [&](auto&& change) {
    const auto other = people_plan(folder / "in.ndjson", folder / "out.ndjson", "ndjson");
    change(*other);
    const PeopleKernels others(*other);
    return exit_code(run(*other, others, options));
  };
  EXPECT_EQ(code_with([](Plan& p) { p.spec_hash = "other"; }), 2);
  EXPECT_EQ(code_with([&](Plan& p) { p.targets[0].arguments = {folder / "elsewhere.ndjson"}; }), 2);
  EXPECT_EQ(code_with([](Plan& p) { p.parameters.emplace_back("cutoff", "1"); }), 2);
  std::ofstream(folder / "in.ndjson", std::ios::app) << "{\"id\":\"new\",\"email\":\"e\"}\n";
  EXPECT_EQ(code_with([](Plan&) {}), 5);
  options.start = StartMode::kNew;
  EXPECT_EQ(code_with([](Plan&) {}), 0);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path)) EXPECT_NE(entry.path().extension(), ".tmp");
  options.start = StartMode::kResumeOnly;
  EXPECT_EQ(code_with([](Plan&) {}), 0);  // finished: nothing to do
  EXPECT_EQ(code_with([](Plan& p) { p.migration = "never run"; }), 2);
}

TEST(EngineRun, RunsOnlyWhatWasRejected) {
  const Folder folder;
  std::vector<Person> all = people(3000, 9);
  write_people(folder / "in.ndjson", all);
  const auto plan = people_plan(folder / "in.ndjson", folder / "out.db", "sqlite");
  const PeopleKernels kernels(*plan);
  RunOptions options = options_of(folder, {2, 0, 8192, 256 << 20});
  const RunReport first = run(*plan, kernels, options);
  ASSERT_FALSE(first.error.has_value());
  uint64_t repaired = 0, broken = 0;
  for (Person& person : all) {
    broken += person.broken ? 1 : 0;
    if (!person.broken && !person.has_email && ++repaired % 2 == 0) person.has_email = true;
  }
  // Records that did not decode have no key, so they are found by their place: not in a source that changed.
  write_people(folder / "changed.ndjson", all);
  std::filesystem::copy_file(folder / "rejects.ndjson", folder / "log.ndjson");
  const auto changed = people_plan(folder / "changed.ndjson", folder / "out.db", "sqlite");
  options.only_rejected = folder / "log.ndjson";
  EXPECT_EQ(exit_code(run(*changed, kernels, options)), 2);
  std::string keyed;
  std::istringstream lines(slurp(folder / "log.ndjson"));
  for (std::string line; std::getline(lines, line);) keyed += line.find("\"key\"") == std::string::npos ? "" : line + "\n";
  std::ofstream(folder / "log.ndjson") << keyed;
  const RunReport second = run(*changed, kernels, options);
  ASSERT_FALSE(second.error.has_value()) << second.error->message;
  EXPECT_EQ(second.parent_run, first.run_id);
  EXPECT_EQ(second.read, first.rejected - broken);
  EXPECT_EQ(second.rejected, (repaired + 1) / 2);
  EXPECT_EQ(second.written + second.skipped, repaired / 2);
  // A whole file is not amended, and a log that is none is refused.
  const auto file = people_plan(folder / "changed.ndjson", folder / "more.ndjson", "ndjson");
  const RunReport third = run(*file, kernels, options);
  ASSERT_FALSE(third.error.has_value()) << third.error->message;
  EXPECT_EQ(third.written + third.skipped, repaired / 2);
  std::ofstream(folder / "log.ndjson") << "{\"no\":\"log\"}\n";
  EXPECT_EQ(exit_code(run(*changed, kernels, options)), 2);
}

}  // namespace
}  // namespace mig::test
