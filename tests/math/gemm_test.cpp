// SPDX-License-Identifier: Apache-2.0
// Matrix products of every form against a plain sum in f64: our own kernels for each instruction set of this CPU, the library's, and the
// choice between them.
#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/parallel/team.hpp>

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "small_gemm.hpp"

using teranga::math::Gemm;

namespace {

std::mt19937 generator(11);

template <class T>
std::vector<T> random_values(std::int64_t count) {
  std::uniform_real_distribution<T> distribution(-1, 1);
  std::vector<T> out(static_cast<std::size_t>(count));
  for (T& value : out) value = distribution(generator);
  return out;
}

struct Shape {
  std::int64_t m, n, k;
  int padding;  // of every row
};

template <class T>
struct Problem {
  std::vector<T> a, b, c;
  Gemm<T> product;

  Problem(Shape s, bool transpose_a, bool transpose_b, double alpha, double beta) {
    product.transpose_a = transpose_a;
    product.transpose_b = transpose_b;
    product.m = s.m;
    product.n = s.n;
    product.k = s.k;
    product.alpha = alpha;
    product.beta = beta;
    product.lda = (transpose_a ? s.m : s.k) + s.padding;
    product.ldb = (transpose_b ? s.k : s.n) + s.padding;
    product.ldc = s.n + s.padding;
    a = random_values<T>((transpose_a ? s.k : s.m) * product.lda);
    b = random_values<T>((transpose_b ? s.n : s.k) * product.ldb);
    c = random_values<T>(s.m * product.ldc);
    if (beta == 0 && !c.empty()) c[0] = std::numeric_limits<T>::quiet_NaN();
    product.a = a.data();
    product.b = b.data();
    product.c = c.data();
  }

  std::vector<double> expected() const {
    const Gemm<T>& g = product;
    std::vector<double> out(c.begin(), c.end());
    for (std::int64_t i = 0; i < g.m; ++i)
      for (std::int64_t j = 0; j < g.n; ++j) {
        double sum = 0;
        for (std::int64_t p = 0; p < g.k; ++p)
          sum += static_cast<double>(g.transpose_a ? g.a[p * g.lda + i] : g.a[i * g.lda + p]) *
                 static_cast<double>(g.transpose_b ? g.b[j * g.ldb + p] : g.b[p * g.ldb + j]);
        double& at = out[static_cast<std::size_t>(i * g.ldc + j)];
        at = g.alpha * sum + (g.beta == 0 ? 0 : g.beta * at);
      }
    return out;
  }
};

template <class T, class Run>
void check(Shape s, Run run) {
  for (const bool transpose_a : {false, true})
    for (const bool transpose_b : {false, true})
      for (const auto& [alpha, beta] : {std::pair{1.0, 0.0}, {1.0, 1.0}, {0.5, -2.0}}) {
        Problem<T> problem(s, transpose_a, transpose_b, alpha, beta);
        const std::vector<double> expected = problem.expected();
        run(problem.product);
        double worst = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
          const double error = std::fabs(static_cast<double>(problem.c[i]) - expected[i]);
          worst = std::max(worst, std::isnan(error) ? 1e9 : error);
        }
        const double tolerance = std::numeric_limits<T>::epsilon() * (4 + static_cast<double>(s.k));
        BOOST_TEST(worst <= tolerance, "m " << s.m << " n " << s.n << " k " << s.k << (transpose_a ? " T" : " N")
                                            << (transpose_b ? "T" : "N") << " beta " << beta << ": error " << worst);
      }
}

const std::vector<Shape> shapes = {{1, 1, 1, 0},    {3, 5, 7, 2},    {8, 8, 8, 0},       {32, 8, 8, 0},  {16, 10, 500, 0}, {16, 1, 64, 0},
                                   {1, 70, 33, 1},  {2, 129, 9, 0},  {13, 16, 17, 0},    {9, 48, 31, 3}, {64, 65, 12, 0},  {5, 31, 512, 1},
                                   {12, 9, 513, 0}, {100, 3, 40, 0}, {130, 150, 140, 0}, {7, 64, 600, 0}};

teranga::math::SmallGemm small_form(const teranga::math::Gemm32& g) {
  teranga::math::SmallGemm s;
  s.m = g.m;
  s.n = g.n;
  s.k = g.k;
  s.a = g.a;
  s.a_row = g.transpose_a ? 1 : g.lda;
  s.a_column = g.transpose_a ? g.lda : 1;
  s.b = g.b;
  s.ldb = g.ldb;
  s.transpose_b = g.transpose_b;
  s.alpha = static_cast<float>(g.alpha);
  s.beta = static_cast<float>(g.beta);
  s.c = g.c;
  s.ldc = g.ldc;
  return s;
}

}  // namespace

BOOST_AUTO_TEST_CASE(f32_products_are_right_in_every_form) {
  for (const Shape& s : shapes) check<float>(s, [](const teranga::math::Gemm32& g) { teranga::math::gemm(g); });
}

BOOST_AUTO_TEST_CASE(f64_products_are_right_in_every_form) {
  for (const Shape& s : shapes) check<double>(s, [](const teranga::math::Gemm64& g) { teranga::math::gemm(g); });
}

BOOST_AUTO_TEST_CASE(own_kernels_are_right_for_every_instruction_set_of_this_cpu) {
  std::vector<teranga::math::SmallGemmKernel> kernels = {teranga::math::small_gemm_base};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v3")) kernels.push_back(teranga::math::small_gemm_v3);
  if (__builtin_cpu_supports("x86-64-v4")) kernels.push_back(teranga::math::small_gemm_v4);
#endif
  for (const auto kernel : kernels)
    for (const Shape& s : shapes)
      if (s.k <= teranga::math::small_gemm_depth) check<float>(s, [&](const teranga::math::Gemm32& g) { kernel(small_form(g)); });
}

BOOST_AUTO_TEST_CASE(own_products_have_the_same_bits_whatever_the_other_rows_and_columns) {
  Problem<float> whole({37, 70, 100, 0}, false, true, 1, 0);
  teranga::math::small_gemm_kernel()(small_form(whole.product));
  std::vector<float> alone(1);
  for (const std::int64_t i : {0, 8, 36})
    for (const std::int64_t j : {0, 15, 64, 69}) {
      teranga::math::SmallGemm one = small_form(whole.product);
      one.m = one.n = 1;
      one.a += i * one.a_row;
      one.b += j * one.ldb;
      one.c = alone.data();
      teranga::math::small_gemm_kernel()(one);
      BOOST_TEST(std::memcmp(alone.data(), &whole.c[static_cast<std::size_t>(i * 70 + j)], sizeof(float)) == 0, i << " " << j);
    }
}

BOOST_AUTO_TEST_CASE(nothing_to_sum_leaves_beta_times_c) {
  for (const double beta : {0.0, 1.0, 3.0}) {
    std::vector<float> c = {2, 2, 2, 9};
    teranga::math::Gemm32 g;
    g.m = 1;
    g.n = 3;
    g.ldb = g.ldc = 3;
    g.beta = beta;
    g.c = c.data();
    teranga::math::gemm(g);
    BOOST_TEST(c[2] == static_cast<float>(2 * beta));
    BOOST_TEST(c[3] == 9.0f);
  }
  teranga::math::gemm(teranga::math::Gemm32{});  // and no rows at all are no work
  teranga::math::gemm(teranga::math::Gemm64{});
}

BOOST_AUTO_TEST_CASE(impossible_extents_are_refused) {
  Problem<float> problem({4, 4, 4, 0}, false, false, 1, 0);
  problem.product.lda = 3;
  BOOST_CHECK_THROW(teranga::math::gemm(problem.product), teranga::Error);
  problem.product.lda = 4;
  problem.product.n = -1;
  BOOST_CHECK_THROW(teranga::math::gemm(problem.product), teranga::Error);
}

BOOST_AUTO_TEST_CASE(large_products_have_the_same_bits_on_any_worker) {
  Problem<float> problem({160, 170, 180, 0}, false, false, 1, 0);
  teranga::math::gemm(problem.product);
  std::atomic<int> different{0};
  teranga::Team team(3);
  team.for_each(6, [&](std::int64_t, int) {
    std::vector<float> c(problem.c.size());
    teranga::math::Gemm32 mine = problem.product;
    mine.c = c.data();
    teranga::math::gemm(mine);
    if (std::memcmp(c.data(), problem.c.data(), c.size() * sizeof(float)) != 0) ++different;
  });
  BOOST_TEST(different == 0);
}

BOOST_AUTO_TEST_CASE(every_thread_of_a_team_keeps_openmp_single) {
  teranga::math::keep_openmp_single();
  teranga::math::keep_openmp_single();
  BOOST_TEST(omp_get_max_threads() == 1);
  std::atomic<int> several{0};
  teranga::Team(3).for_each(12, [&](std::int64_t, int) {
    if (omp_get_max_threads() != 1) ++several;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  BOOST_TEST(several == 0);
}
