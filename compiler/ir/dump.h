// The program as text for people and golden tests, and its canonical hash.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "compiler/ir/ir.h"
#include "stdlib/function.h"

namespace mig::ir {

std::string_view op_name(Op op);

/// All functions and maps. Nodes are numbered in the order in which they are first needed, so that two programs that differ only in the
/// numbering of nodes, arguments, cases and constants have one text.
std::string dump(const Program& program, std::span<const stdlib::Function> functions);

/// 128 bits over everything that decides what the compiled program does: dump, layouts, prepared objects, sites. Not for adversaries.
std::array<uint64_t, 2> canonical_hash(const Program& program, std::span<const stdlib::Function> functions);

}  // namespace mig::ir
