// SPDX-License-Identifier: Apache-2.0
// What data and recipe say of each other, before a training begins: for `check` and for the start of `train`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/networks.hpp>

namespace teranga::train {

// How many samples of each part are read to be checked. The beginning: the first 10,000, and no more of them than make 16 MiB.
enum class Extent { nothing, beginning, all };
inline constexpr std::int64_t beginning_samples = 10'000;
inline constexpr std::int64_t beginning_bytes = std::int64_t{16} << 20;

// Whether all samples of all parts are so few bytes that others can wait while one rank looks at them.
bool is_soon_read(const data::Source& source);

// Whether Extent::beginning are all samples of all parts.
bool is_beginning(const data::Source& source);

// Whether tables have a row for each id that the data set says there is, whether outputs fit the classes of their targets,
// and whether the samples hold what layers and losses can take: finite numbers, ids within their tables, targets
// within what the loss can judge. Returns what is odd but may be meant, a sentence each. Throws Error(usage), at its place in the recipe, where ids, shapes and
// classes cannot go together, and Error(data) with part and record where samples are wrong.
std::vector<std::string> check_data(const recipe::Recipe& recipe, const data::Source& source, const Networks& networks, Extent extent);

// How batches and epochs go through the training part, where that is not what the recipe seems to ask for: a sentence each.
std::vector<std::string> notes_on_steps(const recipe::Recipe& recipe, const data::Source& source);

// How many of so many ranks have no samples of any batch, a sentence; empty where all have some.
std::string note_on_idle_ranks(const recipe::Recipe& recipe, const data::Source& source, int ranks);

// Where the samples of a part come from, for messages: `training part (train.csv), record 17`, without the record where it is negative.
std::string place_of_sample(const recipe::Recipe& recipe, const data::Source& source, data::Part part, std::int64_t sample);

// The first NaN or infinity among the samples of a part, `training part (train.csv), record 17: the field "x" holds NaN`; empty where there is none.
std::string not_finite_in(const recipe::Recipe& recipe, const data::Source& source, data::Part part);

// The largest magnitude among the features or the targets of the first training samples; ids and classes count for nothing.
double largest_number(const data::Source& source, data::Role role);

}  // namespace teranga::train
