// What a compiled map can reach while it handles records: arena, constants, environment, issue log. One per worker thread.
#pragma once

#include <cstdint>

#include "runtime/types/value.h"

namespace mig {

/// What a standard-library function, a user function or a lambda answers. Anything but kOk leaves the result undefined.
enum class Status : uint8_t {
  kOk = 0,
  kFail = 1,      // a `!` function failed; Context::cause says why
  kOverflow = 2,  // built-in rejection MIG001
  kPoison = 3,    // a reject was recorded: the value does not exist
  kSkip = 4,      // a skip was recorded
};

/// One issue that a record raised, in the order raised. `site` indexes the program's sites (issue, verb, span, lineage).
struct IssueHit {
  uint32_t record;  // index in the batch
  uint32_t site;
  uint32_t step;      // the statement of the map that was being evaluated
  const char* cause;  // static text, or null: why a conversion failed
};

struct Context;
class TextMemo;

/// Receives issues; implemented by the engine. Called on cold paths only.
struct IssueSink {
  void (*add)(IssueSink* self, const IssueHit& hit);
};

/// Gives memory when the current arena block is used up; implemented by the engine. Never returns null (stops the record instead).
struct ArenaSource {
  char* (*more)(ArenaSource* self, Context* context, uint64_t size);
};

/// Answers questions about what other maps wrote; implemented by the engine. Any number of threads may ask.
struct References {
  /// Reference `number` of the program: the record that `key` stands for (a record of its target's fields, or any value where only its
  /// existence is asked for) into `result`, null when there is none.
  Status (*find)(const References* self, Context* context, uint32_t number, const Cell* key, Cell* result);
};

/// Facts that are constant within a run, and facts of the current record.
struct Environment {
  int64_t run_now;  // timestamp, microseconds
  Text run_id;
  const Cell* parameters;                  // `param` values in declaration order
  const References* references = nullptr;  // null: there is nothing to refer to
};

struct Context {
  char* arena_next;  // 16-byte aligned free memory; reset for each batch, so results live until the batch is written
  char* arena_end;
  ArenaSource* arena;
  const void* const* prepared;  // one a Prepared of the program: patterns, formats, tables, lookups; immutable, shared
  const Environment* environment;
  IssueSink* issues;
  uint32_t record;       // index in the batch of the record at hand
  uint32_t step;         // statement at hand
  const char* cause;     // static text: why the last failure failed; null when there is no more to say
  uint64_t row_ordinal;  // of record 0 of the batch, counted from 0 over the source
  Text row_source;       // name of the source
  TextMemo* memo;        // of the worker; null: compiled maps keep no results
};

/// `size` bytes, 16-byte aligned, for results; valid until the batch is written.
inline void* arena_allocate(Context& context, uint64_t size) {
  const uint64_t rounded = (size + 15) & ~uint64_t{15};
  if (static_cast<uint64_t>(context.arena_end - context.arena_next) < rounded) [[unlikely]] {
    return context.arena->more(context.arena, &context, rounded);
  }
  char* result = context.arena_next;
  context.arena_next += rounded;
  return result;
}

/// A function value: a lambda with what it captured. `arguments` are pointers to payloads (Cells where the parameter is nullable).
struct Closure {
  Status (*call)(Context* context, void* captured, Cell* result, const void* const* arguments);
  void* captured;
};

}  // namespace mig
