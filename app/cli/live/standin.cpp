// blockyard standin: one stand-in worker, a worker of the simulator moved by the clock behind vLLM's API.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "app/cli/command.h"
#include "app/cli/live/sources/standin_words.h"
#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/net/standin/stand_ins.h"
#include "core/base/words/printable.h"
#include "core/workload/make.h"

namespace blockyard::cli {
namespace {

struct StandInArgs {
  ScenarioArgs scenario{"live-demo", {}, {}};
  std::optional<std::uint64_t> seed;
  std::string port = "0", events = "0", replay = "0";
  std::string model = "blockyard-standin", topic, form = "map", key_env, drop;
  std::uint32_t buffer = 10'000, fail_every = 0;
  double time_scale = 1;
  std::optional<std::uint32_t> die_after;
};

std::optional<std::uint16_t> port_of(const std::string& text) {
  std::uint16_t port = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (trouble != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

std::string check_port(const std::string& text) {
  return port_of(text) ? std::string() : fmt::format("{} is not allowed; write a port, 0 for a free one", quoted_part(text));
}

std::string check_port_or_none(const std::string& text) {
  if (text == "none" || port_of(text)) return {};
  return fmt::format("{} is not allowed; write a port, 0 for a free one, or none", quoted_part(text));
}

Result<std::set<std::uint64_t>> numbers_of(const std::string& list) {
  std::set<std::uint64_t> out;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    std::uint64_t n = 0;
    const auto [end, trouble] = std::from_chars(list.data() + at, list.data() + comma, n);
    if (trouble != std::errc() || end != list.data() + comma)
      return Error{fmt::format("--drop {}: write numbers of batches with commas between, such as 3,4", quoted_part(list))};
    out.insert(n);
    at = comma + 1;
  }
  return out;
}

Result<net::StandInOptions> options_of(const StandInArgs& args, const Scenario& scenario) {
  net::StandInOptions out;
  out.config = scenario.config;
  out.port = *port_of(args.port);
  out.with_events = args.events != "none";
  if (out.with_events) out.publisher.events = *port_of(args.events);
  out.publisher.with_replay = args.replay != "none";
  if (out.publisher.with_replay) out.publisher.replay = *port_of(args.replay);
  out.publisher.topic = args.topic;
  out.publisher.buffer = args.buffer;
  auto drop = numbers_of(args.drop);
  if (!drop) return drop.error();
  out.publisher.drop = std::move(*drop);
  out.model = args.model;
  out.form = args.form == "array" ? standin::PayloadForm::kArray : standin::PayloadForm::kMap;
  out.time_scale = args.time_scale;
  out.fail_every = args.fail_every;
  out.die_after = args.die_after;
  if (!args.key_env.empty()) {
    const char* key = std::getenv(args.key_env.c_str());
    if (key == nullptr || *key == '\0')
      return Error{fmt::format("--api-key-env {}: no such variable is set", quoted_part(args.key_env))};
    out.api_key = key;
  }
  return out;
}

int stand_in(const StandInArgs& args, const std::string& assets_dir) {
  const PolledInterrupts interrupts;  // a server's end is in order, even while it still learns its words
  const Assets assets(assets_dir);
  auto scenario = load_scenario(args.scenario, assets);
  if (!scenario) return refuse(scenario.error());
  if (args.seed) scenario->config.seed = *args.seed;
  auto options = options_of(args, *scenario);
  if (!options) return refuse(options.error());
  const auto words = standin_words(*scenario);
  if (!words) return refuse(words.error());
  if (interrupted()) return kDone;
  auto all = net::StandIns::start({*options}, *words);
  if (!all) return refuse(all.error());
  const net::StandInPlace& place = (*all)->places().front();
  const auto text_or_null = [](const std::string& s) { return s.empty() ? std::string("null") : "\"" + s + "\""; };
  fmt::print("{{\"url\":\"{}\",\"events\":{},\"replay\":{},\"pid\":{}}}\n", place.url, text_or_null(place.events),
             text_or_null(place.replay), place.pid);
  if (const int status = finish_standard_output(kDone); status != kDone) return status;
  while (!interrupted()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return kDone;
}

}  // namespace

std::function<int()> make_standin(CLI::App& app, const Context& context) {
  auto args = std::make_shared<StandInArgs>();
  app.add_option("--port", args->port, "Port to listen on at 127.0.0.1; 0: a free one")
      ->capture_default_str()
      ->check(check_port);
  app.add_option("--events", args->events, "Port of its KV event stream; 0: a free one, none: no stream")
      ->capture_default_str()
      ->check(check_port_or_none);
  app.add_option("--replay", args->replay, "Port of the stream's replay; 0: a free one, none: no replay")
      ->capture_default_str()
      ->check(check_port_or_none);
  app.add_option("--scenario", args->scenario.name, "Scenario whose cache, engine, latency and tokenizer it takes: a name, or a file")
      ->capture_default_str();
  app.add_option("--seed", args->seed, "Seed of its answers (default: the scenario's)");
  add_sets(app, args->scenario.sets);
  app.add_option("--model", args->model, "The name of the model that it serves")->capture_default_str();
  app.add_option("--topic", args->topic, "Topic of its messages (default: the empty one)");
  app.add_option("--form", args->form, "Write events as maps or as arrays")
      ->type_name("map|array")
      ->capture_default_str()
      ->check(CLI::IsMember({"map", "array"}));
  app.add_option("--buffer", args->buffer, "Number of batches kept for replay")
      ->capture_default_str()
      ->check(whole(1, 1'000'000));
  app.add_option("--time-scale", args->time_scale, "Multiply all latencies by this")
      ->capture_default_str()
      ->check(between(1e-6, 1e6));
  app.add_option("--api-key-env", args->key_env, "Environment variable that holds the key to ask for (default: no key)")
      ->type_name("NAME");
  app.add_option("--drop", args->drop, "For tests: leave these batches out of the stream, not out of the replay (default: none)")
      ->type_name("N,N");
  app.add_option("--fail-every", args->fail_every, "For tests: answer every Nth request with 500; 0: none")
      ->capture_default_str()
      ->check(whole(0, 1'000'000'000));
  app.add_option("--die-after", args->die_after, "For tests: drop the connection after this many tokens (default: never)")
      ->check(whole(0, 1'000'000'000));
  end_help(app, {"timeout --preserve-status -s INT 5 blockyard standin",
                 "timeout --preserve-status -s INT 5 blockyard standin --events none --time-scale 0.1"});
  return [args, context] { return stand_in(*args, context.assets_dir); };
}

}  // namespace blockyard::cli
