// Fuzz target: any bytes as what the window remembers: whatever of it can be taken is, and is written so that it reads
// the same again.
#include <cmath>
#include <cstdint>
#include <string>

#include "app/session/settings.h"
#include "core/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  blockyard::UiState ui;
  blockyard::read_settings(std::string(reinterpret_cast<const char*>(data), size), ui);
  BY_CHECK(std::isfinite(ui.scale) && ui.scale >= 0 && ui.scale <= 4, "a scale that no window can have");
  BY_CHECK(std::isfinite(ui.bottom_height) && ui.bottom_height >= 0, "a height that no panel can have");
  const std::string once = blockyard::settings_text(ui);
  blockyard::UiState again;
  blockyard::read_settings(once, again);
  BY_CHECK(blockyard::settings_text(again) == once, "writing is not stable");
  return 0;
}
