// SPDX-License-Identifier: Apache-2.0
// Initializers whose spread follows the number of inputs or outputs of a unit, and the family of variance scaling: Glorot, He and LeCun. The variance of
// an element is scale / n, n = fan_in, fan_out or their mean. A truncated normal is widened by 1 / 0.8796 beforehand, so that its variance is right
// after the cut.
#pragma once

#include <string>
#include <string_view>

#include "draw.hpp"

namespace teranga::initializers {

enum class Fan { in, out, average };
enum class Distribution { truncated_normal, untruncated_normal, uniform };

struct Scaling {
  double scale;
  Fan fan;
  Distribution distribution;

  template <class T>
  void fill(const sdk::Fill<T>& f, const Seed& seed) const {
    const double in = static_cast<double>(f.fan_in()), out = static_cast<double>(f.fan_out());
    const double n = fan == Fan::in ? in : fan == Fan::out ? out : (in + out) / 2;
    const double variance = scale / (n > 1 ? n : 1);
    constexpr double stddev_after_cut = 0.87962566103423978;  // of a standard normal given |z| <= 2
    switch (distribution) {
      case Distribution::truncated_normal: return fill_truncated_normal(f, seed, 0, std::sqrt(variance) / stddev_after_cut);
      case Distribution::untruncated_normal: return fill_normal(f, seed, 0, std::sqrt(variance));
      case Distribution::uniform: return fill_uniform(f, seed, -std::sqrt(3 * variance), std::sqrt(3 * variance));
    }
  }
};

// One struct for the six named ones: N knows name, formula, source and scaling.
template <class N>
struct NamedScaling {
  static sdk::Info info() {
    return {.name = N::name, .summary = N::summary, .formula = N::formula, .source = N::source, .options = {seed_option()}};
  }
  Seed seed;
  explicit NamedScaling(const sdk::Options& options) : seed(seed_of(options)) {}
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    N::scaling.fill(f, seed);
  }
};

struct GlorotUniform {
  static constexpr const char* name = "teranga.glorot_uniform";
  static constexpr const char* summary = "Uniform, variance 2 / (fan_in + fan_out)";
  static constexpr const char* formula = "w ~ U(-l, l), l = sqrt(6 / (fan_in + fan_out))";
  static constexpr const char* source = "keras.initializers.GlorotUniform; Glorot and Bengio 2010";
  static constexpr Scaling scaling{1, Fan::average, Distribution::uniform};
};
struct GlorotNormal {
  static constexpr const char* name = "teranga.glorot_normal";
  static constexpr const char* summary = "Truncated normal, variance 2 / (fan_in + fan_out)";
  static constexpr const char* formula = "w ~ truncated N(0, 2 / (fan_in + fan_out))";
  static constexpr const char* source = "keras.initializers.GlorotNormal; Glorot and Bengio 2010";
  static constexpr Scaling scaling{1, Fan::average, Distribution::truncated_normal};
};
struct HeUniform {
  static constexpr const char* name = "teranga.he_uniform";
  static constexpr const char* summary = "Uniform, variance 2 / fan_in";
  static constexpr const char* formula = "w ~ U(-l, l), l = sqrt(6 / fan_in)";
  static constexpr const char* source = "keras.initializers.HeUniform; arXiv 1502.01852";
  static constexpr Scaling scaling{2, Fan::in, Distribution::uniform};
};
struct HeNormal {
  static constexpr const char* name = "teranga.he_normal";
  static constexpr const char* summary = "Truncated normal, variance 2 / fan_in";
  static constexpr const char* formula = "w ~ truncated N(0, 2 / fan_in)";
  static constexpr const char* source = "keras.initializers.HeNormal; arXiv 1502.01852";
  static constexpr Scaling scaling{2, Fan::in, Distribution::truncated_normal};
};
struct LecunUniform {
  static constexpr const char* name = "teranga.lecun_uniform";
  static constexpr const char* summary = "Uniform, variance 1 / fan_in";
  static constexpr const char* formula = "w ~ U(-l, l), l = sqrt(3 / fan_in)";
  static constexpr const char* source = "keras.initializers.LecunUniform; LeCun et al. 1998";
  static constexpr Scaling scaling{1, Fan::in, Distribution::uniform};
};
struct LecunNormal {
  static constexpr const char* name = "teranga.lecun_normal";
  static constexpr const char* summary = "Truncated normal, variance 1 / fan_in";
  static constexpr const char* formula = "w ~ truncated N(0, 1 / fan_in)";
  static constexpr const char* source = "keras.initializers.LecunNormal; LeCun et al. 1998";
  static constexpr Scaling scaling{1, Fan::in, Distribution::truncated_normal};
};

struct VarianceScaling {
  static sdk::Info info() {
    return {.name = "teranga.variance_scaling", .summary = "A spread that follows the number of inputs or outputs of a unit",
            .formula = "variance of w = scale / n, n by mode", .source = "keras.initializers.VarianceScaling",
            .options = {sdk::real("scale", 1.0).above(0).says("factor of the variance"),
                        sdk::text("mode", "fan_in").choices({"fan_in", "fan_out", "fan_avg"}).says("what n is: inputs, outputs, or their mean"),
                        sdk::text("distribution", "truncated_normal").choices({"truncated_normal", "untruncated_normal", "uniform"}).says("the distribution drawn from"),
                        seed_option()}};
  }
  Scaling scaling;
  Seed seed;
  explicit VarianceScaling(const sdk::Options& options) : scaling{options.real("scale"), fan_of(options.text("mode")), distribution_of(options.text("distribution"))}, seed(seed_of(options)) {}
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    scaling.fill(f, seed);
  }

 private:
  static Fan fan_of(std::string_view mode) { return mode == "fan_in" ? Fan::in : mode == "fan_out" ? Fan::out : Fan::average; }
  static Distribution distribution_of(std::string_view text) {
    return text == "uniform" ? Distribution::uniform : text == "untruncated_normal" ? Distribution::untruncated_normal : Distribution::truncated_normal;
  }
};

}  // namespace teranga::initializers
