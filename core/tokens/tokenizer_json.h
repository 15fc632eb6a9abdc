// Reads a Hugging Face tokenizer.json of the BPE family, and writes the built-in one in the same form.
//
// Taken: model BPE, byte-level (GPT-2, Llama 3, Qwen) or of characters with byte fallback (Llama 2, Mistral);
// normalisers NFC, Prepend, Replace; pre-tokenizers Split, ByteLevel, Metaspace, Digits; the template of single
// sequences; added tokens. Anything else is refused with its kind named: ids that are nearly right are wrong.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/tokens/tokenizer.h"

namespace blockyard {

/// Reads a tokenizer.json; a tokenizer_config.json beside it gives the template of chats. `name` is what errors and the
/// tokenizer call it. Text of the configuration may be "".
Result<Tokenizer> parse_tokenizer(const std::string& name, const std::string& json, const std::string& config_json);

/// The same from files: `path` and tokenizer_config.json in its folder, where there is one. At most 256 MiB.
Result<Tokenizer> read_tokenizer(const std::string& path);

/// A byte-level vocabulary as a tokenizer.json, one token or merge a line.
std::string write_tokenizer_json(const Tokenizer& tokenizer);

}  // namespace blockyard
