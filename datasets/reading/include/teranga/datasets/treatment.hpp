// SPDX-License-Identifier: Apache-2.0
// What the options of a data set of arrays ask for beyond the files: scaling, classes, and what numbers stand for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/datasets/picture_changes.hpp>
#include <teranga/datasets/spread.hpp>
#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

enum class Meaning {
  by_type,  // whole numbers are classes, others are quantities
  classes,  // class numbers 0, 1, ...
  numbers,  // quantities, handed out as f32
  ids,      // whole numbers such as token ids, handed out as i32
};

struct Treatment {
  double scale = 1.0;           // features that are bytes are multiplied by it; those of other types stay as they are
  bool scale_is_given = false;  // it is another than the reader's own
  Normalize normalize = Normalize::none;  // of features that are numbers
  bool normalize_target = false;          // targets that are quantities, too
  Meaning feature = Meaning::numbers;
  Meaning target = Meaning::by_type;
  std::int64_t classes = 0;     // 0: one more than the largest label of the training part
  std::vector<std::string> class_names = {};
  bool one_hot = false;         // classes become rows of zeros and a one, as f32
  PictureChanges changes = {};  // of features that are pictures
  std::int64_t workers = 1;     // threads that change them
  double brightest_byte = 255;  // of features that are bytes

  // `scale` is the reader's own. Throws OptionError where names and number of classes differ.
  static Treatment of(const sdk::Options& options, double scale = 1.0);
};

sdk::OptionSpec scale_option(double scale = 1.0);
// "normalize" and "normalize_target".
std::vector<sdk::OptionSpec> normalize_options();
// "target_is", "classes", "class_names" and "one_hot".
std::vector<sdk::OptionSpec> target_options();
// "scale", "features_are", and those of normalize_options(), target_options() and PictureChanges::options().
std::vector<sdk::OptionSpec> treatment_options();

}  // namespace teranga::datasets
