// SPDX-License-Identifier: Apache-2.0
// Which character parts the cells of a table: judged over many lines, by the number of cells that each candidate gives them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace teranga::datasets {

constexpr std::string_view separator_candidates = ",;\t|";

struct SeparatorVerdict {
  char separator = ',';
  std::string why;                  // for people
  std::vector<std::string> doubts;  // more than one: how each answer is written ("\";\"" ...), the separator stands for none
};

// `sample`: the first lines, the last one possibly cut off unless `whole`. Names of columns that the first line may hold settle a doubt.
// `blanks`: whether blanks may part cells; between words of a sentence they do not.
SeparatorVerdict judge_separator(std::string_view sample, bool whole, const std::vector<std::string>& known_names, bool blanks = true);

// How many lines end in the sample below such lines.
std::int64_t lines_below_comments(std::string_view sample);

// Lines above the table that begin with one of # % | while the lines below do not. The last of them names the columns where it has as many cells as those, unless the line
// below it has a known name and it has none.
std::size_t comment_lines(std::string_view sample, bool whole, char separator, const std::vector<std::string>& known_names);

// "\",\"", "tab", "space": as an option is written, in quotes.
std::string written_separator(char separator);

}  // namespace teranga::datasets
