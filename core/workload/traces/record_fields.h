// What all readers of JSON records have in common: fields read with their limits, errors that name file, line and
// field, and the rules for ids (SPEC 9, Identity).
#pragma once

#include <fmt/format.h>
#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/workload/traces/format.h"
#include "core/workload/traces/raw_trace.h"

namespace blockyard {

inline constexpr std::uint64_t kMostTraceTokens = 100'000'000;  ///< of one request: nothing served today comes near

/// A JSON value in an error message, cut where it is long.
std::string shown(const simdjson::dom::element& value);
/// The value under a key, or nothing.
std::optional<simdjson::dom::element> field(const simdjson::dom::object& object, std::string_view key);
/// A number, however it is written; nothing where it is none.
std::optional<double> number_of(const simdjson::dom::element& value);
/// Tokens of a block as the object states them under a key; nothing where that is no number from 1 to 2^20.
std::optional<std::uint32_t> stated_block_tokens(const simdjson::dom::object& object, std::string_view key);
/// How many elements the list under a key has; 0 where there is none.
std::uint64_t length_of(const simdjson::dom::object& object, std::string_view key);
/// A text, or the decimal text of a whole number.
std::optional<std::string> text_of(const simdjson::dom::element& value);

/// A record as it is read. After the first trouble `error` says what it was, and everything returns false.
class RecordFields {
 public:
  RecordFields(const std::string& path, std::size_t line) : path_(path), line_(line) {}

  bool fail(std::string_view field, std::string_view what);
  bool refuse(std::string_view field, const simdjson::dom::element& value, std::string_view allowed);
  /// False where a key stands twice in the object.
  bool keys_once(const simdjson::dom::object& object);
  bool number(std::string_view key, const simdjson::dom::element& value, double least, double& out);
  bool tokens(std::string_view key, const simdjson::dom::element& value, std::uint64_t least, std::uint32_t& out);
  bool id(RawTrace& trace, std::string_view key, const simdjson::dom::element& value, std::uint64_t& out);
  bool ids(RawTrace& trace, std::string_view key, const simdjson::dom::element& value, std::vector<std::uint64_t>& out);
  /// Whether so many ids fit a prompt; extra ones are left out where that is allowed.
  bool ids_fit(std::string_view key, std::uint32_t prompt_tokens, std::uint32_t block_tokens, bool ignore_extra,
               std::vector<std::uint64_t>& ids);

  std::optional<Error> error;

 private:
  const std::string& path_;
  std::size_t line_;
};

}  // namespace blockyard
