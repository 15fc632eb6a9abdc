// What a live session came to, as results.json and as lines for people.
#pragma once

#include <string>
#include <vector>

#include "core/live/session.h"

namespace blockyard::live {

/// results.json of a session: what each worker holds and what its stream went through. From the session alone, so that
/// a replay gives the same bytes.
std::string live_results_json(const LiveSession& session, const std::string& started);

/// One worker in a few words: "w0 live 212/256 blocks, 2 running, 1 waiting".
std::string worker_line(const LiveSession& session, WorkerId w);

/// A table of all workers, the first row its heads.
std::vector<std::vector<std::string>> worker_rows(const LiveSession& session);

}  // namespace blockyard::live
