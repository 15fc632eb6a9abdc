// LessonRun: a lesson that is being gone through, and what a step's moments and facts mean in a run. Owned by the
// Session; panels see it const through the FrameContext.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/io/lesson.h"
#include "core/replay/player.h"

namespace blockyard {

struct LessonRun {
  const Lesson* lesson = nullptr;  ///< of the session's shelf
  std::size_t number = 0;          ///< its place there
  std::size_t step = 0;
  std::vector<std::optional<std::size_t>> answers;  ///< a place a step: the choice that was picked last
  std::vector<bool> first_right;                    ///< a place a step: the first pick was the right one
  std::vector<std::vector<double>> figures;         ///< a place a step: its columns' metrics, once it was shown
  std::string before;                               ///< name of the run that was open before

  const LessonStep& now() const { return lesson->steps[step]; }
  bool last() const { return step + 1 == lesson->steps.size(); }
};

/// When the moment is, computing ahead as far as needed; empty where it never comes.
std::optional<SimTime> time_of(const LessonMoment& moment, Player& player);

/// The facts of the step that do not hold at the player's cursor, a line each.
std::vector<std::string> facts_broken(const LessonStep& step, const Player& player);

}  // namespace blockyard
