// RawTrace: a trace as its lines say it, checked but neither sorted nor cut into blocks. Formats fill it in, cut.cpp
// turns it into a workload.
//
// Times are in the format's own unit, so that a time scale is applied before anything is rounded (SPEC 9, Times).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/workload/traces/id_tree.h"

namespace blockyard {

struct TraceLine {
  double time = 0;                     ///< when it was sent; unknown: see has_time
  double think = 0;                    ///< pause after the turn before, where has_think
  double duration = 0;                 ///< how long it took, 0 where nobody says
  std::uint32_t prompt_tokens = 0;     ///< of the line; where turns add, of what it adds
  std::uint32_t output_tokens = 0;     ///<
  std::uint32_t ids_count = 0;         ///< of the prompt
  std::uint32_t output_ids_count = 0;  ///< of the answer, right behind the prompt's full blocks
  IdTree::Node leaf = kNone;           ///< where the prompt's ids end
  IdTree::Node output_leaf = kNone;    ///< where the answer's end: behind the prompt's full blocks
  std::uint32_t session = kNone;       ///< into RawTrace::sessions
  std::uint32_t file = 0;              ///< which file it is from
  std::size_t rest_begin = 0;          ///< into RawTrace::rests: tokens behind its ids, where prompts are words
  std::uint32_t rest_count = 0;
  bool has_time = false;
  bool has_think = false;
};

/// A turn that waits for another session (of a sub-agent) to end.
struct TraceWait {
  std::uint32_t line = 0;
  std::uint32_t session = 0;
};

struct RawTrace {
  std::string name;                ///< for titles
  std::string format;              ///< id of its row
  std::string unit;                ///< of its times
  double us_per_unit = 1000;       ///< of its times
  std::uint32_t block_tokens = 0;  ///< per id; 0: nothing has ids
  bool turns_add = false;          ///< each line of a session holds what its turn adds
  std::vector<TraceLine> lines;
  IdTree ids;
  std::vector<std::string> sessions;
  std::vector<TraceWait> waits;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> parents;  ///< sub-agent's session, and the one that sent it
  bool from_zero = false;                                        ///< the file says that its times count from its zero
  std::uint64_t local_scopes = 0;                                ///< conversations so far whose ids are their own
  /// Prompts are words: `block_tokens` tokens of every node of `ids`, in order, and what lies behind each line's ids.
  bool has_words = false;
  std::vector<std::uint32_t> node_tokens;
  std::vector<std::uint32_t> rests;
  bool times_may_lack = false;     ///< where no line has a time, arrivals come from an arrival process
  std::vector<std::string> notes;  ///< what a reader should know, e.g. that nothing is shared
  std::vector<std::string> warnings;

  /// The number of the session of that name, made where it is new.
  std::uint32_t session_of(std::string_view session) {
    const auto [at, made] = session_numbers_.try_emplace(std::string(session), 0);
    if (made) {
      at->second = static_cast<std::uint32_t>(sessions.size());
      sessions.emplace_back(session);
    }
    return at->second;
  }
  /// A session of its own, whatever others are called.
  std::uint32_t new_session(const std::string& session) {
    std::string name_of_it = session;
    for (int n = 2; session_numbers_.count(name_of_it) != 0; ++n) name_of_it = session + " " + std::to_string(n);
    return session_of(name_of_it);
  }
  /// A number for an id that is a text: above all that whole numbers of traces reach.
  std::uint64_t id_of_text(std::string_view text) {
    const auto [at, made] = text_ids_.try_emplace(std::string(text), text_ids_.size());
    return (std::uint64_t{1} << 63U) | at->second;
  }

 private:
  std::unordered_map<std::string, std::uint32_t> session_numbers_;
  std::unordered_map<std::string, std::uint64_t> text_ids_;
};

}  // namespace blockyard
