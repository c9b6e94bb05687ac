// How the world fails: an Error with a kind that decides what happens next, and Result<T>, a value or an Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace mig {

/// The kind decides retry and exit code.
enum class ErrorKind : uint8_t {
  kConfig,         // the user must change something: exit 2
  kUnavailable,    // a peer or device failed for now: exit 4, resumable
  kNoSpace,        // disk full: exit 4, resumable
  kCancelled,      // signal: exit 4, resumable
  kCorrupt,        // data or state on disk is damaged: exit 2
  kSourceChanged,  // since the checkpoint: exit 5
  kFenced,         // a newer run owns the target: exit 6
  kConflict,       // target changed or in conflict: exit 7
  kBudget,         // too many rejects or warnings: exit 3
  kInternal,       // our bug: exit 70
};

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;  // what is wrong, lower case, names the file or table
  std::string remedy;   // what to do; may be empty
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)
  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  Error& error() { return std::get<1>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)
  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  Error& error() { return *error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace mig
