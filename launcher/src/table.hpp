// SPDX-License-Identifier: Apache-2.0
// A table of text for people: columns as wide as their widest cell; a column of numbers stands to the right.
#pragma once

#include <string>
#include <vector>

namespace teranga::launcher {

class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}

  void add(std::vector<std::string> row);  // control characters in cells are escaped, line feeds too
  bool empty() const noexcept { return rows_.size() == 1; }
  std::string text() const;  // a line for each row, a rule below the head

 private:
  std::vector<std::vector<std::string>> rows_;  // the head first
};

}  // namespace teranga::launcher
