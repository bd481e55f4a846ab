// SPDX-License-Identifier: Apache-2.0
// The stated 2 ulp against the C library's f64 functions, over a dense walk through all floats; special values; and no dependence on place.
#include <boost/test/unit_test.hpp>

#include <teranga/math/vector_functions.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float smallest = std::numeric_limits<float>::min();

struct Function {
  const char* name;
  void (*f32)(std::int64_t, const float*, float*) noexcept;
  void (*f64)(std::int64_t, const double*, double*) noexcept;
  double (*truth)(double);
};

const std::vector<Function> functions = {
    {"exp", teranga::math::exp, teranga::math::exp, [](double x) { return std::exp(x); }},
    {"log", teranga::math::log, teranga::math::log, [](double x) { return std::log(x); }},
    {"tanh", teranga::math::tanh, teranga::math::tanh, [](double x) { return std::tanh(x); }},
    {"sigmoid", teranga::math::sigmoid, teranga::math::sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }},
};

// Every 509th float of either sign, and all those in a row around the places where the formulae change.
std::vector<float> walk() {
  std::vector<float> out;
  for (std::uint32_t bits = 0x00800000; bits < 0x7f800000; bits += 509) {
    out.push_back(std::bit_cast<float>(bits));
    out.push_back(-out.back());
  }
  for (const float place : {88.72283f, 87.33654f, 0.625f, 1.0f, 0.70710678f, 1.41421356f, 9.01f, 10.0f, 0.34657359f, 16.6355f})
    for (int i = -2000; i <= 2000; ++i) {
      out.push_back(std::bit_cast<float>(std::bit_cast<std::int32_t>(place) + i));
      out.push_back(-out.back());
    }
  return out;
}

double ulps(float found, double truth) {
  if (std::fabs(truth) < static_cast<double>(smallest))
    return std::fabs(static_cast<double>(found)) <= static_cast<double>(smallest) ? 0 : 1e9;
  if (std::fabs(truth) > static_cast<double>(std::numeric_limits<float>::max()))
    return std::fabs(found) >= std::numeric_limits<float>::max() && (found > 0) == (truth > 0) ? 0 : 1e9;
  if (std::isnan(found) || std::isinf(found)) return 1e9;
  int exponent = 0;
  std::frexp(truth, &exponent);
  return std::fabs(static_cast<double>(found) - truth) / std::ldexp(1.0, exponent - 24);
}

}  // namespace

BOOST_AUTO_TEST_CASE(f32_functions_are_within_2_ulp) {
  const std::vector<float> x = walk();
  std::vector<float> y(x.size());
  for (const Function& function : functions) {
    function.f32(static_cast<std::int64_t>(x.size()), x.data(), y.data());
    double worst = 0;
    float at = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (function.name == std::string("log") && x[i] < 0) continue;
      const double error = ulps(y[i], function.truth(static_cast<double>(x[i])));
      if (error > worst) {
        worst = error;
        at = x[i];
      }
    }
    BOOST_TEST_MESSAGE(function.name << ": " << worst << " ulp at " << at);
    BOOST_TEST(worst <= 2.0, function.name << ": " << worst << " ulp at " << at);
  }
}

BOOST_AUTO_TEST_CASE(special_values_follow_the_c_library) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> x = {0.0f, -0.0f, infinity, -infinity, nan, 1000.0f, -1000.0f, 1e-30f, 1.0f};
  std::vector<float> y(x.size());
  const auto n = static_cast<std::int64_t>(x.size());
  teranga::math::exp(n, x.data(), y.data());
  BOOST_TEST((y[0] == 1 && y[1] == 1 && y[2] == infinity && y[3] == 0 && std::isnan(y[4]) && y[5] == infinity && y[6] == 0 && y[7] == 1));
  teranga::math::log(n, x.data(), y.data());
  BOOST_TEST((y[0] == -infinity && y[1] == -infinity && y[2] == infinity && std::isnan(y[3]) && std::isnan(y[4]) && std::isnan(y[6]) &&
              y[8] == 0));
  teranga::math::tanh(n, x.data(), y.data());
  BOOST_TEST((y[0] == 0 && !std::signbit(y[0]) && std::signbit(y[1]) && y[2] == 1 && y[3] == -1 && std::isnan(y[4]) && y[5] == 1 &&
              y[6] == -1 && y[7] == 1e-30f));
  teranga::math::sigmoid(n, x.data(), y.data());
  BOOST_TEST((y[0] == 0.5f && y[1] == 0.5f && y[2] == 1 && y[3] == 0 && std::isnan(y[4]) && y[5] == 1 && y[6] == 0));
}

BOOST_AUTO_TEST_CASE(a_value_does_not_depend_on_its_place_in_the_array) {
  std::vector<float> x;
  for (int i = 0; i < 300; ++i) x.push_back(0.037f * static_cast<float>(i) + 0.01f);
  for (const Function& function : functions) {
    std::vector<float> whole(x.size());
    function.f32(300, x.data(), whole.data());
    for (const std::size_t first : {0, 1, 5, 250})
      for (const std::size_t count : {1, 2, 3, 4, 7, 9, 15, 17, 31, 50}) {
        std::vector<float> part(count + 1, -9.0f);
        function.f32(static_cast<std::int64_t>(count), x.data() + first, part.data());
        BOOST_TEST(std::memcmp(part.data(), whole.data() + first, count * sizeof(float)) == 0,
                   function.name << " " << first << " " << count);
        BOOST_TEST(part[count] == -9.0f);
      }
    std::vector<float> in_place = x;
    function.f32(300, in_place.data(), in_place.data());
    BOOST_TEST(std::memcmp(in_place.data(), whole.data(), 300 * sizeof(float)) == 0, function.name);
  }
}

BOOST_AUTO_TEST_CASE(f64_functions_are_the_c_librarys) {
  std::vector<double> x = {0.1, 1.0, 2.5, 30.0};
  for (const Function& function : functions) {
    std::vector<double> y(x.size());
    function.f64(4, x.data(), y.data());
    for (std::size_t i = 0; i < x.size(); ++i) BOOST_TEST(y[i] == function.truth(x[i]), function.name << " " << x[i]);
  }
}
