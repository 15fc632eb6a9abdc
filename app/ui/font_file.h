// Font files, looked at before Dear ImGui is given them: it ends the program where one is damaged.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace blockyard {

/// What is wrong with the bytes of a TrueType or OpenType font: its tables must lie within the file, be those that
/// drawing needs, and add up to the checksums that the font states. Empty: nothing.
std::string font_damage(std::span<const unsigned char> bytes);

/// The same for a file.
std::string font_file_damage(const std::string& path);

/// One line for each font of a folder that cannot be used and is replaced by the next one.
std::vector<std::string> font_troubles(const std::string& font_dir);

}  // namespace blockyard
