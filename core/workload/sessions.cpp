// The generators. Contents are named by kind and number, so that equal names mean equal tokens.
#include "core/workload/sessions.h"

#include <fmt/format.h>

#include <array>

#include "core/base/ids.h"
#include "core/workload/draw.h"

namespace blockyard {
namespace {

enum class Content : std::uint64_t { kSystem = 1, kDocument, kTemplate, kQuestion, kOwn };

std::uint64_t name_of(Content kind, std::uint64_t number) { return (static_cast<std::uint64_t>(kind) << 56U) | number; }

std::uint32_t whole(double v) { return static_cast<std::uint32_t>(v); }

// Lengths of prompts and answers, and contents that nobody else has.
class Base : public SessionMaker {
 public:
  explicit Base(const WorkloadSpec& spec)
      : spec_(spec),
        prompt_{spec.prompt_dist, spec.prompt_tokens, spec.prompt_spread, &spec.prompt_values},
        output_{spec.output_dist, spec.output_tokens, spec.output_spread, &spec.output_values} {}

 protected:
  Segment own(std::uint32_t tokens) { return {name_of(Content::kOwn, next_own_++), tokens}; }

  const WorkloadSpec& spec_;
  const Lengths prompt_;
  const Lengths output_;

 private:
  std::uint64_t next_own_ = 0;
};

class Uniform final : public Base {
 public:
  using Base::Base;
  GeneratedSession make(Rng& rng) override {
    GeneratedSession s;
    s.segments = {own(prompt_.draw(rng))};
    s.turns = {{1, output_.draw(rng)}};
    s.label = kNone;
    return s;
  }
};

// rag and few_shot: something popular in front, a question behind.
class Popular final : public Base {
 public:
  Popular(const WorkloadSpec& spec, Rng& rng, std::vector<std::string>& labels)
      : Base(spec),
        rag_(spec.type == WorkloadType::kRag),
        zipf_(whole(rag_ ? spec.documents : spec.templates), spec.zipf_s) {
    const std::uint32_t count = whole(rag_ ? spec.documents : spec.templates);
    const Lengths documents{LengthDist::kLognormal, spec.document_tokens, spec.document_spread, nullptr};
    for (std::uint32_t i = 0; i < count; ++i) {
      lengths_.push_back(rag_ ? documents.draw(rng) : whole(spec.template_tokens));
      labels.push_back(fmt::format("{} {}", rag_ ? "doc" : "template", i + 1));
    }
  }

  GeneratedSession make(Rng& rng) override {
    const std::uint32_t which = zipf_.draw(rng);
    const bool shared = rng.uniform() < spec_.shared_share;
    GeneratedSession s;
    if (rag_ && spec_.system_tokens >= 1)
      s.segments.push_back({name_of(Content::kSystem, 0), whole(spec_.system_tokens)});
    if (shared) {
      s.segments.push_back({name_of(rag_ ? Content::kDocument : Content::kTemplate, which), lengths_[which]});
    } else {
      s.segments = {own(lengths_[which])};
    }
    s.segments.push_back(own(prompt_.draw(rng)));
    s.turns = {{static_cast<std::uint32_t>(s.segments.size()), output_.draw(rng)}};
    s.label = shared ? which : kNone;
    return s;
  }

 private:
  bool rag_;
  ZipfTable zipf_;
  std::vector<std::uint32_t> lengths_;
};

constexpr std::array<std::string_view, 6> kAssistants{"support agent", "tutor",       "translator",
                                                      "writer",        "travel desk", "coach"};
constexpr std::array<std::string_view, 6> kAgents{"coder",        "researcher", "tester",
                                                  "data analyst", "reviewer",   "planner"};

// chat and agent: a system prompt, then turns that each repeat all that was said before.
class Growing final : public Base {
 public:
  Growing(const WorkloadSpec& spec, std::vector<std::string>& labels)
      : Base(spec), agent_(spec.type == WorkloadType::kAgent), labels_(labels) {}

  double mean_turns() const override { return agent_ ? spec_.tool_calls + 1 : spec_.turns; }

  GeneratedSession make(Rng& rng) override {
    const std::uint32_t who = static_cast<std::uint32_t>(rng.below(whole(spec_.assistants)));
    const Lengths results{LengthDist::kLognormal, spec_.tool_tokens, 0.6, nullptr};
    const std::uint32_t turns = agent_ ? draw_count(rng, spec_.tool_calls) + 1 : draw_count(rng, spec_.turns);
    GeneratedSession s;
    s.answers_known = true;
    s.label = static_cast<std::uint32_t>(labels_.size());
    const auto& names = agent_ ? kAgents : kAssistants;
    const std::string name = who < names.size() ? std::string(names[who]) : fmt::format("assistant {}", who + 1);
    labels_.push_back(fmt::format("{}: {} {}", name, agent_ ? "task" : "session", ++sessions_));
    if (spec_.system_tokens >= 1) s.segments.push_back({name_of(Content::kSystem, who), whole(spec_.system_tokens)});
    for (std::uint32_t t = 0; t < turns; ++t) {
      s.segments.push_back(own(agent_ && t > 0 ? results.draw(rng) : prompt_.draw(rng)));
      const std::uint32_t answer = output_.draw(rng);
      s.turns.push_back({static_cast<std::uint32_t>(s.segments.size()), answer});
      s.segments.push_back(own(answer));
    }
    return s;
  }

 private:
  bool agent_;
  std::vector<std::string>& labels_;
  std::uint32_t sessions_ = 0;
};

// The first experiments' workload: three contexts with four questions each, every third prompt unique.
class Demo final : public Base {
 public:
  Demo(const WorkloadSpec& spec, Rng& rng, std::vector<std::string>& labels) : Base(spec) {
    for (std::uint32_t i = 0; i < kContexts; ++i)
      labels.push_back(fmt::format("context {}", static_cast<char>('A' + i)));
    for (std::uint32_t& tokens : questions_) tokens = prompt_.draw(rng);
  }

  GeneratedSession make(Rng& rng) override {
    const std::uint32_t context = whole(spec_.document_tokens);
    GeneratedSession s;
    if (++made_ % 3 == 0) {
      s.segments = {own(context + prompt_.draw(rng))};
      s.label = kNone;
    } else {
      const auto c = static_cast<std::uint32_t>(rng.below(kContexts));
      const auto q = c * kQuestions + static_cast<std::uint32_t>(rng.below(kQuestions));
      s.segments = {{name_of(Content::kDocument, c), context}, {name_of(Content::kQuestion, q), questions_[q]}};
      s.label = c;
    }
    s.turns = {{static_cast<std::uint32_t>(s.segments.size()), output_.draw(rng)}};
    return s;
  }

 private:
  static constexpr std::uint32_t kContexts = 3;
  static constexpr std::uint32_t kQuestions = 4;
  std::array<std::uint32_t, std::size_t{kContexts} * kQuestions> questions_{};
  std::uint32_t made_ = 0;
};

}  // namespace

std::unique_ptr<SessionMaker> make_sessions(const WorkloadSpec& spec, Rng& rng, std::vector<std::string>& labels) {
  switch (spec.type) {
    case WorkloadType::kRag:
    case WorkloadType::kFewShot:
      return std::make_unique<Popular>(spec, rng, labels);
    case WorkloadType::kChat:
    case WorkloadType::kAgent:
      return std::make_unique<Growing>(spec, labels);
    case WorkloadType::kDemo:
      return std::make_unique<Demo>(spec, rng, labels);
    case WorkloadType::kTrace:
    case WorkloadType::kUniform:
      break;
  }
  return std::make_unique<Uniform>(spec);
}

}  // namespace blockyard
