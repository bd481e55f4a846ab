// SPDX-License-Identifier: Apache-2.0
// The options that data sets of arrays share.
#include <teranga/datasets/treatment.hpp>

#include <fmt/format.h>

namespace teranga::datasets {

std::vector<sdk::OptionSpec> class_options() {
  return {sdk::integer("classes").optional().in(1, 1e9).says("number of classes; left out: one more than the largest label of the training part"),
          sdk::texts("class_names").optional().says("what the classes are called, class 0 first"),
          sdk::boolean("one_hot", false).says("classes as rows of zeros and a one (f32) instead of class numbers")};
}

std::vector<sdk::OptionSpec> treatment_options(double scale) {
  std::vector<sdk::OptionSpec> options = {
      sdk::real("scale", scale).says("features are multiplied by it"),
      sdk::text("features_are", "numbers").choices({"numbers", "ids"}).says("numbers are handed out as f32, ids (of tokens, for an embedding) as i32"),
      sdk::text("target_is", "by_type").choices({"by_type", "classes", "numbers"}).says("by_type: whole numbers are classes, others are quantities")};
  for (sdk::OptionSpec& option : class_options()) options.push_back(std::move(option));
  return options;
}

Treatment Treatment::of(const sdk::Options& options) {
  Treatment treatment;
  if (options.has("scale")) treatment.scale = options.real("scale");
  if (options.has("features_are") && options.text("features_are") == "ids") treatment.feature = Meaning::ids;
  if (options.has("target_is") && options.text("target_is") != "by_type")
    treatment.target = options.text("target_is") == "classes" ? Meaning::classes : Meaning::numbers;
  if (options.has("classes")) treatment.classes = options.integer("classes");
  if (options.has("class_names")) treatment.class_names = options.texts("class_names");
  treatment.one_hot = options.has("one_hot") && options.boolean("one_hot");
  const auto names = static_cast<std::int64_t>(treatment.class_names.size());
  if (names > 0 && treatment.classes > 0 && names != treatment.classes)
    throw sdk::OptionError("class_names", fmt::format("expected {} names, one a class, found {}", treatment.classes, names));
  if (names > 0) treatment.classes = names;
  return treatment;
}

}  // namespace teranga::datasets
