// SPDX-License-Identifier: Apache-2.0
// Writing an activation: value and gradient over rows. One struct serves as a layer, as `activation = "x"` of any layer and inside
// recurrent cells.
//
//   static constexpr std::int32_t needs = TRG_NEEDS_X | ...;      what gradient reads; see enum trg_gradient_needs; or, where options
//                                                                 decide it, std::int32_t needs() const
//   template <class T> void value(Block<T> b) const               b.y[i] = f(b.x[i]); y may be x
//   template <class T> void gradient(GradientBlock<T> b) const    b.dx[i] = b.dy[i] f'(b.x[i]); dx may be dy
#pragma once

#include <algorithm>

#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/error.hpp>
#include <teranga/sdk/layer.hpp>
#include <teranga/sdk/plugin.hpp>

namespace teranga::sdk {

template <class T>
struct Block {
  std::int64_t rows, length;
  const T* x;
  T* y;
  std::int64_t count() const { return rows * length; }
};

template <class T>
struct GradientBlock {
  std::int64_t rows, length;
  const T* x;   // null unless needs has TRG_NEEDS_X
  const T* y;   // null unless needs has TRG_NEEDS_Y
  const T* dy;
  T* dx;
  std::int64_t count() const { return rows * length; }
};

namespace detail {

template <class A>
std::int32_t needs_of(const A& activation) {
  if constexpr (requires { activation.needs(); }) return activation.needs();
  else return A::needs;
}

template <class A>
struct ActivationAdapter {
  struct Held {
    A activation;
    std::int32_t needs;
    explicit Held(const Options& options) : activation(options), needs(needs_of(activation)) {}
  };

  static std::int32_t create(const trg_options* options, void** activation, trg_error* error) {
    return guarded(error, [&] { *activation = new Held(Options(options)); });
  }
  static void destroy(void* activation) { delete static_cast<Held*>(activation); }
  static std::int32_t needs(void* activation) { return static_cast<const Held*>(activation)->needs; }
  static std::int32_t value(void* activation, std::int32_t type, std::int64_t rows, std::int64_t length, const void* x, void* y, trg_error* error) {
    return guarded(error, [&] {
      const A& a = static_cast<const Held*>(activation)->activation;
      if (type == TRG_F64) a.value(Block<double>{rows, length, static_cast<const double*>(x), static_cast<double*>(y)});
      else a.value(Block<float>{rows, length, static_cast<const float*>(x), static_cast<float*>(y)});
    });
  }
  static std::int32_t gradient(void* activation, std::int32_t type, std::int64_t rows, std::int64_t length, const void* x, const void* y, const void* dy, void* dx, trg_error* error) {
    return guarded(error, [&] {
      const A& a = static_cast<const Held*>(activation)->activation;
      if (type == TRG_F64)
        a.gradient(GradientBlock<double>{rows, length, static_cast<const double*>(x), static_cast<const double*>(y), static_cast<const double*>(dy), static_cast<double*>(dx)});
      else
        a.gradient(GradientBlock<float>{rows, length, static_cast<const float*>(x), static_cast<const float*>(y), static_cast<const float*>(dy), static_cast<float*>(dx)});
    });
  }
  static constexpr trg_activation_calls calls = {sizeof(trg_activation_calls), create, destroy, needs, value, gradient};
};

}  // namespace detail

// An activation as a layer of its own, with facts (defaults above all) of its own: Keras's leaky_relu layer has another slope.
template <class A>
struct ActivationLayer : A {
  using A::A;
  void plan(LayerPlan& p) const {
    const Input& x = p.real_input(0);
    const std::int32_t bits = detail::needs_of<A>(*this);
    std::int32_t flags = 0;
    if (bits & TRG_NEEDS_X) p.read_in_backward(x);
    if (bits & TRG_NEEDS_Y) flags |= TRG_READ_IN_BACKWARD;
    if (bits & TRG_GRADIENT_SURROGATE) flags |= TRG_SURROGATE;
    if (bits & TRG_GRADIENT_NONE) flags |= TRG_NO_GRADIENT;
    p.input_flags(x, TRG_MASK_PASSES);
    p.output(x.shape, {.flags = flags, .shares_with = bits & TRG_NEEDS_X ? -1 : 0});
  }
  template <class T>
  void forward(const Slice<T>& s) const {
    const View<const T> x = s.in(0);
    this->value(Block<T>{x.count() / x.last, x.last, x.data, s.out(0).data});
  }
  template <class T>
  void backward(const Slice<T>& s) const {
    const View<T> dx = s.d_in(0);
    const View<const T> dy = s.d_out(0);
    const std::int32_t bits = detail::needs_of<A>(*this);
    if (dx && dy) this->gradient(GradientBlock<T>{dx.count() / dx.last, dx.last, bits & TRG_NEEDS_X ? s.in(0).data : nullptr, bits & TRG_NEEDS_Y ? s.out(0).data : nullptr, dy.data, dx.data});
    else if (dx) std::fill_n(dx.data, dx.count(), T(0));
  }
};

template <class A>
Item activation_layer(Info info) {
  return {TRG_LAYER, std::move(info), &detail::LayerAdapter<ActivationLayer<A>>::calls};
}

template <class A>
Item activation() {
  return {TRG_ACTIVATION, A::info(), &detail::ActivationAdapter<A>::calls};
}

}  // namespace teranga::sdk
