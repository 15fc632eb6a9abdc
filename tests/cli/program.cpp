#include "tests/cli/program.h"

#include <stdlib.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace blockyard::test {
namespace fs = std::filesystem;

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "blockyard-cli-XXXXXX").string();
  dir_ = ::mkdtemp(name.data());
}

Folder::~Folder() {
  std::error_code ec;
  fs::permissions(dir_, fs::perms::owner_all, ec);
  fs::remove_all(dir_, ec);
}

void Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name), std::ios::binary) << text;
}

std::string Folder::read(const std::string& name) const {
  std::ifstream in(path(name), std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

bool Folder::has(const std::string& name) const { return fs::exists(path(name)); }

std::size_t Folder::size() const {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(dir_), fs::directory_iterator()));
}

Outcome Folder::run(const std::string& arguments, const std::string& before) const {
  return shell(before + " '" BLOCKYARD_PROGRAM "' " + arguments);
}

Outcome Folder::shell(const std::string& line) const {
  // The streams go to files outside the folder, which then shows only what the program itself left.
  const std::string out = dir_.string() + ".out";
  const std::string err = dir_.string() + ".err";
  const std::string path = fs::path(BLOCKYARD_PROGRAM).parent_path().string();
  const std::string command = "cd '" + dir_.string() + "' && unset DISPLAY WAYLAND_DISPLAY && PATH='" + path +
                              "':$PATH && { " + line + "\n} >'" + out + "' 2>'" + err + "'";
  const int status = std::system(command.c_str());
  Outcome o;
  o.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  const auto take = [](const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    std::error_code ec;
    fs::remove(file, ec);
    return std::move(text).str();
  };
  o.out = take(out);
  o.err = take(err);
  return o;
}

}  // namespace blockyard::test
