#include "core/live/wire/figures.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <set>

namespace blockyard::live {
namespace {

using Figure = std::optional<double> MetricsFigures::*;

// The names of a figure, those of vLLM before SGLang's, today's before older ones.
struct NameRow {
  Figure figure;
  std::string_view name;
};
constexpr NameRow kNames[] = {
    {&MetricsFigures::running, "vllm:num_requests_running"},
    {&MetricsFigures::running, "sglang:num_running_reqs"},
    {&MetricsFigures::waiting, "vllm:num_requests_waiting"},
    {&MetricsFigures::waiting, "sglang:num_queue_reqs"},
    {&MetricsFigures::usage, "vllm:kv_cache_usage_perc"},
    {&MetricsFigures::usage, "vllm:gpu_cache_usage_perc"},
    {&MetricsFigures::usage, "sglang:token_usage"},
    {&MetricsFigures::queried_tokens, "vllm:prefix_cache_queries_total"},
    {&MetricsFigures::queried_tokens, "vllm:gpu_prefix_cache_queries_total"},
    {&MetricsFigures::queried_tokens, "sglang:prompt_tokens_total"},
    {&MetricsFigures::hit_tokens, "vllm:prefix_cache_hits_total"},
    {&MetricsFigures::hit_tokens, "vllm:gpu_prefix_cache_hits_total"},
    {&MetricsFigures::hit_tokens, "sglang:cached_tokens_total"},
    {&MetricsFigures::hit_rate, "sglang:cache_hit_rate"},
    {&MetricsFigures::prompt_tokens, "vllm:prompt_tokens_total"},
    {&MetricsFigures::prompt_tokens, "sglang:prompt_tokens_total"},
    {&MetricsFigures::generated_tokens, "vllm:generation_tokens_total"},
    {&MetricsFigures::generated_tokens, "sglang:generation_tokens_total"},
    {&MetricsFigures::preemptions, "vllm:num_preemptions_total"},
    {&MetricsFigures::process_start, "process_start_time_seconds"},
};
struct HistogramNameRow {
  MetricHistogram MetricsFigures::*histogram;
  std::string_view name;  // without the engine
};
constexpr HistogramNameRow kHistogramNames[] = {
    {&MetricsFigures::ttft, "time_to_first_token_seconds"},
    {&MetricsFigures::e2e, "e2e_request_latency_seconds"},
    {&MetricsFigures::interval, "inter_token_latency_seconds"},
    {&MetricsFigures::interval, "time_per_output_token_seconds"},
};

// The samples of a worker by name.
class Samples {
 public:
  Samples(const MetricsPage& page, std::uint32_t rank, std::uint32_t ranks) : own_(std::to_string(rank)) {
    for (const MetricSample& s : page.samples) all_[s.name].push_back(&s);
    for (auto& [name, samples] : all_) keep_own(samples, ranks);
  }

  const std::vector<const MetricSample*>* find(std::string_view name) const {
    const auto at = all_.find(std::string(name));
    return at == all_.end() || at->second.empty() ? nullptr : &at->second;
  }
  /// The sum over what else tells the samples apart; nothing where it is no number from 0 on.
  std::optional<double> sum(std::string_view name) const {
    const auto* samples = find(name);
    if (samples == nullptr) return std::nullopt;
    double out = 0;
    for (const MetricSample* s : *samples) out += s->value;
    return std::isfinite(out) && out >= 0 ? std::optional<double>(out) : std::nullopt;
  }

 private:
  static const std::string* rank_of(const MetricSample& s) {
    const std::string* engine = s.label("engine");
    return engine != nullptr ? engine : s.label("dp_rank");
  }
  void keep_own(std::vector<const MetricSample*>& samples, std::uint32_t ranks) const {
    std::set<std::string> seen;
    bool first_of_group = false;
    for (const MetricSample* s : samples) {
      if (const std::string* r = rank_of(*s)) seen.insert(*r);
      const std::string* tp = s->label("tp_rank");
      first_of_group |= tp != nullptr && *tp == "0";
    }
    const bool only_one = ranks == 1 && seen.size() == 1;
    std::erase_if(samples, [&](const MetricSample* s) {
      const std::string* r = rank_of(*s);
      const std::string* tp = s->label("tp_rank");
      return (r != nullptr && *r != own_ && !only_one) || (first_of_group && tp != nullptr && *tp != "0");
    });
  }

  std::string own_;
  std::map<std::string, std::vector<const MetricSample*>> all_;
};

std::optional<double> label_number(const MetricSample& s, std::string_view label) {
  const std::string* text = s.label(label);
  if (text == nullptr || text->empty() || text->size() > 15) return std::nullopt;
  double out = 0;
  for (const char c : *text) {
    if (c < '0' || c > '9') return std::nullopt;
    out = out * 10 + (c - '0');
  }
  return out;
}

MetricHistogram histogram(const Samples& samples, const std::string& name) {
  MetricHistogram out;
  const auto* buckets = samples.find(name + "_bucket");
  if (buckets == nullptr) return out;
  std::map<double, double> by_bound;
  for (const MetricSample* s : *buckets) {
    const std::string* le = s->label("le");
    if (le == nullptr || !(s->value >= 0) || !std::isfinite(s->value)) continue;
    const MetricsPage bound = parse_metrics("le " + *le);  // the same way of writing numbers
    if (bound.samples.size() == 1 && !std::isnan(bound.samples[0].value)) by_bound[bound.samples[0].value] += s->value;
  }
  out.buckets.assign(by_bound.begin(), by_bound.end());
  out.sum = samples.sum(name + "_sum").value_or(0);
  out.count = samples.sum(name + "_count").value_or(0);
  return out;
}

}  // namespace

const std::vector<FigureRow>& figure_rows() {
  static const std::vector<FigureRow> kRows = {
      {"running", &MetricsFigures::running, false},
      {"waiting", &MetricsFigures::waiting, false},
      {"usage", &MetricsFigures::usage, false},
      {"queried_tokens", &MetricsFigures::queried_tokens, true},
      {"hit_tokens", &MetricsFigures::hit_tokens, true},
      {"hit_rate", &MetricsFigures::hit_rate, false},
      {"prompt_tokens", &MetricsFigures::prompt_tokens, true},
      {"generated_tokens", &MetricsFigures::generated_tokens, true},
      {"preemptions", &MetricsFigures::preemptions, true},
      {"block_size", &MetricsFigures::block_size, false},
      {"capacity_tokens", &MetricsFigures::capacity_tokens, false},
      {"process_start", &MetricsFigures::process_start, false},
  };
  return kRows;
}

const std::vector<HistogramRow>& histogram_rows() {
  static const std::vector<HistogramRow> kRows = {
      {"ttft", &MetricsFigures::ttft},
      {"e2e", &MetricsFigures::e2e},
      {"interval", &MetricsFigures::interval},
  };
  return kRows;
}

MetricsFigures figures_of(const MetricsPage& page, std::uint32_t rank, std::uint32_t ranks, EngineNames engine) {
  const Samples samples(page, rank, ranks);
  const auto asked = [engine](std::string_view name) {
    return engine == EngineNames::kAuto || name.find(':') == std::string_view::npos ||
           name.starts_with(engine == EngineNames::kVllm ? "vllm:" : "sglang:");
  };
  MetricsFigures out;
  out.bad_lines = page.bad_lines;
  for (const NameRow& row : kNames) {
    if (!(out.*row.figure) && asked(row.name)) out.*row.figure = samples.sum(row.name);
  }
  if (!out.hit_tokens) {  // a rate without both of its parts is told by itself
    if (out.hit_rate) out.queried_tokens.reset();
  } else {
    out.hit_rate.reset();
  }
  for (const std::string_view prefix : {"vllm:", "sglang:"}) {
    if (!asked(prefix)) continue;
    for (const HistogramNameRow& row : kHistogramNames) {
      if ((out.*row.histogram).buckets.empty())
        out.*row.histogram = histogram(samples, std::string(prefix) + std::string(row.name));
    }
  }
  if (const auto* info = samples.find("vllm:cache_config_info"); info != nullptr && asked("vllm:")) {
    out.block_size = label_number(*info->front(), "block_size");
    const auto blocks = label_number(*info->front(), "num_gpu_blocks");
    if (out.block_size && blocks && *blocks > 0)
      out.capacity_tokens = (*blocks - 1) * *out.block_size;  // the null block
  } else if (info = samples.find("sglang:cache_config_info"); info != nullptr && asked("sglang:")) {
    out.block_size = label_number(*info->front(), "page_size");
    const auto pages = label_number(*info->front(), "num_pages");
    if (out.block_size && pages) out.capacity_tokens = *pages * *out.block_size;
  }
  if (!out.capacity_tokens && asked("sglang:")) out.capacity_tokens = samples.sum("sglang:max_total_num_tokens");
  return out;
}

std::uint32_t ranks_shown(const MetricsPage& page) {
  std::set<std::string> seen;
  for (const MetricSample& s : page.samples) {
    for (const std::string_view label : {"engine", "dp_rank"}) {
      if (const std::string* value = s.label(label)) seen.insert(*value);
    }
  }
  return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(seen.size()));
}

}  // namespace blockyard::live
