#include "compiler/codegen/processor.h"

#include <cpuid.h>

#include <cstdint>

namespace mig::codegen {

namespace {

struct Leaf {
  unsigned number, part;
  bool eax, ebx, ecx, edx;  // which registers tell of features, and are the same on every core
};
// Vendor; model and features; extended features; what the system saves of the state; further features of both makers.
constexpr Leaf kLeaves[] = {
    {0x0, 0, false, true, true, true},          {0x1, 0, true, false, true, true},   {0x7, 0, true, true, true, true},
    {0x7, 1, true, true, true, true},           {0xD, 1, true, false, false, false}, {0x14, 0, true, true, true, true},
    {0x19, 0, false, true, false, false},       {0x24, 0, true, true, true, true},   {0x80000001, 0, true, true, true, true},
    {0x80000008, 0, false, true, false, false},
};

}  // namespace

std::string processor_description() {
  std::string text;
  const auto add = [&text](bool wanted, unsigned value) {
    static constexpr char kDigits[] = "0123456789abcdef";
    for (int shift = 28; wanted && shift >= 0; shift -= 4) text += kDigits[value >> shift & 15];
    if (wanted) text += ' ';
  };
  bool saves_state = false;
  for (const Leaf& leaf : kLeaves) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid_count(leaf.number, leaf.part, &a, &b, &c, &d) == 0) a = b = c = d = 0;
    add(leaf.eax, a);
    add(leaf.ebx, b);
    add(leaf.ecx, c);
    add(leaf.edx, d);
    if (leaf.number == 1) saves_state = (c & bit_OSXSAVE) != 0;
  }
  if (saves_state) {
    unsigned low = 0, high = 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    add(true, low);
    add(true, high);
  }
  return text;
}

}  // namespace mig::codegen
