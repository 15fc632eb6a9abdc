#include "app/net/check.h"

#include <set>
#include <utility>  // before Boost's headers, which forget it

#include "app/net/polls.h"
#include "core/live/wire/figures.h"
#include "core/settings/json_edit.h"

namespace blockyard::net {
namespace {

constexpr std::size_t kMostPage = 8U << 20;

bool unauthorised(const HttpAnswer& a) {
  return a.trouble == HttpAnswer::Trouble::kNone && (a.status == 401 || a.status == 403);
}

// A 200 with a list of tokens.
bool has_tokens(const HttpAnswer& a) {
  const auto tokens = a.good() ? json_value(a.body, "tokens") : std::nullopt;
  return tokens && tokens->starts_with('[');
}

}  // namespace

bool AddressLook::wants_key() const { return unauthorised(health) || unauthorised(metrics); }

std::vector<AddressLook> look_at(const live::LiveFleet& fleet, std::chrono::microseconds timeout) {
  boost::asio::io_context context{1};
  std::vector<AddressLook> out;
  std::set<std::string> seen;
  out.reserve(fleet.workers.size());  // the answers come into their places
  for (WorkerId w = 0; w < fleet.workers.size(); ++w) {
    const live::WorkerSetup& worker = fleet.workers[w];
    if (worker.address.host.empty() || !seen.insert(worker.address.text()).second) continue;
    AddressLook& look = out.emplace_back();
    look.worker = w;
    const std::string key = key_of(worker);
    const auto ask = [&](const std::string& path, const std::string& post, std::function<void(HttpAnswer &&)> done) {
      http_get(context, {worker.address, path, key, post, timeout, kMostPage}, std::move(done));
    };
    ask(fleet.health_path, "", [&look](HttpAnswer&& a) { look.health = std::move(a); });
    ask("/metrics", "", [&look, &worker](HttpAnswer&& a) {
      look.metrics = std::move(a);
      if (!look.metrics.good()) return;
      const live::MetricsPage page = live::parse_metrics(look.metrics.body);
      const live::MetricsFigures figures = live::figures_of(page, worker.rank, worker.ranks, worker.engine);
      look.ranks_shown = live::ranks_shown(page);
      look.hits_reported = figures.hit_tokens.has_value() || figures.hit_rate.has_value();
    });
    ask("/tokenize", R"({"prompt":"one two three"})",
        [&look](HttpAnswer&& a) { look.tokenizes_prompts = has_tokens(a); });
    ask("/tokenize", R"({"messages":[{"role":"user","content":"one two three"}]})",
        [&look](HttpAnswer&& a) { look.tokenizes_messages = has_tokens(a); });
  }
  context.run();
  return out;
}

}  // namespace blockyard::net
