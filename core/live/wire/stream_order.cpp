#include "core/live/wire/stream_order.h"

#include <utility>

namespace blockyard::live {

using What = StreamAction::What;

void StreamOrder::joined(SimTime now, std::vector<StreamAction>& out) {
  if (rules_.has_replay && !awaiting_ && !last_) ask(0, now, out);
}

void StreamOrder::live(std::uint64_t seq, std::string payload, SimTime now, std::vector<StreamAction>& out) {
  // A stream's own numbers rise. One that does not is of an engine that began anew; one that a replay brought just
  // before the stream did is known.
  if (last_live_ && seq <= *last_live_) {
    restarted(out);
  } else if (last_ && seq <= *last_) {
    if (awaiting_ || now - heard_ <= rules_.replay_timeout) {
      last_live_ = seq;
      return;
    }
    restarted(out);
  }
  const bool first = !last_live_ && !last_;
  last_live_ = seq;
  if (awaiting_) {
    hold(seq, std::move(payload));
    return;
  }
  const bool missing = first ? seq > 0 : seq > *last_ + 1;
  if (!missing) {
    apply(seq, false, std::move(payload), out);
    return;
  }
  if (!first) {
    StreamAction gap;
    gap.what = What::kGap;
    gap.seq = *last_ + 1;
    gap.until = seq - 1;
    out.push_back(std::move(gap));
  }
  if (!rules_.has_replay) {
    apply(seq, false, std::move(payload), out);
    return;
  }
  hold(seq, std::move(payload));
  ask(first ? 0 : *last_ + 1, now, out);
}

void StreamOrder::replayed(std::uint32_t which, std::uint64_t seq, std::string payload, SimTime now,
                           std::vector<StreamAction>& out) {
  if (!awaiting_ || which != ask_) return;
  heard_ = now;
  if (last_ && seq <= *last_) return;
  // What is held and comes before it goes first: the replay has it no more.
  while (!held_.empty() && held_.begin()->first < seq) {
    auto node = held_.extract(held_.begin());
    held_bytes_ -= node.mapped().size();
    apply(node.key(), false, std::move(node.mapped()), out);
  }
  if (const auto same = held_.find(seq); same != held_.end()) {
    held_bytes_ -= same->second.size();
    held_.erase(same);
  }
  apply(seq, true, std::move(payload), out);
}

void StreamOrder::replay_ended(std::uint32_t which, std::vector<StreamAction>& out) {
  if (awaiting_ && which == ask_) release(out);
}

void StreamOrder::tick(SimTime now, std::vector<StreamAction>& out) {
  if (awaiting_ && now >= due()) release(out);
}

void StreamOrder::restarted(std::vector<StreamAction>& out) {
  held_.clear();
  held_bytes_ = 0;
  awaiting_ = false;
  last_.reset();
  last_live_.reset();
  StreamAction restart;
  restart.what = What::kRestart;
  out.push_back(std::move(restart));
}

void StreamOrder::ask(std::uint64_t from, SimTime now, std::vector<StreamAction>& out) {
  awaiting_ = true;
  heard_ = now;
  StreamAction ask;
  ask.what = What::kAsk;
  ask.seq = from;
  ask.ask = ++ask_;
  out.push_back(std::move(ask));
}

void StreamOrder::hold(std::uint64_t seq, std::string payload) {
  held_bytes_ += payload.size();
  held_.insert_or_assign(seq, std::move(payload));
  while (held_.size() > rules_.hold_batches || held_bytes_ > kMostHeldBytes) {  // the oldest are lost
    held_bytes_ -= held_.begin()->second.size();
    held_.erase(held_.begin());
  }
}

// What is held goes out in order; numbers that are missing between are lost.
void StreamOrder::release(std::vector<StreamAction>& out) {
  awaiting_ = false;
  std::map<std::uint64_t, std::string> held;
  held.swap(held_);
  held_bytes_ = 0;
  for (auto& [seq, payload] : held) {
    if (!last_ || seq > *last_) apply(seq, false, std::move(payload), out);
  }
  StreamAction settled;
  settled.what = What::kSettled;
  out.push_back(std::move(settled));
}

void StreamOrder::apply(std::uint64_t seq, bool replayed, std::string payload, std::vector<StreamAction>& out) {
  last_ = seq;
  StreamAction action;
  action.what = What::kApply;
  action.seq = seq;
  action.replayed = replayed;
  action.payload = std::move(payload);
  out.push_back(std::move(action));
}

}  // namespace blockyard::live
