// The rows of trace_formats(), each made in the file of its reader. Private to traces/.
#pragma once

#include "core/workload/traces/format.h"

namespace blockyard {

TraceFormatRow mooncake_format();
TraceFormatRow bailian_format();
TraceFormatRow weka_format();
TraceFormatRow dynamo_format();
TraceFormatRow token_ids_format();
TraceFormatRow lengths_format();
TraceFormatRow text_format();

}  // namespace blockyard
