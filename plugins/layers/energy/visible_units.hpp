// SPDX-License-Identifier: Apache-2.0
// What the layers of this library share: the kind of the visible units, and the options and parameters of a machine.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

enum class Visible { bernoulli, gaussian };

inline sdk::OptionSpec visible_option() {
  return sdk::text("visible", "bernoulli").choices({"bernoulli", "gaussian"}).says("bernoulli: visible units are 0 or 1, or probabilities of a 1; gaussian: real numbers of variance 1");
}
inline Visible visible_of(const sdk::Options& options) { return options.text("visible") == "gaussian" ? Visible::gaussian : Visible::bernoulli; }

inline std::vector<sdk::OptionSpec> initializer_options() {
  return {sdk::component("kernel_initializer", "initializer").says("first values of the kernel (visible units, hidden units); left out: normal with stddev 0.01"),
          sdk::component("bias_initializer", "initializer", "zeros").says("first values of the biases of the hidden units"),
          sdk::component("visible_bias_initializer", "initializer", "zeros").says("first values of the biases of the visible units")};
}

// kernel [V, U], bias [U] of the hidden units, visible_bias [V]: parameters 0, 1, 2 of each of the layers. The first two have the names and shapes of those of a dense layer.
struct MachineParameters {
  sdk::Component kernel, bias, visible_bias;
  explicit MachineParameters(const sdk::Options& options)
      : kernel(options.component("kernel_initializer")), bias(options.component("bias_initializer")), visible_bias(options.component("visible_bias_initializer")) {}

  void declare(sdk::LayerPlan& p, std::int64_t visible, std::int64_t hidden) const {
    p.parameter("kernel", {visible, hidden}, kernel ? sdk::Initializer(kernel) : sdk::Initializer("teranga.random_normal", {{"stddev", 0.01}}));
    p.parameter("bias", {hidden}, sdk::chosen(bias));
    p.parameter("visible_bias", {visible}, sdk::chosen(visible_bias));
  }
};

// rows x count elements: each row becomes the biases.
template <class T>
void fill_rows(const T* bias, std::int64_t count, std::int64_t rows, T* to) {
  for (std::int64_t row = 0; row < rows; ++row) std::copy_n(bias, count, to + row * count);
}

template <class T>
void make_probabilities(std::int64_t count, T* x) {
  sdk::each(count, [=](std::int64_t i) { x[i] = sdk::math::sigmoid(x[i]); });
}

// The means of the visible units, given hidden ones: mean [N, V] = h [N, U] kernel^T + visible_bias, behind a sigmoid where the units are binary.
template <class T>
void means_of_visible(const sdk::Slice<T>& s, Visible kind, std::int64_t visible, std::int64_t hidden, const T* h, T* mean) {
  fill_rows(s.parameter(2).data, visible, s.samples(), mean);
  sdk::gemm<T>({.transpose_b = true, .m = s.samples(), .n = visible, .k = hidden, .a = h, .lda = hidden, .b = s.parameter(0).data, .ldb = hidden, .c = mean, .ldc = visible, .beta = 1});
  if (kind == Visible::bernoulli) make_probabilities(s.samples() * visible, mean);
}

}  // namespace teranga::layers
