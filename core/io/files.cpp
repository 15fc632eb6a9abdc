#include "core/io/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace blockyard::io {
namespace {

Error cannot_write(const std::string& path, int error) {
  return Error{fmt::format("{}: cannot be written: {}", path, std::strerror(error))};
}

}  // namespace

OutputFile::OutputFile(std::string path, std::string temporary, std::FILE* file)
    : path_(std::move(path)), temporary_(std::move(temporary)), file_(file) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      file_(std::exchange(other.file_, nullptr)),
      trouble_(other.trouble_) {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  if (this != &other) {
    discard();
    path_ = std::move(other.path_);
    temporary_ = std::exchange(other.temporary_, {});
    file_ = std::exchange(other.file_, nullptr);
    trouble_ = other.trouble_;
  }
  return *this;
}

OutputFile::~OutputFile() { discard(); }

void OutputFile::discard() {
  if (file_ != nullptr) std::fclose(file_);
  file_ = nullptr;
  if (!temporary_.empty()) std::remove(temporary_.c_str());
  temporary_.clear();
}

Result<OutputFile> OutputFile::open(const std::string& path) {
  std::error_code ec;
  if (std::filesystem::is_directory(path, ec)) return Error{fmt::format("{}: cannot be written: it is a folder", path)};
  // Beside the target, for rename() stays within one file system; the process id keeps two runs apart.
  const std::string temporary = fmt::format("{}.{}.part", path, ::getpid());
  std::FILE* file = std::fopen(temporary.c_str(), "wb");
  if (file == nullptr) return cannot_write(path, errno);
  return OutputFile(path, temporary, file);
}

void OutputFile::write(std::string_view bytes) {
  if (trouble_ != 0 || file_ == nullptr) return;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) trouble_ = errno != 0 ? errno : EIO;
}

Result<void> OutputFile::flush() {
  if (trouble_ == 0 && file_ != nullptr && std::fflush(file_) != 0) trouble_ = errno;
  if (trouble_ != 0) return cannot_write(path_, trouble_);
  return {};
}

Result<void> OutputFile::commit() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (file_ != nullptr && std::fclose(std::exchange(file_, nullptr)) != 0) return cannot_write(path_, errno);
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return cannot_write(path_, errno);
  temporary_.clear();
  return {};
}

Result<void> write_file(const std::string& path, std::string_view bytes) {
  auto file = OutputFile::open(path);
  if (!file) return file.error();
  file->write(bytes);
  return file->commit();
}

Result<void> make_folder(const std::string& path) {
  std::error_code ec;
  std::filesystem::create_directories(path, ec);
  if (ec || !std::filesystem::is_directory(path, ec)) {
    return Error{fmt::format("{}: cannot be made a folder: {}", path, ec ? ec.message() : "something else is there")};
  }
  return {};
}

}  // namespace blockyard::io
