// SPDX-License-Identifier: Apache-2.0
// The declarations of an ARFF file (Weka, OpenML): "@relation name", one "@attribute name type" for each column, "@data".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace teranga::datasets {

enum class ArffType { numbers, words, text, date };

struct ArffAttribute {
  std::string name;
  ArffType type = ArffType::numbers;  // words: {a, b, c}; text: string
  std::vector<std::string> values = {};  // of words
  std::string format = {};               // of dates, where it is given: "dd/MM/yyyy"
};

struct ArffHeader {
  std::vector<ArffAttribute> attributes;
};

// Whether a file that begins so is one: "@relation" after comments (%) and blank lines.
bool is_arff(std::string_view front);

// One line of the declarations; true at "@data". Throws DataError at `where`.
bool take_declaration(std::string_view line, const std::string& where, ArffHeader& header);

}  // namespace teranga::datasets
