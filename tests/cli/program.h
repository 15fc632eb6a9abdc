// Runs the real program in a fresh folder and shows what came of it.
#pragma once

#include <filesystem>
#include <string>

namespace blockyard::test {

/// Whether the program was built with what draws the window, so that `blockyard shot` must work.
#ifdef BLOCKYARD_WITH_WINDOW
inline constexpr bool kDraws = true;
#else
inline constexpr bool kDraws = false;
#endif

struct Outcome {
  int status = -1;  ///< exit status; 128 + signal where it was killed
  std::string out, err;
};

/// A folder of its own that is gone with it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path(const std::string& name) const { return (dir_ / name).string(); }
  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  bool has(const std::string& name) const;
  /// Number of entries.
  std::size_t size() const;
  /// Runs `blockyard ARGUMENTS` here, through the shell.
  Outcome run(const std::string& arguments, const std::string& before = "") const;
  /// Runs a line of the shell here, with `blockyard` in its path and no display.
  Outcome shell(const std::string& line) const;

 private:
  std::filesystem::path dir_;
};

}  // namespace blockyard::test
