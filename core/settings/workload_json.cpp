#include "core/settings/workload_json.h"

#include <cmath>

namespace blockyard::io {
namespace {

template <class Enum>
void read_enum(ObjectReader& in, std::string_view key, Enum& out, std::span<const ChoiceRow> table) {
  std::vector<std::string_view> names;
  for (const ChoiceRow& row : table) names.push_back(row.id);
  auto index = static_cast<std::size_t>(out);
  in.choice(key, index, names);
  out = static_cast<Enum>(index);
}

template <class Enum>
std::string_view id_of(Enum value, std::span<const ChoiceRow> table) {
  return table[static_cast<std::size_t>(value)].id;
}

// Whole numbers are written without a decimal point, as a person would.
Json number(double v) {
  if (v == std::floor(v) && std::fabs(v) < 1e15) return static_cast<std::int64_t>(v);
  return v;
}

Json number_list(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double v : values) out.push_back(number(v));
  return out;
}

void read_lengths(ObjectReader& in, std::string_view dist_key, LengthDist& dist, std::string_view values_key,
                  std::vector<double>& values) {
  read_enum(in, dist_key, dist, length_dist_table());
  in.numbers(values_key, values, 1, 1e6);
  if (dist == LengthDist::kEmpirical && values.empty()) {
    in.fail(values_key, "is missing; an empirical distribution needs a list of lengths");
  }
}

}  // namespace

void read_workload(ObjectReader& in, WorkloadSpec& spec) {
  WorkloadType type = spec.type;
  read_enum(in, "type", type, workload_type_table());
  spec = default_workload(type);
  if (type == WorkloadType::kTrace) {
    in.string("path", spec.path);
    if (spec.path.empty()) in.fail("path", "is missing; it must be a trace file");
    read_enum(in, "format", spec.format, trace_format_table());
    if (spec.format == TraceFormat::kBailian) spec.block_tokens = 16;
    in.integer("block_tokens", spec.block_tokens, 1, 1U << 20U);
    std::optional<double> limit;
    in.optional_number("limit", limit, 1, 4e9);
    if (limit && *limit != std::floor(*limit)) in.fail("limit", "it must be null or a whole number");
    if (limit) spec.limit = static_cast<std::uint32_t>(*limit);
  } else {
    read_enum(in, "arrival", spec.arrival, arrival_table());
    read_lengths(in, "prompt_dist", spec.prompt_dist, "prompt_values", spec.prompt_values);
    read_lengths(in, "output_dist", spec.output_dist, "output_values", spec.output_values);
  }
  for (const WorkloadParam& row : workload_param_table()) {
    if (!has_param(spec, row)) continue;
    double value = spec.*row.field;
    in.number(row.id, value, row.low, row.high);
    if (row.integer && value != std::floor(value)) {
      in.fail(row.id, fmt::format("{} is not allowed; it must be a whole number", value));
    }
    spec.*row.field = value;
  }
  if (spec.arrival == ArrivalProcess::kClosed && spec.duration_s > 0) {
    in.fail("duration_s", "is not allowed with closed arrivals; their length follows from requests, users and think_s");
  }
}

Json write_workload(const WorkloadSpec& spec) {
  Json out{{"type", id_of(spec.type, workload_type_table())}};
  if (spec.type == WorkloadType::kTrace) {
    out["path"] = spec.path;
    out["format"] = id_of(spec.format, trace_format_table());
    out["block_tokens"] = spec.block_tokens;
  } else {
    out["arrival"] = id_of(spec.arrival, arrival_table());
    out["prompt_dist"] = id_of(spec.prompt_dist, length_dist_table());
    out["output_dist"] = id_of(spec.output_dist, length_dist_table());
    if (!spec.prompt_values.empty()) out["prompt_values"] = number_list(spec.prompt_values);
    if (!spec.output_values.empty()) out["output_values"] = number_list(spec.output_values);
  }
  for (const WorkloadParam& row : workload_param_table()) {
    if (has_param(spec, row)) out[std::string(row.id)] = number(spec.*row.field);
  }
  if (spec.type == WorkloadType::kTrace) out["limit"] = spec.limit ? Json(*spec.limit) : Json(nullptr);
  return out;
}

}  // namespace blockyard::io
