// SPDX-License-Identifier: Apache-2.0
// Reads the cases that the scripts in golden/ write: a line is a key and its values, a blank line ends a case.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <plugins/library.hpp>

namespace teranga::tests {

struct GoldenCase {
  std::map<std::string, std::vector<std::string>> lines;
  Settings settings;

  bool has(const std::string& key) const { return lines.count(key) > 0; }
  std::string text(const std::string& key) const { return lines.at(key).at(0); }
  std::vector<double> numbers(const std::string& key) const {
    std::vector<double> out;
    for (const std::string& word : lines.at(key)) out.push_back(std::stod(word));
    return out;
  }
  std::vector<std::int64_t> integers(const std::string& key) const {
    std::vector<std::int64_t> out;
    for (const std::string& word : lines.at(key)) out.push_back(std::stoll(word));
    return out;
  }
};

inline Setting setting_of(const std::vector<std::string>& words) {
  const std::string& kind = words.at(1);
  if (kind == "boolean") return words.at(2) == "true";
  if (kind == "integer") return static_cast<std::int64_t>(std::stoll(words.at(2)));
  if (kind == "real") return std::stod(words.at(2));
  if (kind == "text") return words.at(2);
  if (kind == "texts") return std::vector<std::string>(words.begin() + 2, words.end());
  std::vector<double> list;
  for (std::size_t i = 2; i < words.size(); ++i) list.push_back(std::stod(words[i]));
  return list;
}

inline std::vector<GoldenCase> golden_cases(const std::string& file) {
  std::ifstream in(std::string(TERANGA_SOURCE_FOLDER) + "/tests/plugins/golden/" + file);
  if (!in) throw std::runtime_error("no golden file " + file);
  std::vector<GoldenCase> cases(1);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string key;
    if (!(words >> key)) {
      if (!cases.back().lines.empty()) cases.emplace_back();
      continue;
    }
    std::vector<std::string> values;
    for (std::string word; words >> word;) values.push_back(word);
    if (key == "set") cases.back().settings.emplace_back(values.at(0), setting_of(values));
    else cases.back().lines[key] = values;
  }
  if (cases.back().lines.empty()) cases.pop_back();
  if (cases.empty()) throw std::runtime_error("no cases in " + file);
  return cases;
}

}  // namespace teranga::tests
