// A context with an arena of its own, for calling native bodies in tests.
#pragma once

#include <memory>
#include <vector>

#include "runtime/types/context.h"

namespace mig {

struct TestArena : ArenaSource {
  std::vector<std::unique_ptr<char[]>> blocks;
  Environment environment{};
  Context context{};

  TestArena() : ArenaSource{&TestArena::give} {
    context.arena = this;
    context.environment = &environment;
  }
  TestArena(const TestArena&) = delete;
  TestArena& operator=(const TestArena&) = delete;

  // A block of its own for each piece, so that a write behind its end is seen by the address sanitizer.
  static char* give(ArenaSource* self, Context*, uint64_t size) {
    auto& blocks = static_cast<TestArena*>(self)->blocks;
    blocks.push_back(std::make_unique<char[]>(size + 16));
    const uintptr_t address = reinterpret_cast<uintptr_t>(blocks.back().get());
    return blocks.back().get() + (16 - address % 16) % 16;
  }
};

}  // namespace mig
