// SPDX-License-Identifier: Apache-2.0
// A chart of characters, for a terminal.
#pragma once

#include <string>

#include <teranga/report/curves.hpp>

namespace teranga::report {

struct TerminalLook {
  int columns = 72, rows = 12;  // of the plot with its labels
  bool ascii = false;           // else braille: 2 x 4 points in a character
  bool colours = false;
};

// Lines that end with a line feed: the title with the last numbers, the plot, the epochs below it. Control characters in names are shown.
std::string terminal_chart(const Chart& chart, const TerminalLook& look);

}  // namespace teranga::report
