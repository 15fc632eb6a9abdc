// Sessions: what a generator makes before anybody knows when it arrives. Private to workload/.
//
// A session is one list of segments; its requests are prefixes of that list, each followed by its answer. A request
// that stands alone is a session of one. So a conversation of n turns is stored once, not n times.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/rng.h"
#include "core/settings/workload_spec.h"
#include "core/workload/content.h"
#include "core/workload/words/demo_words.h"

namespace blockyard {

struct Turn {
  std::uint32_t segments = 0;  ///< the prompt: that many of the session's segments; the answer is the one after them
  std::uint32_t output_tokens = 0;
};

struct GeneratedSession {
  std::vector<Segment> segments;
  std::vector<Turn> turns;
  std::uint32_t label = 0;     ///< into the workload's labels; kNone where nothing is shared
  bool answers_known = false;  ///< later turns contain earlier answers
  std::string words;           ///< instead of segments: the one prompt, in words
};

/// Makes one session after the other.
class SessionMaker {
 public:
  virtual ~SessionMaker() = default;
  virtual GeneratedSession make(Rng& rng) = 0;
  /// Mean number of requests a session.
  virtual double mean_turns() const { return 1; }
};

/// The generator of the spec's type. It refers to the spec and to `labels`, which it adds to. `demo` is that of the
/// type of this name, and not used by others.
std::unique_ptr<SessionMaker> make_sessions(const WorkloadSpec& spec, Rng& rng, std::vector<std::string>& labels,
                                            const DemoWords* demo);

}  // namespace blockyard
