// Names of files and folders that must not outlive the command that made them, where a signal handler finds them.
// Private to core/io.
#pragma once

#include <cstddef>
#include <string>

namespace blockyard::io {

inline constexpr std::size_t kNotListed = static_cast<std::size_t>(-1);

/// Lists a name; returns its place, or kNotListed where there is no room (then only a signal would leave it behind).
std::size_t list_unfinished(const std::string& path);
void unlist_unfinished(std::size_t place);

}  // namespace blockyard::io
