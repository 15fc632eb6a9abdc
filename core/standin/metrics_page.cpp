#include "core/standin/metrics_page.h"

#include <fmt/format.h>


namespace blockyard::standin {

void SecondsHistogram::add(double seconds) {
  ++count_;
  sum_ += seconds;
  for (std::size_t i = 0; i < kBounds.size(); ++i) within_[i] += seconds <= kBounds[i];
}

void SecondsHistogram::write(std::string& out, std::string_view name, std::string_view labels) const {
  out += fmt::format("# TYPE {} histogram\n", name);
  for (std::size_t i = 0; i < kBounds.size(); ++i)
    out += fmt::format("{}_bucket{{{},le=\"{}\"}} {}.0\n", name, labels, kBounds[i], within_[i]);
  out += fmt::format("{0}_bucket{{{1},le=\"+Inf\"}} {2}.0\n{0}_count{{{1}}} {2}.0\n{0}_sum{{{1}}} {3}\n", name, labels,
                     count_, sum_);
}

std::string metrics_page(const PageFigures& f) {
  std::string model;
  for (const char c : f.model) {
    if (c == '\\' || c == '"') model += '\\';
    model += c;
  }
  const std::string labels = fmt::format("engine=\"0\",model_name=\"{}\"", model);
  std::string out;
  const auto line = [&](std::string_view type, std::string_view name, double v, std::string_view more = "") {
    if (!type.empty()) out += fmt::format("# TYPE {} {}\n", name, type);
    out += fmt::format("{}{{{}{}}} {}\n", name, labels, more, v);
  };
  line("gauge", "vllm:num_requests_running", f.running);
  line("gauge", "vllm:num_requests_waiting", f.waiting);
  line("gauge", "vllm:kv_cache_usage_perc", f.pool == 0 ? 0.0 : static_cast<double>(f.in_use) / f.pool);
  line("counter", "vllm:prefix_cache_queries_total", static_cast<double>(f.queried));
  line("counter", "vllm:prefix_cache_hits_total", static_cast<double>(f.hit));
  line("counter", "vllm:prompt_tokens_total", static_cast<double>(f.prompt));
  line("counter", "vllm:generation_tokens_total", static_cast<double>(f.generated));
  line("counter", "vllm:num_preemptions_total", static_cast<double>(f.preemptions));
  line("counter", "vllm:request_success_total", static_cast<double>(f.stopped), ",finished_reason=\"stop\"");
  line("", "vllm:request_success_total", static_cast<double>(f.full_length), ",finished_reason=\"length\"");
  f.ttft.write(out, "vllm:time_to_first_token_seconds", labels);
  f.e2e.write(out, "vllm:e2e_request_latency_seconds", labels);
  f.interval.write(out, "vllm:inter_token_latency_seconds", labels);
  // Of the engine's blocks one is never used.
  line("gauge", "vllm:cache_config_info", 1,
       fmt::format(",block_size=\"{}\",enable_prefix_caching=\"True\",num_gpu_blocks=\"{}\"", f.block_tokens,
                   f.pool + 1));
  out += fmt::format("# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds {:.3f}\n", f.process_start);
  return out;
}

}  // namespace blockyard::standin
