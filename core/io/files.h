// OutputFile: a file that appears whole or not at all (SPEC 10).
//
// Bytes go to a temporary file beside the target; commit() renames it into place. Destroyed without a commit, the
// temporary file is removed and what stood at the path before is untouched. Several files of one command are opened
// first and committed last, so that a full disk or a read-only folder leaves none of them.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace blockyard::io {

class OutputFile {
 public:
  /// Opens the temporary file. An error names the path and the reason.
  static Result<OutputFile> open(const std::string& path);
  OutputFile(OutputFile&&) noexcept;
  OutputFile& operator=(OutputFile&&) noexcept;
  ~OutputFile();

  /// Appends; trouble is remembered and comes out of flush() and commit().
  void write(std::string_view bytes);
  /// Makes sure that everything is on disk, so that only a rename is left to do.
  Result<void> flush();
  /// Flushes and renames into place.
  Result<void> commit();

 private:
  OutputFile(std::string path, std::string temporary, std::FILE* file);
  void discard();

  std::string path_;
  std::string temporary_;
  std::FILE* file_ = nullptr;
  int trouble_ = 0;  // errno of the first failed write
};

/// One whole file.
Result<void> write_file(const std::string& path, std::string_view bytes);

/// Makes a folder and those above it.
Result<void> make_folder(const std::string& path);

}  // namespace blockyard::io
