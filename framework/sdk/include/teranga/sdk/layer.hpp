// SPDX-License-Identifier: Apache-2.0
// Writing a layer: a plain struct with info(), a constructor from Options, plan() and the calls, each a template over the compute type or a
// function for one. `sdk::layer<L>()` turns it into an item of the library.
//
//   void plan(LayerPlan&) const          or   Something plan(LayerPlan&) const, then every call takes (slice, const Something&)
//   void forward(const Slice<T>&) const       overwrites outputs
//   void backward(const Slice<T>&) const      overwrites d_in (where wanted); left out: no gradient flows through
//   void backward_params(const Slice<T>&)     adds to d_parameter
//   void derive(const Slice<T>&) const        parameters -> derived(); optional
//   void update_state(const Slice<T>&) const  once per training step; optional
#pragma once

#include <type_traits>
#include <utility>

#include <teranga/sdk/layer_plan.hpp>
#include <teranga/sdk/plugin.hpp>
#include <teranga/sdk/slice.hpp>

namespace teranga::sdk {

using LayerInfo = Info;

namespace detail {

struct NoPlan {};

template <class L>
auto plan_of(const L& layer, LayerPlan& plan) {
  if constexpr (std::is_void_v<decltype(layer.plan(plan))>) {
    layer.plan(plan);
    return NoPlan{};
  } else {
    return layer.plan(plan);
  }
}

// Calls layer.NAME(slice) or layer.NAME(slice, plan), whichever there is; says so where there is none for this type.
#define TERANGA_DETAIL_CALL(NAME)                                                                                             \
  template <class L, class P, class T>                                                                                        \
  concept Has_##NAME = requires(const L& l, const Slice<T>& s, const P& p) { l.NAME(s, p); } ||                               \
                       requires(const L& l, const Slice<T>& s) { l.NAME(s); };                                                \
  template <class T, class L, class P>                                                                                        \
  void call_##NAME(const L& layer, const P& plan, const trg_call& call) {                                                     \
    const Slice<T> slice(call);                                                                                               \
    if constexpr (requires { layer.NAME(slice, plan); })                                                                      \
      layer.NAME(slice, plan);                                                                                                \
    else if constexpr (requires { layer.NAME(slice); })                                                                       \
      layer.NAME(slice);                                                                                                      \
    else                                                                                                                      \
      throw Error(TRG_FAILED, std::string("does not offer " #NAME " in ") + (sizeof(T) == 8 ? "f64" : "f32"));                \
  }
TERANGA_DETAIL_CALL(forward)
TERANGA_DETAIL_CALL(backward)
TERANGA_DETAIL_CALL(backward_params)
TERANGA_DETAIL_CALL(derive)
TERANGA_DETAIL_CALL(update_state)
#undef TERANGA_DETAIL_CALL

template <class L>
struct LayerAdapter {
  using UserPlan = decltype(plan_of(std::declval<const L&>(), std::declval<LayerPlan&>()));
  struct Plan {
    const L* layer;
    std::int32_t type;
    UserPlan user;
  };

  static std::int32_t create(const trg_options* options, void** layer, trg_error* error) {
    return guarded(error, [&] { *layer = new L(Options(options)); });
  }
  static void destroy(void* layer) { delete static_cast<L*>(layer); }
  static std::int32_t plan(void* layer, const trg_plan_request* request, const trg_planner* planner, void** plan, trg_error* error) {
    return guarded(error, [&] {
      LayerPlan facade(*request, *planner);
      const L& l = *static_cast<const L*>(layer);
      *plan = new Plan{&l, request->type, plan_of(l, facade)};
    });
  }
  static void destroy_plan(void* plan) { delete static_cast<Plan*>(plan); }

#define TERANGA_DETAIL_ENTRY(NAME)                                                                       \
  static std::int32_t NAME(void* plan, const trg_call* call, trg_error* error) {                        \
    return guarded(error, [&] {                                                                          \
      const Plan& p = *static_cast<const Plan*>(plan);                                                   \
      if (p.type == TRG_F64) call_##NAME<double>(*p.layer, p.user, *call);                               \
      else call_##NAME<float>(*p.layer, p.user, *call);                                                  \
    });                                                                                                  \
  }                                                                                                      \
  static constexpr bool has_##NAME = Has_##NAME<L, UserPlan, float> || Has_##NAME<L, UserPlan, double>;
  TERANGA_DETAIL_ENTRY(forward)
  TERANGA_DETAIL_ENTRY(backward)
  TERANGA_DETAIL_ENTRY(backward_params)
  TERANGA_DETAIL_ENTRY(derive)
  TERANGA_DETAIL_ENTRY(update_state)
#undef TERANGA_DETAIL_ENTRY

  static_assert(has_forward, "a layer needs forward(const Slice<T>&) const");
  static constexpr trg_layer_calls calls = {
      sizeof(trg_layer_calls), create, destroy, plan, destroy_plan,
      has_derive ? derive : nullptr, forward, has_backward ? backward : nullptr, has_backward_params ? backward_params : nullptr,
      has_update_state ? update_state : nullptr, nullptr, nullptr};
};

}  // namespace detail

template <class L>
Item layer() {
  return {TRG_LAYER, L::info(), &detail::LayerAdapter<L>::calls};
}

}  // namespace teranga::sdk
