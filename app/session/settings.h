// What is remembered between starts: theme, scale, layout, the last scenario, recent files. One small JSON file under
// the user's config folder; where it cannot be read or written the program works the same and forgets.
#pragma once

#include <string>

#include "app/session/ui_state.h"

namespace blockyard {

/// $XDG_CONFIG_HOME/blockyard, else ~/.config/blockyard; "" where neither is known.
std::string default_config_dir();

/// The remembered parts of `ui` as JSON.
std::string settings_text(const UiState& ui);
/// Takes what `text` says into `ui`; what is missing, unknown or broken is left as it is.
void read_settings(const std::string& text, UiState& ui);

/// "" or what went wrong.
std::string write_settings(const std::string& config_dir, const std::string& text);

}  // namespace blockyard
