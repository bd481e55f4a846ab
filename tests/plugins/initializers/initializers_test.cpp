// SPDX-License-Identifier: Apache-2.0
// Initializers: moments and bounds of what is drawn, orthogonality, seeds, and the same numbers in f32 and f64. The numbers themselves are not Keras's.
#include <teranga/sdk/c/training.h>

#include <algorithm>
#include <string>

#include <boost/test/unit_test.hpp>

#include <plugins/library.hpp>

namespace teranga::tests {
namespace {

constexpr trg_stream stream_of_a_kernel = {12345, 7};

const Library& initializers() {
  static const Library library("initializers");
  return library;
}

Tensor filled(const std::string& name, const Settings& settings, std::vector<std::int64_t> shape, std::int32_t type = TRG_F64, std::int64_t fan_in = 0, std::int64_t fan_out = 0) {
  const trg_item& item = initializers().item("teranga." + name);
  const Given given(item, settings);
  const auto* calls = static_cast<const trg_initializer_calls*>(item.calls);
  trg_error error{};
  void* initializer = nullptr;
  need_ok(calls->create(given.native(), &initializer, &error), error);
  Tensor tensor(std::move(shape), type);
  for (std::int64_t i = 0; i < tensor.count(); ++i) tensor.set(i, 1e30);
  const trg_tensor native = tensor.native();
  const trg_fill fill{sizeof(fill), type, native.rank, native.shape, fan_in, fan_out, stream_of_a_kernel, native.data};
  const std::int32_t status = calls->fill(initializer, &fill, &error);
  calls->destroy(initializer);
  need_ok(status, error);
  return tensor;
}

struct Moments {
  double mean = 0, variance = 0, kurtosis = 0, least = 1e300, most = -1e300;
  explicit Moments(const Tensor& t) {
    const auto n = static_cast<double>(t.count());
    for (std::int64_t i = 0; i < t.count(); ++i) mean += t.get(i) / n, least = std::min(least, t.get(i)), most = std::max(most, t.get(i));
    double fourth = 0;
    for (std::int64_t i = 0; i < t.count(); ++i) variance += std::pow(t.get(i) - mean, 2) / n, fourth += std::pow(t.get(i) - mean, 4) / n;
    kurtosis = fourth / (variance * variance);
  }
};

constexpr double uniform_kurtosis = 1.8, normal_kurtosis = 3, truncated_kurtosis = 2.37;

void need_spread(const Tensor& t, double mean, double variance, double kurtosis) {
  const Moments m(t);
  BOOST_TEST(std::fabs(m.mean - mean) < 5 * std::sqrt(variance / static_cast<double>(t.count())), "mean " << m.mean);
  BOOST_TEST(std::fabs(m.variance / variance - 1) < 0.02, "variance " << m.variance << " for " << variance);
  BOOST_TEST(std::fabs(m.kurtosis - kurtosis) < 0.06, "kurtosis " << m.kurtosis << " for " << kurtosis);
}

}  // namespace

BOOST_AUTO_TEST_CASE(initializers_without_chance_fill_every_element) {
  for (const std::int32_t type : {TRG_F32, TRG_F64}) {
    BOOST_TEST(filled("zeros", {}, {3, 2}, type).values() == std::vector<double>(6, 0.0), boost::test_tools::per_element());
    BOOST_TEST(filled("ones", {}, {5}, type).values() == std::vector<double>(5, 1.0), boost::test_tools::per_element());
    BOOST_TEST(filled("constant", {{"value", -0.25}}, {2, 2, 2}, type).values() == std::vector<double>(8, -0.25), boost::test_tools::per_element());
    BOOST_TEST(filled("identity", {{"gain", 2.0}}, {2, 3}, type).values() == (std::vector<double>{2, 0, 0, 0, 2, 0}), boost::test_tools::per_element());
  }
  BOOST_CHECK_THROW(filled("identity", {}, {4}), Refused);
}

BOOST_AUTO_TEST_CASE(distributions_have_their_moments_and_bounds) {
  const std::vector<std::int64_t> shape = {300, 331};
  need_spread(filled("random_normal", {}, shape), 0, 0.05 * 0.05, normal_kurtosis);
  need_spread(filled("random_normal", {{"mean", 2.0}, {"stddev", 0.5}}, shape), 2, 0.25, normal_kurtosis);
  need_spread(filled("random_uniform", {}, shape), 0, 0.1 * 0.1 / 12, uniform_kurtosis);
  const Tensor uniform = filled("random_uniform", {{"minval", 1.0}, {"maxval", 3.0}}, shape);
  need_spread(uniform, 2, 4.0 / 12, uniform_kurtosis);
  BOOST_TEST(Moments(uniform).least >= 1);
  BOOST_TEST(Moments(uniform).most < 3);
  const Tensor truncated = filled("truncated_normal", {{"mean", 1.0}, {"stddev", 0.5}}, shape);
  need_spread(truncated, 1, 0.25 * 0.87962566 * 0.87962566, truncated_kurtosis);
  BOOST_TEST(Moments(truncated).least >= 0);
  BOOST_TEST(Moments(truncated).most <= 2);
  BOOST_CHECK_THROW(filled("random_uniform", {{"minval", 1.0}, {"maxval", 0.0}}, {2}), Refused);
}

BOOST_AUTO_TEST_CASE(the_scaling_family_has_the_variance_that_its_fans_ask_for) {
  const std::vector<std::int64_t> shape = {300, 331};
  constexpr std::int64_t in = 300, out = 100;
  const auto with = [&](const std::string& name, const Settings& settings = {}) { return filled(name, settings, shape, TRG_F64, in, out); };
  need_spread(with("glorot_uniform"), 0, 2.0 / (in + out), uniform_kurtosis);
  need_spread(with("glorot_normal"), 0, 2.0 / (in + out), truncated_kurtosis);
  need_spread(with("he_uniform"), 0, 2.0 / in, uniform_kurtosis);
  need_spread(with("he_normal"), 0, 2.0 / in, truncated_kurtosis);
  need_spread(with("lecun_uniform"), 0, 1.0 / in, uniform_kurtosis);
  need_spread(with("lecun_normal"), 0, 1.0 / in, truncated_kurtosis);
  need_spread(with("variance_scaling"), 0, 1.0 / in, truncated_kurtosis);
  need_spread(with("variance_scaling", {{"scale", 3.0}, {"mode", std::string("fan_out")}, {"distribution", std::string("uniform")}}), 0, 3.0 / out, uniform_kurtosis);
  need_spread(with("variance_scaling", {{"mode", std::string("fan_avg")}, {"distribution", std::string("untruncated_normal")}}), 0, 2.0 / (in + out), normal_kurtosis);
  BOOST_TEST(Moments(with("glorot_uniform")).most <= std::sqrt(6.0 / (in + out)));
}

BOOST_AUTO_TEST_CASE(orthogonal_matrices_are_orthonormal_along_their_shorter_side) {
  for (const std::vector<std::int64_t>& shape : std::vector<std::vector<std::int64_t>>{{1, 1}, {5, 5}, {7, 3}, {3, 7}, {80, 70}, {65, 130}, {3, 3, 2, 11}}) {
    const Tensor q = filled("orthogonal", {{"gain", 2.0}}, shape);
    const std::int64_t columns = shape.back(), rows = q.count() / columns, fewer = std::min(rows, columns), more = std::max(rows, columns);
    double worst = 0;
    for (std::int64_t a = 0; a < fewer; ++a)
      for (std::int64_t b = 0; b < fewer; ++b) {
        double dot = 0;
        for (std::int64_t i = 0; i < more; ++i) dot += rows <= columns ? q.get(a * columns + i) * q.get(b * columns + i) : q.get(i * columns + a) * q.get(i * columns + b);
        worst = std::max(worst, std::fabs(dot - (a == b ? 4 : 0)));
      }
    BOOST_TEST(worst < 1e-12, rows << " x " << columns << ": off by " << worst);
  }
  BOOST_CHECK_THROW(filled("orthogonal", {}, {4}), Refused);
}

BOOST_AUTO_TEST_CASE(a_seed_turns_the_stream_and_both_types_draw_the_same_numbers) {
  for (const char* name : {"random_normal", "random_uniform", "truncated_normal", "glorot_uniform", "he_normal", "orthogonal"}) {
    const std::vector<std::int64_t> shape = {37, 29};
    const Tensor plain = filled(name, {}, shape, TRG_F64, 37, 29), again = filled(name, {}, shape, TRG_F64, 37, 29), narrow = filled(name, {}, shape, TRG_F32, 37, 29);
    const Tensor one = filled(name, {{"seed", std::int64_t{1}}}, shape, TRG_F64, 37, 29), two = filled(name, {{"seed", std::int64_t{2}}}, shape, TRG_F64, 37, 29);
    BOOST_TEST(plain.values() == again.values());
    double apart = 0;
    std::int64_t equal = 0;
    for (std::int64_t i = 0; i < plain.count(); ++i) {
      apart = std::max(apart, std::fabs(plain.get(i) - narrow.get(i)));
      equal += plain.get(i) == one.get(i) || one.get(i) == two.get(i);
    }
    BOOST_TEST(apart < 1e-7, name);
    BOOST_TEST(equal == 0, name);
  }
}

}  // namespace teranga::tests
