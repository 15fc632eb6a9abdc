#include "core/metrics/request_samples.h"

#include <limits>

namespace blockyard {

std::vector<RequestSample> request_samples(const Fleet& fleet) {
  std::vector<RequestSample> out;
  for (RequestId i = 0; i < fleet.arrived(); ++i) {
    const RequestRecord& r = fleet.records()[i];
    if (r.status != RequestStatus::kCompleted) continue;
    const Request& q = fleet.request(i);
    const double decode = us_to_ms(r.finish - r.first_token);
    out.push_back({us_to_ms(r.first_token - r.arrival), us_to_ms(r.finish - r.arrival), us_to_ms(r.start - r.arrival),
                   us_to_ms(r.first_token - r.start),
                   q.output_tokens >= 2 ? decode / (q.output_tokens - 1) : std::numeric_limits<double>::quiet_NaN(),
                   r.hit, r.predicted, q.prompt_blocks, r.hit * fleet.config().cache.block_tokens, q.prompt_tokens});
  }
  return out;
}

}  // namespace blockyard
