// SPDX-License-Identifier: Apache-2.0
// Batches: each sample once an epoch over any number of ranks, resumed anywhere, and no hanging.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

#include <teranga/core/error.hpp>
#include <teranga/data/loader.hpp>

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

const std::int32_t* labels(const Batch& batch) { return static_cast<const std::int32_t*>(batch.fields[1].data); }

// The samples of all batches to the end, in order.
std::vector<std::int32_t> all_of(Loader& loader) {
  std::vector<std::int32_t> samples;
  while (const Batch* batch = loader.next()) samples.insert(samples.end(), labels(*batch), labels(*batch) + batch->rows);
  return samples;
}

// Every batch begins anywhere an undisturbed loader stood, and goes on as that did.
void resumes_anywhere(const data::Source& source, const LoaderOptions& options) {
  Loader undisturbed(source, options), again(source, options);
  const auto all = all_of(undisturbed);
  std::vector<Cursor> cursors;  // before each sample
  undisturbed.start({});
  while (const Batch* batch = undisturbed.next())
    for (std::int64_t row = 0; row < batch->rows; ++row) cursors.push_back({batch->begin.epoch, batch->begin.sample + row});
  BOOST_REQUIRE(cursors.size() == all.size());
  for (std::size_t at = 0; at < cursors.size(); ++at) {
    again.start(cursors[at]);  // in the middle of what it did before
    BOOST_TEST(all_of(again) == std::vector<std::int32_t>(all.begin() + static_cast<std::ptrdiff_t>(at), all.end()), boost::test_tools::per_element());
    if (at > 0 && cursors[at].sample == 0) {  // the end of an epoch is the begin of the next one
      again.start({cursors[at - 1].epoch, cursors[at - 1].sample + 1});
      BOOST_TEST(all_of(again).size() == all.size() - at);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_rank_count_sees_each_sample_once_an_epoch_in_the_order_of_one_rank) {
  for (const std::int64_t count : {1, 2, 31, 64}) {
    const data::Source source = source_of(std::make_shared<Counting>(count));
    Loader alone(source, training(8, 2));
    const auto expected = all_of(alone);
    BOOST_TEST(expected.size() == static_cast<std::size_t>(2 * count));
    for (int ranks = 1; ranks <= 7; ++ranks) {
      std::map<std::pair<std::int64_t, std::int64_t>, std::int32_t> seen;  // (epoch, place in the order) -> sample
      for (int rank = 0; rank < ranks; ++rank) {
        Loader loader(source, training(8, 2, {rank, ranks}));
        std::int64_t batches = 0;
        while (const Batch* batch = loader.next()) {
          ++batches;
          BOOST_TEST(batch->end.sample - batch->begin.sample == batch->global_rows);
          for (std::int64_t row = 0; row < batch->rows; ++row)
            BOOST_TEST((seen.emplace(std::pair{batch->begin.epoch, batch->begin.sample + batch->first_row + row}, labels(*batch)[row]).second));
        }
        BOOST_TEST(batches == 2 * loader.steps_per_epoch());
      }
      std::vector<std::int32_t> found;
      for (const auto& [place, sample] : seen) found.push_back(sample);
      BOOST_TEST(found == expected, boost::test_tools::per_element());
    }
    for (const std::int64_t epoch : {0, 1}) {
      std::vector<std::int32_t> once(expected.begin() + epoch * count, expected.begin() + (epoch + 1) * count);
      std::sort(once.begin(), once.end());
      for (std::int32_t i = 0; i < count; ++i) BOOST_TEST(once[static_cast<std::size_t>(i)] == i);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_read_by_blocks_comes_to_every_rank_count_in_one_order_and_each_block_is_read_once) {
  auto dataset = of_blocks(101);
  const data::Source source = source_of(dataset);
  Loader alone(source, training(6, 3));
  const auto expected = all_of(alone);
  BOOST_TEST(expected.size() == 303u);
  BOOST_TEST(dataset->fills == 3 * 13);
  BOOST_TEST((std::vector(expected.begin(), expected.begin() + 101) != std::vector(expected.begin() + 101, expected.begin() + 202)));
  for (const int ranks : {1, 2, 3, 7}) {
    std::map<std::pair<std::int64_t, std::int64_t>, std::int32_t> seen;  // (epoch, place in the order) -> sample
    for (int rank = 0; rank < ranks; ++rank) {
      Loader loader(source, training(6, 3, {rank, ranks}));
      while (const Batch* batch = loader.next())
        for (std::int64_t row = 0; row < batch->rows; ++row) {
          const std::int32_t sample = labels(*batch)[row];
          BOOST_TEST(batch->sample_ids[static_cast<std::size_t>(row)] == static_cast<std::uint64_t>(sample));
          BOOST_TEST(static_cast<const float*>(batch->fields[0].data)[row * 6 + 5] == static_cast<float>(sample));
          seen.emplace(std::pair{batch->begin.epoch, batch->begin.sample + batch->first_row + row}, sample);
        }
    }
    std::vector<std::int32_t> found;
    for (const auto& [place, sample] : seen) found.push_back(sample);
    BOOST_TEST(found == expected, boost::test_tools::per_element());
  }
  for (const std::int64_t epoch : {0, 1, 2}) {
    std::vector<std::int32_t> once(expected.begin() + epoch * 101, expected.begin() + (epoch + 1) * 101);
    std::sort(once.begin(), once.end());
    for (std::int32_t i = 0; i < 101; ++i) BOOST_TEST(once[static_cast<std::size_t>(i)] == i);
  }
}

BOOST_AUTO_TEST_CASE(resuming_goes_on_in_the_order_of_blocks_too) {
  const data::Source source = source_of(of_blocks(53));
  for (const std::int64_t steps : {0, 7}) {
    LoaderOptions options = training(5, 3);
    options.steps_per_epoch = steps;
    Loader loader(source, options);
    BOOST_TEST(all_of(loader).size() == (steps ? 35u + 18u + 35u : 3u * 53u));
    resumes_anywhere(source, options);
  }
}

BOOST_AUTO_TEST_CASE(blocks_in_file_order_need_two_blocks_of_memory_and_a_split_may_begin_within_one) {
  auto dataset = of_blocks(101);
  const data::Source source = source_of(dataset, {.validation_split = 0.3});
  LoaderOptions options = training(7, 1);
  options.part = Part::validation;
  options.shuffle = false;
  Loader judge(source, options);
  const auto samples = all_of(judge);
  BOOST_TEST(samples.size() == 31u);
  for (std::size_t i = 0; i < samples.size(); ++i) BOOST_TEST(samples[i] == static_cast<std::int32_t>(70 + i));
  BOOST_TEST(dataset->fills == 5);  // the rest of a block of 8, three blocks, 5 samples
}

BOOST_AUTO_TEST_CASE(a_block_that_cannot_be_read_is_heard_of_and_a_loader_of_blocks_can_be_dropped_at_any_moment) {
  auto dataset = of_blocks(64);
  dataset->fails_at = 37;
  const data::Source source = source_of(dataset);
  for (int round = 0; round < 20; ++round) {
    Loader loader(source, training(4, 1));
    BOOST_CHECK_EXCEPTION(all_of(loader), Error, [](const Error& e) { return e.code() == ExitCode::data && std::string(e.what()).find("record 37") != std::string::npos; });
    BOOST_TEST((loader.next() == nullptr));
  }
  dataset->fails_at = -1;
  dataset->naps = 50;
  for (int batches = 0; batches < 20; ++batches) {
    Loader loader(source, training(4, 0));
    for (int i = 0; i < batches; ++i) BOOST_TEST((loader.next() != nullptr));
    if (batches % 2) loader.stop();
  }
}

BOOST_AUTO_TEST_CASE(a_batch_says_where_it_stands) {
  const data::Source source = source_of(std::make_shared<Counting>(10));
  Loader loader(source, training(4, 0));
  BOOST_TEST(loader.steps_per_epoch() == 3);
  for (int step = 0; step < 7; ++step) {
    const Batch& batch = *loader.next();
    BOOST_TEST(batch.begin.epoch == step / 3);
    BOOST_TEST(batch.step == step % 3);
    BOOST_TEST(batch.last_of_epoch == (step % 3 == 2));
    BOOST_TEST(batch.global_rows == (step % 3 == 2 ? 2 : 4));  // the last short batch is kept
    BOOST_TEST(batch.rows == batch.global_rows);
    BOOST_TEST(batch.fields[0].shape[0] == batch.rows);
    BOOST_TEST(batch.fields[0].rank == 3);
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(batch.fields[0].data) % 64 == 0u);
    for (std::int64_t row = 0; row < batch.rows; ++row) {
      BOOST_TEST(batch.sample_ids[static_cast<std::size_t>(row)] == static_cast<std::uint64_t>(labels(batch)[row]));
      BOOST_TEST(static_cast<const float*>(batch.fields[0].data)[row * 6 + 5] == static_cast<float>(labels(batch)[row]));
    }
  }
}

BOOST_AUTO_TEST_CASE(resuming_at_any_cursor_goes_on_as_if_nothing_had_happened) {
  const data::Source source = source_of(std::make_shared<Counting>(23));
  Loader undisturbed(source, training(5, 3));
  const auto all = all_of(undisturbed);
  for (std::int64_t epoch = 0; epoch < 3; ++epoch)
    for (std::int64_t sample = 0; sample <= 23; ++sample) {
      Loader loader(source, training(5, 3));
      const Cursor at = loader.start({epoch, sample});
      BOOST_TEST(at.epoch == epoch + sample / 23);
      BOOST_TEST(at.sample == sample % 23);
      const auto rest = all_of(loader);
      const std::vector<std::int32_t> expected(all.begin() + epoch * 23 + sample, all.end());
      BOOST_TEST(rest == expected, boost::test_tools::per_element());
    }
  Loader loader(source, training(5, 3));
  loader.next();
  loader.start({1, 10});  // in the middle of a run
  BOOST_TEST(labels(*loader.next())[0] == all[33]);
}

BOOST_AUTO_TEST_CASE(evaluation_goes_once_through_the_part_in_file_order) {
  auto dataset = std::make_shared<Counting>(3);
  dataset->test = 11;
  const data::Source source = source_of(dataset);
  LoaderOptions options = training(4, 1);
  options.part = Part::test;
  options.shuffle = false;
  Loader loader(source, options);
  const auto samples = all_of(loader);
  BOOST_TEST(samples == (std::vector<std::int32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}), boost::test_tools::per_element());
  BOOST_TEST((loader.next() == nullptr));
  loader.start({});
  BOOST_TEST(all_of(loader).size() == 11u);  // and again
}

BOOST_AUTO_TEST_CASE(an_epoch_may_end_after_a_number_of_steps_and_the_next_one_goes_on_through_the_data) {
  const data::Source source = source_of(std::make_shared<Counting>(10));
  Loader whole(source, training(2, 2));
  const auto passes = all_of(whole);  // two of them
  for (const std::int64_t steps : {1, 2, 3, 4, 5, 100}) {
    LoaderOptions options = training(2, steps >= 5 ? 2 : 2 * ((5 + steps - 1) / steps));
    options.steps_per_epoch = steps;
    Loader loader(source, options);
    BOOST_TEST(loader.steps_per_epoch() == std::min<std::int64_t>(steps, 5));
    BOOST_TEST(loader.steps_per_pass() == 5);
    BOOST_TEST(all_of(loader) == passes, boost::test_tools::per_element());
    loader.start({});
    std::int64_t epoch = 0, step = 0;
    for (std::int64_t batches = 1; const Batch* batch = loader.next(); ++batches) {
      BOOST_TEST(batch->begin.epoch == epoch);
      BOOST_TEST(batch->step == step++);
      const bool last = step == steps || batches % 5 == 0;  // the data have ended
      BOOST_TEST(batch->last_of_epoch == last);
      if (last) ++epoch, step = 0;
    }
    BOOST_TEST(epoch == options.epochs);
    resumes_anywhere(source, options);
  }
}

BOOST_AUTO_TEST_CASE(fields_that_are_not_wanted_have_no_memory) {
  const data::Source source = source_of(std::make_shared<Counting>(4));
  LoaderOptions options = training(4, 1);
  options.wanted = {false, true};
  Loader loader(source, options);
  const Batch& batch = *loader.next();
  BOOST_TEST((batch.fields[0].data == nullptr));
  BOOST_TEST((batch.fields[1].data != nullptr));
}

BOOST_AUTO_TEST_CASE(a_data_set_that_fails_is_heard_of_at_its_batch_and_nothing_hangs) {
  auto dataset = std::make_shared<Counting>(40);
  dataset->fails_at = 17;
  const data::Source source = source_of(dataset);
  LoaderOptions options = training(4, 1);
  options.shuffle = false;
  for (int round = 0; round < 50; ++round) {
    Loader loader(source, options);
    for (int step = 0; step < 4; ++step) BOOST_TEST(loader.next()->rows == 4);
    try {
      loader.next();
      BOOST_ERROR("no error came");
    } catch (const Error& e) {
      BOOST_TEST((e.code() == ExitCode::data));
      BOOST_TEST(std::string(e.what()).find("samples.bin: record 17") != std::string::npos);
    }
    BOOST_TEST((loader.next() == nullptr));
  }
}

BOOST_AUTO_TEST_CASE(a_loader_can_be_dropped_at_any_moment) {
  auto dataset = std::make_shared<Counting>(64);
  dataset->naps = 50;
  const data::Source source = source_of(dataset);
  for (int batches = 0; batches < 20; ++batches)
    for (int round = 0; round < 5; ++round) {
      Loader loader(source, training(4, 0));
      for (int i = 0; i < batches; ++i) BOOST_TEST((loader.next() != nullptr));
      if (round == 0) loader.stop();
      if (round == 0) BOOST_TEST((loader.next() == nullptr));
    }
  Loader never_asked(source, training(4, 0));
}

BOOST_AUTO_TEST_CASE(a_batch_stays_as_it_is_until_the_next_one_is_asked_for) {
  const data::Source source = source_of(std::make_shared<Counting>(64));
  Loader loader(source, training(4, 0));
  for (int step = 0; step < 50; ++step) {
    const Batch& batch = *loader.next();
    const std::vector<std::int32_t> before(labels(batch), labels(batch) + 4);
    std::this_thread::sleep_for(std::chrono::microseconds(300));
    BOOST_TEST(before == std::vector<std::int32_t>(labels(batch), labels(batch) + 4), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_loaded_is_refused) {
  const data::Source source = source_of(std::make_shared<Counting>(4));
  LoaderOptions options = training(4, 1);
  options.part = Part::test;
  BOOST_CHECK_EXCEPTION(Loader(source, options), Error, [](const Error& e) { return e.code() == ExitCode::usage; });
  BOOST_CHECK_THROW(Loader(source, training(0, 1)), Error);
  BOOST_CHECK_THROW(Loader(source, training(4, 1)).start({0, 5}), Error);
}

BOOST_AUTO_TEST_CASE(loaders_of_two_parts_that_run_at_once_never_ask_the_data_set_at_once) {
  auto dataset = std::make_shared<Counting>(64);
  dataset->validation = 64;
  dataset->naps = 200;
  const data::Source source = source_of(dataset);
  Loader train(source, training(2, 1));
  LoaderOptions judged = training(2, 1);
  judged.part = Part::validation;
  Loader judge(source, judged);
  while (train.next() && judge.next()) {
  }
  BOOST_TEST(dataset->most_filling == 1);
}

BOOST_AUTO_TEST_CASE(batches_of_buckets_have_the_shape_of_theirs_and_every_rank_count_sees_each_sample_once) {
  const data::Source source = source_of(of_buckets(50));
  for (const int ranks : {1, 2, 4}) {
    std::map<std::pair<std::int64_t, std::int64_t>, std::int32_t> seen;  // (epoch, place in the order) -> sample
    for (int rank = 0; rank < ranks; ++rank) {
      Loader loader(source, training(6, 2, {rank, ranks}));
      std::int64_t batches = 0;
      while (const Batch* batch = loader.next()) {
        ++batches;
        const std::int64_t length = source.buckets()[batch->bucket];
        BOOST_TEST(batch->fields[0].shape[0] == batch->rows);
        BOOST_TEST(batch->fields[0].shape[1] == length);
        BOOST_TEST(batch->end.sample - batch->begin.sample == batch->global_rows);
        for (std::int64_t row = 0; row < batch->rows; ++row) {
          const std::int32_t sample = labels(*batch)[row];
          BOOST_TEST(Counting::length_of(sample) <= length);
          BOOST_TEST((batch->bucket == 0 || Counting::length_of(sample) > source.buckets()[batch->bucket - 1]));
          BOOST_TEST(static_cast<const float*>(batch->fields[0].data)[row * length * 3 + length * 3 - 1] == static_cast<float>(sample));
          BOOST_TEST((seen.emplace(std::pair{batch->begin.epoch, batch->begin.sample + batch->first_row + row}, sample).second));
        }
      }
      BOOST_TEST(batches == 2 * loader.steps_per_epoch());
    }
    Loader alone(source, training(6, 2));
    std::vector<std::int32_t> found;
    for (const auto& [place, sample] : seen) found.push_back(sample);
    BOOST_TEST(found == all_of(alone), boost::test_tools::per_element());
    for (const std::int64_t epoch : {0, 1}) {
      std::vector<std::int32_t> once(found.begin() + epoch * 50, found.begin() + (epoch + 1) * 50);
      std::sort(once.begin(), once.end());
      for (std::int32_t i = 0; i < 50; ++i) BOOST_TEST(once[static_cast<std::size_t>(i)] == i);
    }
  }
}

BOOST_AUTO_TEST_CASE(resuming_goes_on_in_the_order_of_buckets_too) {
  const data::Source source = source_of(of_buckets(23));
  Loader undisturbed(source, training(5, 3));
  const auto all = all_of(undisturbed);
  for (std::int64_t epoch = 0; epoch < 3; ++epoch)
    for (std::int64_t sample = 0; sample <= 23; ++sample) {
      Loader loader(source, training(5, 3));
      loader.start({epoch, sample});
      const auto rest = all_of(loader);
      const std::vector<std::int32_t> expected(all.begin() + epoch * 23 + sample, all.end());
      BOOST_TEST(rest == expected, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(an_epoch_of_buckets_may_end_after_a_number_of_steps) {
  const data::Source source = source_of(of_buckets(23));
  const std::int64_t all = Loader(source, training(4, 1)).steps_per_epoch();
  BOOST_TEST(all > 6);  // 5 full batches, and up to three short ones
  for (std::int64_t steps = 1; steps <= all + 1; ++steps) {
    LoaderOptions options = training(4, (all + steps - 1) / steps + 1);  // a pass, and the first epoch of another
    options.steps_per_epoch = steps;
    Loader loader(source, options);
    BOOST_TEST(loader.steps_per_epoch() == std::min(steps, all));
    std::int64_t batches = 0, step = 0;
    std::vector<std::int32_t> pass;
    while (const Batch* batch = loader.next()) {
      BOOST_TEST(batch->step == step++);
      ++batches;
      BOOST_TEST(batch->last_of_epoch == (step == steps || batches % all == 0));
      if (batch->last_of_epoch) step = 0;
      if (batches <= all) pass.insert(pass.end(), labels(*batch), labels(*batch) + batch->rows);
    }
    BOOST_TEST(batches == all + std::min(steps, all));
    std::sort(pass.begin(), pass.end());
    for (std::int32_t i = 0; i < 23; ++i) BOOST_TEST(pass[static_cast<std::size_t>(i)] == i);
    resumes_anywhere(source, options);
  }
}

BOOST_AUTO_TEST_CASE(without_buckets_all_samples_are_as_long_as_the_longest_and_in_file_order) {
  const data::Source source = source_of(of_buckets(11));
  LoaderOptions options = training(4, 1);
  options.shuffle = options.buckets = false;
  Loader loader(source, options);
  std::int32_t next = 0;
  while (const Batch* batch = loader.next()) {
    BOOST_TEST(batch->bucket == 2u);
    BOOST_TEST(batch->fields[0].shape[1] == 12);
    for (std::int64_t row = 0; row < batch->rows; ++row) BOOST_TEST(labels(*batch)[row] == next++);
  }
  BOOST_TEST(next == 11);
}
