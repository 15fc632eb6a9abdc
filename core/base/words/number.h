// Numbers in text, read once for everybody: no blank before, no plus sign, a point whatever the locale.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace blockyard {

/// The number that the text begins with, "inf" and "nan" among them; how many bytes it has, 0 where there is none or it
/// is beyond a double.
std::size_t leading_number(std::string_view text, double& out);

/// The finite number that the whole text is.
std::optional<double> finite_number(std::string_view text);

}  // namespace blockyard
