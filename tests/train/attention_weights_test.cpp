// SPDX-License-Identifier: Apache-2.0
// Weights of attention against keras.layers.MultiHeadAttention 3.15 (return_attention_scores): 2 queries, 3 keys, 2 heads, key_dim 2, value_dim 1.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

#include "run/attention_weights.hpp"
#include "run/network_pictures.hpp"

using namespace teranga::train;
using Floats = std::vector<float>;
using Doubles = std::vector<double>;
using Epochs = std::vector<std::int64_t>;

namespace {

struct Reference {
  Floats q = {0.1F, -0.1F, 0.6F, 0.1F}, k = {-0.5F, 0.4F, 1.3F, 0.9F, -0.7F, -1.3F}, v = {-0.6F, 0.0F, -2.3F, -0.2F, -1.2F, -0.7F};
  Floats wq = {-0.5F, -0.3F, 0.4F, 1.0F, -0.1F, 1.4F, -0.7F, 0.4F}, bq = {0.9F, 0.1F, -0.7F, -0.9F}, wk = {-0.5F, 0.2F, -1.0F, -0.2F, -0.2F, 0.5F, 0.2F, 0.4F}, bk = {-0.7F, -0.1F, 0.8F, 1.5F};
  Floats wv = {-1.3F, 1.5F, 1.3F, 0.8F}, bv = {0.3F, -0.3F}, wo = {1.5F, 2.0F, 1.8F, 1.3F}, bo = {0.4F, -1.2F};
  AttentionLayer layer{2, 2, 1, false, {wq, bq}, {wk, bk}, {wv, bv}, {wo, bo}};
  AttentionSample sample{2, 3, q, k, v, {}, {}};

  void check(const Doubles& weights, const Doubles& output) const {
    const Doubles found = attention_weights(layer, sample), made = attention_output(layer, sample, found);
    BOOST_REQUIRE(found.size() == weights.size());
    BOOST_REQUIRE(made.size() == output.size());
    for (std::size_t i = 0; i < weights.size(); ++i) BOOST_TEST(std::abs(found[i] - weights[i]) < 1e-6);
    for (std::size_t i = 0; i < output.size(); ++i) BOOST_TEST(std::abs(made[i] - output[i]) < 1e-5);
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(weights_of_attention_are_those_of_keras) {
  const Reference reference;
  reference.check({0.3455633840587528, 0.18252201411503252, 0.4719146018262146, 0.35296531155858407, 0.2386640445850433, 0.4083706438563727, 0.20896445084235662, 0.46704583413665146, 0.323989715020992, 0.24196055912308664, 0.4712051613895786, 0.28683427948733486},
                  {-2.827841006063395, -2.271196894199455, -2.5738792088918205, -1.9798538395634344});
}

BOOST_AUTO_TEST_CASE(keys_that_are_skipped_have_no_weight) {
  Reference reference;
  reference.sample.key_mask = {1, 1, 0};
  reference.check({0.6543702690015164, 0.3456297309984836, 0.0, 0.5965987114961485, 0.40340128850385143, 0.0, 0.30911430711271726, 0.6908856928872827, 0.0, 0.3392767657833459, 0.6607232342166541, 0.0},
                  {-2.499173446733601, -1.6860343451478113, -2.183059167635074, -1.3544629289802528});
}

BOOST_AUTO_TEST_CASE(a_causal_step_sees_none_that_come_after_it) {
  Reference reference;
  reference.layer.causal = true;
  reference.check({1.0, 0.0, 0.0, 0.5965986847877502, 0.40340128540992737, 0.0, 1.0, 0.0, 0.0, 0.3392767906188965, 0.6607232093811035, 0.0}, {-0.13999995589256287, -0.6000000238418579, -2.183058738708496, -1.3544628620147705});
}

BOOST_AUTO_TEST_CASE(a_query_that_is_skipped_or_sees_nothing_has_weights_of_zero) {
  Reference reference;
  reference.sample.query_mask = {0, 1};
  const Doubles weights = attention_weights(reference.layer, reference.sample);
  for (const std::size_t i : {0u, 1u, 2u, 6u, 7u, 8u}) BOOST_TEST(weights[i] == 0);
  BOOST_TEST(weights[3] > 0);
  reference.sample = {2, 3, reference.q, reference.k, reference.v, {}, {0, 0, 0}};
  for (const double weight : attention_weights(reference.layer, reference.sample)) BOOST_TEST(weight == 0);
}

BOOST_AUTO_TEST_CASE(of_many_epochs_those_are_kept_that_are_evenly_apart) {
  BOOST_TEST(kept_epochs({1, 2, 3}, 12) == (Epochs{1, 2, 3}), boost::test_tools::per_element());
  Epochs kept;
  for (std::int64_t epoch = 1; epoch <= 100; ++epoch) {
    kept.push_back(epoch);
    kept = kept_epochs(kept, 12);
    BOOST_TEST_REQUIRE(kept.size() <= 12u);
    BOOST_TEST_REQUIRE(kept.back() == epoch);
  }
  BOOST_TEST(kept == (Epochs{1, 16, 32, 48, 64, 80, 96, 100}), boost::test_tools::per_element());
  BOOST_TEST(kept_epochs({1, 8, 12}, 12) == (Epochs{1, 8, 12}), boost::test_tools::per_element());
  BOOST_TEST(kept_epochs({}, 12).empty());
}
