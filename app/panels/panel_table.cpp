// The table of panels: what stands where, in order of tabs.
#include <array>

#include "app/panels/fleet/fleet.h"
#include "app/panels/inspector/inspector.h"
#include "app/panels/inspector/why_here.h"
#include "app/panels/panel.h"
#include "app/panels/plots/tab_plots.h"
#include "app/panels/plots/tab_tokens.h"
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
     "Every worker with its state, its load and its physical KV blocks, a cell each. Bright: in use, and not to be "
     "evicted; darker: kept for whoever comes next; darkest: free. The blue bar is the work that a worker has before "
     "it, the yellow tick what the router believes it has. Click a block or a worker.",
     PanelSlot::kFleet, make<FleetPanel>},
    {"tree", "Prefix tree",
     "All prompts of the run, cut where they part: what stands higher is shared by more requests. Belief is what the "
     "router thinks each worker holds, truth what it holds, difference where the two part: phantom blocks are believed "
     "but gone, unknown ones held but not believed.",
     PanelSlot::kTree, make<PrefixTreePanel>},
    {"inspector", "Inspector",
     "All there is to know about what is selected; the latest routings where nothing is. Esc lets go.",
     PanelSlot::kInspector, make<InspectorPanel>},
    {"latency", "Latency",
     "Time to first token over a sliding window: half, 95 and 99 of 100 requests are faster. The icons show its "
     "distribution, hits against misses. The wheel zooms, a double click fits, a click goes there.",
     PanelSlot::kBottom, make<LatencyPlotsTab>},
    {"hit_rate", "Hit rate",
     "The part of prompt blocks that was found in a worker's cache, and the part of requests that found any.",
     PanelSlot::kBottom, make<HitRateTab>},
    {"blocks", "Blocks", "How full the caches are, how much of it is in use, and how many blocks had to make room.",
     PanelSlot::kBottom, make<BlocksTab>},
    {"requests", "Requests",
     "What each worker did when: waiting, prefill, decode. The figures are hit blocks of prompt blocks. Click a bar to "
     "select its request.",
     PanelSlot::kBottom, make<RequestsTab>},
    {"load", "Load", "Workers × time: the work that each had before it. Bright is much.", PanelSlot::kBottom,
     make<LoadTab>},
    {"tokens", "Tokens",
     "Output tokens a second, and the time between a token and the one before of the same request. Engine slots hands "
     "out a request's tokens as it finishes. Goodput: requests a second that kept the objectives on the left.",
     PanelSlot::kBottom, make<TokensTab>},
    {"match", "Match length",
     "How many leading blocks of their prompts requests found, beside how long the prompts are.", PanelSlot::kBottom,
     make<MatchTab>},
    {"decisions", "Decisions",
     "Every routing: what was expected and what came of it. A click selects, a double click asks why.",
     PanelSlot::kBottom, make<DecisionsTab>},
    {"why", "Why here?",
     "The selected routing: what the router saw of each worker, what was true, and what other strategies would have "
     "done.",
     PanelSlot::kBottom, make<WhyHereTab>},
    {"events", "Events", "Everything that has happened, latest first. A double click goes there.", PanelSlot::kBottom,
     make<EventsTab>},
    {"compare", "Compare",
     "Strategies on the same requests, at the same moment: figures here, fleets side by side above.",
     PanelSlot::kBottom, make<CompareTab>},
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
