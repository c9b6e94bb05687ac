// Shows how a run is getting on: one line that is rewritten on a terminal, else a plain line every ten seconds. On stderr.
#pragma once

#include <cstdio>

#include "runtime/engine/run.h"

namespace mig::cli {

class ProgressDisplay {
 public:
  explicit ProgressDisplay(bool quiet);
  /// Called from an engine thread, one at a time.
  void show(const Progress& progress);
  /// Takes the line away before other output.
  void clear();

 private:
  bool quiet_;
  bool terminal_;
  bool shown_ = false;
  double next_plain_ = 10;  // seconds
};

/// "1 234 567": groups of three.
std::string grouped(uint64_t number);
/// "1.2 GB", decimal units.
std::string bytes_text(double bytes);
/// "1h 02min", "3.4s".
std::string seconds_text(double seconds);

}  // namespace mig::cli
