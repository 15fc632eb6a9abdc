// Chats as text: templates of the shapes that models bring, the trimming of white space, and what is beyond them.
#include "core/tokens/chat/chat.h"

#include <gtest/gtest.h>

#include "core/tokens/chat/jinja.h"

namespace blockyard {
namespace {

using jinja::Value;

std::string render(const std::string& text, const Value& variables = Value::object()) {
  const auto nodes = jinja::parse(text);
  if (!nodes) return "refused: " + nodes.error().message;
  const auto out = jinja::render(*nodes, variables);
  return out ? *out : "refused: " + out.error().message;
}

TEST(Jinja, ValuesAndOperators) {
  EXPECT_EQ(render("{{ 1 + 2 * 3 - 4 // 3 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 1 / 2 }}"), "6 1 2 0.5");
  EXPECT_EQ(render("{{ 'a' + \"b\" ~ 3 }} {{ 'a' in 'cat' }} {{ 2 not in [1, 3] }}"), "ab3 True True");
  EXPECT_EQ(render("{{ not a and b is not defined }} {{ '' or 'x' }} {{ 1 if a else 2 }}"), "True x 2");
  EXPECT_EQ(render("{{ l[0] }}{{ l[-1] }}{{ l[1:] | join('-') }}{{ l[::-1] | join }} {{ l[9] is defined }}",
                   {{"l", {"a", "b", "c"}}}),
            "acb-ccba False");
  EXPECT_EQ(render("{{ ' x '.strip() ~ 'ab'.split('b')[0] ~ 'abc'.startswith('ab') ~ 'a-a'.replace('a', 'b') }}"),
            "xaTrueb-b");
  EXPECT_EQ(render("{{ d | tojson }} {{ d.get('z', 5) }}", {{"d", {{"b", {1, nullptr, "é"}}, {"a", true}}}}),
            R"({"b": [1, null, "é"], "a": true} 5)");
}

TEST(Jinja, LoopsBranchesAndNamespaces) {
  EXPECT_EQ(
      render("{% for x in l %}{{ loop.index }}{{ x }}{% if not loop.last %},{% endif %}{% else %}none{% endfor %}",
             {{"l", {"a", "b"}}}),
      "1a,2b");
  EXPECT_EQ(render("{% for x in l %}{{ x }}{% else %}none{% endfor %}", {{"l", Value::array()}}), "none");
  EXPECT_EQ(render("{% for x in l if x > 1 %}{{ loop.index0 }}{{ x }}{% endfor %}", {{"l", {1, 2, 3}}}), "0213");
  EXPECT_EQ(render("{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", {{"d", {{"a", 1}, {"b", 2}}}}),
            "a=1;b=2;");
  // What is set in a loop is gone behind it; an attribute of a namespace stays.
  EXPECT_EQ(render("{% set x = 1 %}{% set n = namespace(y=1) %}{% for i in [2, 3] %}{% set x = i %}{% set n.y = i %}"
                   "{% endfor %}{{ x }}{{ n.y }}"),
            "13");
  EXPECT_EQ(render("{% if a == 1 %}one{% elif a == 2 %}two{% else %}many{% endif %}", {{"a", 2}}), "two");
}

TEST(Jinja, TrimsWhiteSpace) {
  EXPECT_EQ(render("a\n  {% if true %}\nb\n  {% endif %}\nc"), "a\nb\nc");  // whole lines of statements leave nothing
  EXPECT_EQ(render("a  {{- 'b' -}}  c"), "abc");
  EXPECT_EQ(render("a {# no #}\nb"), "a b");
  EXPECT_EQ(render("x{{ '}}' }}y"), "x}}y");
}

TEST(Jinja, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(render("a\n{% macro f() %}{% endmacro %}"), "refused: line 2: the statement 'macro' is not known");
  EXPECT_EQ(render("{{ x | shuffle }}"), "refused: the filter 'shuffle' is not known");
  EXPECT_EQ(render("{{ strftime_now('%Y') }}"), "refused: the function 'strftime_now' is not known");
  EXPECT_EQ(render("{{ raise_exception('roles must alternate') }}"), "refused: roles must alternate");
  EXPECT_EQ(render("{% for x in y %}"), "refused: 'endfor' is missing at the end");
  EXPECT_EQ(render("{{ a"), "refused: line 1: {{ is not closed");
  EXPECT_EQ(render("{{ " + std::string(200, '(') + " }}"), "refused: line 1: too deeply nested");
  EXPECT_EQ(render("{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}"),
            "refused: the template does too much work");
}

TEST(Chat, IsLaidOutByTheTemplateOrPlainly) {
  const std::vector<ChatMessage> messages{{"system", "Be brief."}, {"user", " Hello! "}};
  Tokenizer::Parts parts;
  EXPECT_EQ(chat_text(Tokenizer("x", parts), messages, true).text, "system: Be brief.\nuser:  Hello! \n");
  parts.bos = "<s>";
  parts.chat_template =
      "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}]{{ m.content | trim }}{% endfor %}"
      "{% if add_generation_prompt %}[assistant]{% endif %}";
  EXPECT_EQ(chat_text(Tokenizer("x", parts), messages, true).text, "<s>[system]Be brief.[user]Hello![assistant]");
  EXPECT_EQ(chat_text(Tokenizer("x", parts), messages, false).text, "<s>[system]Be brief.[user]Hello!");
  parts.chat_template = "{% import 'x' %}";
  const ChatText plain = chat_text(Tokenizer("x.json", parts), messages, true);
  EXPECT_EQ(plain.text, plain_chat(messages));
  EXPECT_EQ(plain.note,
            "the chat template of x.json is beyond what is supported (line 1: the statement 'import' is not known): "
            "chats are laid out plainly");
}

}  // namespace
}  // namespace blockyard
