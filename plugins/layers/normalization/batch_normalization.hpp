// SPDX-License-Identifier: Apache-2.0
// Batch normalisation over all axes but the last, as Keras 3 does it: biased variance in training and in the moving variance; moving statistics in
// inference and where the layer is frozen. Training takes two passes each way: the first sums over the batch, the second uses the sums;
// synchronised, they are those of all ranks. A mean far from 0 costs no digits (moments.hpp). Steps that a mask skips are normalised like the others, but
// count in no mean or variance.
#pragma once

#include <cmath>

#include "affine.hpp"
#include "kept_rows.hpp"
#include "moments.hpp"

namespace teranga::layers {

struct BatchNormalization {
  static sdk::LayerInfo info() {
    return {.name = "teranga.batch_normalization",
            .author = "Teranga",
            .summary = "Normalises each channel over the batch",
            .formula = "y = gamma (x - mean) / sqrt(variance + epsilon) + beta",
            .source = "https://keras.io/api/layers/normalization_layers/batch_normalization/",
            .options = Affine::options({sdk::integer("axis", -1).in(-1, -1).says("the axis of channels: the last one only"),
                                        sdk::real("momentum", 0.99).in(0, 1).says("share of the old moving statistics in the new ones"),
                                        sdk::real("epsilon", 1e-3).above(0).says("added to the variance"),
                                        sdk::component("moving_mean_initializer", "initializer", "zeros").says("first moving means"),
                                        sdk::component("moving_variance_initializer", "initializer", "ones").says("first moving variances"),
                                        sdk::boolean("synchronized", false).says("whether the statistics are those of the batch of all processes")})};
  }

  double momentum, epsilon;
  sdk::Component mean_initializer, variance_initializer;
  bool synchronized;
  Affine affine;
  explicit BatchNormalization(const sdk::Options& options)
      : momentum(options.real("momentum")),
        epsilon(options.real("epsilon")),
        mean_initializer(options.component("moving_mean_initializer")),
        variance_initializer(options.component("moving_variance_initializer")),
        synchronized(options.boolean("synchronized")),
        affine(options) {}

  struct Plan {
    std::int64_t channels;
    bool batch_statistics;
    bool carried;  // backward leaves the sums of its slice to backward_params
  };
  Plan plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() < 2)
      throw sdk::ShapeError("batch_normalization expects an input of rank 2 or more (samples, ..., channels), found " + x.shape.text(), x.name,
                            "add a layer of type \"reshape\" with target_shape = [1] before it");
    const std::int64_t c = x.shape.last();
    const Plan plan{c, p.training(), p.training() && x.needs_gradient};
    const bool reads = plan.batch_statistics || p.mode() == TRG_TRAINING;
    p.input_flags(x, TRG_MASK_PASSES | (reads ? TRG_READ_IN_BACKWARD : 0));
    p.output(x.shape, {.shares_with = reads ? -1 : 0});
    affine.declare(p, {c});
    const sdk::LayerPlan::StateOptions shared{.merge = synchronized ? TRG_MERGE_SAME : TRG_MERGE_MEAN};
    p.state("moving_mean", {c}, sdk::chosen(mean_initializer), shared);
    p.state("moving_variance", {c}, sdk::chosen(variance_initializer), shared);
    p.scratch(4 * c);
    p.cost(4.0 * static_cast<double>(x.shape.count()));
    if (!plan.batch_statistics) return plan;
    const std::int64_t element = static_cast<std::int64_t>(p.element_size());
    p.buffer(TRG_SAVED, 0, 2 * c * element);
    if (plan.carried) p.buffer(TRG_CARRY, 0, 2 * c * 8);
    p.passes(TRG_FORWARD, {Moments::sum_count(c), 0}, synchronized).passes(TRG_BACKWARD, {2 * c + 1, 0}, synchronized);
    return plan;
  }

  // Per channel: mean and 1 / sqrt(variance + epsilon).
  template <class T>
  void normalizers(const Moments& moments, std::int64_t c, T* mean, T* inverse) const {
    for (std::int64_t i = 0; i < c; ++i) {
      const Moments::Pair of = moments.of(i);
      mean[i] = static_cast<T>(of.mean);
      inverse[i] = static_cast<T>(1 / std::sqrt(of.variance + epsilon));
    }
  }
  template <class T>
  void moving(const sdk::Slice<T>& s, std::int64_t c, T* mean, T* inverse) const {
    const T *m = s.state_in(0).data, *v = s.state_in(1).data;
    for (std::int64_t i = 0; i < c; ++i) mean[i] = m[i], inverse[i] = 1 / std::sqrt(v[i] + static_cast<T>(epsilon));
  }

  // first[c] += sum of f(row, c), second[c] += sum of g(row, c), in f64, four rows at a time.
  template <class F, class G>
  static void add_sums(std::int64_t rows, std::int64_t c, double* first, double* second, F f, G g) {
    std::int64_t r = 0;
    for (; r + 4 <= rows; r += 4) {
      const std::int64_t a = r * c;
      sdk::each(c, [=](std::int64_t i) {
        first[i] += (f(a + i, i) + f(a + c + i, i)) + (f(a + 2 * c + i, i) + f(a + 3 * c + i, i));
        second[i] += (g(a + i, i) + g(a + c + i, i)) + (g(a + 2 * c + i, i) + g(a + 3 * c + i, i));
      });
    }
    for (; r < rows; ++r) {
      const std::int64_t a = r * c;
      sdk::each(c, [=](std::int64_t i) { first[i] += f(a + i, i), second[i] += g(a + i, i); });
    }
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& plan) const {
    const std::int64_t c = plan.channels;
    const auto x = s.in(0);
    const std::int64_t rows = x.count() / c;
    if (plan.batch_statistics && s.pass() == 0) {
      double* const before = s.template scratch<double>();
      T* const centre = s.scratch() + 2 * c;
      std::copy_n(s.sums(), c, before);
      double kept = 0;
      KeptRows(s.mask(0), rows).each_run([&](std::int64_t first, std::int64_t count) {
        const T* data = x.data + first * c;
        if (kept == 0) Moments::choose_centres(data, c, centre);
        const auto apart = [=](std::int64_t i, std::int64_t k) { return static_cast<double>(data[i]) - static_cast<double>(centre[k]); };
        add_sums(count, c, s.sums(), s.sums() + c, apart, [=](std::int64_t i, std::int64_t k) { return apart(i, k) * apart(i, k); });
        kept += static_cast<double>(count);
      });
      if (kept > 0) Moments::finish_slice(s.sums(), c, centre, before, kept);
      return;
    }
    T *mean = plan.batch_statistics ? s.saved() : s.scratch(), *inverse = mean + c;
    if (plan.batch_statistics) normalizers(Moments(s.global_sums(), c), c, mean, inverse);
    else moving(s, c, mean, inverse);
    T *factor = s.scratch() + 2 * c, *offset = factor + c;
    const T *gamma = affine.gamma(s), *beta = affine.beta(s);
    for (std::int64_t i = 0; i < c; ++i) factor[i] = gamma ? inverse[i] * gamma[i] : inverse[i], offset[i] = beta ? beta[i] : T(0);
    for (std::int64_t r = 0; r < rows; ++r) {
      const T* from = x.data + r * c;
      T* to = s.out(0).data + r * c;
      sdk::each(c, [=](std::int64_t i) { to[i] = (from[i] - mean[i]) * factor[i] + offset[i]; });
    }
  }

  template <class T>
  void backward(const sdk::Slice<T>& s, const Plan& plan) const {
    const std::int64_t c = plan.channels;
    const auto dy = s.d_out(0);
    const auto dx = s.d_in(0);
    if (!plan.batch_statistics) return backward_fixed(s, plan);
    const KeptRows kept(s.mask(0), s.in(0).count() / c);
    if (s.pass() == 0) {
      double* own = plan.carried ? s.template carry<double>() : s.sums();
      if (plan.carried) std::fill_n(own, 2 * c, 0.0);
      if (dy) add_gradient_sums(s, plan, own);
      for (std::int64_t i = 0; plan.carried && i < 2 * c; ++i) s.sums()[i] += own[i];
      s.sums()[2 * c] += static_cast<double>(kept.count());
      return;
    }
    if (!dx) return;
    const double* sums = s.global_sums();
    const double count = std::max(sums[2 * c], 1.0);
    const T *mean = s.saved(), *inverse = mean + c, *gamma = affine.gamma(s);
    T *factor = s.scratch(), *slope = factor + c, *offset = slope + c;
    for (std::int64_t i = 0; i < c; ++i) {
      const double k = static_cast<double>(inverse[i]) * (gamma ? static_cast<double>(gamma[i]) : 1.0);
      factor[i] = static_cast<T>(k);
      slope[i] = static_cast<T>(-k * static_cast<double>(inverse[i]) * sums[c + i] / count);
      offset[i] = static_cast<T>(-k * sums[i] / count);
    }
    for (std::int64_t r = 0; r < dx.count() / c; ++r) {
      const T* from = s.in(0).data + r * c;
      T* to = dx.data + r * c;
      if (!kept.keeps(r)) {
        for (std::int64_t i = 0; i < c; ++i) to[i] = dy ? dy.data[r * c + i] * factor[i] : T(0);
      } else if (dy) {
        const T* d = dy.data + r * c;
        sdk::each(c, [=](std::int64_t i) { to[i] = d[i] * factor[i] + (from[i] - mean[i]) * slope[i] + offset[i]; });
      } else {
        sdk::each(c, [=](std::int64_t i) { to[i] = (from[i] - mean[i]) * slope[i] + offset[i]; });
      }
    }
  }

  template <class T>
  void backward_params(const sdk::Slice<T>& s, const Plan& plan) const {
    const std::int64_t c = plan.channels;
    T *dgamma = affine.d_gamma(s), *dbeta = affine.d_beta(s);
    if (plan.carried) {
      const double* own = s.template carry<double>();
      for (std::int64_t i = 0; i < c; ++i) {
        if (dbeta) dbeta[i] += static_cast<T>(own[i]);
        if (dgamma) dgamma[i] += static_cast<T>(own[c + i]);
      }
      return;
    }
    const auto dy = s.d_out(0);
    if (!dy) return;
    const T *mean = s.saved(), *inverse = mean + c;
    if (!plan.batch_statistics) mean = s.scratch(), inverse = mean + c, moving(s, c, s.scratch(), s.scratch() + c);
    for (std::int64_t r = 0; dgamma && r < dy.count() / c; ++r) {
      const T *from = s.in(0).data + r * c, *d = dy.data + r * c;
      sdk::each(c, [=](std::int64_t i) { dgamma[i] += d[i] * ((from[i] - mean[i]) * inverse[i]); });
    }
    if (dbeta) sdk::add_column_sums(dy.data, dy.count() / c, c, dbeta);
  }

  template <class T>
  void update_state(const sdk::Slice<T>& s, const Plan& plan) const {
    const std::int64_t c = plan.channels;
    const Moments moments(s.global_sums(), c);
    T *mean = s.state_out(0).data, *variance = s.state_out(1).data;
    const T *old_mean = s.state_in(0).data, *old_variance = s.state_in(1).data;
    const bool seen = plan.batch_statistics && moments.count() > 0;  // a rank may have had no sample
    for (std::int64_t i = 0; i < c; ++i) {
      const Moments::Pair now = seen ? moments.of(i) : Moments::Pair{static_cast<double>(old_mean[i]), static_cast<double>(old_variance[i])};
      mean[i] = static_cast<T>(momentum * static_cast<double>(old_mean[i]) + (1 - momentum) * now.mean);
      variance[i] = static_cast<T>(momentum * static_cast<double>(old_variance[i]) + (1 - momentum) * now.variance);
    }
  }

 private:
  template <class T>
  void backward_fixed(const sdk::Slice<T>& s, const Plan& plan) const {
    const std::int64_t c = plan.channels;
    const auto dy = s.d_out(0);
    const auto dx = s.d_in(0);
    if (!dx || !dy) return sdk::pass_on(dy, dx);
    T *mean = s.scratch(), *factor = mean + c;
    moving(s, c, mean, factor);
    if (const T* gamma = affine.gamma(s)) sdk::each(c, [=](std::int64_t i) { factor[i] *= gamma[i]; });
    for (std::int64_t r = 0; r < dx.count() / c; ++r) {
      const T* d = dy.data + r * c;
      T* to = dx.data + r * c;
      sdk::each(c, [=](std::int64_t i) { to[i] = d[i] * factor[i]; });
    }
  }

  // own[0, C) += sum of dy, own[C, 2C) += sum of dy times the normalised x.
  template <class T>
  void add_gradient_sums(const sdk::Slice<T>& s, const Plan& plan, double* own) const {
    const std::int64_t c = plan.channels;
    const T *x = s.in(0).data, *dy = s.d_out(0).data, *mean = s.saved(), *inverse = mean + c;
    add_sums(s.in(0).count() / c, c, own, own + c, [=](std::int64_t i, std::int64_t) { return static_cast<double>(dy[i]); },
             [=](std::int64_t i, std::int64_t k) { return static_cast<double>(dy[i] * ((x[i] - mean[k]) * inverse[k])); });
  }
};

}  // namespace teranga::layers
