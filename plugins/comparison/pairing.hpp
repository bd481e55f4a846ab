// SPDX-License-Identifier: Apache-2.0
// How predictions and targets go together: Keras's rules for shapes, and messages that name both shapes and a cure. A prediction and a target whose shapes
// differ by one trailing axis of length 1 fit.
#pragma once

#include <string>
#include <string_view>

#include <teranga/sdk/training.hpp>

namespace teranga::comparison {

struct Pairing {
  std::int32_t leading = 1;  // axes of the prediction that have a value (and a weight) each
  std::int64_t length = 1;   // elements of the last axis, over which a value is a mean or a sum
  std::int64_t per_sample = 1;  // values of one sample
};

enum class Judge { loss, loss_of_logits, metric };  // who asks: a hint names another one of its kind

inline sdk::Shape without_last(const sdk::Shape& shape) { return sdk::Shape(std::vector<std::int64_t>(shape.begin(), shape.end() - 1)); }

inline void need_one_of_each(const sdk::Comparison& c, std::string_view who) {
  if (c.predictions() != 1 || c.targets() != 1)
    throw sdk::ShapeError(std::string(who) + " compares one output with one target, found " + std::to_string(c.predictions()) + " outputs and " + std::to_string(c.targets()) + " targets");
  if (c.prediction().rank() < 1 || c.target().rank() < 1) throw sdk::ShapeError(std::string(who) + " expects tensors with an axis of samples");
}

// For an output that has axes of space or time beside its last one, where the target has one value a sample, or a row of as many as the output's last axis.
inline std::string hint_for_axes(const sdk::Shape& prediction, const sdk::Shape& target) {
  const bool row = target.rank() == 2 && prediction.rank() >= 3 && target.last() == prediction.last();
  if ((target.rank() != 1 && !row) || prediction.rank() < 3) return {};
  return prediction.rank() == 3 ? "leave out return_sequences = true, or add a layer of type \"global_average_pooling1d\" before the last layer" : "add a layer of type \"flatten\" before the last layer";
}

// What goes with targets of that kind in place of who asks. The metric "accuracy" suits both kinds.
inline std::string hint_for_targets(Judge judge, const std::string& targets, const std::string& loss) {
  return "for " + targets + (judge != Judge::metric ? " use type = \"" + loss + "\"" : " use the metric \"accuracy\"; teranga evaluate prints precision and recall of each class");
}
inline std::string hint_for_class_numbers(Judge judge) { return hint_for_targets(judge, "targets that are class numbers", "sparse_categorical_crossentropy"); }

// Yes and no are classes 0 and 1: one output tells them, or two as of any classes. Logits have no activation.
inline std::string hint_for_yes_and_no(std::int64_t units, bool logits) {
  const std::string of_classes = std::string("type = \"sparse_categorical_crossentropy\" in the loss") + (logits ? "" : " with activation = \"softmax\" in the last layer");
  if (units != 2) return of_classes;
  return (logits ? "units = 1 without activation in the last layer, or " : "units = 1 with activation = \"sigmoid\" in the last layer, or ") + of_classes;
}

// Target and prediction of the same shape: regression, one-hot classes, 0 / 1 labels.
inline Pairing pair_elements(const sdk::Comparison& c, std::string_view who, Judge judge = Judge::loss) {
  need_one_of_each(c, who);
  sdk::Shape prediction = c.prediction();
  const sdk::Shape target = c.target();
  if (prediction.rank() == target.rank() + 1 && prediction.last() == 1 && target.rank() > 1) prediction = without_last(prediction);
  const bool same = prediction == target || (prediction.rank() == target.rank() + 1 && prediction.last() == 1 && without_last(prediction) == target) ||
                    (target.rank() == prediction.rank() + 1 && target.last() == 1 && without_last(target) == prediction);
  if (!same) {
    std::string hint = hint_for_axes(prediction, target);
    if (prediction.rank() == target.rank() && without_last(prediction) == without_last(target))
      hint = "give the last layer units = " + std::to_string(target.last());
    else if (prediction.rank() == target.rank() + 1 && without_last(prediction) == target)
      hint = judge != Judge::metric && who == "binary_crossentropy" ? hint_for_yes_and_no(prediction.last(), judge == Judge::loss_of_logits) : hint_for_class_numbers(judge);
    throw sdk::ShapeError(std::string(who) + " expects a target of the shape of the output " + prediction.text() + ", found " + target.text(), "target", hint);
  }
  Pairing pairing;
  pairing.leading = prediction.rank() > 1 ? prediction.rank() - 1 : 1;
  pairing.length = prediction.rank() > 1 ? prediction.last() : 1;
  for (std::int32_t axis = 1; axis < prediction.rank() - 1; ++axis) pairing.per_sample *= prediction[axis];
  return pairing;
}

// One-hot (or soft) classes: as above, with a hint where the target looks like class numbers.
inline Pairing pair_one_hot(const sdk::Comparison& c, std::string_view who, Judge judge = Judge::loss) {
  need_one_of_each(c, who);
  const sdk::Shape prediction = c.prediction(), target = c.target();
  const bool numbers = prediction.rank() > 1 && prediction.last() > 1 &&
                       (target == without_last(prediction) || (target.last() == 1 && target.rank() == prediction.rank() && without_last(target) == without_last(prediction)));
  if (prediction.rank() < 2 || numbers)
    throw sdk::ShapeError(std::string(who) + " expects a one-hot target of the shape of the output " + prediction.text() + ", found " + target.text(), "target",
                          numbers ? hint_for_class_numbers(judge) : "");
  return pair_elements(c, who, judge);
}

// Class numbers: the target has the shape of the prediction without its last axis (or with 1 there).
inline Pairing pair_classes(const sdk::Comparison& c, std::string_view who, Judge judge = Judge::loss) {
  need_one_of_each(c, who);
  const sdk::Shape prediction = c.prediction(), target = c.target();
  if (prediction.rank() < 2)
    throw sdk::ShapeError(std::string(who) + " expects an output of rank 2 or more, one number a class, found " + prediction.text(), "prediction");
  const sdk::Shape leading = without_last(prediction);
  if (target != leading && !(target.rank() == prediction.rank() && target.last() == 1 && without_last(target) == leading)) {
    const bool one_hot = target == prediction;
    throw sdk::ShapeError(std::string(who) + " expects a target of class numbers " + leading.text() + " for the output " + prediction.text() + ", found " + target.text(), "target",
                          one_hot ? hint_for_targets(judge, "one-hot targets", "categorical_crossentropy") : hint_for_axes(prediction, target));
  }
  Pairing pairing;
  pairing.leading = prediction.rank() - 1;
  pairing.length = prediction.last();
  for (std::int32_t axis = 1; axis < prediction.rank() - 1; ++axis) pairing.per_sample *= prediction[axis];
  return pairing;
}

}  // namespace teranga::comparison
