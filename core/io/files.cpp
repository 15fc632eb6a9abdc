#include "core/io/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/io/unfinished.h"

namespace blockyard::io {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStandardOutput = "standard output";

std::string shown(const std::string& path, bool standard_output) {
  return standard_output ? std::string(kStandardOutput) : path;
}

Error failed_write(const std::string& path, int error) {
  return Error::failure(fmt::format("{}: cannot be written: {}", path, std::strerror(error)));
}

// Of opening: what the machine is out of is a failure, all else is a wrong name.
Error cannot_open(const std::string& path, int error) {
  for (const int machine : {ENOSPC, EDQUOT, EIO, EMFILE, ENFILE, ENOMEM, EINTR, EBADF}) {
    if (error == machine) return failed_write(path, error);
  }
  return Error{fmt::format("{}: cannot be written: {}", path, std::strerror(error))};
}

bool names_standard_output(const std::string& path) {
  return path == "-" || path == "/dev/stdout" || path == "/dev/fd/1" || path == "/proc/self/fd/1";
}

// Where a chain of links leads, be it there or not. Empty where it leads in a circle.
fs::path follow_links(fs::path path) {
  constexpr int kMostLinks = 40;  // as the system's own
  std::error_code ec;
  for (int i = 0; i < kMostLinks; ++i) {
    if (!fs::is_symlink(path, ec)) return path;
    const fs::path to = fs::read_symlink(path, ec);
    if (ec) return path;
    path = to.is_absolute() ? to : path.parent_path() / to;
  }
  return {};
}

// The folder that a file is in, as the system takes it.
fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

// What makes two names the same place; empty for devices, which may take several outputs.
std::string identity(const std::string& path) {
  if (names_standard_output(path)) return std::string(kStandardOutput);
  struct stat there {};
  if (::stat(path.c_str(), &there) == 0) {
    if (S_ISCHR(there.st_mode) || S_ISBLK(there.st_mode)) return {};
    return fmt::format("{}:{}", there.st_dev, there.st_ino);
  }
  const fs::path target = follow_links(path);
  struct stat folder {};
  if (::stat(folder_of(target).c_str(), &folder) != 0) return target.string();
  return fmt::format("{}:{}/{}", folder.st_dev, folder.st_ino, target.filename().string());
}

// While it lives, signals wait.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  sigset_t before_{};
};

// The folders that make_folder() would make, the outermost first.
std::vector<std::string> missing_folders(const std::string& path) {
  std::vector<std::string> out;
  std::error_code ec;
  for (fs::path at = fs::path(path).lexically_normal(); !at.empty() && !fs::exists(at, ec); at = at.parent_path()) {
    if (at.has_filename()) out.insert(out.begin(), at.string());
    if (at == at.parent_path()) break;
  }
  return out;
}

}  // namespace

OutputFile::OutputFile(OutputFile&& other) noexcept { *this = std::move(other); }

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  if (this != &other) {
    discard();
    path_ = std::move(other.path_);
    target_ = std::move(other.target_);
    temporary_ = std::exchange(other.temporary_, {});
    unfinished_ = std::exchange(other.unfinished_, kNotListed);
    file_ = std::exchange(other.file_, nullptr);
    trouble_ = other.trouble_;
    standard_output_ = other.standard_output_;
  }
  return *this;
}

OutputFile::~OutputFile() { discard(); }

void OutputFile::discard() {
  if (file_ != nullptr) std::fclose(file_);
  file_ = nullptr;
  if (temporary_.empty()) return;
  std::remove(temporary_.c_str());
  unlist_unfinished(unfinished_);
  temporary_.clear();
}

Result<OutputFile> OutputFile::open(const std::string& path) {
  OutputFile out;
  out.path_ = path;
  out.unfinished_ = kNotListed;
  if (names_standard_output(path)) {
    out.standard_output_ = true;
    const int copy = ::dup(STDOUT_FILENO);
    if (copy < 0 || (out.file_ = ::fdopen(copy, "wb")) == nullptr)
      return failed_write(std::string(kStandardOutput), errno);
    return out;
  }
  struct stat there {};
  const bool exists = ::stat(path.c_str(), &there) == 0;
  if (exists && S_ISDIR(there.st_mode)) return Error{fmt::format("{}: cannot be written: it is a folder", path)};
  if (exists && !S_ISREG(there.st_mode)) {
    out.file_ = std::fopen(path.c_str(), "wb");
    if (out.file_ == nullptr) return cannot_open(path, errno);
    return out;
  }
  if (exists && ::access(path.c_str(), W_OK) != 0) return cannot_open(path, errno);
  const fs::path target = follow_links(path);
  if (target.empty()) return cannot_open(path, ELOOP);
  if (!target.has_filename()) return cannot_open(path, EISDIR);
  if (target.filename().string().size() > 255) return cannot_open(path, ENAMETOOLONG);
  out.target_ = target.string();
  // Beside the target, for rename() stays within one file system. A name of its own, for the target's may be as long
  // as names get; the process id keeps two programs apart.
  static std::atomic<unsigned> count{0};
  out.temporary_ = (folder_of(target) / fmt::format(".blockyard-{}-{}.part", ::getpid(), count++)).string();
  out.unfinished_ = list_unfinished(out.temporary_);
  out.file_ = std::fopen(out.temporary_.c_str(), "wbx");
  if (out.file_ == nullptr) {
    const int why = errno;
    unlist_unfinished(out.unfinished_);
    out.temporary_.clear();
    return cannot_open(path, why);
  }
  if (exists) ::fchmod(::fileno(out.file_), there.st_mode & 07777U);
  return out;
}

void OutputFile::write(std::string_view bytes) {
  if (trouble_ != 0 || file_ == nullptr) return;
  errno = 0;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) trouble_ = errno != 0 ? errno : EIO;
}

Result<void> OutputFile::flush() {
  if (trouble_ == 0 && file_ != nullptr && std::fflush(file_) != 0) trouble_ = errno;
  if (trouble_ != 0) return failed_write(shown(path_, standard_output_), trouble_);
  return {};
}

Result<void> OutputFile::commit() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (file_ != nullptr && std::fclose(std::exchange(file_, nullptr)) != 0)
    return failed_write(shown(path_, standard_output_), errno);
  if (temporary_.empty()) return {};
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) return failed_write(path_, errno);
  unlist_unfinished(unfinished_);
  temporary_.clear();
  return {};
}

Outputs::~Outputs() {
  files_.clear();
  for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) ::rmdir(folder->c_str());
  for (const std::size_t place : unfinished_folders_) unlist_unfinished(place);
}

void Outputs::reads(std::string_view what, const std::string& path) {
  if (path.empty() || names_standard_output(path)) return;
  inputs_.push_back({std::string(what), identity(path)});
}

Result<OutputFile*> Outputs::open(std::string_view what, const std::string& path) {
  const std::string place = identity(path);
  for (const Place& input : inputs_) {
    if (!place.empty() && input.identity == place)
      return Error{fmt::format("{} {}: is {}, which is only read", what, path, input.what)};
  }
  for (const Place& other : places_) {
    if (!place.empty() && other.identity == place)
      return Error{fmt::format("{} {}: is what {} writes already", what, path, other.what)};
  }
  auto file = OutputFile::open(path);
  if (!file) {
    Error error = file.error();
    error.message = fmt::format("{} {}", what, error.message);
    return error;
  }
  places_.push_back({std::string(what), place});
  files_.push_back(std::make_unique<OutputFile>(std::move(*file)));
  return files_.back().get();
}

Result<void> Outputs::make_folder(const std::string& path) {
  for (const std::string& folder : missing_folders(path)) {
    unfinished_folders_.push_back(list_unfinished(folder));
    folders_.push_back(folder);
  }
  if (auto made = io::make_folder(path); !made) return made;
  if (::access(path.empty() ? "." : path.c_str(), W_OK | X_OK) != 0) return cannot_open(path, errno);
  return {};
}

Result<void> Outputs::flush() {
  for (const auto& file : files_) {
    if (auto ok = file->flush(); !ok) return ok;
  }
  return {};
}

Result<void> Outputs::commit() {
  if (auto ok = flush(); !ok) return ok;
  const NoSignals undisturbed;
  for (const bool renamed : {false, true}) {  // what can still fail comes first
    for (const auto& file : files_) {
      if (file->is_renamed() != renamed) continue;
      if (auto ok = file->commit(); !ok) return ok;
    }
  }
  folders_.clear();
  for (const std::size_t place : unfinished_folders_) unlist_unfinished(place);
  unfinished_folders_.clear();
  return {};
}

bool Outputs::to_standard_output() const {
  for (const auto& file : files_) {
    if (file->is_standard_output()) return true;
  }
  return false;
}

Result<void> write_file(const std::string& path, std::string_view bytes) {
  auto file = OutputFile::open(path);
  if (!file) return file.error();
  file->write(bytes);
  return file->commit();
}

Result<void> make_folder(const std::string& path) {
  std::error_code ec;
  fs::create_directories(path, ec);
  std::error_code unknown;
  if (!fs::is_directory(path, unknown)) {
    const std::string text =
        fmt::format("{}: cannot be made a folder: {}", path, ec ? ec.message() : "something else is there");
    const bool machine = ec == std::errc::no_space_on_device || ec == std::errc::io_error;
    return machine ? Error::failure(text) : Error{text};
  }
  return {};
}

}  // namespace blockyard::io
