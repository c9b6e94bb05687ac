// What the code generator is asked for, across the boundary of its shared object; no LLVM here.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/ir.h"
#include "compiler/ir/values.h"
#include "runtime/plan/kernel_set.h"
#include "stdlib/function.h"

namespace mig::codegen {

struct Request {
  const ir::Program* program = nullptr;         // passed ir::validate; only read during the call
  std::span<const stdlib::Function> functions;  // the only outside code that compiled code can call; must outlive the kernels
  std::shared_ptr<const ir::PreparedObjects> prepared;
  std::vector<bool> total;                       // by FunctionId: never answers anything but kOk; empty: nothing is known
  std::string_view bodies;                       // bitcode of stdlib functions that may be inlined; empty: all are called
  uint8_t level = 2;                             // 0: compiles fast, 2: runs fast
  std::vector<uint32_t> maps;                    // indices of the maps to compile; empty: all
  bool for_profilers = false;                    // keep frame pointers and write /tmp/perf-<pid>.map
  std::string* dump = nullptr;                   // receives the LLVM IR that is compiled; null: not wanted
  std::string_view object;                       // what an equal request produced earlier: only linked; empty: compile
  std::string* produced = nullptr;               // receives the object file; null: not wanted
  const std::atomic<bool>* cancelled = nullptr;  // set by another thread: stop soon, the code is not wanted any more; null: never
};

/// Where the time went, in microseconds of the thread's CPU time.
struct Timings {
  uint64_t session = 0, emit = 0, bodies = 0, optimise = 0, generate = 0;
  uint32_t inlined = 0;  // stdlib functions whose bodies were linked
};

/// Compiles; null with `error` set when LLVM refuses, which is a defect of ours.
using CreateFunction = KernelSet*(const Request& request, Timings& timings, std::string& error);

constexpr const char* kCreateSymbol = "mig_jit_create";
/// The processor that code is made for: its name and features. Objects of another one must not be linked.
using TargetFunction = void(std::string& description);

constexpr const char* kTargetSymbol = "mig_jit_target";
constexpr const char* kBuildSymbol = "mig_jit_build";  // const char* const: kBuildMark of the shared object

}  // namespace mig::codegen
