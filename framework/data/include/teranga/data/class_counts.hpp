// SPDX-License-Identifier: Apache-2.0
// How often each class stands in a part.
#pragma once

#include <cstdint>
#include <vector>

#include <teranga/data/source.hpp>

namespace teranga::data {

// Whether a target with classes is a row of numbers for each label, one a class.
bool is_one_hot(const Field& target);

// Labels of each class of the field, which has classes; of samples with several steps every step counts. Reads all samples of the part.
std::vector<std::int64_t> class_counts(const Source& source, std::size_t field, Part part);

}  // namespace teranga::data
