// The numbers beside a picture: the figures that it draws and those one asks for next, as text in one table. Pure, and
// written by the formatters that axes and the command line use.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/experiment/answers/answer_table.h"
#include "core/experiment/compare.h"
#include "core/experiment/run.h"
#include "core/experiment/sweep.h"
#include "core/experiment/waterfall.h"

namespace blockyard {

struct NumberTable {
  struct Head {
    std::string text;
    bool figures = true;  ///< right-aligned
    int spare = 0;        ///< where room is short, the columns with the highest go first; 0: stays
    bool alarm = false;   ///< whatever is not 0 in it is bad news
  };
  std::vector<Head> head;
  std::vector<std::vector<std::string>> rows;  ///< as wide as the head
};

/// A row a step: what it hit and what it lost.
NumberTable number_table(const LossWaterfall& waterfall);
/// The same table as the command line's, the best of a column with '*', saturated cells with '†'.
NumberTable number_table(const AnswerTable& answers);
/// A row a figure.
NumberTable number_table(const RunResults& results);

/// The table as CSV (RFC 4180), with its head.
std::string to_csv(const NumberTable& table);

}  // namespace blockyard
