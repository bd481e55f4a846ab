// SPDX-License-Identifier: Apache-2.0
// Losses of the difference e = prediction - target: squared, absolute, percentage, squared logarithmic, Huber and log-cosh; each a mean over the last axis.
#pragma once

#include "elementwise.hpp"

namespace teranga::losses {

struct SquaredError {
  static constexpr const char* name = "mean_squared_error";
  static constexpr Over over = Over::mean;
  static sdk::Info info() {
    return {.name = "teranga.mean_squared_error", .summary = "Mean of squared differences", .formula = "loss = mean (p - t)^2", .source = "keras.losses.MeanSquaredError"};
  }
  explicit SquaredError(const sdk::Options&) {}
  template <class T>
  TERANGA_FORCE_INLINE Term<T> operator()(T p, T t) const {
    const T e = p - t;
    return {e * e, 2 * e};
  }
};

struct AbsoluteError {
  static constexpr const char* name = "mean_absolute_error";
  static constexpr Over over = Over::mean;
  static sdk::Info info() {
    return {.name = "teranga.mean_absolute_error", .summary = "Mean of absolute differences", .formula = "loss = mean |p - t|; gradient 0 where p = t",
            .source = "keras.losses.MeanAbsoluteError"};
  }
  explicit AbsoluteError(const sdk::Options&) {}
  template <class T>
  TERANGA_FORCE_INLINE Term<T> operator()(T p, T t) const {
    const T e = p - t;
    return {sdk::math::abs(e), sign(e)};
  }
};

struct AbsolutePercentageError {
  static constexpr const char* name = "mean_absolute_percentage_error";
  static constexpr Over over = Over::mean;
  static sdk::Info info() {
    return {.name = "teranga.mean_absolute_percentage_error", .summary = "Mean of absolute differences in per cent of the target",
            .formula = "loss = 100 mean |p - t| / max(|t|, 1e-7)", .source = "keras.losses.MeanAbsolutePercentageError"};
  }
  explicit AbsolutePercentageError(const sdk::Options&) {}
  template <class T>
  TERANGA_FORCE_INLINE Term<T> operator()(T p, T t) const {
    const T e = p - t, scale = T(100) / sdk::math::at_least(sdk::math::abs(t), T(1e-7));
    return {sdk::math::abs(e) * scale, sign(e) * scale};
  }
};

struct SquaredLogarithmicError {
  static constexpr const char* name = "mean_squared_logarithmic_error";
  static constexpr std::int32_t targets = TRG_TARGETS_COUNTS;
  static constexpr Over over = Over::mean;
  static sdk::Info info() {
    return {.name = "teranga.mean_squared_logarithmic_error", .summary = "Mean of squared differences of logarithms",
            .formula = "loss = mean (log(1 + max(p, 1e-7)) - log(1 + max(t, 1e-7)))^2", .source = "keras.losses.MeanSquaredLogarithmicError"};
  }
  explicit SquaredLogarithmicError(const sdk::Options&) {}
  template <class T>
  TERANGA_FORCE_INLINE Term<T> operator()(T p, T t) const {
    constexpr T least = T(1e-7);
    const T a = sdk::math::at_least(p, least) + 1, b = sdk::math::at_least(t, least) + 1;
    const T e = sdk::math::log(a) - sdk::math::log(b);
    return {e * e, p < least ? T(0) : 2 * e / a};
  }
};

struct Huber {
  static constexpr const char* name = "huber";
  static constexpr Over over = Over::mean;
  static sdk::Info info() {
    return {.name = "teranga.huber", .summary = "Squared near the target, absolute far from it",
            .formula = "loss = mean of e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2", .source = "keras.losses.Huber",
            .options = {sdk::real("delta", 1.0).above(0).says("difference at which the loss turns from squared to absolute")}};
  }
  double delta;
  explicit Huber(const sdk::Options& options) : delta(options.real("delta")) {}
  template <class T>
  TERANGA_FORCE_INLINE Term<T> operator()(T p, T t) const {
    const T d = static_cast<T>(delta), e = p - t, size = sdk::math::abs(e);
    const bool near = size <= d;
    return {near ? T(0.5) * e * e : d * size - T(0.5) * d * d, near ? e : d * sign(e)};
  }
};

struct LogCosh {
  static constexpr const char* name = "log_cosh";
  static constexpr Over over = Over::mean;
  static sdk::Info info() {
    return {.name = "teranga.log_cosh", .summary = "Logarithm of the hyperbolic cosine of the difference", .formula = "loss = mean log cosh(p - t)",
            .source = "keras.losses.LogCosh"};
  }
  explicit LogCosh(const sdk::Options&) {}
  template <class T>
  TERANGA_FORCE_INLINE Term<T> operator()(T p, T t) const {
    constexpr T log_2 = T(0.6931471805599453), near_zero = T(sizeof(T) == 4 ? 0.25 : 0.05);
    const T e = p - t, size = sdk::math::abs(e), fall = sdk::math::expm1(-2 * size), square = e * e;
    // Near 0 the logarithms cancel: there the first terms of the series.
    const T near = square * (T(1) / 2 - square * (T(1) / 12 - square * (T(1) / 45 - square * (T(17) / 2520 - square * (T(31) / 14175)))));
    return {size < near_zero ? near : size + sdk::math::log1p(1 + fall) - log_2, sign(e) * -fall / (2 + fall)};
  }
};

}  // namespace teranga::losses
