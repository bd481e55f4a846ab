// SPDX-License-Identifier: Apache-2.0
// What was learnt of a table, in words.
#pragma once

#include <vector>

#include <teranga/sdk/dataset.hpp>

#include "encoding.hpp"

namespace teranga::datasets {

// A line for each column. `at_hand` tells why its columns are what they are, where it is the layout of a table that was settled here, and has as many columns.
std::vector<sdk::Learnt> knowledge_of(const Encoding& encoding, const CsvLayout& at_hand);

}  // namespace teranga::datasets
