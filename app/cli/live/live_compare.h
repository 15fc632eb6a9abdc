// blockyard live compare: the requests of a recording, emulated, beside what really happened.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace blockyard::cli {

struct Context;

std::function<int()> make_live_compare(CLI::App& app, const Context& context);

}  // namespace blockyard::cli
