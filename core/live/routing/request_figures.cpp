#include "core/live/routing/request_figures.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/settings/json_text.h"

namespace blockyard::live {
namespace {

using Json = nlohmann::ordered_json;

Json spread(const TimeSpread& times) {
  if (times.empty()) return nullptr;
  Json out;
  out["mean"] = times.mean_ms();
  const auto values = times.percentiles_ms<3>({50, 95, 99});
  out["p50"] = values[0];
  out["p95"] = values[1];
  out["p99"] = values[2];
  out["max"] = times.greatest_ms();
  return out;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string number_or_empty(SimTime t) { return t < 0 ? std::string() : std::to_string(t); }

}  // namespace

void RequestFigures::add(const EndedRequest& r) {
  ++requests_;
  retries_ += r.end.attempts > 1 ? r.end.attempts - 1 : 0;
  if (r.end.generates && !r.chain) ++untokenized_;
  if (r.end.outcome == Outcome::kFailed) ++failed_;
  if (r.end.outcome == Outcome::kCancelled) ++cancelled_;
  if (r.end.outcome != Outcome::kCompleted) return;
  if (r.mistokenized()) ++mistokenized_;
  const SimTime e2e = r.end.finish - r.end.arrival;
  const SimTime ttft = r.end.first_token < 0 ? -1 : r.end.first_token - r.end.arrival;
  e2e_.add(e2e);
  if (ttft >= 0) ttft_.add(ttft);
  last_finish_ = std::max(last_finish_, r.end.finish);
  output_tokens_ += r.end.output_tokens;
  if (r.end.served) ++workers_[*r.end.served].requests;
  const auto hit = r.hit(block_tokens_);
  if (!hit) return;
  ++known_;
  ++lengths_[*hit];
  hit_requests_ += *hit > 0;
  hit_blocks_ += *hit;
  if (r.end.served) workers_[*r.end.served].hit_blocks += *hit;
  (*hit > 0 ? e2e_hit_ : e2e_miss_).add(e2e);
  if (ttft >= 0) (*hit > 0 ? ttft_hit_ : ttft_miss_).add(ttft);
  const std::uint32_t tokens = r.end.told_prompt_tokens.value_or(r.prompt_tokens);
  prompt_tokens_ += tokens;
  prompt_blocks_ += tokens / block_tokens_;
  if (!r.chain) return;
  predicted_ += r.predicted;
  false_hits_ += r.predicted > *hit;
  missed_hits_ += r.predicted < *hit;
}

std::string RequestFigures::summary_json() const {
  Json s;
  s["requests"] = requests_;
  s["completed"] = completed();
  s["rejected"] = 0;
  s["failed"] = failed_;
  s["cancelled"] = cancelled_;
  s["retries"] = retries_;
  s["untokenized"] = untokenized_;
  s["mistokenized"] = mistokenized_;
  s["hits_known"] = known_;
  s["hit_requests"] = hit_requests_;
  s["hit_blocks"] = hit_blocks_;
  s["prompt_blocks"] = prompt_blocks_;
  s["request_hit_rate"] = share(hit_requests_, known_);
  s["block_hit_rate"] = share(hit_blocks_, prompt_blocks_);
  s["token_hit_rate"] = share(hit_blocks_ * block_tokens_, prompt_tokens_);
  s["predicted_blocks"] = predicted_;
  s["false_hits"] = false_hits_;
  s["missed_hits"] = missed_hits_;
  s["output_tokens"] = output_tokens_;
  s["makespan_ms"] = us_to_ms(last_finish_);
  s["e2e_ms"] = spread(e2e_);
  s["ttft_ms"] = spread(ttft_);
  for (const char* unknown : {"queue_ms", "prefill_ms", "decode_ms"}) s[unknown] = nullptr;
  s["e2e_hit_ms"] = spread(e2e_hit_);
  s["e2e_miss_ms"] = spread(e2e_miss_);
  s["ttft_hit_ms"] = spread(ttft_hit_);
  s["ttft_miss_ms"] = spread(ttft_miss_);
  std::uint64_t most = 0, sum = 0;
  double squares = 0;
  for (const PerWorker& w : workers_) {
    most = std::max(most, w.requests);
    sum += w.requests;
    squares += static_cast<double>(w.requests) * static_cast<double>(w.requests);
  }
  const auto count = static_cast<double>(workers_.size()), all = static_cast<double>(sum);
  s["imbalance"] = sum == 0 ? 0.0 : static_cast<double>(most) / (all / count);
  s["jain_index"] = sum == 0 ? 0.0 : all * all / (count * squares);
  return io::dump_json(s);
}

std::string RequestFigures::histogram_json() const {
  Json out = Json::array();
  for (const auto& [blocks, requests] : lengths_) out.push_back(Json::array({blocks, requests}));
  return io::dump_json(out);
}

void RequestFigures::add_to(StateHash& hash) const {
  for (const std::uint64_t n : {requests_, failed_, cancelled_, retries_, untokenized_, mistokenized_, known_,
                                hit_requests_, hit_blocks_, prompt_blocks_, prompt_tokens_, predicted_, false_hits_,
                                missed_hits_, output_tokens_, static_cast<std::uint64_t>(last_finish_)})
    hash.add(n);
  for (const auto* times : {&e2e_, &ttft_}) {
    hash.add(times->size());
    hash.add(times->sum_ms());
  }
}

std::string requests_csv_head() {
  return "request,arrival_us,worker,predicted_blocks,hit_blocks,prompt_blocks,prompt_tokens,output_tokens,start_us,"
         "first_token_us,finish_us,retries,status,session,turn,preemptions,worker_name,http_status,routed_us,head_us,"
         "cached_tokens,untokenized\n";
}

std::string requests_csv_row(const EndedRequest& r, std::uint32_t block_tokens, const std::string& worker_name) {
  const RequestRecord& e = r.end;
  const auto hit = r.hit(block_tokens);
  const bool counts = r.chain && !r.mistokenized();
  const std::uint32_t tokens = r.chain ? r.prompt_tokens : e.told_prompt_tokens.value_or(0);
  const bool tokens_known = r.chain || e.told_prompt_tokens;
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},,,,{},{},{},{},{},{}\n", e.request, e.arrival,
                     e.served ? std::to_string(*e.served) : "", counts ? std::to_string(r.predicted) : "",
                     hit ? std::to_string(*hit) : "", tokens_known ? std::to_string(tokens / block_tokens) : "",
                     tokens_known ? std::to_string(tokens) : "", e.output_tokens, number_or_empty(e.sent),
                     number_or_empty(e.first_token), number_or_empty(e.finish), e.attempts > 1 ? e.attempts - 1 : 0,
                     kOutcomeNames[static_cast<std::size_t>(e.outcome)], worker_name,
                     e.http_status == 0 ? "" : std::to_string(e.http_status), number_or_empty(e.routed),
                     number_or_empty(e.head), e.cached_tokens ? std::to_string(*e.cached_tokens) : "",
                     e.generates && !r.chain ? 1 : 0);
}

}  // namespace blockyard::live
