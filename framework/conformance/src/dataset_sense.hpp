// SPDX-License-Identifier: Apache-2.0
// What makes samples doubtful though each of them is written whole: parts that are copies, and whole numbers that are the bits of others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataset_trial.hpp"

namespace teranga::conformance {

// Of a field of whole numbers whose values are those of numbers with a fraction, written as they lie in memory: words that say so. Else empty.
std::string words_of_float_bits(const DescribedField& field, const std::vector<double>& values);

// The rule dataset/parts.
void dataset_parts(const Subject& subject, Findings& findings);

// Whether two instances describe themselves in the same way and fill the same training samples.
bool same_samples(const HeldDataset& a, const HeldDataset& b, const FillHow& how);

}  // namespace teranga::conformance
