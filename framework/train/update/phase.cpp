// SPDX-License-Identifier: Apache-2.0
#include "update/phase.hpp"

#include "session/agreement.hpp"
#include "session/number_tensor.hpp"

#include <teranga/core/log.hpp>
#include <teranga/data/sample_reader.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace teranga::train {
namespace {

// Those of a phase, without its name.
std::vector<NamedTensor> within(const std::vector<NamedTensor>& tensors, const std::string& phase) {
  if (phase.empty()) return tensors;
  std::vector<NamedTensor> out;
  for (const NamedTensor& tensor : tensors)
    if (tensor.name.starts_with(phase + "/")) out.push_back({tensor.name.substr(phase.size() + 1), tensor.tensor});
  return out;
}

std::string named_in(const std::string& phase, const std::string& name) { return phase.empty() ? name : phase + "/" + name; }

}  // namespace

Phase::Phase(const PhaseNetwork& what, Wire wire, const host::Registry& registry, Communicator& comm, Team& team)
    : what_(what), network_(*what.network), store_(network_.store()), comm_(comm), team_(team), averaging_(what, wire, comm), updater_(what.recipe.optimizer, registry, store_, network_.trained(), team) {
  epoch_sums_.resize(2 + network_.sum_count() - network_.loss_terms());
  round_.sums.resize(epoch_sums_.size());
  for (const model::TouchedRows& touched : store_.touched())
    if (updater_.moves_touched_rows_only(touched.parameter())) round_.rows.emplace_back(touched.parameter(), touched.rows(), touched.row());
}

bool Phase::due(std::int64_t step, std::int64_t epoch) const {
  const recipe::PhaseRecipe& phase = what_.recipe;
  return epoch + 1 >= phase.from_epoch && (!phase.to_epoch || epoch + 1 <= *phase.to_epoch) && (step + 1) % phase.every == 0;
}

void Phase::learn(const model::Batch& batch, std::uint64_t random_key, const StepOfRun& at) {
  model::Step context;
  context.random_key = random_key;
  context.batch = at.step + 1;
  const bool only_batch = at.updates && window_.turns == 0;  // of the update
  context.hooks = at.alone ? at.beside : averaging_.hooks(only_batch);
  if (window_.turns++ == 0) {
    window_.sums.assign(network_.sum_count(), 0.0);
    window_.first_step = at.step, window_.batches = window_.rows = window_.global_rows = 0;
    window_.summed = false;
    if (left_out_) keep_states();
  }
  if (at.alone && batch.rows == 0) return;
  model::Batch own = batch;
  if (at.alone) own.global_rows = batch.rows;
  run_network(own, context, batch.bucket);
  look_for_fault(batch, context);
  if (!only_batch) {
    if (!gradient_sum_) gradient_sum_.emplace(store_, network_.trained(), team_);
    const TicksOf adding(ticks_.update);
    LapTimer lap(profile_, 0);
    gradient_sum_->add();
    window_.summed = true;
    lap.done(adding_);
  }
  ++window_.batches;
  window_.rows += batch.rows, window_.global_rows += batch.global_rows;
  commit_states(batch);
}

// What its layers do not account for, the ranks do together.
void Phase::run_network(const model::Batch& batch, const model::Step& context, std::size_t bucket) {
  model::Network& network = what_.of(bucket);
  const model::PassTicks before = network.pass_ticks();
  const Ticks begin = ticks_now();
  network.train(batch, context, window_.sums);
  averaging_.finish_in_order();
  const model::PassTicks after = network.pass_ticks();
  const Ticks forward = after.forward - before.forward, backward = after.backward - before.backward, spent = ticks_now() - begin;
  ticks_.forward += forward, ticks_.backward += backward;
  if (comm_.size() > 1) ticks_.averaging += std::max(spent, forward + backward) - (forward + backward);
}

void Phase::update(const StepOfRun& at, std::span<double> piggybacked) {
  const Ticks averaged = ticks_.averaging, begin = ticks_now();
  if (at.alone) update_alone(at);
  else update_together(at, piggybacked);
  ticks_.update += ticks_now() - begin - (ticks_.averaging - averaged);
}

void Phase::update_together(const StepOfRun& at, std::span<double> piggybacked) {
  const auto sums = static_cast<std::ptrdiff_t>(window_.sums.size());
  const auto terms = static_cast<std::ptrdiff_t>(network_.loss_terms());
  const auto batches = static_cast<double>(window_.batches), samples = static_cast<double>(window_.global_rows);
  if (window_.summed) {
    LapTimer lap(profile_, 0);
    gradient_sum_->give(static_cast<float>(1 / batches));
    lap.done(adding_);
    averaging_.send();
  }
  step_sums_ = window_.sums;
  step_sums_.insert(step_sums_.end(), piggybacked.begin(), piggybacked.end());
  {
    const TicksOf meeting(ticks_.averaging);
    averaging_.finish(step_sums_);
  }
  std::copy(step_sums_.begin() + sums, step_sums_.end(), piggybacked.begin());

  double loss = std::accumulate(step_sums_.begin(), step_sums_.begin() + terms, 0.0) / batches;
  LapTimer lap(profile_, 0);
  loss += network_.penalise();
  lap.done(penalties_);
  if (!left_out_ && !std::isfinite(loss)) diverged(loss, window_.first_step, at);
  if (left_out_ && !(std::isfinite(loss) && updater_.gradients_are_finite())) return leave_out(loss, at);
  merge_states(static_cast<double>(window_.rows), samples, false);
  lap.done(states_);
  last_loss_ = loss;
  last_rate_ = updater_.rate(updates_, at.epoch + 1);
  if (watches_norm_) last_norm_ = updater_.gradient_norm();
  updater_.apply(updates_, at.epoch + 1);
  ++updates_;
  last_step_ = at.step;
  window_.turns = 0;
  count(loss, samples, std::span(step_sums_).subspan(static_cast<std::size_t>(terms), static_cast<std::size_t>(sums - terms)), epoch_sums_);
}

void Phase::count(double loss, double samples, std::span<const double> sums, std::vector<double>& into) const {
  into[0] += loss * samples;
  into[1] += samples;
  for (std::size_t i = 0; i < sums.size(); ++i) into[2 + i] += sums[i];
}

// A rank without samples since its last update has nothing to update by; the numbers of updates stay the same on all ranks.
void Phase::update_alone(const StepOfRun& at) {
  if (round_.updates++ == 0) round_.first_step = window_.first_step;
  last_rate_ = updater_.rate(updates_, at.epoch + 1);
  if (window_.batches > 0) {
    const auto terms = static_cast<std::ptrdiff_t>(network_.loss_terms());
    const auto batches = static_cast<double>(window_.batches);
    if (window_.summed) gradient_sum_->give(static_cast<float>(1 / batches));
    const double loss = std::accumulate(window_.sums.begin(), window_.sums.begin() + terms, 0.0) / batches + network_.penalise();
    for (model::TouchedRows& rows : round_.rows)
      for (const std::int64_t number : store_.touched(rows.parameter())->numbers()) rows.touch(number);
    updater_.apply(updates_, at.epoch + 1);
    count(loss, static_cast<double>(window_.rows), std::span(window_.sums).subspan(static_cast<std::size_t>(terms)), round_.sums);
  }
  ++updates_;
  window_.turns = 0;
}

void Phase::meet(const StepOfRun& at) {
  if (round_.updates == 0) return;
  const double rows = round_.sums[1];
  step_sums_ = round_.sums;
  averaging_.sum(step_sums_);
  LapTimer lap(profile_, 0);
  const double loss = step_sums_[0] / step_sums_[1];
  if (!std::isfinite(loss)) diverged(loss, round_.first_step, at);
  merge_states(rows, step_sums_[1], true);
  lap.done(states_);
  last_loss_ = loss;
  last_norm_ = std::numeric_limits<double>::quiet_NaN();  // each rank has made updates of its own
  last_step_ = at.step;
  for (std::size_t i = 0; i < epoch_sums_.size(); ++i) epoch_sums_[i] += step_sums_[i];
  std::ranges::fill(round_.sums, 0.0);
  round_.updates = 0;
}

model::TouchedRows* Phase::round_rows(std::size_t parameter) noexcept {
  const auto found = std::ranges::find(round_.rows, parameter, &model::TouchedRows::parameter);
  return found == round_.rows.end() ? nullptr : &*found;
}

std::vector<TensorView> Phase::own_views() const {
  std::vector<TensorView> out = updater_.slot_views();
  if (const TensorView scalars = updater_.optimizer_scalars(); scalars.bytes() > 0) out.push_back(scalars);
  for (TensorView& view : out) view.name = named_in(what_.recipe.name, view.name);
  return out;
}

// While the batch is at hand.
void Phase::look_for_fault(const model::Batch& batch, const model::Step& context) {
  const double loss = std::accumulate(window_.sums.begin(), window_.sums.begin() + static_cast<std::ptrdiff_t>(network_.loss_terms()), 0.0);
  if ((std::isfinite(loss) && averaging_.sums_are_finite()) || !data_fault_.empty() || !layer_fault_.empty()) return;
  data_fault_ = not_finite_of(batch);
  state_fault_ = state_that_is_not_finite();
  layer_fault_ = what_.of(batch.bucket).first_not_finite(batch, context);
}

// Before the batch, of which all losses until then were finite; empty: none.
std::string Phase::state_that_is_not_finite() const {
  for (const int index : network_.updated_states()) {
    const model::State& s = store_.states()[static_cast<std::size_t>(index)];
    const std::span<const float> values(static_cast<const float*>(store_.state(s)), s.count);
    if (!std::ranges::all_of(values, [](float v) { return std::isfinite(v); })) return s.name;
  }
  return {};
}

// The first number of the batch that is not finite, for messages; empty where all are.
std::string Phase::not_finite_of(const model::Batch& batch) const {
  const std::vector<model::Field>& fields = network_.fields();
  for (std::size_t f = 0; f < std::min(fields.size(), batch.fields.size()); ++f) {
    if (fields[f].origin != model::Origin::data || batch.fields[f] == nullptr || (fields[f].type != ElementType::f32 && fields[f].type != ElementType::f64)) continue;
    const std::int64_t width = element_count(what_.of(batch.bucket).fields()[f].shape);
    for (std::int64_t i = 0; i < batch.rows * width; ++i) {
      const double value = data::number_at(batch.fields[f], fields[f].type, i);
      if (std::isfinite(value)) continue;
      const std::uint64_t id = batch.sample_ids[static_cast<std::size_t>(i / width)];
      return fmt::format("{} in the field \"{}\" of record {} of the {} data", std::isnan(value) ? "NaN" : "an infinity", fields[f].name, id & 0x00FFFFFFFFFFFFFFull,
                         data::to_string(static_cast<data::Part>(id >> 56)));
    }
  }
  return {};
}

namespace {

constexpr double usual_learning_rate = 0.001;

}  // namespace

std::string Phase::section_of_optimizer() const { return what_.recipe.own_optimizer ? fmt::format("phase.{}.optimizer", what_.recipe.name) : "optimizer"; }

// A rate far beyond the usual one is a slip of the pen, and its tenth is one, too.
double Phase::calmer_rate(std::int64_t epoch) const {
  const double tenth = updater_.rate(updates_, epoch + 1) / 10 / what_.recipe.optimizer.rate_factor;
  return tenth > 100 * usual_learning_rate ? usual_learning_rate : tenth;
}

std::string Phase::usual_rate(std::int64_t epoch) const {
  return calmer_rate(epoch) < updater_.rate(updates_, epoch + 1) / 10 / what_.recipe.optimizer.rate_factor ? fmt::format(" --set {}.learning_rate={:.1g}", section_of_optimizer(), usual_learning_rate) : "";
}

std::string Phase::calmer(std::int64_t epoch) const {
  const std::string section = section_of_optimizer();
  const std::string smaller = fmt::format("a smaller learning rate often helps: --force-recipe --set {}.learning_rate={:.1g}", section, calmer_rate(epoch));
  const recipe::OptimizerRecipe& optimizer = what_.recipe.optimizer;
  if (optimizer.clipnorm || optimizer.clipvalue || optimizer.global_clipnorm) return smaller;
  return smaller + fmt::format("; or clip: --force-recipe --set {}.global_clipnorm=1.0", section);
}

bool Phase::trains(const std::string& parameter) const {
  return std::ranges::any_of(network_.trained(), [&](std::size_t index) { return store_.parameters()[index].name == parameter; });
}

// Whether a rank makes it of its own samples.
bool Phase::is_own(const model::State& state) const { return state.merge != TRG_MERGE_SAME && network_.rows_in_order() == 0; }

// What a batch made of the states goes on. A rank without samples of it keeps what it has, but for what is the same on all ranks.
void Phase::commit_states(const model::Batch& batch) {
  for (const int index : network_.updated_states()) {
    const model::State& s = store_.states()[static_cast<std::size_t>(index)];
    if (batch.rows == 0 && is_own(s)) std::memcpy(store_.state(s, true), store_.state(s), s.count * sizeof(float));
  }
  network_.commit();
}

// States such as moving means are those of a rank's own samples: their mean over the ranks, weighted by samples, goes on.
void Phase::merge_states(double rows, double global_rows, bool alone) {
  if (comm_.size() == 1) return;
  const float share = static_cast<float>(rows / global_rows);
  packed_states_.clear();  // all of them in one sum: each takes the way to the other ranks and back
  const auto for_each_merged = [&](const auto& f) {
    for (const int index : network_.updated_states())
      if (const model::State& s = store_.states()[static_cast<std::size_t>(index)]; is_own(s) || alone) f(s, static_cast<float*>(store_.state(s, true)));
  };
  for_each_merged([&](const model::State& s, const float* values) {
    const float factor = s.merge == TRG_MERGE_SUM && rows > 0 ? 1.0F : share;
    for (std::size_t i = 0; i < s.count; ++i) packed_states_.push_back(rows > 0 ? values[i] * factor : 0.0F);
  });
  if (!packed_states_.empty()) comm_.sum(std::span<float>(packed_states_));
  const float* from = packed_states_.data();
  for_each_merged([&](const model::State& s, float* values) { std::copy_n(std::exchange(from, from + s.count), s.count, values); });
  store_.commit(network_.updated_states());
}

void Phase::set_last(const std::array<double, 3>& last) noexcept {
  last_step_ = static_cast<std::int64_t>(last[0]);
  last_norm_ = std::numeric_limits<double>::quiet_NaN();
  last_loss_ = last[1], last_rate_ = last[2];
}

std::optional<Phase::LastUpdate> Phase::update_of(std::int64_t step) const {
  if (last_step_ != step) return std::nullopt;
  return LastUpdate{last_loss_, last_rate_, last_norm_};
}

void Phase::step_numbers(std::int64_t step, NamedNumbers& out) const {
  if (last_step_ != step) return;
  out.emplace_back(what_.named("loss"), last_loss_);
  out.emplace_back(what_.named("learning_rate"), last_rate_);
}

void Phase::epoch_numbers(NamedNumbers& out) const {
  if (epoch_sums_[1] == 0) return;
  out.emplace_back(what_.named("loss"), epoch_sums_[0] / epoch_sums_[1]);
  std::vector<double> sums(network_.sum_count());
  std::copy(epoch_sums_.begin() + 2, epoch_sums_.end(), sums.begin() + static_cast<std::ptrdiff_t>(network_.loss_terms()));
  const auto metrics = network_.metrics();
  for (std::size_t m = 0; m < metrics.size(); ++m) out.emplace_back(what_.named(metrics[m].name), network_.metric_value(m, sums));
}

void Phase::rate_number(std::int64_t epoch, NamedNumbers& out) const {
  out.emplace_back(what_.named("learning_rate"), updater_.rate(std::max<std::int64_t>(updates_ - 1, 0), epoch));
}

void Phase::end_epoch(std::int64_t epoch, const NamedNumbers& numbers, const std::vector<Measured>& measured) {
  updater_.epoch_end(epoch, numbers, measured);
  begin_epoch();
}

void Phase::begin_epoch() { std::fill(epoch_sums_.begin(), epoch_sums_.end(), 0.0); }

void Phase::store(SnapshotViews& snapshot, std::int64_t step) const {
  const std::string& name = what_.recipe.name;
  for (TensorView& slot : updater_.slot_views()) {
    slot.name = named_in(name, slot.name);
    snapshot.slots.push_back(std::move(slot));
  }
  std::vector<TensorView>& rest = name.empty() ? snapshot.run : snapshot.phases;
  for (NamedTensor& tensor : updater_.scalar_tensors()) snapshot.add(rest, {named_in(name, tensor.name), std::move(tensor.tensor)});
  snapshot.add(rest, number_tensor(named_in(name, "epoch_sums"), epoch_sums_));
  if (!name.empty() || updates_ != step) snapshot.add(rest, number_tensor(named_in(name, "updates"), {static_cast<double>(updates_)}));
}

void Phase::take(const FormerRun& former) {
  const std::string& name = what_.recipe.name;
  const checkpoint::Snapshot& snapshot = former.snapshot;
  updater_.set_slots(within(snapshot.slots, name), former.from);
  std::vector<NamedTensor> rest = within(name.empty() ? snapshot.run : snapshot.phases, name);
  // What one schedule keeps, such as the best number of its monitor, says nothing to another.
  if (const RecipeChange* const change = former.change_of(name.empty() ? "optimizer.learning_rate" : fmt::format("phase.{}.optimizer.learning_rate", name)); change && updater_.keeps_schedule()) {
    log::info(fmt::format("the schedule of the learning rate begins anew: {}", to_text(*change)));
    std::erase_if(rest, [](const NamedTensor& tensor) { return tensor.name == "schedule/state"; });
  }
  updater_.set_scalars(rest);
  if (former.change_of(name.empty() ? "optimizer.learning_rate" : fmt::format("phase.{}.optimizer.learning_rate", name))) updater_.begin_full_rate();
  std::ranges::copy(numbers_of(rest, "epoch_sums", epoch_sums_.size()), epoch_sums_.begin());
  updates_ = snapshot.step;
  constexpr double most = 1e15;
  if (const auto updates = numbers_of(rest, "updates", 1); !updates.empty() && updates[0] >= 0 && updates[0] < most) updates_ = static_cast<std::int64_t>(updates[0]);
}

void Phase::share(Communicator& comm) {
  for (const std::span<std::byte> memory : updater_.memory()) comm.broadcast(memory.data(), memory.size(), 0);
  comm.broadcast(epoch_sums_.data(), epoch_sums_.size() * sizeof(double), 0);
  comm.broadcast(&updates_, sizeof(updates_), 0);
  std::array<double, 3> numbers = last();
  comm.broadcast(numbers.data(), sizeof(numbers), 0);
  set_last(numbers);
}

void Phase::set_profile(Profile& profile) {
  profile_ = &profile;
  const std::string prefix = what_.recipe.name.empty() ? "" : what_.recipe.name + "/";
  if (comm_.size() > 1) {
    averaging_.set_profile(profile, prefix);
    if (!network_.updated_states().empty()) states_.row = profile.row(prefix + "states", Pass::averaging);
  }
  bool penalties = false;
  for (const std::size_t index : network_.trained()) {
    const model::Parameter& p = store_.parameters()[index];
    penalties |= p.l1 != 0 || p.l2 != 0;
  }
  adding_.row = profile.row(prefix + "gradients of several batches", Pass::update);
  if (penalties) penalties_.row = profile.row(prefix + "penalties", Pass::loss);
  for (std::size_t bucket = 0; bucket <= what_.shorter.size(); ++bucket) what_.of(bucket).set_profile(profile, prefix);
  updater_.set_profile(profile, prefix);
}

std::deque<Phase> phases_of(Networks& networks, const std::vector<double>& class_weights, Wire wire, const host::Registry& registry, Communicator& comm, Team& team) {
  std::deque<Phase> out;
  for (const PhaseNetwork& phase : networks.phases()) {
    phase.set_class_weights(class_weights);
    out.emplace_back(phase, wire, registry, comm, team);
  }
  return out;
}

bool update_all(std::deque<Phase>& phases, Communicator& comm, const model::Batch& batch, const StepOfRun& at, PhaseCursor& next, std::span<double> piggybacked,
                const std::function<bool()>& goes_on) {
  bool rode = false;
  const auto update = [&](Phase& phase) {
    phase.update(at, piggybacked);
    rode = true;
  };
  for (; next.phase < phases.size(); next = {next.phase + 1, 0}) {
    Phase& phase = phases[next.phase];
    if (!phase.due(at.step, at.epoch)) {
      if (at.updates && phase.has_learnt()) update(phase);
      continue;
    }
    for (; next.runs < phase.steps(); ++next.runs) {
      if (rode && !at.alone && !goes_on()) return false;
      const std::uint64_t number = static_cast<std::uint64_t>(next.runs) << 8 | static_cast<std::uint64_t>(next.phase);
      phase.learn(batch, at.random_key ^ number * 0xD1B54A32D192ED03ull, at);
      if (at.updates) update(phase);
    }
  }
  next = {};
  if (at.updates && !at.alone && !rode) comm.sum(piggybacked);
  return true;
}

}  // namespace teranga::train
