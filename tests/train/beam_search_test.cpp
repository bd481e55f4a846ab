// SPDX-License-Identifier: Apache-2.0
// Beam search over tables of probabilities, by hand.
#include "infer/beam_search.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <map>

using namespace teranga::train;

namespace {

using Ids = std::vector<std::int32_t>;

// Probabilities of ids 0 (the end), 1 and 2 after what was written; all ends where the table says nothing.
struct Table {
  std::map<Ids, std::vector<double>> p;
  std::vector<std::size_t> rows = {};  // asked for, step by step

  BeamSearch::Next next() {
    return [this](const std::vector<const Hypothesis*>& texts) {
      rows.push_back(texts.size());
      std::vector<std::vector<double>> out;
      for (const Hypothesis* text : texts) {
        const auto found = p.find(text->ids);
        std::vector<double> row = found == p.end() ? std::vector<double>{1, 0, 0} : found->second;
        for (double& value : row) value = std::log(value);
        out.push_back(row);
      }
      return out;
    };
  }
};

// The likeliest first step leads nowhere good: 0.6 x 0.4 x 0.4 against 0.4 x 0.9.
Table trap() { return {{{{}, {0, 0.6, 0.4}}, {{1}, {0.2, 0.4, 0.4}}, {{2}, {0.1, 0.9, 0}}, {{1, 1}, {0.6, 0.4, 0}}}}; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_width_of_one_takes_the_likeliest_step) {
  Table table = trap();
  const auto found = BeamSearch{1, 1, 10, 0}.run({{}}, table.next());
  BOOST_TEST((found.at(0).ids == Ids{1, 1, 0}));
  BOOST_TEST(found[0].ended);
  BOOST_TEST(found[0].log_p == std::log(0.6 * 0.4 * 0.6), boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_wider_beam_finds_the_likelier_text) {
  Table table = trap();
  const auto found = BeamSearch{2, 1, 10, 0}.run({{}}, table.next());
  BOOST_TEST((found.at(0).ids == Ids{2, 1, 0}));
  BOOST_TEST(found[0].log_p == std::log(0.4 * 0.9), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(found[0].steps == 3);
}

BOOST_AUTO_TEST_CASE(the_length_penalty_weighs_long_texts_against_short_ones) {
  const Table table{{{{}, {0.4, 0.6, 0}}, {{1}, {0.01, 0.6, 0.39}}, {{1, 1}, {1, 0, 0}}}};  // 0.4 in one step, 0.36 in three
  Table plain = table, mean = table;
  BOOST_TEST((BeamSearch{2, 0, 10, 0}.run({{}}, plain.next())[0].ids == Ids{0}));
  BOOST_TEST((BeamSearch{2, 1, 10, 0}.run({{}}, mean.next())[0].ids == Ids{1, 1, 0}));
}

BOOST_AUTO_TEST_CASE(texts_that_never_end_count_as_they_are_at_the_last_step) {
  Table table = trap();
  const auto found = BeamSearch{2, 1, 2, -1}.run({{}}, table.next());
  BOOST_TEST((found.at(0).ids == Ids{2, 1}));
  BOOST_TEST(!found[0].ended);
}

BOOST_AUTO_TEST_CASE(sources_are_searched_side_by_side_and_apart) {
  Table table = trap();
  const auto found = BeamSearch{2, 1, 10, 0}.run({{}, {2}, {}}, table.next());
  BOOST_TEST((found.at(0).ids == Ids{2, 1, 0}));
  BOOST_TEST((found.at(1).ids == Ids{2, 1, 0}));
  BOOST_TEST(found[1].steps == 2);
  BOOST_TEST((found.at(2).ids == found[0].ids));
  BOOST_TEST(table.rows.front() == 3);
  for (std::size_t s = 0; s < 3; ++s) BOOST_TEST(found[s].source == s);
}
