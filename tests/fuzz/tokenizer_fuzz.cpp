// Fuzz target: any bytes survive the built-in tokenizer, and any bytes as a tokenizer.json are one that can be used, or are
// refused in one line.
#include <cstdint>
#include <string>

#include "core/base/check.h"
#include "core/tokens/built_in.h"
#include "core/tokens/chat/chat.h"
#include "core/tokens/tokenizer_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const blockyard::Tokenizer kBuiltIn =
      *blockyard::open_tokenizer(blockyard::kBuiltInTokenizer, BLOCKYARD_ASSETS);
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  // The first byte says what the rest is.
  if ((data[0] & 1) == 0) {
    BY_CHECK(kBuiltIn.decode(kBuiltIn.encode(bytes)) == bytes, "a text that does not come back");
    return 0;
  }
  const auto read = blockyard::parse_tokenizer("fuzzed", bytes, "");
  if (!read) {
    BY_CHECK(!read.error().message.empty() && read.error().message.find('\n') == std::string::npos, "not one line");
    return 0;
  }
  const std::string text = "Hello, world 123! \xC3\xA4\n" + bytes.substr(0, 64);
  read->decode(read->encode_single(text));
  blockyard::chat_text(*read, {{"user", text}}, true);
  return 0;
}
