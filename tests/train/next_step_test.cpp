// SPDX-License-Identifier: Apache-2.0
// From outputs to a step, by hand.
#include "infer/next_step.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace teranga::train;

namespace {

// How often each of 1,000 evenly spread draws takes each id.
std::vector<int> counts(const Choice& choice, const std::vector<double>& log_p) {
  std::vector<int> out(log_p.size(), 0);
  for (int i = 0; i < 1000; ++i) ++out[static_cast<std::size_t>(choice.of(log_p, (i + 0.5) / 1000))];
  return out;
}

const std::vector<double> halves = {std::log(0.125), std::log(0.5), std::log(0.25), std::log(0.125)};

}  // namespace

BOOST_AUTO_TEST_CASE(logits_and_probabilities_give_the_same) {
  const std::vector<float> p = {0.1F, 0.2F, 0.3F, 0.4F}, logits = {std::log(0.1F) + 7, std::log(0.2F) + 7, std::log(0.3F) + 7, std::log(0.4F) + 7};
  const auto a = NextStep{false, 4, {}}.log_p(p), b = NextStep{true, 4, {}}.log_p(logits);
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(std::exp(a[i]) == p[i], boost::test_tools::tolerance(1e-6));
    BOOST_TEST(a[i] == b[i], boost::test_tools::tolerance(1e-6));
  }
}

BOOST_AUTO_TEST_CASE(what_is_never_written_leaves_its_share_to_the_others) {
  const std::vector<float> p = {0.5F, 0.1F, 0.2F, 0.1F, 0.1F};  // the last is beyond the vocabulary
  const auto log_p = NextStep{false, 4, {0}}.log_p(p);
  BOOST_REQUIRE(log_p.size() == 4);
  BOOST_TEST(log_p[0] == -std::numeric_limits<double>::infinity());
  BOOST_TEST(std::exp(log_p[2]) == 0.5, boost::test_tools::tolerance(1e-6));
  const auto rest = NextStep{false, 3, {0}}.log_p(std::vector<float>{1, 0, 0});  // a certainty that is never written
  BOOST_TEST(std::exp(rest[1]) == 0.5, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(draws_follow_the_probabilities) {
  BOOST_TEST((counts({1, 0}, halves) == std::vector<int>{125, 500, 250, 125}));
  BOOST_TEST((counts({0.5, 0}, halves)[1] == 728));  // 16 of 22
  BOOST_TEST((counts({0, 0}, halves) == std::vector<int>{0, 1000, 0, 0}));
}

BOOST_AUTO_TEST_CASE(top_k_leaves_the_likeliest) {
  BOOST_TEST((counts({1, 2}, halves) == std::vector<int>{0, 667, 333, 0}));
  BOOST_TEST((counts({1, 1}, halves) == std::vector<int>{0, 1000, 0, 0}));
  BOOST_TEST((counts({1, 3}, halves)[0] > 0 && counts({1, 3}, halves)[3] == 0));  // of equal ones the first
}

BOOST_AUTO_TEST_CASE(an_impossible_step_is_never_drawn) {
  const double never = -std::numeric_limits<double>::infinity();
  const std::vector<double> log_p = {never, std::log(0.5), std::log(0.5), never};
  BOOST_TEST((Choice{1, 0}.of(log_p, 0.0) == 1));
  BOOST_TEST((Choice{1, 0}.of(log_p, std::nextafter(1.0, 0.0)) == 2));
}
