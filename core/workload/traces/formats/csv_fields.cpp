#include "core/workload/traces/formats/csv_fields.h"

namespace blockyard {

std::vector<std::string> csv_fields(std::string_view line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
        out.back() += '"';
        ++i;
      } else {
        quoted = !quoted;
      }
    } else if (c == ',' && !quoted) {
      out.emplace_back();
    } else if (c != '\r') {
      out.back() += c;
    }
  }
  for (std::string& f : out) {
    const std::size_t begin = f.find_first_not_of(" \t");
    f = begin == std::string::npos ? "" : f.substr(begin, f.find_last_not_of(" \t") - begin + 1);
  }
  return out;
}

}  // namespace blockyard
