// What lowering decides by itself, before any pass: a look-up instead of comparisons, one call for a list of date formats. Each decision is
// seen in the program, and what it makes of texts is compared with a rule of the same meaning that it does not apply to.
#include <gtest/gtest.h>

#include <random>

#include "compiler/driver/kernels.h"
#include "compiler/driver/session.h"
#include "compiler/ir/dump.h"
#include "compiler/planner/planner.h"
#include "runtime/records/arena.h"
#include "runtime/records/batch.h"
#include "stdlib/function.h"

namespace mig::ir {
namespace {

constexpr const char* kHead = R"(migration "decisions" version "1.0.0" { edition = 2026 }
issue D1 "no date"
  fix "correct the date"
schema In { x: string }
schema Out { value: VALUE }
source rows: In from ndjson("in.ndjson")
target out: Out into ndjson("out.ndjson") { write = replace }
map m: rows as r -> out as o { value = RULE }
)";

class IrDecisions : public ::testing::Test {
 protected:
  /// The program of a spec whose only rule this is; null when it has errors.
  std::unique_ptr<planner::Planned> planned(const std::string& type, const std::string& rule) {
    std::string text = kHead;
    text.replace(text.find("VALUE"), 5, type);
    text.replace(text.find("RULE"), 4, rule);
    driver::Session& session = *sessions_.emplace_back(driver::session_of_text("decisions.mig", text));
    if (!driver::check(session, 10)) {
      ADD_FAILURE() << rule;
      return nullptr;
    }
    planner::PlanRequest request;
    request.spec_file = "decisions.mig";
    return planner::make_plan(*session.checked.program, session.sources, request, session.findings).planned;
  }
  static std::string shown(const planner::Planned& planned) { return dump(planned.lowered.program, stdlib::functions()); }
  static size_t calls(const std::string& dumped, const std::string& function) {
    size_t count = 0;
    for (size_t at = dumped.find("call " + function + " "); at != std::string::npos; at = dumped.find("call " + function + " ", at + 1))
      ++count;
    return count;
  }

  /// By the interpreter: outcome and value of each text.
  static std::vector<std::pair<Outcome, int64_t>> values(const planner::Planned& planned, const std::vector<std::string>& texts) {
    const Program& program = planned.lowered.program;
    const uint32_t index = planned.plan.maps[0].map;
    const MapProgram& map = program.maps[index];
    driver::KernelOptions options;
    options.engine = driver::Engine::kInterp;
    const auto kernels = driver::make_kernels(program, options);
    EXPECT_TRUE(kernels);
    const auto count = static_cast<uint32_t>(texts.size());
    RecordBatch input(map.input, count), output(map.output, count);
    for (uint32_t i = 0; i < count; ++i) {
      Cell cell{};
      cell.text = {texts[i].data(), texts[i].size()};
      store_cell(input.frame(i), map.input, 0, cell);
    }
    struct Sink : IssueSink {
    } sink;
    sink.add = [](IssueSink*, const IssueHit&) {};
    const Environment environment{};
    Arena arena;
    Context context{};
    arena.reset(context);
    context.prepared = (*kernels)->set().prepared();
    context.environment = &environment;
    context.issues = &sink;
    std::vector<Outcome> outcomes(count, Outcome::kWritten);
    (*kernels)->set().kernel(index).run(context, input.frame(0), output.frame(0), count, outcomes.data());
    std::vector<std::pair<Outcome, int64_t>> found;
    for (uint32_t i = 0; i < count; ++i) {
      const bool written = outcomes[i] == Outcome::kWritten;
      found.emplace_back(outcomes[i], written ? load_cell(output.frame(i), map.output, 0).integer : 0);
    }
    return found;
  }

  std::vector<std::unique_ptr<driver::Session>> sessions_;
};

TEST_F(IrDecisions, FourTextsAreLookedUpAndThreeAreCompared) {
  const auto three = planned("int", R"(match r.x { "ab" => 1, "c" | "d" => 2, _ => 0 })");
  const auto four = planned("int", R"(match r.x { "ab" => 1, "c" | "d" => 2, "e" => 3, _ => 0 })");
  ASSERT_NE(three, nullptr);
  ASSERT_NE(four, nullptr);
  EXPECT_EQ(calls(shown(*three), "code_table_find"), 0u);
  EXPECT_EQ(calls(shown(*three), "text_equal"), 3u) << shown(*three);
  EXPECT_EQ(calls(shown(*four), "code_table_find"), 1u);
  EXPECT_EQ(calls(shown(*four), "text_equal"), 0u) << shown(*four);
}

TEST_F(IrDecisions, ALookUpFindsWhatComparingFinds) {
  std::string table = "match r.x {", tests;
  std::vector<std::string> texts = {"", "k", "K0", " k0", "k0 ", std::string("k0\0", 3), "\xC3\xA9"};
  for (int i = 0; i < 60; ++i) {
    const std::string key = std::string(static_cast<size_t>(i % 23), 'k') + std::to_string(i);
    table += " \"" + key + "\" => " + std::to_string(i) + ",";
    tests += "if r.x == \"" + key + "\" then " + std::to_string(i) + " else ";
    texts.push_back(key);
    texts.push_back(key + "k");
  }
  const auto looked_up = planned("int", table + " _ => -1 }");
  const std::string by_table = shown(*looked_up);
  const auto found = values(*looked_up, texts);
  const auto compared = planned("int", tests + "-1");
  EXPECT_EQ(calls(by_table, "code_table_find"), 1u);
  EXPECT_EQ(calls(shown(*compared), "code_table_find"), 0u);
  EXPECT_EQ(found, values(*compared, texts));
}

TEST_F(IrDecisions, AListOfDateFormatsIsOneCall) {
  const auto both = planned("date", R"(r.x |> parse_date(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y"]) catch reject D1)");
  ASSERT_NE(both, nullptr);
  EXPECT_EQ(calls(shown(*both), "parse_date"), 1u);
  std::vector<std::string> texts = {"",         "2024-02-29", "2023-02-29", "29.02.2024", "02/29/2024", "2024-02-29 ",
                                    "1.2.2024", "2024-2-9",   "12/13/2024"};
  std::mt19937 random(3);
  for (int i = 0; i < 2'000; ++i) {
    std::string text = texts[1 + static_cast<size_t>(random() % 4)];
    for (uint32_t changes = random() % 4; changes > 0; --changes) text[random() % text.size()] = "0123456789-./ "[random() % 14];
    texts.push_back(text);
  }
  const auto found = values(*both, texts);
  const auto one_by_one = planned(
      "date",
      R"(r.x |> parse_date(["%Y-%m-%d"]) catch (r.x |> parse_date(["%d.%m.%Y"]) catch (r.x |> parse_date(["%m/%d/%Y"]) catch reject D1)))");
  ASSERT_NE(one_by_one, nullptr);
  EXPECT_EQ(calls(shown(*one_by_one), "parse_date"), 3u);
  EXPECT_EQ(found, values(*one_by_one, texts));
}

}  // namespace
}  // namespace mig::ir
