// BY_CHECK: a condition that only a bug can break. It is tested in every build; a broken one ends the program with the
// place and the reason. Outside input never ends here: it is a Result (result.h).
#pragma once

namespace blockyard {

/// Prints "file:line: check failed: condition: why" to standard error and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* condition, const char* why);

}  // namespace blockyard

#define BY_CHECK(cond, why)                                      \
  do {                                                           \
    if (!(cond)) [[unlikely]]                                    \
      ::blockyard::check_failed(__FILE__, __LINE__, #cond, why); \
  } while (false)
