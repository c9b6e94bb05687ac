#include "compiler/codegen/code_image.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

#include "compiler/driver/build_id.h"

namespace mig::codegen {
namespace {

int64_t add_hundred(int64_t value) { return value + 100; }

using Outside = std::vector<std::pair<const char*, const void*>>;

const void* address_of(int64_t (*function)(int64_t)) { return reinterpret_cast<const void*>(function); }

std::string object() {
  std::ifstream file(MIG_IMAGE_OBJECT, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::unique_ptr<CodeImage> linked(const std::string& bytes, const Outside& outside, std::string& error) {
  return CodeImage::link(bytes, outside, error);
}

template <class Function>
Function* function_of(const CodeImage& image, const char* name) {
  return reinterpret_cast<Function*>(reinterpret_cast<uintptr_t>(image.find(name)));
}

class CodeImageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    image = linked(object(), {{"image_outside", address_of(&add_hundred)}}, error);
    ASSERT_NE(image, nullptr) << error;
  }
  std::string error;
  std::unique_ptr<CodeImage> image;
};

TEST_F(CodeImageTest, FunctionsReachConstantsAndEachOtherAndWhatIsOutside) {
  auto* const name = function_of<const char*(unsigned)>(*image, "image_name");
  EXPECT_STREQ(name(0), "zero");
  EXPECT_STREQ(name(3), "three");
  EXPECT_STREQ(name(4), "many");
  auto* const half = function_of<double(unsigned)>(*image, "image_half");
  EXPECT_EQ(half(1), 1.5);
  auto* const twice = function_of<int64_t(int64_t)>(*image, "image_twice");
  EXPECT_EQ(twice(1), 203);
  auto* const chosen = function_of<int64_t(int64_t)>(*image, "image_switch");
  const int64_t expected[] = {110, 360, -4, 129, 104 ^ 5, 6, 106};
  for (int64_t i = 0; i < 7; ++i) EXPECT_EQ(chosen(i), expected[i]) << i;
  auto* const address = function_of<const void*()>(*image, "image_address");
  EXPECT_EQ(address(), address_of(&add_hundred));
  EXPECT_EQ(image->find("image_outside"), nullptr);
  EXPECT_EQ(image->find("image"), nullptr);
}

TEST_F(CodeImageTest, WhatLiesFarAwayIsReached) {
  // In a library of the system, which is more than two gigabytes from a program.
  const Outside far = {{"image_outside", reinterpret_cast<const void*>(static_cast<long (*)(long)>(&::labs))}};
  image = linked(object(), far, error);
  ASSERT_NE(image, nullptr) << error;
  EXPECT_EQ(function_of<int64_t(int64_t)>(*image, "image_twice")(-5), 9);
  EXPECT_EQ(function_of<const void*()>(*image, "image_address")(), far[0].second);
}

TEST_F(CodeImageTest, ExceptionsPassThrough) {
  auto* const calls = function_of<int64_t(void (*)(void*), void*)>(*image, "image_calls");
  EXPECT_EQ(calls([](void*) {}, nullptr), 7);
  EXPECT_THROW(calls([](void*) { throw std::runtime_error("from inside"); }, nullptr), std::runtime_error);
}

TEST_F(CodeImageTest, NoPageIsBothWrittenAndExecuted) {
  std::ifstream maps("/proc/self/maps");
  const auto code = reinterpret_cast<uintptr_t>(image->find("image_twice"));
  bool seen = false;
  for (std::string line; std::getline(maps, line);) {
    uintptr_t begin = 0, end = 0;
    char access[5] = {};
    ASSERT_EQ(std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, access), 3);
    if (code >= begin && code < end) {
      EXPECT_STREQ(access, "r-xp");
      seen = true;
    }
  }
  EXPECT_TRUE(seen);
}

TEST_F(CodeImageTest, RefusesWhatRefersToOtherSymbols) {
  EXPECT_EQ(linked(object(), {}, error), nullptr);
  EXPECT_NE(error.find("image_outside"), std::string::npos) << error;
  EXPECT_EQ(linked("", {}, error), nullptr);
  EXPECT_EQ(linked(std::string(4096, 'x'), {}, error), nullptr);
  std::ifstream program("/proc/self/exe", std::ios::binary);
  const std::string executable(std::istreambuf_iterator<char>(program), {});
  EXPECT_EQ(linked(executable, {}, error), nullptr);
}

TEST_F(CodeImageTest, DamageIsRefusedOrHarmlessAsLongAsNothingIsCalled) {
  const std::string whole = object();
  const Outside outside = {{"image_outside", address_of(&add_hundred)}};
  for (size_t size = 0; size < whole.size(); ++size) EXPECT_EQ(linked(whole.substr(0, size), outside, error), nullptr) << size;
  std::mt19937_64 random(11);
  size_t refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string damaged = whole;
    for (uint64_t flips = 1 + random() % 3; flips > 0; --flips) {
      constexpr uint8_t kBytes[] = {0, 1, 0x7F, 0x80, 0xFF};
      damaged[random() % damaged.size()] = static_cast<char>(random() % 2 == 0 ? kBytes[random() % 5] : random());
    }
    if (linked(damaged, outside, error) == nullptr) ++refused;
  }
  EXPECT_GT(refused, 1000u);
}

TEST(BuildIdOfFile, IsThatOfTheLoadedObject) {
  static const char kHere = 0;
  EXPECT_EQ(driver::build_id_of_file("/proc/self/exe"), driver::build_id_of(&kHere));
  EXPECT_EQ(driver::build_id_of_file(MIG_IMAGE_OBJECT), "");
  EXPECT_EQ(driver::build_id_of_file("/proc/self/nothing"), "");
  EXPECT_EQ(driver::build_id_of_file("/proc/self"), "");
}

}  // namespace
}  // namespace mig::codegen
