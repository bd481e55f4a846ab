// SPDX-License-Identifier: Apache-2.0
// What a phase does about a loss, or a gradient, that is not finite. All ranks see the same sums, so all of them do the same.
#include "update/phase.hpp"

#include "session/agreement.hpp"

#include <teranga/core/log.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace teranga::train {

Phase::Divergence Phase::divergence(double loss, std::int64_t first_step, const StepOfRun& at) {
  const auto first_of_ranks = [&](const std::string& own) {
    std::string first;
    for (const std::string& found : comm_.allgather(own))
      if (first.empty()) first = found;
    return first;
  };
  const std::string of_data = first_of_ranks(data_fault_), layer = first_of_ranks(layer_fault_), state = first_of_ranks(state_fault_);
  const std::string when = first_step == at.step ? fmt::format("step {}", at.step + 1) : fmt::format("steps {} to {}", first_step + 1, at.step + 1);
  const std::string of_phase = what_.recipe.name.empty() ? "" : fmt::format(" of the phase \"{}\"", what_.recipe.name);
  if (std::isfinite(loss)) return {false, fmt::format("the loss{} is finite, and a gradient is not, at {} (epoch {})", of_phase, when, at.epoch + 1)};
  const std::string what = fmt::format("the loss{} is {} at {} (epoch {})", of_phase, std::isnan(loss) ? "NaN" : "infinite", when, at.epoch + 1);
  if (!of_data.empty()) return {true, fmt::format("{}, because the data hold {}", what, of_data)};
  if (!state.empty()) return {false, fmt::format("{}, because the state \"{}\" of a layer is not finite", what, state), state};
  return {false, what + (layer.empty() ? std::string(": the outputs of all layers are finite, but the loss that is computed from them is not") : fmt::format(": the first layer with such an output is \"{}\"", layer))};
}

void Phase::diverged(double loss, std::int64_t first_step, const StepOfRun& at) {
  const Divergence found = divergence(loss, first_step, at);
  if (!found.state.empty()) throw AgreedError(ExitCode::diverged, fmt::format("{}. An earlier step, whose loss was finite, made it so", found.what), "with the library of this layer: teranga plugin check --only numbers LIBRARY");
  const std::string message = found.what + "; the checkpoints before it are intact";
  if (found.of_data) throw AgreedError(ExitCode::data, message);
  throw AgreedError(ExitCode::diverged, message, calmer(at.epoch));
}

// The states of layers, such as moving means, have taken in the batch by then.
void Phase::keep_states() {
  kept_states_.clear();
  for (const int index : network_.updated_states()) {
    const model::State& s = store_.states()[static_cast<std::size_t>(index)];
    const auto* values = static_cast<const float*>(store_.state(s));
    kept_states_.insert(kept_states_.end(), values, values + s.count);
  }
  if (!store_.row_states().empty()) kept_row_states_ = store_.row_states().tensors();
}

void Phase::leave_out(double loss, const StepOfRun& at) {
  if (left_out_->count >= left_out_->most) diverged(loss, window_.first_step, at);
  const Divergence found = divergence(loss, window_.first_step, at);
  if (found.of_data) diverged(loss, window_.first_step, at);
  ++left_out_->count;
  log::warning_of_all(fmt::format("{}: this update is left out, as on_divergence = \"skip\" asks for ({} of at most {})", found.what, left_out_->count, left_out_->most));
  const float* from = kept_states_.data();
  for (const int index : network_.updated_states()) {
    const model::State& s = store_.states()[static_cast<std::size_t>(index)];
    for (const bool next : {false, true}) std::copy_n(from, s.count, static_cast<float*>(store_.state(s, next)));
    from += s.count;
  }
  for (std::size_t i = 0; i < kept_row_states_.size(); ++i) store_.row_states().set(static_cast<int>(i), kept_row_states_[i].tensor.data());
  forget();
  last_loss_ = loss;
  last_rate_ = updater_.rate(updates_, at.epoch + 1);
  last_step_ = at.step;
}

void Phase::forget() {
  updater_.leave_out();
  window_.turns = 0;
  gradient_sum_.reset();  // it may hold batches of this update; learn() makes it anew
  data_fault_.clear();
  state_fault_.clear();
  layer_fault_.clear();
}

}  // namespace teranga::train
