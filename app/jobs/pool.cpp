#include "app/jobs/pool.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <vector>

namespace blockyard {

unsigned default_threads() { return std::max(1U, std::thread::hardware_concurrency()); }

bool run_jobs(std::size_t n, unsigned threads, JobControl& control, const std::function<void(std::size_t)>& job,
              const std::function<void()>& tick) {
  control.total = n;
  control.done = 0;
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::condition_variable over;
  std::exception_ptr trouble;
  const std::size_t count = std::min<std::size_t>(std::max(1U, threads), n);
  std::size_t working = count;
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < n && !control.cancelled(); i = next++) {
        job(i);
        if (!control.cancelled()) ++control.done;
      }
    } catch (...) {
      control.cancel = true;
      const std::lock_guard lock(mutex);
      trouble = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    if (--working == 0) over.notify_all();
  };
  std::vector<std::thread> pool;
  try {
    while (pool.size() < count) pool.emplace_back(work);
  } catch (const std::system_error&) {  // the system gives no more threads: fewer do it as well
    std::unique_lock lock(mutex);
    working -= count - pool.size() - 1;
    lock.unlock();
    work();  // this one helps, so that there is at least one
  }
  {
    std::unique_lock lock(mutex);
    while (!over.wait_for(lock, std::chrono::milliseconds(50), [&] { return working == 0; })) {
      lock.unlock();
      if (tick) tick();
      lock.lock();
    }
  }
  for (std::thread& t : pool) t.join();
  if (trouble) std::rethrow_exception(trouble);
  if (tick) tick();
  return !control.cancelled();
}

}  // namespace blockyard
