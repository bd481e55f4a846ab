// SPDX-License-Identifier: Apache-2.0
// The layer ctc_decode: texts of paths by hand, and the likeliest text among all by enumeration.
#include <cmath>
#include <map>

#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

Array decoded(const Array& logits, Options options = {}, const Array& mask = {}) {
  return run({.plugin = "layers_ctc", .item = "teranga.ctc_decode", .options = std::move(options), .inputs = {logits}, .masks = {mask}}).outputs[0];
}

// The text that has the greatest probability, of all paths.
std::vector<double> likeliest_text(const Array& logits, std::size_t steps, std::size_t classes) {
  std::map<std::vector<double>, double> texts;
  std::vector<std::size_t> path(steps);
  for (bool more = true; more;) {
    std::vector<double> text;
    double probability = 1;
    for (std::size_t t = 0; t < steps; ++t) {
      if (path[t] != 0 && (t == 0 || path[t] != path[t - 1])) text.push_back(static_cast<double>(path[t]));
      double all = 0;
      for (std::size_t k = 0; k < classes; ++k) all += std::exp(logits.values[t * classes + k]);
      probability *= std::exp(logits.values[t * classes + path[t]]) / all;
    }
    texts[text] += probability;
    std::size_t t = 0;
    while (t < steps && ++path[t] == classes) path[t++] = 0;
    more = t < steps;
  }
  auto best = texts.begin();
  for (auto at = texts.begin(); at != texts.end(); ++at)
    if (at->second > best->second) best = at;
  std::vector<double> padded = best->first;
  padded.resize(steps, -1);
  return padded;
}

}  // namespace

BOOST_AUTO_TEST_CASE(equal_neighbours_become_one_and_blanks_and_masked_steps_vanish) {
  Array logits = array({1, 7, 3}, std::vector<double>(21, 0.0));
  const std::size_t path[] = {1, 1, 0, 1, 2, 2, 0};
  for (std::size_t t = 0; t < 7; ++t) logits.values[t * 3 + path[t]] = 9;
  for (const char* strategy : {"greedy", "beam_search"}) {
    check_close(decoded(logits, {{"strategy", strategy}}), array({1, 7}, {1, 1, 2, -1, -1, -1, -1}), {0, 0}, strategy);
    check_close(decoded(logits, {{"strategy", strategy}}, array({1, 7}, {1, 1, 0, 1, 0, 0, 1}, TRG_U8)), array({1, 7}, {1, -1, -1, -1, -1, -1, -1}), {0, 0}, strategy);
    check_close(decoded(logits, {{"strategy", strategy}}, array({1, 7}, std::vector<double>(7, 0.0), TRG_U8)), array({1, 7}, std::vector<double>(7, -1.0)), {0, 0}, strategy);
  }
}

BOOST_AUTO_TEST_CASE(a_wide_search_finds_the_likeliest_text_of_all) {
  int better = 0;
  for (std::uint64_t key = 0; key < 40; ++key) {
    const Array logits = random_array({1, 6, 3}, key);
    const Array wide = decoded(logits, {{"strategy", "beam_search"}, {"beam_width", 1000}}), greedy = decoded(logits);
    BOOST_TEST(wide.values == likeliest_text(logits, 6, 3), boost::test_tools::per_element());
    better += wide.values != greedy.values;
  }
  BOOST_TEST(better > 5);  // so the likeliest path often tells another text
}

BOOST_AUTO_TEST_CASE(probabilities_and_their_logits_tell_the_same_text) {
  const Array logits = random_array({2, 9, 5}, 3);
  Array shares = logits;
  for (std::size_t row = 0; row < 18; ++row) {
    double sum = 0;
    for (std::size_t k = 0; k < 5; ++k) sum += std::exp(logits.values[row * 5 + k]);
    for (std::size_t k = 0; k < 5; ++k) shares.values[row * 5 + k] = std::exp(logits.values[row * 5 + k]) / sum;
  }
  for (const char* strategy : {"greedy", "beam_search"}) check_close(decoded(shares, {{"strategy", strategy}}), decoded(logits, {{"strategy", strategy}}), {0, 0}, strategy);
}

BOOST_AUTO_TEST_CASE(slices_give_what_the_whole_batch_gives) {
  check_slices({.plugin = "layers_ctc", .item = "teranga.ctc_decode", .options = {{"strategy", "beam_search"}}, .inputs = {random_array({4, 6, 3}, 5)}});
}
