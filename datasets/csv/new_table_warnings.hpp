// SPDX-License-Identifier: Apache-2.0
// What is odd about a new table, or about what is asked for it, beside what the training learnt. For people.
#pragma once

#include <string>
#include <vector>

#include "csv_request.hpp"
#include "encoding.hpp"

namespace teranga::datasets {

// A line for each option whose value differs from what the training learnt: that option has no effect any more.
std::vector<std::string> options_without_effect(const CsvRequest& request, const Encoding& learnt);

// Feature columns of which more than half of the numbers lie outside of the range of the training by more than its width, or any by more than ten times the width; empty where
// there are none.
std::string numbers_far_outside(const Table& table, const Encoding& learnt);

}  // namespace teranga::datasets
