// Conditions on records: what they mean, and that whatever is wrong in one is named with its place.
#include "core/base/expression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace blockyard {
namespace {

struct Record : ExpressionRecord {
  double a = 3, b = 5, missing = std::numeric_limits<double>::quiet_NaN();
  std::string name = "lost";
  double figure(std::uint32_t i) const override { return i == 0 ? a : i == 1 ? b : missing; }
  std::string_view text(std::uint32_t) const override { return name; }
};

Result<ExpressionField> find(std::string_view name) {
  if (name == "a") return ExpressionField{0};
  if (name == "b") return ExpressionField{1};
  if (name == "missing") return ExpressionField{2};
  if (name == "chosen.x") return ExpressionField{0};
  if (name == "name") return ExpressionField{3, true};
  return Error{"no field " + std::string(name)};
}

bool holds(std::string_view source) {
  const auto e = Expression::parse(source, find);
  EXPECT_TRUE(e) << source << ": " << (e ? "" : e.error().message);
  return e && e->test(Record());
}

std::string trouble(std::string_view source) {
  const auto e = Expression::parse(source, find);
  return e ? "none" : e.error().message;
}

TEST(Expression, ComparesAndJoins) {
  for (const char* yes : {"a<b",           "a<=3",          "a=3",         "a==3",
                          "a!=b",          "b>a and a>2",   "b<a or a==3", "a>4 or a<4 and b>4",
                          "not a>b",       "!(a>b)",        "a+2=b",       "b-a*1 = 2",
                          "(a+1)*2 > 7.5", "-a < 0",        "b/a > 1.6",   "name=='lost'",
                          "name != \"x\"", "'lost' = name", "chosen.x=3",  "not not a=3",
                          "a<b&&b<6||a>9", "1e2 > 99"}) {
    EXPECT_TRUE(holds(yes)) << yes;
  }
  for (const char* no : {"a>b", "a>4 and b>4 or a>9", "not (a<b or b<a)", "name='completed'", "a=b"}) {
    EXPECT_FALSE(holds(no)) << no;
  }
}

TEST(Expression, WhatIsMissingIsNeitherEqualNorNot) {
  for (const char* c : {"missing=3", "missing!=3", "missing<3", "missing>=3", "missing+1>0", "missing=missing"}) {
    EXPECT_FALSE(holds(c)) << c;
  }
  EXPECT_TRUE(holds("not missing=3"));
}

TEST(Expression, NamesTheCharacterThatIsWrong) {
  EXPECT_EQ(trouble("a > "), "at 5: expected a field, a number or a text in quotes");
  EXPECT_EQ(trouble("a > foo"), "at 5: no field foo");
  EXPECT_EQ(trouble("a"), "at 1: is no condition; compare it with something, as in predicted > hit");
  EXPECT_EQ(trouble("a > b b"), "at 7: expected and, or, a comparison or the end");
  EXPECT_EQ(trouble("a and b>1"), "at 1: is no condition; and, or and not stand between conditions");
  EXPECT_EQ(trouble("(a>b"), "at 5: expected )");
  EXPECT_EQ(trouble("name > 'x'"), "at 8: is a text; texts are compared with == or != only");
  EXPECT_EQ(trouble("name = 3"), "at 8: a text and a figure cannot be compared");
  EXPECT_EQ(trouble("a = 'x'"), "at 5: a text and a figure cannot be compared");
  EXPECT_EQ(trouble("a = 'x"), "at 5: this text has no end");
  EXPECT_EQ(trouble("a > 3x"), "at 5: is no number that can be read; 500 and 0.25 are");
  EXPECT_EQ(trouble("name + 1 > 0"), "at 1: is no figure; only figures are added, multiplied and ordered");
  EXPECT_EQ(trouble("\u00e9"), "at 1: expected a field, a number or a text in quotes");
  EXPECT_EQ(trouble("name='\u00e9' and z"), "at 14: no field z") << "characters are counted, not bytes";
  EXPECT_NE(trouble("a<b<3"), "none");
  EXPECT_NE(trouble(""), "none");
  EXPECT_NE(trouble(std::string(200, '(') + "a>b" + std::string(200, ')')), "none");
  EXPECT_NE(trouble(std::string(200, '-') + "a>b"), "none");
  EXPECT_NE(trouble(std::string(5000, ' ')), "none");
}

// Whatever is typed: an answer or one line why not, and the same one twice.
TEST(Expression, TakesAnyTextWithoutFalling) {
  std::mt19937 rng(7);
  const std::string parts[] = {"a", "b", "name", "'x'", "(", ")", "and ", "or ", "not ", "<",    ">=", "==", "!=",
                               "!", "+", "-",    "*",   "/", "3", ".",    "1e9", " ",    "\xc3", "&&", "|",  "missing"};
  std::size_t good = 0;
  for (int i = 0; i < 100000; ++i) {
    std::string source;
    for (std::size_t n = 1 + rng() % 9; n > 0; --n) source += parts[rng() % std::size(parts)];
    const auto e = Expression::parse(source, find);
    if (e) {
      ++good;
      EXPECT_EQ(e->test(Record()), Expression::parse(source, find)->test(Record()));
    } else {
      EXPECT_TRUE(e.error().message.starts_with("at ")) << source << ": " << e.error().message;
    }
  }
  EXPECT_GT(good, 50U);
}

}  // namespace
}  // namespace blockyard
