// The rows of trace_formats(), each made in the file of its reader. Private to traces/.
#pragma once

#include "core/workload/traces/format.h"

namespace blockyard {

/// Every format once, in the order of trace_formats(): of two that fit a record, the earlier is meant.
#define BLOCKYARD_TRACE_FORMATS(ROW) \
  ROW(weka_format)                   \
  ROW(dynamo_format)                 \
  ROW(token_ids_format)              \
  ROW(bailian_format)                \
  ROW(mooncake_format)               \
  ROW(lengths_format)                \
  ROW(text_format)

#define BLOCKYARD_DECLARE(NAME) TraceFormatRow NAME();
BLOCKYARD_TRACE_FORMATS(BLOCKYARD_DECLARE)
#undef BLOCKYARD_DECLARE

}  // namespace blockyard
