// What every command writes goes through here (SPEC 10): whole or not at all, and to what the name stands for.
//
// 1. A regular file, or one that is not there yet, is written beside its place under another name and renamed into it
//    by commit(); links are followed first, so that a link stays a link. Before that nothing has changed.
// 2. Devices, pipes and sockets are written as they are. "-" and /dev/stdout are standard output.
// 3. Two outputs of a command are two places, and none is one of its inputs.
// 4. Whatever was made for an output that is not committed is removed: by the destructor, or by remove_unfinished()
//    where a signal ends the program.
// 5. A wrong name is an error of the command (status 2); a machine that would not (full disk, closed pipe) is a failure
//    (Error::failed, status 1).
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace blockyard::io {

/// One output. Made by Outputs, or alone where a command writes one file.
class OutputFile {
 public:
  static Result<OutputFile> open(const std::string& path);
  OutputFile(OutputFile&&) noexcept;
  OutputFile& operator=(OutputFile&&) noexcept;
  ~OutputFile();

  /// Appends; trouble is remembered and comes out of flush() and commit().
  void write(std::string_view bytes);
  /// Hands everything to the system, so that for a regular file only a rename is left to do.
  Result<void> flush();
  /// Flushes, closes, and renames into place.
  Result<void> commit();
  bool is_standard_output() const { return standard_output_; }
  /// False where bytes go straight to a device or pipe.
  bool is_renamed() const { return !temporary_.empty(); }

 private:
  OutputFile() = default;
  void discard();

  std::string path_;            // as it was given
  std::string target_;          // links followed
  std::string temporary_;       // empty: written directly
  std::size_t unfinished_ = 0;  // its place in the list of unfinished things
  std::FILE* file_ = nullptr;
  int trouble_ = 0;  // errno of the first failed write
  bool standard_output_ = false;
};

/// All that one command writes.
class Outputs {
 public:
  Outputs() = default;
  Outputs(const Outputs&) = delete;
  Outputs& operator=(const Outputs&) = delete;
  ~Outputs();

  /// An input of the command, which no output may be. `what` it is: "the scenario".
  void reads(std::string_view what, const std::string& path);
  /// `what` asks for it: "--out". The file lives as long as this.
  Result<OutputFile*> open(std::string_view what, const std::string& path);
  /// Makes a folder and those above it, which are removed again unless committed. An error where it cannot be written.
  Result<void> make_folder(const std::string& path);
  /// Hands everything to the system.
  Result<void> flush();
  /// Flushes all, then renames all into place, undisturbed by signals.
  Result<void> commit();
  bool to_standard_output() const;

 private:
  struct Place {
    std::string what, identity;
  };
  std::vector<Place> inputs_, places_;
  std::vector<std::unique_ptr<OutputFile>> files_;
  std::vector<std::string> folders_;
  std::vector<std::size_t> unfinished_folders_;
};

/// One whole file.
Result<void> write_file(const std::string& path, std::string_view bytes);

/// Makes a folder and those above it.
Result<void> make_folder(const std::string& path);

/// Removes what is not committed. May be called from a signal handler, after which the program must end.
void remove_unfinished() noexcept;

}  // namespace blockyard::io
