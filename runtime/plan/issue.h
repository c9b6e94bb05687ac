// Issues a record can raise, and the places that raise them: the static part of the reject log.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mig {

enum class Verb : uint8_t { kReject, kSkip, kWarn, kFail };

/// A declared or built-in issue (MIG001 overflow, MIG002 does not decode, MIG003 target refused, MIG900 failed check).
struct Issue {
  std::string code;
  std::string message;
  std::string fix;
  Verb verb = Verb::kReject;
};

/// A place in the program that can raise an issue.
struct Site {
  uint32_t issue = 0;  // index in the program's issues
  Verb verb = Verb::kReject;
  std::string field;                    // target field or local being computed; "" when unknown (inside a function: see the step)
  std::vector<uint32_t> source_fields;  // input fields the value comes from
  std::string expression;               // as written, one line
  std::string file;                     // path as in the source map
  uint32_t line = 0, column = 0;        // from 1
};

/// What a statement of a map computes: for issues raised inside functions it calls.
struct StepLineage {
  std::string field;
  std::vector<uint32_t> source_fields;
};

}  // namespace mig
