#include "core/base/result.h"

#include "core/base/words/printable.h"

namespace blockyard {
namespace {

constexpr std::size_t kLongestMessage = 2000;

}  // namespace

Error::Error(const std::string& text) : message(printable(text, kLongestMessage)) {}

Error Error::failure(const std::string& text) {
  Error error(text);
  error.failed = true;
  return error;
}

}  // namespace blockyard
