// SPDX-License-Identifier: Apache-2.0
// Classes of pictures from a table, in place of a folder for each class.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <teranga/sdk/options.hpp>

#include "picture_folder.hpp"

namespace teranga::datasets {

class LabelTable {
 public:
  static std::vector<sdk::OptionSpec> options();  // "labels", "file_column" and "label_column"
  // Where the options name one. Throws DataError and OptionError.
  static std::optional<LabelTable> of(const sdk::Options& options);

  // All pictures of the folder and of the folders in it, each with the class that its row names. `classes` are those of the training part, which come first; where there are
  // none, they are `chosen`, or all that the table has for these pictures, in the order of their names. Pictures of other classes than `chosen` are left out. Throws DataError.
  PictureFolder pictures_of(const std::string& folder, const std::vector<std::string>& chosen, const std::vector<std::string>& classes) const;

 private:
  struct Row {
    std::string label;
    std::int64_t line;
  };
  const Row* row_of(const std::string& relative) const;

  std::string path_;
  std::map<std::string, Row> rows_;  // by the file as the table has it
};

}  // namespace teranga::datasets
