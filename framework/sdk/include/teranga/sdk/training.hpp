// SPDX-License-Identifier: Apache-2.0
// Writing losses, optimizers, metrics, schedules and initializers: a plain struct with info(), a constructor from Options and the calls
// named below; `sdk::loss<L>()` and its sisters make an item of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <teranga/sdk/c/training.h>
#include <teranga/sdk/error.hpp>
#include <teranga/sdk/member_names.hpp>
#include <teranga/sdk/plugin.hpp>
#include <teranga/sdk/shape.hpp>

namespace teranga::sdk {

// What a loss or a metric compares.
class Comparison {
 public:
  explicit Comparison(const trg_compare_request& request) : request_(request) {}
  std::int32_t predictions() const { return request_.prediction_count; }
  std::int32_t targets() const { return request_.target_count; }
  Shape prediction(int i = 0) const { return Shape(request_.predictions[i]); }
  Shape target(int i = 0) const { return Shape(request_.targets[i]); }
  std::int32_t target_type(int i = 0) const { return request_.targets[i].type; }
  // Qualified name of the activation behind prediction 0, or "".
  std::string_view producer() const { return request_.producer ? request_.producer : ""; }
  const trg_options* producer_options() const { return request_.producer_options; }

 private:
  const trg_compare_request& request_;
};

// Reads a target of any element type as T.
template <class T>
class TargetView {
 public:
  explicit TargetView(const trg_tensor& tensor) : data_(tensor.data), type_(tensor.type), view_(View<const char>::of(tensor)) {}
  T operator[](std::int64_t i) const {
    switch (type_) {
      case TRG_F32: return static_cast<T>(static_cast<const float*>(data_)[i]);
      case TRG_F64: return static_cast<T>(static_cast<const double*>(data_)[i]);
      case TRG_I32: return static_cast<T>(static_cast<const std::int32_t*>(data_)[i]);
      case TRG_I64: return static_cast<T>(static_cast<const std::int64_t*>(data_)[i]);
      default: return static_cast<T>(static_cast<const std::uint8_t*>(data_)[i]);
    }
  }
  std::int64_t count() const { return view_.rows * view_.row; }
  std::int64_t row() const { return view_.row; }

  // Elements first .. first + count - 1 in one piece, for hot loops: the tensor itself where it holds T already, else buffer, filled.
  const T* block(std::int64_t first, std::int64_t count, T* buffer) const {
    switch (type_) {
      case TRG_F32: return copied<float>(first, count, buffer);
      case TRG_F64: return copied<double>(first, count, buffer);
      case TRG_I32: return copied<std::int32_t>(first, count, buffer);
      case TRG_I64: return copied<std::int64_t>(first, count, buffer);
      default: return copied<std::uint8_t>(first, count, buffer);
    }
  }

 private:
  template <class U>
  const T* copied(std::int64_t first, std::int64_t count, T* buffer) const {
    const U* const from = static_cast<const U*>(data_) + first;
    if constexpr (std::is_same_v<U, T>) {
      static_cast<void>(count), static_cast<void>(buffer);
      return from;
    } else {
      for (std::int64_t i = 0; i < count; ++i) buffer[i] = static_cast<T>(from[i]);
      return buffer;
    }
  }

  const void* data_;
  std::int32_t type_;
  View<const char> view_;
};

template <class T>
struct LossSlice {
  const trg_loss_call& call;
  std::int64_t samples() const { return call.rows; }
  View<const T> prediction(int i = 0) const { return View<const T>::of(call.predictions[i]); }
  TargetView<T> target(int i = 0) const { return TargetView<T>(call.targets[i]); }
  TargetView<std::int64_t> classes(int i = 0) const { return TargetView<std::int64_t>(call.targets[i]); }
  View<T> d_prediction(int i = 0) const { return View<T>::of(call.d_predictions[i]); }  // overwrite; empty: not wanted
  const double* weights() const { return call.weights; }  // per leading element; multiply the gradient by it
  double* values() const { return call.values; }          // per leading element, unweighted; overwrite
};

// Loss:   Plan plan(const Comparison&, LossPlan&) const;   void evaluate(const LossSlice<T>&, const Plan&) const   (T = float and double)
//         optional: double denominator(const LossSlice<T>&, const Plan&) const, where weights() is the mask (0 or 1), null without one
//         optional: static constexpr std::int32_t target_count = 0, of a loss that judges the prediction alone
using LossPlan = trg_loss_plan;

namespace detail {

TERANGA_DETAIL_NAMES(denominator)
TERANGA_DETAIL_NAMES(begin_step)
TERANGA_DETAIL_NAMES(slot_shape)
TERANGA_DETAIL_NAMES(epoch_end)

template <class L>
struct LossAdapter {
  using UserPlan = decltype(std::declval<const L&>().plan(std::declval<const Comparison&>(), std::declval<LossPlan&>()));
  struct Plan {
    const L* loss;
    std::int32_t type;
    UserPlan user;
  };
  static std::int32_t create(const trg_options* options, void** loss, trg_error* error) {
    return guarded(error, [&] { *loss = new L(Options(options)); });
  }
  static void destroy(void* loss) { delete static_cast<L*>(loss); }
  static std::int32_t plan(void* loss, const trg_compare_request* request, trg_loss_plan* answer, void** plan, trg_error* error) {
    return guarded(error, [&] {
      const L& l = *static_cast<const L*>(loss);
      *plan = new Plan{&l, request->type, l.plan(Comparison(*request), *answer)};
    });
  }
  static void destroy_plan(void* plan) { delete static_cast<Plan*>(plan); }
  static std::int32_t evaluate(void* plan, const trg_loss_call* call, trg_error* error) {
    return guarded(error, [&] {
      const Plan& p = *static_cast<const Plan*>(plan);
      if (p.type == TRG_F64) p.loss->evaluate(LossSlice<double>{*call}, p.user);
      else p.loss->evaluate(LossSlice<float>{*call}, p.user);
    });
  }
  static std::int32_t denominator(void* plan, const trg_loss_call* call, double* sum, trg_error* error) {
    return guarded(error, [&] {
      const Plan& p = *static_cast<const Plan*>(plan);
      if constexpr (has_denominator) *sum = p.type == TRG_F64 ? p.loss->denominator(LossSlice<double>{*call}, p.user) : p.loss->denominator(LossSlice<float>{*call}, p.user);
      else static_cast<void>(p), static_cast<void>(sum);
    });
  }
  static constexpr bool has_denominator = requires(const L& l, const LossSlice<float>& s, const UserPlan& p) { l.denominator(s, p); };
  static_assert(has_denominator || !Names_denominator<L>, "denominator cannot be called: it must be double denominator(const LossSlice<T>&, const Plan&) const");
  static std::int32_t target_count(void*) {
    if constexpr (requires { L::target_count; }) return L::target_count;
    else return 1;
  }
  static constexpr trg_loss_calls calls = {sizeof(trg_loss_calls), create, destroy, plan, destroy_plan, evaluate, has_denominator ? denominator : nullptr, target_count};
};

}  // namespace detail

template <class L>
Item loss() {
  return {TRG_LOSS, L::info(), &detail::LossAdapter<L>::calls};
}

template <class T>
struct Update {
  std::int64_t count;
  T* weights;
  const T* gradient;  // null: zero
  void* const* slots;
  std::int64_t step;  // 1 at the first update
  T rate;
  const double* scalars;
  T* slot(int i) const { return static_cast<T*>(slots[i]); }
};

// One parameter, whole. How to loop over it on all threads: tensor_loops.hpp.
template <class T>
struct TensorUpdate {
  std::string_view parameter;  // "dense/kernel"
  Shape shape;
  std::int64_t count;
  T* weights;
  const T* gradient;
  void* const* slots;
  std::int64_t step;  // 1 at the first update
  double rate;
  const double* scalars;
  T* slot(int i) const { return static_cast<T*>(slots[i]); }  // null: this parameter has none
};

// Optimizer:   std::vector<const char*> slots() const;   and either
//              template <class T> void update(const Update<T>&) const             element by element, or
//              template <class T> void update_tensor(const TensorUpdate<T>&) const   a parameter at a time
//              optional: bool idle_without_gradient() const: whether a gradient of zeros leaves weights and slots as they are
//              optional: std::vector<double> slot_initial() const, scalar_initial() const; void begin_step(step, rate, double* scalars) const
//              optional, with update_tensor: std::optional<Shape> slot_shape(int slot, std::string_view parameter, const Shape&) const: none where the parameter
//              has no such slot; static constexpr bool decays_itself = true, of one that has an option weight_decay and applies it itself
namespace detail {

template <class O>
struct OptimizerAdapter {
  struct Held {
    O optimizer;
    std::vector<const char*> slots;
    std::vector<double> slot_initial, scalar_initial;
    explicit Held(const Options& options) : optimizer(options), slots(optimizer.slots()) {
      if constexpr (requires { optimizer.slot_initial(); }) slot_initial = optimizer.slot_initial();
      if constexpr (requires { optimizer.scalar_initial(); }) scalar_initial = optimizer.scalar_initial();
    }
  };
  static constexpr bool whole_tensors = requires(const O& o, const TensorUpdate<float>& u) { o.update_tensor(u); };
  static constexpr bool shapes_slots = requires(const O& o, const Shape& shape) { o.slot_shape(0, std::string_view(), shape); };
  static constexpr bool decays_itself = requires { requires O::decays_itself; };

  static std::int32_t create(const trg_options* options, void** optimizer, trg_error* error) {
    return guarded(error, [&] { *optimizer = new Held(Options(options)); });
  }
  static void destroy(void* optimizer) { delete static_cast<Held*>(optimizer); }
  static std::int32_t facts(void* optimizer, trg_optimizer_facts* facts, trg_error* error) {
    return guarded(error, [&] {
      const Held& held = *static_cast<const Held*>(optimizer);
      facts->slot_count = static_cast<std::int32_t>(held.slots.size());
      facts->scalar_count = static_cast<std::int32_t>(held.scalar_initial.size());
      facts->slot_names = held.slots.data();
      facts->slot_initial = held.slot_initial.empty() ? nullptr : held.slot_initial.data();
      facts->scalar_initial = held.scalar_initial.empty() ? nullptr : held.scalar_initial.data();
      facts->idle_without_gradient = idle(held.optimizer);
      facts->whole_tensors = whole_tensors;
      facts->decays_itself = decays_itself;
    });
  }
  static std::int32_t idle(const O& o) {
    if constexpr (requires { o.idle_without_gradient(); }) return o.idle_without_gradient();
    else return 0;
  }
  static constexpr bool begins_steps = requires(const O& o, std::int64_t step, double rate, double* scalars) { o.begin_step(step, rate, scalars); };
  static_assert(begins_steps || !Names_begin_step<O>, "begin_step cannot be called: it must be void begin_step(std::int64_t step, double rate, double* scalars) const");
  static_assert(shapes_slots || !Names_slot_shape<O>, "slot_shape cannot be called: it must be std::optional<Shape> slot_shape(int slot, std::string_view parameter, const Shape&) const");
  static std::int32_t begin_step(void* optimizer, std::int64_t step, double rate, double* scalars, trg_error* error) {
    return guarded(error, [&] {
      if constexpr (begins_steps) static_cast<const Held*>(optimizer)->optimizer.begin_step(step, rate, scalars);
      else static_cast<void>(optimizer), static_cast<void>(step), static_cast<void>(rate), static_cast<void>(scalars);
    });
  }
  template <class T>
  static void typed_update(const O& optimizer, const trg_update& u) {
    optimizer.update(Update<T>{u.count, static_cast<T*>(u.weights), static_cast<const T*>(u.gradient), u.slots, u.step, static_cast<T>(u.rate), u.scalars});
  }
  static std::int32_t update(void* optimizer, const trg_update* u, trg_error* error) {
    return guarded(error, [&] {
      if constexpr (!whole_tensors) {
        const O& o = static_cast<const Held*>(optimizer)->optimizer;
        if (u->type == TRG_F64) typed_update<double>(o, *u);
        else typed_update<float>(o, *u);
      }
    });
  }
  template <class T>
  static void typed_update_tensor(const O& optimizer, const trg_tensor_update& u) {
    optimizer.update_tensor(TensorUpdate<T>{u.parameter, Shape(std::vector<std::int64_t>(u.shape, u.shape + u.rank)), u.count, static_cast<T*>(u.weights),
                                            static_cast<const T*>(u.gradient), u.slots, u.step, u.rate, u.scalars});
  }
  static std::int32_t update_tensor(void* optimizer, const trg_tensor_update* u, trg_error* error) {
    return guarded(error, [&] {
      if constexpr (whole_tensors) {
        const O& o = static_cast<const Held*>(optimizer)->optimizer;
        if (u->type == TRG_F64) typed_update_tensor<double>(o, *u);
        else typed_update_tensor<float>(o, *u);
      }
    });
  }
  static std::int32_t slot_shape(void* optimizer, std::int32_t slot, const char* parameter, trg_slot_shape* shape, trg_error* error) {
    return guarded(error, [&] {
      if constexpr (shapes_slots) {
        const Shape whole(std::vector<std::int64_t>(shape->shape, shape->shape + shape->rank));
        const std::optional<Shape> own = static_cast<const Held*>(optimizer)->optimizer.slot_shape(slot, parameter, whole);
        shape->rank = own ? own->rank() : -1;
        if (shape->rank > TRG_MOST_AXES) throw Error(TRG_FAILED, "a slot has more axes than the border can carry");
        if (own) std::copy(own->begin(), own->end(), shape->shape);
      }
    });
  }
  static constexpr trg_optimizer_calls calls = {sizeof(trg_optimizer_calls), create, destroy, facts, begins_steps ? begin_step : nullptr, whole_tensors ? nullptr : update,
                                                whole_tensors ? update_tensor : nullptr, shapes_slots ? slot_shape : nullptr};
};

}  // namespace detail

template <class O>
Item optimizer() {
  return {TRG_OPTIMIZER, O::info(), &detail::OptimizerAdapter<O>::calls};
}

struct MetricSlice {
  const trg_metric_call& call;
  std::int64_t samples() const { return call.rows; }
  TargetView<double> prediction(int i = 0) const { return TargetView<double>(call.predictions[i]); }
  TargetView<double> target(int i = 0) const { return TargetView<double>(call.targets[i]); }
  TargetView<std::int64_t> classes(int i = 0) const { return TargetView<std::int64_t>(call.targets[i]); }
  const double* weights() const { return call.weights; }
  double* sums() const { return call.sums; }  // add
};

// Metric:   Plan plan(const Comparison&, MetricPlan&) const;   void update(const MetricSlice&, const Plan&) const;   double value(const double* sums, const Plan&) const
using MetricPlan = trg_metric_plan;

namespace detail {

template <class M>
struct MetricAdapter {
  using UserPlan = decltype(std::declval<const M&>().plan(std::declval<const Comparison&>(), std::declval<MetricPlan&>()));
  struct Plan {
    const M* metric;
    UserPlan user;
  };
  static std::int32_t create(const trg_options* options, void** metric, trg_error* error) {
    return guarded(error, [&] { *metric = new M(Options(options)); });
  }
  static void destroy(void* metric) { delete static_cast<M*>(metric); }
  static std::int32_t plan(void* metric, const trg_compare_request* request, trg_metric_plan* answer, void** plan, trg_error* error) {
    return guarded(error, [&] {
      const M& m = *static_cast<const M*>(metric);
      *plan = new Plan{&m, m.plan(Comparison(*request), *answer)};
    });
  }
  static void destroy_plan(void* plan) { delete static_cast<Plan*>(plan); }
  static std::int32_t update(void* plan, const trg_metric_call* call, trg_error* error) {
    return guarded(error, [&] {
      const Plan& p = *static_cast<const Plan*>(plan);
      p.metric->update(MetricSlice{*call}, p.user);
    });
  }
  static std::int32_t value(void* plan, const double* sums, double* value, trg_error* error) {
    return guarded(error, [&] {
      const Plan& p = *static_cast<const Plan*>(plan);
      *value = p.metric->value(sums, p.user);
    });
  }
  static constexpr trg_metric_calls calls = {sizeof(trg_metric_calls), create, destroy, plan, destroy_plan, update, value};
};

}  // namespace detail

template <class M>
Item metric() {
  return {TRG_METRIC, M::info(), &detail::MetricAdapter<M>::calls};
}

// A number that an epoch has measured.
struct Measure {
  std::string_view name;
  double value;
  std::int32_t direction;  // 1: larger is better, -1: smaller is better, 0: it is not known, or there is no order
};
using Measures = std::span<const Measure>;

// Schedule:   double rate(std::int64_t step, std::int64_t epoch, const double* state) const;   optional: std::int64_t state_count() const;
//             void epoch_end(std::int64_t epoch, Measures, double* state) const
namespace detail {

// `stride` bytes lie from one to the next.
inline std::vector<Measure> measures_of(const trg_measure* first, std::size_t count, std::size_t stride) {
  std::vector<Measure> all;
  const char* at = reinterpret_cast<const char*>(first);
  for (std::size_t i = 0; i < count; ++i, at += stride) {
    const trg_measure& one = *reinterpret_cast<const trg_measure*>(at);
    all.push_back({one.name, one.value, one.direction});
  }
  return all;
}

template <class S>
struct ScheduleAdapter {
  struct Held {
    S schedule;
    std::int64_t states = 0;
    explicit Held(const Options& options) : schedule(options) {
      if constexpr (requires { schedule.state_count(); }) states = schedule.state_count();
    }
  };
  static const S& of(void* schedule) { return static_cast<const Held*>(schedule)->schedule; }

  static std::int32_t create(const trg_options* options, void** schedule, trg_error* error) {
    return guarded(error, [&] { *schedule = new Held(Options(options)); });
  }
  static void destroy(void* schedule) { delete static_cast<Held*>(schedule); }
  static std::int64_t state_count(void* schedule) { return static_cast<const Held*>(schedule)->states; }
  static std::int32_t rate(void* schedule, std::int64_t step, std::int64_t epoch, const double* state, double* rate, trg_error* error) {
    return guarded(error, [&] { *rate = of(schedule).rate(step, epoch, state); });
  }
  static constexpr bool measures = requires(const S& s, Measures m, double* state) { s.epoch_end(std::int64_t{}, m, state); };
  static_assert(measures || !Names_epoch_end<S>, "epoch_end cannot be called: it must be void epoch_end(std::int64_t epoch, Measures, double* state) const");
  static std::int32_t epoch_end(void* schedule, std::int64_t epoch, const trg_measure* first, std::size_t count, std::size_t stride, double* state, trg_error* error) {
    return guarded(error, [&] {
      if constexpr (measures) of(schedule).epoch_end(epoch, Measures(measures_of(first, count, stride)), state);
      else static_cast<void>(schedule), static_cast<void>(epoch), static_cast<void>(first), static_cast<void>(count), static_cast<void>(stride), static_cast<void>(state);
    });
  }
  static constexpr trg_schedule_calls calls = {sizeof(trg_schedule_calls), create, destroy, state_count, rate, measures ? epoch_end : nullptr};
};

}  // namespace detail

template <class S>
Item schedule() {
  return {TRG_SCHEDULE, S::info(), &detail::ScheduleAdapter<S>::calls};
}

template <class T>
struct Fill {
  const trg_fill& call;
  Shape shape() const { return Shape(std::vector<std::int64_t>(call.shape, call.shape + call.rank)); }
  T* data() const { return static_cast<T*>(call.data); }
  std::int64_t fan_in() const { return call.fan_in; }
  std::int64_t fan_out() const { return call.fan_out; }
  trg_stream stream() const { return call.stream; }
};

// Initializer:   template <class T> void fill(const Fill<T>&) const
namespace detail {

template <class I>
struct InitializerAdapter {
  static std::int32_t create(const trg_options* options, void** initializer, trg_error* error) {
    return guarded(error, [&] { *initializer = new I(Options(options)); });
  }
  static void destroy(void* initializer) { delete static_cast<I*>(initializer); }
  static std::int32_t fill(void* initializer, const trg_fill* call, trg_error* error) {
    return guarded(error, [&] {
      const I& i = *static_cast<const I*>(initializer);
      if (call->type == TRG_F64) i.fill(Fill<double>{*call});
      else i.fill(Fill<float>{*call});
    });
  }
  static constexpr trg_initializer_calls calls = {sizeof(trg_initializer_calls), create, destroy, fill};
};

}  // namespace detail

template <class I>
Item initializer() {
  return {TRG_INITIALIZER, I::info(), &detail::InitializerAdapter<I>::calls};
}

}  // namespace teranga::sdk
