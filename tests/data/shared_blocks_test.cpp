// SPDX-License-Identifier: Apache-2.0
// Loaders of several ranks on one node that read blocks together. Each rank is a thread here, with memory that it shares with the others as processes do.
#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>
#include <teranga/data/loader.hpp>
#include <teranga/tensor/node_memory.hpp>

#include "data/counting_dataset.hpp"

#include <atomic>
#include <barrier>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace teranga;
using test::Counting;

std::shared_ptr<Counting> of_blocks(std::int64_t samples) {
  auto dataset = std::make_shared<Counting>(samples);
  dataset->block = 8;
  dataset->window = 30;
  return dataset;
}

struct Rank {
  std::shared_ptr<Counting> dataset;
  std::unique_ptr<data::Source> source;
  data::LoaderOptions options;
};

std::vector<Rank> on_one_node(int ranks, std::int64_t samples, const data::LoaderOptions& options) {
  std::vector<Rank> out;
  const std::shared_ptr<NodeMemory> first = NodeMemory::make(ranks);
  BOOST_TEST_REQUIRE((first != nullptr));
  for (int rank = 0; rank < ranks; ++rank) {
    Rank made{of_blocks(samples), nullptr, options};
    made.source = std::make_unique<data::Source>(test::source_of(made.dataset));
    made.source->share(rank == 0 ? first : NodeMemory::join(first->address(), rank, ranks));
    BOOST_TEST_REQUIRE((made.source->node() != nullptr));
    made.options.who = {rank, ranks};
    out.push_back(std::move(made));
  }
  return out;
}

void at_once(std::vector<Rank>& ranks, const std::function<void(Rank&)>& work) {
  std::vector<std::thread> threads;
  for (Rank& rank : ranks) threads.emplace_back([&] { work(rank); });
  for (std::thread& thread : threads) thread.join();
}

// The samples of all batches that come, and the numbers that were filled for them.
std::vector<std::int64_t> all_of(data::Loader& loader) {
  std::vector<std::int64_t> out;
  while (const data::Batch* batch = loader.next()) {
    for (std::int64_t row = 0; row < batch->rows; ++row) {
      out.push_back(static_cast<std::int64_t>(batch->sample_ids[static_cast<std::size_t>(row)]));
      out.push_back(static_cast<const std::int32_t*>(batch->fields[1].data)[row]);
      out.push_back(static_cast<std::int64_t>(static_cast<const float*>(batch->fields[0].data)[row * 6 + 5]));
    }
    out.push_back(-batch->step - 1);
  }
  return out;
}

data::LoaderOptions of_epochs(std::int64_t epochs, std::int64_t batch_size, bool shuffle = true) {
  data::LoaderOptions options;
  options.batch_size = batch_size;
  options.epochs = epochs;
  options.seed = 3;
  options.shuffle = shuffle;
  return options;
}

std::vector<std::int64_t> alone(const Rank& rank, std::int64_t samples) {
  const data::Source source = test::source_of(of_blocks(samples));
  data::Loader loader(source, rank.options);
  return all_of(loader);
}

}  // namespace

BOOST_AUTO_TEST_CASE(ranks_that_read_together_get_what_each_would_read_alone_and_read_a_block_once) {
  constexpr std::int64_t samples = 403, blocks = 51;
  for (const bool shuffle : {true, false})
    for (const int count : {2, 3, 4}) {
      std::vector<Rank> ranks = on_one_node(count, samples, of_epochs(3, 10, shuffle));
      std::map<Rank*, std::vector<std::int64_t>> got;
      for (Rank& rank : ranks) got[&rank] = {};
      at_once(ranks, [&](Rank& rank) {
        data::Loader loader(*rank.source, rank.options);
        got.at(&rank) = all_of(loader);
      });
      std::int64_t fills = 0;
      for (Rank& rank : ranks) {
        BOOST_TEST(got.at(&rank) == alone(rank, samples), boost::test_tools::per_element());
        BOOST_TEST(rank.dataset->fills <= 3 * ((blocks + count - 1) / count) + 1);
        fills += rank.dataset->fills;
      }
      BOOST_TEST(fills <= 3 * blocks + 2 * count);  // a rank that is through leaves its last parts to the others
      BOOST_TEST(fills >= 3 * blocks);
    }
}

BOOST_AUTO_TEST_CASE(ranks_without_rows_hold_nobody_up) {
  std::vector<Rank> ranks = on_one_node(4, 101, of_epochs(2, 2));
  std::map<Rank*, std::vector<std::int64_t>> got;
  for (Rank& rank : ranks) got[&rank] = {};
  at_once(ranks, [&](Rank& rank) {
    data::Loader loader(*rank.source, rank.options);
    got.at(&rank) = all_of(loader);
  });
  for (Rank& rank : ranks) BOOST_TEST(got.at(&rank) == alone(rank, 101), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ranks_that_are_through_and_wait_for_the_others_hold_nobody_up) {
  for (const bool shuffle : {true, false})
    for (const int batch_size : {1, 90, 150}) {  // without rows for most ranks; several windows of a batch
      std::vector<Rank> ranks = on_one_node(3, 201, of_epochs(2, batch_size, shuffle));
      std::map<Rank*, std::vector<std::int64_t>> got;
      for (Rank& rank : ranks) got[&rank] = {};
      std::barrier<> all_are_through(3);  // as a sum over ranks would be
      at_once(ranks, [&](Rank& rank) {
        data::Loader loader(*rank.source, rank.options);
        got.at(&rank) = all_of(loader);
        all_are_through.arrive_and_wait();
      });
      for (Rank& rank : ranks) BOOST_TEST(got.at(&rank) == alone(rank, 201), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(ranks_in_step_hold_nobody_up) {
  for (const int batch_size : {1, 2, 40, 150}) {
    std::vector<Rank> ranks = on_one_node(3, 201, of_epochs(2, batch_size));
    std::barrier<> step(3);
    at_once(ranks, [&](Rank& rank) {
      data::Loader loader(*rank.source, rank.options);
      while (loader.next()) step.arrive_and_wait();
    });
  }
}

BOOST_AUTO_TEST_CASE(a_rank_that_stops_early_leaves_its_parts_to_the_others_and_all_can_begin_again) {
  std::vector<Rank> ranks = on_one_node(3, 203, of_epochs(2, 9));
  std::map<Rank*, std::vector<std::int64_t>> got;
  for (Rank& rank : ranks) got[&rank] = {};
  at_once(ranks, [&](Rank& rank) {
    data::Loader loader(*rank.source, rank.options);
    loader.start({});
    for (int batch = 0; batch < 3; ++batch) loader.next();
    if (rank.options.who.rank != 1)
      while (loader.next()) {}
    loader.stop();
    loader.start({});
    got.at(&rank) = all_of(loader);
  });
  for (Rank& rank : ranks) BOOST_TEST(got.at(&rank) == alone(rank, 203), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(loaders_follow_each_other_and_may_begin_within_a_window) {
  std::vector<Rank> ranks = on_one_node(2, 203, of_epochs(2, 9));
  std::atomic<int> right = 0;
  at_once(ranks, [&](Rank& rank) {
    for (int round = 0; round < 5; ++round) {
      data::Loader loader(*rank.source, rank.options);
      loader.start({0, 45});
      right += loader.next()->begin.sample == 45;
      for (int batch = 0; batch < round; ++batch) loader.next();
    }
  });
  BOOST_TEST(right == 10);
}

BOOST_AUTO_TEST_CASE(a_block_that_one_rank_cannot_read_is_heard_of_by_all_in_the_same_words) {
  std::vector<Rank> ranks = on_one_node(3, 203, of_epochs(1, 9));
  for (Rank& rank : ranks) rank.dataset->fails_at = 77;
  std::map<Rank*, std::string> said;
  for (Rank& rank : ranks) said[&rank] = {};
  at_once(ranks, [&](Rank& rank) {
    data::Loader loader(*rank.source, rank.options);
    try {
      while (loader.next()) {}
    } catch (const Error& error) {
      said.at(&rank) = error.what() + std::string(" | ") + error.hint();
    }
  });
  for (Rank& rank : ranks) BOOST_TEST(said.at(&rank) == "data set \"counting\": samples.bin: record 77: expected 6 numbers, found 5 | fetch the file again");
}

BOOST_AUTO_TEST_CASE(a_loader_can_be_dropped_at_any_moment) {
  for (int round = 0; round < 20; ++round) {
    std::vector<Rank> ranks = on_one_node(3, 203, of_epochs(0, 9));
    for (Rank& rank : ranks) rank.dataset->naps = 100 * rank.options.who.rank;
    at_once(ranks, [&](Rank& rank) {
      data::Loader loader(*rank.source, rank.options);
      for (int batch = 0; batch <= round; ++batch) loader.next();
    });
  }
}
