// What a frame must keep at every size and scale, read off its draw lists: no word is cut at its side, none is printed
// over another, none lies off the screen; no figure is cut short, since half a number is a wrong one. Nothing in the
// panels has to help: the glyphs of the atlas are known by their place in it.
//
// A part that scrolls may cut words at its ends; what an opaque shape covers is not seen and so not overprinted.
#pragma once

#include <imgui.h>

#include <string>
#include <vector>

namespace blockyard {

/// A line for each fault of the frame that `data` holds: what is wrong, of which words, where. Empty: none.
std::vector<std::string> layout_faults(const ImDrawData& data);

}  // namespace blockyard
