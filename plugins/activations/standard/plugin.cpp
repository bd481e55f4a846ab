// SPDX-License-Identifier: Apache-2.0
// The library of the standard activations: each as an activation, for `activation = "x"` and recurrent cells, and as a layer of its own.
#include "elu.hpp"
#include "gated.hpp"
#include "plain.hpp"
#include "relu.hpp"
#include "sigmoid.hpp"
#include "softmax.hpp"

namespace {

namespace sdk = teranga::sdk;
using namespace teranga::activations;

template <class A>
void add(std::vector<sdk::Item>& items) {
  items.push_back(sdk::activation<A>());
  if constexpr (requires { A::layer_info(); }) items.push_back(sdk::activation_layer<A>(A::layer_info()));
  else items.push_back(sdk::activation_layer<A>(A::info()));
}

template <class... A>
std::vector<sdk::Item> both() {
  std::vector<sdk::Item> items;
  (add<A>(items), ...);
  return items;
}

}  // namespace

TRG_DECLARE_BORDER();
extern "C" TRG_EXPORT const trg_library* teranga_open_library(const trg_host* host) {
  return sdk::detail::open_library(host, both<Linear, Step, Relu, Relu6, LeakyRelu, Elu, Selu, Gelu, Silu, Swish, Mish, Softplus, Softsign, Sigmoid,
                                              HardSigmoid, Tanh, Exponential, Softmax, LogSoftmax>);
}
