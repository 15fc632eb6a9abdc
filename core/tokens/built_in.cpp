#include "core/tokens/built_in.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/tokens/tokenizer_json.h"

namespace blockyard {

namespace fs = std::filesystem;

Result<Tokenizer> open_tokenizer(const std::string& name, const std::string& assets_dir) {
  if (name != kBuiltInTokenizer) return read_tokenizer(name);
  const std::string path = (fs::path(assets_dir) / "tokenizer" / "built-in.json").string();
  auto read = read_tokenizer(path);
  if (!read) return read.error();
  return Tokenizer(kBuiltInTokenizer, read->parts());
}

Result<std::vector<std::string>> read_corpus(const std::string& folder) {
  std::error_code ec;
  std::vector<std::pair<std::string, fs::path>>
      files;  // by path below the folder, so that its own place does not matter
  for (fs::recursive_directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
    if (it->is_regular_file(ec)) files.emplace_back(it->path().lexically_relative(folder).generic_string(), it->path());
  }
  if (ec) return Error{fmt::format("{}: {}", folder, ec.message())};
  if (files.empty()) return Error{fmt::format("{}: there are no texts in it", folder)};
  std::sort(files.begin(), files.end());
  std::vector<std::string> out;
  for (const auto& [name, path] : files) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return Error{fmt::format("{}: cannot be read", path.string())};
    out.push_back(std::move(text).str());
  }
  return out;
}

std::vector<Digest> chain_digests(std::span<const TokenId> tokens, std::uint32_t block_tokens) {
  std::vector<Digest> out;
  Digest digest = kRootDigest;
  for (std::size_t at = 0; at + block_tokens <= tokens.size(); at += block_tokens) {
    digest = block_digest(digest, tokens.subspan(at, block_tokens));
    out.push_back(digest);
  }
  return out;
}

}  // namespace blockyard
