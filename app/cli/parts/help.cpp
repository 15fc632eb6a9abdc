#include "app/cli/parts/help.h"

#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "core/base/words/nearest.h"
#include "core/base/words/number.h"
#include "core/base/words/range_text.h"

namespace blockyard::cli {
namespace {

constexpr std::size_t kColumns = 100, kNameColumn = 28;

constexpr std::string_view kStatuses =
    "Exit status: 0 done; 1 the run failed (a full disk, an interruption); 2 the input or the command was wrong.\n"
    "Then one line says why, and nothing is written.";

// Characters on screen: UTF-8 continuation bytes take no column.
std::size_t columns(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return n;
}

// Broken at spaces into lines of up to `width` columns, each after `indent` spaces but the first.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t used = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    if (used > 0 && used + 1 + columns(word) > width) {
      out += "\n" + std::string(indent, ' ');
      used = 0;
    }
    if (used > 0) out += ' ', ++used;
    out += word;
    used += columns(word);
    begin = end + 1;
  }
  return out;
}

std::string entry(const std::string& name, std::string_view text) {
  std::string out = "  " + name;
  if (columns(out) + 2 > kNameColumn) {
    out += "\n" + std::string(kNameColumn, ' ');
  } else {
    out += std::string(kNameColumn - columns(out), ' ');
  }
  return out + wrapped(text, kNameColumn, kColumns - kNameColumn) + "\n";
}

class Layout final : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool positional) const override {
    std::string name = positional ? option->get_name(true, false) : option->get_name(false, true);
    if (const std::size_t comma = name.find(','); comma != std::string::npos) name.insert(comma + 1, " ");
    // CLI11 writes a validator's words behind the type's name.
    const std::string type = option->get_type_name();
    const std::size_t colon = type.find(':');
    const std::string allowed = colon == std::string::npos ? "" : type.substr(colon + 1);
    if (!positional && option->get_type_size() != 0) name += " " + type_in_words(type.substr(0, colon));
    std::string text = option->get_description();
    std::string notes = allowed;
    const auto note = [&notes](const std::string& what) { notes += (notes.empty() ? "" : "; ") + what; };
    if (option->get_required()) note("required");
    if (!option->get_default_str().empty() && option->get_default_str() != "[]")
      note("default " + option->get_default_str());
    if (!notes.empty()) text += fmt::format(" ({})", notes);
    return entry(name, text);
  }
  std::string make_subcommand(const CLI::App* sub) const override {
    return entry(sub->get_name(), sub->get_description());
  }
  std::string make_description(const CLI::App* app) const override {
    return wrapped(app->get_description(), 0, kColumns) + "\n\n";
  }
  std::string make_usage(const CLI::App* app, std::string name) const override {
    std::string path = name;
    if (path.empty()) {
      for (const CLI::App* a = app; a != nullptr; a = a->get_parent())
        path = a->get_name() + (path.empty() ? "" : " ") + path;
    }
    std::string out = fmt::format("Usage: {}", path);
    for (const CLI::Option* o : app->get_options([](const CLI::Option* x) { return x->get_positional(); })) {
      const std::string one = o->get_name(true, false) + (o->get_expected_max() > 1 ? " …" : "");
      out += " " + (o->get_required() ? one : "[" + one + "]");
    }
    if (!app->get_subcommands([](const CLI::App*) { return true; }).empty()) out += " COMMAND";
    return out + " [options]\n";
  }

 private:
  static std::string type_in_words(const std::string& type) {
    if (type == "UINT" || type == "INT" || type == "FLOAT") return "N";
    return type;
  }
};

CLI::Validator number_in(std::string allowed, double low, double high, bool whole_only) {
  const auto check = [allowed, low, high, whole_only](std::string& text) -> std::string {
    const auto v = finite_number(text);
    if (v && *v >= low && *v <= high && (!whole_only || text.find_first_not_of("0123456789") == std::string::npos))
      return "";
    return fmt::format("{} is not allowed; it must be {} {}", text.empty() ? "''" : text,
                       whole_only      ? "a whole number"
                       : high >= 1e300 ? "a number of"
                                       : "a number",
                       allowed);
  };
  return {check, allowed};
}

std::string path_of(const CLI::App& app) {
  std::string path;
  for (const CLI::App* a = &app; a->get_parent() != nullptr; a = a->get_parent())
    path = a->get_name() + (path.empty() ? "" : " ") + path;
  return path;
}

std::string after_path(const CLI::App& app, const std::string& text) {
  const std::string path = path_of(app);
  return path.empty() ? text : path + ": " + text;
}

std::string help_of(const CLI::App& app) {
  const std::string path = path_of(app);
  return fmt::format("`blockyard {}{}--help`", path, path.empty() ? "" : " ");
}

const CLI::Option* find_option(const CLI::App* app, const std::string& name) {
  for (; app != nullptr; app = app->get_parent()) {
    if (const CLI::Option* option = app->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

std::vector<std::string> option_names(const CLI::App* app) {
  std::vector<std::string> out;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) out.push_back("--" + name);
    }
  }
  return out;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// The command that the words of a command line name.
const CLI::App& chosen_of(const CLI::App& app) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().back();
  return *at;
}

// Whether the command takes words of its own beside its commands.
bool takes_words(const CLI::App& app) {
  const auto options = app.get_options([](const CLI::Option* o) { return o->get_positional(); });
  return !options.empty();
}

}  // namespace

void dress(CLI::App& app) {
  app.formatter(std::make_shared<Layout>());
  app.get_help_ptr()->description("Print this help");
}

void end_help(CLI::App& app, std::initializer_list<std::string_view> examples, const std::string& notes) {
  std::string footer = notes + (notes.empty() ? "" : "\n\n") + "Examples:\n";
  for (const std::string_view example : examples) footer += fmt::format("  {}\n", example);
  app.footer(footer + "\n" + std::string(kStatuses));
}

CLI::Validator whole(std::uint64_t low, std::uint64_t high) {
  return number_in(range_text(static_cast<double>(low), static_cast<double>(high)), static_cast<double>(low),
                   static_cast<double>(high), true);
}

CLI::Validator between(double low, double high) { return number_in(range_text(low, high), low, high, false); }

CLI::Validator at_least(double low) { return number_in(range_text(low, 1e300), low, 1e300, false); }

CLI::Validator one_of(std::vector<std::string> words) {
  const std::string allowed = words.size() == 2 ? words[0] + " or " + words[1] : "one of " + listed(words);
  const auto check = [words, allowed](std::string& text) -> std::string {
    if (std::find(words.begin(), words.end(), text) != words.end()) return "";
    return fmt::format("{} is not allowed; it must be {}", text.empty() ? "''" : text, allowed);
  };
  return {check, allowed};
}

std::string listed(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

std::optional<Error> unknown_word(const CLI::App& app, const std::vector<std::string>& arguments) {
  const CLI::App* at = &app;
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& word = arguments[i];
    const bool option = word.size() > 1 && word[0] == '-' && word.find_first_of("0123456789.") != 1;
    if (option) {
      const std::string name = word.substr(0, word.find('='));
      const CLI::Option* known = find_option(at, name);
      if (known == nullptr) {
        return Error{after_path(*at, fmt::format("there is no option {}; {}", name,
                                                 did_you_mean(name, option_names(at), help_of(*at) + " lists them")))};
      }
      if (name.size() != word.size()) continue;
      // Its value; one that may be missing is there where a number follows.
      const bool number = i + 1 < arguments.size() && arguments[i + 1].find_first_of("0123456789") == 0;
      if (known->get_items_expected_min() > 0 || (known->get_items_expected_max() > 0 && number)) ++i;
      continue;
    }
    const std::vector<const CLI::App*> commands = commands_of(*at);
    if (commands.empty()) continue;
    std::vector<std::string> names;
    const CLI::App* next = nullptr;
    for (const CLI::App* c : commands) {
      names.push_back(c->get_name());
      if (c->get_name() == word) next = c;
    }
    if (next == nullptr && takes_words(*at) && word.find_first_of("./") != std::string::npos) continue;  // a file
    if (next == nullptr) {
      return Error{after_path(*at, fmt::format("there is no command {}; {}", word,
                                               did_you_mean(word, names, "there is " + listed(names))))};
    }
    at = next;
  }
  return std::nullopt;
}

Error parse_trouble(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& at = chosen_of(app);
  const std::string what = error.what();
  const std::string kind = error.get_name();
  if (kind == "RequiredError" && what.find("subcommand") != std::string::npos) {
    std::vector<std::string> names;
    for (const CLI::App* c : commands_of(at)) names.push_back(c->get_name());
    return Error{after_path(at, fmt::format("a command is missing; there is {}", listed(names)))};
  }
  if (kind == "RequiredError") {
    return Error{
        after_path(at, fmt::format("{} is missing; {} says what it is", what.substr(0, what.find(' ')), help_of(at)))};
  }
  if (kind == "ArgumentMismatch") {
    return Error{after_path(
        at, fmt::format("{}: its value is missing; {} says what it is", what.substr(0, what.find(':')), help_of(at)))};
  }
  if (kind == "ExcludesError") {
    const std::string::size_type middle = what.find(" excludes ");
    return Error{after_path(
        at, fmt::format("{} and {} cannot be given together", what.substr(0, middle), what.substr(middle + 10)))};
  }
  if (const auto extra = at.remaining(true); !extra.empty() || !app.remaining(true).empty()) {
    const std::vector<std::string> all = extra.empty() ? app.remaining(true) : extra;
    return Error{
        after_path(at, fmt::format("{} is one word too many; {} says what it takes", all.front(), help_of(at)))};
  }
  return Error{after_path(at, what)};
}

}  // namespace blockyard::cli
