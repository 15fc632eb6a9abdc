// A stand-in's /metrics: vLLM v1's names, Prometheus text format 0.0.4.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace blockyard::standin {

/// A histogram of seconds with vLLM's bounds.
class SecondsHistogram {
 public:
  static constexpr std::array kBounds = {0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0,
                                         2.5,   5.0,   7.5,  10.0, 20.0, 40.0, 80.0, 160.0};
  void add(double seconds);
  void write(std::string& out, std::string_view name, std::string_view labels) const;

 private:
  std::array<std::uint64_t, kBounds.size()> within_{};  // each bound's own and all below
  std::uint64_t count_ = 0;
  double sum_ = 0;
};

struct PageFigures {
  std::string model;
  std::uint32_t block_tokens = 16, pool = 0, in_use = 0, running = 0, waiting = 0;
  double process_start = 0;  ///< seconds since 1970
  std::uint64_t queried = 0, hit = 0, prompt = 0, generated = 0, preemptions = 0, stopped = 0, full_length = 0;
  SecondsHistogram ttft, e2e, interval;
};

std::string metrics_page(const PageFigures& f);

}  // namespace blockyard::standin
