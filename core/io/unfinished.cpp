// A fixed table and no memory of its own: a signal handler may neither allocate nor wait for a lock.
#include "core/io/unfinished.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>

#include "core/io/files.h"

namespace blockyard::io {
namespace {

constexpr std::size_t kMost = 1024, kLongestPath = 4096;
enum State : int { kFree, kTaken, kListed };

struct Entry {
  std::atomic<int> state{kFree};
  std::array<char, kLongestPath> path;
};

std::array<Entry, kMost> g_entries;  // the one list that a signal handler can reach

}  // namespace

std::size_t list_unfinished(const std::string& path) {
  if (path.size() >= kLongestPath) return kNotListed;
  for (std::size_t i = 0; i < kMost; ++i) {
    int expected = kFree;
    if (!g_entries[i].state.compare_exchange_strong(expected, kTaken)) continue;
    std::memcpy(g_entries[i].path.data(), path.c_str(), path.size() + 1);
    g_entries[i].state = kListed;
    return i;
  }
  return kNotListed;
}

void unlist_unfinished(std::size_t place) {
  if (place != kNotListed) g_entries[place].state = kFree;
}

void remove_unfinished() noexcept {
  // Files first, then folders from the last made, which may lie in one made before.
  for (const Entry& e : g_entries) {
    if (e.state == kListed) ::unlink(e.path.data());
  }
  for (std::size_t i = kMost; i-- > 0;) {
    if (g_entries[i].state == kListed) ::rmdir(g_entries[i].path.data());
  }
}

}  // namespace blockyard::io
