// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/updater.hpp>

#include "session/number_tensor.hpp"
#include "update/flat_loops.hpp"
#include "update/optimizer_facts.hpp"

#include <teranga/core/shell_word.hpp>
#include <teranga/parallel/past_caches.hpp>
#include <teranga/recipe/catalogue.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <map>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr std::size_t chunk = flat_piece;
constexpr const char* slowed_rates = "optimizer/slowed";

std::size_t padded(std::size_t count) { return (count + 15) / 16 * 16; }

const NamedTensor* find(const std::vector<NamedTensor>& tensors, const std::string& name) {
  for (const NamedTensor& tensor : tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

}  // namespace

Updater::Updater(const recipe::OptimizerRecipe& recipe, const host::Registry& registry, model::ParameterStore& store, const std::vector<std::size_t>& trained, Team& team)
    : recipe_(recipe), store_(store), trained_(trained), team_(team), optimizer_(registry.need(host::Kind::optimizer, recipe.component.type), recipe.component.options) {
  if (recipe.schedule) {
    schedule_.emplace(registry.need(host::Kind::schedule, recipe.schedule->type), recipe.schedule->options);
    schedule_state_ = first_state_of(*schedule_);
  }
  find_rates();
  choose_runs();
  const trg_optimizer_facts facts = facts_of(optimizer_);
  for (std::int32_t s = 0; s < facts.scalar_count; ++s) scalars_.push_back(facts.scalar_initial ? facts.scalar_initial[s] : 0.0);
  if (recipe.weight_decay) weight_decay_ = *recipe.weight_decay;
  else if (const Value* own = find_option(recipe.component.options, "weight_decay"); own && own->is<double>()) weight_decay_ = own->as<double>();
  if (facts.whole_tensors) {
    if (facts.decays_itself) weight_decay_ = 0;
    whole_.emplace(optimizer_, facts, store_, trained_);
  } else {
    make_slots(facts);
    choose_pieces(facts.idle_without_gradient != 0);
  }
  if (recipe.use_ema) average_.emplace(recipe.ema_momentum, recipe.ema_overwrite_frequency, store_, trained_, team_);
  if (!recipe_.constraints.empty()) constraints_.emplace(recipe_.constraints, store_, trained_);
  norms_.resize(store.trainable_elements() / chunk + 2);
}

void Updater::make_slots(const trg_optimizer_facts& facts) {
  if (!optimizer_.calls().update) throw Error(ExitCode::plugin, fmt::format("{} has no call update, and does not say that it updates whole tensors", optimizer_.who()));
  for (std::int32_t s = 0; s < facts.slot_count; ++s) {
    slot_names_.emplace_back(facts.slot_names[s]);
    slots_.emplace_back(slot_elements_ * sizeof(float) + slot_shift(slot_names_.size()));
    if (facts.slot_initial && facts.slot_initial[s] != 0) std::ranges::fill(slot(slots_.size() - 1), static_cast<float>(facts.slot_initial[s]));
  }
}

void Updater::choose_runs() {
  for (const std::size_t index : trained_) {
    const model::Parameter& p = store_.parameters()[index];
    runs_.push_back({p.offset, padded(p.count), 0});
  }
  std::ranges::sort(runs_, {}, &Piece::begin);
  std::vector<Piece> merged;
  for (const Piece& run : runs_) {
    if (!merged.empty() && merged.back().begin + merged.back().count == run.begin) merged.back().count += run.count;
    else merged.push_back({run.begin, run.count, slot_elements_});
    slot_elements_ += run.count;
  }
  runs_ = std::move(merged);
}

// Everything in pieces, but for tables of which only the touched rows can change.
void Updater::choose_pieces(bool idle_without_gradient) {
  const auto& parameters = store_.parameters();
  std::vector<Piece> apart;
  for (model::TouchedRows& touched : store_.touched()) {
    const model::Parameter& p = parameters[touched.parameter()];
    if (!p.lazy && !(idle_without_gradient && weight_decay_ == 0 && !recipe_.clip_weights)) continue;
    by_rows_.push_back(&touched);
    apart.push_back({p.offset, padded(p.count), 0});
  }
  std::ranges::sort(apart, {}, &Piece::begin);
  apart.push_back({store_.trainable_elements(), 0, 0});
  for (const Piece& run : runs_) {
    std::size_t at = run.begin;
    const std::size_t end = run.begin + run.count;
    for (const Piece& gap : apart) {
      for (; at < std::min(gap.begin, end); at += pieces_.back().count) pieces_.push_back({at, std::min({chunk, gap.begin - at, end - at}), run.slot + at - run.begin});
      at = std::max(at, gap.begin + gap.count);
    }
  }
  std::map<std::size_t, std::size_t> counts;  // by where a parameter begins
  for (const std::size_t index : trained_) counts[parameters[index].offset] = padded(parameters[index].count);
  if (rates_.size() > 1) split_by_rates();
  const auto maker_of_gradient = [&](const Piece& piece) {
    const auto [begin, count] = *std::prev(counts.upper_bound(piece.begin));
    return team_.owner(static_cast<std::int64_t>(piece.begin - begin), static_cast<std::int64_t>(count));
  };
  std::ranges::stable_sort(pieces_, {}, maker_of_gradient);
}

void Updater::find_rates() {
  rates_.resize(1);
  if (recipe_.layer_rates.empty()) return;
  rates_of_.assign(store_.parameters().size(), 0);
  for (const std::size_t index : trained_) {
    const std::string& within = store_.parameters()[index].layer;
    const std::string layer = within.substr(0, within.find('/'));
    Rates rates;
    for (std::size_t e = 0; e < recipe_.layer_rates.size(); ++e)
      if (recipe_.layer_rates[e].fits(layer)) rates.entries.push_back(e);
    const auto found = std::ranges::find(rates_, rates.entries, &Rates::entries);
    rates_of_[index] = static_cast<std::size_t>(found - rates_.begin());
    if (found == rates_.end()) rates_.push_back(std::move(rates));
  }
}

// A piece may hold several parameters: each of its own rates becomes a piece of its own.
void Updater::split_by_rates() {
  std::map<std::size_t, std::size_t> rates_at;  // by where a parameter begins
  for (const std::size_t index : trained_) rates_at[store_.parameters()[index].offset] = rates_of_[index];
  std::vector<Piece> split;
  for (Piece piece : pieces_) {
    auto next = rates_at.upper_bound(piece.begin);
    piece.rates = std::prev(next)->second;
    for (; next != rates_at.end() && next->first < piece.begin + piece.count; ++next) {
      if (next->second == piece.rates) continue;
      const std::size_t before = next->first - piece.begin;
      split.push_back({piece.begin, before, piece.slot, piece.rates});
      piece = {next->first, piece.count - before, piece.slot + before, next->second};
    }
    split.push_back(piece);
  }
  pieces_ = std::move(split);
}

void Updater::set_factors(std::int64_t epoch) {
  for (Rates& rates : rates_) {
    rates.factor = 1;
    for (const std::size_t e : rates.entries)
      if (const recipe::LayerRate& entry = recipe_.layer_rates[e]; epoch >= entry.from_epoch && epoch <= entry.to_epoch.value_or(epoch)) rates.factor = entry.factor;
  }
  const bool clips = recipe_.clipnorm || recipe_.global_clipnorm;
  if (!clips || std::ranges::none_of(rates_, [](const Rates& rates) { return rates.factor == 0; })) return;
  for (const std::size_t index : trained_)  // what does not learn has no part in a norm
    if (rates_[rates_of_[index]].factor == 0) std::fill_n(static_cast<float*>(store_.gradient(store_.parameters()[index])), store_.parameters()[index].count, 0.0F);
}

std::span<float> Updater::slot(std::size_t number) const {
  auto* bytes = static_cast<char*>(const_cast<void*>(slots_[number].data())) + slot_shift(number + 1);
  return {reinterpret_cast<float*>(bytes), slot_elements_};
}

std::size_t Updater::slot_place(const model::Parameter& p) const {
  const auto run = std::ranges::find_if(runs_, [&](const Piece& r) { return p.offset >= r.begin && p.offset < r.begin + r.count; });
  return run->slot + p.offset - run->begin;
}

double Updater::rate(std::int64_t step, std::int64_t epoch) const {
  double planned = recipe_.learning_rate;
  if (schedule_) planned = rate_of(*schedule_, step, epoch, schedule_state_);
  const double base = slowed_ * recipe_.rate_factor * planned;
  if (step >= recipe_.warmup_steps) return base;
  const double done = static_cast<double>(step) / static_cast<double>(recipe_.warmup_steps);
  return base * (recipe_.warmup_from + (1 - recipe_.warmup_from) * done);
}

void Updater::set_profile(Profile& profile, const std::string& prefix) {
  profile_ = &profile;
  row_ = profile.row(prefix + std::string(recipe::short_type(optimizer_.item().name)), Pass::update);
  wait_ = profile.row(prefix + "update", Pass::wait);
  if (recipe_.clipnorm || recipe_.clipvalue || recipe_.global_clipnorm) clipping_.row = profile.row(prefix + "clipping", Pass::update);
}

// Weights, gradients and slots.
Work Updater::work_of(std::size_t elements) const { return {row_, 0, static_cast<double>(elements * (2 + slots_.size()) * sizeof(float))}; }

void Updater::apply(std::int64_t step, std::int64_t epoch) {
  if (!rates_of_.empty()) set_factors(epoch);
  LapTimer clipping(profile_, 0);
  clip();
  clipping.done(clipping_);
  const double learning_rate = rate(step, epoch);
  if (optimizer_.calls().begin_step)
    optimizer_.guard("begin_step", [&](trg_error* error) { return optimizer_.calls().begin_step(optimizer_.self(), step + 1, learning_rate, scalars_.data(), error); });
  if (whole_) {
    const auto factor_of = [this](std::size_t parameter) { return rates_of_.empty() ? 1.0 : rates_[rates_of_[parameter]].factor; };
    whole_->apply({step + 1, learning_rate, weight_decay_, recipe_.clip_weights, scalars_.data()}, factor_of, team_, profile_, row_, wait_);
    team_.look_how_far();  // here, where the threads have just worked
    return finish(step);
  }
  {
    const LoopWatch watch(profile_, wait_);
    const bool for_others = team_.far_apart() && pieces_.size() > 1;
    team_.for_each(static_cast<std::int64_t>(pieces_.size()), [&](std::int64_t i, int worker) {
      LapTimer lap(profile_, worker);
      const Piece& piece = pieces_[static_cast<std::size_t>(i)];
      const double factor = rates_[piece.rates].factor;
      if (factor == 0) return;
      Call made(optimizer_);
      if (for_others) update_for_others(piece, step, factor * learning_rate, made);
      else update(piece, weights(piece), step, factor * learning_rate, made);
      lap.done(work_of(piece.count));
    });
  }
  team_.look_how_far();  // as above
  for (model::TouchedRows* touched : by_rows_) update_rows(*touched, step, learning_rate);
  finish(step);
}

// What follows an update, in Keras's order.
void Updater::finish(std::int64_t step) {
  if (average_) average_->add(step);
  if (constraints_) constraints_->apply(team_);
  store_.changed(trained_);
}

// A number is not finite where all bits of its exponent are set: this way the loop runs on vectors.
bool Updater::gradients_are_finite() {
  std::atomic<bool> finite{true};
  const auto* gradients = static_cast<const float*>(store_.gradients());
  for (const Piece& run : runs_)
    team_.for_each(static_cast<std::int64_t>((run.count + chunk - 1) / chunk), [&](std::int64_t i, int) {
      const std::size_t at = static_cast<std::size_t>(i) * chunk;
      const float* from = gradients + run.begin + at;
      std::uint32_t worst = 0;
      for (std::size_t k = 0; k < std::min(chunk, run.count - at); ++k) worst = std::max(worst, std::bit_cast<std::uint32_t>(from[k]) & 0x7F800000u);
      if (worst == 0x7F800000u) finite = false;
    });
  return finite;
}

void Updater::leave_out() {
  for (const Piece& run : runs_) std::fill_n(static_cast<float*>(store_.gradients()) + run.begin, run.count, 0.0F);
  for (model::TouchedRows& touched : store_.touched()) touched.clear();
}

void Updater::begin_average() {
  if (average_) average_->begin();
}

void Updater::swap_average() {
  if (average_) average_->swap();
}

// The rows lie anywhere in memory: those a few rows ahead are asked for while one is updated, and a gradient becomes zero again while it is at hand.
// Neighbours are updated by one call: frequent words have small numbers.
void Updater::update_rows(model::TouchedRows& touched, std::int64_t step, double learning_rate) {
  constexpr std::int64_t rows_at_once = 64, ahead = 4;
  const model::Parameter& p = store_.parameters()[touched.parameter()];
  const double factor = rates_of_.empty() ? 1 : rates_[rates_of_[touched.parameter()]].factor;
  if (factor == 0) {
    for (const std::int64_t number : touched.numbers()) std::fill_n(static_cast<float*>(store_.gradient(p)) + static_cast<std::size_t>(number) * touched.row(), touched.row(), 0.0F);
    return touched.clear();
  }
  const std::size_t slots = slot_place(p);
  const auto count = static_cast<std::int64_t>(touched.numbers().size());
  const auto piece = [&](std::int64_t r) {
    const std::size_t at = static_cast<std::size_t>(touched.numbers()[static_cast<std::size_t>(r)]) * touched.row();
    return Piece{p.offset + at, touched.row(), slots + at};
  };
  const LoopWatch watch(profile_, wait_);
  team_.for_each((count + rows_at_once - 1) / rows_at_once, [&](std::int64_t i, int worker) {
    LapTimer lap(profile_, worker);
    Call made(optimizer_);
    const std::int64_t end = std::min(count, (i + 1) * rows_at_once);
    const std::int64_t* numbers = touched.numbers().data();
    for (std::int64_t r = i * rows_at_once, next = r; r < end; r = next) {
      while (next < end && numbers[next] - numbers[r] == next - r) {
        if (next + ahead < count) fetch(piece(next + ahead));
        ++next;
      }
      Piece rows = piece(r);
      rows.count *= static_cast<std::size_t>(next - r);
      update(rows, weights(rows), step, factor * learning_rate, made);
      std::fill_n(static_cast<float*>(store_.gradients()) + rows.begin, rows.count, 0.0f);
    }
    lap.done(work_of(static_cast<std::size_t>(end - i * rows_at_once) * touched.row()));
  });
  touched.clear();
}

void Updater::fetch(const Piece& piece) const {
  constexpr std::size_t line = 16, most = 256;  // a long row is on its way by itself
  const auto ask = [&](const float* from) {
    for (std::size_t at = 0; at < std::min(piece.count, most); at += line) __builtin_prefetch(from + at, 1);
  };
  ask(static_cast<const float*>(store_.weights()) + piece.begin);
  ask(static_cast<const float*>(store_.gradients()) + piece.begin);
  for (std::size_t s = 0; s < slots_.size(); ++s) ask(slot(s).data() + piece.slot);
}

float* Updater::weights(const Piece& piece) const { return static_cast<float*>(store_.weights()) + piece.begin; }

// All threads have read these weights, and will read the new ones.
void Updater::update_for_others(const Piece& piece, std::int64_t step, double learning_rate, Call& made) {
  constexpr std::size_t block = 2048;  // with its gradient and a slot, it stays in the first-level cache
  alignas(64) float fresh[block];
  for (std::size_t at = 0; at < piece.count; at += block) {
    const Piece part{piece.begin + at, std::min(block, piece.count - at), piece.slot + at};
    std::copy_n(weights(part), part.count, fresh);
    update(part, fresh, step, learning_rate, made);
    copy_past_caches(weights(part), fresh, part.count * sizeof(float));
  }
}

void Updater::update(const Piece& piece, float* weights, std::int64_t step, double learning_rate, Call& made) {
  void* slots[TRG_MOST_SLOTS];
  for (std::size_t s = 0; s < slots_.size(); ++s) slots[s] = slot(s).data() + piece.slot;
  if (weight_decay_ != 0) multiply(weights, piece.count, static_cast<float>(1 - weight_decay_ * learning_rate));
  trg_update native{};
  native.size = sizeof(native);
  native.type = TRG_F32;
  native.count = static_cast<std::int64_t>(piece.count);
  native.weights = weights;
  native.gradient = static_cast<const float*>(store_.gradients()) + piece.begin;
  native.slots = slots;
  native.step = step + 1;
  native.rate = learning_rate;
  native.scalars = scalars_.data();
  const std::int32_t status = host::foreign_call(&made.report.native, [&] { return optimizer_.calls().update(optimizer_.self(), &native, &made.report.native); });
  if (status != TRG_OK) host::raise(status, made.report.native, optimizer_.who());
  if (recipe_.clip_weights) limit(weights, piece.count, static_cast<float>(*recipe_.clip_weights));
}

double Updater::squared_norm(std::size_t begin, std::size_t count) {
  const auto* gradients = static_cast<const float*>(store_.gradients()) + begin;
  const std::size_t chunks = (count + chunk - 1) / chunk;
  team_.for_each(static_cast<std::int64_t>(chunks), [&](std::int64_t i, int) {
    const std::size_t at = static_cast<std::size_t>(i) * chunk;
    norms_[static_cast<std::size_t>(i)] = sum_of_squares(gradients + at, std::min(chunk, count - at));
  });
  double sum = 0;
  for (std::size_t i = 0; i < chunks; ++i) sum += norms_[i];
  return sum;
}

double Updater::gradient_norm() {
  double squared = 0;
  for (const Piece& run : runs_) squared += squared_norm(run.begin, run.count);
  return std::sqrt(squared);
}

void Updater::scale(std::size_t begin, std::size_t count, double factor) { multiply(static_cast<float*>(store_.gradients()) + begin, count, static_cast<float>(factor)); }

void Updater::clip() {
  if (recipe_.clipvalue) {
    for (const Piece& run : runs_) limit(static_cast<float*>(store_.gradients()) + run.begin, run.count, static_cast<float>(*recipe_.clipvalue));
  } else if (recipe_.clipnorm) {
    for (const std::size_t index : trained_) {
      const model::Parameter& p = store_.parameters()[index];
      const double norm = std::sqrt(squared_norm(p.offset, p.count));
      if (norm > *recipe_.clipnorm) scale(p.offset, p.count, *recipe_.clipnorm / norm);
    }
  } else if (recipe_.global_clipnorm) {
    const double norm = gradient_norm();
    for (const Piece& run : runs_)
      if (norm > *recipe_.global_clipnorm) scale(run.begin, run.count, *recipe_.global_clipnorm / norm);
  }
}

void Updater::epoch_end(std::int64_t epoch, std::span<const std::pair<std::string, double>> numbers, const std::vector<Measured>& measured) {
  if (!schedule_) return;
  const Value* monitor = find_option(recipe_.schedule->options, "monitor");  // by convention
  if (monitor && monitor->is<std::string>() && std::ranges::find(numbers, monitor->as<std::string>(), [](const auto& number) { return number.first; }) == numbers.end()) return;
  if (!schedule_->calls().epoch_end) return;
  std::vector<trg_measure> values;
  for (const auto& [name, value] : numbers) {
    const Measured* const one = find_measured(measured, name);
    values.push_back({sizeof(trg_measure), name.c_str(), value, one ? one->direction : 0, 0});
  }
  end_epoch(*schedule_, epoch, values, schedule_state_);
}

bool Updater::moves_touched_rows_only(std::size_t parameter) const {
  if (constraints_ && constraints_->changes(parameter)) return false;
  return std::ranges::any_of(by_rows_, [&](const model::TouchedRows* touched) { return touched->parameter() == parameter; });
}

std::vector<TensorView> Updater::slot_views() const {
  std::vector<TensorView> out = optimizer_slot_views();
  if (!average_) return out;
  const std::vector<TensorView> averages = average_->slot_views();
  out.insert(out.end(), averages.begin(), averages.end());
  return out;
}

std::vector<TensorView> Updater::optimizer_slot_views() const {
  if (whole_) return whole_->slot_views();
  std::vector<TensorView> out;
  for (const std::size_t index : trained_)
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      const model::Parameter& p = store_.parameters()[index];
      out.push_back({p.name + "/" + slot_names_[s], ElementType::f32, p.shape, slot(s).data() + slot_place(p)});
    }
  return out;
}

void Updater::set_slots(const std::vector<NamedTensor>& tensors, const std::string& from) {
  for (const TensorView& slot : slot_views()) {
    const NamedTensor* found = find(tensors, slot.name);
    if (!found || found->tensor.shape() != slot.shape || found->tensor.type() != slot.type)
      throw Error(ExitCode::usage, fmt::format("{} has no slot \"{}\" of shape {} for this optimizer ({})", from, slot.name, to_string(slot.shape), optimizer_.item().name),
                  fmt::format("resume with the optimizer that the run began with, or begin a run of its own with these weights: --run OTHER --init-weights {}", shell_word(from)));
    std::memcpy(const_cast<void*>(slot.data), found->tensor.data(), found->tensor.bytes());  // it is memory of ours
  }
}

std::vector<NamedTensor> Updater::scalar_tensors() const {
  std::vector<NamedTensor> out = {number_tensor("optimizer/scalars", scalars_), number_tensor("schedule/state", schedule_state_)};
  if (slowed_ != 1) out.push_back(number_tensor(slowed_rates, {slowed_}));
  return out;
}

void Updater::set_scalars(const std::vector<NamedTensor>& tensors) {
  std::ranges::copy(numbers_of(tensors, "optimizer/scalars", scalars_.size()), scalars_.begin());
  std::ranges::copy(numbers_of(tensors, "schedule/state", schedule_state_.size()), schedule_state_.begin());
  const std::span<const double> slowed = numbers_of(tensors, slowed_rates, 1);
  slowed_ = !slowed.empty() && slowed[0] > 0 && slowed[0] <= 1 ? slowed[0] : 1;
}

std::vector<std::span<std::byte>> Updater::memory() {
  std::vector<std::span<std::byte>> out = whole_ ? whole_->memory() : std::vector<std::span<std::byte>>{};
  for (std::size_t s = 0; s < slots_.size(); ++s) out.push_back(std::as_writable_bytes(slot(s)));
  if (average_) out.push_back(average_->memory());
  out.push_back(std::as_writable_bytes(std::span(scalars_)));
  out.push_back(std::as_writable_bytes(std::span(schedule_state_)));
  out.push_back(std::as_writable_bytes(std::span(&slowed_, 1)));
  return out;
}

}  // namespace teranga::train
