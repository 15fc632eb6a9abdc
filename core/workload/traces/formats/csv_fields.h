// A line of a CSV file as its fields, for the formats that are tables. Private to traces/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace blockyard {

/// The fields of a line, without the white space around them; quotes may hold commas, and are doubled inside. A record
/// is a line: a quoted text cannot go on behind its end.
std::vector<std::string> csv_fields(std::string_view line);

}  // namespace blockyard
