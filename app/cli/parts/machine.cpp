#include "app/cli/parts/machine.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <utility>

#include "core/base/words/number.h"

namespace blockyard::cli {
namespace {

constexpr std::uint64_t kForTheProgram = std::uint64_t{1} << 30U;  // code, fonts, stacks of threads

// The limit of the process's control group (version 2, then 1); none where nothing says so.
std::uint64_t group_memory() {
  for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::uint64_t bytes = 0;
    if (std::ifstream in(path); in >> bytes && bytes > 0) return bytes;  // "max" is no number
  }
  return std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

std::uint64_t machine_memory() {
  const long pages = ::sysconf(_SC_PHYS_PAGES), size = ::sysconf(_SC_PAGESIZE);
  const std::uint64_t all = pages > 0 && size > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size)
                                                  : std::numeric_limits<std::uint64_t>::max();
  return std::min(all, group_memory());
}

std::optional<std::uint64_t> parse_memory(std::string_view text, std::uint64_t machine) {
  double number = 0;
  const std::size_t digits = leading_number(text, number);
  if (digits == 0 || !(number > 0)) return std::nullopt;
  const std::string_view unit = text.substr(digits);
  constexpr std::pair<std::string_view, double> kUnits[] = {{"", 1},
                                                            {"B", 1},
                                                            {"KiB", 1024.0},
                                                            {"MiB", 1048576.0},
                                                            {"GiB", 1073741824.0},
                                                            {"TiB", 1099511627776.0},
                                                            {"K", 1024.0},
                                                            {"M", 1048576.0},
                                                            {"G", 1073741824.0},
                                                            {"KB", 1e3},
                                                            {"MB", 1e6},
                                                            {"GB", 1e9},
                                                            {"TB", 1e12}};
  double bytes = -1;
  if (unit == "%" && number <= 100) bytes = static_cast<double>(machine) / 100 * number;
  for (const auto& [name, size] : kUnits) {
    if (unit == name) bytes = number * size;
  }
  if (!(bytes >= 1) || bytes > 1e18) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

void hold_to_memory([[maybe_unused]] std::uint64_t bytes) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(BLOCKYARD_SANITIZED)
  rlimit limit{};
  if (::getrlimit(RLIMIT_DATA, &limit) != 0) return;
  const rlim_t most =
      bytes > std::numeric_limits<rlim_t>::max() - kForTheProgram ? RLIM_INFINITY : bytes + kForTheProgram;
  limit.rlim_cur = std::min(most, limit.rlim_max);
  ::setrlimit(RLIMIT_DATA, &limit);
#endif
}

}  // namespace blockyard::cli
