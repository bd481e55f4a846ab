// SPDX-License-Identifier: Apache-2.0
// Sums in fixed order: equal to the plain loop, bit for bit, for any number of threads.
#include <boost/test/unit_test.hpp>

#include <teranga/parallel/ordered_sum.hpp>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <tuple>
#include <vector>

namespace {

template <class T>
std::vector<std::vector<T>> random_partials(std::size_t partials, std::size_t count) {
  std::mt19937 generator(7);
  std::uniform_real_distribution<T> exponent(-20, 20);
  std::vector<std::vector<T>> all(partials, std::vector<T>(count));
  for (auto& partial : all)
    for (T& value : partial) value = std::ldexp(T(1) + std::generate_canonical<T, 20>(generator), static_cast<int>(exponent(generator)));
  return all;
}

template <class T>
std::vector<const T*> pointers(const std::vector<std::vector<T>>& partials) {
  std::vector<const T*> out;
  for (const auto& partial : partials) out.push_back(partial.data());
  return out;
}

template <class T>
std::vector<T> plain_sum(const std::vector<std::vector<T>>& partials, std::size_t count) {
  std::vector<T> sum(count, T(0));
  for (std::size_t i = 0; i < count; ++i) {
    if (!partials.empty()) sum[i] = partials[0][i];
    for (std::size_t p = 1; p < partials.size(); ++p) sum[i] = sum[i] + partials[p][i];
  }
  return sum;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(sums_have_the_bits_of_the_plain_loop_for_any_number_of_threads, T, decltype(std::tuple<float, double>())) {
  for (const int threads : {1, 2, 4}) {
    teranga::Team team(threads);
    for (const std::size_t parts : {0, 1, 2, 3, 8})
      for (const std::size_t count : {0, 1, 5, 2047, 2048, 2049, 100003}) {
        const auto partials = random_partials<T>(parts, count);
        const auto list = pointers(partials);
        std::vector<T> out(count, T(99));
        teranga::sum_in_order(team, std::span<const T* const>(list), out.data(), count);
        BOOST_TEST(same_bits(out, plain_sum(partials, count)), threads << " threads, " << parts << " partials, " << count << " elements");
      }
  }
}

BOOST_AUTO_TEST_CASE(the_first_partial_may_be_the_result) {
  teranga::Team team(2);
  auto partials = random_partials<float>(4, 70001);
  const auto expected = plain_sum(partials, 70001);
  const auto list = pointers(partials);
  teranga::sum_in_order(team, std::span<const float* const>(list), partials[0].data(), 70001);
  BOOST_TEST(same_bits(partials[0], expected));
}
