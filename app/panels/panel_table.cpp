// The table of panels: what stands where, in order of tabs.
#include <array>

#include "app/panels/fleet/fleet.h"
#include "app/panels/inspector/inspector.h"
#include "app/panels/inspector/why_here.h"
#include "app/panels/panel.h"
#include "app/panels/plots/tab_plots.h"
#include "app/panels/plots/tab_tokens.h"
#include "app/panels/sessions/tab_sessions.h"
#include "app/panels/tables/tab_decisions.h"
#include "app/panels/tables/tab_events.h"
#include "app/panels/tree/prefix_tree.h"

namespace blockyard {
namespace {

template <class T>
std::unique_ptr<Panel> make() {
  return std::make_unique<T>();
}

constexpr auto kPanels = std::to_array<PanelRow>({
    {"fleet", "Fleet",
     "Every worker with its state, its load and its physical KV blocks, one cell each. Bright: in use, and not to be "
     "evicted; darker: kept for whoever comes next; darkest: free. The blue bar is the work ahead of a worker, the "
     "yellow tick what the router believes it to be. Click a block or a worker.",
     PanelSlot::kFleet, PanelNeeds::kFleet, make<FleetPanel>},
    {"tree", "Prefix tree",
     "All prompts of the run, split where they diverge: the higher a node, the more requests share it. Belief is what "
     "the "
     "router thinks each worker holds, truth what it holds, difference where the two disagree: phantom blocks are "
     "believed "
     "but gone, unknown ones held but not believed.",
     PanelSlot::kTree, PanelNeeds::kFleet, make<PrefixTreePanel>},
    {"inspector", "Inspector",
     "Everything about what is selected; the latest routings when nothing is selected. Esc clears the selection.",
     PanelSlot::kInspector, PanelNeeds::kFleet, make<InspectorPanel>},
    {"latency", "Latency",
     "Time to first token over a sliding window: 50, 95 and 99 of 100 requests are faster. The icons show its "
     "distribution, hits against misses. Scroll to zoom, double-click to fit, click to go there.",
     PanelSlot::kBottom, PanelNeeds::kRequests, make<LatencyPlotsTab>},
    {"hit_rate", "Hit rate",
     "The share of prompt blocks found in a worker's cache, and the share of requests that found any.",
     PanelSlot::kBottom, PanelNeeds::kRequests, make<HitRateTab>},
    {"blocks", "Blocks", "How full the caches are, how much of them is in use, and how many blocks were evicted.",
     PanelSlot::kBottom, PanelNeeds::kFleet, make<BlocksTab>},
    {"requests", "Requests",
     "What each worker did when: waiting, prefill, decode. The figures are hit blocks of prompt blocks. Click a bar to "
     "select its request.",
     PanelSlot::kBottom, PanelNeeds::kRequests, make<RequestsTab>},
    {"load", "Load", "Workers × time: the work ahead of each. Brighter means more work.", PanelSlot::kBottom, PanelNeeds::kFleet,
     make<LoadTab>},
    {"tokens", "Tokens",
     "Output tokens per second, and the time between consecutive tokens of a request. With engine slots a request's "
     "tokens all come when it finishes. Goodput: requests per second that met the objectives on the left.",
     PanelSlot::kBottom, PanelNeeds::kModel, make<TokensTab>},
    {"match", "Match length",
     "How many leading blocks of their prompts requests found, next to how long the prompts are.", PanelSlot::kBottom, PanelNeeds::kRequests,
     make<MatchTab>},
    {"decisions", "Decisions",
     "Every routing: what was expected and what came of it. Click to select, double-click to ask why.",
     PanelSlot::kBottom, PanelNeeds::kRequests, make<DecisionsTab>},
    {"sessions", "Sessions",
     "Conversations and agents: which worker each turn went to, what it found there, and what each worker still holds. "
     "Click one to select it everywhere.",
     PanelSlot::kBottom, PanelNeeds::kModel, make<SessionsTab>},
    {"why", "Why here?",
     "The selected routing: what the router saw of each worker, what was true, and what other strategies would have "
     "done.",
     PanelSlot::kBottom, PanelNeeds::kRequests, make<WhyHereTab>},
    {"events", "Events", "Everything that has happened, latest first. Double-click to go there.", PanelSlot::kBottom, PanelNeeds::kFleet,
     make<EventsTab>},
    {"compare", "Compare",
     "Strategies on the same requests, at the same moment: figures here, fleets side by side above.",
     PanelSlot::kBottom, PanelNeeds::kModel, make<CompareTab>},
});

}  // namespace

std::span<const PanelRow> panel_table() { return kPanels; }

std::string_view help_of(std::string_view id) {
  for (const PanelRow& row : kPanels) {
    if (row.id == id) return row.help;
  }
  return {};
}

}  // namespace blockyard
