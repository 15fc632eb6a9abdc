// llm-d's EndpointPickerConfig as it is being read: its plugins, its one profile, and what of it has a line already.
// Private to imports/.
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/imports/import_parts.h"

namespace blockyard::imports {

/// What a plugin does, as far as this program is concerned.
enum class Role : std::uint8_t {
  kQueue,
  kKv,
  kPrefix,
  kPrecise,
  kTokenLoad,
  kAffinity,
  kMaxScore,
  kRandom,
  kFilter,
  kScorer,
  kSingle,
  kApproxProducer,
  kPreciseProducer,
  kOther,
  kApart
};

struct PluginType {
  std::string_view type;
  Role role;
  std::string_view note = "";  ///< of what has no counterpart or no part
};
/// Every type of plugin that is known.
std::span<const PluginType> plugin_types();

struct Plugin {
  std::string name, type;
  const PluginType* row = nullptr;  ///< nullptr: not known
  Json parameters;
  bool used = false;  ///< the profile refers to it
  double weight = 1;
  bool weighted = false;  ///< a weight is given
};

/// Every value below a parameter, with its path, as text.
void each_leaf(const std::string& path, const Json& value,
               const std::function<void(const std::string&, const std::string&)>& f);
/// The text under a key; "" where there is none.
std::string text_of(const Json& object, std::string_view key);

/// Turns plugins and profile into the draft's section; writes a line for each part of them.
class EndpointChoice {
 public:
  EndpointChoice(std::vector<Plugin> plugins, Draft& draft) : draft_(draft), plugins_(std::move(plugins)) {}
  /// Chooses strategy, parameters and view. An error where no strategy here chooses as these do.
  Result<void> choose();
  /// A line for whatever has none yet.
  void rest();

 private:
  std::vector<Plugin*> of(std::initializer_list<Role> roles);
  /// A number of a plugin's parameters; its line is written by who asks.
  Result<double> number(const Plugin& p, std::string_view key, double otherwise, double low, double high) const;
  bool given(const Plugin& p, std::string_view key) const;
  std::string from(const Plugin& p, std::string_view key) const;
  /// The parameter has its line, so that rest() writes none.
  void took(const Plugin& p, std::string_view key);
  Result<void> set(const Plugin& p, std::string_view key, std::string_view to, double otherwise, double low,
                   double high);
  Result<void> sticky(Plugin* affinity, Plugin& load);
  Result<void> weigh(const std::vector<Plugin*>& scorers);
  void pick();
  Result<void> view();
  Result<void> approximate_view(Plugin* index);

  Draft& draft_;
  std::vector<Plugin> plugins_;
  std::vector<std::string> taken_;
};

}  // namespace blockyard::imports
