// Text of several lines whose long lines go on below: what text_area() is without having to scroll sideways.
//
// Dear ImGui edits lines as they are, so a line is broken by turning a space into a line's end for the time of editing:
// the text stays as long as it was, and the caret where it was. Invariants: 1. value() differs from what is shown only
// in those places; 2. what a person types is never one of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/ui/look.h"

namespace blockyard {

class WrappedText {
 public:
  /// Another text.
  void set(std::string_view value);
  /// As it is, without the lines' ends that are there to wrap it.
  std::string value() const;
  /// Breaks lines that are wider than `width` by their spaces. `advance(c)` is the width of a code point.
  template <class Advance>
  void wrap(float width, Advance advance);
  /// What a person made of shown(), and where the caret is behind it: breaks outside of the change stay.
  void edited(std::string_view now, std::size_t caret);
  const std::string& shown() const { return shown_; }

 private:
  std::string shown_;
  std::vector<std::size_t> soft_;  // ascending: line's ends that are spaces
  friend bool wrapped_text_area(const Look&, const char*, WrappedText*, float, bool);
  float width_ = 0;
  bool to_end_ = false;  // the caret goes there as soon as the field listens
};

/// As wide as there is room and `height` pixels high. True if the text changed.
bool wrapped_text_area(const Look& look, const char* id, WrappedText* text, float height, bool focus = false);

template <class Advance>
void WrappedText::wrap(float width, Advance advance) {
  for (const std::size_t at : soft_) shown_[at] = ' ';
  soft_.clear();
  float x = 0, since_space = 0;
  std::size_t space = std::string::npos;
  for (std::size_t i = 0; i < shown_.size();) {
    const auto lead = static_cast<unsigned char>(shown_[i]);
    const std::size_t n = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (lead == '\n') {
      x = 0;
      space = std::string::npos;
      ++i;
      continue;
    }
    unsigned code = n == 1 ? lead : lead & (0xFFU >> (n + 1));
    for (std::size_t k = 1; k < n && i + k < shown_.size(); ++k)
      code = code << 6U | (static_cast<unsigned char>(shown_[i + k]) & 0x3FU);
    const float w = advance(code);
    x += w;
    since_space += w;
    if (lead == ' ') {
      space = i;
      since_space = 0;
    } else if (x > width && space != std::string::npos) {
      shown_[space] = '\n';
      soft_.push_back(space);
      space = std::string::npos;
      x = since_space;
    }
    i += n;
  }
}

}  // namespace blockyard
