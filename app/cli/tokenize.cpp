// blockyard tokenize: words as tokens, blocks and chained digests. blockyard tokenizer train: learns the built-in one.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "core/base/words/printable.h"
#include "core/io/files.h"
#include "core/tokens/bpe/train.h"
#include "core/tokens/built_in.h"
#include "core/tokens/tokenizer_json.h"

namespace blockyard::cli {
namespace {

constexpr std::uint32_t kBlockTokens = 16;

Result<std::string> read_standard_input() {
  std::string out;
  char buffer[1 << 16];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, stdin)) out.append(buffer, n);
  if (std::ferror(stdin) != 0) return Error{"standard input cannot be read"};
  return out;
}

// A token as it is shown: in quotes, with what does not print escaped; bytes that are no UTF-8 by themselves as <0xE2>.
std::string shown(const std::string& text) {
  const auto dumped = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore);
  if (nlohmann::json::parse(dumped).get<std::string>() == text) return dumped;
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte >= 0x20 && byte < 0x7F ? std::string(1, c) : fmt::format("<0x{:02X}>", byte);
  }
  return out + "\"";
}

void print_blocks(const Tokenizer& tokenizer, const std::vector<TokenId>& ids, const std::vector<Digest>& blocks) {
  fmt::print("{} token{} by the tokenizer {}: {} full block{} of {}, {} token{} left over\n", ids.size(),
             ids.size() == 1 ? "" : "s", tokenizer.name(), blocks.size(), blocks.size() == 1 ? "" : "s", kBlockTokens,
             ids.size() % kBlockTokens, ids.size() % kBlockTokens == 1 ? "" : "s");
  for (std::size_t at = 0; at < ids.size(); at += kBlockTokens) {
    const std::size_t block = at / kBlockTokens;
    if (block < blocks.size()) {
      fmt::print("\nblock {}  {}\n", block, to_hex(blocks[block]));
    } else {
      fmt::print("\nnot a full block: neither hashed nor cached\n");
    }
    for (std::size_t i = at; i < std::min(at + kBlockTokens, ids.size()); ++i)
      fmt::print("  {:>7}  {}\n", ids[i], shown(tokenizer.text_of(ids[i])));
  }
}

}  // namespace

std::function<int()> make_tokenize(CLI::App& app, const Context& context) {
  struct Args {
    std::string tokenizer = kBuiltInTokenizer, text;
    bool json = false;
  };
  auto args = std::make_shared<Args>();
  CLI::Option* text = app.add_option("text", args->text,
                                     "The text; no special tokens are added (default: standard input, byte for byte)");
  app.add_option("--tokenizer", args->tokenizer, "built-in, or the path of a Hugging Face tokenizer.json (BPE)")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_flag("--json", args->json, R"(As JSON: {"ids": [...], "blocks": [digests in hex...]})");
  end_help(app, {"blockyard tokenize 'Hello, world!'", "echo -n 'Hello, world!' | blockyard tokenize --json"});
  return [args, context, text] {
    const auto tokenizer = open_tokenizer(args->tokenizer, Assets(context.assets_dir).dir());
    if (!tokenizer) return refuse(tokenizer.error());
    auto input = text->count() > 0 ? Result<std::string>(args->text) : read_standard_input();
    if (!input) return refuse(input.error(), kFailed);
    const std::vector<TokenId> ids = tokenizer->encode(*input);
    const std::vector<Digest> blocks = chain_digests(ids, kBlockTokens);
    if (!args->json) {
      print_blocks(*tokenizer, ids, blocks);
      return kDone;
    }
    nlohmann::json hex = nlohmann::json::array();
    for (const Digest& digest : blocks) hex.push_back(to_hex(digest));
    fmt::print("{}\n", nlohmann::json{{"ids", ids}, {"blocks", hex}}.dump());
    return kDone;
  };
}

std::function<int()> make_tokenizer(CLI::App& app, const Context& context) {
  struct Args {
    std::string corpus, out;
    std::uint32_t entries = kBuiltInEntries;
  };
  auto args = std::make_shared<Args>();
  app.require_subcommand(1);
  CLI::App* train = app.add_subcommand(
      "train", "Learn a byte-level BPE from a folder of texts; the result is the same on every machine");
  train->add_option("--corpus", args->corpus, "Folder of texts (default: the corpus in assets)")->type_name("DIR");
  train->add_option("--entries", args->entries, "Size of the vocabulary, including the 256 bytes and the end mark")
      ->capture_default_str()
      ->check(whole(257, 1U << 20));
  train->add_option("--out", args->out, "The tokenizer.json to write; - is standard output")
      ->type_name("FILE")
      ->required();
  end_help(app, {"blockyard tokenizer train --out learnt.json"});
  end_help(*train, {"blockyard tokenizer train --entries 1024 --out learnt.json"});
  return [args, context] {
    const std::string folder = args->corpus.empty() ? Assets(context.assets_dir).dir() + "/corpus" : args->corpus;
    const auto texts = read_corpus(folder);
    if (!texts) return refuse(texts.error());
    io::Outputs outputs;
    const auto out = outputs.open("--out", args->out);
    if (!out) return refuse(out.error());
    const Tokenizer learnt = train_tokenizer(*texts, args->entries, args->out);
    (*out)->write(write_tokenizer_json(learnt));
    std::size_t bytes = 0, tokens = 0;
    for (const std::string& text : *texts) bytes += text.size(), tokens += learnt.encode(text).size();
    return finish(outputs,
                  fmt::format("{}: {} entries from {} texts, {} bytes; {:.2f} bytes a token there\n",
                              printable(args->out), learnt.size(), texts->size(), bytes,
                              static_cast<double>(bytes) / static_cast<double>(std::max<std::size_t>(tokens, 1))));
  };
}

}  // namespace blockyard::cli
