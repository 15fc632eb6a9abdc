// The prompt lab: what a change makes new, and the card under synthetic hands.
#include <gtest/gtest.h>

#include "app/panels/prompt/prompt_blocks.h"
#include "core/tokens/built_in.h"
#include "window_stage.h"

namespace blockyard {
namespace {

constexpr const char* kSmall = R"({"name": "lab test", "workload": {"type": "rag", "requests": 20, "rate": 8}})";

const Tokenizer& built_in() {
  static const Tokenizer kTokenizer = open_tokenizer(kBuiltInTokenizer, BLOCKYARD_ASSETS).value();
  return kTokenizer;
}

std::string numbers(int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += " word" + std::to_string(i);
  return out;
}

TEST(PromptBlocks, AChangeMakesEverythingBehindItNewAndNothingBefore) {
  const std::string text = numbers(60);
  for (const std::size_t at : {std::size_t{0}, text.size() / 2, text.size() - 1}) {
    PromptBlocks cut;
    cut.set(built_in(), text);
    std::string changed = text;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    cut.set(built_in(), changed);
    const std::vector<TokenId> before = built_in().encode(text), now = built_in().encode(changed);
    for (std::size_t b = 0; b < cut.full_blocks(); ++b) {
      const std::size_t end = (b + 1) * PromptBlocks::kBlockTokens;
      const bool same = end <= before.size() &&
                        std::equal(now.begin(), now.begin() + static_cast<std::ptrdiff_t>(end), before.begin());
      EXPECT_EQ(cut.is_new(b), !same) << "letter " << at << ", block " << b;
    }
  }
}

TEST(PromptBlocks, FortySevenTokensAreTwoBlocks) {
  std::string text;
  while (built_in().encode(text).size() < 47) text += " a";
  PromptBlocks cut;
  cut.set(built_in(), text);
  ASSERT_EQ(cut.ids().size(), 47U);
  EXPECT_EQ(cut.full_blocks(), 2U);
  EXPECT_EQ(cut.parts(), 3U);
  EXPECT_EQ(cut.digest(1), block_digest(cut.digest(0), std::span(cut.ids()).subspan(16, 16)));
  std::string whole;
  for (std::size_t i = 0; i < cut.ids().size(); ++i) whole += cut.token_text(i);
  EXPECT_EQ(whole, text);
}

TEST(PromptLab, OpensByItsKeyTakesTextAndCloses) {
  for (const auto& [w, h, dark] : {std::tuple{1600, 1000, true}, {1280, 720, false}}) {
    WindowStage s(kSmall, w, h, 1, dark);
    s.ui().key(compat::Key::P);
    s.ui().frames(3);
    ASSERT_TRUE(s.session().ui().prompt_open);
    ASSERT_NE(s.ui().anchors().find("prompt-lab/block 0"), nullptr) << "an example is there to begin with";
    s.ui().click(s.anchor("prompt-lab/Clear").center());
    s.ui().frames(3);
    EXPECT_EQ(s.ui().anchors().find("prompt-lab/block 0"), nullptr);
    s.ui().click(s.anchor("prompt-lab/prompt").center());
    s.ui().frames(2);
    s.ui().type(numbers(30));
    s.ui().frames(3);
    EXPECT_NE(s.ui().anchors().find("prompt-lab/block 0"), nullptr);
    EXPECT_FALSE(s.session().playing()) << "letters that are typed are no keys";
    s.save("prompt-lab-" + std::to_string(w) + ".png");
    s.session().ui().prompt_open = false;
    s.ui().frames(2);
    EXPECT_EQ(s.ui().anchors().find("prompt-lab"), nullptr);
  }
}

TEST(PromptLab, ALongPromptCostsWhatIsSeenOfIt) {
  WindowStage s(kSmall);
  PromptBlocks cut;
  cut.set(built_in(), numbers(30'000));
  ASSERT_GT(cut.ids().size(), 60'000U);
  s.ui().key(compat::Key::P);
  s.ui().frames(2);
  s.ui().click(s.anchor("prompt-lab/Clear").center());
  s.ui().frames(2);
  s.ui().click(s.anchor("prompt-lab/prompt").center());
  s.ui().frames(2);
  s.ui().type(numbers(400));
  s.ui().frames(3);
  int drawn = 0;
  for (const auto& [name, rect] : s.ui().anchors().all()) drawn += name.starts_with("prompt-lab/block ");
  EXPECT_GT(drawn, 2);
  EXPECT_LT(drawn, 40);
}

}  // namespace
}  // namespace blockyard
