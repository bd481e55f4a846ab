// SPDX-License-Identifier: Apache-2.0
#include "run/early_stopping.hpp"

#include <teranga/core/counted.hpp>

#include "session/number_tensor.hpp"

#include <limits>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr const char* parameter_prefix = "early_stopping/parameters/";
constexpr const char* state_prefix = "early_stopping/states/";

}  // namespace

EarlyStopping::EarlyStopping(const recipe::EarlyStopping& recipe, const std::vector<Measured>& measured)
    : recipe_(recipe), sign_(direction_of(recipe.monitor, recipe.mode, measured)), best_(-sign_ * std::numeric_limits<double>::infinity()) {}

bool EarlyStopping::better(double value, double than) const { return sign_ * (value - than) > recipe_.min_delta; }

bool EarlyStopping::epoch_end(std::int64_t epoch, const NamedNumbers& numbers, const model::ParameterStore& store) {
  const double* current = nullptr;
  for (const auto& [name, value] : numbers)
    if (name == recipe_.monitor) current = &value;
  if (!current || epoch <= recipe_.start_from_epoch) return false;
  if (recipe_.restore_best_weights && best_parameters_.empty()) best_parameters_ = store.parameter_tensors(), best_states_ = store.state_tensors();
  wait_ += 1;
  if (better(*current, best_)) {
    best_ = *current;
    best_epoch_ = static_cast<double>(epoch);
    if (recipe_.restore_best_weights) best_parameters_ = store.parameter_tensors(), best_states_ = store.state_tensors();
    if (!recipe_.baseline || better(*current, *recipe_.baseline)) wait_ = 0;
    return false;
  }
  return wait_ >= static_cast<double>(recipe_.patience) && epoch > 1;
}

std::string EarlyStopping::reason() const {
  return fmt::format("early stopping: {} has not improved for {}; best {:.6g} at epoch {}{}", recipe_.monitor, counted(static_cast<std::int64_t>(wait_), "epoch"), best_, best_epoch_, recipe_.restore_best_weights ? ", whose weights are restored" : "");
}

bool EarlyStopping::restore(model::ParameterStore& store) const {
  if (!recipe_.restore_best_weights || best_parameters_.empty()) return false;
  store.set_parameters(best_parameters_, "the best weights");
  store.set_states(best_states_, "the best weights");
  return true;
}

void EarlyStopping::store(SnapshotViews& snapshot) const {
  snapshot.add(snapshot.run, number_tensor("early_stopping/progress", {best_, best_epoch_, wait_}));
  const auto lend = [&](const std::vector<NamedTensor>& tensors, const std::string& prefix) {
    for (const NamedTensor& tensor : tensors) {
      snapshot.run.push_back(view_of(tensor));
      snapshot.run.back().name = prefix + tensor.name;
    }
  };
  lend(best_parameters_, parameter_prefix);
  lend(best_states_, state_prefix);
}

void EarlyStopping::set_tensors(const std::vector<NamedTensor>& tensors) {
  best_parameters_.clear();
  best_states_.clear();
  if (const auto numbers = numbers_of(tensors, "early_stopping/progress", 3); !numbers.empty()) best_ = numbers[0], best_epoch_ = numbers[1], wait_ = numbers[2];
  for (const NamedTensor& t : tensors) {
    if (t.name.starts_with(parameter_prefix)) {
      best_parameters_.push_back({t.name.substr(std::string_view(parameter_prefix).size()), t.tensor});
    } else if (t.name.starts_with(state_prefix)) {
      best_states_.push_back({t.name.substr(std::string_view(state_prefix).size()), t.tensor});
    }
  }
}

}  // namespace teranga::train
