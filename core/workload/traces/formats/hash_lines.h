// What mooncake and bailian share: a line is a request with `timestamp`, lengths and `hash_ids`. Private to traces/.
#pragma once

#include <string_view>
#include <vector>

#include "core/workload/traces/format.h"
#include "core/workload/traces/record_fields.h"

namespace blockyard {

class HashLineReader : public FormatReader {
 public:
  HashLineReader(RawTrace& out, const FormatContext& context) : out_(out), context_(context) {}
  std::optional<Error> read(const ParsedRecord& record) override;

 protected:
  /// Fields of the format's own.
  virtual bool read_own(RecordFields&, std::string_view, const simdjson::dom::element&, TraceLine&) { return true; }
  /// After the last field of the line.
  virtual bool finish_own(RecordFields&, TraceLine&) { return true; }

  RawTrace& out_;
  const FormatContext& context_;

 private:
  struct Seen {
    bool input = false, output = false, ids = false, words = false;
  };
  bool read_field(RecordFields& in, std::string_view key, const simdjson::dom::element& value, TraceLine& line,
                  Seen& seen);
  bool end_line(RecordFields& in, TraceLine& line, const Seen& seen);

  std::vector<std::uint64_t> ids_;
  std::vector<std::uint64_t> output_ids_;
};

/// ids_of for such lines.
void hash_line_ids(const ParsedRecord& record, std::vector<IdsOfRequest>& out);

}  // namespace blockyard
