// SPDX-License-Identifier: Apache-2.0
// Swish with a learnt slope per channel: y = x * sigmoid(beta * x) (arXiv 1710.05941). Written as a stranger writes a
// plugin, against an installed tree: plain serial C++, nothing about threads, ranks or files.
#include <cmath>

#include <teranga/sdk/layer.hpp>

namespace sdk = teranga::sdk;

struct Swish {
  static sdk::LayerInfo info() {
    return {.name = "acme.swish", .version = "1.0.0", .licence = "MIT", .author = "Acme", .summary = "Swish with a learnt slope for each channel",
            .formula = "y = x * sigmoid(beta * x)",
            .options = {sdk::real("initial_beta", 1.0).in(0.0, 10.0).says("beta of every channel before training")}};
  }

  double initial_beta;
  explicit Swish(const sdk::Options& options) : initial_beta(options.real("initial_beta")) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape x = p.real_input(0).shape;  // [N, ..., C]
    if (x.rank() < 2) throw sdk::ShapeError("expects an input of two axes or more, found " + x.text(), "input");
    p.output(x).read_in_backward(p.input(0));
    p.parameter("beta", {x.last()}, sdk::constant(initial_beta));
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    for (auto [x, y, beta] : s.rows(s.in(0), s.out(0), s.parameter(0))) y = x / (1 + std::exp(-beta * x));
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    for (auto [x, dy, dx, beta] : s.rows(s.in(0), s.d_out(0), s.d_in(0), s.parameter(0))) {
      const T g = 1 / (1 + std::exp(-beta * x));
      dx = dy * g * (1 + beta * x * (1 - g));
    }
  }

  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {  // adds
    for (auto [x, dy, beta, dbeta] : s.rows(s.in(0), s.d_out(0), s.parameter(0), s.d_parameter(0))) {
      const T g = 1 / (1 + std::exp(-beta * x));
      dbeta += dy * x * x * g * (1 - g);
    }
  }
};

TERANGA_PLUGIN(sdk::layer<Swish>())
