// SPDX-License-Identifier: Apache-2.0
// From gradients to new weights: learning rate, clipping, weight decay, and the optimizer plugin over the flat arrays, on all threads, or over whole tensors
// (whole_tensors.hpp) where it asks for that. The order is Keras's: clip the gradients, decay the weights, update.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <teranga/host/instance.hpp>
#include <teranga/model/parameter_store.hpp>
#include <teranga/parallel/profile.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/measured.hpp>
#include <teranga/train/weight_average.hpp>
#include <teranga/train/weight_constraints.hpp>
#include <teranga/train/whole_tensors.hpp>

namespace teranga::train {

class Updater {
 public:
  // Of those parameters of the store (indices).
  Updater(const recipe::OptimizerRecipe& recipe, const host::Registry& registry, model::ParameterStore& store, const std::vector<std::size_t>& trained, Team& team);

  // All later rates are multiplied by this. Checkpoints hold it; a resume with another learning rate begins anew with 1.
  void slow_down(double factor) noexcept { slowed_ *= factor; }
  void begin_full_rate() noexcept { slowed_ = 1; }
  // Whether all gradients are; without samples since the last update they are 0.
  bool gradients_are_finite();
  // Instead of apply(): the gradients are 0 again.
  void leave_out();

  // The rate that the next update uses; `step` counts finished updates, `epoch` is the running one, from 1.
  double rate(std::int64_t step, std::int64_t epoch) const;
  // The L2 norm of all gradients of the next update, before clipping.
  double gradient_norm();
  // Applies the store's gradients.
  void apply(std::int64_t step, std::int64_t epoch);
  // Tells the schedule an epoch's numbers (epoch 1 is the first) with their directions, if the one that it watches is among them.
  void epoch_end(std::int64_t epoch, std::span<const std::pair<std::string, double>> numbers, const std::vector<Measured>& measured);

  // What apply() does goes into rows of the profile; it must outlive the last update.
  void set_profile(Profile& profile, const std::string& prefix);

  // For checkpoints: slots by parameter and name, and the scalars of optimizer and schedule.
  std::vector<TensorView> slot_views() const;
  void set_slots(const std::vector<NamedTensor>& tensors, const std::string& from);
  std::vector<NamedTensor> scalar_tensors() const;
  void set_scalars(const std::vector<NamedTensor>& tensors);
  bool keeps_schedule() const noexcept { return !schedule_state_.empty(); }  // whether its schedule has scalars
  TensorView optimizer_scalars() const { return {"optimizer/scalars", ElementType::f64, {static_cast<std::int64_t>(scalars_.size())}, scalars_.data()}; }
  // The average of the weights that is kept (use_ema): it begins with the weights; it changes places with them. Nothing where none is kept.
  void begin_average();
  void swap_average();
  // Of a table, whether rows without a gradient stay as they are.
  bool moves_touched_rows_only(std::size_t parameter) const;
  // The raw memory, for ranks to agree on: slots, then scalars.
  std::vector<std::span<std::byte>> memory();

 private:
  // A part of the flat arrays; of slots, which hold what is trained only, it begins elsewhere.
  struct Piece {
    std::size_t begin, count, slot, rates = 0;  // rates: of rates_
  };
  // Parameters of which the same entries of recipe_.layer_rates tell the rate.
  struct Rates {
    std::vector<std::size_t> entries;
    double factor = 1;  // in the running epoch
  };
  void find_rates();
  void split_by_rates();
  void set_factors(std::int64_t epoch);
  Work work_of(std::size_t elements) const;
  void make_slots(const trg_optimizer_facts& facts);
  void choose_runs();
  float* weights(const Piece& piece) const;
  // The name and the record of errors for many updates on one thread: that of a row of a table is a few numbers.
  struct Call {
    explicit Call(const host::Optimizer& optimizer) : crumb(optimizer.item().name.c_str(), nullptr, "update") {}
    host::Breadcrumb crumb;
    host::Report report;
  };
  void update(const Piece& piece, float* weights, std::int64_t step, double rate, Call& made);
  void update_for_others(const Piece& piece, std::int64_t step, double rate, Call& made);
  void update_rows(model::TouchedRows& touched, std::int64_t step, double rate);
  void fetch(const Piece& piece) const;
  void choose_pieces(bool idle_without_gradient);
  std::span<float> slot(std::size_t number) const;
  std::size_t slot_place(const model::Parameter& p) const;
  void clip();
  double squared_norm(std::size_t begin, std::size_t count);
  void scale(std::size_t begin, std::size_t count, double factor);

  std::vector<TensorView> optimizer_slot_views() const;
  void finish(std::int64_t step);

  const recipe::OptimizerRecipe recipe_;
  model::ParameterStore& store_;
  const std::vector<std::size_t> trained_;
  Team& team_;
  host::Optimizer optimizer_;
  std::optional<host::Schedule> schedule_;
  std::vector<std::string> slot_names_;
  std::vector<Buffer> slots_;
  std::vector<double> scalars_, schedule_state_;
  double slowed_ = 1;
  double weight_decay_ = 0;  // that is taken off here
  std::optional<WholeTensors> whole_;               // in place of all that follows, but for the norms
  std::vector<Rates> rates_;                        // the first is that of parameters of which no entry tells
  std::vector<std::size_t> rates_of_;               // by parameter of the store: index into rates_; empty where there are no entries
  std::vector<Piece> runs_;                         // of what is trained, as long as they go
  std::size_t slot_elements_ = 0;
  std::vector<Piece> pieces_;                       // of what is updated whole
  std::vector<model::TouchedRows*> by_rows_;  // of what is updated where it was touched
  std::optional<WeightAverage> average_;
  std::optional<WeightConstraints> constraints_;
  std::vector<double> norms_;  // of chunks
  Profile* profile_ = nullptr;
  int row_ = -1, wait_ = -1;  // of the profile
  Work clipping_;
};

}  // namespace teranga::train
