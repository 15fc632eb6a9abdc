// What a mistyped word was probably meant to be: for commands, options, settings, names of assets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace blockyard {

/// How many slips of the keyboard lie between two words: a letter left out, put in, changed, or two swapped. Upper and
/// lower case are the same, and so are - and _.
std::size_t slips(std::string_view a, std::string_view b);

/// The nearest of the candidates, the first of equals; "" where none is near enough to be meant. A word that a
/// candidate begins with is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// "did you mean `run`?" where there is a nearest one, else the other text. For the end of an error's line.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates, std::string_view otherwise);

}  // namespace blockyard
