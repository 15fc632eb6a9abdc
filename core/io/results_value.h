// What results.json is written and read by: a summary as a JSON value, both ways, and the columns of the series.
// Private to io/.
#pragma once

#include "core/metrics/series.h"
#include "core/metrics/summary.h"
#include "core/settings/json_reader.h"

namespace blockyard::io {

/// As results.json has it under "summary".
Json summary_value(const Summary& summary);

/// The same read again, keys that are missing at their defaults; throws where it is none. Workers and match lengths
/// stay empty.
Summary read_summary(const Json& value);

/// Calls f(name, field) for every figure of the series, in the order that results.json has them.
template <class F>
void each_series_column(F f) {
  using B = Series::Bucket;
  f("arrivals", &B::arrivals);
  f("completed", &B::completed);
  f("hit_requests", &B::hit_requests);
  f("hit_blocks", &B::hit_blocks);
  f("prompt_blocks", &B::prompt_blocks);
  f("predicted_blocks", &B::predicted_blocks);
  f("false_hits", &B::false_hits);
  f("false_hit_us", &B::false_hit_us);
  f("evictions", &B::evictions);
  f("phantom_blocks", &B::phantom_blocks);
  f("unknown_blocks", &B::unknown_blocks);
  f("load", &B::load_ms);
  f("taken_blocks", &B::resident);
  f("in_use_blocks", &B::in_use);
}

}  // namespace blockyard::io
