// Format weka: agents' conversations of github.com/callanjfox/kv-cache-tester, one JSON object a conversation. Times in
// seconds; ids belong to the conversation alone where its scope says so. A sub-agent is a session of its own: its entry
// says when it ended, and its parent's next turn waits for it.
#include <algorithm>
#include <limits>
#include <string>

#include "core/workload/traces/formats/rows.h"
#include "core/workload/traces/record_fields.h"

namespace blockyard {
namespace {

namespace dom = simdjson::dom;

constexpr int kDeepest = 16;  // sub-agents of sub-agents
constexpr std::uint64_t kMostLocalId = (std::uint64_t{1} << 40U) - 1;

std::optional<dom::array> list_of(const dom::object& object, std::string_view key) {
  dom::array list;
  if (object.at_key(key).get(list) != simdjson::SUCCESS) return std::nullopt;
  return list;
}

class WekaReader final : public FormatReader {
 public:
  WekaReader(RawTrace& out, const FormatContext& context) : out_(out), context_(context) {}

  std::optional<Error> read(const ParsedRecord& record) override {
    RecordFields in(context_.path, record.line);
    if (!conversation(in, *record.object)) return in.error;
    return std::nullopt;
  }

 private:
  bool conversation(RecordFields& in, const dom::object& object) {
    if (!in.keys_once(object)) return false;
    const auto requests = list_of(object, "requests");
    if (!requests) return in.fail("requests", "is missing; it must be a list of requests");
    std::string name;
    if (const auto id = field(object, "id")) name = text_of(*id).value_or("");
    if (name.empty()) {
      const std::size_t slash = context_.path.find_last_of('/');
      name = slash == std::string::npos ? context_.path : context_.path.substr(slash + 1);
    }
    std::string_view scope;
    if (const auto value = field(object, "hash_id_scope")) {
      if (value->get(scope) != simdjson::SUCCESS) return in.refuse("hash_id_scope", *value, "local or global");
    }
    // The first conversation's ids stay as they are; those of others with ids of their own are moved out of the way.
    scope_ = scope == "local" ? out_.local_scopes++ << 40U : 0;
    local_ = scope == "local";
    return session(in, *requests, name, 0, 0);
  }

  // A list of requests, from `start` seconds on.
  bool session(RecordFields& in, const dom::array& requests, const std::string& name, double start, int depth) {
    if (depth > kDeepest) return in.fail("requests", fmt::format("sub-agents nest deeper than {}", kDeepest));
    const std::uint32_t self = out_.new_session(name);
    std::vector<std::uint32_t> children;  // since the turn before
    for (const dom::element item : requests) {
      dom::object entry;
      if (item.get(entry) != simdjson::SUCCESS) return in.refuse("requests", item, "a list of objects");
      if (!in.keys_once(entry)) return false;
      if (const auto nested = list_of(entry, "requests")) {
        if (nested->size() == 0) continue;
        double began = 0;
        if (!beginning(in, entry, *nested, began)) return false;
        children.push_back(static_cast<std::uint32_t>(out_.sessions.size()));
        std::string who = "sub-agent";
        if (const auto id = field(entry, "agent_id")) who = text_of(*id).value_or(who);
        if (!session(in, *nested, name + "/" + who, std::max(0.0, start + began), depth + 1)) return false;
        out_.parents.push_back({children.back(), self});
        continue;
      }
      for (const std::uint32_t child : children)
        out_.waits.push_back({static_cast<std::uint32_t>(out_.lines.size()), child});
      children.clear();
      if (!request(in, entry, self, start)) return false;
    }
    return true;
  }

  // When a sub-agent began, in its parent's time: its entry's t is its end.
  bool beginning(RecordFields& in, const dom::object& entry, const dom::array& nested, double& began) {
    double end = 0;
    if (const auto t = field(entry, "t"); t && !in.number("t", *t, 0, end)) return false;
    double lasted = 0;
    if (const auto duration = field(entry, "duration_ms"); duration && !duration->is_null()) {
      if (!in.number("duration_ms", *duration, 0, lasted)) return false;
      lasted /= 1000;
    } else {
      for (const dom::element item : nested) {  // as long as its own requests say
        dom::object one;
        if (item.get(one) != simdjson::SUCCESS) continue;
        const auto t = field(one, "t");
        const auto took = field(one, "api_time");
        lasted = std::max(lasted, (t ? number_of(*t).value_or(0) : 0) + (took ? number_of(*took).value_or(0) : 0));
      }
    }
    began = end - lasted;
    return true;
  }

  bool request(RecordFields& in, const dom::object& entry, std::uint32_t session, double start) {
    TraceLine line;
    line.file = context_.file;
    line.session = session;
    const auto input = field(entry, "in");
    const auto output = field(entry, "out");
    if (!input) return in.fail("in", "is missing; every request needs it");
    if (!output) return in.fail("out", "is missing; every request needs it");
    if (!in.tokens("in", *input, 1, line.prompt_tokens) || !in.tokens("out", *output, 0, line.output_tokens))
      return false;
    if (const auto t = field(entry, "t"); t && !t->is_null()) {
      if (!in.number("t", *t, 0, line.time)) return false;
      line.time += start;
      line.has_time = true;
    }
    if (const auto think = field(entry, "think_time"); think && !think->is_null()) {
      if (!in.number("think_time", *think, 0, line.think)) return false;
      line.has_think = true;
    }
    if (const auto took = field(entry, "api_time"); took && !took->is_null()) {
      if (!in.number("api_time", *took, 0, line.duration)) return false;
    }
    if (const auto list = field(entry, "hash_ids"); list && !list->is_null()) {
      if (!in.ids(out_, "hash_ids", *list, ids_)) return false;
      if (!in.ids_fit("hash_ids", line.prompt_tokens, out_.block_tokens, context_.ignore_extra_ids, ids_)) return false;
      for (const std::uint64_t id : ids_) {
        if (local_ && scope_ != 0 && id > kMostLocalId && id < (std::uint64_t{1} << 63U))
          return in.fail("hash_ids", fmt::format("{} is too large for an id local to its conversation", id));
        line.leaf = out_.ids.extend(line.leaf, local_ ? id ^ scope_ : id);
      }
      line.ids_count = static_cast<std::uint32_t>(ids_.size());
    }
    out_.lines.push_back(line);
    return true;
  }

  RawTrace& out_;
  const FormatContext& context_;
  std::vector<std::uint64_t> ids_;
  std::uint64_t scope_ = 0;
  bool local_ = false;
};

// Only what is certainly such a conversation: other programs call their lists requests too.
bool fits(const ParsedRecord& record) {
  if (!record.object) return false;
  const auto requests = list_of(*record.object, "requests");
  if (!requests) return false;
  if (field(*record.object, "block_size")) return true;
  for (const dom::element item : *requests) {
    dom::object entry;
    if (item.get(entry) == simdjson::SUCCESS && field(entry, "in") && field(entry, "out")) return true;
  }
  return false;
}

void list_ids(const dom::array& requests, std::size_t at, std::vector<IdsOfRequest>& out, int depth) {
  for (const dom::element item : requests) {
    dom::object entry;
    if (item.get(entry) != simdjson::SUCCESS) continue;
    if (const auto nested = list_of(entry, "requests"); nested && depth < kDeepest) {
      list_ids(*nested, at, out, depth + 1);
      continue;
    }
    const auto input = field(entry, "in");
    const auto tokens = input ? number_of(*input) : std::nullopt;
    if (tokens && *tokens >= 1 && *tokens <= static_cast<double>(kMostTraceTokens) && list_of(entry, "hash_ids"))
      out.push_back({static_cast<std::uint64_t>(*tokens), length_of(entry, "hash_ids"), at});
  }
}

}  // namespace

TraceFormatRow weka_format() {
  return {"weka",
          "WEKA agents",
          "One JSON object a conversation: block_size, hash_id_scope, requests with t, in, out, hash_ids, think_time, "
          "api_time and sub-agents; seconds.",
          1e6,
          "seconds",
          64,
          fits,
          [](const ParsedRecord& record, std::vector<IdsOfRequest>& out) {
            if (!record.object) return;
            if (const auto requests = list_of(*record.object, "requests")) list_ids(*requests, record.line, out, 0);
          },
          [](const ParsedRecord& record) -> std::optional<std::uint32_t> {
            return record.object ? stated_block_tokens(*record.object, "block_size") : std::nullopt;
          },
          [](RawTrace& out, const FormatContext& context) -> std::unique_ptr<FormatReader> {
            return std::make_unique<WekaReader>(out, context);
          }};
}

}  // namespace blockyard
