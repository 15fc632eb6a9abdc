#include "app/platform/program.h"

#include <cerrno>
#include <system_error>

#if defined(_WIN32)
#include <process.h>
#include <windows.h>
#else
#include <unistd.h>
#endif
#if defined(__APPLE__)
#include <mach-o/dyld.h>
#endif

namespace blockyard {
namespace {

namespace fs = std::filesystem;

#if defined(_WIN32)
fs::path program_file() {
  std::wstring name(32768, L'\0');
  name.resize(GetModuleFileNameW(nullptr, name.data(), static_cast<DWORD>(name.size())));
  return name;
}
#elif defined(__APPLE__)
fs::path program_file() {
  std::uint32_t size = 0;
  _NSGetExecutablePath(nullptr, &size);
  std::string name(size, '\0');
  if (_NSGetExecutablePath(name.data(), &size) != 0) return {};
  std::error_code ec;
  return fs::canonical(name.c_str(), ec);
}
#else
fs::path program_file() {
  std::error_code ec;
  return fs::read_symlink("/proc/self/exe", ec);
}
#endif

}  // namespace

fs::path program_folder() {
  const fs::path file = program_file();
  std::error_code ec;
  return file.empty() ? fs::current_path(ec) : file.parent_path();
}

bool can_run(const fs::path& program) {
#if defined(_WIN32)
  std::error_code ec;
  return fs::is_regular_file(program, ec);
#else
  return ::access(program.c_str(), X_OK) == 0;
#endif
}

std::string become(const fs::path& program, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
#if defined(_WIN32)
  ::_execv(argv[0], argv.data());
#else
  ::execv(argv[0], argv.data());
#endif
  return std::error_code(errno, std::generic_category()).message();
}

}  // namespace blockyard
