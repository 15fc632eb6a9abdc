// llm-d's EndpointPickerConfig, also as the Gateway API inference extension wrote it. Read at llm-d/llm-d-router
// ebab6879: pkg/epp/config/loader and the plugins' READMEs.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/words/number.h"
#include "core/base/words/printable.h"
#include "core/io/imports/endpoint_choice.h"

namespace blockyard::imports {

void each_leaf(const std::string& path, const Json& value,
               const std::function<void(const std::string&, const std::string&)>& f) {
  if (value.is_object()) {
    for (const auto& [key, v] : value.items()) each_leaf(path + "." + key, v, f);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) each_leaf(fmt::format("{}[{}]", path, i), value[i], f);
  } else {
    f(path, value.is_string() ? value.get<std::string>() : "null");
  }
}

std::string text_of(const Json& object, std::string_view key) {
  const auto it = object.find(std::string(key));
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

namespace {

constexpr auto kSame = ImportFate::kSame;
constexpr auto kNot = ImportFate::kNotHere;
constexpr auto kNoPart = ImportFate::kNoPart;

class Reader {
 public:
  Reader(const Json& config, Draft& draft) : config_(config), draft_(draft) {}

  Result<void> read() {
    for (const auto& [key, value] : config_.items()) {
      if (key == "plugins" || key == "schedulingProfiles" || key == "kind") continue;
      if (key == "apiVersion") {
        draft_.add(kNoPart, "apiVersion " + printable(value.is_string() ? value.get<std::string>() : "", 60),
                   "the same is read of each version");
      } else {
        top_level(key, value);
      }
    }
    if (auto ok = read_plugins(); !ok) return ok;
    if (auto ok = read_profile(); !ok) return ok;
    EndpointChoice choice(std::move(plugins_), draft_);
    if (auto ok = choice.choose(); !ok) return ok;
    choice.rest();
    return {};
  }

 private:
  void top_level(const std::string& key, const Json& value) {
    const bool holds = key == "flowControl" || key == "saturationDetector";
    const bool open = key == "featureGates";
    std::size_t said = 0;
    each_leaf(key, value, [&](const std::string& path, const std::string& v) {
      ++said;
      const bool gate = open && (v == "flowControl" || v == "flowControl=true");
      draft_.add(holds || open ? kNot : kNoPart, printable(path + " " + v, 120),
                 holds || gate ? "requests are never held back or turned away by a router here"
                 : open        ? "not known here; whether it has a part in the choice is open"
                               : "how data, requests and replicas are handled, not who is chosen");
    });
    if (said == 0) draft_.add(kNoPart, printable(key, 60), "nothing is in it");
  }

  Result<void> read_plugins() {
    const auto it = config_.find("plugins");
    if (it == config_.end() || it->is_null()) return {};
    if (!it->is_array()) return Error{"plugins: a list is needed"};
    for (std::size_t i = 0; i < it->size(); ++i) {
      const Json& p = (*it)[i];
      if (!p.is_object()) return Error{fmt::format("plugins[{}]: a mapping with type, name, parameters is needed", i)};
      Plugin out;
      out.type = text_of(p, "type");
      if (out.type.empty()) return Error{fmt::format("plugins[{}]: type is missing", i)};
      out.name = p.contains("name") ? text_of(p, "name") : out.type;
      if (p.contains("parameters")) out.parameters = p["parameters"];
      for (const PluginType& row : plugin_types()) {
        if (row.type == out.type) out.row = &row;
      }
      for (const Plugin& other : plugins_) {
        if (other.name == out.name)
          return Error{fmt::format("plugins[{}]: the name {} is taken", i, quoted_part(out.name))};
      }
      if (out.row != nullptr && out.row->role == Role::kApart) {
        return Error{fmt::format("plugins[{}]: {} has no counterpart here: prefill and decode run on the same worker",
                                 i, out.type)};
      }
      for (const auto& [key, value] : p.items()) {
        if (key != "type" && key != "name" && key != "parameters") {
          draft_.add(kNot, printable(fmt::format("plugins[{}].{}", i, key), 80), "not known here");
        }
      }
      plugins_.push_back(std::move(out));
    }
    return {};
  }

  Result<void> read_profile() {
    const auto it = config_.find("schedulingProfiles");
    if (it == config_.end() || it->is_null() || it->empty()) {
      for (Plugin& p : plugins_) p.used = true;
      draft_.add(kSame, "schedulingProfiles (not given)", "one profile of all plugins");
      return {};
    }
    if (!it->is_array()) return Error{"schedulingProfiles: a list is needed"};
    if (it->size() > 1) {
      return Error{fmt::format("schedulingProfiles: {} profiles have no counterpart here: a request runs on one worker",
                               it->size())};
    }
    const Json& profile = (*it)[0];
    if (!profile.is_object()) return Error{"schedulingProfiles[0]: a mapping is needed"};
    for (const auto& [key, value] : profile.items()) {
      if (key != "name" && key != "plugins")
        draft_.add(kNot, printable("schedulingProfiles[0]." + key, 80), "not known here");
    }
    const Json refs = profile.contains("plugins") ? profile["plugins"] : Json::array();
    if (!refs.is_array()) return Error{"schedulingProfiles[0].plugins: a list is needed"};
    for (std::size_t i = 0; i < refs.size(); ++i) {
      const std::string at = fmt::format("schedulingProfiles[0].plugins[{}]", i);
      const std::string ref = refs[i].is_object() ? text_of(refs[i], "pluginRef") : std::string();
      if (ref.empty()) return Error{at + ": pluginRef is missing"};
      const auto p = std::find_if(plugins_.begin(), plugins_.end(), [&](const Plugin& x) { return x.name == ref; });
      if (p == plugins_.end()) return Error{fmt::format("{}: no plugin is called {}", at, quoted_part(ref))};
      p->used = true;
      if (refs[i].contains("weight")) {
        const std::string text = text_of(refs[i], "weight");
        const auto w = finite_number(text);
        if (!w || *w < 0 || *w > 1e6) {
          return Error{fmt::format("{}: weight {}: a number from 0 to 1000000 is needed", at, quoted_part(text))};
        }
        p->weight = *w;
        p->weighted = true;
      }
    }
    return {};
  }

  const Json& config_;
  Draft& draft_;
  std::vector<Plugin> plugins_;
};

// Every configuration in a document: itself, or a text within it that is one (a ConfigMap's data, Helm values).
void find_configs(const Json& at, std::vector<Json>& out, std::optional<Error>& error, int depth) {
  constexpr std::string_view kKind = "EndpointPickerConfig";
  if (at.is_object()) {
    if (text_of(at, "kind") == kKind) {
      out.push_back(at);
      return;
    }
    for (const auto& [key, v] : at.items()) find_configs(v, out, error, depth);
  } else if (at.is_array()) {
    for (const Json& v : at) find_configs(v, out, error, depth);
  } else if (at.is_string() && depth < 2 && at.get<std::string>().find(kKind) != std::string::npos) {
    auto inner = read_yaml(at.get<std::string>());
    if (!inner) {
      if (!error) error = Error{fmt::format("the configuration within: {}", inner.error().message)};
      return;
    }
    for (const Json& d : *inner) {
      if (d.is_object() || d.is_array()) find_configs(d, out, error, depth + 1);
    }
  }
}

}  // namespace

std::optional<Result<void>> import_endpoint_picker(const std::vector<Json>& documents, Draft& draft) {
  std::vector<Json> configs;
  std::optional<Error> error;
  for (const Json& d : documents) find_configs(d, configs, error, 0);
  if (error) return Result<void>(*error);
  if (configs.empty()) return {};
  if (configs.size() > 1) {
    return Result<void>(Error{fmt::format("{} configurations are in it; give one", configs.size())});
  }
  return Reader(configs[0], draft).read();
}

}  // namespace blockyard::imports
