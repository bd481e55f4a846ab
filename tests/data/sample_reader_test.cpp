// SPDX-License-Identifier: Apache-2.0
// Reading a part from its first sample to its last, some at a time.
#include <boost/test/unit_test.hpp>

#include <teranga/data/sample_reader.hpp>

#include "counting_dataset.hpp"

using namespace teranga;
using data::Part;
using data::SampleReader;
using test::Counting;
using test::source_of;

BOOST_AUTO_TEST_CASE(every_sample_is_read_once_in_order_and_no_more_at_a_time_than_is_asked_for) {
  auto dataset = std::make_shared<Counting>(23);
  dataset->test = 4;
  const data::Source source = source_of(dataset);
  for (const std::int64_t most : {1, 5, 23, 1000}) {
    SampleReader reader(source, {}, most);
    std::int64_t seen = 0;
    for (std::int64_t rows = 0; (rows = reader.read(Part::training, seen)) > 0; seen += rows) {
      BOOST_TEST(rows <= most);
      for (std::int64_t row = 0; row < rows; ++row) {
        BOOST_TEST(reader.number(1, row) == static_cast<double>(seen + row));
        BOOST_TEST(reader.number(0, row * 6 + 5) == static_cast<double>(seen + row));
      }
    }
    BOOST_TEST(seen == 23);
    BOOST_TEST(reader.read(Part::test, 2) == std::min<std::int64_t>(most, 2));
    BOOST_TEST(reader.read(Part::validation, 0) == 0);
  }
}

BOOST_AUTO_TEST_CASE(only_wanted_fields_are_read_and_large_samples_come_one_by_one) {
  auto dataset = std::make_shared<Counting>(3);
  const data::Source source = source_of(dataset);
  SampleReader target(source, {false, true});
  BOOST_TEST(!target.wants(0));
  BOOST_TEST(target.wants(1));
  BOOST_TEST(target.bytes_per_sample() == 4u);
  BOOST_TEST(target.read(Part::training, 0) == 3);
  BOOST_TEST(target.number(1, 2) == 2);
  dataset->fields[0].shape = {3000, 1000};
  const data::Source large = source_of(dataset);
  SampleReader reader(large);
  BOOST_TEST(reader.read(Part::training, 1) == 1);
  BOOST_TEST(reader.number(0, 2999999) == 1);
}

BOOST_AUTO_TEST_CASE(numbers_of_every_element_type_are_read) {
  const float f32[] = {1, 2.5F};
  const double f64[] = {1, 2.5};
  const std::int32_t i32[] = {1, -7};
  const std::int64_t i64[] = {1, -8};
  const std::uint8_t u8[] = {1, 255};
  BOOST_TEST(data::number_at(f32, ElementType::f32, 1) == 2.5);
  BOOST_TEST(data::number_at(f64, ElementType::f64, 1) == 2.5);
  BOOST_TEST(data::number_at(i32, ElementType::i32, 1) == -7);
  BOOST_TEST(data::number_at(i64, ElementType::i64, 1) == -8);
  BOOST_TEST(data::number_at(u8, ElementType::u8, 1) == 255);
}
