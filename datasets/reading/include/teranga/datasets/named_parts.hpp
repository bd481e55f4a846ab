// SPDX-License-Identifier: Apache-2.0
// Options of containers that hold several named arrays (npz, hdf5): a file for each part, and which of its arrays are features and targets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <teranga/sdk/error.hpp>
#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

struct NamedPart {
  std::int32_t part = 0;
  std::string path;
  std::string features;
  std::optional<std::string> targets;
  std::string option = {};  // the one that names the arrays

  // What to say where the file has other arrays than the one that is asked for.
  sdk::DataError without(const std::string& array, const std::vector<std::string>& names) const;
};

// "train", "test", "validation" and "train_arrays", "test_arrays", "validation_arrays".
std::vector<sdk::OptionSpec> named_part_options();
// The training part first. Throws OptionError.
std::vector<NamedPart> named_parts(const sdk::Options& options);
// The names of the training part's arrays alone.
NamedPart training_part(const sdk::Options& options);

}  // namespace teranga::datasets
