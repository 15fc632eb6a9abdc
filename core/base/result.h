// Result<T>: a value or one clear line why not. It is what everything that reads outside input returns.
//
// The subset of std::expected (C++23) that this project uses. Invariants: exactly one of value and error is held;
// reading the one that is not held is a bug (BY_CHECK).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "core/base/check.h"

namespace blockyard {

/// Why something outside was refused: one line that says what, where and what is allowed. Messages quote what was read
/// (keys, values, paths), which may hold anything: they are made printable() and cut at 2,000 bytes, so that a line
/// stays a line.
struct Error {
  explicit Error(const std::string& text);
  /// What was asked for is right, but the machine would not: a full disk, a closed pipe, an interruption.
  static Error failure(const std::string& text);
  std::string message;
  bool failed = false;  ///< of failure(): exit status 1 instead of 2
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: converts as std::expected does
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  const T& value() const& {
    BY_CHECK(has_value(), "value() of an error");
    return std::get<0>(state_);
  }
  T& value() & {
    BY_CHECK(has_value(), "value() of an error");
    return std::get<0>(state_);
  }
  T&& value() && {
    BY_CHECK(has_value(), "value() of an error");
    return std::get<0>(std::move(state_));
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const Error& error() const {
    BY_CHECK(!has_value(), "error() of a value");
    return std::get<1>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// A Result that carries nothing but success.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT

  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const {
    BY_CHECK(error_.has_value(), "error() of a value");
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace blockyard
