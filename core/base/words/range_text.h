// What a number may be, as a person would say it: in errors, in help and in the reference of settings.
#pragma once

#include <string>

namespace blockyard {

/// "0 or more", "from 1 to 65536"; "between 0 and 1" where what is between counts too.
std::string range_text(double low, double high);

}  // namespace blockyard
