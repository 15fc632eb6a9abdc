#include "core/io/trace_export.h"

#include <vector>

#include "core/workload/trace_writer.h"

namespace blockyard {

std::string write_simulated_trace(const Simulation& simulation) {
  const Workload& workload = simulation.workload();
  std::vector<TraceEntry> entries;
  for (RequestId r = 0; r < simulation.arrived(); ++r) {
    const auto request = static_cast<RequestId>(&simulation.request(r) - workload.requests.data());
    entries.push_back({request, simulation.records()[r].arrival});
  }
  return write_trace(workload, entries);
}

}  // namespace blockyard
