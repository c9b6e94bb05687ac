// Tells sampling profilers the names of compiled functions. Private to the code generator.
#pragma once

#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

#include <memory>

namespace mig::codegen {

/// Appends a line a function to /tmp/perf-<pid>.map, where `perf` looks for code without a file.
std::shared_ptr<llvm::orc::ObjectLinkingLayer::Plugin> profiler_map();

}  // namespace mig::codegen
