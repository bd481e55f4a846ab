// SPDX-License-Identifier: Apache-2.0
// What a rank found out about itself: names with values, some of them several times. Travels as text.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace teranga::train {

class FactSheet {
 public:
  FactSheet() = default;
  explicit FactSheet(const std::string& text);

  void add(const std::string& name, const std::string& value);
  void add(const std::string& name, double value);
  std::string text() const;

  std::string get(const std::string& name) const;  // the first; empty: none
  double number(const std::string& name) const;    // 0 where there is none
  std::vector<std::string> all(const std::string& name) const;
  std::string joined(const std::string& name) const;  // all, in lines

 private:
  std::vector<std::pair<std::string, std::string>> facts_;
};

}  // namespace teranga::train
