// Ask: what a router reads of a request's body: enough to find its tokens, to choose a worker, and to know what to
// measure. Nothing else of it is judged. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/live/truth/codes.h"

namespace blockyard::live {

inline constexpr std::size_t kDeepestBody = 128;

/// A prompt that is tokenised by a tokenizer file is no longer than this, bytes.
inline constexpr std::size_t kLongestOwnText = std::size_t{2} << 20;

enum class AskKind : std::uint8_t { kCompletion, kChat, kOther };

struct Ask {
  AskKind kind = AskKind::kOther;
  std::optional<std::string> model;
  std::string salt, session;  ///< of the body: cache_salt, prompt_cache_key; empty: none
  bool stream = false, usage = false;
  bool first_of_several = false;  ///< a list of prompts: the first counts, hits are not known
  /// Token ids where the prompt is such.
  std::optional<std::vector<std::uint32_t>> tokens;
  /// What /tokenize would be asked; empty where that cannot tell, or need not.
  std::string question;
  /// The prompt of a completion, where it is a text of at most kLongestOwnText bytes.
  std::optional<std::string> text;
};

/// Why a body is refused, with its code of the contract: bad_json or missing_prompt.
struct AskRefusal {
  std::string message, code;
};

std::variant<Ask, AskRefusal> read_ask(std::string_view body, AskKind kind);

/// A request's chain: codes of its full blocks under adapter and salt.
struct AskChain {
  Digest root = kRootDigest;
  std::vector<Code> codes;
  std::vector<Digest> beats;  ///< the same blocks as heartbeat workers name them; empty: not known
  std::uint32_t prompt_tokens = 0;
};
AskChain chain_of(const std::vector<std::uint32_t>& tokens, std::uint32_t block_tokens, std::string_view adapter,
                  std::string_view salt);

/// `tokens` of an answer of /tokenize; nothing where it is none.
std::optional<std::vector<std::uint32_t>> read_tokens(std::string_view body);

/// One model of an engine's /v1/models.
struct ServedModel {
  std::string id, json;  ///< as it was told
  bool adapter = false;  ///< it names a parent
};
/// Nothing where it is no such list.
std::optional<std::vector<ServedModel>> read_models(std::string_view body);

/// The body with stream_options.include_usage set, and not a byte of it else changed. As it is where it has that, or
/// where it cannot be told how.
std::string with_usage(std::string_view body);

}  // namespace blockyard::live
