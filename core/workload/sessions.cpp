// The generators. Contents are named by kind and number, so that equal names mean equal tokens.
#include "core/workload/sessions.h"

#include <fmt/format.h>

#include <array>

#include "core/base/check.h"
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

// The first experiments' workload: three contexts with four questions each, every third prompt unique; in words.
class Demo final : public Base {
 public:
  Demo(const WorkloadSpec& spec, std::vector<std::string>& labels, const DemoWords& words) : Base(spec), words_(words) {
    for (std::uint32_t i = 0; i < DemoWords::kContexts; ++i)
      labels.push_back(fmt::format("context {}", static_cast<char>('A' + i)));
  }

  GeneratedSession make(Rng& rng) override {
    GeneratedSession s;
    if (++made_ % 3 == 0) {
      s.words = words_.unique(made_ / 3);
      s.label = kNone;
    } else {
      s.label = static_cast<std::uint32_t>(rng.below(DemoWords::kContexts));
      s.words = words_.prompt(s.label, static_cast<std::uint32_t>(rng.below(DemoWords::kQuestions)));
    }
    s.turns = {{0, spec_.answers == Answers::kGiven ? output_.draw(rng) : 0}};
    return s;
  }

 private:
  const DemoWords& words_;
  std::uint32_t made_ = 0;
};

}  // namespace

std::unique_ptr<SessionMaker> make_sessions(const WorkloadSpec& spec, Rng& rng, std::vector<std::string>& labels,
                                            const DemoWords* demo) {
  switch (spec.type) {
    case WorkloadType::kRag:
    case WorkloadType::kFewShot:
      return std::make_unique<Popular>(spec, rng, labels);
    case WorkloadType::kChat:
    case WorkloadType::kAgent:
      return std::make_unique<Growing>(spec, labels);
    case WorkloadType::kDemo:
      BY_CHECK(demo != nullptr, "the demo without its words");
      return std::make_unique<Demo>(spec, labels, *demo);
    case WorkloadType::kTrace:
    case WorkloadType::kUniform:
      break;
  }
  return std::make_unique<Uniform>(spec);
}

}  // namespace blockyard
