#include "core/live/routing/view.h"

#include <algorithm>

namespace blockyard::live {

std::vector<NodeId> RouterView::known(const Digest& root, std::span<const Code> codes) const {
  std::vector<NodeId> out;
  NodeId node = forest_->find_root(root);
  for (std::size_t i = 0; node != kNone && i < codes.size(); ++i) {
    node = forest_->find_child(node, codes[i]);
    if (node != kNone) out.push_back(node);
  }
  return out;
}

void RouterView::begin(std::uint64_t request, WorkerId w) {
  next_stamp_ = (next_stamp_ + 1) & 0x7FFFFFFF;
  now_ = &open_[request];
  *now_ = {request, w, next_stamp_, {}};
}

void RouterView::believe(NodeId node) {
  Worker& worker = workers_[now_->worker];
  if (worker.stamp.find(node) == kNone) {
    forest_->hold(node);
    tell(now_->worker, node, true);
  }
  worker.stamp.set(node, now_->stamp);
  now_->nodes.push_back(node);
}

void RouterView::limit(WorkerId w, std::size_t capacity) {
  if (capacity == 0) return;
  Worker& worker = workers_[w];
  for (const NodeId node : now_->nodes) worker.in_order.emplace_back(node, now_->stamp);
  now_->nodes.clear();  // they leave by number, and not by time
  while (worker.stamp.size() > capacity || worker.in_order.size() > 2 * capacity + 4096) {
    const auto [node, stamp] = worker.in_order.front();
    worker.in_order.pop_front();
    const bool latest = worker.stamp.find(node) == stamp;
    if (latest && worker.stamp.size() > capacity) {
      forget(w, node);
    } else if (latest) {
      worker.in_order.emplace_back(node, stamp);
    }
  }
}

void RouterView::forget(WorkerId w, NodeId node) {
  workers_[w].stamp.erase(node);
  tell(w, node, false);
  forest_->drop(node);
}

void RouterView::ended(std::uint64_t request, SimTime until) {
  const auto at = open_.find(request);
  if (at == open_.end()) return;
  if (!at->second.nodes.empty()) due_.emplace(until, std::move(at->second));
  open_.erase(at);
}

void RouterView::take_back(const Brought& b) {
  for (const NodeId node : b.nodes) {
    if (workers_[b.worker].stamp.find(node) == b.stamp) forget(b.worker, node);
  }
}

void RouterView::confirmed(WorkerId w, NodeId node) {
  if (believed(w, node)) forget(w, node);
}

void RouterView::clear(WorkerId w) {
  std::vector<NodeId> all;
  each(w, [&all](NodeId node) { all.push_back(node); });
  for (const NodeId node : all) forget(w, node);
  workers_[w].in_order.clear();
}

void RouterView::expire(SimTime now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    take_back(due_.begin()->second);
    due_.erase(due_.begin());
  }
}

void RouterView::add_to(StateHash& hash) const {
  hash.add(std::uint64_t{open_.size()});
  hash.add(std::uint64_t{due_.size()});
  for (const Worker& w : workers_) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> all;
    w.stamp.each([&](NodeId node, std::uint32_t) { all.emplace_back(forest_->code(node).low, forest_->depth(node)); });
    std::sort(all.begin(), all.end());
    hash.add(std::uint64_t{all.size()});
    for (const auto& [code, depth] : all) {
      hash.add(code);
      hash.add(std::uint64_t{depth});
    }
  }
}

}  // namespace blockyard::live
