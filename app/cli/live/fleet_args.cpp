#include "app/cli/live/fleet_args.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "app/cli/parts/options.h"
#include "core/base/words/printable.h"
#include "core/settings/json_edit.h"

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

Result<live::LiveFleet> read_fleet(const FleetArgs& args, std::string json) {
  if (!args.fleet.empty()) {
    auto text = fleet_text(args.fleet);
    if (!text) return text.error();
    json = std::move(*text);
  }
  for (const auto& [key, value] : {std::pair("listen", &args.listen), std::pair("tokens", &args.tokens)}) {
    if (value->empty()) continue;
    auto changed = set_json_value(json, key, json_quoted(*value));
    if (!changed) return changed.error();
    json = std::move(*changed);
  }
  auto set = with_sets(std::move(json), args.sets);
  if (!set) return set.error();
  return fleet_of(*set, args.fleet, args.workers);
}

}  // namespace blockyard::cli
