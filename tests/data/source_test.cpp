// SPDX-License-Identifier: Apache-2.0
// Parts, splits, what is learnt, and what is refused.
#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>
#include <teranga/host/registry.hpp>

#include "counting_dataset.hpp"

namespace {

using namespace teranga;
using data::Part;
using data::Role;
using test::Counting;
using test::source_of;

template <class F>
Error error_of(F&& call) {
  try {
    call();
  } catch (const Error& e) {
    return e;
  }
  throw std::logic_error("no error came");
}

bool says(const Error& e, const std::string& text) { return std::string(e.what()).find(text) != std::string::npos; }

std::vector<std::int32_t> labels(const data::Source& source, Part part, const std::vector<std::int64_t>& samples) {
  std::vector<std::int32_t> y(samples.size());
  const std::array<void*, 2> pointers = {nullptr, y.data()};
  source.fill(part, samples, pointers);
  return y;
}

}  // namespace

BOOST_AUTO_TEST_CASE(parts_and_fields_are_those_that_the_data_set_describes) {
  auto dataset = std::make_shared<Counting>(10);
  dataset->test = 4;
  const data::Source source = source_of(dataset);
  BOOST_TEST(source.count(Part::training) == 10);
  BOOST_TEST(!source.has(Part::validation));
  BOOST_TEST(source.count(Part::test) == 4);
  BOOST_REQUIRE(source.fields().size() == 2);
  BOOST_TEST((source.fields()[0].role == Role::feature));
  BOOST_TEST(source.fields()[0].bytes() == 24);
  BOOST_TEST((source.field("y").type == ElementType::i32));
  BOOST_TEST(source.field("y").classes == 4);
  BOOST_TEST(source.only_field(Role::target).value() == 1);
  BOOST_TEST(!source.only_field(Role::sample_weight).has_value());
  BOOST_TEST(says(error_of([&] { source.field("z"); }), "expected one of the fields x, y, found \"z\""));
}

BOOST_AUTO_TEST_CASE(fields_may_tell_what_the_data_call_them_and_in_which_units_they_are) {
  auto dataset = std::make_shared<Counting>(10);
  dataset->fields[0].columns = {"a", "b", "c"};
  dataset->fields[0].units = {{0, 1}, {5, 2}, {-1, 0.5}};
  dataset->fields[1].columns = {"kind"};
  dataset->fields[1].units = {{1, 10}};
  const data::Source source = source_of(dataset);
  BOOST_TEST(source.fields()[0].columns == (std::vector<std::string>{"a", "b", "c"}), boost::test_tools::per_element());
  BOOST_TEST(source.fields()[0].offsets == (std::vector<double>{0, 5, -1}), boost::test_tools::per_element());
  BOOST_TEST(source.fields()[0].scales == (std::vector<double>{1, 2, 0.5}), boost::test_tools::per_element());
  BOOST_TEST(source.field("y").columns == (std::vector<std::string>{"kind"}), boost::test_tools::per_element());
  BOOST_TEST(source.field("y").scales == (std::vector<double>{10}), boost::test_tools::per_element());
  dataset->fields[0].columns = {"a", "b"};
  BOOST_TEST((error_of([&] { source_of(dataset); }).code() == ExitCode::plugin));
}

// Keras computes int(floor(n * (1 - share))), where 10 * (1 - 0.9) is 0.9999999999999998: it refuses 10 samples with 0.9. Here the exact product counts.
BOOST_AUTO_TEST_CASE(a_validation_split_of_nine_tenths_of_ten_leaves_one_to_train_on) {
  const data::Source source = source_of(std::make_shared<Counting>(10), {.validation_split = 0.9});
  BOOST_TEST(source.count(Part::training) == 1);
  BOOST_TEST(source.count(Part::validation) == 9);
}

BOOST_AUTO_TEST_CASE(a_validation_split_takes_the_last_samples_of_the_training_part) {
  const data::Source source = source_of(std::make_shared<Counting>(10), {.validation_split = 0.25});
  BOOST_TEST(source.count(Part::training) == 7);  // floor(10 * 0.75), as Keras
  BOOST_TEST(source.count(Part::validation) == 3);
  BOOST_TEST(labels(source, Part::validation, {0, 2}) == (std::vector<std::int32_t>{7, 9}), boost::test_tools::per_element());
  BOOST_TEST(labels(source, Part::training, {6}) == (std::vector<std::int32_t>{6}), boost::test_tools::per_element());
  BOOST_TEST(source.sample_id(Part::validation, 0) == 7u);
  BOOST_TEST((error_of([&] { labels(source, Part::training, {7}); }).code() == ExitCode::failure));
}

BOOST_AUTO_TEST_CASE(a_limit_keeps_the_first_training_samples_before_the_split_and_other_parts_whole) {
  auto dataset = std::make_shared<Counting>(100);
  dataset->test = 50;
  const data::Source source = source_of(dataset, {.validation_split = 0.5, .limit = 8});
  BOOST_TEST(source.count(Part::training) == 4);
  BOOST_TEST(source.count(Part::validation) == 4);
  BOOST_TEST(source.count(Part::test) == 50);
  BOOST_TEST(labels(source, Part::validation, {3}) == (std::vector<std::int32_t>{7}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ids_of_samples_differ_between_the_parts_of_the_data_set) {
  auto dataset = std::make_shared<Counting>(4);
  dataset->test = 4;
  const data::Source source = source_of(dataset);
  BOOST_TEST(source.sample_id(Part::training, 1) != source.sample_id(Part::test, 1));
}

BOOST_AUTO_TEST_CASE(only_the_training_samples_left_by_the_split_are_learnt_from_and_fields_may_change) {
  auto dataset = std::make_shared<Counting>(10);
  data::Source source = source_of(dataset, {.validation_split = 0.2});
  const std::string learnt = source.fit();
  BOOST_TEST(learnt == std::string("learnt\0bytes", 12));
  BOOST_TEST(dataset->learnt_from == (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7}), boost::test_tools::per_element());
  BOOST_TEST(source.field("y").classes == 7);
  BOOST_TEST(source.count(Part::validation) == 2);
  auto second = std::make_shared<Counting>(10);
  data::Source again = source_of(second);
  again.restore(learnt);
  BOOST_TEST(second->restored == learnt);
}

BOOST_AUTO_TEST_CASE(splits_that_cannot_be_made_are_refused) {
  auto own = std::make_shared<Counting>(10);
  own->validation = 3;
  BOOST_TEST(says(error_of([&] { source_of(own, {.validation_split = 0.1}); }), "of its own"));
  BOOST_TEST((error_of([&] { source_of(own, {.validation_split = 0.1}); }).code() == ExitCode::usage));
  const auto ten = std::make_shared<Counting>(10);
  for (const double split : {-0.1, 1.0, 2.0}) BOOST_TEST(says(error_of([&] { source_of(ten, {.validation_split = split}); }), "from 0 to less than 1"));
  BOOST_TEST(says(error_of([&] { source_of(std::make_shared<Counting>(1), {.validation_split = 0.5}); }), "leave none"));
}

BOOST_AUTO_TEST_CASE(a_data_set_that_fails_is_named_with_file_record_and_hint) {
  auto dataset = std::make_shared<Counting>(10);
  dataset->fails_at = 3;
  const data::Source source = source_of(dataset);
  const Error e = error_of([&] { labels(source, Part::training, {1, 3}); });
  BOOST_TEST((e.code() == ExitCode::data));
  BOOST_TEST(e.what() == "data set \"counting\": samples.bin: record 3: expected 6 numbers, found 5");
  BOOST_TEST(e.hint() == "fetch the file again");
}

BOOST_AUTO_TEST_CASE(a_description_that_makes_no_sense_is_the_plugins_fault) {
  const auto fault = [](auto&& change) {
    auto dataset = std::make_shared<Counting>(10);
    change(*dataset);
    return error_of([&] { source_of(dataset); });
  };
  BOOST_TEST((fault([](Counting& d) { d.fields[0].type = 17; }).code() == ExitCode::plugin));
  BOOST_TEST((fault([](Counting& d) { d.fields[0].role = -1; }).code() == ExitCode::plugin));
  BOOST_TEST((fault([](Counting& d) { d.training = -4; }).code() == ExitCode::plugin));
  BOOST_TEST(says(fault([](Counting& d) { d.fields[0].shape = {1LL << 40, 1LL << 40}; }), "beyond all memory"));
  BOOST_TEST(says(fault([](Counting& d) { d.fields[0].shape = {-1}; }), "length of their own, and there is no bucket"));
  BOOST_TEST(says(fault([](Counting& d) { d.buckets = {4, 8}; }), "tells of buckets of 4, 8 steps, and of no field that is as long"));
  for (const std::vector<std::int64_t>& wrong : {std::vector<std::int64_t>{8, 4}, {4, 4}, {0, 4}})
    BOOST_TEST(says(fault([&](Counting& d) { d.fields[0].shape = {-1, 3}, d.buckets = wrong; }), "which are no ascending lengths"));
  BOOST_TEST(says(fault([](Counting& d) { d.fields[0].role = TRG_TARGET; }), "no feature"));
  const Error none = fault([](Counting& d) { d.training = 0; });
  BOOST_TEST((none.code() == ExitCode::data));
  BOOST_TEST(says(none, "found none"));
}

BOOST_AUTO_TEST_CASE(a_built_in_data_set_is_opened_through_the_host) {
  host::Registry registry;
  registry.add_file(std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/plugins/datasets_digits.so");
  const host::Item& item = registry.need(host::Kind::dataset, "digits");
  const data::Source source(host::Dataset(item, {{"scale", {0.0625, {}}, {}}}), {.validation_split = 0.1});
  BOOST_TEST(source.name() == "teranga.digits");
  BOOST_TEST(source.count(Part::training) == 1293);
  BOOST_TEST(source.count(Part::validation) == 144);
  BOOST_TEST(source.field("x").elements() == 64);
  BOOST_TEST(labels(source, Part::training, {0, 1, 2}) == (std::vector<std::int32_t>{0, 1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(samples_belong_to_the_smallest_bucket_that_holds_them) {
  auto dataset = std::make_shared<Counting>(13);  // lengths 0, 5, 10, 2, 7, 12, 4, 9, 1, 6, 11, 3, 8
  dataset->fields[0].shape = {-1, 3};
  dataset->buckets = {2, 5, 9};
  const data::Source source = source_of(dataset, {.validation_split = 0.25});
  BOOST_TEST(source.bucket_count() == 3u);
  BOOST_TEST(source.fields()[0].shape == (Shape{9, 3}), boost::test_tools::per_element());
  BOOST_TEST(source.fields(0)[0].shape == (Shape{2, 3}), boost::test_tools::per_element());
  BOOST_TEST(source.fields(0)[1].shape.empty());
  BOOST_TEST(source.buckets_of(Part::training) == (std::vector<std::size_t>{0, 1, 2, 0, 2, 2, 1, 2, 0}), boost::test_tools::per_element());  // 10 and 12 are cut
  BOOST_TEST(source.buckets_of(Part::validation) == (std::vector<std::size_t>{2, 2, 1, 2}), boost::test_tools::per_element());               // of the same samples, from the tenth
  std::vector<float> x(2 * 5 * 3 + 1, -1.0F);
  const std::array<void*, 2> pointers = {x.data(), nullptr};
  source.fill(Part::training, std::vector<std::int64_t>{1, 6}, pointers, 1);
  BOOST_TEST(x[0] == 1.0F);
  BOOST_TEST(x[15] == 6.0F);
  BOOST_TEST(x[30] == -1.0F);

  trg_dataset_calls blind = sdk::detail::DatasetAdapter<Counting>::calls;
  blind.measure = nullptr;
  BOOST_TEST(says(error_of([&] { data::Source("counting", blind, dataset); }), "cannot measure its samples"));
  dataset->buckets = {4};
  const data::Source one("counting", blind, dataset);  // nothing to choose from
  BOOST_TEST(one.bucket_count() == 1u);
  BOOST_TEST(one.fields()[0].shape == (Shape{4, 3}), boost::test_tools::per_element());
  BOOST_TEST(one.buckets_of(Part::training).empty());
}

BOOST_AUTO_TEST_CASE(blocks_that_make_no_sense_are_refused) {
  const auto refused = [](std::int64_t block, std::int64_t window, std::vector<std::int64_t> buckets) {
    auto dataset = std::make_shared<Counting>(10);
    dataset->block = block;
    dataset->window = window;
    dataset->buckets = std::move(buckets);
    if (!dataset->buckets.empty()) dataset->fields[0].shape = {-1, 3};
    BOOST_CHECK_EXCEPTION(source_of(dataset), Error, [](const Error& e) { return e.code() == ExitCode::plugin; });
  };
  refused(-1, 5, {});
  refused(8, 7, {});
  refused(8, 16, {3, 12});
}

BOOST_AUTO_TEST_CASE(folds_take_turns_and_cover_all_samples) {
  std::vector<std::int32_t> judged;
  for (std::int64_t fold = 1; fold <= 3; ++fold) {
    auto dataset = std::make_shared<Counting>(10);
    dataset->fields[1].role = TRG_FEATURE;  // no classes
    dataset->test = 5;
    data::Source source = source_of(dataset, {.fold = fold, .folds = 3});
    BOOST_TEST(source.count(Part::training) + source.count(Part::validation) == 10);
    BOOST_TEST(source.count(Part::test) == 5);
    std::vector<std::int64_t> all(static_cast<std::size_t>(source.count(Part::validation)));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
    for (const std::int32_t label : labels(source, Part::validation, all)) judged.push_back(label);
    if (fold != 2) continue;
    BOOST_TEST(labels(source, Part::validation, {0, 1, 2}) == (std::vector<std::int32_t>{1, 4, 7}), boost::test_tools::per_element());
    BOOST_TEST(labels(source, Part::training, {0, 1, 2, 6}) == (std::vector<std::int32_t>{0, 2, 3, 9}), boost::test_tools::per_element());
    BOOST_TEST(source.sample_id(Part::validation, 1) == 4u);
    source.fit();
    BOOST_TEST(dataset->learnt_from == (std::vector<std::int64_t>{0, 2, 3, 5, 6, 8, 9}), boost::test_tools::per_element());
    BOOST_TEST(source.count(Part::validation) == 3);
    source.restore("other");
    BOOST_TEST(labels(source, Part::validation, {0}) == (std::vector<std::int32_t>{1}), boost::test_tools::per_element());
  }
  std::ranges::sort(judged);
  BOOST_TEST(judged == (std::vector<std::int32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}), boost::test_tools::per_element());
}

// The digits 0 to 9 have 142 to 145 training samples each.
BOOST_AUTO_TEST_CASE(each_fold_has_its_share_of_every_class) {
  host::Registry registry;
  registry.add_file(std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/plugins/datasets_digits.so");
  const host::Item& item = registry.need(host::Kind::dataset, "digits");
  for (std::int64_t fold = 1; fold <= 5; ++fold) {
    const data::Source source(host::Dataset(item, {}), {.fold = fold, .folds = 5});
    std::vector<std::int64_t> all(static_cast<std::size_t>(source.count(Part::validation)));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
    std::array<int, 10> counts{};
    for (const std::int32_t label : labels(source, Part::validation, all)) ++counts[static_cast<std::size_t>(label)];
    for (const int count : counts) BOOST_TEST((count == 28 || count == 29 || count == 30));
  }
}

BOOST_AUTO_TEST_CASE(folds_that_cannot_be_made_are_refused) {
  const auto told = [](data::Split split, std::int64_t samples = 10) { return error_of([&] { source_of(std::make_shared<Counting>(samples), split); }); };
  BOOST_TEST(says(told({.validation_split = 0.1, .fold = 1, .folds = 2}), "so does validation_split"));
  BOOST_TEST(says(told({.fold = 1, .folds = 20}), "10 training samples cannot be divided into 20 folds"));
  BOOST_TEST(told({.fold = 1, .folds = 20}).hint() == "fold = \"1/10\"");
  BOOST_TEST(says(told({.fold = 1, .folds = 2}), "would leave no samples"));  // each sample is a class of its own, and stays in the training part
  auto stored = std::make_shared<Counting>(10);
  stored->block = 2, stored->window = 4;
  const Error error = error_of([&] { source_of(stored, {.fold = 1, .folds = 2}); });
  BOOST_TEST(says(error, "folds need samples that are held in memory"));
  BOOST_TEST(error.hint() == "a memory that is larger than the array, or leave out fold");
  auto dataset = std::make_shared<Counting>(10);
  dataset->validation = 3;
  BOOST_TEST(says(error_of([&] { source_of(dataset, {.fold = 1, .folds = 2}); }), "brings a validation part of its own"));
}
