// SPDX-License-Identifier: Apache-2.0
// Which arrays of which file make which part.
#include <teranga/datasets/named_parts.hpp>

#include <teranga/sdk/dataset.hpp>

namespace teranga::datasets {

std::vector<sdk::OptionSpec> named_part_options() {
  return {sdk::path("train").says("the file of the training part"),
          sdk::path("test").optional().says("the file of the test part; may be the same one, with other test_arrays"),
          sdk::path("validation").optional().says("the file of the validation part; may be the same one, with other validation_arrays"),
          sdk::texts("train_arrays").optional().or_one().items(1, 2).says("names of the features and the targets; left out: x and y; one name: no targets"),
          sdk::texts("test_arrays").optional().or_one().items(1, 2).says("left out: as train_arrays"),
          sdk::texts("validation_arrays").optional().or_one().items(1, 2).says("left out: as train_arrays")};
}

std::vector<NamedPart> named_parts(const sdk::Options& options) {
  std::vector<NamedPart> parts;
  std::vector<std::string> names = {"x", "y"};
  if (options.has("train_arrays")) names = options.texts("train_arrays");
  const auto add = [&](std::int32_t part, const std::string& option) {
    if (!options.has(option)) {
      if (options.has(option + "_arrays")) throw sdk::OptionError(option + "_arrays", "names arrays, but no file is given", option + " = \"...\"");
      return;
    }
    const std::vector<std::string> own = options.has(option + "_arrays") ? options.texts(option + "_arrays") : names;
    parts.push_back({part, options.text(option), own[0], own.size() > 1 ? std::optional(own[1]) : std::nullopt});
  };
  add(TRG_TRAIN, "train");
  add(TRG_VALIDATION, "validation");
  add(TRG_TEST, "test");
  return parts;
}

}  // namespace teranga::datasets
