// What the machine has, and how much of it a command may take: --max-memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace blockyard::cli {

/// Bytes of memory that this process can have: the machine's, or less where its control group allows less.
std::uint64_t machine_memory();

/// "8GiB", "512MiB", "12GB", "60%" (of `machine` bytes), or bytes. Empty where it is none of them, or nothing.
std::optional<std::uint64_t> parse_memory(std::string_view text, std::uint64_t machine);

/// What is taken where nobody says otherwise: three quarters of the machine.
inline constexpr std::string_view kUsualMemory = "75%";

/// From now on the system refuses memory beyond this, and a little for the program itself: what no estimate foresaw
/// ends with a line too. Nothing where the system cannot, or where sanitizers need all there is.
void hold_to_memory(std::uint64_t bytes);

}  // namespace blockyard::cli
