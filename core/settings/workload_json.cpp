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

// Whether the key is there and null; then it is known.
bool is_null(ObjectReader& in, std::string_view key) { return in.null(key); }

void read_count(ObjectReader& in, std::string_view key, std::optional<std::uint32_t>& out, std::uint32_t most) {
  std::optional<double> value;
  in.optional_number(key, value, 1, most);
  if (value && *value != std::floor(*value)) in.fail(key, "it must be null or a whole number");
  if (value) out = static_cast<std::uint32_t>(*value);
}

}  // namespace

void read_workload(ObjectReader& in, WorkloadSpec& spec) {
  WorkloadType type = spec.type;
  read_enum(in, "type", type, workload_type_table());
  spec = default_workload(type);
  if (type == WorkloadType::kTrace) {
    in.string("path", spec.path);
    if (spec.path.empty()) in.fail("path", "is missing; it must be a trace file");
    if (!is_null(in, "format")) in.string("format", spec.format);
    read_count(in, "block_tokens", spec.block_tokens, 1U << 20U);
    read_enum(in, "start", spec.start, trace_start_table());
    read_count(in, "limit", spec.limit, 4'000'000'000U);
    in.boolean("ignore_extra_ids", spec.ignore_extra_ids);
    read_enum(in, "replay", spec.replay, replay_table());
    if (!is_null(in, "turns")) {
      TraceTurns turns = TraceTurns::kAuto;
      std::size_t index = 0;
      in.choice("turns", index, {"whole", "added"});
      if (in.has("turns")) turns = static_cast<TraceTurns>(index + 1);
      spec.trace_turns = turns;
    }
    read_count(in, "sessions_at_once", spec.sessions_at_once, 1'000'000'000U);
    if (spec.sessions_at_once && spec.replay != Replay::kClosed)
      in.fail("sessions_at_once", "is not allowed with open replay; give workload.replay=closed");
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
    const auto count = [](const std::optional<std::uint32_t>& v) { return v ? Json(*v) : Json(nullptr); };
    out["format"] = spec.format.empty() ? Json(nullptr) : Json(spec.format);
    out["block_tokens"] = count(spec.block_tokens);
    out["start"] = id_of(spec.start, trace_start_table());
    out["limit"] = count(spec.limit);
    out["ignore_extra_ids"] = spec.ignore_extra_ids;
    out["replay"] = id_of(spec.replay, replay_table());
    out["turns"] = spec.trace_turns == TraceTurns::kAuto
                       ? Json(nullptr)
                       : Json(trace_turns_table()[static_cast<std::size_t>(spec.trace_turns) - 1].id);
    out["sessions_at_once"] = count(spec.sessions_at_once);
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
  return out;
}

}  // namespace blockyard::io
