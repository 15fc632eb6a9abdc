// Sessions get their times (or their users), their requests are put in order, and then chains are made in that order.
#include "core/workload/generate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/workload/draw.h"
#include "core/workload/sessions.h"

namespace blockyard {
namespace {

constexpr double kMostRequests = 2e6;
constexpr double kMostReferences = 2e8;  // block references: some seconds of making

// A request that has its place in a session and its time, but no blocks yet.
struct Draft {
  SimTime arrival = 0;
  std::uint32_t session = 0;
  std::uint32_t turn = 0;
  std::uint32_t user = 0;
  std::uint32_t place = 0;  // closed: of the user's requests
};

SimTime pause(const WorkloadSpec& spec, Rng& rng) {
  if (spec.think_s <= 0) return 0;
  const double s = spec.arrival == ArrivalProcess::kConstant ? spec.think_s : rng.exponential(spec.think_s);
  return static_cast<SimTime>(std::llround(s * 1e6));
}

// Sessions begin by the arrival process, thinned so that requests come at `rate`; a session's further requests follow
// a pause after the one before. What comes after the last request or the duration is left out.
std::vector<Draft> open_loop(const WorkloadSpec& spec, SessionMaker& maker, Rng& content, Rng& arrival,
                             std::vector<GeneratedSession>& sessions) {
  const bool timed = spec.duration_s > 0;
  const auto end = static_cast<SimTime>(std::llround(spec.duration_s * 1e6));
  const auto wanted = static_cast<std::size_t>(spec.requests);
  ArrivalTimes begins(spec.arrival, spec.rate / maker.mean_turns(), spec.burstiness);
  std::vector<Draft> drafts;
  std::priority_queue<SimTime> earliest;  // of the `wanted` earliest requests, the latest on top
  for (;;) {
    SimTime t = begins.next(arrival);
    if (timed && t >= end) break;
    // Enough requests; but sessions that begin before the last of them still belong among them.
    if (!timed && earliest.size() == wanted && t >= earliest.top()) break;
    const auto s = static_cast<std::uint32_t>(sessions.size());
    sessions.push_back(maker.make(content));
    for (std::uint32_t turn = 0; turn < sessions[s].turns.size(); ++turn) {
      if (turn > 0) t += pause(spec, arrival);
      if (timed && t >= end) break;
      drafts.push_back({t, s, turn, s, 0});
      earliest.push(t);
      if (earliest.size() > wanted) earliest.pop();
    }
    if (drafts.size() > 8 * static_cast<std::size_t>(kMostRequests)) break;
  }
  std::stable_sort(drafts.begin(), drafts.end(), [](const Draft& a, const Draft& b) {
    return a.arrival != b.arrival ? a.arrival < b.arrival
                                  : (a.session != b.session ? a.session < b.session : a.turn < b.turn);
  });
  if (!timed && drafts.size() > wanted) drafts.resize(wanted);
  return drafts;
}

// Sessions are dealt to the users in turn; `arrival` is the think time before each request.
std::vector<Draft> closed_loop(const WorkloadSpec& spec, SessionMaker& maker, Rng& content, Rng& arrival,
                               std::vector<GeneratedSession>& sessions) {
  const auto users = static_cast<std::uint32_t>(spec.users);
  const auto wanted = static_cast<std::size_t>(spec.requests);
  using Place = std::pair<std::uint32_t, std::uint32_t>;  // requests so far, user
  std::priority_queue<Place, std::vector<Place>, std::greater<>> next;
  for (std::uint32_t u = 0; u < users; ++u) next.push({0, u});
  std::vector<Draft> drafts;
  while (drafts.size() < wanted) {
    // The user with the fewest requests so far gets the next session; the lowest number among equals.
    auto [place, user] = next.top();
    next.pop();
    const auto s = static_cast<std::uint32_t>(sessions.size());
    sessions.push_back(maker.make(content));
    for (std::uint32_t turn = 0; turn < sessions[s].turns.size() && drafts.size() < wanted; ++turn) {
      drafts.push_back({pause(spec, arrival), s, turn, user, place++});
    }
    next.push({place, user});
  }
  std::sort(drafts.begin(), drafts.end(),
            [](const Draft& a, const Draft& b) { return a.place != b.place ? a.place < b.place : a.user < b.user; });
  return drafts;
}

std::uint64_t tokens_of(const GeneratedSession& s, std::uint32_t segments) {
  std::uint64_t n = 0;
  for (std::uint32_t i = 0; i < segments; ++i) n += s.segments[i].tokens;
  return n;
}

// Requests of prompts in words: with their chains, and what their blocks say. Answers of the model are known.
class WordRequests {
 public:
  WordRequests(const WordSource& words, const WorkloadSpec& spec, Workload& out)
      : words_(words), spec_(spec), out_(out) {
    out.words.emplace(words.tokenizer(), out.block_tokens);
    out.tree.name_blocks_by_id();
  }

  std::optional<Error> add(const std::string& text, Request r) {
    std::vector<TokenId> tokens;
    if (r.label == kNone) {
      tokens = words_.prompt(text);
    } else {  // comes again and again
      const auto [at, fresh] = cut_.try_emplace(text);
      if (fresh) at->second = words_.prompt(text);
      tokens = at->second;
    }
    if (tokens.empty()) return Error{words_.tokenizer().name() + ": makes no token of a prompt in words"};
    r.prompt_tokens = static_cast<std::uint32_t>(tokens.size());
    if (spec_.answers == Answers::kModel) {
      const auto answer = words_.answer(out_.requests.size(), tokens, words_.settings().max_tokens);
      r.output_tokens = static_cast<std::uint32_t>(answer.size());
      tokens.insert(tokens.end(), answer.begin(), answer.end());
    }
    out_.add_words(r, tokens);
    return std::nullopt;
  }

 private:
  const WordSource& words_;
  const WorkloadSpec& spec_;
  Workload& out_;
  std::unordered_map<std::string, std::vector<TokenId>> cut_;
};

}  // namespace

Result<Workload> generate_workload(const WorkloadSpec& spec, std::uint32_t block_tokens, std::uint64_t seed,
                                   WordLender* words) {
  const bool closed = spec.arrival == ArrivalProcess::kClosed;
  const double expected = !closed && spec.duration_s > 0 ? spec.rate * spec.duration_s : spec.requests;
  if (expected > kMostRequests) {
    return Error{fmt::format("/workload: rate and duration make about {:.0f} requests; at most {:.0f} are allowed",
                             expected, kMostRequests)};
  }
  Workload out;
  out.name = workload_type_table()[static_cast<std::size_t>(spec.type)].id;
  out.block_tokens = block_tokens;
  Rng content(seed, RngPurpose::kWorkload);
  Rng arrival(seed, RngPurpose::kArrival);
  std::vector<GeneratedSession> sessions;
  const WordSource* source = nullptr;
  std::optional<DemoWords> demo;
  if (spec.type == WorkloadType::kDemo) {
    const Result<const WordSource*> lent =
        words == nullptr ? Error{"/workload/type: demo needs a tokenizer"} : words->words();
    if (!lent) return lent.error();
    source = *lent;
    auto read = DemoWords::read(*source);
    if (!read) return read.error();
    demo.emplace(std::move(*read));
  }
  const auto maker = make_sessions(spec, content, out.labels, demo ? &*demo : nullptr);
  const std::vector<Draft> drafts = closed ? closed_loop(spec, *maker, content, arrival, sessions)
                                           : open_loop(spec, *maker, content, arrival, sessions);
  if (closed) out.closed.users = static_cast<std::uint32_t>(spec.users);
  if (drafts.empty()) return Error{"/workload: no request arrives within duration_s; raise it or the rate"};
  double references = 0;
  for (const Draft& d : drafts) {
    const GeneratedSession& s = sessions[d.session];
    const std::uint64_t tokens = tokens_of(s, s.turns[d.turn].segments);
    references += static_cast<double>(tokens + s.turns[d.turn].output_tokens) / block_tokens;
    if (tokens > 100'000'000 || references > kMostReferences) {
      return Error{
          fmt::format("/workload: prompts of more than {:.0f} blocks in all; fewer requests or shorter ones "
                      "are needed",
                      kMostReferences)};
    }
  }

  // Only what is a conversation is one: requests that stand alone have no session.
  std::vector<std::uint32_t> named(sessions.size(), kNone);
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    if (!sessions[i].answers_known) continue;
    named[i] = static_cast<std::uint32_t>(out.sessions.size());
    out.sessions.push_back(fmt::format("{}", named[i] + 1));
  }

  std::optional<ContentTree> contents;
  std::optional<WordRequests> in_words;
  if (source == nullptr) {
    contents.emplace(out.tree, block_tokens);
  } else {
    in_words.emplace(*source, spec, out);
  }
  std::vector<Span> chain;
  out.requests.reserve(drafts.size());
  for (const Draft& d : drafts) {
    const GeneratedSession& s = sessions[d.session];
    const Turn& turn = s.turns[d.turn];
    Request r;
    r.arrival = d.arrival;
    r.prompt_tokens = static_cast<std::uint32_t>(tokens_of(s, turn.segments));
    r.output_tokens = turn.output_tokens;
    r.prompt_blocks = r.prompt_tokens / block_tokens;
    // The last token of an answer is never computed by the request that makes it.
    const std::uint32_t filled = (r.prompt_tokens + std::max(r.output_tokens, 1U) - 1) / block_tokens;
    r.known_blocks = s.answers_known ? filled : r.prompt_blocks;
    r.user = d.user;
    r.label = s.label;
    r.session = named[d.session];
    r.turn = d.turn + 1;
    if (in_words) {
      if (auto trouble = in_words->add(s.words, r)) return *trouble;
      continue;
    }
    chain.clear();
    contents->walk({s.segments.data(), turn.segments + (s.answers_known ? 1U : 0U)}, r.known_blocks, chain);
    r.runs_begin = static_cast<std::uint32_t>(out.runs.size());
    r.runs_count = static_cast<std::uint32_t>(chain.size());
    out.runs.insert(out.runs.end(), chain.begin(), chain.end());
    out.requests.push_back(r);
  }
  out.number_private_blocks();
  return out;
}

}  // namespace blockyard
