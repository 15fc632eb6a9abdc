// The program's version, as results and reports name it.
#pragma once

#include <string>

namespace blockyard {

std::string version();

}  // namespace blockyard
