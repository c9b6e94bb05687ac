// What code_image_test.cpp loads: compiled to an object file and never linked.
#include <cstdint>

extern "C" {

int64_t image_outside(int64_t value);  // near or far

static const char* const kNames[] = {"zero", "one", "two", "three"};
static const double kHalves[] = {0.5, 1.5, 2.5};

const char* image_name(unsigned i) { return i < 4 ? kNames[i] : "many"; }
double image_half(unsigned i) { return kHalves[i % 3]; }
int64_t image_twice(int64_t value) { return image_outside(value) + image_outside(value + 1); }
using Outside = int64_t(int64_t);
Outside* image_address() { return &image_outside; }
int64_t image_calls(void (*function)(void*), void* argument) {
  function(argument);
  return 7;
}
int64_t image_switch(int64_t value) {
  switch (value) {
    case 0: return image_outside(10);
    case 1: return image_outside(20) * 3;
    case 2: return -4;
    case 3: return image_outside(30) - 1;
    case 4: return image_outside(value) ^ 5;
    case 5: return 6;
    default: return image_outside(value);
  }
}
}
