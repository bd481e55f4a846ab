// SPDX-License-Identifier: Apache-2.0
// The order of samples and the shares of ranks.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include <teranga/data/order.hpp>

namespace {

using namespace teranga::data;

std::vector<std::int64_t> listed(const Order& order) {
  std::vector<std::int64_t> samples;
  for (std::int64_t i = 0; i < order.count(); ++i) samples.push_back(order[i]);
  return samples;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_order_visits_every_sample_exactly_once) {
  for (const std::int64_t count : {0, 1, 2, 3, 7, 64, 101, 4096, 10007})
    for (const bool shuffle : {false, true}) {
      std::vector<std::int64_t> samples = listed(Order({.seed = 5, .epoch = 3, .count = count, .shuffle = shuffle}));
      std::vector<std::int64_t> all(static_cast<std::size_t>(count));
      std::iota(all.begin(), all.end(), std::int64_t{0});
      if (!shuffle) BOOST_TEST(samples == all, boost::test_tools::per_element());
      std::sort(samples.begin(), samples.end());
      BOOST_TEST(samples == all, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(seed_epoch_and_count_decide_the_order_and_nothing_else) {
  const auto base = listed(Order({.seed = 1, .epoch = 0, .count = 100}));
  Order reused({.seed = 9, .epoch = 9, .count = 500});
  reused.assign({.seed = 1, .epoch = 0, .count = 100});
  BOOST_TEST(listed(reused) == base, boost::test_tools::per_element());
  BOOST_TEST((listed(Order({.seed = 2, .epoch = 0, .count = 100})) != base));
  BOOST_TEST((listed(Order({.seed = 1, .epoch = 1, .count = 100})) != base));
  BOOST_TEST((listed(Order({.seed = 0, .epoch = 1, .count = 100})) != listed(Order({.seed = 1, .epoch = 0, .count = 100}))));
}

BOOST_AUTO_TEST_CASE(the_order_of_a_seed_never_changes_between_versions) {
  // Written down once: a checkpoint resumed by a later version must go on in the same order.
  const std::vector<std::int64_t> expected = {2, 5, 6, 0, 1, 4, 3, 7};
  BOOST_TEST(listed(Order({.seed = 7, .epoch = 2, .count = 8})) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(all_permutations_of_four_come_about_equally_often) {
  std::array<int, 256> seen{};
  for (std::int64_t epoch = 0; epoch < 24000; ++epoch) {
    const Order order({.seed = 3, .epoch = epoch, .count = 4});
    ++seen[static_cast<std::size_t>(order[0] * 64 + order[1] * 16 + order[2] * 4 + order[3])];
  }
  int permutations = 0;
  double chi_squared = 0;
  for (const int times : seen) {
    if (times == 0) continue;
    ++permutations;
    chi_squared += (times - 1000.0) * (times - 1000.0) / 1000.0;
  }
  BOOST_TEST(permutations == 24);
  BOOST_TEST(chi_squared < 50);  // 23 degrees of freedom: 49.7 is passed once in 1000 seeds
}

BOOST_AUTO_TEST_CASE(shares_cover_the_rows_once_in_rank_order_and_differ_by_one_at_most) {
  for (int ranks = 1; ranks <= 7; ++ranks)
    for (const std::int64_t rows : {0, 1, 2, 3, 5, 6, 7, 13, 32, 127, 128}) {
      std::int64_t next = 0, least = rows, most = 0;
      for (int rank = 0; rank < ranks; ++rank) {
        const Share share = share_of(rows, {rank, ranks});
        BOOST_TEST(share.first_row == next);
        next += share.rows;
        least = std::min(least, share.rows);
        most = std::max(most, share.rows);
      }
      BOOST_TEST(next == rows);
      BOOST_TEST(most - least <= 1);
    }
}

BOOST_AUTO_TEST_CASE(rows_of_a_unit_stay_on_one_rank_and_ranks_with_rows_come_first) {
  for (int ranks = 1; ranks <= 9; ++ranks)
    for (const std::int64_t unit : {1, 2, 3, 8, 200})
      for (const std::int64_t rows : {0, 1, 2, 7, 8, 9, 31, 128, 130}) {
        std::int64_t next = 0, least = rows / unit + 1, most = 0;
        bool ended = false;
        for (int rank = 0; rank < ranks; ++rank) {
          const Share share = share_of(rows, {rank, ranks, unit});
          BOOST_TEST(share.first_row == next);
          BOOST_TEST((share.rows == 0 || share.first_row % unit == 0));
          BOOST_TEST((share.rows == 0 || !ended));
          ended = ended || share.rows == 0;
          next += share.rows;
          const std::int64_t units = (share.rows + unit - 1) / unit;
          least = std::min(least, units);
          most = std::max(most, units);
        }
        BOOST_TEST(next == rows);
        BOOST_TEST(most - least <= 1);
      }
}

BOOST_AUTO_TEST_CASE(batches_of_one_bucket_each_visit_every_sample_once) {
  for (const std::int64_t count : {1, 5, 23, 200})
    for (const std::int64_t batch : {1, 4, 7})
      for (const bool shuffle : {false, true}) {
        std::vector<std::size_t> bucket_of;
        for (std::int64_t sample = 0; sample < count; ++sample) bucket_of.push_back(static_cast<std::size_t>(sample * 7 % 5 % 4));
        BatchOrder order(batch, count, bucket_of);
        for (const std::int64_t epoch : {0, 1}) {
          order.assign(3, epoch, shuffle);
          std::vector<std::int64_t> seen;
          bool ended = false;  // short batches are the last
          for (std::int64_t at = 0, number = 0; at < count; ++number) {
            const Cut cut = order.cut(at);
            BOOST_TEST(cut.batch == number);
            BOOST_TEST(cut.rows <= batch);
            BOOST_TEST((!ended || cut.rows < batch));
            ended = cut.rows < batch;
            for (std::int64_t row = 0; row < cut.rows; ++row) {
              seen.push_back(order[at + row]);
              BOOST_TEST(bucket_of[static_cast<std::size_t>(seen.back())] == cut.bucket);
              BOOST_TEST(order.cut(at + row).rows == cut.rows - row);  // the rest of the same batch
              BOOST_TEST(order.cut(at + row).batch == number);
            }
            at += cut.rows;
            BOOST_TEST(order.rows_of_first(number + 1) == at);
            BOOST_TEST((number + 1 == order.batches()) == (at == count));
          }
          std::sort(seen.begin(), seen.end());
          for (std::int64_t sample = 0; sample < count; ++sample) BOOST_TEST(seen[static_cast<std::size_t>(sample)] == sample);
        }
      }
}

BOOST_AUTO_TEST_CASE(batches_of_one_bucket_keep_the_order_of_the_epoch_within_it) {
  BatchOrder order(2, 7, {1, 0, 1, 1, 0, 0, 1});
  order.assign(0, 0, false);
  std::vector<std::int64_t> found;
  for (std::int64_t at = 0; at < 7; ++at) found.push_back(order[at]);
  BOOST_TEST(found == (std::vector<std::int64_t>{0, 2, 1, 4, 3, 6, 5}), boost::test_tools::per_element());
  BatchOrder again(2, 7, {1, 0, 1, 1, 0, 0, 1});
  for (const std::int64_t epoch : {5, 2, 5}) {  // no trace of the epochs before
    again.assign(9, epoch, true);
    order.assign(9, 5, true);
    bool same = true;
    for (std::int64_t at = 0; at < 7; ++at) same = same && again[at] == order[at];
    BOOST_TEST(same == (epoch == 5));
  }
}

BOOST_AUTO_TEST_CASE(the_batches_of_a_seed_never_change_between_versions) {
  // Written down once: a checkpoint resumed by a later version must go on in the same order.
  BatchOrder order(2, 8, {0, 1, 2, 0, 1, 2, 0, 1});
  order.assign(7, 2, true);  // 2, 5, 6, 0, 1, 4, 3, 7
  std::vector<std::int64_t> found;
  for (std::int64_t at = 0; at < 8; ++at) found.push_back(order[at]);
  BOOST_TEST(found == (std::vector<std::int64_t>{2, 5, 6, 0, 1, 4, 3, 7}), boost::test_tools::per_element());
  BatchOrder two(2, 8, {0, 1, 0, 1, 0, 1, 0, 1});
  two.assign(7, 2, true);
  found.clear();
  for (std::int64_t at = 0; at < 8; ++at) found.push_back(two[at]);
  BOOST_TEST(found == (std::vector<std::int64_t>{2, 6, 5, 1, 0, 4, 3, 7}), boost::test_tools::per_element());
}

namespace {

struct Walked {
  std::vector<std::int64_t> samples;               // by position
  std::vector<std::vector<std::int64_t>> windows;  // the samples of each
};

Walked walked(BlockOrder& order, std::uint64_t seed, std::int64_t epoch, bool shuffle) {
  order.assign(seed, epoch, shuffle);
  Walked out;
  std::vector<BlockOrder::Run> runs;
  std::vector<std::int64_t> rows;
  for (std::int64_t window = 0; window < order.windows(); ++window) {
    std::vector<std::int64_t> read;
    order.runs(window, runs);
    for (const auto& run : runs)
      for (std::int64_t i = 0; i < run.rows; ++i) read.push_back(run.first + i);
    order.order(window, rows);
    BOOST_TEST(read.size() == static_cast<std::size_t>(order.end(window) - order.begin(window)));
    BOOST_TEST(order.begin(window) == static_cast<std::int64_t>(out.samples.size()));
    BOOST_TEST(order.window_of(order.begin(window)) == window);
    BOOST_TEST(order.window_of(order.end(window) - 1) == window);
    BOOST_TEST(static_cast<std::int64_t>(read.size()) <= order.most_rows());
    for (const std::int64_t row : rows) out.samples.push_back(read[static_cast<std::size_t>(row)]);
    out.windows.push_back(std::move(read));
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_order_of_blocks_visits_every_sample_once_and_a_window_is_whole_blocks) {
  for (const std::int64_t count : {1, 7, 8, 40, 101})
    for (const std::int64_t rows : {1, 5, 8, 200})
      for (const std::int64_t window : {1, 8, 16, 33, 1000})
        for (const std::int64_t into : {std::int64_t{0}, rows - 1})
          for (const bool shuffle : {false, true}) {
            BlockOrder order({count, rows, window, into});
            const Walked all = walked(order, 3, 2, shuffle);
            std::vector<std::int64_t> sorted = all.samples, expected(static_cast<std::size_t>(count));
            std::iota(expected.begin(), expected.end(), std::int64_t{0});
            if (!shuffle) BOOST_TEST(all.samples == expected, boost::test_tools::per_element());
            std::sort(sorted.begin(), sorted.end());
            BOOST_TEST(sorted == expected, boost::test_tools::per_element());
            for (const auto& read : all.windows) {
              // Where the block of one sample is read, the whole block is.
              std::vector<std::int64_t> blocks;
              for (const std::int64_t sample : read) blocks.push_back((sample + into) / rows);
              std::sort(blocks.begin(), blocks.end());
              blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
              std::int64_t whole = 0;
              for (const std::int64_t block : blocks) whole += std::min(count, (block + 1) * rows - into) - std::max<std::int64_t>(0, block * rows - into);
              BOOST_TEST(whole == static_cast<std::int64_t>(read.size()));
              BOOST_TEST(static_cast<std::int64_t>(blocks.size()) <= std::max<std::int64_t>(1, window / rows));
            }
          }
}

BOOST_AUTO_TEST_CASE(an_order_of_blocks_mixes_blocks_and_samples_and_depends_on_seed_and_epoch_alone) {
  BlockOrder order({1000, 10, 200, 0});
  const Walked base = walked(order, 1, 0, true);
  BlockOrder reused({1000, 10, 200, 0});
  walked(reused, 5, 5, true);
  BOOST_TEST(walked(reused, 1, 0, true).samples == base.samples, boost::test_tools::per_element());
  BOOST_TEST((walked(order, 1, 1, true).samples != base.samples));
  BOOST_TEST((walked(order, 2, 0, true).samples != base.samples));
  BOOST_TEST(base.windows.size() == 5u);
  int neighbours = 0;
  for (std::size_t i = 1; i < base.samples.size(); ++i) neighbours += base.samples[i] == base.samples[i - 1] + 1;
  BOOST_TEST(neighbours < 30);  // about 10 of a window of 200 would be 5 in all
  // Blocks of the first window come from everywhere.
  const auto [least, most] = std::minmax_element(base.windows[0].begin(), base.windows[0].end());
  BOOST_TEST(*least < 200);
  BOOST_TEST(*most >= 800);
}
