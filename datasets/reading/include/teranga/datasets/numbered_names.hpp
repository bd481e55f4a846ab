// SPDX-License-Identifier: Apache-2.0
// Names of columns that look like values: 0, 1, 2 as pandas calls columns without names, or years and dates.
#pragma once

#include <string>
#include <vector>

namespace teranga::datasets {

// Whether the cells of a first line may be such names: they count from 0 or 1 on, are years at even distances, or are three dates or more. A word or an empty cell
// in front of them is left aside. Two columns that count look like values more often: `counted` says whether those are names as well.
bool may_be_numbered_names(const std::vector<std::string>& first, bool counted);

}  // namespace teranga::datasets
