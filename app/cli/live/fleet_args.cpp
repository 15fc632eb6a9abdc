#include "app/cli/live/fleet_args.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "core/base/words/printable.h"

namespace blockyard::cli {

Result<std::string> fleet_text(const std::string& file) {
  if (file.empty()) return std::string("{}");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Error{fmt::format("{}: cannot be read", quoted_part(file))};
  return text.str();
}

Result<live::LiveFleet> fleet_of(const std::string& text, const std::string& file,
                                 const std::vector<std::string>& workers) {
  auto fleet = live::parse_fleet(text, workers);
  if (!fleet) {
    return file.empty() ? fleet.error() : Error{fmt::format("{}: {}", quoted_part(file), fleet.error().message)};
  }
  if (fleet->workers.empty() && !fleet->may_grow())
    return Error{"no worker is named; write --worker http://HOST:PORT,events=tcp://HOST:PORT, or a fleet file"};
  return fleet;
}

Result<live::LiveFleet> read_fleet(const std::string& file, const std::vector<std::string>& workers) {
  const auto text = fleet_text(file);
  return text ? fleet_of(*text, file, workers) : text.error();
}

}  // namespace blockyard::cli
