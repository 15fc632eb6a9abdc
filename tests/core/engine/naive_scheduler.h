// The simplest program that follows SPEC 4.3 for one worker, all four switches included: blocks have names, the pool is
// a list of copies, every step is gone through, and whatever can be counted is counted anew each time.
//
// It shares no code with core, on purpose: the engine is held against it on random scenarios. Times in µs.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace blockyard::test::naive {

using Time = long long;

struct Prompt {
  Time arrival = 0;
  int prompt = 0;
  int output = 0;
  std::vector<std::string> chain;  // names of its sequence's full blocks, all that it may ever have
};

struct Rules {
  int capacity = 0;
  int max_num_seqs = 0;
  int max_batched_tokens = 0;
  int block = 16;
  bool reserve_full_prompt = false, block_copies = false, async_scheduling = false, null_block = false;
  // The defaults of the latency model.
  double floor_ms = 15, per_seq_ms = 0.05, base_ms = 5, per_block_ms = 2.5;
};

struct Row {
  bool rejected = false;
  int hit = -1;
  Time start = -1, first_token = -1, finish = -1;
  int preemptions = 0;
  friend bool operator==(const Row&, const Row&) = default;
};

struct Outcome {
  std::vector<Row> rows;
  int evictions = 0;
  std::vector<std::string> residents;  // a name for each copy, ascending
  std::vector<std::string> idle;       // the next victim first
};

class Scheduler {
 public:
  Scheduler(const Rules& rules, const std::vector<Prompt>& prompts)
      : rules_(rules), prompts_(prompts), pool_(rules.capacity - (rules.null_block ? 1 : 0)) {
    out_.rows.resize(prompts.size());
    for (int i = 0; i < static_cast<int>(prompts.size()); ++i) seqs_.emplace_back().id = i;
  }

  Outcome run() {
    std::size_t next = 0;  // arrival
    Time now = 0;
    while (next < prompts_.size() || !flights_.empty()) {
      if (flights_.empty()) {  // idle: whoever comes first is served at once
        now = prompts_[next].arrival;
        arrive(next++);
        if (queue_.empty()) continue;  // rejected
        fill(now);
        continue;
      }
      now = flights_.front().end;
      while (next < prompts_.size() && prompts_[next].arrival < now) arrive(next++);
      hand_out(now);
      fill(now);
    }
    for (const Copy& c : copies_) out_.residents.push_back(c.name);
    std::sort(out_.residents.begin(), out_.residents.end());
    for (const Copy* c : idle_) out_.idle.push_back(c->name);
    return out_;
  }

 private:
  struct Copy {
    std::string name;
    int refs = 0;
  };
  struct Seq {
    int id = 0;
    int g = 0;
    int c = 0;                 // computed, steps in flight included
    std::vector<Copy*> named;  // in order of its sequence
    int unnamed = 0;           // slots behind them
    bool admitted = false;     // before, and so told of in its row
    int slots() const { return static_cast<int>(named.size()) + unnamed; }
  };
  struct Part {
    int id = 0;
    int n = 0;
    bool gives = false;
    bool starts = false;
  };
  struct Flight {
    std::vector<Part> parts;
    Time length = 0;
    Time begin = 0;
    Time end = 0;
  };

  int prompt(int id) const { return prompts_[static_cast<std::size_t>(id)].prompt; }
  int output(int id) const { return prompts_[static_cast<std::size_t>(id)].output; }
  const std::string& name(int id, int k) const {
    return prompts_[static_cast<std::size_t>(id)].chain[static_cast<std::size_t>(k)];
  }
  Seq& seq(int id) { return seqs_[static_cast<std::size_t>(id)]; }
  Row& row(int id) { return out_.rows[static_cast<std::size_t>(id)]; }
  int ceil_blocks(int tokens) const { return (tokens + rules_.block - 1) / rules_.block; }

  // The pool.
  int unnamed() const {
    int n = 0;
    for (const Seq& s : seqs_) n += s.unnamed;
    return n;
  }
  int usable() const {  // free and idle slots
    return pool_ - unnamed() - static_cast<int>(copies_.size()) + static_cast<int>(idle_.size());
  }
  Copy* find(const std::string& block) {  // the copy that was named first
    for (Copy& c : copies_) {
      if (c.name == block) return &c;
    }
    return nullptr;
  }
  void reference(Copy* c) {
    if (c->refs++ == 0) idle_.erase(std::find(idle_.begin(), idle_.end(), c));
  }
  void take_slot(Seq& s) {
    if (pool_ == unnamed() + static_cast<int>(copies_.size())) {
      Copy* victim = idle_.front();
      idle_.pop_front();
      copies_.remove_if([victim](const Copy& c) { return &c == victim; });
      ++out_.evictions;
    }
    ++s.unnamed;
  }
  void name_next(Seq& s) {  // its first slot without identity
    copies_.push_back({name(s.id, static_cast<int>(s.named.size())), 1});
    s.named.push_back(&copies_.back());
    --s.unnamed;
  }
  void release(Seq& s) {
    s.unnamed = 0;
    while (!s.named.empty()) {
      Copy* c = s.named.back();
      s.named.pop_back();
      if (--c->refs == 0) idle_.push_back(c);
    }
  }

  // Whether it can have `blocks` slots, of which those up to `full` are full then; the first `hit` are shared.
  bool fits(Seq& s, int hit, int full, int blocks) {
    int own_idle = 0, need = 0, back = 0;
    const int named = static_cast<int>(s.named.size());
    for (int k = named; k < std::max(blocks, full); ++k) {
      const bool has_slot = k < s.slots();
      Copy* there = k < (rules_.block_copies ? hit : full) ? find(name(s.id, k)) : nullptr;
      if (there == nullptr) {
        need += has_slot ? 0 : 1;
      } else {
        own_idle += there->refs == 0 ? 1 : 0;
        back += has_slot ? 1 : 0;
      }
    }
    return need <= usable() - own_idle + back;
  }
  void allocate(Seq& s, int hit, int full, int blocks) {
    if (rules_.block_copies) {
      for (int k = static_cast<int>(s.named.size()); k < hit; ++k) {
        s.named.push_back(find(name(s.id, k)));
        reference(s.named.back());
      }
      while (s.slots() < blocks) take_slot(s);
      while (static_cast<int>(s.named.size()) < full) name_next(s);
      return;
    }
    // What is there is shared, before anything is evicted for what is not.
    const int from = static_cast<int>(s.named.size());
    std::vector<Copy*> shared;
    for (int k = from; k < full; ++k) {
      shared.push_back(find(name(s.id, k)));
      if (shared.back() != nullptr) reference(shared.back());
    }
    const int had = s.unnamed;
    int kept = 0;
    for (int k = 0; k < had; ++k) {
      const bool back = k < static_cast<int>(shared.size()) && shared[static_cast<std::size_t>(k)] != nullptr;
      kept += back ? 0 : 1;
    }
    s.unnamed = kept;
    for (int i = 0; i < static_cast<int>(shared.size()); ++i) {
      if (shared[static_cast<std::size_t>(i)] != nullptr) {
        s.named.push_back(shared[static_cast<std::size_t>(i)]);
        continue;
      }
      if (i >= had) take_slot(s);
      name_next(s);
    }
    while (s.slots() < blocks) take_slot(s);
  }

  void arrive(std::size_t i) {
    const int id = static_cast<int>(i);
    if (ceil_blocks(prompt(id) + std::max(output(id), 1) - 1) > pool_) {
      row(id).rejected = true;
    } else {
      queue_.push_back(id);
    }
  }

  int under_way(int id) const {  // tokens that flights will give it
    int n = 0;
    for (const Flight& f : flights_) {
      for (const Part& p : f.parts) n += p.id == id && p.gives ? 1 : 0;
    }
    return n;
  }

  // Keeps as many steps in flight as the scheduler does.
  void fill(Time now) {
    const std::size_t most = rules_.async_scheduling ? 2 : 1;
    while (flights_.size() < most && !(queue_.empty() && running_.empty())) {
      flights_.push_back(schedule());
      if (flights_.size() == 1) begin(now);
    }
    if (!flights_.empty() && flights_.front().parts.empty()) {  // takes no time
      hand_out(now);
      fill(now);
    }
  }
  void begin(Time now) {
    Flight& f = flights_.front();
    f.begin = now;
    f.end = now + f.length;
    for (const Part& p : f.parts) {
      if (p.starts) row(p.id).start = now;
    }
  }

  Flight schedule() {
    Flight f;
    int budget = rules_.max_batched_tokens;
    int decodes = 0, others = 0;
    const auto give = [&](int id, int n, bool starts) {
      Seq& s = seq(id);
      const int t = prompt(id) + s.g;
      const bool gives = s.c + n >= t + under_way(id);
      f.parts.push_back({id, n, gives, starts});
      (n == 1 && s.c >= prompt(id) ? decodes : others) += n;
      s.c += n;
      budget -= n;
    };
    bool preempted = false;
    for (std::size_t i = 0; i < running_.size(); ++i) {
      const int id = running_[i];
      Seq& s = seq(id);
      const int t = prompt(id) + s.g, p = under_way(id);
      const int n = std::min(t + p - s.c, budget);
      if (n == 0 || (p > 0 && s.c + 2 - p >= prompt(id) + output(id))) continue;
      const int full = std::max(std::min(s.c + n, t) / rules_.block, static_cast<int>(s.named.size()));
      const int blocks = ceil_blocks(s.c + n);
      bool gone = false;
      while (!gone && !fits(s, 0, full, blocks)) {
        const int last = running_.back();
        running_.pop_back();
        release(seq(last));
        seq(last).c = 0;
        ++row(last).preemptions;
        queue_.push_front(last);
        preempted = true;
        gone = last == id;
      }
      if (gone) break;
      allocate(s, 0, full, blocks);
      give(id, n, false);
    }
    for (std::size_t at = 0;
         !preempted && at < queue_.size() && budget > 0 && static_cast<int>(running_.size()) < rules_.max_num_seqs;) {
      const int id = queue_[at];
      if (under_way(id) > 0) {
        ++at;
        continue;
      }
      Seq& s = seq(id);
      const int t = prompt(id) + s.g;
      int hit = 0;
      while (hit < std::max(t - 1, 0) / rules_.block && find(name(id, hit)) != nullptr) ++hit;
      const int c = hit * rules_.block;
      const int n = std::min(t - c, budget);
      if (!fits(s, hit, (c + n) / rules_.block, ceil_blocks(c + n))) break;
      if (rules_.reserve_full_prompt && !fits(s, hit, t / rules_.block, ceil_blocks(t))) break;
      queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(at));
      allocate(s, hit, (c + n) / rules_.block, ceil_blocks(c + n));
      s.c = c;
      running_.push_back(id);
      if (!s.admitted) row(id).hit = hit;
      give(id, n, !s.admitted);
      s.admitted = true;
    }
    if (!f.parts.empty()) {
      const double prefill = others > 0 ? rules_.base_ms + rules_.per_block_ms / 16 * others : 0;
      const double ms = std::max(rules_.floor_ms, prefill) + rules_.per_seq_ms * decodes;
      f.length = std::llround(ms * 1000);
    }
    return f;
  }

  void hand_out(Time now) {
    const Flight f = flights_.front();
    flights_.pop_front();
    const auto token = [&](int id) {
      if (++seq(id).g == 1) row(id).first_token = now;
      if (seq(id).g < output(id)) return false;
      row(id).finish = now;
      return true;
    };
    const std::vector<int> running = running_;  // in order of admission
    for (const int id : running) {
      for (const Part& p : f.parts) {
        if (p.id != id || !p.gives) continue;
        Seq& s = seq(id);
        const bool finished = token(id);
        if (rules_.async_scheduling) {  // it runs until now, and so its last block is named too
          const int full = std::min(s.c - under_way(id), prompt(id) + s.g) / rules_.block;
          if (full > static_cast<int>(s.named.size())) allocate(s, 0, full, 0);
        }
        if (!finished) continue;
        release(s);
        running_.erase(std::find(running_.begin(), running_.end(), id));
      }
    }
    for (const Part& p : f.parts) {  // who was preempted meanwhile has its token all the same
      if (!p.gives || std::find(running.begin(), running.end(), p.id) != running.end()) continue;
      if (token(p.id)) queue_.erase(std::find(queue_.begin(), queue_.end(), p.id));
    }
    if (!flights_.empty()) begin(now);
  }

  Rules rules_;
  std::vector<Prompt> prompts_;
  int pool_;
  std::list<Copy> copies_;  // as they were named
  std::list<Copy*> idle_;   // the next victim first
  std::vector<Seq> seqs_;
  std::deque<int> queue_;
  std::vector<int> running_;
  std::deque<Flight> flights_;
  Outcome out_;
};

}  // namespace blockyard::test::naive
