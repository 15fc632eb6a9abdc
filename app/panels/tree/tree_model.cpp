#include "app/panels/tree/tree_model.h"
#include "app/panels/linked.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>

#include "core/live/observed/observed_fleet.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

// So many ends of single requests below a node become a group.
constexpr std::size_t kGroupFrom = 3;

bool contains_word(std::string_view all, std::string_view lower) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return std::search(all.begin(), all.end(), lower.begin(), lower.end(), same) != all.end();
}

}  // namespace

Coverage& Coverage::operator+=(const Coverage& o) {
  believed += o.believed;
  held += o.held;
  phantom += o.phantom;
  unknown += o.unknown;
  return *this;
}

bool TreeModel::update(const FrameContext& ctx) {
  const Moment run = run_of(ctx);
  const std::size_t ids = ctx.fleet.workload().id_count();
  if (run == run_ && edges_ == ctx.tree.edges().size() && ids_ == ids) return false;
  run_ = run;
  edges_ = ctx.tree.edges().size();
  ids_ = ids;
  const auto edges = ctx.tree.edges();
  nodes_.clear();
  top_.clear();
  children_.clear();
  node_of_.assign(edges.size(), kNone);
  deepest_ = 0;
  blocks_ = 0;
  requests_ = static_cast<std::uint32_t>(ctx.fleet.workload().requests.size());
  if (ctx.observed != nullptr) {  // chains, in their place
    for (const RadixEdge& e : edges) requests_ += e.parent == kNone ? e.requests : 0;
  }
  // Children of each edge; of the root at the end.
  std::vector<std::vector<EdgeId>> below(edges.size() + 1);
  for (EdgeId e = 0; e < edges.size(); ++e) {
    below[edges[e].parent == kNone ? edges.size() : edges[e].parent].push_back(e);
    blocks_ += edges[e].count;
    deepest_ = std::max(deepest_, edges[e].depth + edges[e].count);
  }
  for (std::vector<EdgeId>& list : below) {
    std::stable_sort(list.begin(), list.end(),
                     [&](EdgeId a, EdgeId b) { return edges[a].requests > edges[b].requests; });
  }
  // Breadth first, so that a parent stands before its children.
  const auto add_all = [&](std::span<const EdgeId> list, NodeIndex parent) {
    std::vector<NodeIndex> out;
    std::vector<EdgeId> ends;
    for (const EdgeId e : list) {
      if (edges[e].requests == 1 && below[e].empty()) ends.push_back(e);
    }
    const bool gather = ends.size() >= kGroupFrom && ends.size() < list.size() + (parent == kNone ? 0 : 1);
    for (const EdgeId e : list) {
      if (gather && edges[e].requests == 1 && below[e].empty()) continue;
      out.push_back(add(ctx, e, parent, below));
    }
    if (!gather) return out;
    const auto group = static_cast<NodeIndex>(nodes_.size());
    TreeNode g;
    g.parent = parent;
    g.level = parent == kNone ? 0 : nodes_[parent].level + 1;
    g.depth = edges[ends[0]].depth;
    g.bottom = g.depth;
    g.requests = static_cast<std::uint32_t>(ends.size());
    g.children_begin = static_cast<std::uint32_t>(children_.size());
    g.children_count = static_cast<std::uint32_t>(ends.size());
    g.label = ctx.observed != nullptr ? (parent == kNone ? "(unshared chains)" : "(ends of one chain)")
              : parent == kNone       ? "(unshared prompts)"
                                      : "(ends of one request)";
    nodes_.push_back(g);
    for (const EdgeId e : ends) {
      const NodeIndex n = add(ctx, e, group, below);
      children_.push_back(n);
      nodes_[group].blocks += nodes_[n].blocks;
      nodes_[group].bottom = std::max(nodes_[group].bottom, nodes_[n].bottom);
    }
    out.push_back(group);
    return out;
  };
  top_ = add_all(below[edges.size()], kNone);
  for (NodeIndex n = 0; n < nodes_.size(); ++n) {
    if (nodes_[n].group()) continue;
    const std::vector<NodeIndex> list = add_all(below[nodes_[n].last], n);
    nodes_[n].children_begin = static_cast<std::uint32_t>(children_.size());
    nodes_[n].children_count = static_cast<std::uint32_t>(list.size());
    children_.insert(children_.end(), list.begin(), list.end());
  }
  for (NodeIndex n = static_cast<NodeIndex>(nodes_.size()); n-- > 0;) {
    const NodeIndex p = nodes_[n].parent;
    if (p != kNone) nodes_[p].bottom = std::max(nodes_[p].bottom, nodes_[n].bottom);
  }
  return true;
}

NodeIndex TreeModel::add(const FrameContext& ctx, EdgeId first, NodeIndex parent,
                         std::span<const std::vector<EdgeId>> below) {
  const auto edges = ctx.tree.edges();
  const auto index = static_cast<NodeIndex>(nodes_.size());
  TreeNode n;
  n.first = first;
  n.last = first;
  n.parent = parent;
  n.level = parent == kNone ? 0 : nodes_[parent].level + 1;
  n.depth = edges[first].depth;
  n.requests = edges[first].requests;
  n.blocks = edges[first].count;
  node_of_[first] = index;
  while (below[n.last].size() == 1) {
    n.last = below[n.last].front();
    n.blocks += edges[n.last].count;
    node_of_[n.last] = index;
  }
  n.bottom = n.depth + n.blocks;
  n.label = label_of(ctx, n);
  nodes_.push_back(std::move(n));
  return index;
}

// The name of what a node's content is: a workload's label where all its requests carry the same one and those of its
// parent do not; the request, or the user, that it belongs to alone; else where it begins.
std::string TreeModel::label_of(const FrameContext& ctx, const TreeNode& node) const {
  const Workload& workload = ctx.fleet.workload();
  if (ctx.observed != nullptr) return fmt::format("block {}", ctx.tree.edges()[node.first].first);
  // Where there are words, they say best what it stands for.
  const RadixEdge& edge = ctx.tree.edges()[node.first];
  const std::array<Span, 1> stretch{Span{edge.first, edge.count}};
  if (std::string words = first_words(workload, stretch, 60); !words.empty()) return words;
  const auto requests_of = [&](const TreeNode& n) { return ctx.tree.uses(n.first); };
  const auto common_label = [&](const TreeNode& n) {
    const auto uses = requests_of(n);
    const std::uint32_t label = workload.requests[uses.front()].label;
    // The first, the last and some between tell; a wrong name would need a label that only a few do not share.
    const std::size_t step = std::max<std::size_t>(1, uses.size() / 64);
    for (std::size_t i = 0; i < uses.size(); i += step) {
      if (workload.requests[uses[i]].label != label) return kNone;
    }
    return label;
  };
  // What the labels of all its requests begin with, up to a colon: "coach" of "coach: session 4".
  const auto common_start = [&] {
    std::string_view shared;
    const auto all = requests_of(node);
    const std::size_t stride = std::max<std::size_t>(1, all.size() / 64);
    for (std::size_t i = 0; i < all.size(); i += stride) {
      const std::uint32_t l = workload.requests[all[i]].label;
      if (l >= workload.labels.size()) return std::string();
      const std::string_view name = workload.labels[l];
      const std::string_view start = name.substr(0, std::min(name.find(':'), name.size()));
      if (i > 0 && start != shared) return std::string();
      shared = start;
    }
    return std::string(shared);
  };
  const std::uint32_t label = common_label(node);
  const bool named = label < workload.labels.size() && (node.parent == kNone || nodes_[node.parent].group() ||
                                                        common_label(nodes_[node.parent]) != label);
  if (named && node.requests > 1) return workload.labels[label];
  const auto uses = requests_of(node);
  if (node.requests == 1) {
    return named ? fmt::format("{} · request {}", workload.labels[label], uses.front())
                 : fmt::format("request {}", uses.front());
  }
  const std::uint32_t user = workload.requests[uses.front()].user;
  const std::size_t step = std::max<std::size_t>(1, uses.size() / 64);
  bool alone = ctx.scenario.workload.type != WorkloadType::kTrace;
  for (std::size_t i = 0; alone && i < uses.size(); i += step) alone = workload.requests[uses[i]].user == user;
  if (alone) return fmt::format("user {}, {} turns", user, node.requests);
  if (const std::string shared = common_start(); !shared.empty()) return shared;
  return fmt::format("block {}", ctx.tree.edges()[node.first].first);
}

Coverage TreeModel::coverage(const FrameContext& ctx, NodeIndex n, WorkerId w) const {
  Coverage out;
  const TreeNode& node = nodes_[n];
  if (node.group()) {
    for (const NodeIndex c : children(n)) out += coverage(ctx, c, w);
    return out;
  }
  const auto edges = ctx.tree.edges();
  for (EdgeId e = node.last;; e = edges[e].parent) {
    const std::uint64_t end = std::uint64_t{edges[e].first} + edges[e].count;
    for (std::uint64_t at = edges[e].first; at < end;) {
      const std::uint64_t low = at & 63, bits = std::min<std::uint64_t>(64 - low, end - at);
      const std::uint64_t mask = (bits == 64 ? ~0ULL : ((1ULL << bits) - 1)) << low;
      const std::uint64_t b = believed_word(ctx, w, at >> 6, sides_) & mask,
                          t = other_word(ctx, w, at >> 6, sides_) & mask;
      out.believed += static_cast<std::uint32_t>(std::popcount(b));
      out.held += static_cast<std::uint32_t>(std::popcount(t));
      out.phantom += static_cast<std::uint32_t>(std::popcount(b & ~t));
      out.unknown += static_cast<std::uint32_t>(std::popcount(t & ~b));
      at += bits;
    }
    if (e == node.first) return out;
  }
}

std::uint32_t TreeModel::arrived(const FrameContext& ctx, NodeIndex n) const {
  const TreeNode& node = nodes_[n];
  if (node.group()) {
    const auto list = children(n);
    return static_cast<std::uint32_t>(
        std::count_if(list.begin(), list.end(), [&](NodeIndex c) { return arrived(ctx, c) > 0; }));
  }
  if (ctx.observed != nullptr) return ctx.tree.edges()[node.first].first < ctx.observed->seen() ? node.requests : 0;
  const auto uses = ctx.tree.uses(node.first);
  return static_cast<std::uint32_t>(std::lower_bound(uses.begin(), uses.end(), ctx.fleet.arrived()) - uses.begin());
}

void Differences::update(const FrameContext& ctx, const TreeModel& tree) {
  phantom.assign(tree.nodes().size(), 0);
  unknown.assign(tree.nodes().size(), 0);
  all_phantom = all_unknown = 0;
  for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) {
    const std::size_t words = believed_words(ctx, w);
    for (std::size_t i = 0; i < words; ++i) {
      const std::uint64_t belief = believed_word(ctx, w, i, tree.sides());
      for (std::uint64_t rest = belief ^ other_word(ctx, w, i, tree.sides()); rest != 0; rest &= rest - 1) {
        const auto bit = static_cast<unsigned>(std::countr_zero(rest));
        const bool gone = (belief >> bit) & 1U;
        ++(gone ? all_phantom : all_unknown);
        const EdgeId e = ctx.tree.edge_of(static_cast<BlockId>(i * 64 + bit));
        if (e != kNone) ++(gone ? phantom : unknown)[tree.node_of(e)];
      }
    }
  }
  for (NodeIndex n = static_cast<NodeIndex>(phantom.size()); n-- > 0;) {
    const NodeIndex p = tree.node(n).parent;
    if (p == kNone) continue;
    phantom[p] += phantom[n];
    unknown[p] += unknown[n];
  }
}

std::vector<std::uint32_t> hits_by_node(const FrameContext& ctx, const TreeModel& tree) {
  std::vector<std::uint32_t> hits(tree.nodes().size(), 0);
  const auto& records = ctx.fleet.records();
  for (RequestId r = 0; r < records.size(); ++r) {
    if (records[r].start < 0 || records[r].hit == 0) continue;
    NodeIndex before = kNone;
    for (const EdgeId e : path_of(ctx, r)) {
      if (ctx.tree.edges()[e].depth >= records[r].hit) break;
      const NodeIndex n = tree.node_of(e);
      if (n == before) continue;
      before = n;
      ++hits[n];
      if (const NodeIndex p = tree.node(n).parent; p != kNone && tree.node(p).group()) ++hits[p];
    }
  }
  return hits;
}

std::vector<NodeIndex> flatten(const TreeModel& tree, const std::vector<char>& open, std::string_view filter,
                               const Differences* only_different) {
  std::string lower(filter);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  // Which nodes match, then which have a match below: children stand behind their parents.
  std::vector<char> shown;
  if (!lower.empty()) {
    shown.assign(tree.nodes().size(), 0);
    for (NodeIndex n = static_cast<NodeIndex>(shown.size()); n-- > 0;) {
      const TreeNode& node = tree.node(n);
      if (!shown[n] && contains_word(node.label, lower)) shown[n] = 1;
      if (shown[n] && node.parent != kNone) shown[node.parent] = 1;
    }
  }
  std::vector<NodeIndex> out;
  const auto visit = [&](const auto& self, NodeIndex n) -> void {
    if (!shown.empty() && !shown[n]) return;
    if (only_different && !only_different->any(n)) return;
    out.push_back(n);
    if (!open[n] && shown.empty()) return;
    for (const NodeIndex c : tree.children(n)) self(self, c);
  };
  for (const NodeIndex n : tree.top()) visit(visit, n);
  return out;
}

std::vector<char> open_at_first(const TreeModel& tree, std::size_t rows) {
  std::vector<char> open(tree.nodes().size(), 0);
  std::size_t used = tree.top().size();
  // The busiest first; a node is considered only once its parent is open.
  const auto less_busy = [&](NodeIndex a, NodeIndex b) { return tree.node(a).requests < tree.node(b).requests; };
  std::vector<NodeIndex> heap(tree.top().begin(), tree.top().end());
  std::make_heap(heap.begin(), heap.end(), less_busy);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), less_busy);
    const NodeIndex n = heap.back();
    heap.pop_back();
    const auto below = tree.children(n);
    if (below.empty() || tree.node(n).group() || used + below.size() > rows) continue;
    open[n] = 1;
    used += below.size();
    for (const NodeIndex c : below) {
      heap.push_back(c);
      std::push_heap(heap.begin(), heap.end(), less_busy);
    }
  }
  return open;
}

}  // namespace blockyard
