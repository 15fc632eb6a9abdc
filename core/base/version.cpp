#include "core/base/version.h"

namespace blockyard {

std::string version() { return BLOCKYARD_VERSION; }

}  // namespace blockyard
