// Pieces of the card of a lesson: text as a page has it, and a choice of a question. Internal to the lessons.
#pragma once

#include <cstddef>
#include <string_view>

#include "app/ui/look.h"
#include "core/io/lesson.h"

namespace blockyard {

/// From line to line, px.
float line_pitch(const Look& look, FontRole role);
/// Text over as many lines as it needs, with air between them.
void paragraph(const Look& look, FontRole role, Color color, std::string_view text);

/// A choice: its key, its text, and once it is picked what to think of it. True if it was clicked.
bool choice_row(const Look& look, std::size_t n, const LessonChoice& choice, bool picked);

}  // namespace blockyard
