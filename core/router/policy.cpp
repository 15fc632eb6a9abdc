#include "core/router/policy.h"

#include <algorithm>

#include "core/router/policies/parts/common.h"

namespace blockyard {

std::span<const PolicyRow> policy_table() {
#define BLOCKYARD_ROW(NAME) policies::NAME,
  static const auto table = std::to_array<PolicyRow>({BLOCKYARD_POLICIES(BLOCKYARD_ROW)});
#undef BLOCKYARD_ROW
  return table;
}

std::uint32_t find_policy(std::string_view id) {
  const auto table = policy_table();
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    if (table[i].id == id) return i;
  }
  return kNone;
}

void SessionBindings::forget(SimTime now, SimTime ttl) {
  while (!routings.empty() && now - routings.front().at > ttl) {
    const Routing r = routings.front();
    routings.pop_front();
    const auto it = bound.find(r.session);
    if (it == bound.end() || it->second.last != r.at) continue;  // routed again since
    --live[it->second.worker];
    bound.erase(it);
  }
}

void SessionBindings::bind(std::uint32_t session, WorkerId w, SimTime now) {
  Binding& b = bound[session];
  if (b.worker != w) {
    if (b.worker != kNone) --live[b.worker];
    ++live[w];
    b.worker = w;
  }
  b.last = now;
  routings.push_back({now, session});
}

// What the table of settings asks of the policies, see core/settings/choices.h.

std::vector<ChoiceRow> strategy_choices() {
  std::vector<ChoiceRow> out;
  for (const PolicyRow& row : policy_table()) out.push_back({row.id, row.label, row.help});
  return out;
}

std::uint32_t strategy_named(std::string_view id) { return find_policy(id); }

bool strategy_reads(std::uint32_t strategy, std::string_view param) {
  const auto params = policy_table()[strategy].params;
  return std::find(params.begin(), params.end(), param) != params.end();
}

}  // namespace blockyard
