// The prompt lab: what a change makes new, and the card under synthetic hands.
#include <gtest/gtest.h>

#include "app/panels/prompt/prompt_blocks.h"
#include "app/panels/prompt/prompt_path.h"
#include "app/ui/wrapped_text.h"
#include "core/base/rng.h"
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
      const std::size_t end = (b + 1) * std::size_t{16};
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

TEST(WrappedText, BreaksAreNoPartOfTheText) {
  Rng rng(4, RngPurpose::kTest);
  WrappedText text;
  std::string naive;
  const auto advance = [](unsigned c) { return c < 0x80 ? 1.0F : 2.0F; };
  for (int round = 0; round < 400; ++round) {
    std::string shown = text.shown();
    const std::size_t at = rng.below(shown.size() + 1);
    if (rng.below(3) == 0 && at < shown.size()) {  // a letter goes
      shown.erase(at, 1);
      naive.erase(at, 1);
      text.edited(shown, at);
    } else {
      const std::string typed = std::string("ab \n")[rng.below(4)] + std::string(rng.below(4), 'x');
      shown.insert(at, typed);
      naive.insert(at, typed);
      text.edited(shown, at + typed.size());
    }
    text.wrap(12, advance);
    ASSERT_EQ(text.value(), naive);
    ASSERT_EQ(text.shown().size(), naive.size());
    for (std::size_t i = 0; i < naive.size(); ++i) ASSERT_TRUE(text.shown()[i] == naive[i] || naive[i] == ' ');
  }
}

constexpr const char* kWords = R"({"name": "words", "cache": {"capacity_blocks": 200},
    "workload": {"type": "demo", "requests": 30, "rate": 2}})";

// What the lab says of a prompt is what happens to it when it is sent at that moment.
TEST(PromptPath, ForetellsWhatComesOfAPrompt) {
  SessionOptions options;
  options.assets_dir = BLOCKYARD_ASSETS;
  Session session(options);
  ASSERT_TRUE(session.open({kWords, "", "words"}, false));
  session.apply(cmd::Seek{9'000'000});
  const Simulation& before = session.player().cursor();
  const Workload& workload = before.workload();
  const std::string text = workload.words->text(workload.prompt_words(workload.requests[0])) + " And when?";
  PromptPath path;
  path.follow(workload);
  path.set(workload, built_in().encode(text));
  EXPECT_GE(path.known(), workload.requests[0].prompt_blocks - 1);
  const std::uint32_t strategy = before.config().router.strategy;
  const PromptPath::Answers fleet = path.ask(before);
  const WorkerId chosen = fleet.strategies[strategy].chosen;
  ASSERT_NE(chosen, kNone);
  const std::size_t requests = before.records().size();

  session.apply(cmd::SendPrompt{text, false, 2});
  session.settle();
  ASSERT_EQ(session.player().cursor().records().size(), requests + 2);
  const RequestId sent = selected_request(session.selection());
  ASSERT_NE(sent, kNone);
  const Simulation& now = session.player().cursor();
  EXPECT_EQ(now.workload().words->text(now.workload().prompt_words(now.request(sent))), text);
  EXPECT_EQ(now.records()[sent - 1].worker, chosen);
  EXPECT_EQ(now.records()[sent - 1].predicted, fleet.workers[chosen].believed);
  session.apply(cmd::Undo{});
  session.settle();
  EXPECT_EQ(session.player().cursor().records().size(), requests);
}

TEST(PromptLab, OpensByItsKeyTakesTextAndCloses) {
  for (const auto& [w, h, dark] : {std::tuple{1600, 1000, true}, {1280, 720, false}}) {
    WindowStage s(kSmall, w, h, 1, dark);
    s.ui().key(compat::Key::P);
    s.ui().frames(3);
    ASSERT_TRUE(s.session().ui().prompt_open);
    ASSERT_NE(s.ui().anchors().find("prompt-lab/block 0"), nullptr) << "an example is there to begin with";
    s.ui().type(" Can .,[] px?");
    s.ui().frames(3);
    EXPECT_TRUE(s.session().ui().prompt_shown.ends_with(" Can .,[] px?")) << "it listens from the first letter on";
    s.ui().click(s.anchor("prompt-lab/Clear").center());
    s.ui().frames(3);
    EXPECT_EQ(s.ui().anchors().find("prompt-lab/block 0"), nullptr);
    s.ui().type(numbers(30));  // and also when a button was pressed meanwhile
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
