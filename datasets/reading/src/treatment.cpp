// SPDX-License-Identifier: Apache-2.0
// The options that data sets of arrays share.
#include <teranga/datasets/treatment.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace teranga::datasets {

sdk::OptionSpec scale_option(double scale) { return sdk::real("scale", scale).says("bytes are multiplied by it; elements of other types stay as they are"); }

std::vector<sdk::OptionSpec> normalize_options() {
  return {sdk::text("normalize", "none").choices({"none", "standard", "minmax"}).says("each element of the last axis of the features (a column, a channel), learnt from the training part: mean 0 and deviation 1, or 0 to 1"),
          sdk::boolean("normalize_target", false).says("whether targets that are quantities are normalized, too; predictions are in the units of the data")};
}

std::vector<sdk::OptionSpec> target_options() {
  return {sdk::text("target_is", "by_type").choices({"by_type", "classes", "numbers"}).says("by_type: whole numbers are classes, others are quantities; classes: real numbers too, if they are whole"),
          sdk::integer("classes").optional().in(1, 1e9).says("number of classes; left out: one more than the largest label of the training part"),
          sdk::texts("class_names").optional().says("what the classes are called, class 0 first"),
          sdk::boolean("one_hot", false).says("classes as rows of zeros and a one (f32) instead of class numbers")};
}

std::vector<sdk::OptionSpec> treatment_options() {
  std::vector<sdk::OptionSpec> options = {
      scale_option(),
      sdk::text("features_are", "numbers").choices({"numbers", "ids"}).says("numbers are handed out as f32, ids (of tokens, for an embedding) as i32")};
  for (auto* more : {&normalize_options, &target_options, &PictureChanges::options})
    for (sdk::OptionSpec& option : more()) options.push_back(std::move(option));
  return options;
}

Treatment Treatment::of(const sdk::Options& options, double scale) {
  Treatment treatment;
  treatment.scale = options.has("scale") ? options.real("scale") : scale;
  treatment.scale_is_given = treatment.scale != scale;
  if (options.has("normalize")) treatment.normalize = normalize_of(options.text("normalize"));
  treatment.normalize_target = options.has("normalize_target") && options.boolean("normalize_target");
  if (treatment.normalize_target && treatment.normalize == Normalize::none)
    throw sdk::OptionError("normalize_target", "the target is normalized as normalize says, which is \"none\"", "normalize = \"standard\"");
  if (options.has("features_are") && options.text("features_are") == "ids") treatment.feature = Meaning::ids;
  if (options.has("target_is") && options.text("target_is") != "by_type")
    treatment.target = options.text("target_is") == "classes" ? Meaning::classes : Meaning::numbers;
  if (options.has("classes")) treatment.classes = options.integer("classes");
  if (options.has("class_names")) treatment.class_names = options.texts("class_names");
  treatment.one_hot = options.has("one_hot") && options.boolean("one_hot");
  treatment.changes = PictureChanges::of(options);
  if (options.has("workers")) treatment.workers = options.integer("workers");
  const auto names = static_cast<std::int64_t>(treatment.class_names.size());
  for (auto name = treatment.class_names.begin(); name != treatment.class_names.end(); ++name)
    if (std::find(treatment.class_names.begin(), name, *name) != name) throw sdk::OptionError("class_names", fmt::format("\"{}\" stands twice", *name));
  if (names > 0 && treatment.classes > 0 && names != treatment.classes)
    throw sdk::OptionError("class_names", fmt::format("expected {} names, one a class, found {}", treatment.classes, names));
  if (names > 0) treatment.classes = names;
  return treatment;
}

}  // namespace teranga::datasets
