// SPDX-License-Identifier: Apache-2.0
// Writing an observer: it is told how a training goes, on rank 0 alone, and may ask that it stops. A struct with info(), a constructor from Options and any of
//
//   void begin(const TrainingStart&)     before the first step, and again where the training goes back to a checkpoint after a divergence
//   void step(const StepReport&)         after each step that ends with an update; `static constexpr bool gradient_norm = true` asks for the norm of the gradients, too
//   void epoch_end(const EpochReport&)   after each epoch, with its measures
//   void end(const TrainingEnd&)         once after begin, also when the training ends by an error
//
// `sdk::observer<O>()` makes an item of it. Unlike the other kinds, an observer may keep what it is told. A training that is resumed begins with a new one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/sdk/c/observer.h>
#include <teranga/sdk/error.hpp>
#include <teranga/sdk/plugin.hpp>
#include <teranga/sdk/training.hpp>

namespace teranga::sdk {

struct TrainingStart {
  std::string_view run_folder;     // absolute: files that an observer writes belong there; "" where a run keeps none
  std::int64_t step, epoch;        // finished steps, and the epoch that comes next (1 = the first)
  std::int64_t epochs;             // that the training will have in all
  std::int64_t steps_per_epoch;    // 0: not known
  std::int64_t parameters;         // trainable numbers of the model
  bool resumed() const { return step > 0; }
};

// What steps and epochs share: the wish that the training stops. It stops on all ranks, writes a checkpoint and counts as done.
class Stoppable {
 public:
  explicit Stoppable(trg_stop_request& request) : request_(&request) {}
  void stop(std::string_view reason) const {
    request_->stop = 1;
    detail::copy_text(request_->reason, reason);
  }

 private:
  trg_stop_request* request_;
};

struct StepReport : Stoppable {
  std::int64_t step, epoch;  // 1 = the first
  std::string_view phase;    // that made the update; "" in a training without phases
  double loss, rate;         // of the global batch; learning rate
  double gradient_norm;      // L2, before clipping; NaN unless the observer asks for it
};

struct EpochReport : Stoppable {
  std::int64_t step, epoch;  // finished steps; the epoch that ended, 1 = the first
  double seconds;            // that the epoch took
  std::vector<Measure> measures;
  // None: the epoch did not measure it.
  std::optional<double> value(std::string_view name) const {
    for (const Measure& measure : measures)
      if (measure.name == name) return measure.value;
    return std::nullopt;
  }
};

struct TrainingEnd {
  std::int64_t step, epoch;  // finished ones
  std::int32_t exit_code;    // of the program: 0 done, 75 stopped and resumable, ...
};

namespace detail {

TERANGA_DETAIL_NAMES(begin)
TERANGA_DETAIL_NAMES(step)
TERANGA_DETAIL_NAMES(end)
TERANGA_DETAIL_NAMES(on_epoch_end)
TERANGA_DETAIL_NAMES(on_step)
TERANGA_DETAIL_NAMES(on_train_begin)
TERANGA_DETAIL_NAMES(on_train_end)

template <class O>
struct ObserverAdapter {
  static constexpr bool begins = requires(O& o, const TrainingStart& t) { o.begin(t); };
  static constexpr bool steps = requires(O& o, const StepReport& t) { o.step(t); };
  static constexpr bool epochs = requires(O& o, const EpochReport& t) { o.epoch_end(t); };
  static constexpr bool ends = requires(O& o, const TrainingEnd& t) { o.end(t); };
  static_assert(steps || epochs || begins || ends, "an observer needs one of begin(const TrainingStart&), step(const StepReport&), epoch_end(const EpochReport&), end(const TrainingEnd&)");

  static_assert(begins || !Names_begin<O>, "begin cannot be called: it must be void begin(const TrainingStart&)");
  static_assert(steps || !Names_step<O>, "step cannot be called: it must be void step(const StepReport&)");
  static_assert(epochs || !Names_epoch_end<O>, "epoch_end cannot be called: it must be void epoch_end(const EpochReport&)");
  static_assert(ends || !Names_end<O>, "end cannot be called: it must be void end(const TrainingEnd&)");

  static_assert(!Names_on_epoch_end<O> && !Names_on_step<O> && !Names_on_train_begin<O> && !Names_on_train_end<O>, "the members are called begin, step, epoch_end and end, without on_");

  static std::int32_t create(const trg_options* options, void** observer, trg_error* error) {
    return guarded(error, [&] { *observer = new O(Options(options)); });
  }
  static void destroy(void* observer) { delete static_cast<O*>(observer); }
  static std::int32_t wants(void*) {
    std::int32_t bits = steps ? TRG_WANTS_STEPS : 0;
    if constexpr (requires { O::gradient_norm; }) bits |= O::gradient_norm ? TRG_WANTS_GRADIENT_NORM : 0;
    return bits;
  }
  static std::int32_t begin(void* observer, const trg_training_start* t, trg_error* error) {
    return guarded(error, [&] {
      if constexpr (begins) static_cast<O*>(observer)->begin(TrainingStart{t->run_folder, t->step, t->epoch, t->epochs, t->steps_per_epoch, t->parameters});
      else static_cast<void>(observer), static_cast<void>(t);
    });
  }
  static std::int32_t step(void* observer, const trg_training_step* t, trg_stop_request* request, trg_error* error) {
    return guarded(error, [&] {
      if constexpr (steps) static_cast<O*>(observer)->step(StepReport{Stoppable(*request), t->step, t->epoch, t->phase, t->loss, t->rate, t->gradient_norm});
      else static_cast<void>(observer), static_cast<void>(t), static_cast<void>(request);
    });
  }
  static std::int32_t epoch_end(void* observer, const trg_training_epoch* t, trg_stop_request* request, trg_error* error) {
    return guarded(error, [&] {
      if constexpr (epochs)
        static_cast<O*>(observer)->epoch_end(EpochReport{Stoppable(*request), t->step, t->epoch, t->seconds, measures_of(t->measures, t->measure_count, t->measure_stride)});
      else static_cast<void>(observer), static_cast<void>(t), static_cast<void>(request);
    });
  }
  static std::int32_t end(void* observer, const trg_training_end* t, trg_error* error) {
    return guarded(error, [&] {
      if constexpr (ends) static_cast<O*>(observer)->end(TrainingEnd{t->step, t->epoch, t->exit_code});
      else static_cast<void>(observer), static_cast<void>(t);
    });
  }
  static constexpr trg_observer_calls calls = {sizeof(trg_observer_calls), create, destroy, wants, begins ? begin : nullptr, steps ? step : nullptr, epochs ? epoch_end : nullptr, ends ? end : nullptr};
};

}  // namespace detail

template <class O>
Item observer() {
  return {TRG_OBSERVER, O::info(), &detail::ObserverAdapter<O>::calls};
}

}  // namespace teranga::sdk
