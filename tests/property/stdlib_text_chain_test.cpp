#include "stdlib/text_chain.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "stdlib/functions.h"
#include "tests/unit/stdlib_arena.h"

namespace mig::stdlib {
namespace {

using Random = std::mt19937_64;

std::string random_text(Random& random) {
  static const char* const kParts[] = {" ",  "\t",        "\n", "A", "z",      "Q",      "_",      "-", ".", "0",
                                       "  ", "abcDEFghi", "Ä",  "ß", "\u0130", "\u00A0", "\u2003", "ς", "€", "\x7F"};
  const bool ascii = random() % 4 != 0;
  std::string text;
  for (size_t n = random() % 12; n > 0; --n) text += kParts[random() % (ascii ? 12 : std::size(kParts))];
  return text;
}

/// One step, done on the text by the function that the chain stands for, and written into the chain.
Status step(Random& random, TestArena& arena, TextChain& chain, Text& text) {
  const Text before = text;
  switch (random() % (chain.replaces() ? 3 : 4)) {
    case 0: return chain.lower(), mig_text_lower(arena.context, text, before);
    case 1: return chain.upper(), mig_text_upper(arena.context, text, before);
    case 2: {
      static const char kCharacters[] = " -_.aA\t0";
      const char from = kCharacters[random() % (sizeof kCharacters - 1)], to = kCharacters[random() % (sizeof kCharacters - 1)];
      chain.replace(from, to);
      return mig_text_replace(arena.context, text, before, Text{&from, 1}, Text{&to, 1});
    }
    default: return chain.trim(), mig_text_trim(arena.context, text, before);
  }
}

TEST(TextChain, IsItsStepsOneAfterTheOther) {
  const char* const given = std::getenv("MIGC_SEED");
  Random random(given == nullptr ? 20240512 : std::strtoull(given, nullptr, 10));
  for (int round = 0; round < 20000; ++round) {
    TestArena arena;
    const std::string input = random_text(random);
    TextChain chain;
    Text expected{input.data(), input.size()};
    for (size_t n = 1 + random() % 5; n > 0; --n) ASSERT_EQ(step(random, arena, chain, expected), Status::kOk);
    const std::string steps = chain.text();
    Text found{};
    ASSERT_EQ(mig_text_chain(arena.context, found, Text{input.data(), input.size()}, Text{steps.data(), steps.size()}), Status::kOk);
    ASSERT_EQ(found.view(), expected.view()) << "input \"" << input << "\", steps " << steps.substr(TextChain::kTable);
    TextChain back;
    ASSERT_TRUE(TextChain::read(steps, back));
    EXPECT_EQ(back.text(), steps);
  }
}

TEST(TextChain, StopsWhereAStepIsCutOff) {
  TextChain chain;
  chain.lower();
  chain.replace('-', '_');
  const std::string whole = chain.text();
  for (size_t cut = 1; cut <= 2; ++cut) {
    const std::vector<char> steps(whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(cut));
    for (const std::string& input : {std::string("A-b"), std::string("A-bcdef"), std::string("A-bcdefghijklmnopqrstu")}) {
      TestArena arena;
      Text found{};
      EXPECT_EQ(mig_text_chain(arena.context, found, Text{input.data(), input.size()}, Text{steps.data(), steps.size()}), Status::kOk);
      EXPECT_EQ(found.size, input.size());
    }
  }
}

TEST(TextChain, WithoutAChangeTheResultIsAViewAndTakesNoMemory) {
  TestArena arena;
  alignas(16) char memory[256];
  arena.context.arena_next = memory;
  arena.context.arena_end = memory + sizeof memory;
  TextChain chain;
  chain.trim();
  chain.lower();
  const std::string steps = chain.text(), input = "  plain text ";
  char* const free = arena.context.arena_next;
  Text found{};
  ASSERT_EQ(mig_text_chain(arena.context, found, Text{input.data(), input.size()}, Text{steps.data(), steps.size()}), Status::kOk);
  EXPECT_EQ(found.data, input.data() + 2);
  EXPECT_EQ(found.size, 10u);
  EXPECT_EQ(arena.context.arena_next, free);
}

TEST(TextChain, OtherTextsAreNoChain) {
  TextChain chain;
  const std::string none = chain.text();
  for (const std::string& text : {std::string(), std::string("tl"), none.substr(1), none + "x", none + "r", none + "ra"})
    EXPECT_FALSE(TextChain::read(text, chain)) << text.size();
  std::string lies = none + "l";  // the table says that nothing changes
  EXPECT_FALSE(TextChain::read(lies, chain));
}

}  // namespace
}  // namespace mig::stdlib
