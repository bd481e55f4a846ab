// SPDX-License-Identifier: Apache-2.0
// Which arrays of which file make which part.
#include <teranga/datasets/named_parts.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/sdk/dataset.hpp>

namespace teranga::datasets {

std::vector<sdk::OptionSpec> named_part_options() {
  return {sdk::path("train").says("the file of the training part"),
          sdk::path("test").optional().says("the file of the test part; may be the same one, with other test_arrays"),
          sdk::path("validation").optional().says("the file of the validation part; may be the same one, with other validation_arrays"),
          sdk::texts("train_arrays").optional().or_one().items(1, 2).says("names of the features and the targets; left out: x and y; one name: no targets"),
          sdk::texts("test_arrays").optional().or_one().items(1, 2).says("names of the arrays in the test file; left out: those of train_arrays"),
          sdk::texts("validation_arrays").optional().or_one().items(1, 2).says("names of the arrays in the validation file; left out: those of train_arrays")};
}

sdk::DataError NamedPart::without(const std::string& array, const std::vector<std::string>& names) const {
  constexpr std::size_t most_shown = 20;
  const std::vector<std::string> shown(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(most_shown, names.size())));
  std::string hint;
  if (names.size() == 1) hint = fmt::format("{} = [\"{}\"], which has no targets", option, names[0]);
  else if (!names.empty()) hint = fmt::format("{} = [FEATURES, TARGETS] with two of these names, such as [\"{}\", \"{}\"]", option, names[0], names[1]);
  return sdk::DataError(path, fmt::format("expected an array \"{}\", found {}{}", array, names.empty() ? "none" : fmt::format("{}", fmt::join(shown, ", ")), names.size() > most_shown ? ", ..." : ""), -1, hint);
}

NamedPart training_part(const sdk::Options& options) {
  const std::vector<std::string> names = options.has("train_arrays") ? options.texts("train_arrays") : std::vector<std::string>{"x", "y"};
  return {TRG_TRAIN, {}, names[0], names.size() > 1 ? std::optional(names[1]) : std::nullopt, "train_arrays"};
}

std::vector<NamedPart> named_parts(const sdk::Options& options) {
  std::vector<NamedPart> parts;
  const NamedPart training = training_part(options);
  const auto add = [&](std::int32_t part, const std::string& option) {
    if (!options.has(option)) {
      if (options.has(option + "_arrays")) throw sdk::OptionError(option + "_arrays", fmt::format("names arrays, but \"{}\" names no file", option), fmt::format("{} = \"{}\", if they are in the file of the training part", option, options.text("train")));
      return;
    }
    NamedPart made{part, options.text(option), training.features, training.targets, option + "_arrays"};
    if (options.has(made.option)) {
      const std::vector<std::string> own = options.texts(made.option);
      made.features = own[0];
      made.targets = own.size() > 1 ? std::optional(own[1]) : std::nullopt;
    }
    parts.push_back(std::move(made));
  };
  add(TRG_TRAIN, "train");
  add(TRG_VALIDATION, "validation");
  add(TRG_TEST, "test");
  return parts;
}

}  // namespace teranga::datasets
