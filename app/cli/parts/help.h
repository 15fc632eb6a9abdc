// How the command line explains itself: one shape of every --help, ranges and choices said as a person would, and for a
// mistyped command or option the nearest one.
//
// Invariants: 1. every command's help ends with examples that run and with the exit statuses; 2. every option that
// takes a value says its default, or what happens without it; 3. trouble is one line that begins with the command.
#pragma once

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace blockyard::cli {

/// Gives the parser and all commands that are added to it later its layout: 100 columns, defaults and ranges in words.
void dress(CLI::App& app);

/// The end of a command's help: what else is to be known, its examples, a line each, and the exit statuses.
void end_help(CLI::App& app, std::initializer_list<std::string_view> examples, const std::string& notes = "");

/// A whole number from low to high; a number from low to high; a number of low or more.
CLI::Validator whole(std::uint64_t low, std::uint64_t high);
CLI::Validator between(double low, double high);
CLI::Validator at_least(double low);
/// One of these words.
CLI::Validator one_of(std::vector<std::string> words);

/// "a, b, c".
std::string listed(const std::vector<std::string>& words);

/// The first word of a command line that no command or option knows, as an error that names the nearest.
std::optional<Error> unknown_word(const CLI::App& app, const std::vector<std::string>& arguments);
/// What else is wrong with a command line, in words.
Error parse_trouble(const CLI::App& app, const CLI::ParseError& error);

}  // namespace blockyard::cli
