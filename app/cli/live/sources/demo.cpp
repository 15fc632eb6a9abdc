#include "app/cli/live/sources/demo.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "app/cli/live/sources/standin_words.h"
#include "core/settings/json_edit.h"
#include "core/workload/make.h"

namespace blockyard::cli {
namespace {

// A request of the workload as a client writes it.
net::LoadRequest request_of(const Workload& workload, const Request& r, const Tokenizer& tokenizer,
                            std::uint32_t max_tokens) {
  const std::string prompt = tokenizer.decode(workload.prompt_words(r));
  return {r.arrival, fmt::format(R"({{"model":"blockyard-standin","prompt":{},"max_tokens":{},"stream":true}})",
                                 json_quoted(prompt), max_tokens)};
}

}  // namespace

Result<std::unique_ptr<Demo>> Demo::start(std::uint32_t count, Scenario scenario) {
  std::unique_ptr<Demo> out(new Demo());
  out->scenario_ = std::move(scenario);
  auto first = make_workload(out->scenario_, out->scenario_.config.cache.block_tokens);
  if (!first) return first.error();
  if (!first->words || first->closed.users == 0 || first->closed.recorded) {
    return Error{"--demo needs a workload of words with users who wait for their answers, such as workload.type=demo and "
                 "workload.arrival=closed"};
  }
  out->users_ = first->closed.users;
  out->first_ = std::move(*first);
  auto words = standin_words(out->scenario_);
  if (!words) return words.error();
  out->words_ = std::make_unique<WordSource>(std::move(*words));
  std::vector<net::StandInOptions> options(count);
  for (net::StandInOptions& o : options) o.config = out->scenario_.config;
  auto standins = net::StandIns::start(options, *out->words_);
  if (!standins) return standins.error();
  out->standins_ = std::move(*standins);
  return out;
}

Result<std::unique_ptr<Demo>> Demo::start(std::uint32_t count, const std::string& scenario,
                                          std::optional<std::uint64_t> seed, const Assets& assets) {
  ScenarioArgs named;
  named.name = scenario;
  auto loaded = load_scenario(named, assets);
  if (!loaded) return loaded.error();
  if (seed) loaded->config.seed = *seed;
  return start(count, std::move(*loaded));
}

std::string Demo::fleet() const {
  std::string workers;
  for (const net::StandInPlace& p : standins_->places()) {
    workers += fmt::format(R"({}{{"url":"{}","events":"{}","replay":"{}"}})", workers.empty() ? "" : ",", p.url, p.events,
                           p.replay);
  }
  return fmt::format(
      R"({{"name":"demo","block_tokens":{},"listen":"0","workers":[{}],"proxy":{{"ask_usage":true}}}})",
      scenario_.config.cache.block_tokens, workers);
}

Result<void> Demo::begin(const std::string& url) {
  const auto address = live::parse_http_address(url);
  if (!address) return address.error();
  const std::size_t users = users_;
  const auto max_tokens = static_cast<std::uint32_t>(scenario_.workload.max_tokens);
  auto rounds = [this, users, max_tokens](std::uint32_t round) {
    Scenario s = scenario_;
    s.config.seed += round;  // the same contexts, in another order
    std::vector<std::vector<net::LoadRequest>> out(users);
    std::optional<Workload> workload = std::exchange(first_, std::nullopt);
    if (!workload) {
      auto made = make_workload(s, s.config.cache.block_tokens);
      if (!made) return out;
      workload = std::move(*made);
    }
    for (const Request& r : workload->requests)
      out[r.user].push_back(request_of(*workload, r, words_->tokenizer(), max_tokens));
    return out;
  };
  load_ = std::make_unique<net::Load>(*address, users, std::move(rounds));
  return {};
}

std::optional<std::string> Demo::differs(const live::LiveSession& session) {
  for (WorkerId w = 0; w < session.workers().size(); ++w) {
    std::vector<std::uint64_t> told;
    for (const auto& cell : session.workers()[w].truth.cells()) {
      if (cell) told.push_back(*cell);
    }
    std::sort(told.begin(), told.end());
    // An engine may hold a block twice: it is one here.
    std::vector<std::uint64_t> held = standins_->resident(w);
    held.erase(std::unique(held.begin(), held.end()), held.end());
    if (told != held) {
      return fmt::format("{} holds {} blocks, and its stream says {}", session.workers()[w].setup.name, held.size(),
                         told.size());
    }
  }
  return std::nullopt;
}

}  // namespace blockyard::cli
