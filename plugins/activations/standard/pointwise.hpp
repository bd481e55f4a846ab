// SPDX-License-Identifier: Apache-2.0
// The frame of activations that map each element by itself: a derived struct gives f(x) and df(x, y), of which the gradient reads what `needs`
// names (the other is 0).
#pragma once

#include <teranga/sdk/activation.hpp>
#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/math.hpp>

namespace teranga::activations {

namespace sdk = teranga::sdk;

template <class A>
struct Pointwise {
  explicit Pointwise(const sdk::Options&) {}

  template <class T>
  void value(sdk::Block<T> b) const {
    const A a = static_cast<const A&>(*this);
    sdk::each(b.count(), [=](std::int64_t i) { b.y[i] = a.f(b.x[i]); });
  }
  template <class T>
  void gradient(sdk::GradientBlock<T> b) const {
    const A a = static_cast<const A&>(*this);
    const std::int32_t bits = sdk::detail::needs_of(a);
    if (bits & TRG_NEEDS_X) sdk::each(b.count(), [=](std::int64_t i) { b.dx[i] = b.dy[i] * a.df(b.x[i], T(0)); });
    else if (bits & TRG_NEEDS_Y) sdk::each(b.count(), [=](std::int64_t i) { b.dx[i] = b.dy[i] * a.df(T(0), b.y[i]); });
    else sdk::each(b.count(), [=](std::int64_t i) { b.dx[i] = b.dy[i] * a.df(T(0), T(0)); });
  }
};

// The page of Keras that an item follows.
inline std::string keras_activation(const std::string& name) { return "https://keras.io/api/layers/activations/#" + name + "-function"; }
inline std::string keras_layer(const std::string& name) { return "https://keras.io/api/layers/activation_layers/" + name + "/"; }

// Facts of an activation; as a layer of the same name and meaning it has the same ones.
inline sdk::Info facts(const std::string& name, const std::string& summary, const std::string& formula, std::vector<sdk::OptionSpec> options = {}) {
  return {.name = "teranga." + name, .author = "Teranga", .summary = summary, .formula = formula, .source = keras_activation(name), .options = std::move(options)};
}

}  // namespace teranga::activations
