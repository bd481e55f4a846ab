// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/class_weights.hpp>

#include <teranga/data/class_counts.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

namespace teranga::train {
namespace {

// The first target that losses judge and that is a class number, or one-hot; nothing where there is none.
std::optional<std::size_t> class_target(const data::Source& source, const Networks& networks) {
  std::set<std::size_t> judged;
  for (const PhaseNetwork& phase : networks.phases())
    for (const std::size_t field : phase.network->targets()) judged.insert(field);
  for (const std::size_t field : judged)
    if (field < source.fields().size() && source.fields()[field].role == data::Role::target && source.fields()[field].classes > 0) return field;
  return std::nullopt;
}

// A class by its name, exactly; by its number where the classes have no names.
std::optional<std::size_t> class_of(const std::string& label, const data::Field& target) {
  if (!target.class_names.empty()) {
    const auto named = std::ranges::find(target.class_names, label);
    return named == target.class_names.end() ? std::nullopt : std::optional(static_cast<std::size_t>(named - target.class_names.begin()));
  }
  std::size_t number = 0;
  const char* const end = label.data() + label.size();
  const auto read = std::from_chars(label.data(), end, number);
  return read.ec == std::errc() && read.ptr == end && number < static_cast<std::size_t>(target.classes) ? std::optional(number) : std::nullopt;
}

std::string classes_text(const data::Field& target) {
  constexpr std::size_t most = 20;
  if (target.class_names.empty()) return fmt::format("the classes are 0 to {}", target.classes - 1);
  const std::size_t shown = std::min(most, target.class_names.size());
  const std::span<const std::string> first(target.class_names.data(), shown);
  return fmt::format("the classes are {}{}", fmt::join(first, ", "), shown < target.class_names.size() ? fmt::format(", ... ({})", target.class_names.size()) : "");
}

// As scikit-learn does it: labels / (classes x labels of the class), over the classes that have labels. A class without a name is padding.
ClassWeights balanced(const data::Source& source, std::size_t field) {
  const data::Field& target = source.fields()[field];
  std::vector<std::int64_t> counts = data::class_counts(source, field, data::Part::training);
  ClassWeights out{std::vector<double>(counts.size(), 1.0), {}};
  double labels = 0, classes = 0;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    const bool named = c < target.class_names.size();
    if (named && target.class_names[c].empty()) counts[c] = 0;
    else if (counts[c] == 0)
      out.notes.push_back(fmt::format("class_weight = \"balanced\": the class {} has no sample in the training part and is left out of the balance", named ? target.class_names[c] : fmt::format("{}", c)));
    labels += static_cast<double>(counts[c]);
    classes += counts[c] > 0;
  }
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (counts[c] > 0) out.factors[c] = labels / (classes * static_cast<double>(counts[c]));
  return out;
}

}  // namespace

ClassWeights class_weights(const recipe::Recipe& recipe, const data::Source& source, const Networks& networks) {
  const recipe::TrainingRecipe& training = recipe.training;
  if (training.class_weight.empty() && !training.balanced_class_weight) return {};
  recipe::Diagnostics found = recipe.diagnostics();
  const std::optional<std::size_t> field = class_target(source, networks);
  if (!field) {
    found.add(training.class_weight_position, "\"class_weight\" needs a target that is a class, and the targets of the losses are numbers", "leave class_weight out; whole numbers in files of arrays and tables become classes by target_is = \"classes\" in [data]");
    found.throw_if_any();
  }
  if (training.balanced_class_weight) return balanced(source, *field);
  const data::Field& target = source.fields()[*field];
  ClassWeights out{std::vector<double>(static_cast<std::size_t>(target.classes), 1.0), {}};
  std::map<std::size_t, std::string> weighted;
  for (const recipe::ClassWeight& weight : training.class_weight) {
    const auto number = class_of(weight.label, target);
    if (const auto [first, added] = number ? weighted.emplace(*number, weight.label) : std::pair(weighted.end(), true); !added)
      found.add(weight.position, fmt::format("\"class_weight\": \"{}\" and \"{}\" are one class", first->second, weight.label), "leave one of them out");
    else if (number) out.factors[*number] = weight.weight;
    else found.add(weight.position, fmt::format("\"class_weight\": the data have no class \"{}\"", weight.label), classes_text(target));
  }
  found.throw_if_any();
  return out;
}

}  // namespace teranga::train
