// SPDX-License-Identifier: Apache-2.0
// What the cells of a text table say: numbers, and labels in the order that makes them classes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace teranga::datasets {

// Decimal point, optional sign and exponent, within the range of f32; nothing around it.
bool parse_number(std::string_view text, double& value);

// Sorted as numbers where all are, else as bytes.
void sort_labels(std::vector<std::string>& labels);

// The place of each label among them; they must stay while the map is used.
std::unordered_map<std::string_view, std::int32_t> numbered(const std::vector<std::string>& labels);

}  // namespace teranga::datasets
