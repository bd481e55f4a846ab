// SPDX-License-Identifier: Apache-2.0
// The float functions against the C library in double: in units of the last place over a dense walk of all floats, and at the ends.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <teranga/sdk/math.hpp>

namespace {

namespace fast = teranga::sdk::math;
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

// Distance of y from the true value in ulps of the float nearest to it.
double ulps(float y, double truth) {
  const float nearest = static_cast<float>(truth);
  if (std::isnan(truth)) return std::isnan(y) ? 0 : infinity;
  if (y == nearest) return 0;
  if (!std::isfinite(y) || !std::isfinite(nearest)) return infinity;
  const float size = std::max(std::fabs(nearest), std::numeric_limits<float>::min());
  const double ulp = static_cast<double>(std::nextafter(size, infinity)) - static_cast<double>(size);
  return std::fabs(static_cast<double>(y) - truth) / ulp;
}

// Every 509th float of both signs (509 is prime, so all low bits occur): denormals, both zeros, infinities and NaNs among them.
template <class F, class G>
double worst(F f, G g) {
  double most = 0;
  std::array<float, 4096> x, y;
  for (std::uint64_t bits = 0; bits < (1ull << 32);) {
    for (float& value : x) value = std::bit_cast<float>(static_cast<std::uint32_t>(bits)), bits += 509;
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = f(x[i]);
    for (std::size_t i = 0; i < x.size(); ++i) most = std::max(most, ulps(y[i], g(static_cast<double>(x[i]))));
  }
  return most;
}

double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

}  // namespace

BOOST_AUTO_TEST_CASE(exp_is_within_two_ulp_everywhere) {
  BOOST_TEST(worst([](float x) { return fast::exp(x); }, [](double x) { return std::exp(x); }) <= 2.0);
}
BOOST_AUTO_TEST_CASE(expm1_is_within_two_ulp_everywhere) {
  BOOST_TEST(worst([](float x) { return fast::expm1(x); }, [](double x) { return std::expm1(x); }) <= 2.0);
}
BOOST_AUTO_TEST_CASE(log_is_within_two_ulp_everywhere) {
  BOOST_TEST(worst([](float x) { return fast::log(x); }, [](double x) { return std::log(x); }) <= 2.0);
}
BOOST_AUTO_TEST_CASE(log1p_is_within_two_ulp_everywhere) {
  BOOST_TEST(worst([](float x) { return fast::log1p(x); }, [](double x) { return std::log1p(x); }) <= 2.0);
}
BOOST_AUTO_TEST_CASE(softplus_is_within_two_ulp_everywhere) {
  BOOST_TEST(worst([](float x) { return fast::softplus(x); }, [](double x) { return softplus(x); }) <= 2.0);
}
BOOST_AUTO_TEST_CASE(sigmoid_is_within_three_ulp_everywhere) {
  BOOST_TEST(worst([](float x) { return fast::sigmoid(x); }, [](double x) { return 1 / (1 + std::exp(-x)); }) <= 3.0);
}
BOOST_AUTO_TEST_CASE(tanh_is_within_two_ulp_everywhere) {
  BOOST_TEST(worst([](float x) { return fast::tanh(x); }, [](double x) { return std::tanh(x); }) <= 2.0);
}
BOOST_AUTO_TEST_CASE(erf_is_within_two_ulp_everywhere) {
  BOOST_TEST(worst([](float x) { return fast::erf(x); }, [](double x) { return std::erf(x); }) <= 2.0);
}

BOOST_AUTO_TEST_CASE(infinities_go_where_the_limits_are) {
  BOOST_TEST(fast::exp(infinity) == infinity);
  BOOST_TEST(fast::exp(-infinity) == 0.0f);
  BOOST_TEST(fast::expm1(-infinity) == -1.0f);
  BOOST_TEST(fast::expm1(infinity) == infinity);
  BOOST_TEST(fast::log(infinity) == infinity);
  BOOST_TEST(fast::log(0.0f) == -infinity);
  BOOST_TEST(fast::log1p(-1.0f) == -infinity);
  BOOST_TEST(fast::log1p(infinity) == infinity);
  BOOST_TEST(fast::tanh(infinity) == 1.0f);
  BOOST_TEST(fast::tanh(-infinity) == -1.0f);
  BOOST_TEST(fast::sigmoid(infinity) == 1.0f);
  BOOST_TEST(fast::sigmoid(-infinity) == 0.0f);
  BOOST_TEST(fast::erf(infinity) == 1.0f);
  BOOST_TEST(fast::erf(-infinity) == -1.0f);
  BOOST_TEST(fast::softplus(infinity) == infinity);
  BOOST_TEST(fast::softplus(-infinity) == 0.0f);
}

BOOST_AUTO_TEST_CASE(what_is_undefined_is_not_a_number) {
  for (const float x : {nan_value, -nan_value}) {
    BOOST_TEST(std::isnan(fast::exp(x)));
    BOOST_TEST(std::isnan(fast::expm1(x)));
    BOOST_TEST(std::isnan(fast::log(x)));
    BOOST_TEST(std::isnan(fast::log1p(x)));
    BOOST_TEST(std::isnan(fast::tanh(x)));
    BOOST_TEST(std::isnan(fast::sigmoid(x)));
    BOOST_TEST(std::isnan(fast::erf(x)));
    BOOST_TEST(std::isnan(fast::softplus(x)));
  }
  BOOST_TEST(std::isnan(fast::log(-1.0f)));
  BOOST_TEST(std::isnan(fast::log(-infinity)));
  BOOST_TEST(std::isnan(fast::log1p(-1.5f)));
}

BOOST_AUTO_TEST_CASE(denormal_results_are_not_flushed) {
  BOOST_TEST(fast::exp(-100.0f) > 0.0f);
  BOOST_TEST(fast::sigmoid(-100.0f) > 0.0f);
  BOOST_TEST(std::fabs(fast::log(1e-45f) + 103.278929903f) < 1e-5f);
}

BOOST_AUTO_TEST_CASE(odd_functions_keep_the_sign_of_zero) {
  BOOST_TEST(std::signbit(fast::tanh(-0.0f)));
  BOOST_TEST(std::signbit(fast::erf(-0.0f)));
  BOOST_TEST(!std::signbit(fast::tanh(0.0f)));
}

BOOST_AUTO_TEST_CASE(double_is_the_c_library) {
  for (const double x : {-3.0, -0.1, 0.0, 0.5, 7.0}) {
    BOOST_TEST(fast::exp(x) == std::exp(x));
    BOOST_TEST(fast::tanh(x) == std::tanh(x));
    BOOST_TEST(fast::erf(x) == std::erf(x));
    BOOST_TEST(std::fabs(fast::sigmoid(x) - 1 / (1 + std::exp(-x))) < 1e-15);
  }
}
