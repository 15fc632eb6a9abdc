#include "app/net/calibrate/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <utility>  // before Boost's headers, which forget it

#include "app/net/http/client.h"
#include "app/net/http_get.h"
#include "app/net/polls.h"
#include "app/net/watch.h"
#include "core/base/rng.h"
#include "core/live/routing/answer.h"
#include "core/live/truth/codes.h"
#include "core/live/wire/figures.h"
#include "core/settings/json_edit.h"

namespace blockyard::net {
namespace {

using Clock = std::chrono::steady_clock;
using Ids = std::vector<std::uint32_t>;

constexpr int kRoundTrips = 21;
constexpr std::uint32_t kRepeats = 5;                   // prompts of each length
constexpr std::uint32_t kTokensAlone = 32;              // asked for where one request runs
constexpr std::uint32_t kTokensTogether = 128;          // where several do
constexpr std::uint32_t kFirstId = 1000, kIds = 19001;  // 1000 … 20000: words in every vocabulary, no special ones
constexpr std::chrono::seconds kPatience{10};
constexpr CallTimes kTimes{std::chrono::seconds(5), std::chrono::seconds(600), std::chrono::seconds(300)};
constexpr std::size_t kMostPage = 8U << 20;
constexpr SimTime kStreamLag = 150'000;  // what was stored is told by then, µs

double ms_between(Clock::time_point a, Clock::time_point b) {
  return std::chrono::duration<double, std::milli>(b - a).count();
}

std::string body_of(const std::string& model, const Ids& prompt, std::uint32_t tokens) {
  return fmt::format(R"({{"model":{},"prompt":[{}],"max_tokens":{},"temperature":0,"ignore_eos":true,"stream":true,)"
                     R"("stream_options":{{"include_usage":true}}}})",
                     json_quoted(model), fmt::join(prompt, ","), tokens);
}

// One request, from sending to the last byte.
struct Sent {
  explicit Sent(std::uint32_t blocks) : prompt_blocks(blocks) {}
  std::uint32_t prompt_blocks;
  live::AnswerReader reader{true, true};
  std::optional<Clock::time_point> at, first, last;
  unsigned status = 0;
  bool over = false;
  std::string trouble;
};

class Probe {
 public:
  Probe(const ProbePlan& plan, const ProbeHands& hands)
      : plan_(plan), worker_(plan.fleet.workers[0]), hands_(hands), rng_(plan.seed, RngPurpose::kCalibration) {
    points_.worker = plan.fleet.workers[0].address.text();
    points_.seed = plan.seed;
  }

  Result<live::CalibrationPoints> run() {
    if (!worker_.events.empty()) {
      auto watch = Watch::start(plan_.fleet, {});
      if (!watch) return watch.error();
      watch_ = std::move(*watch);
    }
    if (const auto trouble = look(); !trouble.empty()) return Error::failure(trouble);
    const std::vector<std::uint32_t> lengths = doubled(std::max(1U, plan_.max_tokens / live::kPricedTokens));
    const std::vector<std::uint32_t> rounds = doubled(plan_.concurrency);
    const std::size_t all = lengths.size() * kRepeats + rounds.size();
    std::size_t done = 0;
    for (const std::uint32_t blocks : lengths) {
      bool fits = true;
      for (std::uint32_t i = 0; i < kRepeats && fits; ++i) {
        hands_.progress(done++, all, fmt::format("a prompt of {} blocks, alone, twice", blocks));
        const Ids prompt = new_prompt(blocks);
        for (const int step : {1, 2}) {
          const auto round = ask(step, {prompt}, kTokensAlone);
          if (!round.trouble.empty()) return Error::failure(round.trouble);
          fits = !round.too_long;
          if (!fits) break;
        }
      }
      if (!fits) break;
    }
    done = lengths.size() * kRepeats;
    for (const std::uint32_t together : rounds) {
      hands_.progress(done++, all, fmt::format("{} requests together", together));
      std::vector<Ids> prompts;
      for (std::uint32_t i = 0; i < together; ++i) prompts.push_back(new_prompt(1));
      const auto round = ask(4, prompts, kTokensTogether);
      if (!round.trouble.empty()) return Error::failure(round.trouble);
    }
    return std::move(points_);
  }

 private:
  struct Round {
    std::string trouble;
    bool too_long = false;
  };

  // 1, 2, 4, … up to `most`.
  static std::vector<std::uint32_t> doubled(std::uint32_t most) {
    std::vector<std::uint32_t> out;
    for (std::uint32_t n = 1; n <= most && n != 0; n *= 2) out.push_back(n);
    return out;
  }

  // Drawn anew each time, so that no two share a block.
  Ids new_prompt(std::uint32_t blocks) {
    Ids out;
    for (std::uint32_t i = 0; i < blocks * live::kPricedTokens; ++i)
      out.push_back(kFirstId + static_cast<std::uint32_t>(rng_.below(kIds)));
    return out;
  }

  HttpAnswer get(const std::string& path) {
    std::optional<HttpAnswer> out;
    http_get(context_, {worker_.address, path, key_of(worker_), "", kPatience, kMostPage},
             [&out](HttpAnswer&& a) { out = std::move(a); });
    context_.restart();
    while (!out) context_.run_one();  // what else waits there, as for connections that are kept, goes on later
    return std::move(*out);
  }

  // Nothing where it shows none.
  std::optional<live::MetricsFigures> figures() {
    const HttpAnswer page = get("/metrics");
    if (!page.good()) return std::nullopt;
    return live::figures_of(live::parse_metrics(page.body), worker_.rank, worker_.ranks, worker_.engine);
  }
  static double busy(const live::MetricsFigures& f) { return f.running.value_or(0) + f.waiting.value_or(0); }

  // What is there, whether it is idle, and how far away it is. Returns the trouble.
  std::string look() {
    if (const HttpAnswer health = get(plan_.fleet.health_path); health.trouble != HttpAnswer::Trouble::kNone)
      return fmt::format("{}: nobody answers there: {}", points_.worker, health.reason());
    const auto before = figures();
    if (!before) return fmt::format("{}: no metrics, so nobody can tell whether it serves others", points_.worker);
    if (busy(*before) > 0)
      return fmt::format("{}: it serves {:.0f} other requests; a worker is calibrated while it is idle", points_.worker,
                         busy(*before));
    if (before->block_size && *before->block_size >= 1) {
      points_.block_tokens = static_cast<std::uint32_t>(*before->block_size);
      if (before->capacity_tokens)
        points_.capacity_blocks = static_cast<std::uint32_t>(*before->capacity_tokens / *before->block_size);
    }
    points_.model = plan_.model;
    if (points_.model.empty()) {
      const HttpAnswer models = get("/v1/models");
      const auto id = models.good() ? live::first_model(models.body) : std::nullopt;
      if (!id) return fmt::format("{}: /v1/models names no model; say --model", points_.worker);
      points_.model = *id;
    }
    for (int i = 0; i < kRoundTrips; ++i) {
      const auto begin = Clock::now();
      const HttpAnswer health = get(plan_.fleet.health_path);
      if (!health.good()) return fmt::format("{}{}: {}", points_.worker, plan_.fleet.health_path, health.reason());
      points_.round_trips_ms.push_back(ms_between(begin, Clock::now()));
    }
    return {};
  }

  std::shared_ptr<HttpCall> send(Sent& s, const Ids& prompt, std::uint32_t tokens) {
    const std::string body = body_of(points_.model, prompt, tokens), key = key_of(worker_);
    std::string head = fmt::format("POST /v1/completions HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n",
                                   worker_.address.text().substr(7));
    if (!key.empty()) head += fmt::format("Authorization: Bearer {}\r\n", key);
    if (worker_.ranks > 1) head += fmt::format("X-data-parallel-rank: {}\r\n", worker_.rank);
    head += fmt::format("Content-Length: {}\r\n\r\n", body.size());
    HttpCall::Hands hands;
    const auto call = std::make_shared<std::weak_ptr<HttpCall>>();
    hands.sent = [&s] { s.at = Clock::now(); };
    hands.head = [&s](http::ResponseHead&& h) { s.status = h.status; };
    hands.piece = [&s, call](std::string&& piece) {
      const std::uint32_t before = s.reader.events_with_text();
      s.reader.pass(piece);
      if (s.reader.events_with_text() > before) {
        s.last = Clock::now();
        if (!s.first) s.first = s.last;
      }
      if (const auto c = call->lock()) c->go_on();
    };
    hands.done = [&s] {
      s.reader.end();
      s.over = true;
    };
    hands.failed = [&s](CallFailure, const std::string& why) {
      s.trouble = why;
      s.over = true;
    };
    auto made = clients_.call(worker_.address, head + body, kTimes, std::move(hands));
    *call = made;
    return made;
  }

  // Leading tokens of the prompt that it holds by its stream.
  std::optional<std::uint32_t> held(const Ids& prompt) {
    if (!watch_) return std::nullopt;
    const live::LiveSession& session = watch_->session();
    const std::uint32_t size = session.fleet().block_tokens;
    std::vector<live::Code> codes;
    for (std::size_t at = 0; at + size <= prompt.size(); at += size)
      codes.push_back(live::code_of(std::span(prompt).subspan(at, size)));
    return session.overlaps(kRootDigest, codes)[0] * size;
  }

  // Sends all at once, waits for the last, and keeps what was measured unless somebody else was served meanwhile.
  Round ask(int step, const std::vector<Ids>& prompts, std::uint32_t tokens) {
    const auto before = figures();
    std::vector<Sent> sent;
    std::vector<std::shared_ptr<HttpCall>> calls;
    sent.reserve(prompts.size());  // the calls keep references
    double own_tokens = 0;
    std::vector<std::optional<std::uint32_t>> held_tokens;
    if (watch_) {
      const SimTime until = watch_->now() + kStreamLag;
      while (watch_->now() < until) watch_->pump(until - watch_->now());
    }
    for (const Ids& prompt : prompts) held_tokens.push_back(held(prompt));
    for (const Ids& prompt : prompts) {
      own_tokens += static_cast<double>(prompt.size());
      sent.emplace_back(static_cast<std::uint32_t>(prompt.size()) / live::kPricedTokens);
      calls.push_back(send(sent.back(), prompt, tokens));
    }
    context_.restart();
    while (std::any_of(sent.begin(), sent.end(), [](const Sent& s) { return !s.over; })) {
      context_.run_for(std::chrono::milliseconds(100));
      context_.restart();
      if (!hands_.stopped()) continue;
      for (const auto& call : calls) call->cancel();
      return {"stopped; nothing is written", false};
    }
    for (const Sent& s : sent) {
      if (!s.trouble.empty()) return {fmt::format("{}: {}", points_.worker, s.trouble), false};
      if (s.status == 400 && step == 1 && points_.requests.size() >= 4 * kRepeats) return {{}, true};
      if (s.status != 200) return {fmt::format("{}: /v1/completions answered {}", points_.worker, s.status), false};
      if (!s.first || !s.at) return {fmt::format("{}: an answer without a token", points_.worker), false};
    }
    const auto after = figures();
    const bool others =
        before && after && (busy(*before) > 0 || busy(*after) > 0 || counted(*before, *after) > own_tokens);
    if (others) points_.discarded += static_cast<std::uint32_t>(sent.size());
    for (const Sent& s : sent) {
      if (others) break;
      live::Measurement m;
      m.step = step;
      m.prompt_blocks = s.prompt_blocks;
      m.together = static_cast<std::uint32_t>(sent.size());
      m.held_tokens = held_tokens[static_cast<std::size_t>(&s - sent.data())];
      m.cached_tokens = s.reader.usage().cached_tokens;
      m.output_tokens = s.reader.usage().output_tokens.value_or(s.reader.events_with_text());
      m.ttft_ms = std::max(0.0, ms_between(*s.at, *s.first));
      if (m.output_tokens > 1) m.interval_ms = ms_between(*s.first, *s.last) / (m.output_tokens - 1);
      points_.requests.push_back(m);
    }
    return {};
  }
  // Prompt tokens that it counted between two looks.
  static double counted(const live::MetricsFigures& a, const live::MetricsFigures& b) {
    return b.prompt_tokens.value_or(0) - a.prompt_tokens.value_or(0);
  }

  const ProbePlan& plan_;
  const live::WorkerSetup& worker_;
  const ProbeHands& hands_;
  Rng rng_;
  std::unique_ptr<Watch> watch_;  // where it has a stream
  live::CalibrationPoints points_;
  boost::asio::io_context context_{1};
  HttpClients clients_{context_};
};

}  // namespace

Result<live::CalibrationPoints> measure(const ProbePlan& plan, const ProbeHands& hands) {
  return Probe(plan, hands).run();
}

}  // namespace blockyard::net
