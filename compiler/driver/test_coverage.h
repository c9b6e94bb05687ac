// What the tests of a spec reach: arms of `match`, rows of tables, both sides of `catch`, issues.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "compiler/driver/session.h"
#include "compiler/ir/lower.h"

namespace mig::driver {

struct CoveragePoint {
  enum class Kind : uint8_t { kArm, kRow, kValue, kHandler, kIssue };  // kValue, kHandler: left and right of `catch`
  Kind kind = Kind::kArm;
  Span span;                   // the pattern of an arm or row, a side of a `catch`, the name of an issue
  std::string name;            // as written, on one line
  Span probe;                  // see ir::Probe
  uint32_t issue = ir::kNone;  // sema::Program::issues
  bool reached = false;
};
constexpr size_t kCoverageKinds = 5;
/// "match arms"
std::string_view coverage_kind_text(CoveragePoint::Kind kind);

/// Everything in maps, functions, tables, types, filters of sources and dedupe blocks of a checked spec, in source order, and the issues
/// that they and reconcile blocks raise. What only runs against the outside world (profiles, gates, stages) is left out: no test can reach
/// it.
std::vector<CoveragePoint> coverage_points(const sema::Program& program, const SourceMap& sources);
/// `marks`: one interp::Mark set a node of the program in which tests ran.
void mark_reached(const ir::Lowered& lowered, const std::vector<uint8_t>& marks, std::vector<CoveragePoint>& points);

struct CoverageCount {
  size_t reached = 0, all = 0;
};
std::array<CoverageCount, kCoverageKinds> count_coverage(const std::vector<CoveragePoint>& points);
/// W0951 for every point that is not reached and not under an `@allow`, into the session's findings.
void report_untested(Session& session, const std::vector<CoveragePoint>& points);

}  // namespace mig::driver
