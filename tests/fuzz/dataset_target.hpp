// SPDX-License-Identifier: Apache-2.0
// All that a training asks of a data set, asked of one whose files are any bytes: it is opened, described, learns, gives samples of each part, takes back what it
// learnt, and prepares the same file as new samples. A refusal must be one of data, options or shapes.
#pragma once

#include <string>
#include <vector>

#include "datasets/plugin_under_test.hpp"

namespace teranga::fuzz {

struct DatasetCase {
  std::string library, item;
  test::GivenOptions options;
  std::vector<std::string> new_paths = {};  // empty: no new samples are prepared
};

// Gives what the data set learnt; "" where it was refused.
std::string use_dataset(const DatasetCase& one);
// The same with new samples alone, after a training that learnt these bytes.
void use_learnt(const DatasetCase& one, const std::string& learnt);

}  // namespace teranga::fuzz
