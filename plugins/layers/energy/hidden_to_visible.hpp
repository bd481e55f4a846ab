// SPDX-License-Identifier: Apache-2.0
// From the hidden units of a restricted Boltzmann machine down to its visible ones: v [N, ...] = sigmoid(h [N, U] kernel^T + visible_bias), without the
// sigmoid where the visible units are Gaussian. With weights_of it uses the weights of a machine: the way down of a deep belief net, and the decoder of an
// autoencoder that begins with machines (Hinton, Salakhutdinov, Science 313, 2006).
#pragma once

#include "visible_units.hpp"

namespace teranga::layers {

struct HiddenToVisible {
  static sdk::LayerInfo info() {
    std::vector<sdk::OptionSpec> options = {
        sdk::integers("shape").at_least(1).says("the shape of the visible units of a sample, as of the input of the machine: [784] or [28, 28, 1]"), visible_option()};
    for (sdk::OptionSpec& option : initializer_options()) options.push_back(std::move(option));
    return {.name = "teranga.hidden_to_visible", .author = "Teranga", .summary = "From hidden units of a restricted Boltzmann machine down to the means of its visible ones; weights_of names the machine",
            .formula = "y = sigmoid(x kernel^T + visible_bias); gaussian: y = x kernel^T + visible_bias", .source = "Hinton, Osindero, Teh, Neural Computation 18, 2006", .options = std::move(options)};
  }

  std::vector<std::int64_t> shape;
  Visible kind;
  MachineParameters parameters;
  explicit HiddenToVisible(const sdk::Options& options) : shape(options.integers("shape")), kind(visible_of(options)), parameters(options) {}

  struct Plan {
    std::int64_t visible, hidden;
  };
  Plan plan(sdk::LayerPlan& p) const {
    const sdk::Input& h = p.real_input(0);
    if (h.shape.rank() != 2) throw sdk::ShapeError("hidden_to_visible expects hidden units of shape (N, units), found " + h.shape.text(), h.name, "add a layer of type \"flatten\" before it");
    sdk::Shape out({h.shape[0]});
    for (const std::int64_t extent : shape) out.push_back(extent);
    const Plan sizes{out.row(), h.shape[1]};
    if (p.training()) p.read_in_backward(h);
    p.output(out, {.flags = TRG_READ_IN_BACKWARD | TRG_REPEATABLE});
    parameters.declare(p, sizes.visible, sizes.hidden);
    if (kind == Visible::bernoulli) p.scratch_per_sample(sizes.visible);
    p.cost(2.0 * static_cast<double>(h.shape.count()) * static_cast<double>(sizes.visible));
    return sizes;
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& sizes) const {
    means_of_visible(s, kind, sizes.visible, sizes.hidden, s.in(0).data, s.out(0).data);
  }

  // The gradient before the sigmoid.
  template <class T>
  const T* before_sigmoid(const sdk::Slice<T>& s) const {
    const T *const dy = s.d_out(0).data, *const y = s.out(0).data;
    if (kind == Visible::gaussian) return dy;
    T* const dx = s.scratch();
    sdk::each(s.out(0).count(), [=](std::int64_t i) { dx[i] = dy[i] * y[i] * (1 - y[i]); });
    return dx;
  }

  template <class T>
  void backward(const sdk::Slice<T>& s, const Plan& sizes) const {
    if (!s.d_in(0)) return;
    sdk::gemm<T>({.m = s.samples(), .n = sizes.hidden, .k = sizes.visible, .a = before_sigmoid(s), .lda = sizes.visible, .b = s.parameter(0).data, .ldb = sizes.hidden, .c = s.d_in(0).data, .ldc = sizes.hidden});
  }

  // The biases of the hidden units have no part in it: their gradient stays 0.
  template <class T>
  void backward_params(const sdk::Slice<T>& s, const Plan& sizes) const {
    const T* const d = before_sigmoid(s);
    if (const auto dw = s.d_parameter(0))
      sdk::gemm<T>({.transpose_a = true, .m = sizes.visible, .n = sizes.hidden, .k = s.samples(), .a = d, .lda = sizes.visible, .b = s.in(0).data, .ldb = sizes.hidden, .c = dw.data, .ldc = sizes.hidden, .beta = 1});
    if (const auto db = s.d_parameter(2)) sdk::add_column_sums(d, s.samples(), sizes.visible, db.data);
  }
};

}  // namespace teranga::layers
