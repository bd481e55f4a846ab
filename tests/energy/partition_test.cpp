// SPDX-License-Identifier: Apache-2.0
// The partition function: enumeration against sums over all pairs of states, and annealed importance sampling against enumeration.
#include <cmath>
#include <numbers>
#include <random>

#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>
#include <teranga/energy/partition.hpp>

using namespace teranga;

namespace {

struct Owner {
  std::vector<float> kernel, bias, visible_bias;
  energy::Machine machine;
  Owner(std::int64_t visible, std::int64_t hidden, double size, bool gaussian = false, unsigned seed = 3) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, static_cast<float>(size));
    const auto drawn = [&](std::int64_t count) {
      std::vector<float> out(static_cast<std::size_t>(count));
      for (float& one : out) one = normal(random);
      return out;
    };
    kernel = drawn(visible * hidden), bias = drawn(hidden), visible_bias = drawn(visible);
    machine = {gaussian, visible, hidden, kernel, bias, visible_bias};
  }
};

// log of the sum of exp(-E(v, h)) over all v and h, as the energy is written.
double by_definition(const energy::Machine& m) {
  double sum = 0;
  for (unsigned v = 0; v < 1u << m.visible; ++v)
    for (unsigned h = 0; h < 1u << m.hidden; ++h) {
      double minus_energy = 0;
      for (std::int64_t i = 0; i < m.visible; ++i) {
        if (!(v >> i & 1)) continue;
        minus_energy += m.visible_bias[static_cast<std::size_t>(i)];
        for (std::int64_t j = 0; j < m.hidden; ++j)
          if (h >> j & 1) minus_energy += m.kernel[static_cast<std::size_t>(i * m.hidden + j)];
      }
      for (std::int64_t j = 0; j < m.hidden; ++j)
        if (h >> j & 1) minus_energy += m.bias[static_cast<std::size_t>(j)];
      sum += std::exp(minus_energy);
    }
  return std::log(sum);
}

}  // namespace

BOOST_AUTO_TEST_CASE(enumeration_of_either_side_is_the_sum_over_all_states) {
  Team team(2);
  for (const auto& [visible, hidden] : {std::pair{1, 1}, {2, 5}, {5, 2}, {8, 7}, {7, 8}}) {
    const Owner owner(visible, hidden, 1.5);
    BOOST_TEST(energy::can_enumerate(owner.machine));
    BOOST_TEST(energy::enumerate(owner.machine, team) == by_definition(owner.machine), boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(real_visible_units_are_integrated_out) {
  // One visible unit: Z is a sum over h of normal integrals, done here by the trapezoidal rule.
  const Owner owner(1, 3, 0.8, true);
  const energy::Machine& m = owner.machine;
  double sum = 0;
  for (double v = -20; v <= 20; v += 0.001) {
    double log_p = -(v - m.visible_bias[0]) * (v - m.visible_bias[0]) / 2;
    for (std::size_t j = 0; j < 3; ++j) log_p += std::log1p(std::exp(m.bias[j] + v * m.kernel[j]));
    sum += std::exp(log_p) * 0.001;
  }
  Team team(1);
  BOOST_TEST(energy::enumerate(m, team) == std::log(sum), boost::test_tools::tolerance(1e-9));
  BOOST_TEST(!energy::can_enumerate({true, 2, 30, {}, {}, {}}));  // few units that are real numbers do not help
}

BOOST_AUTO_TEST_CASE(too_many_states_are_refused) {
  const Owner owner(30, 26, 0.1);
  Team team(1);
  BOOST_TEST(!energy::can_enumerate(owner.machine));
  BOOST_CHECK_THROW(energy::enumerate(owner.machine, team), Error);
}

BOOST_AUTO_TEST_CASE(annealing_of_a_machine_of_20_x_10_units_is_within_a_tenth_of_a_nat_of_enumeration) {
  Team team(2);
  for (const bool gaussian : {false, true})
    for (const unsigned seed : {1u, 2u, 3u}) {
      const Owner owner(20, 10, gaussian ? 0.3 : 0.7, gaussian, seed);
      const double exact = energy::enumerate(owner.machine, team);
      const energy::LogPartition found = energy::mean_of(energy::anneal(owner.machine, {.temperatures = 1000, .seed = 0, .base = {}}, 0, 100, team));
      BOOST_TEST_MESSAGE("exact " << exact << ", annealed " << found.value << " (" << found.low << " to " << found.high << ")");
      BOOST_TEST(std::fabs(found.value - exact) < 0.1);
      BOOST_TEST(found.low < found.value);
      BOOST_TEST(found.high < found.value + 0.3);
      // From another base machine to the same number.
      const energy::LogPartition other = energy::mean_of(energy::anneal(owner.machine, {.temperatures = 1000, .seed = 5, .base = std::vector<double>(20, 0.25)}, 0, 100, team));
      BOOST_TEST(std::fabs(other.value - exact) < 0.1);
    }
}

BOOST_AUTO_TEST_CASE(chains_depend_on_their_number_and_the_seed_alone) {
  const Owner owner(13, 27, 0.5);
  Team one(1), four(4);
  const energy::Annealing annealing{.temperatures = 50, .seed = 9, .base = {}};
  const std::vector<double> all = energy::anneal(owner.machine, annealing, 0, 40, one);
  BOOST_TEST(energy::anneal(owner.machine, annealing, 0, 40, four) == all, boost::test_tools::per_element());
  const std::vector<double> later = energy::anneal(owner.machine, annealing, 20, 20, four);
  for (std::size_t i = 0; i < 20; ++i) BOOST_TEST(later[i] == all[20 + i], boost::test_tools::tolerance(1e-6));
  BOOST_TEST(energy::anneal(owner.machine, {.temperatures = 50, .seed = 10, .base = {}}, 0, 1, one)[0] != all[0]);
  BOOST_CHECK_THROW(energy::anneal(owner.machine, {.temperatures = 50, .seed = 0, .base = {1.0}}, 0, 1, one), Error);
}

BOOST_AUTO_TEST_CASE(the_mean_of_estimates_is_that_of_the_numbers) {
  const std::vector<double> logs = {700 + std::log(1.0), 700 + std::log(2.0), 700 + std::log(3.0)};
  const energy::LogPartition mean = energy::mean_of(logs);
  BOOST_TEST(mean.value == 700 + std::log(2.0), boost::test_tools::tolerance(1e-12));
  const double error = 3 * 0.5 / std::sqrt(3.0);  // three times the deviation of 1, 2, 3 over their mean, over the root of their number
  BOOST_TEST(mean.high == mean.value + std::log1p(error), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(mean.low == mean.value + std::log1p(-error), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(energy::mean_of(std::vector<double>{0, 40}).low == -std::numeric_limits<double>::infinity());
}
