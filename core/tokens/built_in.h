// Tokenizers by the name that a setting gives them: "built-in", or the path of a tokenizer.json (SPEC 3.1).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/tokens/sha256.h"
#include "core/tokens/tokenizer.h"

namespace blockyard {

inline constexpr const char* kBuiltInTokenizer = "built-in";

/// `name` is kBuiltInTokenizer, which lies in `assets_dir`/tokenizer, or a path.
Result<Tokenizer> open_tokenizer(const std::string& name, const std::string& assets_dir);

/// The texts of a folder, those of its subfolders too, in order of their paths: what the built-in tokenizer is learnt
/// from.
Result<std::vector<std::string>> read_corpus(const std::string& folder);

/// Digests of the full blocks of `block_tokens` tokens, each chained to the one before (SPEC 3).
std::vector<Digest> chain_digests(std::span<const TokenId> tokens, std::uint32_t block_tokens);

}  // namespace blockyard
