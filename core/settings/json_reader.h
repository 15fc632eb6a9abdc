// ObjectReader: reads one JSON object key by key, with defaults, and refuses what it does not know.
//
// The first trouble is kept as one line that names the JSON pointer, the value and what is allowed
// (`/router/sync_ms: -5 is not allowed; it must be 0 or more`); later calls then do nothing. Every read key is ticked off;
// finish() complains about those that nobody asked for. Private to io/.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace blockyard::io {

using Json = nlohmann::ordered_json;

class ObjectReader {
 public:
  /// `error` is shared by all readers of one document and must outlive them.
  /// Tolerant: keys that nobody asked for are passed over, here and in the objects inside.
  ObjectReader(const Json& object, std::string pointer, std::optional<Error>& error, bool tolerant = false);

  bool has(std::string_view key);
  bool is_null(std::string_view key);
  /// Each leaves `out` as it is (the default) where the key is missing.
  void number(std::string_view key, double& out, double low, double high);
  void integer(std::string_view key, std::uint32_t& out, std::uint64_t low, std::uint64_t high);
  void integer64(std::string_view key, std::uint64_t& out);
  void boolean(std::string_view key, bool& out);
  void string(std::string_view key, std::string& out);
  /// One of `names`; `out` becomes its index.
  void choice(std::string_view key, std::size_t& out, const std::vector<std::string_view>& names);
  /// A list of numbers.
  void numbers(std::string_view key, std::vector<double>& out, double low, double high);
  /// null or a number.
  void optional_number(std::string_view key, std::optional<double>& out, double low, double high);
  /// Calls read(reader) for the object under key, if it is there.
  void object(std::string_view key, const std::function<void(ObjectReader&)>& read);
  /// Calls read(reader) for every object of the list under key.
  void objects(std::string_view key, const std::function<void(ObjectReader&)>& read);
  /// Calls read(key, value) for every member of the object under key, whatever they are called.
  void members(std::string_view key, const std::function<void(const std::string&, const Json&)>& read);
  /// Marks a key as known without reading it.
  void ignore(std::string_view key) { known_.insert(std::string(key)); }
  /// Refuses keys that nobody asked for.
  void finish();

  /// Reports trouble at a key of this object, unless there was trouble before.
  void fail(std::string_view key, const std::string& what);
  bool failed() const { return error_.has_value(); }

 private:
  const Json* find(std::string_view key);
  void refuse(std::string_view key, const Json& value, const std::string& allowed);

  const Json& object_;
  std::string pointer_;
  std::optional<Error>& error_;
  bool tolerant_;
  std::set<std::string> known_;
};

}  // namespace blockyard::io
