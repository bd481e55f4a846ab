// SPDX-License-Identifier: Apache-2.0
// Random changes of samples: the same in any order of work, others in each pass over the data, none outside of a training.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <map>

#include "loader_cases.hpp"

namespace {

using namespace teranga;
using data::Batch;
using data::Cursor;
using data::Loader;
using data::LoaderOptions;
using data::Part;
using test::Counting;
using test::of_blocks;
using test::of_buckets;
using test::source_of;
using test::training;

// x of all samples in the order in which they come: by (epoch, place in the order).
std::map<std::pair<std::int64_t, std::int64_t>, float> drawn_by(const data::Source& source, const LoaderOptions& options, Cursor from = {}) {
  std::map<std::pair<std::int64_t, std::int64_t>, float> out;
  Loader loader(source, options);
  loader.start(from);
  while (const Batch* batch = loader.next()) {
    const std::int64_t values = batch->fields[0].shape[1] * batch->fields[0].shape[2];
    for (std::int64_t row = 0; row < batch->rows; ++row) out[{batch->begin.epoch, batch->begin.sample + batch->first_row + row}] = static_cast<const float*>(batch->fields[0].data)[row * values];
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(draws_of_a_sample_are_those_of_the_pass_on_any_rank_and_from_any_cursor) {
  for (const std::shared_ptr<Counting>& dataset : {std::make_shared<Counting>(40), of_buckets(40), of_blocks(40)}) {
    dataset->draws = true;
    const data::Source source = source_of(dataset);
    LoaderOptions options = training(6, 3);
    options.random = true;
    const auto all = drawn_by(source, options);
    BOOST_TEST(all.size() == 120u);
    std::map<float, int> once;  // the epoch is in it, too
    for (const auto& [place, x] : all) {
      ++once[x];
      BOOST_TEST(x - std::floor(x) == 0.125F * static_cast<float>(place.first + 1));  // epochs from 1
    }
    BOOST_TEST(once.size() == 120u);
    std::map<std::pair<std::int64_t, std::int64_t>, float> joined;
    for (int rank = 0; rank < 3; ++rank) {
      options.who = {rank, 3};
      joined.merge(drawn_by(source, options));
    }
    BOOST_TEST((joined == all));
    options.who = {};
    for (const Cursor from : {Cursor{0, 7}, Cursor{1, 0}, Cursor{2, 39}}) {
      auto later = drawn_by(source, options, from);
      for (const auto& [place, x] : later) BOOST_TEST(all.at(place) == x);
      BOOST_TEST((later.begin()->first == std::pair{from.epoch, from.sample}));
    }
    options.seed = 12;
    BOOST_TEST((drawn_by(source, options) != all));
  }
}

BOOST_AUTO_TEST_CASE(epochs_that_are_parts_of_a_pass_have_its_draws) {
  auto dataset = std::make_shared<Counting>(30);
  dataset->draws = true;
  const data::Source source = source_of(dataset);
  LoaderOptions whole = training(5, 2), parts = training(5, 6);
  whole.random = parts.random = true;
  parts.steps_per_epoch = 2;
  std::vector<float> a, b;
  for (const auto& [place, x] : drawn_by(source, whole)) a.push_back(x);
  for (const auto& [place, x] : drawn_by(source, parts)) b.push_back(x);
  BOOST_TEST(a == b, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(samples_come_as_they_are_unless_a_training_asks_for_more) {
  for (const std::shared_ptr<Counting>& dataset : {std::make_shared<Counting>(20), of_buckets(20), of_blocks(20)}) {
    dataset->draws = true;
    dataset->test = 6;
    const data::Source source = source_of(dataset);
    for (const auto& [place, x] : drawn_by(source, training(6, 2))) BOOST_TEST(x == 0);
    LoaderOptions test = training(6, 1);
    test.part = Part::test;
    for (const auto& [place, x] : drawn_by(source, test)) BOOST_TEST(x == 0);
  }
}

BOOST_AUTO_TEST_CASE(data_sets_of_other_names_have_other_draws) {
  auto dataset = std::make_shared<Counting>(4);
  dataset->draws = true;
  const data::Source one = source_of(dataset), other("other", sdk::detail::DatasetAdapter<Counting>::calls, dataset);
  LoaderOptions options = training(4, 1);
  options.random = true;
  BOOST_TEST((drawn_by(one, options) != drawn_by(other, options)));
  BOOST_TEST(one.draws_of(0, 0).key != 0u);
}
