// SPDX-License-Identifier: Apache-2.0
#include "run/observers.hpp"

#include <teranga/core/log.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace teranga::train {
namespace {

trg_stop_request empty_request() {
  trg_stop_request request{};
  request.size = sizeof(request);
  return request;
}

}  // namespace

Observers::Observers(const std::vector<recipe::ObserverRecipe>& recipes, const host::Registry& registry) {
  for (const recipe::ObserverRecipe& recipe : recipes) {
    One& one = all_.emplace_back(One{host::Observer(registry.need(host::Kind::observer, recipe.component.type), recipe.component.options)});
    if (one.observer.calls().wants) one.observer.guard("wants", [&](trg_error*) { return one.wants = one.observer.calls().wants(one.observer.self()), TRG_OK; });
  }
}

bool Observers::want_gradient_norm() const noexcept {
  return std::ranges::any_of(all_, [](const One& one) { return (one.wants & TRG_WANTS_GRADIENT_NORM) != 0; });
}

void Observers::begin(const trg_training_start& start) {
  for (One& one : all_) {
    if (one.observer.calls().begin) one.observer.guard("begin", [&](trg_error* error) { return one.observer.calls().begin(one.observer.self(), &start, error); });
    one.begun = true;
  }
}

void Observers::step(std::int64_t step, std::int64_t epoch, const std::deque<Phase>& phases) {
  for (const Phase& phase : phases) {
    const auto update = phase.update_of(step - 1);
    if (!update) continue;
    for (const One& one : all_) {
      if (!(one.wants & TRG_WANTS_STEPS) || !one.observer.calls().step) continue;
      const trg_training_step native{sizeof(native), step, epoch, phase.name().c_str(), update->loss, update->rate, one.wants & TRG_WANTS_GRADIENT_NORM ? update->gradient_norm : std::nan("")};
      trg_stop_request request = empty_request();
      one.observer.guard("step", [&](trg_error* error) { return one.observer.calls().step(one.observer.self(), &native, &request, error); });
      take(one, request);
    }
  }
}

void Observers::epoch_end(std::int64_t step, std::int64_t epoch, double seconds, const NamedNumbers& numbers, const std::vector<Measured>& measured) {
  std::vector<trg_measure> measures;
  for (const auto& [name, value] : numbers) {
    const Measured* const one = find_measured(measured, name);
    measures.push_back({sizeof(trg_measure), name.c_str(), value, one ? one->direction : 0, 0});
  }
  const trg_training_epoch native{sizeof(native), step, epoch, seconds, measures.data(), measures.size(), sizeof(trg_measure)};
  for (const One& one : all_) {
    if (!one.observer.calls().epoch_end) continue;
    trg_stop_request request = empty_request();
    one.observer.guard("epoch_end", [&](trg_error* error) { return one.observer.calls().epoch_end(one.observer.self(), &native, &request, error); });
    take(one, request);
  }
}

void Observers::take(const One& from, trg_stop_request& request) {
  if (!request.stop || !wish_.empty()) return;
  const std::string reason = host::text_of(request.reason);
  wish_ = fmt::format("{} asks for the end of the training", from.observer.who());
  if (!reason.empty()) wish_ += fmt::format(": {}", reason);
}

void Observers::tell_end(One& one, const trg_training_end& end) {
  if (!std::exchange(one.begun, false) || !one.observer.calls().end) return;
  one.observer.guard("end", [&](trg_error* error) { return one.observer.calls().end(one.observer.self(), &end, error); });
}

void Observers::end(std::int64_t step, std::int64_t epoch, ExitCode code) {
  for (One& one : all_) tell_end(one, {sizeof(trg_training_end), step, epoch, static_cast<std::int32_t>(code), 0});
}

void Observers::end_after_failure(std::int64_t step, std::int64_t epoch, ExitCode code) noexcept {
  for (One& one : all_) {
    try {
      tell_end(one, {sizeof(trg_training_end), step, epoch, static_cast<std::int32_t>(code), 0});
    } catch (const std::exception& error) {
      log::warning(error.what());
    } catch (...) {
    }
  }
}

}  // namespace teranga::train
