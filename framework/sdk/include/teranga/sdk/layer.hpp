// SPDX-License-Identifier: Apache-2.0
// Writing a layer: a plain struct with info(), a constructor from Options, plan() and the calls, each a template over the compute type or a
// function for one. `sdk::layer<L>()` turns it into an item of the library.
//
//   void plan(LayerPlan&) const          or   Something plan(LayerPlan&) const, then every call takes (slice, const Something&)
//   void forward(const Slice<T>&) const       overwrites outputs
//   void backward(const Slice<T>&) const      overwrites d_in (where wanted); left out: no gradient flows through
//   void backward_params(const Slice<T>&) const   adds to d_parameter (where wanted)
//   void derive(const Slice<T>&) const        parameters -> derived(); optional
//   void update_state(const Slice<T>&) const  once per training step; optional
//
// Where the gradients of all outputs are zero, neither backward nor backward_params is called: the gradients of the inputs are set to zero.
#pragma once

#include <algorithm>
#include <type_traits>
#include <utility>

#include <teranga/sdk/layer_plan.hpp>
#include <teranga/sdk/member_names.hpp>
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
TERANGA_DETAIL_NAMES(backward)
TERANGA_DETAIL_NAMES(backward_params)
TERANGA_DETAIL_NAMES(derive)
TERANGA_DETAIL_NAMES(update_state)
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
    std::int32_t inputs, outputs;
  };

  static std::int32_t create(const trg_options* options, void** layer, trg_error* error) {
    return guarded(error, [&] { *layer = new L(Options(options)); });
  }
  static void destroy(void* layer) { delete static_cast<L*>(layer); }
  static std::int32_t plan(void* layer, const trg_plan_request* request, const trg_planner* planner, void** plan, trg_error* error) {
    return guarded(error, [&] {
      LayerPlan facade(*request, *planner);
      const L& l = *static_cast<const L*>(layer);
      UserPlan user = plan_of(l, facade);
      facade.expect_no_more_inputs();
      *plan = new Plan{&l, request->type, std::move(user), facade.inputs(), facade.outputs()};
    });
  }
  static void destroy_plan(void* plan) { delete static_cast<Plan*>(plan); }

  // Whether nothing comes back. The wanted gradients of inputs are then zero, too.
  static bool settled(const Plan& p, const trg_call& call, bool of_inputs) {
    for (std::int32_t i = 0; i < p.outputs; ++i)
      if (call.d_outputs[i].data) return false;
    for (std::int32_t i = 0; of_inputs && i < p.inputs; ++i)
      if (const View<char> d = View<char>::of(call.d_inputs[i])) std::fill_n(d.data, d.count() * (call.d_inputs[i].type == TRG_F64 ? 8 : 4), char(0));
    return true;
  }

#define TERANGA_DETAIL_ENTRY(NAME, DONE)                                                                 \
  static std::int32_t NAME(void* plan, const trg_call* call, trg_error* error) {                        \
    return guarded(error, [&] {                                                                          \
      const Plan& p = *static_cast<const Plan*>(plan);                                                   \
      if (DONE) return;                                                                                  \
      if (p.type == TRG_F64) call_##NAME<double>(*p.layer, p.user, *call);                               \
      else call_##NAME<float>(*p.layer, p.user, *call);                                                  \
    });                                                                                                  \
  }                                                                                                      \
  static constexpr bool has_##NAME = Has_##NAME<L, UserPlan, float> || Has_##NAME<L, UserPlan, double>;
  TERANGA_DETAIL_ENTRY(forward, false)
  TERANGA_DETAIL_ENTRY(backward, settled(p, *call, true))
  TERANGA_DETAIL_ENTRY(backward_params, !call->fresh && settled(p, *call, false))
  TERANGA_DETAIL_ENTRY(derive, false)
  TERANGA_DETAIL_ENTRY(update_state, false)
#undef TERANGA_DETAIL_ENTRY

  static_assert(has_forward, "a layer needs forward(const Slice<T>&) const, or forward(const Slice<T>&, const Plan&) const with what plan() gives");
  static_assert(has_backward || !Names_backward<L>, "backward cannot be called: it must be backward(const Slice<T>&) const, or take what plan() gives as its second argument");
  static_assert(has_backward_params || !Names_backward_params<L>, "backward_params cannot be called: it must be backward_params(const Slice<T>&) const, or take what plan() gives as its second argument");
  static_assert(has_derive || !Names_derive<L>, "derive cannot be called: it must be derive(const Slice<T>&) const, or take what plan() gives as its second argument");
  static_assert(has_update_state || !Names_update_state<L>, "update_state cannot be called: it must be update_state(const Slice<T>&) const, or take what plan() gives as its second argument");
  static constexpr trg_layer_calls calls = {
      sizeof(trg_layer_calls), create, destroy, plan, destroy_plan,
      has_derive ? derive : nullptr, forward, has_backward ? backward : nullptr, has_backward_params ? backward_params : nullptr,
      has_update_state ? update_state : nullptr, nullptr};
};

}  // namespace detail

template <class L>
Item layer() {
  return {TRG_LAYER, L::info(), &detail::LayerAdapter<L>::calls};
}

}  // namespace teranga::sdk
